//! What an MP4 or `QuickTime` file says of itself: how long it plays and how large its picture is.
//!
//! Both are trees of boxes (ISO/IEC 14496-12): four bytes of length, four of type, the content; a length of 1 means eight more
//! bytes of length, 0 the rest of the file. The duration stands in `moov/mvhd`, the size in `moov/trak/tkhd`. The libraries that
//! read such files also load the tables of every frame, which a stranger can make as large as they like; these two need none.

use std::io::{Read, Seek, SeekFrom};

/// What was found. Nothing of it has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VideoFacts {
    /// How long it plays, in milliseconds.
    pub duration_millis: Option<i64>,
    /// Width and height as shown, in pixels.
    pub size: Option<(i64, i64)>,
}

/// Boxes that are looked at before giving up.
pub(super) const BOXES_MAX: usize = 4_096;
/// The longest duration that is believed: two days.
pub(super) const DURATION_MAX_MILLIS: i64 = 48 * 60 * 60 * 1000;
/// The largest side that is believed, in pixels.
pub(super) const SIDE_MAX: i64 = 16_384;

/// Looks into a file. What cannot be read is not known.
pub fn examine<R: Read + Seek>(file: &mut R) -> VideoFacts {
    let mut facts = VideoFacts::default();
    let Ok(length) = file.seek(SeekFrom::End(0)) else { return facts };
    let mut left = BOXES_MAX;
    walk(file, 0, length, 0, &mut left, &mut facts);
    facts
}

/// Looks at the boxes between two places. `None` where the file ends or makes no sense: what was found so far counts.
fn walk<R: Read + Seek>(
    file: &mut R,
    mut at: u64,
    end: u64,
    depth: u8,
    left: &mut usize,
    facts: &mut VideoFacts,
) -> Option<()> {
    while at < end {
        *left = left.checked_sub(1)?;
        file.seek(SeekFrom::Start(at)).ok()?;
        let head = bytes::<8, _>(file)?;
        let [a, b, c, d, kind @ ..] = head;
        let (header, size) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (8, end.checked_sub(at)?),
            1 => (16, u64::from_be_bytes(bytes(file)?)),
            size => (8, u64::from(size)),
        };
        let next = at.checked_add(size).filter(|next| size >= header && *next <= end)?;
        match (&kind, depth) {
            (b"moov", 0) | (b"trak", 1) => {
                walk(file, at.checked_add(header)?, next, depth.saturating_add(1), left, facts);
            }
            (b"mvhd", 1) => facts.duration_millis = facts.duration_millis.or_else(|| duration(file)),
            (b"tkhd", 2) => facts.size = facts.size.or_else(|| track_size(file)),
            _ => {}
        }
        at = next;
    }
    Some(())
}

fn bytes<const N: usize, R: Read>(file: &mut R) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn number<R: Read>(file: &mut R) -> Option<i64> {
    bytes(file).map(u32::from_be_bytes).map(i64::from)
}

fn skip<R: Seek>(file: &mut R, bytes: i64) -> Option<()> {
    file.seek(SeekFrom::Current(bytes)).ok().map(drop)
}

/// `mvhd`: version and flags, created, modified, timescale, duration; the times are of 64 bits in version 1.
fn duration<R: Read + Seek>(file: &mut R) -> Option<i64> {
    let [version, ..] = bytes::<4, _>(file)?;
    skip(file, if version == 1 { 16 } else { 8 })?;
    let scale = number(file)?;
    let units = if version == 1 { i64::try_from(u64::from_be_bytes(bytes(file)?)).ok()? } else { number(file)? };
    let millis = units.checked_mul(1000)?.checked_div(scale)?;
    (1..=DURATION_MAX_MILLIS).contains(&millis).then_some(millis)
}

/// `tkhd`: after the times, a matrix that may turn the picture, and its size in 16.16. Tracks of sound have none.
fn track_size<R: Read + Seek>(file: &mut R) -> Option<(i64, i64)> {
    let [version, ..] = bytes::<4, _>(file)?;
    // Times, track, reserved, duration; then reserved, layer, group, volume, reserved.
    skip(file, if version == 1 { 32 + 16 } else { 20 + 16 })?;
    let first = number(file)?;
    skip(file, 12)?;
    let fifth = number(file)?;
    skip(file, 16)?;
    let (width, height) = (number(file)? >> 16, number(file)? >> 16);
    let side = 1..=SIDE_MAX;
    if !side.contains(&width) || !side.contains(&height) {
        return None;
    }
    // Without the two on the matrix' diagonal it is turned by a quarter.
    Some(if first == 0 && fifth == 0 { (height, width) } else { (width, height) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len() + 8).unwrap();
        [&length.to_be_bytes()[..], kind, content].concat()
    }

    fn mvhd(scale: u32, units: u32) -> Vec<u8> {
        boxed(b"mvhd", &[&[0; 12][..], &scale.to_be_bytes(), &units.to_be_bytes(), &[0; 80]].concat())
    }

    fn tkhd(turned: bool, width: u32, height: u32) -> Vec<u8> {
        let one = 0x1_0000_u32.to_be_bytes();
        let (diagonal, others) = if turned { ([0; 4], one) } else { (one, [0; 4]) };
        let matrix =
            [diagonal, others, [0; 4], others, diagonal, [0; 4], [0; 4], [0; 4], 0x4000_0000_u32.to_be_bytes()]
                .concat();
        boxed(b"tkhd", &[&[0; 40][..], &matrix, &(width << 16).to_be_bytes(), &(height << 16).to_be_bytes()].concat())
    }

    fn file(turned: bool) -> Vec<u8> {
        let sound = boxed(b"trak", &tkhd(false, 0, 0));
        let picture = boxed(b"trak", &tkhd(turned, 1920, 1080));
        let moov = boxed(b"moov", &[mvhd(600, 7_500), sound, picture].concat());
        [boxed(b"ftyp", b"isom\0\0\0\0"), boxed(b"mdat", &[0; 100]), moov].concat()
    }

    #[test]
    fn a_file_tells_how_long_and_how_large_it_is() {
        let facts = examine(&mut Cursor::new(file(false)));
        assert_eq!(facts, VideoFacts { duration_millis: Some(12_500), size: Some((1920, 1080)) });
        assert_eq!(examine(&mut Cursor::new(file(true))).size, Some((1080, 1920)), "turned by a quarter");
    }

    #[test]
    fn what_is_cut_or_endless_is_not_known() {
        let whole = file(false);
        let cut = whole.get(..whole.len() / 2).unwrap();
        assert_eq!(examine(&mut Cursor::new(cut)), VideoFacts::default());
        let empty_boxes = boxed(b"free", b"").repeat(BOXES_MAX + 1);
        assert_eq!(examine(&mut Cursor::new([empty_boxes, whole].concat())), VideoFacts::default());
        let no_scale = boxed(b"moov", &mvhd(0, 7));
        assert_eq!(examine(&mut Cursor::new(no_scale)), VideoFacts::default());
    }

    proptest! {
        #[test]
        fn no_damage_panics(mut bytes in Just(file(false)), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20)) {
            for (place, byte) in damage {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            let facts = examine(&mut Cursor::new(bytes));
            prop_assert!(facts.duration_millis.is_none_or(|millis| (1..=DURATION_MAX_MILLIS).contains(&millis)));
        }
    }
}
