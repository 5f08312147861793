//! Differences between two states of a guide, as a list that reads without colours.

use askama::Template;

use crate::knowledge::differences::Difference;
use crate::language::filters;

/// The list.
#[derive(Template)]
#[template(path = "staff/content/differences.html")]
pub(super) struct DifferencesView {
    pub(super) list: Vec<Difference>,
    /// The words over what stood before, such as "Bản 3".
    pub(super) before: String,
    /// The words over what stands now.
    pub(super) after: String,
}
