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
    /// Whatever is found must lead to this commune of today, or it is asked which and this is among the choices or in the
    /// district.
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
        (Wanted::CommuneOrAsked(wanted), Found::District(district)) => {
            let mut communes = district.communes.iter().filter_map(|key| places.commune(*key));
            (communes.any(|commune| commune.name == *wanted), wanted, true)
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
    let old = places.old_units().iter().flat_map(|unit| old_forms(places, unit));
    let new = places.communes().iter().flat_map(|commune| new_forms(places, commune));
    let districts = places.districts().iter().flat_map(|district| district_forms(&district.name));
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

fn old_forms(places: &Places, unit: &OldUnit) -> Vec<Form> {
    with_district(places, unit).into_iter().chain(without_district(places, unit)).map(|(text, wanted)| Form { text, wanted }).collect()
}

/// The unit itself where it is the only one, else whatever leads to its commune.
fn one_if(alone: bool, places: &Places, unit: &OldUnit) -> Wanted {
    if alone {
        Wanted::One(super::told(&Found::Old(unit)))
    } else {
        Wanted::CommuneOrAsked(places.commune(unit.new).expect("its commune").name.clone())
    }
}

fn with_district(places: &Places, unit: &OldUnit) -> [(String, Wanted); 7] {
    let (name, district) = (bare(&unit.name), bare(&unit.district));
    // Without "cũ" the commune of the same name that it went to is right too.
    let is_kept = places.communes().iter().any(|commune| commune.key == unit.new && bare(&commune.name) == name);
    let near = places.old_units().iter().filter(|other| other.district == unit.district);
    let alone_folded = near.filter(|other| fold(bare(&other.name)) == fold(name)).count() == 1;
    let (written, folded) = (|| one_if(!is_kept, places, unit), || one_if(!is_kept && alone_folded, places, unit));
    [
        (format!("{}, {}", unit.name, unit.district), written()),
        (format!("{name} {district}").to_lowercase(), written()),
        (fold(&format!("{}{name} {}", short_kind(unit.kind), unit.district)), folded()),
        (format!("{} thuộc {}", unit.name, unit.district.to_lowercase()), written()),
        (fold(&format!("lam khai sinh cho con o {} {} thi can giay to chi", unit.name, unit.district)), folded()),
        (format!("{}, {}", unit.district, unit.name).to_uppercase(), written()),
        (format!("{} {name} h.{district}", short_kind(unit.kind)).to_lowercase(), written()),
    ]
}

fn without_district(places: &Places, unit: &OldUnit) -> [(String, Wanted); 12] {
    let name = bare(&unit.name);
    let alone = namesakes(places, name).len() == 1;
    let old_alone = places.old_units().iter().filter(|other| bare(&other.name) == name).count() == 1;
    let open = || one_if(false, places, unit);
    let (written, old) = (|| one_if(alone, places, unit), || one_if(old_alone, places, unit));
    let [doubled, swapped, joined] = slips(&fold(&unit.name));
    [
        (format!("làm khai sinh ở {} {} cũ", short_kind(unit.kind), name.to_lowercase()), old()),
        (unit.name.to_lowercase(), written()),
        (fold(&unit.name), open()),
        (fold(name), open()),
        (format!("tui ở {} chừ đi mô làm giấy", unit.name), written()),
        (fold(&format!("{} sap nhap vo mo", unit.name)), open()),
        (format!("nhà ở {} muốn đổi căn cước thì đến đâu vậy", fold(&unit.name)), open()),
        (format!("trước đây tôi ở {}, giờ làm hộ chiếu ở mô", unit.name), old()),
        (format!("chuyển khẩu về {} cũ thì cần giấy tờ chi", unit.name), old()),
        (doubled, open()),
        (swapped, open()),
        (joined, open()),
    ]
}

fn new_forms(places: &Places, commune: &Commune) -> Vec<Form> {
    let name = bare(&commune.name);
    let me = super::told(&Found::New(commune));
    let open = || Wanted::CommuneOrAsked(commune.name.clone());
    let others =
        namesakes(places, name).into_iter().filter(|choice| !matches!(choice, Choice::Old(unit) if unit.new == commune.key)).count();
    let one_kind = places.old_units().iter().all(|unit| bare(&unit.name) != name || unit.kind == commune.kind);
    let written = || if others == 1 && one_kind { Wanted::One(me.clone()) } else { open() };
    let [doubled, swapped, joined] = slips(&fold(&commune.name));
    let forms = [
        (format!("{} mới", commune.name), Wanted::One(me.clone())),
        (format!("{} sau sáp nhập", commune.name), Wanted::One(me.clone())),
        (commune.name.clone(), written()),
        (format!("tui ở {} thì nộp hồ sơ mô", commune.name.to_lowercase()), written()),
        (fold(&commune.name), open()),
        (fold(&format!("{}{name}", short_kind(commune.kind))), open()),
        (fold(&format!("dang ky tam tru o {} het bao nhieu tien", commune.name)), open()),
        (doubled, open()),
        (swapped, open()),
        (joined, open()),
    ];
    forms.into_iter().map(|(text, wanted)| Form { text, wanted }).collect()
}

/// "Kỳ Sơn cũ" is asked about: a commune had that name too.
fn district_forms(name: &str) -> Vec<Form> {
    let texts = [
        name.to_owned(),
        fold(name),
        format!("quê tui ở {} cũ", name.to_lowercase()),
        format!("làm bằng lái xe ở {name} thì nộp mô"),
        fold(&format!("{name} cũ")),
    ];
    texts.map(|text| Form { text, wanted: Wanted::One(name.to_owned()) }).into()
}

/// All former units and communes of today that bear this name as written.
fn namesakes<'a>(places: &'a Places, name: &str) -> Vec<Choice<'a>> {
    let new = places.communes().iter().map(Choice::New);
    let old = places.old_units().iter().map(Choice::Old);
    new.chain(old).filter(|choice| bare(choice.name()) == name).collect()
}

/// A doubled last letter, the last two swapped, the last two syllables joined.
fn slips(text: &str) -> [String; 3] {
    let letters: Vec<char> = text.chars().collect();
    let (rest, last) = letters.split_at(letters.len() - 2);
    let (before, after) = text.rsplit_once(' ').expect("a kind and a name");
    let swapped = rest.iter().chain([&last[1], &last[0]]).collect();
    [format!("{text}{}", last[1]), swapped, format!("{before}{after}")]
}
