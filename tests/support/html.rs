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

/// Names and values of the controls of the form with this id, as a browser would send them; buttons left out.
pub(crate) fn form_fields(page: &str, id: &str) -> Vec<(String, String)> {
    let form = between(page, &format!("id=\"{id}\""), "</form>");
    form.split('<').filter_map(|piece| control(piece, form)).collect()
}

fn control(piece: &str, form: &str) -> Option<(String, String)> {
    let (tag, attributes) = piece.split_once(' ')?;
    let attribute = |name: &str| unescape(between(attributes.split('>').next().unwrap_or_default(), &format!("{name}=\""), "\""));
    let name = attribute("name");
    let after = || form.split_once(piece).map_or("", |(_, after)| after);
    let text = match tag {
        "input" if attributes.contains("type=\"radio\"") => return None,
        "input" => attribute("value"),
        // What follows the tag up to the next one: markup within is escaped. A first line end is the template's own.
        "textarea" => unescape(attributes.split_once('>')?.1).trim_start_matches('\n').to_owned(),
        "select" => chosen(after()),
        _ => return None,
    };
    (!name.is_empty()).then_some((name, text))
}

fn chosen(after: &str) -> String {
    let options = after.split("</select>").next().unwrap_or_default();
    options
        .split("<option")
        .find(|option| option.split('>').next().is_some_and(|tag| tag.ends_with(" selected")))
        .map_or(String::new(), |option| unescape(between(option, "value=\"", "\"")))
}
