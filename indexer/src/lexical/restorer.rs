//! Gives a question typed in a hurry the diacritics that it most likely means, for searching by meaning: a dense model
//! reads "giay khai sinh" as noise. The result is a second reading; it is never shown.
//!
//! A bigram model over syllables, learned from the texts at hand, decoded as in Viterbi (1967): among the accented forms
//! of each folded syllable, the likeliest sequence. A syllable that was typed with diacritics and is known stays; one
//! that no text has is first split ("khaisinh") or mended by one letter ("kahi").

use std::collections::HashMap;

use super::{fold, has_diacritics, syllables};

/// A syllable's number.
type Syllable = u32;

/// More accented forms of one syllable than this are rare readings.
const MOST_FORMS: usize = 8;

/// How often a pair must have been seen to be kept: single sightings make most of the memory and little of the sense.
const OFTEN: u32 = 2;

/// So few pairs are all kept.
const MANY_PAIRS: usize = 200_000;

/// Weight of a pair's own frequency against the syllable's (Jelinek and Mercer, 1980).
const INTERPOLATION: f64 = 0.9;

/// A syllable is hardly ever written plainly when at most one in so many sightings is.
const HARDLY: u32 = 20;

/// So many of them show that a text was typed carelessly.
const CARELESS: usize = 3;

/// What has been learned of a language's syllables.
#[derive(Debug, Default)]
pub struct Restorer {
    numbers: HashMap<String, Syllable>,
    names: Vec<String>,
    counts: Vec<u32>,
    forms: HashMap<String, Vec<Syllable>>,
    pairs: HashMap<(Syllable, Syllable), u32>,
    total: u64,
}

/// One reading of a question up to a syllable.
struct Reading {
    score: f64,
    form: Option<Syllable>,
    before: usize,
}

impl Restorer {
    /// What these texts, written with diacritics, teach.
    pub fn learnt<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut restorer = Self::default();
        texts.into_iter().for_each(|text| restorer.learn(text));
        restorer.settle();
        restorer
    }

    /// A text as it was most likely meant: mended and with its diacritics.
    pub fn read(&self, text: &str) -> String {
        self.restore(&self.mend(text))
    }

    /// Learns from a text written with diacritics.
    pub fn learn(&mut self, text: &str) {
        let mut before = None;
        for syllable in syllables(text) {
            let number = self.number(&syllable);
            self.counts[number as usize] += 1;
            self.total += 1;
            if let Some(before) = before.replace(number) {
                *self.pairs.entry((before, number)).or_default() += 1;
            }
        }
    }

    /// Forgets what was seen too seldom and puts the frequent forms first; to be called after the last text.
    pub fn settle(&mut self) {
        if self.pairs.len() > MANY_PAIRS {
            self.pairs.retain(|_, count| *count >= OFTEN);
        }
        self.pairs.shrink_to_fit();
        for forms in self.forms.values_mut() {
            forms.sort_unstable_by_key(|form| std::cmp::Reverse(self.counts[*form as usize]));
            forms.truncate(MOST_FORMS);
        }
    }

    fn number(&mut self, syllable: &str) -> Syllable {
        if let Some(number) = self.numbers.get(syllable) {
            return *number;
        }
        let number = self.names.len() as Syllable;
        self.numbers.insert(syllable.to_owned(), number);
        self.names.push(syllable.to_owned());
        self.counts.push(0);
        self.forms.entry(fold(syllable)).or_default().push(number);
        number
    }

    /// Whether some text has this syllable, with or without its diacritics.
    fn knows(&self, folded: &str) -> bool {
        self.forms.contains_key(folded)
    }

    /// Whether a text has diacritics on some syllables and lacks them on others that are hardly ever written without.
    pub fn is_careless(&self, text: &str) -> bool {
        let typed = syllables(text);
        let lacks = |syllable: &&String| !has_diacritics(syllable) && self.is_hardly_plain(syllable);
        typed.iter().any(|syllable| has_diacritics(syllable)) && typed.iter().filter(lacks).count() >= CARELESS
    }

    fn is_hardly_plain(&self, syllable: &str) -> bool {
        let plain = self.numbers.get(syllable).map_or(0, |number| self.counts[*number as usize]);
        let all = self.frequency(syllable);
        all > 0 && plain * HARDLY < all
    }

    /// The syllables of a text with joined ones split and misspelt ones mended; what can't be helped stays.
    pub fn mend(&self, text: &str) -> Vec<String> {
        let typed = syllables(text);
        typed.into_iter().flat_map(|syllable| if self.is_odd(&syllable) { self.mended(syllable) } else { vec![syllable] }).collect()
    }

    fn is_odd(&self, syllable: &str) -> bool {
        let letters = syllable.chars().count();
        letters > 3 && syllable.chars().all(char::is_alphabetic) && !self.knows(&fold(syllable))
    }

    fn mended(&self, syllable: String) -> Vec<String> {
        let folded = fold(&syllable);
        let split = (2..folded.len().saturating_sub(1))
            .filter(|at| folded.is_char_boundary(*at))
            .map(|at| folded.split_at(at))
            .filter(|(left, right)| self.knows(left) && self.knows(right))
            .max_by_key(|(left, right)| self.best_pair(left, right));
        if let Some((left, right)) = split.filter(|(left, right)| self.best_pair(left, right) > 0) {
            return vec![left.to_owned(), right.to_owned()];
        }
        let near = one_edit(&folded).into_iter().filter(|other| self.knows(other)).max_by_key(|other| self.frequency(other));
        vec![near.unwrap_or(syllable)]
    }

    fn best_pair(&self, left: &str, right: &str) -> u32 {
        let forms = |folded: &str| self.forms.get(folded).map(Vec::as_slice).unwrap_or_default();
        let pairs = forms(left).iter().flat_map(|left| forms(right).iter().map(move |right| (*left, *right)));
        pairs.filter_map(|pair| self.pairs.get(&pair)).copied().max().unwrap_or(0)
    }

    fn frequency(&self, folded: &str) -> u32 {
        self.forms.get(folded).into_iter().flatten().map(|form| self.counts[*form as usize]).sum()
    }

    /// The likeliest reading of these syllables, with diacritics.
    pub fn restore(&self, typed: &[String]) -> String {
        let mut columns: Vec<Vec<Reading>> = Vec::with_capacity(typed.len());
        for syllable in typed {
            let forms = self.readings_of(syllable);
            let column = match columns.last() {
                None => forms.into_iter().map(|form| Reading { score: self.start(form), form, before: 0 }).collect(),
                Some(last) => forms.into_iter().map(|form| self.extend(last, form)).collect(),
            };
            columns.push(column);
        }
        let mut at = columns.last().map(|last| best(last)).unwrap_or(0);
        let mut words = vec![String::new(); typed.len()];
        for (place, column) in columns.iter().enumerate().rev() {
            let reading = &column[at];
            words[place] = reading.form.map_or_else(|| typed[place].clone(), |form| self.names[form as usize].clone());
            at = reading.before;
        }
        words.join(" ")
    }

    /// What a typed syllable may mean; `None` stands for itself.
    fn readings_of(&self, typed: &str) -> Vec<Option<Syllable>> {
        if has_diacritics(typed)
            && let Some(known) = self.numbers.get(typed)
        {
            return vec![Some(*known)];
        }
        match self.forms.get(&fold(typed)) {
            Some(forms) => forms.iter().copied().map(Some).collect(),
            None => vec![None],
        }
    }

    fn start(&self, form: Option<Syllable>) -> f64 {
        self.share(form).ln()
    }

    fn share(&self, form: Option<Syllable>) -> f64 {
        let count = form.map_or(0, |form| self.counts[form as usize]);
        (f64::from(count) + 1.0) / (self.total as f64 + 1.0)
    }

    fn extend(&self, last: &[Reading], form: Option<Syllable>) -> Reading {
        let scored = last.iter().enumerate().map(|(before, reading)| (before, reading.score + self.step(reading.form, form)));
        let (before, score) = scored.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0));
        Reading { score, form, before }
    }

    fn step(&self, before: Option<Syllable>, form: Option<Syllable>) -> f64 {
        let of_pair = before.zip(form).map_or(0.0, |(before, form)| {
            let seen = self.pairs.get(&(before, form)).copied().unwrap_or(0);
            f64::from(seen) / f64::from(self.counts[before as usize].max(1))
        });
        (INTERPOLATION * of_pair + (1.0 - INTERPOLATION) * self.share(form)).ln()
    }
}

fn best(column: &[Reading]) -> usize {
    column.iter().enumerate().max_by(|a, b| a.1.score.total_cmp(&b.1.score)).map_or(0, |(at, _)| at)
}

/// Every text at one deletion, swap, change or insertion of an ASCII letter (Damerau, 1964).
fn one_edit(folded: &str) -> Vec<String> {
    let letters: Vec<char> = folded.chars().collect();
    let splice =
        |head: usize, middle: &[char], tail: usize| -> String { letters[..head].iter().chain(middle).chain(&letters[tail..]).collect() };
    let mut edits = Vec::new();
    for at in 0..letters.len() {
        edits.push(splice(at, &[], at + 1));
        if at + 1 < letters.len() {
            edits.push(splice(at, &[letters[at + 1], letters[at]], at + 2));
        }
        for letter in 'a'..='z' {
            edits.push(splice(at, &[letter], at + 1));
            edits.push(splice(at, &[letter], at));
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restorer() -> Restorer {
        let mut restorer = Restorer::default();
        for _ in 0..3 {
            restorer.learn("làm giấy khai sinh cho con mới sinh");
            restorer.learn("cấp lại thẻ căn cước bị mất");
            restorer.learn("khám mắt, mật ong, cần giấy tờ gì");
        }
        restorer.settle();
        restorer
    }

    fn restored(text: &str) -> String {
        let restorer = restorer();
        restorer.restore(&restorer.mend(text))
    }

    #[test]
    fn neighbours_decide_between_forms() {
        assert_eq!(restored("lam lai the can cuoc bi mat"), "làm lại thẻ căn cước bị mất");
        assert_eq!(restored("can giay to gi"), "cần giấy tờ gì");
    }

    #[test]
    fn typed_diacritics_stay_and_strange_words_too() {
        assert_eq!(restored("mật ong facebook"), "mật ong facebook");
    }

    #[test]
    fn joined_and_misspelt_syllables_are_mended() {
        assert_eq!(restored("lam giay khaisinh"), "làm giấy khai sinh");
        assert_eq!(restored("lam giay kahi sinh"), "làm giấy khai sinh");
        assert_eq!(restored("giâý khai sinh"), "giấy khai sinh");
    }
}
