//! `GET /metrics`: for a Prometheus in the same network, not for the world.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};

use super::{HANDLE, gauges};
use crate::app::App;
use crate::router::page::Refusal;

/// Any of these says that a proxy passed on somebody else's request.
const FORWARDED: [&str; 7] =
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "cf-connecting-ip"];

/// Renders what was counted; to strangers there is nothing at this address.
pub(super) async fn show(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
    let handle = HANDLE.get().filter(|_| peer.is_some_and(is_near) && is_direct(request.headers())).ok_or(Refusal::NotFound)?;
    gauges::read(&app.db, app.clock.now_ms()).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response())
}

fn is_direct(headers: &HeaderMap) -> bool {
    FORWARDED.iter().all(|name| !headers.contains_key(*name))
}

/// This machine or a private network.
fn is_near(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_private_networks_are_near() {
        for near in ["127.0.0.1", "::1", "10.1.2.3", "172.16.0.9", "192.168.1.5", "169.254.1.1", "fd00::1", "fe80::1"] {
            assert!(near.parse().is_ok_and(is_near), "{near}");
        }
        for far in ["8.8.8.8", "172.32.0.1", "100.64.0.1", "2001:db8::1"] {
            assert!(!far.parse().is_ok_and(is_near), "{far}");
        }
    }
}
