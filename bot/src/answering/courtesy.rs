//! Part of step 4: messages that only greet or thank. "dạ" before a question is part of the question.

use super::glossary::Glossary;
use super::normalizer::{Normalised, means, normalise};
use crate::channel::Content;

const GREETING: &[&str] = &["chào", "hello", "hi", "alo", "hey"];
const THANKS: &[&str] = &["cảm ơn", "cám ơn", "thanks", "thank you", "tks"];
const AGREEMENT: &[&str] = &["ok", "oke", "vâng", "dạ", "được rồi", "tạm biệt", "bye"];

/// Words that stand beside these and ask nothing.
const BESIDE: &str = "xin chào hello hi alo hey cảm cám ơn thanks thank you tks ok oke vâng dạ được rồi tạm biệt bye \
    sen ad admin bot bạn anh chị em cô chú bác ông bà cháu con mình tôi cán bộ cả nhà ạ à ơi nhé nha nhá nghe nhiều lắm rất quá \
    hiểu biết buổi sáng chiều tối đã trả lời giúp đỡ hỗ trợ cho hỏi chút tí thế vậy good morning so much very";

pub(super) fn is_greeting(question: &Normalised) -> bool {
    question.says(GREETING) && asks_nothing(question)
}

pub(super) fn is_thanks(question: &Normalised) -> bool {
    (question.says(THANKS) || question.says(AGREEMENT)) && asks_nothing(question)
}

/// Whether a message only thanks, so that nobody has to answer it. "Dạ" and "ok" may be what staff have asked for.
pub(crate) fn only_thanks(content: &Content) -> bool {
    let Content::Text(text) = content else { return false };
    let question = normalise(text, &Glossary::default());
    question.says(THANKS) && asks_nothing(&question)
}

fn asks_nothing(question: &Normalised) -> bool {
    question.words().iter().all(|word| BESIDE.split_whitespace().any(|meant| means(word, meant)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Normalised {
        normalise(text, &Glossary::default())
    }

    #[test]
    fn greetings_and_thanks_are_told_from_questions_that_begin_so() {
        assert!(["xin chào", "chào bác ạ", "alo sen ơi", "chao em"].into_iter().all(|text| is_greeting(&read(text))));
        assert!(["dạ cảm ơn", "ok em cảm ơn nhé", "cam on can bo nhieu a", "dạ vâng"].into_iter().all(|text| is_thanks(&read(text))));
        for text in ["dạ mất sổ đỏ", "ok làm hộ chiếu", "da lam can cuoc", "chào mất căn cước", "cảm ơn, còn lệ phí thì sao"]
        {
            assert!(!is_greeting(&read(text)) && !is_thanks(&read(text)), "{text}");
        }
    }

    #[test]
    fn what_may_be_an_answer_is_not_only_thanks() {
        let only = |text: &str| only_thanks(&Content::Text(text.into()));
        assert!(only("dạ cảm ơn cán bộ nhiều ạ"));
        assert!(!only("dạ rồi") && !only("ok") && !only("cảm ơn, còn ngày kia"));
    }
}
