//! From text to token ids.

mod unigram;

use tokenizers::Tokenizer;
use unicode_normalization::UnicodeNormalization;

pub(crate) use unigram::{Normalisation, Unigram, Vocabulary};

/// The tokenizer that came with the weights, without `<s>` and `</s>`.
pub(crate) struct Tokenization {
    /// `<s>`.
    pub(crate) begin: u32,
    /// `</s>`.
    pub(crate) end: u32,
    pub(crate) model: TokenModel,
}

/// Either form of vocabulary.
pub(crate) enum TokenModel {
    /// The compact table inside the e5 file.
    Unigram(Unigram),
    /// A `tokenizer.json`.
    HuggingFace(Box<Tokenizer>),
}

impl Tokenization {
    /// The ids of a text. Decomposed and composed spellings (NFD, NFC) give the same ids.
    pub(crate) fn ids(&self, text: &str) -> tokenizers::Result<Vec<u32>> {
        let text: String = text.nfc().collect();
        match &self.model {
            TokenModel::Unigram(model) => Ok(model.ids(&text)),
            TokenModel::HuggingFace(model) => Ok(model.encode(text, false)?.get_ids().to_vec()),
        }
    }

    /// Cuts ids into the model's windows, each with `<s>` and `</s>`; an empty text has one empty window.
    pub(crate) fn windows(&self, ids: &[u32], window: usize) -> Vec<Vec<u32>> {
        let wrap = |part: &[u32]| [&[self.begin], part, &[self.end]].concat();
        if ids.is_empty() {
            return vec![wrap(&[])];
        }
        ids.chunks(window - 2).map(wrap).collect()
    }
}
