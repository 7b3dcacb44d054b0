//! Which new passwords are refused although they are long enough: those that are tried first.
//!
//! There are no rules about kinds of characters and none about age: both make people choose worse ones (ASVS 6.2.5, 6.2.10).

use crate::error::{ApiError, ApiResult};
use rules::passwords::is_guessable;
use std::sync::LazyLock;
use types::error::FieldCode;

const LIST: &str = include_str!("common-passwords.txt");

/// The list's lines, sorted.
static COMMON: LazyLock<Vec<&str>> = LazyLock::new(|| LIST.lines().filter(|line| !line.starts_with("# ")).collect());

/// Refuses a new password that is among the most common ones or made of the account's own `words`.
///
/// # Errors
/// A field error, `guessable`, for `field`.
pub fn check_new(field: &str, password: &str, words: &[&str]) -> ApiResult<()> {
    if is_common(password) {
        return Err(ApiError::field(field, FieldCode::Guessable, "is among the passwords that are tried first"));
    }
    if is_guessable(password, words) {
        return Err(ApiError::field(field, FieldCode::Guessable, "is made of what the account is known by"));
    }
    Ok(())
}

fn is_common(password: &str) -> bool {
    COMMON.binary_search(&password.to_lowercase().as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::limits;

    #[test]
    fn the_list_is_what_it_says() {
        assert!(COMMON.len() > 3000, "ASVS 6.2.4 asks for 3,000 that the length alone would let through");
        assert!(COMMON.is_sorted(), "it is searched by halves");
        for line in COMMON.iter() {
            assert!(line.chars().count() >= limits::PASSWORD_MIN && *line == line.to_lowercase(), "{line}");
        }
    }

    #[test]
    fn common_passwords_are_known_in_any_case() {
        for common in ["12345678", "Password1", "WOAINI1314", "1qaz2wsx", "a123456789", "qwertyuiop"] {
            assert!(is_common(common), "{common}");
        }
        assert!(!is_common("lamp violet 47 harbour") && !is_common("# From"));
    }
}
