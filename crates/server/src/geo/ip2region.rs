//! ip2region files for IPv4: the older `.db` and the present `.xdb`, told apart by their headers.
//!
//! Both are sorted lists of address ranges that point at texts like `中国|0|广东省|深圳市|电信` (older) or
//! `中国|广东省|深圳市|电信|CN` (newer). The whole file (about 10 MB) is kept in memory, and a look-up is one binary search.

use super::{Geo, GeoError, join};
use std::net::IpAddr;
use std::path::Path;

/// An open ip2region file.
pub(super) struct Ip2Region {
    data: Vec<u8>,
    format: Format,
}

#[derive(Debug, Clone, Copy)]
enum Format {
    /// 12-byte index entries: first address, last address, then length (8 bits) and place (24 bits) of a record that
    /// begins with a 4-byte city number.
    Db { first: usize, last: usize },
    /// 14-byte index entries: first address, last address, length (16 bits) and place (32 bits) of the text; a table by
    /// the address's first two bytes says where to search.
    Xdb,
}

const DB_ENTRY: usize = 12;
const XDB_ENTRY: usize = 14;
const XDB_HEADER: usize = 256;
const XDB_TABLE: usize = 256 * 256 * 8;

impl Ip2Region {
    pub(super) fn open(path: &Path) -> Result<Self, GeoError> {
        let data = std::fs::read(path).map_err(|source| GeoError::Read { path: path.to_owned(), source })?;
        Self::from_bytes(data).map_err(|reason| GeoError::format(path, reason))
    }

    fn from_bytes(data: Vec<u8>) -> Result<Self, &'static str> {
        let format = Format::of(&data)?;
        Ok(Self { data, format })
    }

    fn text(&self, address: u32) -> Option<&str> {
        let (place, length) = match self.format {
            Format::Db { first, last } => {
                let entry = self.search(first, last, DB_ENTRY, address)?;
                let pointer = usize_at(&self.data, entry.checked_add(8)?)?;
                ((pointer & 0x00ff_ffff).checked_add(4)?, (pointer >> 24).checked_sub(4)?)
            }
            Format::Xdb => {
                let row = XDB_HEADER.checked_add(usize::try_from(address >> 16).ok()?.checked_mul(8)?)?;
                let first = usize_at(&self.data, row)?;
                let last = usize_at(&self.data, row.checked_add(4)?)?;
                let entry = self.search(first, last, XDB_ENTRY, address)?;
                let length = u16_at(&self.data, entry.checked_add(8)?)?;
                (usize_at(&self.data, entry.checked_add(10)?)?, usize::from(length))
            }
        };
        std::str::from_utf8(self.data.get(place..place.checked_add(length)?)?).ok()
    }

    /// The entry between `first` and `last` (both of them entries) whose range holds the address.
    fn search(&self, first: usize, last: usize, size: usize, address: u32) -> Option<usize> {
        if first == 0 {
            return None;
        }
        let (mut low, mut high) = (0, last.checked_sub(first)?.checked_div(size)?.checked_add(1)?);
        while low < high {
            let middle = low.midpoint(high);
            let entry = first.checked_add(middle.checked_mul(size)?)?;
            if address < u32_at(&self.data, entry)? {
                high = middle;
            } else if address > u32_at(&self.data, entry.checked_add(4)?)? {
                low = middle.checked_add(1)?;
            } else {
                return Some(entry);
            }
        }
        None
    }
}

impl Format {
    fn of(data: &[u8]) -> Result<Self, &'static str> {
        let version = u16_at(data, 0).ok_or("it is too short")?;
        let policy = u16_at(data, 2).ok_or("it is too short")?;
        if matches!((version, policy), (2 | 3, 1 | 2)) {
            if version == 3 && u16_at(data, 16) == Some(6) {
                return Err("it is for IPv6; take the IPv4 file");
            }
            if data.len() < XDB_HEADER.saturating_add(XDB_TABLE) {
                return Err("it is cut off");
            }
            return Ok(Self::Xdb);
        }
        let first = usize_at(data, 0).ok_or("it is too short")?;
        let last = usize_at(data, 4).ok_or("it is too short")?;
        let whole = last.checked_sub(first).is_some_and(|length| length.is_multiple_of(DB_ENTRY));
        let inside = first >= 8 && last.checked_add(DB_ENTRY).is_some_and(|end| end <= data.len());
        if whole && inside { Ok(Self::Db { first, last }) } else { Err("it is neither an ip2region .db nor an .xdb") }
    }
}

impl Geo for Ip2Region {
    fn region(&self, address: IpAddr) -> Option<String> {
        let IpAddr::V4(v4) = address else { return None };
        region_of(self.text(v4.to_bits())?)
    }
}

/// Country, province and city of a record, in the older or the newer order of fields.
fn region_of(text: &str) -> Option<String> {
    let fields: Vec<&str> = text.split('|').collect();
    let ends_with_code =
        fields.last().is_some_and(|last| last.len() == 2 && last.bytes().all(|b| b.is_ascii_uppercase()));
    let (country, province, city) = match fields.as_slice() {
        [country, province, city, ..] if ends_with_code || fields.len() == 4 => (*country, *province, *city),
        [country, _, province, city, ..] => (*country, *province, *city),
        _ => return None,
    };
    if matches!(country, "0" | "" | "Reserved" | "保留") {
        return None;
    }
    if country == "中国" { join([country, short(province), short(city)]) } else { join([country, province, city]) }
}

/// A Chinese place without the word for its rank: `广东省` is `广东` to everybody.
fn short(place: &str) -> &str {
    ["特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市"]
        .iter()
        .find_map(|rank| place.strip_suffix(rank))
        .filter(|rest| rest.chars().count() > 1)
        .unwrap_or(place)
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    let bytes = data.get(at..at.checked_add(2)?)?;
    bytes.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..at.checked_add(4)?)?;
    bytes.try_into().ok().map(u32::from_le_bytes)
}

fn usize_at(data: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(data, at)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RANGES: [(&str, &str, &str); 4] = [
        ("1.0.0.0", "1.0.0.255", "澳大利亚|0|0|0|0"),
        ("1.0.1.0", "1.0.3.255", "中国|0|福建省|福州市|电信"),
        ("36.96.0.0", "36.96.255.255", "中国|0|北京|北京市|电信"),
        ("120.229.0.0", "120.229.255.255", "中国|0|广东省|深圳市|移动"),
    ];

    fn bits(address: &str) -> u32 {
        address.parse::<std::net::Ipv4Addr>().unwrap().to_bits()
    }

    fn a_db() -> Vec<u8> {
        let mut data = vec![0; 8];
        let mut index = Vec::new();
        for (first, last, text) in RANGES {
            let place = u32::try_from(data.len()).unwrap();
            let length = u32::try_from(text.len() + 4).unwrap();
            data.extend(7u32.to_le_bytes());
            data.extend(text.as_bytes());
            for word in [bits(first), bits(last), length << 24 | place] {
                index.extend(word.to_le_bytes());
            }
        }
        let first = u32::try_from(data.len()).unwrap();
        let last = first + u32::try_from(index.len() - DB_ENTRY).unwrap();
        data[..4].copy_from_slice(&first.to_le_bytes());
        data[4..8].copy_from_slice(&last.to_le_bytes());
        data.extend(index);
        data
    }

    fn an_xdb() -> Vec<u8> {
        let mut data = vec![0; XDB_HEADER + XDB_TABLE];
        data[0] = 2;
        data[2] = 1;
        for (first, last, text) in RANGES {
            let place = u32::try_from(data.len()).unwrap();
            data.extend(text.as_bytes());
            let entry = u32::try_from(data.len()).unwrap();
            data.extend(bits(first).to_le_bytes());
            data.extend(bits(last).to_le_bytes());
            data.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
            data.extend(place.to_le_bytes());
            // Every range of this sample lies in a row of its own, but for the two under 1.0, which share one.
            let row = XDB_HEADER + usize::try_from(bits(first) >> 16).unwrap() * 8;
            if first == "1.0.1.0" {
                continue;
            }
            data[row..row + 4].copy_from_slice(&entry.to_le_bytes());
            data[row + 4..row + 8].copy_from_slice(&entry.to_le_bytes());
        }
        data
    }

    #[test]
    fn both_formats_tell_the_region() {
        for (name, data) in [("db", a_db()), ("xdb", an_xdb())] {
            let geo = Ip2Region::from_bytes(data).unwrap();
            for (address, region) in [
                ("1.0.0.77", Some("澳大利亚")),
                ("36.96.1.1", Some("中国 · 北京")),
                ("120.229.0.0", Some("中国 · 广东 · 深圳")),
                ("120.229.255.255", Some("中国 · 广东 · 深圳")),
                ("8.8.8.8", None),
                ("255.255.255.255", None),
            ] {
                assert_eq!(geo.region(address.parse().unwrap()).as_deref(), region, "{name} {address}");
            }
        }
        let db = Ip2Region::from_bytes(a_db()).unwrap();
        assert_eq!(db.region("1.0.2.0".parse().unwrap()).as_deref(), Some("中国 · 福建 · 福州"));
    }

    #[test]
    fn both_orders_of_fields_are_read() {
        assert_eq!(region_of("中国|广东省|深圳市|电信|CN").as_deref(), Some("中国 · 广东 · 深圳"));
        assert_eq!(region_of("美国|加利福尼亚州|圣何塞|谷歌|US").as_deref(), Some("美国 · 加利福尼亚州 · 圣何塞"));
        assert_eq!(region_of("中国|0|内蒙古自治区|呼和浩特市|联通").as_deref(), Some("中国 · 内蒙古 · 呼和浩特"));
        assert_eq!(region_of("中国|0|香港特别行政区|0|0").as_deref(), Some("中国 · 香港"));
        assert_eq!(region_of("0|0|0|内网IP|内网IP"), None);
        assert_eq!(region_of("nonsense"), None);
    }

    #[test]
    fn what_is_no_database_is_refused() {
        for data in
            [vec![], vec![1, 2, 3], b"not a database, but text of some length".to_vec(), an_xdb()[..9000].to_vec()]
        {
            assert!(Ip2Region::from_bytes(data).is_err());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(data in prop::collection::vec(any::<u8>(), 0..400), address in any::<u32>()) {
            if let Ok(geo) = Ip2Region::from_bytes(data) {
                let _region = geo.region(IpAddr::V4(address.into()));
            }
        }

        #[test]
        fn no_damage_to_the_newer_format_panics(
            header in prop::collection::vec(any::<u8>(), 252), row in any::<[u8; 8]>(), tail in prop::collection::vec(any::<u8>(), 0..80),
            address in any::<u32>(),
        ) {
            let mut data = vec![2, 0, 1, 0];
            data.extend(header);
            // Every row of the table says the same, so every address is looked for there.
            data.extend(row.iter().copied().cycle().take(XDB_TABLE));
            data.extend(tail);
            let geo = Ip2Region::from_bytes(data).unwrap();
            let _region = geo.region(IpAddr::V4(address.into()));
        }

        #[test]
        fn no_damage_panics(at in 0usize..600, value in any::<u8>(), address in any::<u32>()) {
            let mut data = a_db();
            let at = at % data.len();
            data[at] = value;
            if let Ok(geo) = Ip2Region::from_bytes(data) {
                let _region = geo.region(IpAddr::V4(address.into()));
            }
        }
    }
}
