//! Places named in free text, over the table of the repository.

use std::path::{Path, PathBuf};

use bot::places::{Found, Places};

#[path = "places/alarms.rs"]
mod alarms;
#[path = "places/by_hand.rs"]
mod by_hand;
#[path = "places/forms.rs"]
mod forms;
#[path = "places/homonyms.rs"]
mod homonyms;

fn knowledge_base() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../knowledge-base")
}

fn places() -> Places {
    Places::load(&knowledge_base().join("places")).expect("the table is sound")
}

/// In one word: "", "mới Phường Vinh Phú", "cũ Xã Nghi Vạn, Huyện Nghi Lộc", "Huyện Yên Thành", or several joined with " | ".
fn told(found: &Found) -> String {
    match found {
        Found::Nothing => String::new(),
        Found::New(commune) => format!("mới {}", commune.name),
        Found::Old(unit) => format!("cũ {}, {}", unit.name, unit.district),
        Found::District(district) => district.name.clone(),
        Found::Several(choices) => choices.iter().map(|choice| told(&(*choice).into())).collect::<Vec<_>>().join(" | "),
    }
}

#[test]
fn the_table_is_whole() {
    let places = places();
    assert_eq!((places.old_units().len(), places.communes().len(), places.districts().len()), (412, 130, 21));
    assert!(places.communes().iter().all(|commune| !commune.from.is_empty()));
    assert_eq!(places.communes().iter().map(|commune| commune.from.len()).sum::<usize>(), 412);
}

#[test]
fn without_a_table_there_are_no_places() {
    let places = Places::load(Path::new("/nonexistent")).expect("an empty table");
    assert_eq!(places.find("xã Nghi Phú"), Found::Nothing);
    assert!(places.nearest(18.7, 105.6, 3).is_empty() && places.search("vinh", 5).is_empty());
}

/// 16681 was Phường Quang Trung and is Phường Thành Vinh.
#[test]
fn one_code_is_two_units() {
    let places = places();
    let new = places.communes().iter().find(|commune| commune.key.code == 16681).expect("Thành Vinh");
    let old = places.old_units().iter().find(|unit| unit.key.code == 16681).expect("Quang Trung");
    assert_ne!(new.key, old.key);
    assert_eq!(places.commune(new.key).map(|found| found.name.as_str()), Some("Phường Thành Vinh"));
    assert_eq!(places.old_unit(old.key).map(|found| found.name.as_str()), Some("Phường Quang Trung"));
    assert!(places.commune(old.key).is_none() && places.old_unit(new.key).is_none());
}

#[test]
fn the_nearest_centres_come_first() {
    let places = places();
    let nearest = places.nearest(18.788, 105.726, 4);
    assert_eq!(nearest.len(), 4);
    assert_eq!((nearest[0].1.name.as_str(), nearest[0].0 < 0.001), ("Phường Cửa Lò", true));
    assert!(nearest.is_sorted_by(|one, other| one.0 <= other.0));
    // Thành Vinh to Trường Vinh: 0.08° of longitude at 18.7° north.
    let (km, _) =
        places.nearest(18.675, 105.66, 130).into_iter().find(|(_, commune)| commune.name == "Phường Trường Vinh").expect("it is there");
    assert!((km - 8.44).abs() < 0.05, "{km}");
}

#[test]
fn names_are_suggested_while_typed() {
    let places = places();
    let names = |typed: &str| places.search(typed, 4).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names("phường vinh p"), ["Phường Vinh Phú (mới)"]);
    assert_eq!(names("nghi van"), ["Xã Nghi Văn, huyện Nghi Lộc (cũ)", "Xã Nghi Vạn, huyện Nghi Lộc (cũ)"]);
    assert_eq!(names("Nghi Vạn")[0], "Xã Nghi Vạn, huyện Nghi Lộc (cũ)");
    assert_eq!(names("cau giatt"), ["Thị trấn Cầu Giát, huyện Quỳnh Lưu (cũ)"]);
    assert_eq!(places.search("quynh", 7).len(), 7);
    assert!(names("").is_empty() && names("zzz").is_empty());
}
