//! Secrets of others that have to be read back, in the database: encrypted, each for the one place where it stands.
//!
//! AES-256-GCM under a key that is not in the database, with a random nonce of 96 bits (NIST SP 800-38D, 8.2.2: good for 2^32
//! values under a key). The place is authenticated with it, so that a value moved into another row or column does not open.
//!
//! What has no mark in front was written before there was any encryption, and is read as it is.

use super::signing::Key;
use crate::ids::Ids;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// In front of everything that is encrypted in this way. No address and no base64 begins like this.
const MARK: &str = "sealed:1:";

/// `plain` as it is kept in `place`, which names table, column and row.
#[must_use]
pub(crate) fn seal(key: &Key, ids: &Ids, place: &str, plain: &str) -> String {
    let nonce: [u8; NONCE_LEN] = ids.bytes();
    let mut bytes = plain.as_bytes().to_vec();
    #[expect(clippy::expect_used, reason = "it fails for texts of 64 GiB")]
    cipher(key)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut bytes)
        .expect("a short text is encrypted");
    format!("{MARK}{}", URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat()))
}

/// What was kept in `place`; nothing when it was sealed under another key or for another place, or is damaged.
#[must_use]
pub(crate) fn open(key: &Key, place: &str, kept: &str) -> Option<String> {
    let Some(sealed) = kept.strip_prefix(MARK) else { return Some(kept.to_owned()) };
    let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
    let mut sealed = sealed.to_vec();
    let plain = cipher(key).open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(place), &mut sealed).ok()?;
    String::from_utf8(plain.to_vec()).ok()
}

fn cipher(key: &Key) -> LessSafeKey {
    #[expect(clippy::expect_used, reason = "a key of ours has the length that the algorithm wants")]
    let key = UnboundKey::new(&AES_256_GCM, key.as_bytes()).expect("the key has 32 bytes");
    LessSafeKey::new(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::signing::Keys;
    use crate::clock::SystemClock;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn ids() -> Ids {
        Ids::from_seed(Arc::new(SystemClock), 1)
    }

    #[test]
    fn what_was_sealed_opens_in_its_place_under_its_key_only() {
        let (key, other) = (Keys::derive(b"one").at_rest, Keys::derive(b"other").at_rest);
        let (secret, ids) = ("https://push.example/a-capability", ids());
        let kept = seal(&key, &ids, "table.column:1", secret);
        assert!(!kept.contains("push.example") && !kept.contains("a-capability"));
        assert_eq!(open(&key, "table.column:1", &kept).as_deref(), Some(secret));
        assert_eq!(open(&key, "table.column:2", &kept), None);
        assert_eq!(open(&other, "table.column:1", &kept), None);
        assert_ne!(kept, seal(&key, &ids, "table.column:1", secret), "the same secret is not seen to be the same");
    }

    #[test]
    fn what_was_kept_before_is_read_as_it_is() {
        let key = Keys::derive(b"one").at_rest;
        assert_eq!(open(&key, "any", "https://push.example/a").as_deref(), Some("https://push.example/a"));
    }

    proptest! {
        #[test]
        fn no_damage_panics_or_opens(secret in ".*", at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let key = Keys::derive(b"one").at_rest;
            let kept = seal(&key, &ids(), "place", &secret);
            prop_assert_eq!(open(&key, "place", &kept), Some(secret));
            let mut bytes = kept.clone().into_bytes();
            let at = MARK.len() + at.index(bytes.len() - MARK.len());
            bytes[at] = byte;
            if let Ok(damaged) = String::from_utf8(bytes)
                && damaged != kept
            {
                // The last character of base64 without padding may have bits that mean nothing; those are refused, too.
                prop_assert_eq!(open(&key, "place", &damaged), None);
            }
            prop_assert_eq!(open(&key, "place", MARK), None);
        }
    }
}
