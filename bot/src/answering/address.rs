//! How Sen addresses a citizen: "anh/chị", until they call themselves something else ("cho bác hỏi").

use serde::{Deserialize, Serialize};

use super::normalizer::Normalised;

/// What citizens call themselves when they ask. Vietnamese has no "you": whoever says "bác" of themselves is called "bác".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// Older than one's parents.
    Bac,
    /// As young as a grandchild.
    Chau,
    /// A little younger.
    Em,
}

/// Only what somebody says of themselves counts: "cháu 10 tuổi" is a child that is spoken of, "bác ơi" is Sen.
const OF_THEMSELVES: [(Address, &[&str]); 3] = [
    (
        Address::Bac,
        &["cho bác hỏi", "bác muốn hỏi", "bác xin hỏi", "bác cần hỏi", "bác hỏi chút", "bác hỏi tí", "giúp bác với", "chỉ bác với"],
    ),
    (
        Address::Chau,
        &["cho cháu hỏi", "cháu muốn hỏi", "cháu xin hỏi", "cháu cần hỏi", "cháu hỏi chút", "cháu hỏi tí", "giúp cháu với", "chỉ cháu với"],
    ),
    (Address::Em, &["cho em hỏi", "em muốn hỏi", "em xin hỏi", "em cần hỏi", "em hỏi chút", "em hỏi tí", "giúp em với", "chỉ em với"]),
];

impl Address {
    /// What the citizen calls themselves in this message; none where they don't.
    pub(super) fn of(question: &Normalised) -> Option<Self> {
        OF_THEMSELVES.into_iter().find(|(_, phrases)| question.says(phrases)).map(|(address, _)| address)
    }

    /// Vietnamese words of Sen's, in which this takes the place of "anh/chị".
    pub(crate) fn in_words(self, text: &str) -> String {
        let (within, first) = match self {
            Self::Bac => ("bác", "Bác"),
            Self::Chau => ("cháu", "Cháu"),
            Self::Em => ("em", "Em"),
        };
        text.replace("anh/chị", within).replace("Anh/chị", first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answering::glossary::Glossary;
    use crate::answering::normalizer::normalise;

    fn of(text: &str) -> Option<Address> {
        Address::of(&normalise(text, &Glossary::default()))
    }

    #[test]
    fn who_asks_says_what_they_are_called() {
        assert_eq!(of("Sen ơi cho bác hỏi làm lại căn cước ở đâu"), Some(Address::Bac));
        assert_eq!(of("cho chau hoi hoc phi"), Some(Address::Chau));
        assert_eq!(of("dạ em muốn hỏi thủ tục kết hôn"), Some(Address::Em));
    }

    #[test]
    fn whoever_else_is_spoken_of_changes_nothing() {
        for text in ["cháu 10 tuổi làm căn cước cần gì", "bác ơi làm lại căn cước ở đâu", "em trai tôi mất bằng lái", "bạc hỏi"]
        {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn it_takes_the_place_of_the_usual_words() {
        assert_eq!(Address::Bac.in_words("Anh/chị gửi mã của anh/chị."), "Bác gửi mã của bác.");
    }
}
