//! Browsers that have signed in before: what keeps a stranger's wrong guesses from locking the owner out.
//!
//! A sign-in leaves a signed mark in the browser. Wrong passwords are counted apart for every mark and, all together, for
//! whoever has none; so an attacker uses up the strangers' guesses and never those of the owner's own browser. The mark is
//! no proof of anything: without the password it opens nothing. (OWASP: "Slow Down Online Guessing Attacks with Device
//! Cookies".)

use crate::auth::signing::{Key, sha256};
use crate::ids::Ids;

/// A mark as a cookie carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceMark(String);

/// The number of a known browser.
pub type DeviceId = [u8; 16];

impl DeviceMark {
    /// A mark for the browser that has just signed in to `account`.
    #[must_use]
    pub fn generate(key: &Key, ids: &Ids, account: &str) -> Self {
        let id: DeviceId = ids.bytes();
        Self(key.seal(&[&id[..], &sha256(account.as_bytes())].concat()))
    }

    /// A mark as it came in a cookie.
    #[must_use]
    pub fn given(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The mark for the cookie.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Which browser it is, if we made the mark, and for this account.
    #[must_use]
    pub fn known_to(&self, key: &Key, account: &str) -> Option<DeviceId> {
        let payload = key.open(&self.0)?;
        let (id, owner) = payload.split_first_chunk::<16>()?;
        (owner == sha256(account.as_bytes())).then_some(*id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use proptest::prelude::*;
    use std::sync::Arc;

    #[test]
    fn a_mark_is_known_to_its_account_and_key_only() {
        let (key, ids) = (Key::from_secret(b"one"), Ids::from_os(Arc::new(SystemClock)));
        let mark = DeviceMark::generate(&key, &ids, "zhang");
        assert!(mark.known_to(&key, "zhang").is_some());
        assert_eq!(mark.known_to(&key, "li"), None);
        assert_eq!(mark.known_to(&Key::from_secret(b"two"), "zhang"), None);
        assert_ne!(mark, DeviceMark::generate(&key, &ids, "zhang"), "every sign-in is counted apart");
    }

    proptest! {
        #[test]
        fn no_text_is_a_mark(text in ".*") {
            prop_assert_eq!(DeviceMark::given(&text).known_to(&Key::from_secret(b"one"), "zhang"), None);
        }
    }
}
