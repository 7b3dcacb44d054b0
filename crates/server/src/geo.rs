//! Where an address is, as an offline database tells.

mod ip2region;
mod maxmind;

use crate::outgoing::is_public;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// Names the region of an address, as `中国 · 广东 · 深圳`.
pub trait Geo: Send + Sync + 'static {
    /// Country, province and city as far as they are known; `None` for private addresses and unknown ones.
    fn region(&self, address: IpAddr) -> Option<String>;
}

/// Why a geo database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GeoError {
    /// The file cannot be read.
    #[error("cannot read the geo database {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{path} is no geo database that Parlor reads: {reason}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl GeoError {
    fn format(path: &Path, reason: impl Into<String>) -> Self {
        Self::Format { path: path.to_owned(), reason: reason.into() }
    }
}

/// Opens what is configured: a MaxMind file, an ip2region file that is asked when the first knows nothing, or neither.
pub fn open(maxmind_file: Option<&Path>, ip2region_file: Option<&Path>) -> Result<Box<dyn Geo>, GeoError> {
    let mut databases: Vec<Box<dyn Geo>> = Vec::new();
    if let Some(path) = maxmind_file {
        databases.push(Box::new(maxmind::MaxMind::open(path)?));
    }
    if let Some(path) = ip2region_file {
        databases.push(Box::new(ip2region::Ip2Region::open(path)?));
    }
    Ok(Box::new(InTurn(databases)))
}

/// Asks one database after the other, about public addresses only: what a private one is called there means nothing here.
struct InTurn(Vec<Box<dyn Geo>>);

impl Geo for InTurn {
    fn region(&self, address: IpAddr) -> Option<String> {
        let address = address.to_canonical();
        if !is_public(address) {
            return None;
        }
        self.0.iter().find_map(|database| database.region(address))
    }
}

/// Joins the parts that are there, from the largest to the smallest, without saying a municipality's name twice.
fn join<'a>(parts: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut kept: Vec<&str> = Vec::new();
    for part in parts {
        let part = part.trim();
        if !part.is_empty() && part != "0" && kept.last() != Some(&part) {
            kept.push(part);
        }
    }
    if kept.is_empty() { None } else { Some(kept.join(" · ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Knows one region, for addresses that begin with this number.
    struct Knows(u8, &'static str);

    impl Geo for Knows {
        fn region(&self, address: IpAddr) -> Option<String> {
            matches!(address, IpAddr::V4(v4) if v4.octets()[0] == self.0).then(|| self.1.to_owned())
        }
    }

    #[test]
    fn private_addresses_have_no_region() {
        let knows = |first| -> Box<dyn Geo> { Box::new(Knows(first, "中国")) };
        let geo = InTurn([10, 100, 127, 169, 192, 114].map(knows).into());
        for private in [
            "10.1.2.3",
            "100.64.0.1",
            "192.168.0.1",
            "127.0.0.1",
            "169.254.1.1",
            "::1",
            "fd00::1",
            "fe80::1",
            "::ffff:10.0.0.1",
        ] {
            assert_eq!(geo.region(private.parse().unwrap()), None, "{private}");
        }
        assert_eq!(geo.region("::ffff:114.114.114.114".parse().unwrap()).as_deref(), Some("中国"));
    }

    #[test]
    fn the_second_database_is_asked_when_the_first_knows_nothing() {
        let geo = InTurn(vec![Box::new(Knows(114, "甲")), Box::new(Knows(114, "乙")), Box::new(Knows(8, "丙"))]);
        assert_eq!(geo.region("114.114.114.114".parse().unwrap()).as_deref(), Some("甲"));
        assert_eq!(geo.region("8.8.8.8".parse().unwrap()).as_deref(), Some("丙"));
        assert_eq!(geo.region("9.9.9.9".parse().unwrap()), None);
    }

    #[test]
    fn a_municipality_is_named_once() {
        assert_eq!(join(["中国", "北京", "北京"]).as_deref(), Some("中国 · 北京"));
        assert_eq!(join(["中国", "0", ""]).as_deref(), Some("中国"));
        assert_eq!(join(["0", "0"]), None);
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = open(None, Some(Path::new("no/such/file.xdb"))).err().unwrap();
        assert!(error.to_string().contains("no/such/file.xdb"));
    }
}
