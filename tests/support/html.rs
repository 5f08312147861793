//! Reads the pages' own markup, as far as the journeys need it.

/// A message in the chat or in a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// `citizen`, `sen` or `staff`.
    pub kind: String,
    /// The words in the bubble.
    pub text: String,
    /// Quick replies, as label and action.
    pub buttons: Vec<(String, String)>,
    /// What stands under "Xem nguồn", as HTML; empty where nothing does.
    pub sources: String,
}

/// All messages of a page, in its order.
pub fn messages(page: &str) -> Vec<Message> {
    page.split("<li class=\"message ").skip(1).map(message).collect()
}

fn message(item: &str) -> Message {
    let button = |rest: &str| (text(between(rest, ">", "</button>")), unescape(between(rest, "value=\"", "\"")));
    Message {
        kind: item.split('"').next().unwrap_or_default().to_owned(),
        text: text(between(item, "<div class=\"bubble\"", "</div>").split_once('>').map_or("", |(_, words)| words)),
        buttons: item.split("<button name=\"action\"").skip(1).map(button).collect(),
        sources: between(item, "<details class=\"sources\">", "</details>").to_owned(),
    }
}

/// What stands between the first `from` and the `to` after it; empty where there is none.
pub fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let after = page.split_once(from).map(|(_, after)| after);
    after.and_then(|after| after.split_once(to)).map_or("", |(found, _)| found)
}

/// The words of a piece of HTML, tags taken out.
pub fn text(html: &str) -> String {
    let pieces =
        html.split('<').enumerate().map(|(number, piece)| if number == 0 { piece } else { piece.split_once('>').map_or("", |p| p.1) });
    unescape(pieces.collect::<Vec<_>>().join(" ").trim())
}

fn unescape(text: &str) -> String {
    let named = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\"")];
    let text = named.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain));
    text.replace("&#38;", "&").replace("&amp;", "&")
}
