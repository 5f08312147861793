//! What Sen declines: attempts to change how it works, help with what the law forbids, facts about other people, insults.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use super::concept::Subject;
use super::staff_button;
use super::view::View;
use crate::answering::Reply;
use crate::answering::answer::AnswerStatus;
use crate::language::{Language, t, vi};

static INJECTION: LazyLock<Subject<Misuse>> = LazyLock::new(|| Subject::embedded(include_str!("words/injection.toml")));
static ILLEGAL: LazyLock<Subject<Misuse>> = LazyLock::new(|| Subject::embedded(include_str!("words/illegal.toml")));
static ABUSE: LazyLock<Subject<Misuse>> = LazyLock::new(|| Subject::embedded(include_str!("words/abuse.toml")));

/// What stands around an instruction to a language model and in no citizen's question.
const MARKUP: &[&str] = &["<|", "|>", "[inst]", "[/inst]", "<<sys", "### instruction", "### system", "system:", "assistant:", "developer:"];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Misuse {
    Injection,
    Forgery,
    Bribe,
    Other,
    Abuse,
}

impl Misuse {
    const fn words(self) -> &'static str {
        match self {
            Self::Injection => {
                vi("Sen chỉ giúp làm thủ tục, giấy tờ và học dùng VNeID, dịch vụ công qua mạng. Anh/chị cần làm giấy tờ gì, Sen tìm giúp.")
            }
            Self::Forgery => vi(
                "Sen không giúp được việc này: làm, mua, dùng giấy tờ giả là trái pháp luật. Anh/chị cần giấy tờ gì, Sen chỉ cách làm đúng thủ tục.",
            ),
            Self::Bribe => vi(
                "Sen không giúp được việc này: đưa tiền, quà để được việc là trái pháp luật. Anh/chị chỉ nộp phí, lệ phí theo quy định. Bị đòi thêm tiền thì nhắn Sen, Sen chuyển phản ánh.",
            ),
            Self::Other => {
                vi("Sen không giúp được việc này vì trái pháp luật. Anh/chị cho biết cần làm thủ tục gì, Sen chỉ cách làm đúng.")
            }
            Self::Abuse => vi("Sen hiểu anh/chị đang bực. Anh/chị cho biết cần làm thủ tục gì, hoặc bấm \"Gặp cán bộ\" để hỏi người thật."),
        }
    }

    fn reply(self, language: Language) -> Reply {
        let reply = Reply::text(AnswerStatus::Refused, t(language, self.words()));
        if self == Self::Abuse { reply.with_buttons(vec![staff_button(language)]) } else { reply }
    }
}

/// The reply to whoever wants Sen to be something else, or help with something unlawful, however it is disguised.
pub(super) fn guard(clean: &str, view: &View, language: Language) -> Option<Reply> {
    let lower = clean.to_lowercase();
    if MARKUP.iter().any(|mark| lower.contains(mark)) {
        return Some(Misuse::Injection.reply(language));
    }
    let found = view.all().find_map(|reading| INJECTION.find(reading).or_else(|| ILLEGAL.find(reading)));
    found.map(|misuse| misuse.reply(language))
}

/// The reply to an insult.
pub(super) fn guard_abuse(view: &View, language: Language) -> Option<Reply> {
    view.spelled().find_map(|reading| ABUSE.find(reading)).map(|misuse| misuse.reply(language))
}

/// The words that are looked for in letters without borders between words.
pub(super) fn vocabulary() -> HashSet<String> {
    [&INJECTION, &ILLEGAL, &ABUSE].into_iter().flat_map(|subject| subject.vocabulary()).collect()
}
