//! What stands before a name and says that a place is meant, and of which kind.

use std::collections::HashMap;
use std::sync::LazyLock;

use indexer::lexical::fold;

use super::era::{Era, age};
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

const ROLES: [(Role, &[&str]); 7] = [
    (Role::Kind(Kind::Xa), &["xã", "x"]),
    (Role::Kind(Kind::Phuong), &["phường", "p", "ph", "fường"]),
    (Role::Kind(Kind::ThiTran), &["tt", "ttr"]),
    (Role::Kind(Kind::District), &["huyện", "h", "hn", "tp", "tx", "q"]),
    (Role::Place, &["ở", "tại", "quê", "thuộc", "xóm", "thôn", "làng", "ubnd", "trú", "ngụ", "khẩu", "nơi", "mạn"]),
    (
        Role::PerhapsPlace,
        &[
            "về", "vô", "vào", "từ", "đến", "sang", "qua", "trên", "dưới", "ra", "lên", "xuống", "gần", "bên", "bản", "khối", "dân",
            "nhập", "bàn", "cũ",
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
    /// What the word before says.
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
