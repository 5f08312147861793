//! What Sen says of a commune: what it was, what it is, and which body of it takes the papers.

use indexer::guide::Level;

use super::Located;
use crate::answering::answer::AnswerStatus;
use crate::answering::guardrails::staff_button;
use crate::answering::{Context, Reply};
use crate::channel::{Action, Button};
use crate::language::{Language, t, tf, vi};
use crate::places::{Commune, Office, OfficeKind, OldUnit, Places, RESOLUTION, lower_first};

/// What a commune is today, and where its papers are handed in.
pub(super) fn tell(context: &mut Context, places: &Places, located: Located) -> Reply {
    let language = context.language;
    let Some(commune) = places.commune(located.commune) else { return super::ask_where(context, "") };
    let mut lines = vec![what_it_is(places, located, commune, language)];
    lines.push(t(language, "Từ ngày đó không còn cấp huyện. Việc trước đây của huyện nay do xã, phường hoặc tỉnh làm, tùy thủ tục; anh/chị nói cần làm gì, Sen chỉ đúng nơi.").into());
    let mut has_address = false;
    for (kind, tasks) in
        [(OfficeKind::CommuneDesk, vi("Nộp giấy tờ ở xã, phường")), (OfficeKind::CommunePolice, vi("Căn cước, cư trú, VNeID"))]
    {
        if let Some(office) = places.offices().of(kind, commune) {
            has_address |= office.address.is_some();
            lines.push(format!("{}: {}", t(language, tasks), office_line(&office, language)));
        }
    }
    if !has_address {
        lines.push(t(language, "_Sen chưa có địa chỉ, giờ làm, số điện thoại của các nơi này từ nguồn chính thức._").into());
    }
    lines.push(tf(language, "_Nguồn: Nghị quyết {number}, áp dụng từ ngày 01/7/2025._", &[("number", &RESOLUTION)]));
    let mut buttons = Vec::new();
    if context.state.home != Some(commune.key) {
        buttons.push(Button::new(t(language, "Nhớ nơi ở của tôi"), Action::RememberPlace(commune.key)));
    }
    buttons.push(staff_button(language));
    Reply::text(AnswerStatus::Place, lines.join("\n")).with_buttons(buttons)
}

fn what_it_is(places: &Places, located: Located, commune: &Commune, language: Language) -> String {
    let code = commune.key.code;
    if let Some(old) = located.named.and_then(|key| places.old_unit(key)) {
        let now = vi("**{old}** nay thuộc **{commune}** (mã {code}), từ ngày 01/7/2025.");
        return tf(language, now, &[("old", &full_name(old)), ("commune", &lower_first(&commune.name)), ("code", &code)]);
    }
    let former: Vec<String> = commune.from.iter().filter_map(|key| places.old_unit(*key)).map(full_name).collect();
    let consists = vi("**{commune}** (mã {code}) có từ ngày 01/7/2025, gồm: {former}.");
    tf(language, consists, &[("commune", &commune.name), ("code", &code), ("former", &former.join("; "))])
}

/// "Xã Nghi Văn (huyện Nghi Lộc cũ)".
fn full_name(old: &OldUnit) -> String {
    format!("{} ({} cũ)", old.name, lower_first(&old.district))
}

/// What became of a former district.
pub(super) fn tell_district(context: &mut Context, district: &str, communes: &[&Commune]) -> Reply {
    let language = context.language;
    let names: Vec<&str> = communes.iter().map(|commune| commune.name.as_str()).collect();
    let text = vi(
        "**{district}** không còn là đơn vị hành chính từ ngày 01/7/2025. Nơi đó nay là: {communes}.\nAnh/chị ở xã, phường nào (tên cũ hay mới)?",
    );
    let text = tf(language, text, &[("district", &district), ("communes", &names.join(", "))]);
    let source = tf(language, "_Nguồn: Nghị quyết {number}, áp dụng từ ngày 01/7/2025._", &[("number", &RESOLUTION)]);
    context.state.pending = Some(crate::answering::Pending::Place { question: String::new(), choices: Vec::new() });
    Reply::text(AnswerStatus::Clarification, format!("{text}\n{source}")).with_buttons(vec![staff_button(language)])
}

/// Puts the citizen's own commune into an answer: which body of it takes the papers, or that a higher level does. Written
/// after grounding: it comes from the tables of places, not from the guide.
pub(in super::super) fn name_desk(context: &mut Context, reply: &mut Reply) {
    if !reply.status.states_facts() {
        return;
    }
    if !context.unclear.is_empty() {
        ask_which_desk(context, reply);
        return;
    }
    let places = context.engine.places();
    let before = context.state.place.filter(|_| context.goes_on);
    let here = context.place.or(before.or(context.state.home).map(|commune| Located { commune, named: None }));
    let Some((located, guide)) = here.zip(context.told.as_ref()) else { return };
    let Some(commune) = places.commune(located.commune) else { return };
    let language = context.language;
    let mut lines = Vec::new();
    if let Some(old) = located.named.and_then(|key| places.old_unit(key)) {
        let now = vi("{old} nay thuộc **{commune}**.");
        lines.push(tf(language, now, &[("old", &full_name(old)), ("commune", &lower_first(&commune.name))]));
    }
    lines.extend(body(&places, commune, guide.level, &guide.receiving_body, language));
    insert(reply, lines);
}

/// Puts lines before the quiet ones.
fn insert(reply: &mut Reply, lines: Vec<String>) {
    let quiet = reply.text.lines().position(|line| line.starts_with('_')).unwrap_or_else(|| reply.text.lines().count());
    let mut told: Vec<String> = reply.text.lines().map(str::to_owned).collect();
    told.splice(quiet..quiet, lines);
    reply.text = told.join("\n");
}

/// Several communes have the name that was typed: the citizen tells which under the answer.
fn ask_which_desk(context: &mut Context, reply: &mut Reply) {
    if context.told.as_ref().is_none_or(|guide| guide.level != Level::Commune) || context.state.pending.is_some() {
        return;
    }
    let units = std::mem::take(&mut context.unclear);
    let ask = t(context.language, "Có nhiều nơi trùng tên này. Anh/chị chọn nơi mình ở để Sen chỉ đúng chỗ nộp.");
    insert(reply, vec![ask.to_owned()]);
    reply.buttons.splice(0..0, super::unit_buttons(&units));
    let question = context.question.clean.clone();
    super::wait_for(context, &units, &question);
}

/// Which body of the commune takes the papers of a procedure, by the level that its guide states.
fn body(places: &Places, commune: &Commune, level: Level, receiving_body: &str, language: Language) -> Option<String> {
    let name = lower_first(&commune.name);
    match level {
        Level::Commune => {
            let kind = if receiving_body.to_lowercase().contains("công an") { OfficeKind::CommunePolice } else { OfficeKind::CommuneDesk };
            let office = places.offices().of(kind, commune)?;
            Some(tf(language, "Nơi nộp ở {commune}: {office}", &[("commune", &name), ("office", &office_line(&office, language))]))
        }
        Level::Province => {
            Some(t(language, "Việc này không làm riêng ở xã, phường nào (cấp huyện cũng không còn). Nộp ở đâu thì xem dòng \"Nơi nộp\" hoặc bấm \"Nộp ở đâu\".").to_owned())
        }
        Level::Central => Some(t(language, "Việc này không làm riêng ở xã, phường nào. Nộp ở đâu thì xem dòng \"Nơi nộp\" hoặc bấm \"Nộp ở đâu\".").to_owned()),
    }
}

/// The body, with its address only where editors have found one.
fn office_line(office: &Office, language: Language) -> String {
    let mut parts = vec![format!("**{}**", office.name)];
    parts.extend([&office.address, &office.hours, &office.phone].into_iter().flatten().cloned());
    if let Some(day) = office.checked_on {
        parts.push(tf(language, "(xem ngày {day})", &[("day", &language.date(day))]));
    }
    parts.join(", ").replace(", (", " (") + "."
}
