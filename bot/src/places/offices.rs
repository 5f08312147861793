//! Where papers are handed in: `offices.toml`, which editors fill. An address stands only beside its source and the day on
//! which it was read there.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use jiff::civil::Date;
use serde::Deserialize;

use super::unit::Commune;

/// The file within the folder of places.
const FILE: &str = "offices.toml";

/// The closed set of bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficeKind {
    /// The one-stop desk of a commune.
    CommuneDesk,
    /// The one of the province.
    ProvinceDesk,
    /// The police of a commune.
    CommunePolice,
    /// The tax office of some communes.
    TaxOffice,
    /// The tax office of the province.
    ProvinceTax,
    /// The social insurance of some communes.
    SocialInsuranceOffice,
    /// The one of the province.
    ProvinceSocialInsurance,
    /// The land registry of some communes.
    LandBranch,
    /// The one of the province.
    ProvinceLandRegistry,
}

/// How far a body's field reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// One for each commune.
    Commune,
    /// One for several communes.
    Area,
    /// One for the province.
    Province,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    office: Vec<Written>,
}

/// A kind of body, or one body of a commune.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: OfficeKind,
    /// The commune's code; none where the kind itself is described.
    commune: Option<String>,
    name: Option<String>,
    level: Option<Reach>,
    #[serde(default)]
    tasks: Vec<String>,
    address: Option<String>,
    hours: Option<String>,
    phone: Option<String>,
    source: Option<String>,
    checked_on: Option<Date>,
    /// Its name is not confirmed yet.
    #[serde(default)]
    review: bool,
}

/// A body as it is told to citizens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// "Trung tâm Phục vụ hành chính công phường Vinh Phú".
    pub name: String,
    /// With its source.
    pub address: Option<String>,
    /// When it is open.
    pub hours: Option<String>,
    /// Its number.
    pub phone: Option<String>,
    /// The page that says so.
    pub source: Option<String>,
    /// When that page was read.
    pub checked_on: Option<Date>,
}

/// All bodies that editors have described.
#[derive(Clone, Debug, Default)]
pub struct Offices(Vec<Written>);

impl Offices {
    /// Reads `offices.toml` in `folder`; without it there are none.
    ///
    /// # Errors
    /// A file that is broken; an entry that tells an address, hours or a phone without where and when that was read, or
    /// that describes a kind without name and level.
    pub fn load(folder: &Path) -> Result<Self> {
        match std::fs::read_to_string(folder.join(FILE)) {
            Ok(text) => Self::parse(&text).with_context(|| format!("danh mục cơ quan {} có lỗi", folder.join(FILE).display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).context("không đọc được danh mục cơ quan"),
        }
    }

    fn parse(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text)?;
        file.office.iter().try_for_each(check)?;
        Ok(Self(file.office))
    }

    /// The body of this kind that serves a commune; none where editors have not described the kind, or its name is still
    /// to be confirmed.
    pub fn of(&self, kind: OfficeKind, commune: &Commune) -> Option<Office> {
        let described = self.0.iter().find(|office| office.kind == kind && office.commune.is_none() && !office.review)?;
        let code = commune.key.code.to_string();
        let own = self.0.iter().find(|office| office.kind == kind && office.commune.as_ref() == Some(&code));
        let name = own.and_then(|own| own.name.as_ref()).or(described.name.as_ref())?;
        let told = own.unwrap_or(described);
        Some(Office {
            name: name.replace("{commune}", &super::unit::lower_first(&commune.name)),
            address: told.address.clone(),
            hours: told.hours.clone(),
            phone: told.phone.clone(),
            source: told.source.clone(),
            checked_on: told.checked_on,
        })
    }
}

fn check(office: &Written) -> Result<()> {
    let tells = office.address.is_some() || office.hours.is_some() || office.phone.is_some();
    ensure!(
        !tells || (office.source.is_some() && office.checked_on.is_some()),
        "{:?}: địa chỉ, giờ, số điện thoại phải kèm source và checked_on",
        office.kind
    );
    let is_kind = office.commune.is_none();
    ensure!(
        !is_kind || (office.name.is_some() && office.level.is_some() && !office.tasks.is_empty()),
        "{:?}: thiếu name, level hoặc tasks",
        office.kind
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::{Kind, REFORM, UnitKey};

    const DESK: &str = "[[office]]\nkind = \"commune_desk\"\nname = \"Trung tâm {commune}\"\nlevel = \"commune\"\ntasks = [\"a\"]\n";

    fn commune() -> Commune {
        let key = UnitKey { code: 16702, valid_from: Some(REFORM) };
        Commune { key, name: "Phường Vinh Phú".into(), kind: Kind::Phuong, lat: 18.7, lon: 105.7, from: Vec::new() }
    }

    #[test]
    fn a_desk_is_named_after_its_commune_and_has_an_address_only_with_its_source() -> Result<()> {
        let desk = Offices::parse(DESK)?.of(OfficeKind::CommuneDesk, &commune()).context("no desk")?;
        assert_eq!((desk.name.as_str(), desk.address), ("Trung tâm phường Vinh Phú", None));
        let own = format!("{DESK}[[office]]\nkind = \"commune_desk\"\ncommune = \"16702\"\naddress = \"Số 1\"\n");
        assert!(Offices::parse(&own).is_err(), "an address without a source");
        let sourced = format!("{own}source = \"https://a.vn\"\nchecked_on = \"2026-11-29\"\n");
        let desk = Offices::parse(&sourced)?.of(OfficeKind::CommuneDesk, &commune()).context("no desk")?;
        assert_eq!(desk.address.as_deref(), Some("Số 1"));
        Ok(())
    }

    #[test]
    fn a_name_that_is_still_to_be_confirmed_is_not_told() -> Result<()> {
        assert_eq!(Offices::parse(&format!("{DESK}review = true\n"))?.of(OfficeKind::CommuneDesk, &commune()), None);
        Ok(())
    }
}
