//! Who is at the other end of the connection.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::app::App;

/// The client's address; none when the server was started without connect info.
pub(crate) struct ClientAddress(pub(crate) Option<IpAddr>);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
        let client = peer.map(|peer| behind_proxies(peer, &parts.headers, &app.config.trusted_proxies));
        Ok(Self(client.map(subnet)))
    }
}

/// Follows `X-Forwarded-For` from the right for as long as whoever wrote the entry is trusted.
fn behind_proxies(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
    let mut client = peer;
    for hop in hops.iter().rev() {
        if !trusted.contains(&client) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        client = address.to_canonical();
    }
    client
}

/// A household holds a whole IPv6 /64: it counts as one client.
fn subnet(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(peer: [u8; 4], forwarded: &'static str) -> IpAddr {
        let headers = HeaderMap::from_iter([(
            "x-forwarded-for".parse().unwrap_or(axum::http::header::FORWARDED),
            HeaderValue::from_static(forwarded),
        )]);
        behind_proxies(peer.into(), &headers, &[[10, 0, 0, 1].into(), [10, 0, 0, 2].into()])
    }

    #[test]
    fn a_stranger_cannot_choose_an_address() {
        assert_eq!(client([8, 8, 8, 8], "1.2.3.4"), IpAddr::from([8, 8, 8, 8]));
    }

    #[test]
    fn a_trusted_proxy_names_the_client_and_only_its_own_entry_counts() {
        assert_eq!(client([10, 0, 0, 1], "1.2.3.4"), IpAddr::from([1, 2, 3, 4]));
        assert_eq!(client([10, 0, 0, 1], "9.9.9.9, 1.2.3.4"), IpAddr::from([1, 2, 3, 4]));
        assert_eq!(client([10, 0, 0, 1], "9.9.9.9, 1.2.3.4, 10.0.0.2"), IpAddr::from([1, 2, 3, 4]));
        assert_eq!(client([10, 0, 0, 1], "nonsense"), IpAddr::from([10, 0, 0, 1]));
    }

    #[test]
    fn a_household_is_one_client() {
        let one: IpAddr = "2001:db8:1:2::1".parse().unwrap_or([0, 0, 0, 0].into());
        let other: IpAddr = "2001:db8:1:2:ffff::9".parse().unwrap_or([0, 0, 0, 0].into());
        assert_eq!(subnet(one), subnet(other));
    }
}
