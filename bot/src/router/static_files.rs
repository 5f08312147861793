//! Style, scripts, logo and fonts, embedded in the binary. Their addresses hold a digest of their content, so a browser
//! may keep them for ever.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::http::Uri;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use crate::router::page::Refusal;

macro_rules! embedded {
    ($($name:literal => $kind:literal),* $(,)?) => {
        [$(($name, $kind, include_bytes!(concat!("../../static/", $name)) as &[u8])),*]
    };
}

/// Name, content type, content. Fonts first: the style sheet refers to them.
const FILES: &[(&str, &str, &[u8])] = &embedded! {
    "fonts/be-vietnam-pro-latin-400.woff2" => "font/woff2",
    "fonts/be-vietnam-pro-latin-600.woff2" => "font/woff2",
    "fonts/be-vietnam-pro-latin-700.woff2" => "font/woff2",
    "fonts/be-vietnam-pro-latin-ext-400.woff2" => "font/woff2",
    "fonts/be-vietnam-pro-latin-ext-600.woff2" => "font/woff2",
    "fonts/be-vietnam-pro-latin-ext-700.woff2" => "font/woff2",
    "fonts/be-vietnam-pro-vietnamese-400.woff2" => "font/woff2",
    "fonts/be-vietnam-pro-vietnamese-600.woff2" => "font/woff2",
    "fonts/be-vietnam-pro-vietnamese-700.woff2" => "font/woff2",
    "sen.svg" => "image/svg+xml",
    "chat.js" => "text/javascript; charset=utf-8",
    "editor.js" => "text/javascript; charset=utf-8",
    "console.js" => "text/javascript; charset=utf-8",
    "style.css" => "text/css; charset=utf-8",
};

/// What nearly every page shows: loaded before the style sheet asks, so that no text moves.
pub(crate) const PRELOADED: [&str; 6] = [
    "fonts/be-vietnam-pro-latin-400.woff2",
    "fonts/be-vietnam-pro-vietnamese-400.woff2",
    "fonts/be-vietnam-pro-latin-600.woff2",
    "fonts/be-vietnam-pro-vietnamese-600.woff2",
    "fonts/be-vietnam-pro-latin-700.woff2",
    "fonts/be-vietnam-pro-vietnamese-700.woff2",
];

struct Asset {
    kind: &'static str,
    content: Vec<u8>,
}

#[derive(Default)]
struct Assets {
    urls: HashMap<&'static str, String>,
    by_url: HashMap<String, Asset>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| FILES.iter().fold(Assets::default(), with_file));

fn with_file(mut assets: Assets, &(name, kind, content): &(&'static str, &'static str, &[u8])) -> Assets {
    let content = if name.ends_with(".css") { with_urls(content, &assets.urls) } else { content.to_vec() };
    let digest: String = Sha256::digest(&content).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let url = format!("/static/{digest}/{name}");
    assets.urls.insert(name, url.clone());
    assets.by_url.insert(url, Asset { kind, content });
    assets
}

/// The style sheet with the addresses of the fonts that it names.
fn with_urls(style: &[u8], urls: &HashMap<&'static str, String>) -> Vec<u8> {
    let mut style = String::from_utf8_lossy(style).into_owned();
    for (name, url) in urls {
        style = style.replace(&format!("url(\"{name}\")"), &format!("url(\"{url}\")"));
    }
    style.into_bytes()
}

/// The address of an embedded file; empty for a name that there isn't.
pub(crate) fn url(name: &str) -> &'static str {
    ASSETS.urls.get(name).map_or("", String::as_str)
}

/// `GET /static/…`
pub(crate) async fn serve(uri: Uri) -> Result<Response, Refusal> {
    let asset = ASSETS.by_url.get(uri.path()).ok_or(Refusal::NotFound)?;
    let headers = [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.content.as_slice()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_an_address_and_every_font_in_the_style_sheet_exists() {
        for (name, _, _) in FILES {
            assert!(url(name).starts_with("/static/") && url(name).ends_with(name), "{name}");
        }
        let style = String::from_utf8_lossy(&ASSETS.by_url[url("style.css")].content).into_owned();
        assert_eq!(style.matches("url(\"/static/").count(), style.matches("url(").count());
        assert_eq!(style.matches("url(").count(), 9);
    }
}
