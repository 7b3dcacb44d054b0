//! MaxMind files (`.mmdb`: `GeoLite2` City or Country, DB-IP and others of that format).

use super::{Geo, GeoError, join};
use maxminddb::{Reader, geoip2};
use std::net::IpAddr;
use std::path::Path;

/// An open MaxMind file.
pub(super) struct MaxMind(Reader<Vec<u8>>);

impl MaxMind {
    pub(super) fn open(path: &Path) -> Result<Self, GeoError> {
        let bytes = std::fs::read(path).map_err(|source| GeoError::Read { path: path.to_owned(), source })?;
        Reader::from_source(bytes).map(Self).map_err(|error| GeoError::format(path, error.to_string()))
    }
}

impl Geo for MaxMind {
    fn region(&self, address: IpAddr) -> Option<String> {
        // A broken record is an unknown region: where somebody sits must never cost them the chat.
        let found: geoip2::City<'_> = self.0.lookup(address).ok()?.decode().ok()??;
        let name =
            |names: &geoip2::Names<'_>| names.simplified_chinese.or(names.english).unwrap_or_default().to_owned();
        let province = found.subdivisions.first().map(|subdivision| name(&subdivision.names)).unwrap_or_default();
        join([name(&found.country.names).as_str(), &province, &name(&found.city.names)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_damage_panics(at in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<prop::sample::Index>(), address in any::<u32>()) {
            let mut damaged = a_database();
            let place = at.index(damaged.len());
            damaged[place] = value;
            let mut short = a_database();
            short.truncate(cut.index(short.len()));
            for bytes in [damaged, short] {
                if let Ok(reader) = Reader::from_source(bytes) {
                    let _region = MaxMind(reader).region(IpAddr::V4(address.into()));
                }
            }
        }
    }

    fn text(text: &str) -> Vec<u8> {
        let length = u8::try_from(text.len()).unwrap();
        assert!(length < 29, "longer texts are written differently");
        [&[0b010_00000 | length], text.as_bytes()].concat()
    }

    fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = vec![0b111_00000 | u8::try_from(entries.len()).unwrap()];
        for (key, value) in entries {
            bytes.extend(text(key));
            bytes.extend(value);
        }
        bytes
    }

    fn list(items: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = vec![u8::try_from(items.len()).unwrap(), 4];
        bytes.extend(items.concat());
        bytes
    }

    fn number(value: u8) -> Vec<u8> {
        vec![0b101_00001, value]
    }

    /// A database of one node: every address below 128.0.0.0 is in Shenzhen, the others are unknown.
    fn a_database() -> Vec<u8> {
        let named = |names: &[(&str, Vec<u8>)]| map(&[("names", map(names))]);
        let record = map(&[
            ("country", named(&[("en", text("China")), ("zh-CN", text("中国"))])),
            ("subdivisions", list(&[named(&[("en", text("Guangdong")), ("zh-CN", text("广东"))])])),
            ("city", named(&[("en", text("Shenzhen"))])),
        ]);
        let metadata = map(&[
            ("node_count", vec![0b110_00001, 1]),
            ("record_size", number(24)),
            ("ip_version", number(4)),
            ("database_type", text("Test-City")),
            ("languages", list(&[text("en")])),
            ("binary_format_major_version", number(2)),
            ("binary_format_minor_version", number(0)),
            ("build_epoch", vec![0b000_00001, 2, 1]),
            ("description", map(&[])),
        ]);
        // The left record points 16 bytes behind the tree, at the data; the right one says "not found".
        let tree = [0, 0, 17, 0, 0, 1];
        [&tree[..], &[0; 16], &record, b"\xab\xcd\xefMaxMind.com", &metadata].concat()
    }

    #[test]
    fn names_are_chinese_where_there_are_chinese_ones() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("city.mmdb");
        std::fs::write(&file, a_database()).unwrap();
        let geo = MaxMind::open(&file).unwrap();
        assert_eq!(geo.region("120.229.1.1".parse().unwrap()).as_deref(), Some("中国 · 广东 · Shenzhen"));
        assert_eq!(geo.region("203.0.113.1".parse().unwrap()), None);
        assert_eq!(geo.region("2001:db8::1".parse().unwrap()), None);
        std::fs::write(&file, b"not a database").unwrap();
        assert!(MaxMind::open(&file).is_err());
    }
}
