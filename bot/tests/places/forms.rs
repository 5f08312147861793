//! Every unit of the table in the ways people type it.
//!
//! What must come out is worked out here from the table alone: the units whose name can be read from what the form types.

use bot::places::{Choice, Commune, Found, Kind, OldUnit, Places};
use indexer::lexical::fold;

use super::places;

/// The share of forms that must be understood.
const UNDERSTOOD: f64 = 0.98;

/// A form and what it may mean.
struct Form {
    text: String,
    wanted: Wanted,
}

enum Wanted {
    /// This unit and no other, in the words of `told`.
    One(String),
    /// Whatever is found must lead to this commune of today, or it is asked which and this is among the choices.
    CommuneOrAsked(String),
}

#[test]
fn generated_forms_are_understood() {
    let places = places();
    let forms = forms(&places);
    let failures: Vec<String> = forms.iter().filter_map(|form| failure(&places, form)).collect();
    let wrong = failures.iter().filter(|failure| failure.contains("WRONG")).count();
    let share = 1.0 - failures.len() as f64 / forms.len() as f64;
    eprintln!("{} forms, {:.2} % understood, {wrong} wrong units\n{}", forms.len(), 100.0 * share, failures.join("\n"));
    assert!(forms.len() >= 300 && share >= UNDERSTOOD);
    assert_eq!(wrong, 0, "a wrong unit was given where it should have been asked");
}

fn failure(places: &Places, form: &Form) -> Option<String> {
    let found = places.find(&form.text);
    let (right, wanted, asked) = match (&form.wanted, &found) {
        (Wanted::One(wanted), found) => (id(found).as_ref() == Some(wanted), wanted, matches!(found, Found::Several(_))),
        (Wanted::CommuneOrAsked(wanted), Found::Several(choices)) => {
            let communes = choices.iter().map(|choice| places.commune_of(&(*choice).into()));
            (communes.flatten().any(|commune| commune.name == *wanted), wanted, true)
        }
        (Wanted::CommuneOrAsked(wanted), found) => (places.commune_of(found).is_some_and(|commune| commune.name == *wanted), wanted, false),
    };
    let is_lesser = asked || matches!(found, Found::Nothing | Found::District(_));
    (!right).then(|| format!("{}{}\n  wanted {wanted}\n  found  {}", if is_lesser { "" } else { "WRONG " }, form.text, super::told(&found)))
}

/// None for what is no single unit.
fn id(found: &Found) -> Option<String> {
    matches!(found, Found::New(_) | Found::Old(_) | Found::District(_)).then(|| super::told(found))
}

fn forms(places: &Places) -> Vec<Form> {
    let old = places.old_units().iter().enumerate().flat_map(|(at, unit)| old_forms(places, at, unit));
    let new = places.communes().iter().enumerate().flat_map(|(at, commune)| new_forms(places, at, commune));
    let districts = places.districts().iter().enumerate().flat_map(|(at, district)| district_forms(at, &district.name));
    old.chain(new).chain(districts).collect()
}

/// The name without its kind.
fn bare(name: &str) -> &str {
    let kinds = ["Xã ", "Phường ", "Thị trấn ", "Huyện ", "Thị xã ", "Thành phố "];
    kinds.iter().find_map(|kind| name.strip_prefix(kind)).expect("a kind")
}

const fn short_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Xa => "x.",
        Kind::Phuong => "p.",
        Kind::ThiTran => "tt ",
        Kind::District => "h.",
    }
}

/// Two forms a unit, other ones from unit to unit.
fn old_forms(places: &Places, at: usize, unit: &OldUnit) -> Vec<Form> {
    vec![with_district(places, at, unit), without_district(places, at, unit)]
}

/// The unit itself where it is the only one, else whatever leads to its commune.
fn one_if(alone: bool, places: &Places, unit: &OldUnit) -> Wanted {
    if alone {
        Wanted::One(super::told(&Found::Old(unit)))
    } else {
        Wanted::CommuneOrAsked(places.commune(unit.new).expect("its commune").name.clone())
    }
}

fn with_district(places: &Places, at: usize, unit: &OldUnit) -> Form {
    let (name, district) = (bare(&unit.name), bare(&unit.district));
    // Without "cũ" the commune of the same name that it went to is right too.
    let is_kept = places.communes().iter().any(|commune| commune.key == unit.new && bare(&commune.name) == name);
    let near = places.old_units().iter().filter(|other| other.district == unit.district);
    let alone_folded = near.filter(|other| fold(bare(&other.name)) == fold(name)).count() == 1;
    let (written, folded) = (one_if(!is_kept, places, unit), one_if(!is_kept && alone_folded, places, unit));
    let (text, wanted) = match at % 6 {
        0 => (format!("{}, {}", unit.name, unit.district), written),
        1 => (format!("{name} {district}").to_lowercase(), written),
        2 => (fold(&format!("{}{name} {}", short_kind(unit.kind), unit.district)), folded),
        3 => (format!("{} thuộc {}", unit.name, unit.district.to_lowercase()), written),
        4 => (fold(&format!("lam khai sinh cho con o {} {} thi can giay to chi", unit.name, unit.district)), folded),
        _ => (format!("{}, {}", unit.district, unit.name).to_uppercase(), written),
    };
    Form { text, wanted }
}

fn without_district(places: &Places, at: usize, unit: &OldUnit) -> Form {
    let name = bare(&unit.name);
    let alone = namesakes(places, name).len() == 1;
    let old_alone = places.old_units().iter().filter(|other| bare(&other.name) == name).count() == 1;
    let (open, written, old) = (one_if(false, places, unit), one_if(alone, places, unit), one_if(old_alone, places, unit));
    let (text, wanted) = match at % 8 {
        0 => (format!("làm khai sinh ở {} cũ", name.to_lowercase()), old),
        1 => (unit.name.to_lowercase(), written),
        2 => (fold(&unit.name), open),
        3 => (format!("tui ở {} chừ đi mô làm giấy", unit.name), written),
        4 => (fold(&format!("{} sap nhap vo mo", unit.name)), open),
        5 => (slip(&fold(&unit.name), at), open),
        6 => (format!("nhà ở {} muốn đổi căn cước thì đến đâu vậy", fold(&unit.name)), open),
        _ => (format!("trước đây tôi ở {}, giờ làm hộ chiếu ở mô", unit.name), old),
    };
    Form { text, wanted }
}

fn new_forms(places: &Places, at: usize, commune: &Commune) -> Vec<Form> {
    let name = bare(&commune.name);
    let me = super::told(&Found::New(commune));
    let open = || Wanted::CommuneOrAsked(commune.name.clone());
    let others = namesakes(places, name).iter().filter(|choice| !matches!(choice, Choice::Old(unit) if unit.new == commune.key)).count();
    let one_kind = places.old_units().iter().all(|unit| bare(&unit.name) != name || unit.kind == commune.kind);
    let written = if others == 1 && one_kind { Wanted::One(me.clone()) } else { open() };
    let one = |text: String, wanted: Wanted| Form { text, wanted };
    let first = match at % 4 {
        0 => one(format!("{} mới", commune.name), Wanted::One(me)),
        1 => one(commune.name.clone(), written),
        2 => one(format!("tui ở {} thì nộp hồ sơ mô", commune.name.to_lowercase()), written),
        _ => one(format!("{} sau sáp nhập", commune.name), Wanted::One(me)),
    };
    let second = match at % 4 {
        0 => one(fold(&commune.name), open()),
        1 => one(fold(&format!("{}{name}", short_kind(commune.kind))), open()),
        2 => one(slip(&fold(&commune.name), at), open()),
        _ => one(fold(&format!("dang ky tam tru o {} het bao nhieu tien", commune.name)), open()),
    };
    vec![first, second]
}

fn district_forms(at: usize, name: &str) -> Vec<Form> {
    let texts = match at % 3 {
        0 => [name.to_owned(), format!("{} cũ", bare(name))],
        1 => [fold(name), format!("quê tui ở {} cũ", name.to_lowercase())],
        _ => [format!("làm bằng lái xe ở {name} thì nộp mô"), fold(&format!("{name} cũ"))],
    };
    texts.map(|text| Form { text, wanted: Wanted::One(name.to_owned()) }).into()
}

/// All former units and communes of today that bear this name as written.
fn namesakes<'a>(places: &'a Places, name: &str) -> Vec<Choice<'a>> {
    let new = places.communes().iter().map(Choice::New);
    let old = places.old_units().iter().map(Choice::Old);
    new.chain(old).filter(|choice| bare(choice.name()) == name).collect()
}

/// A doubled last letter, the last two swapped, or the last two syllables joined, by turns.
fn slip(text: &str, at: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    let last = letters.len() - 1;
    match at % 3 {
        0 => format!("{text}{}", letters[last]),
        1 => {
            let mut swapped = letters.clone();
            swapped.swap(last, last - 1);
            swapped.into_iter().collect()
        }
        _ => {
            let blank = text.rfind(' ').unwrap_or_default();
            format!("{}{}", &text[..blank], &text[blank + 1..])
        }
    }
}
