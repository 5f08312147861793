//! The rows of `communes.csv`.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use super::unit::{Commune, District, Kind, OldUnit, REFORM, UnitKey, kind_and_bare};

const HEADER: &str = "old_code,old_name,old_district,new_code,new_name,new_lat,new_lon,extent";

/// What the rows say, in their order.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) communes: Vec<Commune>,
    pub(super) old_units: Vec<OldUnit>,
    pub(super) districts: Vec<District>,
}

/// Towns that had been merged into a city before the reform and that people still name, with their units' commune of today:
/// the seven wards of Cửa Lò were Vinh's since December 2024.
const EARLIER_TOWNS: [(&str, &str); 1] = [("Thị xã Cửa Lò", "Phường Cửa Lò")];

/// Reads the table. Errors name the line that is broken. A missing file is an empty table.
pub(super) fn read(file: &Path) -> Result<Table> {
    if !file.try_exists()? {
        return Ok(Table::default());
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    parse(&text).with_context(|| format!("in {}", file.display()))
}

fn parse(text: &str) -> Result<Table> {
    let mut lines = text.lines().enumerate();
    let header = lines.next().map_or("", |(_, line)| line);
    ensure!(header == HEADER, "line 1: the columns must be {HEADER}");
    let mut table = Table::default();
    for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        row(&mut table, line).with_context(|| format!("line {}", at + 1))?;
    }
    for (town, commune) in EARLIER_TOWNS {
        let key = table.communes.iter().find(|found| found.name == commune).map(|found| found.key);
        table.districts.extend(key.map(|key| District { name: town.to_owned(), communes: vec![key] }));
    }
    Ok(table)
}

fn row(table: &mut Table, line: &str) -> Result<()> {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    let [old_code, old_name, district, new_code, new_name, lat, lon, extent] = fields[..] else {
        bail!("{} fields where 8 are wanted", fields.len());
    };
    ensure!(extent == "whole", "extent {extent}: only whole units can be read");
    let old = UnitKey { code: code(old_code)?, valid_from: None };
    ensure!(table.old_units.iter().all(|unit| unit.key != old), "the former code {old_code} occurs twice");
    let commune = Commune {
        key: UnitKey { code: code(new_code)?, valid_from: Some(REFORM) },
        name: new_name.to_owned(),
        kind: kind(new_name)?,
        lat: degrees(lat, 90.0)?,
        lon: degrees(lon, 180.0)?,
        from: vec![old],
    };
    ensure!(kind(district)? == Kind::District, "{district} is no district");
    let new = commune.key;
    add_commune(table, commune)?;
    add_to_district(table, district, new);
    table.old_units.push(OldUnit { key: old, name: old_name.to_owned(), kind: kind(old_name)?, district: district.to_owned(), new });
    Ok(())
}

fn add_commune(table: &mut Table, commune: Commune) -> Result<()> {
    let Some(known) = table.communes.iter_mut().find(|known| known.key == commune.key) else {
        table.communes.push(commune);
        return Ok(());
    };
    let same = known.name == commune.name && known.lat == commune.lat && known.lon == commune.lon;
    ensure!(same, "the code {} was {} at another place in an earlier line", commune.key.code, known.name);
    known.from.extend(commune.from);
    Ok(())
}

fn add_to_district(table: &mut Table, name: &str, commune: UnitKey) {
    let Some(known) = table.districts.iter_mut().find(|known| known.name == name) else {
        table.districts.push(District { name: name.to_owned(), communes: vec![commune] });
        return;
    };
    if !known.communes.contains(&commune) {
        known.communes.push(commune);
    }
}

fn code(field: &str) -> Result<u32> {
    field.parse().with_context(|| format!("{field:?} is no code"))
}

fn kind(name: &str) -> Result<Kind> {
    kind_and_bare(name).map(|(kind, _)| kind).with_context(|| format!("{name:?} doesn't begin with its kind"))
}

fn degrees(field: &str, limit: f64) -> Result<f64> {
    let degrees: f64 = field.parse().with_context(|| format!("{field:?} is no number of degrees"))?;
    ensure!(degrees.abs() <= limit, "{degrees}° is outside ±{limit}°");
    Ok(degrees)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_row_names_its_line() {
        let good = "16663,Phường Đông Vĩnh,Thành phố Vinh,16681,Phường Thành Vinh,18.675,105.66,whole";
        let faults = [
            ("x,Xã A,Huyện B,1,Xã C,18,105,whole", "no code"),
            ("1,A,Huyện B,1,Xã C,18,105,whole", "kind"),
            ("1,Xã A,Huyện B,1,Xã C,118,105,whole", "outside"),
            ("1,Xã A,Huyện B,1,Xã C,18,105,part", "extent"),
            ("1,Xã A,Huyện B,1,Xã C", "5 fields"),
            ("1,Xã A,Huyện B,16681,Xã C,18,105,whole", "another place"),
            (good, "twice"),
        ];
        for (row, reason) in faults {
            let error = format!("{:#}", parse(&format!("{HEADER}\n{good}\n{row}\n")).expect_err(row));
            assert!(error.starts_with("line 3: ") && error.contains(reason), "{error}");
        }
    }
}
