//! Step 3: where the citizen is. A place that a message names is taken out of the question and kept beside it; a message
//! about nothing but a place is answered here: what the commune is called today, and where its papers are handed in.

mod words;

use std::collections::HashSet;
use std::sync::LazyLock;

use indexer::lexical::fold;

use super::answer::AnswerStatus;
use super::dialogue::Pending;
use super::guardrails::staff_button;
use super::normalizer::Normalised;
use super::question_rewriter::content_words;
use super::{Context, Flow, Reply, read_question};
use crate::channel::{Action, Button, Point};
use crate::language::{Language, t, tf};
use crate::places::{Choice, Commune, Found, Places, UnitKey, lower_first};

pub(super) use words::name_desk;

const REMEMBER: &[&str] = &["nhớ nơi ở", "lưu nơi ở", "ghi nhớ nơi ở", "nhớ chỗ ở", "remember where i live"];
const FORGET: &[&str] = &["quên nơi ở", "xóa nơi ở", "đừng nhớ nơi ở", "không nhớ nơi ở", "forget where i live"];
/// A commune without its name.
const MINE: &[&str] =
    &["xã tôi", "xã tui", "xã mình", "xã em", "xã nhà", "xã ta", "phường tôi", "phường tui", "phường mình", "phường em", "my commune"];
/// What became of it.
const MERGED: &[&str] =
    &["sáp nhập", "sát nhập", "sap nhap", "nhập vào", "nhập vô", "gộp", "đổi tên", "bỏ huyện", "bỏ cấp huyện", "merged"];
/// Words of a message that asks for nothing but a place, beside filler.
const OF_PLACES: &str = "sáp sát nhập gộp đổi tên thuộc xã phường huyện thị trấn thành phố tỉnh cũ mới mã số giấy tờ làm mần trụ sở ủy ban nhân dân \
    ubnd trung tâm phục vụ hành chính công an địa chỉ đơn vị ở chỗ nơi nào mô đâu chừ giờ nay hiện xưa trước quê nghệ an nằm sống thường trú \
    chuyển thay gọi bỏ không còn điện thoại sđt việc mở cửa where is it now which commune ward what my old i live in called belong";

static OF_PLACES_FOLDED: LazyLock<HashSet<String>> = LazyLock::new(|| OF_PLACES.split_whitespace().map(fold).collect());

/// So many communes near a shared position are proposed.
const PROPOSED: usize = 3;
/// A centre that is farther is of no commune of ours.
const FARTHEST_KM: f64 = 40.0;
/// So many choices fit under a message.
const MOST_CHOICES: usize = 8;

/// Where a citizen says to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Located {
    /// Today's commune.
    pub(super) commune: UnitKey,
    /// The unit that was named, where it is one of before the reform.
    pub(super) named: Option<UnitKey>,
}

/// Looks for a place in the message.
pub(crate) fn locate(context: &mut Context) -> Flow {
    let places = context.engine.places();
    if let Some(Pending::Place { question, choices }) = context.state.pending.clone() {
        context.state.pending = None;
        if let Some(chosen) = chosen(&context.question, &choices) {
            return settle(context, &places, chosen, &question);
        }
        if let Some(mention) = places.mention(&context.question.clean)
            && let Some(located) = located(&places, &mention.found)
        {
            return go_on(context, &places, located, &question);
        }
    }
    if matches!(context.state.pending, Some(Pending::StaffQuestion | Pending::Erasure)) {
        return Flow::Continue;
    }
    if context.question.says(FORGET) {
        return Flow::End(forget(context));
    }
    let wants_memory = context.question.says(REMEMBER);
    let Some(mention) = places.mention(&context.question.clean) else { return unnamed(context, &places, wants_memory) };
    let rest = mention.taken_out(&context.question.clean);
    match located(&places, &mention.found) {
        Some(located) if wants_memory => Flow::End(remember(context, &places, located.commune)),
        Some(located) => go_on(context, &places, located, &rest),
        None => ask_which(context, &places, &mention.found, &rest),
    }
}

/// The commune that a place leads to without asking.
fn located(places: &Places, found: &Found) -> Option<Located> {
    let commune = places.commune_of(found)?;
    let named = if let Found::Old(unit) = found { Some(unit.key) } else { None };
    Some(Located { commune: commune.key, named })
}

/// The unit of a list that a number means.
fn chosen(question: &Normalised, choices: &[UnitKey]) -> Option<UnitKey> {
    let number: usize = question.clean.trim_matches(|c: char| !c.is_alphanumeric()).parse().ok()?;
    choices.get(number.checked_sub(1)?).copied()
}

/// A unit that was pressed or numbered, for the question that was asked back on.
pub(super) fn settle(context: &mut Context, places: &Places, key: UnitKey, question: &str) -> Flow {
    let commune = places.commune(key).map(|commune| Located { commune: commune.key, named: None });
    let old = || places.old_unit(key).map(|unit| Located { commune: unit.new, named: Some(unit.key) });
    match commune.or_else(old) {
        Some(located) => go_on(context, places, located, question),
        None => Flow::End(ask_where(context, question)),
    }
}

/// The place is known: what else is asked goes on, or the place itself is told.
fn go_on(context: &mut Context, places: &Places, located: Located, rest: &str) -> Flow {
    context.place = Some(located);
    context.state.place = Some(located.commune);
    let question = read_question(context, rest);
    if question.says(REMEMBER) {
        return Flow::End(remember(context, places, located.commune));
    }
    if is_of_places(context, &question) {
        return Flow::End(words::tell(context, places, located));
    }
    context.set_question(question);
    Flow::Continue
}

/// Nothing but a place is asked for.
fn is_of_places(context: &Context, question: &Normalised) -> bool {
    if question.says(MERGED) && content_words(question, &context.engine.catalogue()).len() <= 4 {
        return true;
    }
    content_words(question, &context.engine.catalogue()).iter().all(|content| OF_PLACES_FOLDED.contains(&fold(&content.word)))
}

/// No place is named. "xã tui sáp nhập rồi, đi mô làm giấy?" speaks of one all the same.
fn unnamed(context: &mut Context, places: &Places, wants_memory: bool) -> Flow {
    let question = context.question.clean.clone();
    let known = context.state.home.or(context.state.place);
    if wants_memory {
        return Flow::End(match known {
            Some(commune) => remember(context, places, commune),
            None => ask_where(context, &question),
        });
    }
    if !(context.question.says(MINE) || context.question.says(MERGED)) || !is_of_places(context, &context.question.clone()) {
        return Flow::Continue;
    }
    match context.state.home {
        Some(commune) => Flow::End(words::tell(context, places, Located { commune, named: None })),
        None => Flow::End(ask_where(context, &question)),
    }
}

fn ask_where(context: &mut Context, question: &str) -> Reply {
    context.state.pending = Some(Pending::Place { question: question.to_owned(), choices: Vec::new() });
    let text = t(context.language, "Anh/chị ở xã, phường nào? Nhắn tên cũ hay tên mới đều được, ví dụ: \"Nghi Phú, thành phố Vinh\".");
    Reply::text(AnswerStatus::Clarification, text).with_buttons(vec![staff_button(context.language)])
}

/// More than one unit may be meant, or a whole former district.
fn ask_which(context: &mut Context, places: &Places, found: &Found, rest: &str) -> Flow {
    let question = read_question(context, rest);
    match found {
        Found::Several(choices) if is_of_places(context, &question) => Flow::End(ask_back(context, &units(choices), rest)),
        // What is asked is answered at once; which desk it is, is asked under the answer.
        Found::Several(choices) => {
            context.unclear = units(choices);
            context.set_question(question);
            Flow::Continue
        }
        Found::District(district) if is_of_places(context, &question) => {
            let communes: Vec<&Commune> = district.communes.iter().filter_map(|key| places.commune(*key)).collect();
            Flow::End(words::tell_district(context, &district.name, &communes))
        }
        // "ở Quỳnh Lưu làm căn cước": the district is no unit any more, but the question needs none.
        Found::District(_) => {
            context.set_question(question);
            Flow::Continue
        }
        _ => Flow::Continue,
    }
}

/// The units among the choices, as people tell them apart.
fn units(choices: &[Choice]) -> Vec<(String, UnitKey)> {
    choices.iter().filter_map(|choice| Some((choice.to_string(), choice.key()?))).take(MOST_CHOICES).collect()
}

fn ask_back(context: &mut Context, units: &[(String, UnitKey)], question: &str) -> Reply {
    let language = context.language;
    let lines = units.iter().enumerate().map(|(at, (label, _))| language.quoted(&format!("{}. {label}", at + 1)));
    let ask = t(language, "Có nhiều nơi trùng tên này. Anh/chị ở nơi nào?").to_owned();
    let text = std::iter::once(ask).chain(lines).collect::<Vec<_>>().join("\n");
    let mut buttons = unit_buttons(units);
    buttons.push(staff_button(language));
    wait_for(context, units, question);
    Reply::text(AnswerStatus::Clarification, text).with_buttons(buttons)
}

fn unit_buttons(units: &[(String, UnitKey)]) -> Vec<Button> {
    units.iter().map(|(label, key)| Button::new(label.clone(), Action::Place(*key))).collect()
}

fn wait_for(context: &mut Context, units: &[(String, UnitKey)], question: &str) {
    context.state.pending = Some(Pending::Place { question: question.to_owned(), choices: units.iter().map(|(_, key)| *key).collect() });
}

/// Proposes the communes whose centres are nearest to a shared position; the citizen confirms one.
pub(super) fn propose(context: &mut Context, point: Point) -> Reply {
    let (places, language) = (context.engine.places(), context.language);
    let nearest = places.nearest(point.lat(), point.lon(), PROPOSED);
    let near: Vec<&(f64, &Commune)> = nearest.iter().filter(|(km, _)| *km <= FARTHEST_KM).collect();
    if near.is_empty() {
        let text = t(language, "Sen không thấy xã, phường nào của Nghệ An ở gần vị trí này. Anh/chị nhắn tên xã, phường giúp Sen.");
        return Reply::text(AnswerStatus::Clarification, text).with_buttons(vec![staff_button(language)]);
    }
    let line = |(at, (km, commune)): (usize, &&(f64, &Commune))| {
        let far = format!("{km:.1}").replace('.', ",");
        language.quoted(&format!("{}. {} (≈ {far} km)", at + 1, commune.name))
    };
    let ask = t(language, "Anh/chị ở xã, phường nào dưới đây? Số km tính đến giữa xã, nên nơi gần nhất chưa chắc là xã mình.");
    let text = std::iter::once(ask.to_owned()).chain(near.iter().enumerate().map(line)).collect::<Vec<_>>().join("\n");
    let mut buttons: Vec<Button> = near.iter().map(|(_, commune)| Button::new(commune.name.clone(), Action::Place(commune.key))).collect();
    buttons.push(staff_button(language));
    let question = match context.state.pending.take() {
        Some(Pending::Place { question, .. }) => question,
        _ => String::new(),
    };
    context.state.pending = Some(Pending::Place { question, choices: near.iter().map(|(_, commune)| commune.key).collect() });
    Reply::text(AnswerStatus::Clarification, text).with_buttons(buttons)
}

/// Remembers where the citizen lives, because they said so.
pub(super) fn remember(context: &mut Context, places: &Places, key: UnitKey) -> Reply {
    let Some(commune) = places.commune(key) else { return ask_where(context, "") };
    context.state.home = Some(key);
    let language = context.language;
    let text = tf(
        language,
        "Sen đã nhớ anh/chị ở **{commune}**. Từ giờ Sen nói luôn nơi nộp ở đó. Muốn Sen quên thì nhắn \"quên nơi ở\".",
        &[("commune", &lower_first(&commune.name))],
    );
    Reply::text(AnswerStatus::Place, text).with_buttons(vec![forget_button(language), staff_button(language)])
}

fn forget_button(language: Language) -> Button {
    Button::new(t(language, "Quên nơi ở"), Action::ForgetPlace)
}

/// Forgets it again.
pub(super) fn forget(context: &mut Context) -> Reply {
    context.state.home = None;
    context.state.place = None;
    Reply::text(AnswerStatus::Place, t(context.language, "Sen đã quên nơi ở của anh/chị."))
}
