//! What other programs may ask, as JSON under `/api/v1`; described in `/api/v1/openapi.json`.

mod places;

use axum::Router;
use axum::http::{HeaderValue, Method, header};
use axum::routing::get;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::app::App;

/// The document that describes all addresses (OpenAPI 3.1).
const DOCUMENT: &str = include_str!("api/openapi.json");

/// The addresses. Pages of other sites may read them only where `SEN_API_ORIGINS` names the site.
pub(crate) fn routes(app: &App) -> Router<App> {
    let origins = app.config.api_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    let cors = CorsLayer::new().allow_methods([Method::GET]).allow_origin(AllowOrigin::list(origins));
    Router::new()
        .route("/api/v1/openapi.json", get(|| async { ([(header::CONTENT_TYPE, "application/json")], DOCUMENT) }))
        .route("/api/v1/places", get(places::search))
        .layer(cors)
}

#[cfg(test)]
mod tests {
    use anyhow::Result;

    use crate::test_support::House;

    #[tokio::test]
    async fn pages_of_other_sites_read_nothing_unless_their_site_is_named() -> Result<()> {
        let house = House::new().await?;
        let from = [("origin", "https://bao.example")];
        let reply = house.get("/api/v1/places?q=vinh", &from).await?;
        assert!(!reply.head.contains("access-control-allow-origin"), "{}", reply.head);
        Ok(())
    }
}
