//! Cuts a guide into passages that read by themselves.
//!
//! Each name is a passage of its own. Every other passage opens with the guide's title and the section's name, then holds
//! whole rows, one a line, verbatim: a reply is grounded against these texts and a citation quotes them.

mod rows;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::guide::Guide;
use crate::lexical;

/// Grows whenever the same guide would give other chunks, or other vectors of them.
pub const CHUNKER_VERSION: u32 = 3;

/// A passage is closed before the row that would make its rows longer than this, in syllables. The embedder reads some
/// 500 tokens; a Vietnamese syllable takes about 1.3.
const LONGEST: usize = 300;

/// How many other names a passage's first line repeats.
const NAMES_IN_TITLE: usize = 2;

/// The part of a guide that a chunk comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// What people call it: the title and each other name, one passage each.
    Names,
    /// What for, for whom, who receives.
    Overview,
    /// Fees.
    Fees,
    /// How long it takes.
    Times,
    /// Papers to bring.
    Papers,
    /// What to do.
    Steps,
    /// Who may, and when it is refused.
    Conditions,
    /// Where and how to hand in.
    Channels,
    /// What one gets.
    Result,
    /// Laws.
    LegalBasis,
    /// Free notes.
    Body,
}

impl Section {
    /// All of them, in the order of a guide.
    pub const ALL: [Section; 11] = [
        Section::Names,
        Section::Overview,
        Section::Fees,
        Section::Times,
        Section::Papers,
        Section::Steps,
        Section::Conditions,
        Section::Channels,
        Section::Result,
        Section::LegalBasis,
        Section::Body,
    ];

    /// The name that citizens read.
    pub fn label(self) -> &'static str {
        match self {
            Section::Names => "Tên gọi",
            Section::Overview => "Thông tin chung",
            Section::Fees => "Lệ phí",
            Section::Times => "Thời hạn giải quyết",
            Section::Papers => "Giấy tờ cần có",
            Section::Steps => "Các bước thực hiện",
            Section::Conditions => "Điều kiện thực hiện",
            Section::Channels => "Nơi nộp và cách nộp",
            Section::Result => "Kết quả",
            Section::LegalBasis => "Căn cứ pháp lý",
            Section::Body => "Lưu ý",
        }
    }

    /// The stable name, as written in the index and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Section::Names => "names",
            Section::Overview => "overview",
            Section::Fees => "fees",
            Section::Times => "times",
            Section::Papers => "papers",
            Section::Steps => "steps",
            Section::Conditions => "conditions",
            Section::Channels => "channels",
            Section::Result => "result",
            Section::LegalBasis => "legal_basis",
            Section::Body => "body",
        }
    }

    /// Whether its passages are searched by meaning too. A question is short and names a procedure: it is near to names and
    /// summaries. Papers and steps of neighbours are nearly the same text; they are searched by terms only.
    pub fn is_embedded(self) -> bool {
        matches!(self, Section::Names | Section::Overview)
    }

    /// The section with that key.
    pub fn from_key(key: &str) -> Option<Section> {
        Section::ALL.into_iter().find(|section| section.key() == key)
    }
}

/// One passage.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// Derived from the guide's id and level, the section, the place in it and the text: changes whenever any of them does.
    pub id: u64,
    /// The guide.
    pub guide_id: String,
    /// The section.
    pub section: Section,
    /// The section's label or, in the body, the editor's own heading.
    pub heading: String,
    /// The passage: title, heading, rows.
    pub text: String,
    /// SHA-256 of the text, in hexadecimal.
    pub digest: String,
}

/// A section's content before it is cut: blocks of rows that belong together, under one heading.
struct Part {
    section: Section,
    heading: String,
    /// The rows of one case; a case is cut only when it alone is too long.
    cases: Vec<Vec<String>>,
}

/// The passages of a guide, in the guide's order. The same guide always gives the same passages.
pub fn chunk(guide: &Guide) -> Vec<Chunk> {
    let names = std::iter::once(&guide.title).chain(&guide.other_names).enumerate();
    let name = |(ordinal, name): (usize, &String)| finish(guide, Section::Names, Section::Names.label(), ordinal, name.clone());
    let mut chunks: Vec<Chunk> = names.map(name).collect();
    for part in rows::parts(guide) {
        for rows in passages(part.cases) {
            let text = format!("{}\n{}:\n{}", title_line(guide), part.heading, rows.join("\n"));
            let ordinal = chunks.iter().filter(|chunk| chunk.section == part.section).count();
            chunks.push(finish(guide, part.section, &part.heading, ordinal, text));
        }
    }
    chunks
}

fn finish(guide: &Guide, section: Section, heading: &str, ordinal: usize, text: String) -> Chunk {
    let identity = [&guide.id, guide.level.key(), section.key(), &ordinal.to_string(), &text].join("\0");
    let hash: [u8; 32] = Sha256::digest(identity).into();
    let id = hash.iter().take(8).fold(0, |id, byte| id << 8 | u64::from(*byte));
    let digest = hex(&Sha256::digest(&text));
    Chunk { id, guide_id: guide.id.clone(), section, heading: heading.to_owned(), text, digest }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn title_line(guide: &Guide) -> String {
    let names: Vec<&str> = guide.other_names.iter().take(NAMES_IN_TITLE).map(String::as_str).collect();
    if names.is_empty() {
        return guide.title.clone();
    }
    format!("{} ({})", guide.title, names.join("; "))
}

/// Joins small cases and cuts long ones, at row borders.
fn passages(cases: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let length = |rows: &[String]| rows.iter().map(|row| lexical::count_syllables(row)).sum::<usize>();
    let mut passages: Vec<Vec<String>> = Vec::new();
    for case in cases {
        match passages.last_mut() {
            Some(open) if length(open) + length(&case) <= LONGEST => open.extend(case),
            _ if length(&case) <= LONGEST => passages.push(case),
            _ => passages.extend(cut(case)),
        }
    }
    passages.retain(|rows| !rows.is_empty());
    passages
}

/// Cuts one long case; each piece after the first repeats the case's own first row, which names it.
fn cut(case: Vec<String>) -> Vec<Vec<String>> {
    let mut pieces = vec![Vec::new()];
    let mut length = 0;
    let name = case.first().filter(|row| row.ends_with(':')).cloned();
    for row in case {
        let syllables = lexical::count_syllables(&row);
        if length > 0 && length + syllables > LONGEST {
            pieces.push(name.clone().into_iter().collect());
            length = 0;
        }
        length += syllables;
        if let Some(piece) = pieces.last_mut() {
            piece.push(row);
        }
    }
    pieces
}
