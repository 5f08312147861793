//! SQuAD's form (XQuAD has it too): paragraphs, each with the questions that it answers. The paragraphs get an index of
//! their own in a temporary folder.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use models::{Embedder, TextKind};
use serde::Deserialize;
use tempfile::TempDir;

use super::search::{Asked, Collection, Progress, Rows};
use crate::chunker::Section;
use crate::guide::Level;
use crate::lexical::restorer::Restorer;
use crate::lexical::{document_terms, strip};
use crate::vector_index::{ChunkPayload, Point, VectorIndex};

/// How many paragraphs are embedded at a time.
const BATCH: usize = 16;

/// Paragraphs, and questions with the number of their paragraph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Squad {
    /// The texts.
    pub paragraphs: Vec<String>,
    /// Question and paragraph.
    pub questions: Vec<(String, usize)>,
}

#[derive(Deserialize)]
struct Set {
    data: Vec<Article>,
}

#[derive(Deserialize)]
struct Article {
    paragraphs: Vec<Paragraph>,
}

#[derive(Deserialize)]
struct Paragraph {
    context: String,
    qas: Vec<Asking>,
}

#[derive(Deserialize)]
struct Asking {
    question: String,
}

impl Squad {
    /// Reads a file; one whose name ends in `.gz` is unpacked.
    ///
    /// # Errors
    /// When it can't be read or is not of that form.
    pub fn read(path: &Path) -> Result<Squad> {
        let file: Set = serde_json::from_str(&read_text(path)?).with_context(|| format!("{} không có dạng SQuAD", path.display()))?;
        let mut squad = Squad::default();
        for paragraph in file.data.into_iter().flat_map(|article| article.paragraphs) {
            let number = squad.paragraphs.len();
            squad.paragraphs.push(paragraph.context);
            squad.questions.extend(paragraph.qas.into_iter().map(|asking| (asking.question, number)));
        }
        Ok(squad)
    }

    /// Every `step`th question, the first included; all when `step` is 0 or 1.
    pub fn every(mut self, step: usize) -> Squad {
        self.questions = self.questions.into_iter().step_by(step.max(1)).collect();
        self
    }

    /// The questions without diacritics; paragraphs stay as they are.
    pub fn stripped(mut self) -> Squad {
        self.questions.iter_mut().for_each(|(question, _)| *question = strip(question));
        self
    }

    /// Indexes the paragraphs in a temporary folder and asks all questions. Blocks.
    ///
    /// # Errors
    /// When the model or the index fails.
    pub fn evaluate(&self, embedder: &dyn Embedder, progress: Progress<'_>) -> Result<Rows> {
        let folder = TempDir::new()?;
        let index = self.index(folder.path(), embedder, progress)?;
        let restorer = Restorer::learnt(self.paragraphs.iter().map(String::as_str));
        let asked = |(question, paragraph): &(String, usize)| Asked {
            text: question.clone(),
            groups: Vec::new(),
            relevant: HashSet::from([paragraph.to_string()]),
        };
        let asked: Vec<Asked> = self.questions.iter().map(asked).collect();
        Collection { index: &index, embedder, dense_matches: true, restorer: &restorer }.evaluate(&asked, progress)
    }

    fn index(&self, folder: &Path, embedder: &dyn Embedder, progress: Progress<'_>) -> Result<VectorIndex> {
        let index = VectorIndex::open_or_create(folder, embedder.dimensions())?;
        for (batch, paragraphs) in self.paragraphs.chunks(BATCH).enumerate() {
            let texts: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
            let vectors = embedder.embed(TextKind::Passage, &texts)?;
            let numbered = texts.iter().zip(vectors).enumerate();
            let points: Vec<Point> = numbered.map(|(at, (text, dense))| point(batch * BATCH + at, text, dense)).collect();
            index.upsert(&points)?;
            progress(batch * BATCH + texts.len(), self.paragraphs.len(), "Lập chỉ mục tạm");
        }
        Ok(index)
    }
}

fn point(number: usize, text: &str, dense: Vec<f32>) -> Point {
    let payload = ChunkPayload { guide_id: number.to_string(), section: Section::Body, level: Level::Commune };
    Point { id: number as u64, dense: Some(dense), sparse: document_terms(text), payload }
}

/// A text file, unpacked where its name ends in `.gz`.
///
/// # Errors
/// When it can't be read.
pub(super) fn read_text(path: &Path) -> Result<String> {
    let cause = || format!("không đọc được {}", path.display());
    let file = BufReader::new(File::open(path).with_context(cause)?);
    let mut text = String::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        GzDecoder::new(file).read_to_string(&mut text).with_context(cause)?;
    } else {
        BufReader::new(file).read_to_string(&mut text).with_context(cause)?;
    }
    Ok(text)
}
