//! `GET /api/v1/places?q=`: communes of today and of before, by their names.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::places::{Choice, Commune, OldUnit, Places, REFORM};
use crate::router::client_address::ClientAddress;
use crate::router::rate_limit::RateLimits;

/// At most so many places are given.
const MOST: usize = 20;
/// A longer text is no name, in characters.
const LONGEST: usize = 100;

#[derive(Deserialize)]
pub(super) struct Asked {
    q: String,
}

/// What was found, best first.
#[derive(Serialize)]
pub(super) struct Found {
    /// By which resolution the communes of today came to be.
    resolution: &'static str,
    places: Vec<Place>,
}

/// A commune, or a unit of before the reform.
#[derive(Serialize)]
struct Place {
    code: String,
    /// ISO date; none for a unit of before the reform.
    valid_from: Option<String>,
    /// ISO date, exclusive; none for a commune of today.
    valid_until: Option<String>,
    name: String,
    district: Option<String>,
    /// The commune of today, for a unit of before.
    now: Option<Named>,
    /// What it came from, for a commune of today.
    from: Vec<Named>,
}

#[derive(Serialize)]
struct Named {
    code: String,
    name: String,
}

/// Why nothing is given.
type Refusal = (StatusCode, Json<serde_json::Value>);

pub(super) async fn search(
    State(app): State<App>,
    Extension(limits): Extension<RateLimits>,
    ClientAddress(address): ClientAddress,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Found>, Refusal> {
    if !limits.address_may(address, app.clock.now_ms()) {
        return Err(refusal(StatusCode::TOO_MANY_REQUESTS, "too many requests: try again in a minute"));
    }
    let Ok(Query(Asked { q })) = asked else { return Err(refusal(StatusCode::BAD_REQUEST, "the parameter q is missing")) };
    if q.trim().is_empty() || q.chars().count() > LONGEST {
        return Err(refusal(StatusCode::BAD_REQUEST, "q is a name of 1 to 100 characters"));
    }
    let places = app.engine.places();
    let found = places.search(&q, MOST).into_iter().filter_map(|choice| place(&places, choice)).collect();
    Ok(Json(Found { resolution: crate::places::RESOLUTION, places: found }))
}

fn refusal(status: StatusCode, error: &str) -> Refusal {
    (status, Json(serde_json::json!({ "error": error })))
}

fn place(places: &Places, choice: Choice) -> Option<Place> {
    match choice {
        Choice::New(commune) => Some(of_today(places, commune)),
        Choice::Old(unit) => Some(of_before(places, unit)),
        Choice::District(_) => None,
    }
}

fn of_today(places: &Places, commune: &Commune) -> Place {
    let from = commune.from.iter().filter_map(|key| places.old_unit(*key));
    Place {
        code: commune.key.code.to_string(),
        valid_from: commune.key.valid_from.map(|day| day.to_string()),
        valid_until: None,
        name: commune.name.clone(),
        district: None,
        now: None,
        from: from.map(|unit| Named { code: unit.key.code.to_string(), name: unit.name.clone() }).collect(),
    }
}

fn of_before(places: &Places, unit: &OldUnit) -> Place {
    let now = places.commune(unit.new).map(|commune| Named { code: commune.key.code.to_string(), name: commune.name.clone() });
    Place {
        code: unit.key.code.to_string(),
        valid_from: None,
        valid_until: Some(REFORM.to_string()),
        name: unit.name.clone(),
        district: Some(unit.district.clone()),
        now,
        from: Vec::new(),
    }
}
