//! What is asked of a procedure: its fee, its papers, … so that the answer leads with it.

use serde::{Deserialize, Serialize};

use indexer::chunker::Section;

use crate::language::vi;

/// The closed set of things that people ask of a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// What it costs.
    Fee,
    /// How long it takes.
    Time,
    /// What to bring.
    Papers,
    /// Where to go.
    Place,
    /// Whether and where it can be done online.
    Online,
    /// What to do, in order.
    Steps,
    /// Who may, ages, refusals.
    Conditions,
    /// Which law says so.
    LegalBasis,
    /// What one gets.
    Outcome,
}

/// Ways of asking, as folded words between blanks; a phrase that also occurs inside official names is left out.
const CUES: &[(Fact, &[&str])] = &[
    (
        Fact::Fee,
        &[
            "bao nhieu tien",
            "het bao nhieu",
            "mat bao nhieu",
            "ton bao nhieu",
            "bao nhieu mot",
            "may dong",
            "may tien",
            "nhieu tien khong",
            "het nhieu tien",
            "mat tien",
            "ton tien",
            "ton kem",
            "tra tien",
            "dong tien",
            "nop tien",
            "may ngan",
            "may nghin",
            "may tram",
            "le phi",
            "phi la",
            "mat phi",
            "chi phi",
            "muc phi",
            "tien phi",
            "thu phi",
            "tinh phi",
            "phi bao nhieu",
            "phi het",
            "phi nhu the nao",
            "mien phi",
            "gia bao nhieu",
            "bao tien",
            "nhieu tien",
            "phi",
            "tien le phi",
            "how much",
            "fee",
            "fees",
            "cost",
            "price",
        ],
    ),
    (
        Fact::Time,
        &[
            "bao lau",
            "may ngay",
            "may bua",
            "ngay xong",
            "bao ngay",
            "may hom",
            "may tuan",
            "may thang",
            "bao nhieu ngay",
            "bao gio",
            "khi nao co",
            "khi nao lay",
            "khi mo co",
            "thoi gian",
            "thoi han giai quyet",
            "nhanh nhat",
            "cho lau",
            "lau khong",
            "mat may",
            "how long",
            "how many days",
        ],
    ),
    (
        Fact::Papers,
        &[
            "giay to gi",
            "giay to nao",
            "giay to chi",
            "nhung giay to",
            "cac giay to",
            "can giay to",
            "giay to can",
            "ho so gom",
            "ho so can",
            "thanh phan ho so",
            "ho so gi",
            "ho so the nao",
            "can nhung gi",
            "can gi",
            "can chi",
            "can mang",
            "mang gi",
            "mang theo",
            "mang chi",
            "dem theo",
            "dem chi",
            "chuan bi",
            "can ho so",
            "giay to",
            "to khai nao",
            "mau don",
            "mau nao",
            "what documents",
            "documents",
            "papers",
            "to bring",
        ],
    ),
    (
        Fact::Place,
        &[
            "o dau",
            "o mo",
            "o cho nao",
            "cho nao",
            "noi nao",
            "den dau",
            "di dau",
            "di mo",
            "toi mo",
            "gap ai",
            "co quan nao",
            "nop dau",
            "nop mo",
            "phuong nao",
            "xa nao",
            "den xa",
            "len xa",
            "dia diem",
            "dia chi",
            "where",
        ],
    ),
    (
        Fact::Online,
        &[
            "truc tuyen",
            "qua mang",
            "tren mang",
            "online",
            "onl",
            "qua vneid",
            "tren vneid",
            "o nha lam",
            "tai nha",
            "dich vu cong",
            "qua app",
        ],
    ),
    (
        Fact::Steps,
        &[
            "lam the nao",
            "lam sao",
            "lam nhu the nao",
            "nhu the nao",
            "the nao",
            "cac buoc",
            "quy trinh",
            "trinh tu",
            "cach lam",
            "huong dan",
            "thu tuc the nao",
            "thu tuc ra sao",
            "how to",
            "how do",
        ],
    ),
    (
        Fact::Conditions,
        &[
            "dieu kien",
            "duoc khong",
            "co duoc",
            "phai khong",
            "bat buoc",
            "may tuoi",
            "bao nhieu tuoi",
            "ai duoc",
            "doi tuong",
            "co can",
            "co phai",
            "tu choi",
            "eligible",
            "can i",
        ],
    ),
    (
        Fact::LegalBasis,
        &["can cu phap ly", "luat nao", "nghi dinh nao", "thong tu nao", "van ban nao", "quy dinh o dau", "theo luat", "legal"],
    ),
    (Fact::Outcome, &["ket qua la", "nhan duoc gi", "duoc cap gi", "ket qua gi"]),
];

impl Fact {
    /// The name in buttons and tables.
    pub fn key(self) -> &'static str {
        match self {
            Self::Fee => "fee",
            Self::Time => "time",
            Self::Papers => "papers",
            Self::Place => "place",
            Self::Online => "online",
            Self::Steps => "steps",
            Self::Conditions => "conditions",
            Self::LegalBasis => "legal",
            Self::Outcome => "outcome",
        }
    }

    /// Reads back [`Fact::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        CUES.iter().map(|(fact, _)| *fact).find(|fact| fact.key() == key)
    }

    /// What a button that asks for it says.
    pub fn button_label(self) -> &'static str {
        match self {
            Self::Fee => vi("Lệ phí bao nhiêu"),
            Self::Time => vi("Bao lâu có kết quả"),
            Self::Papers => vi("Cần giấy tờ gì"),
            Self::Place => vi("Nộp ở đâu"),
            Self::Online => vi("Nộp trực tuyến"),
            Self::Steps => vi("Các bước làm"),
            Self::Conditions => vi("Điều kiện, lưu ý"),
            Self::LegalBasis => vi("Căn cứ pháp lý"),
            Self::Outcome => vi("Nhận được gì"),
        }
    }

    /// The section of a guide that states it.
    pub fn section(self) -> Section {
        match self {
            Self::Fee => Section::Fees,
            Self::Time => Section::Times,
            Self::Papers => Section::Papers,
            Self::Place | Self::Online => Section::Channels,
            Self::Steps => Section::Steps,
            Self::Conditions => Section::Conditions,
            Self::LegalBasis => Section::LegalBasis,
            Self::Outcome => Section::Result,
        }
    }
}

/// What the question asks, in the order of its words; empty for a general question.
/// `folded` is the question without diacritics, words separated by single blanks.
pub fn asked(folded: &str) -> Vec<Fact> {
    let padded = format!(" {folded} ");
    let mut found: Vec<(usize, Fact)> = CUES
        .iter()
        .filter_map(|(fact, cues)| cues.iter().filter_map(|cue| padded.find(&format!(" {cue} "))).min().map(|at| (at, *fact)))
        .collect();
    found.sort_unstable();
    let mut facts: Vec<Fact> = found.into_iter().map(|(_, fact)| fact).collect();
    // "làm căn cước ở đâu, thế nào" asks where; the steps are asked only when nothing more precise is.
    if facts.len() > 1 {
        facts.retain(|fact| *fact != Fact::Steps);
    }
    if facts.len() > 1 && facts.iter().any(|fact| matches!(fact, Fact::Fee | Fact::Time | Fact::Papers | Fact::Online)) {
        facts.retain(|fact| *fact != Fact::Conditions);
    }
    facts
}

/// Marks the words that belong to a way of asking: they say what is asked, not which procedure it is asked of.
pub(crate) fn cue_words(folded: &[String]) -> Vec<bool> {
    let mut marked = vec![false; folded.len()];
    for cue in CUES.iter().flat_map(|(_, cues)| cues.iter()) {
        let cue: Vec<&str> = cue.split(' ').collect();
        for at in 0..folded.len().saturating_sub(cue.len() - 1) {
            if folded[at..at + cue.len()].iter().zip(&cue).all(|(word, of_cue)| word == of_cue) {
                marked[at..at + cue.len()].fill(true);
            }
        }
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_with_what_is_asked() {
        assert_eq!(asked("lam lai can cuoc bi mat het bao nhieu tien"), [Fact::Fee]);
        assert_eq!(asked("lam can cuoc cho con 10 tuoi can giay to gi"), [Fact::Papers]);
        assert_eq!(asked("rua nop o mo"), [Fact::Place]);
        assert_eq!(asked("dang ky ket hon mat bao lau va le phi the nao"), [Fact::Time, Fact::Fee]);
        assert_eq!(asked("dang ky khai sinh"), []);
    }

    #[test]
    fn keys_read_back() {
        for (fact, _) in CUES {
            assert_eq!(Fact::from_key(fact.key()), Some(*fact));
        }
    }
}
