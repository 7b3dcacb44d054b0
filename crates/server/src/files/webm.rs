//! What a `WebM` file says of itself: how long it plays and how large its picture is.
//!
//! It is a tree of elements (RFC 8794): an identifier of one to four bytes, a length of one to eight, the content; a length of ones
//! means up to the end of what it stands in, as in files that a browser has recorded. The duration stands in `Segment/Info`, in units
//! of its timescale, the size in `Segment/Tracks/TrackEntry/Video` (RFC 9559). What was recorded live has no duration.

use super::video::{BOXES_MAX, DURATION_MAX_MILLIS, SIDE_MAX, VideoFacts};
use std::io::{Read, Seek, SeekFrom};

/// The elements that are looked into or read.
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_a966;
const TIMESTAMP_SCALE: u32 = 0x002a_d7b1;
const DURATION: u32 = 0x4489;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK_ENTRY: u32 = 0xae;
const VIDEO: u32 = 0xe0;
const PIXEL_WIDTH: u32 = 0xb0;
const PIXEL_HEIGHT: u32 = 0xba;
/// Pictures and sound: what is looked for stands before them, in files of every writer there is.
const CLUSTER: u32 = 0x1f43_b675;
/// Nanoseconds of a unit where nothing else is said.
const DEFAULT_SCALE: i64 = 1_000_000;

/// What has been read so far.
#[derive(Default)]
struct Found {
    scale: Option<i64>,
    duration: Option<f64>,
    width: Option<i64>,
    height: Option<i64>,
}

/// Looks into a file. What cannot be read is not known.
pub fn examine<R: Read + Seek>(file: &mut R) -> VideoFacts {
    let mut found = Found::default();
    if let Ok(end) = file.seek(SeekFrom::End(0)) {
        let mut left = BOXES_MAX;
        walk(file, 0, end, &mut left, &mut found);
    }
    let side = |side: Option<i64>| side.filter(|side| (1..=SIDE_MAX).contains(side));
    VideoFacts {
        duration_millis: found.duration.and_then(|units| millis(units, found.scale.unwrap_or(DEFAULT_SCALE))),
        size: side(found.width).zip(side(found.height)),
    }
}

/// Looks at the elements between two places. `None` where the file ends or makes no sense, or where the pictures begin: what was
/// found so far counts.
fn walk<R: Read + Seek>(file: &mut R, mut at: u64, end: u64, left: &mut usize, found: &mut Found) -> Option<()> {
    while at < end {
        *left = left.checked_sub(1)?;
        file.seek(SeekFrom::Start(at)).ok()?;
        let kind = u32::try_from(variable(file, 4, false)?).ok()?;
        let length = variable(file, 8, true)?;
        let content = file.stream_position().ok()?;
        let next = match length {
            u64::MAX => end,
            length => content.checked_add(length).filter(|next| *next <= end)?,
        };
        let bytes = next.checked_sub(content)?;
        match kind {
            SEGMENT | INFO | TRACKS | TRACK_ENTRY | VIDEO => walk(file, content, next, left, found)?,
            TIMESTAMP_SCALE => found.scale = found.scale.or(number(file, bytes)),
            DURATION => found.duration = found.duration.or_else(|| float(file, bytes)),
            // The first picture of several.
            PIXEL_WIDTH => found.width = found.width.or(number(file, bytes)),
            PIXEL_HEIGHT => found.height = found.height.or(number(file, bytes)),
            CLUSTER => return None,
            _ => {}
        }
        at = next;
    }
    Some(())
}

/// A number that says by its first one-bit how many bytes it has. `plain` is without that bit, and all ones are no number.
fn variable<R: Read>(file: &mut R, most: u32, plain: bool) -> Option<u64> {
    let [first] = read::<1, _>(file)?;
    let more = first.leading_zeros();
    if more >= most {
        return None;
    }
    let marker = 0x80_u8.checked_shr(more)?;
    let mut value = u64::from(if plain { first & !marker } else { first });
    let mut ones = first | marker.wrapping_sub(1) == first;
    for _ in 0..more {
        let [byte] = read::<1, _>(file)?;
        ones &= byte == 0xff;
        value = (value << 8) | u64::from(byte);
    }
    Some(if plain && ones { u64::MAX } else { value })
}

fn read<const N: usize, R: Read>(file: &mut R) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// A number of up to eight bytes.
fn number<R: Read>(file: &mut R, bytes: u64) -> Option<i64> {
    if bytes > 8 {
        return None;
    }
    let mut value = 0_u64;
    for _ in 0..bytes {
        let [byte] = read::<1, _>(file)?;
        value = (value << 8) | u64::from(byte);
    }
    i64::try_from(value).ok()
}

fn float<R: Read>(file: &mut R, bytes: u64) -> Option<f64> {
    match bytes {
        4 => read(file).map(f32::from_be_bytes).map(f64::from),
        8 => read(file).map(f64::from_be_bytes),
        _ => None,
    }
}

/// So many units of so many nanoseconds, in milliseconds.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "saturates, and is held against what is believed"
)]
fn millis(units: f64, scale: i64) -> Option<i64> {
    let millis = (units * scale as f64 / 1_000_000.0).round() as i64;
    (1..=DURATION_MAX_MILLIS).contains(&millis).then_some(millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    /// An element: its identifier as it is written, a length of eight bytes, its content.
    fn element(kind: u32, content: &[u8]) -> Vec<u8> {
        let identifier: Vec<u8> = kind.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
        let length = (1_u64 << 56) | u64::try_from(content.len()).unwrap();
        [&identifier[..], &length.to_be_bytes(), content].concat()
    }

    fn file(duration: &[u8], endless: bool) -> Vec<u8> {
        let info =
            element(INFO, &[element(TIMESTAMP_SCALE, &[0x0f, 0x42, 0x40]), element(DURATION, duration)].concat());
        let sound = element(TRACK_ENTRY, &element(0xd7, &[2]));
        let size = [element(PIXEL_WIDTH, &[0x07, 0x80]), element(PIXEL_HEIGHT, &[0x04, 0x38])].concat();
        let picture = element(TRACK_ENTRY, &element(VIDEO, &size));
        let inside = [info, element(TRACKS, &[sound, picture].concat()), element(CLUSTER, &[0; 50])].concat();
        let segment = if endless {
            [&SEGMENT.to_be_bytes()[..], &[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], &inside].concat()
        } else {
            element(SEGMENT, &inside)
        };
        [element(0x1a45_dfa3, b"\x42\x82\x84webm"), segment].concat()
    }

    #[test]
    fn a_file_tells_how_long_and_how_large_it_is() {
        for (duration, endless) in [(&12_500.0_f64.to_be_bytes()[..], false), (&12_500.0_f32.to_be_bytes()[..], true)] {
            let facts = examine(&mut Cursor::new(file(duration, endless)));
            assert_eq!(facts, VideoFacts { duration_millis: Some(12_500), size: Some((1920, 1080)) });
        }
    }

    #[test]
    fn what_was_recorded_live_has_a_size_and_no_duration() {
        for duration in [&[][..], &f64::NAN.to_be_bytes(), &f64::INFINITY.to_be_bytes(), &(-3.0_f64).to_be_bytes()] {
            let facts = examine(&mut Cursor::new(file(duration, true)));
            assert_eq!(facts, VideoFacts { duration_millis: None, size: Some((1920, 1080)) });
        }
    }

    #[test]
    fn what_is_cut_or_endless_is_not_known() {
        let whole = file(&12_500.0_f64.to_be_bytes(), true);
        let cut = whole.get(..40).unwrap();
        assert_eq!(examine(&mut Cursor::new(cut)), VideoFacts::default());
        let many = [element(0xec, &[]).repeat(BOXES_MAX + 1), whole].concat();
        assert_eq!(examine(&mut Cursor::new(many)), VideoFacts::default());
        assert_eq!(examine(&mut Cursor::new([0; 64])), VideoFacts::default());
    }

    proptest! {
        #[test]
        fn no_damage_panics(mut bytes in Just(file(&12_500.0_f64.to_be_bytes(), true)), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20)) {
            for (place, byte) in damage {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            let facts = examine(&mut Cursor::new(bytes));
            prop_assert!(facts.duration_millis.is_none_or(|millis| (1..=DURATION_MAX_MILLIS).contains(&millis)));
        }
    }
}
