//! The guarded client for HTTP to addresses that people configure: it does not let them reach into our own network.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, Url};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// The address leads into a private network or to this machine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not on the public internet")]
pub struct PrivateAddress(String);

/// A client that follows no redirects and uses no proxy: either would lead past the guard. Unless `allow_private`, it
/// connects to public addresses only, checked on what the name resolves to at the time of the call.
///
/// # Errors
/// When the TLS set-up fails.
pub fn client(timeout: Duration, allow_private: bool) -> reqwest::Result<Client> {
    let builder = Client::builder()
        .timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("Parlor/", env!("CARGO_PKG_VERSION")));
    if allow_private { builder.build() } else { builder.dns_resolver(Arc::new(PublicOnly)).build() }
}

/// Refuses URLs that name a private address outright, which no resolver gets to see.
///
/// # Errors
/// [`PrivateAddress`] when it does.
pub fn check_url(url: &Url) -> Result<(), PrivateAddress> {
    let host = url.host_str().unwrap_or_default();
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match literal {
        Ok(address) if !is_public(address) => Err(PrivateAddress(host.to_owned())),
        _ => Ok(()),
    }
}

/// Whether an address's name leads into private networks alone, as far as it can be found out within `patience`.
pub async fn leads_home(url: &Url, patience: Duration) -> bool {
    let Some(host) = url.host_str() else { return false };
    let found = tokio::time::timeout(patience, tokio::net::lookup_host((host, 0))).await;
    found.is_ok_and(|found| found.is_ok_and(|found| public_of(host, found).is_err()))
}

/// Resolves names as the system does and drops what is not public.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Addrs = Box::new(public_of(name.as_str(), found)?.into_iter());
            Ok(public)
        })
    }
}

/// What is public of the addresses that a name has now. The connection goes to one of these and to nothing that the name may
/// mean a moment later, so that a name whose meaning changes between the look and the call (DNS rebinding) gains nothing.
fn public_of(name: &str, found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, PrivateAddress> {
    let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
    if public.is_empty() { Err(PrivateAddress(name.to_owned())) } else { Ok(public) }
}

/// Whether an address is one of the public internet.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || first == 0
        || first >= 240
        // Shared address space of providers (RFC 6598), protocol assignments (RFC 6890), benchmarks (RFC 2544).
        || (first == 100 && (64..128).contains(&second))
        || (first == 192 && second == 0 && third == 0)
        // Relays of 6to4 (RFC 7526), which lead to wherever the relay stands.
        || (first == 192 && second == 88 && third == 99)
        || (first == 198 && (18..20).contains(&second));
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is given out at all. Inside it, Teredo, 6to4 and documentation can hide other addresses.
    let global = (0x2000..0x4000).contains(&first);
    let hiding = first == 0x2002 || (first == 0x2001 && (second < 0x200 || second == 0xdb8));
    global && !hiding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_pass() {
        for public in ["8.8.8.8", "114.114.114.114", "2400:3200::1", "172.32.0.1", "100.128.0.1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.5.5",
            "192.168.0.1",
            // What clouds tell their machines' secrets at: most of them, Alibaba's, Amazon's by IPv6.
            "169.254.169.254",
            "100.100.100.200",
            "fd00:ec2::254",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "192.88.99.1",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[test]
    fn a_literal_private_address_is_refused_in_every_notation() {
        for url in ["http://127.0.0.1/", "http://[::1]:80/", "http://2130706433/", "http://0x7f.1/", "https://10.1/x"] {
            assert!(check_url(&Url::parse(url).unwrap()).is_err(), "{url}");
        }
        assert!(check_url(&Url::parse("https://example.com/").unwrap()).is_ok());
    }

    #[test]
    fn a_name_that_leads_both_ways_is_followed_outwards_only() {
        let address = |text: &str| SocketAddr::new(text.parse().unwrap(), 0);
        let found = ["127.0.0.1", "8.8.8.8", "::ffff:10.0.0.1", "169.254.169.254"].map(address);
        assert_eq!(public_of("both.example", found.into_iter()).unwrap(), [address("8.8.8.8")]);
        assert!(public_of("home.example", [address("::1")].into_iter()).is_err());
    }

    #[actix_web::test]
    async fn a_name_that_leads_home_is_refused() {
        let refused = PublicOnly.resolve("localhost".parse().unwrap()).await.err().unwrap();
        assert_eq!(refused.to_string(), "localhost is not on the public internet");
    }
}
