//! The searches that are compared, each over the same questions.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;
use models::{Embedder, TextKind};
use serde::{Deserialize, Serialize};

use super::measures::Measures;
use crate::fusion::{Wording, best_by_guide, fuse};
use crate::lexical::restorer::Restorer;
use crate::lexical::{has_diacritics, query_terms};
use crate::vector_index::{Filter, TermField, VectorIndex};

/// Passages fetched from each side.
const DEPTH: usize = 100;
/// How many questions are embedded at a time.
const BATCH: usize = 32;

/// Hears how far the work is: done, of how many, what.
pub type Progress<'a> = &'a mut (dyn FnMut(usize, usize, &str) + Send);

/// The measures of each method for each group of questions.
pub type Rows = BTreeMap<(Group, Method), Measures>;

/// A way to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By meaning.
    Dense,
    /// By words.
    Lexical,
    /// Both, the question as it was typed.
    Fused,
    /// By meaning, diacritics put back into a question that has none.
    RestoredDense,
    /// Both, diacritics put back for the dense side.
    Restored,
}

/// Questions that are counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// All of them.
    All,
    /// Those of a style.
    Style(String),
    /// Those of an intent.
    Intent(String),
}

/// One question to a collection.
#[derive(Clone, Debug)]
pub struct Asked {
    /// As typed.
    pub text: String,
    /// The groups it counts in, besides [`Group::All`].
    pub groups: Vec<Group>,
    /// The ids of the relevant documents.
    pub relevant: HashSet<String>,
}

/// An index to ask.
pub struct Collection<'a> {
    /// The index; the guide of a passage is the document that is ranked.
    pub index: &'a VectorIndex,
    /// What its vectors come from.
    pub embedder: &'a dyn Embedder,
    /// Whether they do. Without, only words are searched.
    pub dense_matches: bool,
    /// Learnt from its texts.
    pub restorer: &'a Restorer,
}

type Scores = HashMap<String, f64>;

impl Collection<'_> {
    /// Asks all questions in every way. Blocks.
    ///
    /// # Errors
    /// When the model or the index fails.
    pub fn evaluate(&self, asked: &[Asked], progress: Progress<'_>) -> Result<Rows> {
        let mut rows = Rows::new();
        for (batch, questions) in asked.chunks(BATCH).enumerate() {
            let typed: Vec<String> = questions.iter().map(|question| question.text.clone()).collect();
            let restored: Vec<String> = typed.iter().map(|text| self.restored(text)).collect();
            let (typed_vectors, restored_vectors) = (self.embed(&typed)?, self.embed(&restored)?);
            for (at, question) in questions.iter().enumerate() {
                let rankings = self.rankings(&question.text, typed_vectors.get(at), restored_vectors.get(at))?;
                rankings.into_iter().for_each(|(method, scores)| count(&mut rows, question, method, scores));
            }
            progress((batch * BATCH + questions.len()).min(asked.len()), asked.len(), "Hỏi thử");
        }
        Ok(rows)
    }

    fn restored(&self, text: &str) -> String {
        if has_diacritics(text) { text.to_owned() } else { self.restorer.read(text) }
    }

    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        if !self.dense_matches {
            return Ok(Vec::new());
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        Ok(self.embedder.embed(TextKind::Query, &texts)?)
    }

    fn rankings(&self, text: &str, typed: Option<&Vec<f32>>, restored: Option<&Vec<f32>>) -> Result<Vec<(Method, Scores)>> {
        let (as_typed, as_restored) =
            if has_diacritics(text) { (Wording::Accented, Wording::Accented) } else { (Wording::Unaccented, Wording::Restored) };
        let terms = query_terms(text);
        let search = |field| self.index.search_sparse(&terms, field, &Filter::default(), DEPTH);
        let lexical = best_by_guide(&[search(TermField::Names)?, search(TermField::Text)?].concat());
        let mut rankings = Vec::new();
        for (vector, wording, alone, both) in
            [(typed, as_typed, Method::Dense, Method::Fused), (restored, as_restored, Method::RestoredDense, Method::Restored)]
        {
            let Some(vector) = vector else { continue };
            let dense = best_by_guide(&self.index.search_dense(vector, &Filter::default(), DEPTH)?);
            rankings.push((both, fuse(&dense, &lexical, wording)));
            rankings.push((alone, dense));
        }
        rankings.push((Method::Lexical, lexical));
        Ok(rankings)
    }
}

fn count(rows: &mut Rows, question: &Asked, method: Method, scores: Scores) {
    let mut ranked: Vec<(String, f64)> = scores.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let list: Vec<bool> = ranked.iter().map(|(id, _)| question.relevant.contains(id)).collect();
    for group in [Group::All].iter().chain(&question.groups) {
        rows.entry((group.clone(), method)).or_default().add(&list, question.relevant.len());
    }
}
