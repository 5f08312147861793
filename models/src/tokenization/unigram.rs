//! SentencePiece's unigram model (Kudo 2018): of all ways to cut a text into known pieces, the likeliest.
//!
//! The `tokenizers` crate has one too, but takes 250,000 pieces as separate strings into a tree of hash maps, some 150 MB
//! and half a second at start; this one reads the file's table where it lies. Like the reference engine, and unlike that
//! crate, it does not join neighbouring unknown characters into one token.

use std::collections::HashMap;

/// The mark that stands for a space.
const SPACE: char = '▁';
/// How much less likely than the least likely piece an unknown character is.
const UNKNOWN_PENALTY: f32 = 10.0;

/// The pieces as the file holds them: piece `i` is `bytes[offsets[i]..offsets[i + 1]]`, and `i` is its id.
pub(crate) struct Vocabulary {
    pub(crate) offsets: Vec<u32>,
    pub(crate) scores: Vec<f32>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) unknown: u32,
}

/// What each character becomes before the text is cut; a character that is not there stays.
pub(crate) type Normalisation = HashMap<char, Box<str>>;

/// A vocabulary with its index.
pub(crate) struct Unigram {
    vocabulary: Vocabulary,
    normalisation: Normalisation,
    /// Open addressing: the id + 1 of a piece near the hash of its bytes, 0 where free.
    index: Vec<u32>,
    longest: usize,
    unknown_score: f32,
}

/// The best cut that ends at a character border.
#[derive(Clone, Copy)]
struct Best {
    score: f32,
    id: u32,
    /// The border where its last piece begins.
    from: usize,
}

impl Unigram {
    /// Builds the index. The offsets must be ascending and inside the bytes; `None` where they are not.
    pub(crate) fn new(vocabulary: Vocabulary, normalisation: Normalisation) -> Option<Self> {
        let sound = vocabulary.offsets.len() == vocabulary.scores.len() + 1
            && vocabulary.offsets.is_sorted()
            && vocabulary.offsets.last().is_some_and(|&end| end as usize <= vocabulary.bytes.len());
        if !sound {
            return None;
        }
        let size = (2 * vocabulary.scores.len()).next_power_of_two();
        let longest = vocabulary.offsets.windows(2).map(|pair| (pair[1] - pair[0]) as usize).max().unwrap_or(0);
        let unknown_score = vocabulary.scores.iter().copied().fold(0.0, f32::min) - UNKNOWN_PENALTY;
        let mut unigram = Self { vocabulary, normalisation, index: vec![0; size], longest, unknown_score };
        for id in 0..unigram.vocabulary.scores.len() as u32 {
            let piece = unigram.vocabulary.piece(id);
            let slot = unigram.slot(piece, Fnv::default().extend(piece));
            unigram.index[slot] = id + 1;
        }
        Some(unigram)
    }

    /// The ids of a text, by Viterbi's algorithm.
    pub(crate) fn ids(&self, text: &str) -> Vec<u32> {
        let text = self.normalise(text);
        let borders: Vec<usize> = text.char_indices().map(|(start, _)| start).chain([text.len()]).collect();
        let last = borders.len() - 1;
        let mut best = vec![Best { score: f32::NEG_INFINITY, id: self.vocabulary.unknown, from: 0 }; borders.len()];
        best[0].score = 0.0;
        for from in 0..last {
            let score = best[from].score;
            let mut hash = Fnv::default();
            for to in from + 1..=last {
                if borders[to] - borders[from] > self.longest {
                    break;
                }
                hash = hash.extend(&text.as_bytes()[borders[to - 1]..borders[to]]);
                let piece = &text.as_bytes()[borders[from]..borders[to]];
                let Some(id) = self.find(piece, hash) else { continue };
                improve(&mut best[to], Best { score: score + self.vocabulary.scores[id as usize], id, from });
            }
            let unknown = Best { score: score + self.unknown_score, id: self.vocabulary.unknown, from };
            improve(&mut best[from + 1], unknown);
        }
        let mut ids = Vec::new();
        let mut at = last;
        while at > 0 {
            ids.push(best[at].id);
            at = best[at].from;
        }
        ids.reverse();
        ids
    }

    /// Maps the characters, joins runs of spaces, and marks every space and the beginning.
    fn normalise(&self, text: &str) -> String {
        let mut normalised = String::with_capacity(2 * text.len());
        normalised.push(SPACE);
        let mut after_space = false;
        let mut push = |character| {
            let space = character == ' ';
            let first = normalised.len() == SPACE.len_utf8();
            if !(space && (after_space || first)) {
                normalised.push(if space { SPACE } else { character });
            }
            after_space = space;
        };
        for character in text.chars() {
            match self.normalisation.get(&character) {
                Some(replacement) => replacement.chars().for_each(&mut push),
                None => push(character),
            }
        }
        normalised
    }

    fn find(&self, piece: &[u8], hash: Fnv) -> Option<u32> {
        let id = self.index[self.slot(piece, hash)].checked_sub(1)?;
        (id != self.vocabulary.unknown).then_some(id)
    }

    /// Where `piece` is in the index, or would be.
    fn slot(&self, piece: &[u8], hash: Fnv) -> usize {
        let mask = self.index.len() - 1;
        let mut slot = hash.0 as usize & mask;
        while self.index[slot] != 0 && self.vocabulary.piece(self.index[slot] - 1) != piece {
            slot = (slot + 1) & mask;
        }
        slot
    }
}

impl Vocabulary {
    fn piece(&self, id: u32) -> &[u8] {
        let id = id as usize;
        &self.bytes[self.offsets[id] as usize..self.offsets[id + 1] as usize]
    }
}

fn improve(best: &mut Best, candidate: Best) {
    if candidate.score > best.score {
        *best = candidate;
    }
}

/// The FNV-1a hash: it grows with the piece, so that trying every length costs one pass.
#[derive(Clone, Copy)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn extend(self, bytes: &[u8]) -> Self {
        Self(bytes.iter().fold(self.0, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `<s>`, `</s>`, `<unk>` and the given pieces with their scores.
    fn unigram(pieces: &[(&str, f32)], normalisation: &[(char, &str)]) -> Unigram {
        let all: Vec<_> = [("<s>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)].iter().chain(pieces).copied().collect();
        let mut offsets = vec![0];
        let mut bytes = Vec::new();
        for (piece, _) in &all {
            bytes.extend(piece.as_bytes());
            offsets.push(bytes.len() as u32);
        }
        let scores = all.iter().map(|(_, score)| *score).collect();
        let normalisation = normalisation.iter().map(|&(from, to)| (from, to.into())).collect();
        Unigram::new(Vocabulary { offsets, scores, bytes, unknown: 2 }, normalisation).expect("a sound vocabulary")
    }

    #[test]
    fn the_likeliest_cut_wins() {
        let model = unigram(&[("▁a", -2.0), ("b", -1.0), ("▁ab", -2.5), ("▁", -3.0)], &[]);
        assert_eq!(model.ids("ab"), [5]);
        assert_eq!(model.ids("ab  b"), [5, 6, 4]);
    }

    #[test]
    fn unknown_characters_stay_apart() {
        let model = unigram(&[("▁", -3.0), ("b", -1.0)], &[]);
        assert_eq!(model.ids("☕☕b"), [3, 2, 2, 4]);
    }

    #[test]
    fn characters_are_mapped_first() {
        let model = unigram(&[("▁", -3.0), ("b", -1.0)], &[('ⓑ', "b b"), ('\u{7}', "")]);
        assert_eq!(model.ids("\u{7}ⓑ"), [3, 4, 3, 4]);
        assert_eq!(model.ids(""), [3]);
    }

    #[test]
    fn broken_offsets_are_refused() {
        let vocabulary = Vocabulary { offsets: vec![0, 9], scores: vec![0.0], bytes: vec![b'a'], unknown: 0 };
        assert!(Unigram::new(vocabulary, Normalisation::new()).is_none());
    }
}
