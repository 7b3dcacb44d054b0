//! Codes of authenticator apps: RFC 6238 over HMAC-SHA-1 (RFC 4226), six digits, thirty seconds. These are the values that every app
//! takes, whatever else its QR code says.

use ring::hmac;
use types::time::Timestamp;

/// Bytes of a secret: as many as the hash has (RFC 4226, section 4, asks for 160 bits).
pub(crate) const SECRET_BYTES: usize = 20;

/// Milliseconds of one step.
const STEP_MILLIS: i64 = 30_000;

/// Codes of so many steps before and after the present one are taken: clocks are not together, and people type.
const WINDOW: i64 = 1;

/// Alphabet of base32 (RFC 4648, section 6).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step whose code this is, if it is one of those that are taken at `now` and newer than `after`.
///
/// The same work is done whichever it is.
pub(crate) fn matching_step(secret: &[u8], code: u32, now: Timestamp, after: i64) -> Option<i64> {
    let present = now.0.div_euclid(STEP_MILLIS);
    let steps = (-WINDOW..=WINDOW).map(|offset| present.saturating_add(offset));
    steps.fold(None, |found, step| {
        let is_it = (code_of(secret, step, 1_000_000) == code) & (step > after);
        found.or(is_it.then_some(step))
    })
}

/// The code of the present step, as an app shows it.
#[must_use]
pub fn code_at(secret: &[u8], now: Timestamp) -> String {
    format!("{:06}", code_of(secret, now.0.div_euclid(STEP_MILLIS), 1_000_000))
}

/// HOTP of a counter, below `bound` (section 5.3 of RFC 4226).
fn code_of(secret: &[u8], step: i64, bound: u32) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let mac = hmac::sign(&key, &step.to_be_bytes());
    let mac = mac.as_ref();
    let offset = mac.last().map_or(0, |last| usize::from(last & 0xf));
    let word = mac.get(offset..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default();
    (u32::from_be_bytes(word) & 0x7fff_ffff) % bound
}

/// Bytes in base32 without padding: how people and apps write a secret.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(5) {
        let bits = group.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte)) << (8 * (5 - group.len()));
        let characters = (group.len() * 8).div_ceil(5);
        for place in 0..characters {
            let index = usize::try_from((bits >> (35 - 5 * place)) & 31).unwrap_or_default();
            text.push(BASE32.get(index).copied().map_or('A', char::from));
        }
    }
    text
}

/// The bytes of such a text.
#[must_use]
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut held, mut bytes) = (0_u64, 0_u32, Vec::new());
    for character in text.bytes() {
        let value = BASE32.iter().position(|known| *known == character)?;
        bits = (bits << 5) | u64::try_from(value).ok()?;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Appendix B of RFC 6238, the rows of SHA-1.
    const VECTORS: [(i64, u32); 6] = [
        (59, 94_287_082),
        (1_111_111_109, 7_081_804),
        (1_111_111_111, 14_050_471),
        (1_234_567_890, 89_005_924),
        (2_000_000_000, 69_279_037),
        (20_000_000_000, 65_353_130),
    ];
    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn the_test_vectors_of_rfc_6238_come_out() {
        for (seconds, expected) in VECTORS {
            let now = Timestamp(seconds * 1000);
            assert_eq!(code_of(SECRET, seconds / 30, 100_000_000), expected, "{seconds}");
            let code = code_at(SECRET, now);
            assert_eq!(code, format!("{:06}", expected % 1_000_000));
            assert_eq!(matching_step(SECRET, code.parse().unwrap(), now, 0), Some(seconds / 30));
        }
    }

    #[test]
    fn the_test_vectors_of_rfc_4226_come_out() {
        let expected = [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        for (counter, code) in (0..).zip(expected) {
            assert_eq!(code_of(SECRET, counter, 1_000_000), code);
        }
    }

    #[test]
    fn a_code_is_taken_a_step_early_and_late_and_never_again() {
        let now = Timestamp(1_234_567_890_000);
        let present = now.0 / STEP_MILLIS;
        for step in present - 3..=present + 3 {
            let code = code_of(SECRET, step, 1_000_000);
            let expected = (step - present).abs() <= 1;
            assert_eq!(matching_step(SECRET, code, now, 0), expected.then_some(step));
            assert_eq!(matching_step(SECRET, code, now, step), None, "used");
        }
    }

    #[test]
    fn the_test_vectors_of_rfc_4648_come_out() {
        for (bytes, text) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(from_base32(text).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(from_base32("1"), None);
    }

    proptest! {
        #[test]
        fn bytes_come_back_from_base32(bytes in prop::collection::vec(any::<u8>(), 0..40), text in ".*") {
            prop_assert_eq!(from_base32(&base32(&bytes)), Some(bytes));
            let _nothing_panics = from_base32(&text);
        }
    }
}
