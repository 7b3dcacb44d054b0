//! Networks in CIDR notation.

use serde::{Deserialize, Deserializer, de::Error as _};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A network (`10.0.0.0/8`) or a single address (`10.0.0.1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    prefix: u32,
}

impl Network {
    /// Whether every address is in it.
    #[must_use]
    pub fn holds_everything(&self) -> bool {
        self.prefix == 0
    }

    /// Whether the network holds this address. An IPv4 address mapped into IPv6 counts as the IPv4 address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                same_prefix(spread(base.to_bits()), spread(address.to_bits()), self.prefix)
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => same_prefix(base.to_bits(), address.to_bits(), self.prefix),
            _ => false,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.prefix)
    }
}

/// An IPv4 address at the top of 128 bits, where prefixes are compared.
fn spread(bits: u32) -> u128 {
    u128::from(bits) << 96
}

fn same_prefix(a: u128, b: u128, prefix: u32) -> bool {
    // Shifting by all 128 bits is undefined: a prefix of 0 holds everything.
    prefix == 0 || (a ^ b).checked_shr(128_u32.saturating_sub(prefix)).unwrap_or(0) == 0
}

/// A text that is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an address or a network like 10.0.0.0/8")]
pub struct NotANetwork;

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (base, prefix) = text.split_once('/').map_or((text, None), |(base, prefix)| (base, Some(prefix)));
        let base: IpAddr = base.parse().ok().ok_or(NotANetwork)?;
        let longest = if base.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(longest), |prefix| prefix.parse().ok()).ok_or(NotANetwork)?;
        if prefix > longest { Err(NotANetwork) } else { Ok(Self { base, prefix }) }
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_network_holds_its_own_address_and_no_text_panics(bits in any::<u32>(), prefix in 0_u32..=32, text in ".{0,40}") {
            let address = std::net::Ipv4Addr::from_bits(bits);
            let network: Network = format!("{address}/{prefix}").parse().unwrap();
            prop_assert!(network.contains(address.into()));
            if prefix > 0 {
                let outside = std::net::Ipv4Addr::from_bits(bits ^ (1 << (32 - prefix)));
                prop_assert!(!network.contains(outside.into()));
            }
            let _parsed = text.parse::<Network>();
        }
    }

    #[test]
    fn a_network_holds_what_shares_its_prefix() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("192.168.1.7", "192.168.1.7", "192.168.1.8"),
            ("192.168.1.0/25", "192.168.1.127", "192.168.1.128"),
            ("fd00::/8", "fdff::1", "fe00::1"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::1"),
        ] {
            let network: Network = network.parse().unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{network:?} {inside}");
            assert!(!network.contains(outside.parse().unwrap()), "{network:?} {outside}");
        }
        assert!("0.0.0.0/0".parse::<Network>().unwrap().contains("8.8.8.8".parse().unwrap()));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0", "10.0.0.0/33", "10.0.0.0/x", "host", "::/129", "10.0.0.0/-1"] {
            assert_eq!(text.parse::<Network>(), Err(NotANetwork), "{text}");
        }
    }
}
