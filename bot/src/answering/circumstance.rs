//! What a citizen says of the case, and what a guide says of whom it is for: ages, lost papers, foreigners, …

use std::sync::LazyLock;

use indexer::lexical::{fold, normalise};

use super::asked_fact;
use super::normalizer::Normalised;
use super::phrases::Phrases;

/// Circumstances that decide between procedures of the same name. A guide that is meant for one says so in its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Circumstance {
    Lost,
    Foreign,
    Extension,
    Removal,
    Organisation,
    Pause,
    International,
}

/// Words for each, with diacritics; a typed diacritic counts, a missing one costs nothing.
const CIRCUMSTANCES: &[(Circumstance, &[&str])] = &[
    (Circumstance::Lost, &["bị mất", "mất", "thất lạc", "đánh rơi", "rơi mất", "rớt mất", "làm rơi", "lost"]),
    (
        Circumstance::Foreign,
        &[
            "nước ngoài",
            "ngoại quốc",
            "việt kiều",
            "người hàn",
            "người hàn quốc",
            "người trung quốc",
            "người đài loan",
            "người nhật",
            "người mỹ",
            "người pháp",
            "người lào",
            "người thái",
            "người đức",
            "người tây",
            "foreigner",
            "foreign",
        ],
    ),
    (Circumstance::Extension, &["gia hạn"]),
    (Circumstance::Removal, &["xóa", "hủy", "chấm dứt", "giải thể"]),
    (Circumstance::Organisation, &["công ty", "tổ chức", "doanh nghiệp", "hợp tác xã"]),
    (Circumstance::Pause, &["tạm ngừng", "tạm nghỉ", "nghỉ bán", "ngừng kinh doanh"]),
    (Circumstance::International, &["quốc tế", "đi nước ngoài", "sang nước ngoài"]),
];

static PHRASES: LazyLock<Phrases<Circumstance>> = LazyLock::new(|| {
    let of = |(circumstance, phrases): &(Circumstance, &'static [&'static str])| {
        let circumstance = *circumstance;
        phrases.iter().map(move |phrase| (*phrase, circumstance))
    };
    Phrases::new(CIRCUMSTANCES.iter().flat_map(of))
});

impl Circumstance {
    /// What these names mention.
    pub(crate) fn mentioned<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Self> {
        let folded: String = names.map(|name| format!("{} ; ", fold(&normalise(name)))).collect();
        said_in(&folded.split(' ').collect::<Vec<_>>())
    }
}

/// What the question says of the case. A word that only asks ("mất" in "mất bao lâu") tells nothing.
pub(crate) fn told(question: &Normalised) -> Vec<Circumstance> {
    let words: Vec<&str> = question.standard.split(' ').collect();
    let asks = asked_fact::cue_words(&words);
    said_in(&words.iter().zip(asks).map(|(word, asks)| if asks { "·" } else { *word }).collect::<Vec<_>>())
}

fn said_in(words: &[&str]) -> Vec<Circumstance> {
    let mut said: Vec<Circumstance> = Vec::new();
    for (circumstance, _) in (0..words.len()).flat_map(|at| PHRASES.beginning_at(words, at)) {
        if !said.contains(&circumstance) {
            said.push(circumstance);
        }
    }
    said
}

/// Ages for which a guide is meant; an open end is unbounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AgeRange {
    from: Option<u32>,
    below: Option<u32>,
}

impl AgeRange {
    /// Reads "dưới 14 tuổi", "từ đủ 14 tuổi trở lên", "từ đủ 6 đến dưới 14 tuổi" out of a title.
    pub(crate) fn named_in(text: &str) -> Self {
        let folded = fold(&normalise(text));
        let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let mut range = Self::default();
        for at in 0..words.len() {
            let number = |offset: usize| words.get(at + offset).and_then(|word| word.parse().ok());
            match (words[at], words.get(at + 2).copied()) {
                ("duoi", Some("tuoi")) => range.below = range.below.or(number(1)),
                ("du", Some("tuoi" | "den")) => range.from = range.from.or(number(1)),
                _ => {}
            }
        }
        range
    }

    /// This range, or `other` where this one says nothing.
    pub(crate) fn or(self, other: Option<Self>) -> Self {
        if self == Self::default() { other.unwrap_or_default() } else { self }
    }

    /// Whether the guide says anything about ages.
    pub(crate) fn is_stated(self) -> bool {
        self != Self::default()
    }

    /// Whether somebody of that age is meant.
    pub(crate) fn holds(self, age: u32) -> bool {
        self.from.is_none_or(|from| age >= from) && self.below.is_none_or(|below| age < below)
    }
}

/// The age in years that a folded question names: "con 10 tuổi", "trên 14 tuổi" (taken as 14), "dưới 14 tuổi" (13),
/// "cháu 9 tháng" (0).
pub(crate) fn age(folded: &str) -> Option<u32> {
    let words: Vec<&str> = folded.split(' ').collect();
    let at = words.iter().enumerate().skip(1).find(|(at, word)| {
        let counted = words[at - 1].parse::<u32>().is_ok();
        counted && (**word == "tuoi" || (**word == "thang" && words.get(at + 1) == Some(&"tuoi")))
    })?;
    let number: u32 = words[at.0 - 1].parse().ok()?;
    if *at.1 == "thang" {
        return Some(number / 12);
    }
    let before = if at.0 >= 2 { words[at.0 - 2] } else { "" };
    let age = if before == "duoi" { number.saturating_sub(1) } else { number };
    (age <= 120).then_some(age)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_name_ages() {
        let young = AgeRange::named_in("Cấp thẻ căn cước cho người dưới 14 tuổi");
        let old = AgeRange::named_in("Cấp thẻ căn cước cho người từ đủ 14 tuổi trở lên");
        assert!(young.holds(10) && !young.holds(14));
        assert!(old.holds(14) && !old.holds(13));
        assert!(!AgeRange::named_in("Đăng ký khai sinh").is_stated());
    }

    #[test]
    fn questions_name_ages() {
        assert_eq!(age("lam can cuoc cho con 10 tuoi can giay to gi"), Some(10));
        assert_eq!(age("con tren 14 tuoi thi sao"), Some(14));
        assert_eq!(age("tre duoi 14 tuoi"), Some(13));
        assert_eq!(age("be 9 thang tuoi"), Some(0));
        assert_eq!(age("mat 7 ngay"), None);
    }
}
