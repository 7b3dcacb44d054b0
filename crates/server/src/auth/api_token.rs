//! API tokens as programs carry them: `parlor_<8 hex digits>_<40 hex digits and 8 of a checksum>`.
//!
//! The first part tells tokens apart in lists and logs. The checksum is none of security: it lets scanners of source code tell a token
//! from a text like one, and us answer a mistyped one without asking the database. At rest there is only the SHA-256 of the whole:
//! 160 random bits need no slow hash.

use crate::auth::signing::sha256;
use crate::ids::Ids;

/// What every token begins with; no JWT does.
pub const START: &str = "parlor_";

/// Hex digits of the part that is shown.
const SHOWN: usize = 8;
/// Hex digits of the secret and its checksum.
const SECRET: usize = 48;
const CHECKSUM: usize = 8;

/// A token that was just made.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// A new one.
    #[must_use]
    pub fn generate(ids: &Ids) -> Self {
        let (shown, random): ([u8; 4], [u8; 20]) = (ids.bytes(), ids.bytes());
        let text = format!("{START}{}_{}", hex::encode(shown), hex::encode(random));
        let checksum = checksum(&text);
        Self(text + &checksum)
    }

    /// The token, to be shown once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// How it begins.
    #[must_use]
    pub fn prefix(&self) -> String {
        self.0.chars().take(START.len().saturating_add(SHOWN)).collect()
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> String {
        hex::encode(sha256(self.0.as_bytes()))
    }
}

fn checksum(text: &str) -> String {
    hex::encode(sha256(text.as_bytes())).chars().take(CHECKSUM).collect()
}

/// What is stored of a token that somebody shows; `None` when it is no token of this form.
#[must_use]
pub fn hash_of(text: &str) -> Option<String> {
    let (shown, secret) = text.strip_prefix(START)?.split_once('_')?;
    let is_hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if shown.len() != SHOWN || secret.len() != SECRET || !is_hex(shown) || !is_hex(secret) {
        return None;
    }
    let (signed, sum) = text.split_at_checked(text.len().checked_sub(CHECKSUM)?)?;
    (checksum(signed) == sum).then(|| hex::encode(sha256(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use proptest::prelude::*;
    use std::sync::Arc;

    #[test]
    fn a_token_is_known_by_its_form_and_its_checksum() {
        let ids = Ids::from_seed(Arc::new(SystemClock), 7);
        let secret = Secret::generate(&ids);
        assert_eq!(hash_of(secret.expose()), Some(secret.hash()));
        assert_eq!(secret.prefix().len(), 15);
        assert!(secret.expose().starts_with(&secret.prefix()));
        assert_ne!(secret.expose(), Secret::generate(&ids).expose());
        for place in START.len()..secret.expose().len() {
            let mut mistyped: Vec<char> = secret.expose().chars().collect();
            mistyped[place] = if mistyped[place] == '0' { '1' } else { '0' };
            assert_eq!(hash_of(&mistyped.into_iter().collect::<String>()), None, "{place}");
        }
    }

    proptest! {
        #[test]
        fn no_other_text_is_one(text in "(parlor_)?[0-9a-f_é]{0,70}") {
            prop_assert_eq!(hash_of(&text), None);
        }
    }
}
