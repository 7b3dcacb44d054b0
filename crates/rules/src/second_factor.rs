//! What people type as a code of their second factor, and how recovery codes are written.

/// Digits of an authenticator app's code.
pub const DIGITS: usize = 6;

/// Characters of a recovery code without the signs between its groups: 80 bits, so that a plain hash keeps it safe.
pub const RECOVERY_LENGTH: usize = 16;

/// Random bytes that a recovery code is made of.
pub const RECOVERY_BYTES: usize = 10;

/// Letters and digits that cannot be taken for each other: no `l`, `o`, `0`, `1`.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A code that somebody has typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypedCode {
    /// Of the app: a number of six digits.
    App(u32),
    /// A recovery code, without signs and in lower case.
    Recovery(String),
}

/// What was typed, whatever spaces and hyphens it was copied with, in either case and in full-width characters as well.
#[must_use]
pub fn parse(text: &str) -> Option<TypedCode> {
    let mut code = String::new();
    for typed in text.chars().map(half_width) {
        if typed.is_whitespace() || is_hyphen(typed) {
            continue;
        }
        if !typed.is_ascii_alphanumeric() || code.len() == RECOVERY_LENGTH {
            return None;
        }
        code.push(typed.to_ascii_lowercase());
    }
    if code.len() == DIGITS && code.bytes().all(|byte| byte.is_ascii_digit()) {
        return code.parse().ok().map(TypedCode::App);
    }
    let is_recovery = code.len() == RECOVERY_LENGTH && code.bytes().all(|byte| ALPHABET.contains(&byte));
    is_recovery.then_some(TypedCode::Recovery(code))
}

/// A recovery code made of random bytes, as [`parse`] gives it back.
#[must_use]
pub fn recovery_code(random: [u8; RECOVERY_BYTES]) -> String {
    let mut bits = random.into_iter().fold(0_u128, |bits, byte| (bits << 8) | u128::from(byte));
    let mut code = Vec::with_capacity(RECOVERY_LENGTH);
    for _ in 0..RECOVERY_LENGTH {
        let place = usize::try_from(bits & 31).unwrap_or_default();
        code.push(ALPHABET.get(place).copied().map_or('a', char::from));
        bits >>= 5;
    }
    code.into_iter().collect()
}

/// The code in groups of four, as it is shown.
#[must_use]
pub fn grouped(code: &str) -> String {
    let mut shown = String::with_capacity(code.len() + 3);
    for (place, character) in code.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            shown.push('-');
        }
        shown.push(character);
    }
    shown
}

/// Chinese input methods type full-width digits and letters.
fn half_width(typed: char) -> char {
    match typed {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(typed) - 0xfee0).unwrap_or(typed),
        other => other,
    }
}

fn is_hyphen(typed: char) -> bool {
    matches!(typed, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_are_read_as_apps_and_people_write_them() {
        for text in ["012345", "012 345", " 012-345\n", "０１２３４５", "012\u{a0}345", "0 1 2 3 4 5"] {
            assert_eq!(parse(text), Some(TypedCode::App(12345)), "{text}");
        }
        let recovery = Some(TypedCode::Recovery("abcdefghjkmnpqrs".to_owned()));
        for text in ["abcd-efgh-jkmn-pqrs", "ABCDEFGHJKMNPQRS", "abcd efgh jkmn pqrs", "abcd–efgh–jkmn–pqrs"] {
            assert_eq!(parse(text), recovery, "{text}");
        }
        for text in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "abcd-efgh-jkmn-pqr", "abcd-efgh-jkmn-pqr0", "密码"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics_and_none_but_six_digits_is_an_apps_code(text in ".{0,60}") {
            if let Some(TypedCode::App(number)) = parse(&text) {
                prop_assert!(number < 1_000_000);
            }
        }

        #[test]
        fn every_number_is_read_however_it_is_spaced(number in 0_u32..1_000_000, place in 0_usize..=6, wide in any::<bool>()) {
            let mut text = format!("{number:06}");
            text.insert(place, ' ');
            if wide {
                text = text.chars().map(|c| if c == ' ' { '\u{3000}' } else { char::from_u32(u32::from(c) + 0xfee0).unwrap() }).collect();
            }
            prop_assert_eq!(parse(&text), Some(TypedCode::App(number)));
        }

        #[test]
        fn what_is_shown_of_a_recovery_code_is_read_back(random in any::<[u8; RECOVERY_BYTES]>(), upper in any::<bool>()) {
            let code = recovery_code(random);
            let shown = grouped(&code);
            prop_assert_eq!(shown.len(), RECOVERY_LENGTH + 3);
            let shown = if upper { shown.to_uppercase() } else { shown };
            prop_assert_eq!(parse(&shown), Some(TypedCode::Recovery(code)));
        }

        #[test]
        fn different_bytes_are_different_codes(one in any::<[u8; RECOVERY_BYTES]>(), other in any::<[u8; RECOVERY_BYTES]>()) {
            prop_assert_eq!(one == other, recovery_code(one) == recovery_code(other));
        }
    }
}
