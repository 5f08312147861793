//! What is asked of a procedure: its fee, its papers, … so that the answer leads with it.

mod cues;

use std::sync::LazyLock;

use indexer::chunker::Section;
use serde::{Deserialize, Serialize};

use super::phrases::Phrases;
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

impl Fact {
    /// All of them.
    pub const ALL: [Fact; 9] =
        [Self::Fee, Self::Time, Self::Papers, Self::Place, Self::Online, Self::Steps, Self::Conditions, Self::LegalBasis, Self::Outcome];

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
        Self::ALL.into_iter().find(|fact| fact.key() == key)
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

/// A way of asking that was found: the fact and the words, from the first to behind the last.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Found {
    fact: Fact,
    from: usize,
    to: usize,
    /// A phrase that asks only where nothing more precise does.
    is_weak: bool,
}

/// What the question asks, the most precise first; empty for a general question. `standard` is the question in lower
/// case, words separated by single blanks. A typed diacritic counts, a missing one costs nothing.
pub(crate) fn asked(standard: &str) -> Vec<Fact> {
    let words: Vec<&str> = standard.split(' ').collect();
    let mut found = found(&words);
    if found.iter().any(|found| !found.is_weak) {
        found.retain(|found| !found.is_weak);
    }
    let all = found.clone();
    found.retain(|one| !gives_way(one, &all));
    found.sort_by_key(|found| found.from);
    let mut facts: Vec<Fact> = Vec::new();
    for found in found {
        if !facts.contains(&found.fact) {
            facts.push(found.fact);
        }
    }
    settled(facts)
}

/// "mất bao nhiêu ngày" asks for the time, "được cấp giấy gì" for the outcome: of two that share words the more telling holds.
fn gives_way(one: &Found, all: &[Found]) -> bool {
    let overlaps = |other: &&Found| other.from < one.to && one.from < other.to && other.fact != one.fact;
    all.iter().filter(overlaps).any(|other| match (one.fact, other.fact) {
        (Fact::Fee, Fact::Time) | (Fact::Papers, Fact::Outcome) | (Fact::Papers, Fact::LegalBasis) => true,
        (Fact::Steps | Fact::Conditions | Fact::Online, _) => !matches!(other.fact, Fact::Steps | Fact::Conditions | Fact::Online),
        _ => false,
    })
}

/// Some facts are only the manner in which another one is asked.
fn settled(mut facts: Vec<Fact>) -> Vec<Fact> {
    // "làm căn cước ở đâu, thế nào" asks where; the steps are asked only when nothing more precise is.
    if facts.len() > 1 {
        facts.retain(|fact| *fact != Fact::Steps);
    }
    // "nộp trên mạng mất bao nhiêu tiền" asks for the fee of that way; "có được làm qua mạng không" for the way itself.
    let has = |facts: &[Fact], these: &[Fact]| facts.iter().any(|fact| these.contains(fact));
    if has(&facts, &[Fact::Fee, Fact::Time, Fact::Papers]) {
        facts.retain(|fact| !matches!(fact, Fact::Online | Fact::Conditions));
    }
    if has(&facts, &[Fact::Online, Fact::Place]) {
        facts.retain(|fact| *fact != Fact::Conditions);
    }
    if facts.contains(&Fact::Online) {
        facts.sort_by_key(|fact| *fact != Fact::Online);
    }
    facts
}

/// What a phrase does in a question.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cue {
    Asks(Fact),
    /// Asks only where nothing more precise does.
    Hints(Fact),
    /// Begins the pair at that place of the list.
    Begins(usize),
    /// Ends it.
    Ends(usize),
}

static CUES: LazyLock<Phrases<Cue>> = LazyLock::new(|| {
    let asks = cues::PHRASES.iter().flat_map(|(fact, phrases)| phrases.iter().map(|phrase| (*phrase, Cue::Asks(*fact))));
    let hints = cues::WEAK.iter().flat_map(|(fact, phrases)| phrases.iter().map(|phrase| (*phrase, Cue::Hints(*fact))));
    let of_pair = |(at, pair): (usize, &'static cues::Pair)| {
        let begins = pair.first.iter().map(move |phrase| (*phrase, Cue::Begins(at)));
        begins.chain(pair.then.iter().map(move |phrase| (*phrase, Cue::Ends(at))))
    };
    Phrases::new(asks.chain(hints).chain(cues::PAIRS.iter().enumerate().flat_map(of_pair)))
});

fn found(words: &[&str]) -> Vec<Found> {
    let cues: Vec<Vec<(Cue, usize)>> = (0..words.len()).map(|at| CUES.beginning_at(words, at)).collect();
    let mut found: Vec<Found> = Vec::new();
    for (from, here) in cues.iter().enumerate() {
        for (cue, to) in here {
            let one = match cue {
                Cue::Asks(fact) => Found { fact: *fact, from, to: *to, is_weak: false },
                Cue::Hints(fact) => Found { fact: *fact, from, to: *to, is_weak: true },
                Cue::Begins(_) | Cue::Ends(_) => continue,
            };
            note(&mut found, one);
        }
        let pairs = cues::PAIRS.iter().enumerate().filter_map(|(place, pair)| paired(&cues, from, place, pair));
        found.extend(pairs);
    }
    found
}

/// Of two phrases that begin at one word and ask the same, the longer counts.
fn note(found: &mut Vec<Found>, one: Found) {
    let same = found.iter_mut().find(|known| (known.fact, known.from, known.is_weak) == (one.fact, one.from, one.is_weak));
    match same {
        Some(known) => known.to = known.to.max(one.to),
        None => found.push(one),
    }
}

/// Words of the first kind and, a few words on, of the second: "giấy tờ của bên chồng gồm gì".
fn paired(cues: &[Vec<(Cue, usize)>], from: usize, place: usize, pair: &cues::Pair) -> Option<Found> {
    let end_of = |at: usize, wanted: Cue| cues.get(at)?.iter().filter(|(cue, _)| *cue == wanted).map(|(_, to)| *to).max();
    let end = end_of(from, Cue::Begins(place))?;
    let to = (end..=end + pair.within).find_map(|at| end_of(at, Cue::Ends(place)))?;
    Some(Found { fact: pair.fact, from, to, is_weak: false })
}

/// Marks the words that belong to a way of asking: they say what is asked, not which procedure it is asked of.
pub(crate) fn cue_words(words: &[&str]) -> Vec<bool> {
    let mut marked = vec![false; words.len()];
    for at in 0..words.len() {
        // "tiền" alone is part of many names.
        let asks = |(cue, to): &(Cue, usize)| match cue {
            Cue::Asks(_) | Cue::Ends(_) => true,
            Cue::Hints(_) => to - at > 1,
            Cue::Begins(_) => false,
        };
        for (_, to) in CUES.beginning_at(words, at).into_iter().filter(asks) {
            marked[at..to].fill(true);
        }
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_with_what_is_asked() {
        let cases: &[(&str, &[Fact])] = &[
            ("lam lai can cuoc bi mat het bao nhieu tien", &[Fact::Fee]),
            ("làm căn cước cho con 10 tuổi cần giấy tờ gì", &[Fact::Papers]),
            ("rứa nộp ở mô", &[Fact::Place]),
            ("dang ky ket hon mat bao lau va le phi the nao", &[Fact::Time, Fact::Fee]),
            ("đăng ký khai sinh", &[]),
            ("tách thửa mất bao nhiêu ngày làm việc", &[Fact::Time]),
            ("đăng ký giám hộ xong được cấp giấy gì", &[Fact::Outcome]),
            ("hồ sơ bên tôi gồm gì", &[Fact::Papers]),
            ("đăng ký tạm trú nộp trên mạng mất bao nhiêu tiền", &[Fact::Fee]),
            ("xin cấp lại qua mạng được không", &[Fact::Online]),
            ("tôi mở tiệm cầm đồ thì phí bao nhiêu", &[Fact::Fee]),
            ("xã làm theo những bước nào", &[Fact::Steps]),
            ("lập hợp tác xã thì theo luật nghị định nào", &[Fact::LegalBasis]),
        ];
        for (question, facts) in cases {
            assert_eq!(asked(question), *facts, "{question}");
        }
    }

    #[test]
    fn keys_read_back() {
        for fact in Fact::ALL {
            assert_eq!(Fact::from_key(fact.key()), Some(fact));
        }
    }
}
