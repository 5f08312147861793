//! Communes: those of today, those that they came from, and which of them a text means.
//!
//! # Layout
//! [`unit`] and `table` hold what `places/communes.csv` says. A text goes through `text` (words) → `names` (which names they
//! spell) → `reading`, `evidence`, `era` and `candidate` (whether a place is meant) → `resolve` (which of the units of a name) → [`found`].
//! `recogniser` leads it; `search` suggests names while one is typed.

mod candidate;
mod era;
mod evidence;
mod found;
mod names;
mod near;
mod offices;
mod reading;
mod recogniser;
mod resolve;
mod search;
mod table;
mod text;
mod unit;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::Result;

use names::{Names, Target};
use table::Table;

pub use found::{Choice, Found, Mention};
pub use offices::{Office, OfficeKind, Offices, Reach};
pub(crate) use unit::lower_first;
pub use unit::{Commune, District, Kind, OldUnit, REFORM, RESOLUTION, UnitKey};

/// The table within the folder of places.
const FILE: &str = "communes.csv";
/// Pairs of words that names share with everyday language, as they are typed with and without diacritics.
const EVERYDAY: &str = include_str!("places/everyday.txt");
/// The mean radius of the earth (IUGG).
const EARTH_KM: f64 = 6371.0088;

/// The units of the table and what finds them in a text.
#[derive(Debug, Default)]
pub struct Places {
    table: Table,
    names: Names,
    by_key: HashMap<UnitKey, Target>,
    everyday: HashSet<String>,
    offices: Offices,
}

impl Places {
    /// Reads `communes.csv` and `offices.toml` in `folder`; without it there are no places.
    ///
    /// # Errors
    /// They name the line or the entry that is broken.
    pub fn load(folder: &Path) -> Result<Places> {
        let table = table::read(&folder.join(FILE))?;
        let new = table.communes.iter().enumerate().map(|(at, unit)| (unit.key, Target::New(at)));
        let old = table.old_units.iter().enumerate().map(|(at, unit)| (unit.key, Target::Old(at)));
        let by_key = new.chain(old).collect();
        let everyday = EVERYDAY.lines().map(|line| text::words(line).join(" ")).collect();
        Ok(Places { names: Names::new(&table), by_key, everyday, table, offices: Offices::load(folder)? })
    }

    /// The communes of today, in the order of the table.
    pub fn communes(&self) -> &[Commune] {
        &self.table.communes
    }

    /// The units of before the reform.
    pub fn old_units(&self) -> &[OldUnit] {
        &self.table.old_units
    }

    /// The former districts, towns and cities.
    pub fn districts(&self) -> &[District] {
        &self.table.districts
    }

    /// The commune of today with this key.
    pub fn commune(&self, key: UnitKey) -> Option<&Commune> {
        match self.by_key.get(&key)? {
            Target::New(at) => self.table.communes.get(*at),
            _ => None,
        }
    }

    /// The bodies that serve the communes.
    pub fn offices(&self) -> &Offices {
        &self.offices
    }

    /// The unit of before the reform with this key.
    pub fn old_unit(&self, key: UnitKey) -> Option<&OldUnit> {
        match self.by_key.get(&key)? {
            Target::Old(at) => self.table.old_units.get(*at),
            _ => None,
        }
    }

    /// The commune of today that what was found leads to without asking.
    pub fn commune_of(&self, found: &Found) -> Option<&Commune> {
        let key = match found {
            Found::New(commune) => commune.key,
            Found::Old(unit) => unit.new,
            Found::District(district) => match district.communes[..] {
                [only] => only,
                _ => return None,
            },
            Found::Nothing | Found::Several(_) => return None,
        };
        self.commune(key)
    }

    /// The `count` communes whose centres are nearest to a point (degrees), nearest first, with the distance in kilometres.
    /// A centre is no border: the point may lie in another of them.
    pub fn nearest(&self, lat: f64, lon: f64, count: usize) -> Vec<(f64, &Commune)> {
        let with_distance = |commune| (distance_km((lat, lon), commune), commune);
        let mut communes: Vec<(f64, &Commune)> = self.table.communes.iter().map(with_distance).collect();
        communes.sort_by(|one, other| one.0.total_cmp(&other.0));
        communes.truncate(count);
        communes
    }

    fn choice(&self, target: Target) -> Choice<'_> {
        match target {
            Target::New(at) => Choice::New(&self.table.communes[at]),
            Target::Old(at) => Choice::Old(&self.table.old_units[at]),
            Target::District(at) => Choice::District(&self.table.districts[at]),
        }
    }

    fn kind(&self, target: Target) -> Kind {
        match self.choice(target) {
            Choice::New(commune) => commune.kind,
            Choice::Old(unit) => unit.kind,
            Choice::District(_) => Kind::District,
        }
    }

    /// The commune of today that a unit is or went to.
    fn commune_key(&self, target: Target) -> Option<UnitKey> {
        match self.choice(target) {
            Choice::New(commune) => Some(commune.key),
            Choice::Old(unit) => Some(unit.new),
            Choice::District(_) => None,
        }
    }

    /// Whether a unit lay in a district, or a commune of today has a unit that did.
    fn is_inside(&self, target: Target, district: Target) -> bool {
        let Choice::District(district) = self.choice(district) else { return false };
        match self.choice(target) {
            Choice::New(commune) => district.communes.contains(&commune.key),
            // An earlier town's units are its one commune's.
            Choice::Old(unit) => unit.district == district.name || district.communes == [unit.new],
            Choice::District(_) => false,
        }
    }
}

/// By the haversine formula.
fn distance_km((lat, lon): (f64, f64), commune: &Commune) -> f64 {
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let along = lat.to_radians().cos() * commune.lat.to_radians().cos();
    let haversine = half(lat, commune.lat) + along * half(lon, commune.lon);
    2.0 * EARTH_KM * haversine.sqrt().min(1.0).asin()
}
