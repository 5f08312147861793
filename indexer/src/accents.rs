//! Diacritics put back into a question that was typed without them, as the indexed texts spell its words.
//!
//! A model of syllables and their pairs: of all spellings that fold to what was typed, the sequence that the texts make
//! most likely (Viterbi). It is right for some 93 of 100 syllables, enough for a second dense search, too little to be
//! shown to anybody.

use std::collections::HashMap;

use crate::lexical::{fold, normalise, syllables};

/// How much a pair that the texts have counts against the frequency of the single syllable.
const PAIR_SHARE: f64 = 0.9;

/// The spellings that a set of texts uses.
#[derive(Debug, Default)]
pub struct Accents {
    counts: HashMap<String, f64>,
    pairs: HashMap<(String, String), f64>,
    /// The spellings of each folded syllable.
    spellings: HashMap<String, Vec<String>>,
}

/// A spelling of one syllable: how likely the best way to it is, and the spelling before it on that way.
struct Step {
    spelling: String,
    score: f64,
    before: Option<usize>,
}

impl Accents {
    /// Learns from texts that are written with diacritics.
    pub fn learn<'a>(texts: impl IntoIterator<Item = &'a str>) -> Accents {
        let mut accents = Accents::default();
        for text in texts {
            let words = syllables(text);
            words.iter().for_each(|word| accents.count(word));
            for pair in words.windows(2) {
                *accents.pairs.entry((pair[0].clone(), pair[1].clone())).or_default() += 1.0;
            }
        }
        accents
    }

    fn count(&mut self, word: &str) {
        let count = self.counts.entry(word.to_owned()).or_default();
        if *count == 0.0 {
            self.spellings.entry(fold(word)).or_default().push(word.to_owned());
        }
        *count += 1.0;
    }

    /// The text with diacritics where the texts suggest some; syllables that carry one already stay. Capitals, spaces and
    /// punctuation stay too.
    pub fn restore(&self, text: &str) -> String {
        let runs = runs(text);
        let words: Vec<&str> = runs.iter().copied().filter(|run| is_word(run)).collect();
        let mut spelled = self.most_likely(&words).into_iter();
        let spell = |run: &&str| if is_word(run) { cased(&spelled.next().unwrap_or_default(), run) } else { (*run).to_owned() };
        runs.iter().map(spell).collect()
    }

    fn most_likely(&self, words: &[&str]) -> Vec<String> {
        let mut lattice: Vec<Vec<Step>> = Vec::with_capacity(words.len());
        for word in words {
            let steps = self.candidates(word).into_iter().map(|spelling| self.step(spelling, lattice.last())).collect();
            lattice.push(steps);
        }
        let last = lattice.last().and_then(|steps| (0..steps.len()).max_by(|a, b| steps[*a].score.total_cmp(&steps[*b].score)));
        let mut at = last;
        let mut spelled: Vec<String> = Vec::with_capacity(words.len());
        for steps in lattice.iter().rev() {
            let Some(step) = at.and_then(|at| steps.get(at)) else { break };
            spelled.push(step.spelling.clone());
            at = step.before;
        }
        spelled.reverse();
        spelled
    }

    fn candidates(&self, word: &str) -> Vec<String> {
        let word = normalise(word);
        let known = if fold(&word) == word { self.spellings.get(&word).cloned() } else { None };
        known.unwrap_or_else(|| vec![word])
    }

    /// The best way to a spelling from those before it.
    fn step(&self, spelling: String, before: Option<&Vec<Step>>) -> Step {
        let count = self.counts.get(&spelling).copied().unwrap_or_default();
        let Some(before) = before else { return Step { score: (count + 0.5).ln(), spelling, before: None } };
        let total: f64 = self.spellings.get(&fold(&spelling)).into_iter().flatten().filter_map(|form| self.counts.get(form)).sum();
        let alone = (1.0 - PAIR_SHARE) * (count + 0.1) / total.max(1.0);
        let score = |step: &Step| {
            let pair = self.pairs.get(&(step.spelling.clone(), spelling.clone())).copied().unwrap_or_default();
            let first = self.counts.get(&step.spelling).copied().unwrap_or_default();
            step.score + (PAIR_SHARE * pair / (first + 1.0) + alone).ln()
        };
        let scores: Vec<f64> = before.iter().map(score).collect();
        let best = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
        Step { spelling, score: best.map_or(0.0, |at| scores[at]), before: best }
    }
}

/// The text cut into words and what stands between them, in order and complete.
fn runs(text: &str) -> Vec<&str> {
    let mut runs = Vec::new();
    let mut start = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let ends = letters.peek().is_none_or(|(_, next)| next.is_alphanumeric() != letter.is_alphanumeric());
        if ends {
            let end = at + letter.len_utf8();
            runs.push(&text[start..end]);
            start = end;
        }
    }
    runs
}

fn is_word(run: &str) -> bool {
    run.chars().next().is_some_and(char::is_alphanumeric)
}

fn cased(spelling: &str, typed: &str) -> String {
    let mut capitals = typed.chars().map(char::is_uppercase);
    match (capitals.next().unwrap_or(false), capitals.next().unwrap_or(false)) {
        (true, true) => spelling.to_uppercase(),
        (true, false) => spelling.chars().next().into_iter().flat_map(char::to_uppercase).chain(spelling.chars().skip(1)).collect(),
        _ => spelling.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accents() -> Accents {
        Accents::learn(["Cấp lại thẻ căn cước khi bị mất.", "Lệ phí cấp lại: miễn lệ phí.", "Sửa mặt tiền nhà, mặt bằng."])
    }

    #[test]
    fn the_neighbour_decides_between_spellings() {
        assert_eq!(accents().restore("the can cuoc bi mat"), "thẻ căn cước bị mất");
        assert_eq!(accents().restore("sua mat tien"), "sửa mặt tiền");
    }

    #[test]
    fn what_is_known_better_stays() {
        assert_eq!(accents().restore("Cap lại THE, xyz 12 thẻ?"), "Cấp lại THẺ, xyz 12 thẻ?");
        assert_eq!(accents().restore(""), "");
        assert_eq!(Accents::default().restore("can cuoc"), "can cuoc");
    }
}
