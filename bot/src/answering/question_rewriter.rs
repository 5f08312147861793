//! Step 3: a follow-up is read with the conversation in view ("thế lệ phí?" → the guide in focus and its fee).

use std::collections::HashSet;
use std::sync::LazyLock;

use indexer::lexical::fold;

use super::catalogue::Catalogue;
use super::circumstance;
use super::matching::Content;
use super::normalizer::Normalised;
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

/// Words with which a follow-up begins.
const FOLLOW_UP: &[&str] = &["thế", "còn", "vậy", "thế còn", "nếu", "vậy còn", "thế nếu"];

/// A follow-up names few things of its own.
const FOLLOW_UP_WORDS: usize = 3;

/// Fills in what a follow-up leaves out and sets the words that retrieval reads.
pub(crate) fn rewrite(context: &mut Context) -> Flow {
    let content = content_words(&context.question, &context.engine.catalogue());
    context.query = with_official(&context.question.clean, &context.question.official);
    if let Some(guide) = follow_up(context, &content) {
        context.chosen = Some(guide);
    }
    Flow::Continue
}

/// The guide that a follow-up is about: the one in focus, or its neighbour when the citizen names another age.
fn follow_up(context: &Context, content: &[Content]) -> Option<String> {
    let catalogue = context.engine.catalogue();
    let focus = catalogue.get(context.state.focus.as_deref()?)?;
    let begins = FOLLOW_UP
        .iter()
        .any(|word| context.question.standard.split(' ').next() == Some(word) || context.question.standard.starts_with(word));
    let says_little = content.is_empty() || (begins && content.len() <= FOLLOW_UP_WORDS && !names_something(content, &catalogue));
    if !says_little || (context.asked.is_empty() && !begins) {
        return None;
    }
    let Some(age) = circumstance::age(&context.question.folded) else { return Some(focus.id.clone()) };
    if focus.ages.holds(age) {
        return Some(focus.id.clone());
    }
    focus
        .related
        .iter()
        .filter_map(|id| catalogue.get(id))
        .find(|entry| entry.ages.is_stated() && entry.ages.holds(age))
        .map(|entry| entry.id.clone())
}

/// Whether a word of the question occurs in any guide's names: then it names a procedure of its own.
fn names_something(content: &[Content], catalogue: &Catalogue) -> bool {
    content.iter().any(|content| catalogue.names_have(&fold(&content.word)))
}

fn with_official(clean: &str, official: &[String]) -> String {
    std::iter::once(clean).chain(official.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
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
    let asks = asked_fact::cue_words(&folded);
    let in_name = |at: usize| {
        (at > 0 && catalogue.has_pair(&folded[at - 1], &folded[at]))
            || (at + 1 < folded.len() && catalogue.has_pair(&folded[at], &folded[at + 1]))
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
