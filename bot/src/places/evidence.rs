//! What around a name says that a place is meant, and which.

use std::collections::HashMap;
use std::sync::LazyLock;

use indexer::lexical::fold;

use super::text::{Gap, Token};
use super::unit::Kind;

/// What a word before a name says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The kind of the unit, as in "xã".
    Kind(Kind),
    /// A place follows: "ở".
    Place,
    /// A place may follow; without diacritics the word is many others too: "ve", "tu".
    PerhapsPlace,
    /// A person, a street or a school follows.
    Other,
}

/// Whether the unit of before or of after the reform is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Era {
    Before,
    After,
}

const ROLES: [(Role, &[&str]); 7] = [
    (Role::Kind(Kind::Xa), &["xã", "x"]),
    (Role::Kind(Kind::Phuong), &["phường", "p", "ph", "fường"]),
    (Role::Kind(Kind::ThiTran), &["tt", "ttr"]),
    (Role::Kind(Kind::District), &["huyện", "h", "hn", "tp", "tx", "q"]),
    (Role::Place, &["ở", "tại", "quê", "thuộc", "xóm", "thôn", "làng", "khối", "ubnd", "trú", "ngụ", "khẩu", "nơi", "mạn"]),
    (
        Role::PerhapsPlace,
        &[
            "về", "vô", "vào", "từ", "đến", "sang", "qua", "trên", "dưới", "ra", "lên", "xuống", "gần", "bên", "bản", "dân", "nhập", "bàn",
            "cũ",
        ],
    ),
    (Role::Other, &["đường", "phố", "ngõ", "tên", "ông", "bà", "trường", "chợ", "tỉnh", "ty", "thầy", "viện", "chú"]),
];

/// Kin words, which stand before a name as written only: "chi", "co", "bac" are too many words.
const KIN: [&str; 6] = ["chị", "cô", "bác", "bé", "mẹ", "cháu"];

/// Kinds of two words.
const LONG_KINDS: [([&str; 2], Kind); 7] = [
    (["thị", "trấn"], Kind::ThiTran),
    (["thi", "tran"], Kind::ThiTran),
    (["thị", "xã"], Kind::District),
    (["thành", "phố"], Kind::District),
    (["t", "t"], Kind::ThiTran),
    (["t", "p"], Kind::District),
    (["t", "x"], Kind::District),
];

static BY_WORD: LazyLock<HashMap<String, Role>> = LazyLock::new(|| {
    let mut roles: HashMap<String, Role> = KIN.iter().map(|word| ((*word).to_owned(), Role::Other)).collect();
    for (role, words) in ROLES {
        for word in words {
            roles.entry(fold(word)).or_insert(role);
            roles.insert((*word).to_owned(), role);
        }
    }
    roles
});

pub(super) fn role(token: &Token) -> Option<Role> {
    BY_WORD.get(&token.exact).copied()
}

/// What stands before a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    /// The first word that belongs to the mention.
    pub(super) start: usize,
    pub(super) kind: Option<Kind>,
    /// The role of the word before.
    pub(super) role: Option<Role>,
    pub(super) era: Option<Era>,
}

/// Reads backwards from the name that begins at `name`: "ở xã cũ Đông Thành".
pub(super) fn before(tokens: &[Token], name: usize) -> Before {
    let mut start = name;
    let mut era = None;
    if start >= 2 && tokens[start].gap == Gap::Blank && role(&tokens[start - 2]).is_some_and(|role| matches!(role, Role::Kind(_))) {
        era = age(&tokens[start - 1]);
        start -= usize::from(era.is_some());
    }
    let kind = kind_before(tokens, start);
    let start = kind.map_or(if era.is_some() { name } else { start }, |(_, at)| at);
    let touches = start > 0 && tokens[start].gap != Gap::Break;
    let role = if touches { role(&tokens[start - 1]) } else { None };
    Before { start, kind: kind.map(|(kind, _)| kind), role, era }
}

fn kind_before(tokens: &[Token], at: usize) -> Option<(Kind, usize)> {
    if at == 0 || tokens[at].gap == Gap::Break {
        return None;
    }
    let pair = at.checked_sub(2).filter(|first| tokens[first + 1].gap != Gap::Break);
    let long = pair.and_then(|first| {
        let says = |words: &[&str; 2]| tokens[first].says(words[0]) && tokens[first + 1].says(words[1]);
        LONG_KINDS.iter().find(|(words, _)| says(words)).map(|(_, kind)| (*kind, first))
    });
    long.or_else(|| match role(&tokens[at - 1]) {
        Some(Role::Kind(kind)) => Some((kind, at - 1)),
        _ => None,
    })
}

fn age(token: &Token) -> Option<Era> {
    if token.says("cũ") {
        return Some(Era::Before);
    }
    token.says("mới").then_some(Era::After)
}

/// Phrases that follow a name.
const AFTER: [(&[&str], Era); 21] = [
    (&["trước", "đây"], Era::Before),
    (&["trước", "kia"], Era::Before),
    (&["ngày", "trước"], Era::Before),
    (&["hồi", "trước"], Era::Before),
    (&["ngày", "xưa"], Era::Before),
    (&["hồi", "xưa"], Era::Before),
    (&["trước", "sáp"], Era::Before),
    (&["trước", "sát"], Era::Before),
    (&["trước", "khi", "sáp"], Era::Before),
    (&["trước", "khi", "nhập"], Era::Before),
    (&["sáp", "nhập"], Era::Before),
    (&["sát", "nhập"], Era::Before),
    (&["nhập", "vào"], Era::Before),
    (&["nhập", "vô"], Era::Before),
    (&["nhập", "với"], Era::Before),
    (&["nhập", "về"], Era::Before),
    (&["đổi", "tên"], Era::Before),
    (&["nay", "là"], Era::Before),
    (&["nay", "thuộc"], Era::Before),
    (&["giờ", "thuộc"], Era::Before),
    (&["chừ", "thuộc"], Era::Before),
];

/// Phrases that follow a name of today, unless its fate is told or asked.
const AFTER_MERGING: [&[&str]; 4] =
    [&["sau", "sáp", "nhập"], &["sau", "sát", "nhập"], &["sau", "khi", "sáp", "nhập"], &["sau", "khi", "sát", "nhập"]];
const FATE: [&str; 7] = ["là", "thuộc", "về", "đổi", "thành", "vào", "vô"];

/// Phrases before a name.
const BEFORE: [(&[&str], Era); 14] = [
    (&["trước", "đây"], Era::Before),
    (&["trước", "kia"], Era::Before),
    (&["trước", "là"], Era::Before),
    (&["hồi", "trước"], Era::Before),
    (&["ngày", "trước"], Era::Before),
    (&["ngày", "xưa"], Era::Before),
    (&["địa", "chỉ", "cũ"], Era::Before),
    (&["nhập", "vào"], Era::After),
    (&["nhập", "vô"], Era::After),
    (&["nhập", "thành"], Era::After),
    (&["nay", "là"], Era::After),
    (&["giờ", "là"], Era::After),
    (&["chừ", "là"], Era::After),
    (&["đổi", "thành"], Era::After),
];

fn says(tokens: &[Token], at: usize, phrase: &[&str]) -> bool {
    let typed = tokens.get(at..at + phrase.len());
    typed.is_some_and(|typed| typed.iter().zip(phrase).all(|(token, word)| token.says(word)))
}

/// A phrase directly before `start`, or with one or two words between ("trước đây là ở xã").
pub(super) fn era_before(tokens: &[Token], start: usize) -> Option<Era> {
    let ends_within = |length: usize, between: usize| start.checked_sub(length + between);
    let matching =
        |between| BEFORE.iter().find(|(phrase, _)| ends_within(phrase.len(), between).is_some_and(|at| says(tokens, at, phrase)));
    (0..=2).find_map(matching).map(|(_, era)| *era)
}

/// What follows a name that ends before `end`: the age that it says, and the first word that no longer belongs to it.
pub(super) fn after(tokens: &[Token], end: usize) -> (Option<Era>, usize) {
    let Some(next) = tokens.get(end) else { return (None, end) };
    if next.says("cũ") && !is_joined_old(tokens, end) {
        return (Some(Era::Before), end + 1);
    }
    if next.says("mới")
        && tokens.get(end + 1).is_none_or(|then| then.gap == Gap::Break || ["ở", "thì", "là"].iter().any(|word| then.says(word)))
    {
        return (Some(Era::After), end + 1);
    }
    if let Some(phrase) = AFTER_MERGING.iter().find(|phrase| says(tokens, end, phrase)) {
        let then = tokens.get(end + phrase.len());
        let tells_fate = then.is_some_and(|then| FATE.iter().any(|word| then.says(word)));
        return (Some(if tells_fate { Era::Before } else { Era::After }), end);
    }
    // One word may stand between: "đã sáp nhập", "bị nhập vào".
    let at = |skip| AFTER.iter().find(|(phrase, _)| says(tokens, end + skip, phrase));
    (at(0).or_else(|| at(1)).map(|(_, era)| *era), end)
}

/// "cu tru", "cụ thể" and the like without diacritics.
fn is_joined_old(tokens: &[Token], at: usize) -> bool {
    let joined = ["tru", "the", "dan", "su"];
    tokens[at].exact.is_ascii() && tokens.get(at + 1).is_some_and(|next| joined.contains(&next.exact.as_str()))
}
