//! What a button under a message carries and what its press brings back: at most 64 bytes.

use std::fmt::{self, Display, Formatter};

/// Only what was shown can be pressed, and only by whom it was shown to: in a group everybody sees the buttons, and after a
/// purge numbers begin anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PressData {
    /// Its row id.
    pub(super) conversation: String,
    /// The message's number in it.
    pub(super) seq: i64,
    /// The button's number under it, from 0.
    pub(super) index: usize,
}

impl PressData {
    /// Reads back what [`Display`] wrote; none for anything else.
    pub(super) fn parse(data: &str) -> Option<Self> {
        let mut parts = data.split(':');
        let (conversation, seq, index) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { conversation: conversation.to_owned(), seq: seq.parse().ok()?, index: index.parse().ok()? })
    }
}

impl Display for PressData {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { conversation, seq, index } = self;
        write!(formatter, "{conversation}:{seq}:{index}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_fits_and_comes_back() {
        let longest = PressData { conversation: "a".repeat(24), seq: i64::MAX, index: 99 };
        assert!(longest.to_string().len() <= 64);
        assert_eq!(PressData::parse(&longest.to_string()), Some(longest));
        for other in ["", "4:0", "a:b:c", "a:1"] {
            assert_eq!(PressData::parse(other), None, "{other}");
        }
    }
}
