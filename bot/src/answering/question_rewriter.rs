//! Step 3: a follow-up is read with the conversation in view ("thế lệ phí?" → the guide in focus and its fee).

use std::collections::HashSet;
use std::sync::LazyLock;

use indexer::lexical::fold;

use super::catalogue::Catalogue;
use super::circumstance;
use super::matching::Content;
use super::normalizer::{Normalised, normalise};
use super::{Context, Flow, asked_fact};

/// Words that carry a sentence but don't say which procedure is meant, with diacritics.
const FILLER: &str = "à ạ ad ai anh bạn bác bằng bây bị bên biết bao bé bữa cái cả cần cách cũng cho chị cháu chưa chứ có con còn cô cụ của cùng \
    dạ dì dùng đang đã đây đâu để đi đó đứa đều định được đến đấy đủ em gì giờ giúp giùm hay hả hỏi hết hồi họ hơn khi không kia là làm lại lắm lên lúc luôn \
    mà mấy mai mình  mới một mún mn muốn nào nay này nên nếu nói nữa nó nhà nhé nhỉ nhưng những như nhiêu nhiều ở ông phải qua quá ra rằng rất rồi sao sẽ sau \
    sen số ta tại thế thì thôi theo tôi tới trên trong trước tự từ tuổi và vậy vào vẫn về vì với việc vợ chồng xin xong \
    yêu cầu ơi ừ ngày tháng năm tiền phí lệ thủ tục giấy tờ hồ sơ nộp mang thời gian hạn bước mất bao lâu hướng dẫn dưới tròn \
    the what how to is for my do i a an of in please need can";

static FILLER_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| FILLER.split_whitespace().collect());
static FILLER_FOLDED: LazyLock<HashSet<String>> = LazyLock::new(|| FILLER.split_whitespace().map(fold).collect());

/// Words with which a follow-up begins or ends.
const BEGINS: &[&str] = &["thế", "còn", "vậy", "rứa", "nếu", "giờ", "nhưng", "mà", "rồi", "cũng", "what about", "and if", "and"];
const ENDS: &[&str] = &["thì sao", "thì răng", "thế nào", "thì thế nào"];

/// A follow-up names few things of its own.
const FOLLOW_UP_WORDS: usize = 3;
/// So much of a conversation is its topic, in characters.
const TOPIC_CHARS: usize = 300;

/// Fills in what a follow-up leaves out and sets the words that retrieval reads.
pub(crate) fn rewrite(context: &mut Context) -> Flow {
    let content = content_words(&context.question, &context.engine.catalogue());
    if content.is_empty() && tells_nothing(context) && !context.asked.is_empty() {
        context.chosen = context.state.focus.clone().filter(|id| context.engine.catalogue().get(id).is_some());
    }
    context.names_nothing = content.is_empty();
    let follows =
        content.is_empty() || sounds_like_follow_up(&context.question) || (content.len() <= FOLLOW_UP_WORDS && !tells_nothing(context));
    let topic = context.state.topic.as_deref().filter(|_| follows);
    context.with_topic = topic.map(|topic| {
        let both: String = format!("{}. {topic}", context.question.clean).chars().take(TOPIC_CHARS).collect();
        normalise(&both, &context.engine.glossary())
    });
    Flow::Continue
}

/// Neither an age nor a circumstance: only a fact is asked.
fn tells_nothing(context: &Context) -> bool {
    circumstance::age(&context.question.folded).is_none() && circumstance::told(&context.question).is_empty()
}

fn sounds_like_follow_up(question: &Normalised) -> bool {
    let said = format!(" {} ", question.standard);
    let folded = format!(" {} ", question.folded);
    let begins = |word: &&str| said.starts_with(&format!(" {word} ")) || folded.starts_with(&format!(" {} ", fold(word)));
    let ends = |words: &&str| said.ends_with(&format!(" {words} ")) || folded.ends_with(&format!(" {} ", fold(words)));
    BEGINS.iter().any(begins) || ENDS.iter().any(ends)
}

/// The words of a question that say which procedure is meant: without filler and ways of asking. A filler word stays when
/// it forms a word with its neighbour in some guide's name ("can" in "can cuoc").
pub(crate) fn content_words(question: &Normalised, catalogue: &Catalogue) -> Vec<Content> {
    let words: Vec<&str> = question.standard.split(' ').filter(|word| !word.is_empty()).collect();
    let telling = telling_words(&words, catalogue);
    let official = |at: usize| question.stands_for.get(at).copied().flatten();
    telling.into_iter().map(|at| Content { word: words[at].to_owned(), official: official(at) }).collect()
}

/// The places of the telling words.
pub(crate) fn telling_words(words: &[&str], catalogue: &Catalogue) -> Vec<usize> {
    let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
    let asks = asked_fact::cue_words(words);
    let in_name = |at: usize| {
        (at > 0 && catalogue.is_compound(&folded[at - 1], &folded[at]))
            || (at + 1 < folded.len() && catalogue.is_compound(&folded[at], &folded[at + 1]))
    };
    let telling = |at: &usize| !is_number(&folded[*at]) && (!is_filler(words[*at], &folded[*at]) || in_name(*at));
    (0..words.len()).filter(telling).filter(|at| !asks[*at]).collect()
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// A word typed with diacritics is looked up as it is, one without them by its folded form.
fn is_filler(word: &str, folded: &str) -> bool {
    if word.is_ascii() { FILLER_FOLDED.contains(folded) } else { FILLER_WORDS.contains(word) }
}
