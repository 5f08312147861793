//! The sentence of a guide that speaks of what the question adds to the procedure's name: "phải báo trước mấy giờ", "có phải
//! nộp lại giấy cũ không". Rows answer what everybody asks; this answers what one asks.

use std::collections::HashSet;

use indexer::guide::Guide;
use indexer::lexical::{fold, syllables};

use super::asked_fact::Fact;

/// At least this share of the question's telling words, by rarity in the guide, stands in the sentence.
const SHARE: f64 = 0.55;
/// Longer sentences are no answer.
const LONGEST_CHARS: usize = 420;
/// What a sentence without a figure counts for when a time or a fee is asked.
const WITHOUT_FIGURE: f64 = 0.4;
/// Two words that stand side by side in both count as much as a word of this share.
const PAIR: f64 = 0.5;

/// The words of a question that evidence is sought for, folded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sought {
    /// The telling words, in order.
    pub(crate) words: Vec<String>,
    /// Those of them that the guide's names don't have: what the question adds.
    pub(crate) added: HashSet<String>,
}

/// A sentence of a guide.
#[derive(Clone, Debug)]
pub(crate) struct Sentence {
    /// Verbatim.
    text: String,
    /// Its syllables, folded.
    words: Vec<String>,
}

/// The sentence, verbatim; none where nothing in the guide is near enough, or the question adds nothing.
pub(crate) fn find(sentences: &[Sentence], sought: &Sought, asked: &[Fact]) -> Option<String> {
    let adds = |sentence: &Sentence| sought.added.iter().any(|added| sentence.words.contains(added));
    if !sentences.iter().any(adds) {
        return None;
    }
    let rarity = |word: &String| {
        let with = sentences.iter().filter(|sentence| sentence.words.contains(word)).count();
        ((sentences.len() + 1) as f64 / (with + 1) as f64).ln()
    };
    let weights: Vec<f64> = sought.words.iter().map(rarity).collect();
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let score = |sentence: &Sentence| share(&sentence.words, sought, &weights) / total * figure(&sentence.words, asked);
    let scored = sentences.iter().map(|sentence| (sentence, score(sentence)));
    let (best, score) = scored.max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.text.len().cmp(&a.0.text.len())))?;
    (score >= SHARE && adds(best)).then(|| best.text.clone())
}

fn share(sentence: &[String], sought: &Sought, weights: &[f64]) -> f64 {
    let alone: f64 = sought.words.iter().zip(weights).filter(|(word, _)| sentence.contains(word)).map(|(_, weight)| weight).sum();
    let both = |pair: &&[String]| sentence.windows(2).any(|two| two == *pair);
    let pairs = sought.words.windows(2).zip(weights.windows(2)).filter(|(pair, _)| both(pair));
    alone + pairs.map(|(_, weight)| PAIR * weight[0].min(weight[1])).sum::<f64>()
}

/// A time or a fee is answered by a sentence that names one.
fn figure(sentence: &[String], asked: &[Fact]) -> f64 {
    let units: &[&str] = match asked.first() {
        Some(Fact::Time) => &["ngay", "gio", "thang", "tuan", "phut", "nam"],
        Some(Fact::Fee) => &["dong", "phi", "trieu", "nghin"],
        _ => return 1.0,
    };
    let is_figure = |pair: &[String]| pair[0].bytes().all(|byte| byte.is_ascii_digit()) && units.contains(&pair[1].as_str());
    if sentence.windows(2).any(is_figure) { 1.0 } else { WITHOUT_FIGURE }
}

/// The sentences of steps, conditions, papers and notes.
pub(crate) fn sentences(guide: &Guide) -> Vec<Sentence> {
    let papers = guide.papers.iter().flat_map(|case| case.items.iter()).flat_map(|paper| std::iter::once(&paper.name).chain(&paper.note));
    let texts = guide.steps.iter().chain(&guide.conditions).chain(papers).chain(&guide.result);
    let places = guide.channels.iter().map(|channel| &channel.place);
    let sections = guide.sections.iter().flat_map(|section| section.text.lines());
    // "Cổng ghi …" marks what an import doubted: it is no evidence.
    let lines = texts.chain(places).map(String::as_str).chain(sections).filter(|line| !line.contains("Cổng ghi"));
    let short = lines.flat_map(split).filter(|sentence| sentence.chars().count() <= LONGEST_CHARS);
    short.map(|text| Sentence { words: syllables(&fold(&text)), text }).collect()
}

/// Cuts at ". " and ";" before a new clause; figures such as "1.200.000" and "TT. " are not cut inside.
fn split(text: &str) -> Vec<String> {
    let mut sentences = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if let Some(open) = sentences.last_mut() {
            open.push(letter);
        }
        if matches!(letter, '.' | ';' | '\n') && letters.peek().is_some_and(|next| next.is_whitespace()) {
            sentences.push(String::new());
        }
    }
    let trimmed = sentences.iter().map(|sentence| sentence.trim().trim_start_matches(['-', '+', '*']).trim());
    trimmed.filter(|sentence| !sentence.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guide() -> Vec<Sentence> {
        let text = include_str!("../../../knowledge-base/guides/thong-bao-luu-tru.md");
        sentences(&Guide::parse(text).unwrap())
    }

    fn sought(words: &str, added: &str) -> Sought {
        Sought { words: syllables(words), added: syllables(added).into_iter().collect() }
    }

    #[test]
    fn finds_the_hour_that_is_asked() {
        let found = find(&guide(), &sought("thong bao luu tru truoc gio", "truoc gio"), &[Fact::Time]);
        assert!(found.is_some_and(|sentence| sentence.contains("23 giờ")));
    }

    #[test]
    fn a_question_that_adds_nothing_has_none() {
        assert_eq!(find(&guide(), &sought("thong bao luu tru", ""), &[Fact::Time]), None);
        assert_eq!(find(&guide(), &sought("khinh khi cau bay", "khinh khi cau bay"), &[]), None);
    }
}
