//! The table that people read, and the same for programs.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::measures::Measures;
use super::search::{Group, Method, Rows};

/// What an evaluation of retrieval gave. `Display` is the table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RetrievalReport {
    /// Questions that could not be asked here.
    pub left_out: usize,
    /// In the order of groups and methods.
    pub rows: Vec<Row>,
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Which questions.
    pub group: Group,
    /// Which search.
    pub method: Method,
    /// What it reached.
    pub measures: Measures,
}

impl RetrievalReport {
    /// From counted questions.
    pub fn new(rows: Rows, left_out: usize) -> RetrievalReport {
        let row = |((group, method), measures)| Row { group, method, measures };
        RetrievalReport { left_out, rows: rows.into_iter().map(row).collect() }
    }

    /// Over the questions of both.
    pub fn merge(self, other: RetrievalReport) -> RetrievalReport {
        let mut rows = Rows::new();
        for row in self.rows.into_iter().chain(other.rows) {
            rows.entry((row.group, row.method)).or_default().merge(&row.measures);
        }
        RetrievalReport::new(rows, self.left_out + other.left_out)
    }
}

impl Method {
    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Method::Dense => "theo nghĩa",
            Method::Lexical => "theo chữ",
            Method::Fused => "kết hợp",
            Method::RestoredDense => "theo nghĩa, thêm dấu",
            Method::Restored => "kết hợp, thêm dấu",
        }
    }
}

impl Group {
    /// As people read it.
    pub fn label(&self) -> String {
        match self {
            Group::All => "Mọi câu hỏi".to_owned(),
            Group::Style(style) => format!("Kiểu gõ: {style}"),
            Group::Intent(intent) => format!("Điều hỏi: {intent}"),
        }
    }
}

impl fmt::Display for RetrievalReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut group: Option<&Group> = None;
        for row in &self.rows {
            if group != Some(&row.group) {
                group = Some(&row.group);
                let title = format!("{} ({} câu)", row.group.label(), row.measures.questions);
                writeln!(formatter, "\n{title:<36}   R@1   R@5  R@10   MRR  nDCG")?;
            }
            write!(formatter, "  {:<34}", row.method.label())?;
            row.measures.shares().iter().try_for_each(|share| write!(formatter, " {share:.3}"))?;
            writeln!(formatter)?;
        }
        if self.left_out > 0 {
            writeln!(formatter, "\nBỏ qua {} câu: cần câu nói trước, hoặc thủ tục chưa có trong kho.", self.left_out)?;
        }
        Ok(())
    }
}
