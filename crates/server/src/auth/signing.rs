//! Keys derived from the server's one secret, and what is signed with them.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Bytes of a key, of a signature and of a hash.
pub const KEY_BYTES: usize = 32;

/// One key per purpose, so that a value signed for one can never be taken for another.
#[derive(Clone)]
pub struct Keys {
    /// Access tokens of agents.
    pub access: Key,
    /// Refresh tokens of agents.
    pub refresh: Key,
    /// Marks of browsers that have signed in before.
    pub device: Key,
    /// Tokens of visitors.
    pub visitor: Key,
    /// One-time socket tickets.
    pub ticket: Key,
    /// Proof-of-work challenges.
    pub challenge: Key,
    /// Verification codes at rest: six digits need a keyed hash, or the table could be searched.
    pub code: Key,
    /// Cursors of lists.
    pub cursor: Key,
    /// Passes for the files of a conversation.
    pub files: Key,
    /// Web Push.
    pub push: Key,
    /// Names in the Redis that servers share.
    pub shared: Key,
    /// What others' secrets are encrypted with in the database.
    pub at_rest: Key,
    /// The same, of the secret that the server had before.
    pub at_rest_before: Option<Key>,
    /// The token between the two steps of a sign-in.
    pub second_step: Key,
    /// Hashes of requests that may be repeated.
    pub idempotency: Key,
}

impl Keys {
    /// Derives every key from the server's secret.
    #[must_use]
    pub fn derive(secret: &[u8]) -> Self {
        let root = Key::from_secret(secret);
        Self {
            access: root.derive("access-token"),
            refresh: root.derive("refresh-token"),
            device: root.derive("known-device"),
            visitor: root.derive("visitor-token"),
            ticket: root.derive("socket-ticket"),
            challenge: root.derive("challenge"),
            code: root.derive("verification-code"),
            cursor: root.derive("cursor"),
            files: root.derive("file-pass"),
            push: root.derive("web-push"),
            shared: root.derive("shared-memory"),
            at_rest: root.derive("at-rest"),
            at_rest_before: None,
            second_step: root.derive("second-step"),
            idempotency: root.derive("idempotency"),
        }
    }

    /// The same keys, and the one with which what is in the database was encrypted under an earlier secret; empty: there was none.
    #[must_use]
    pub fn with_previous(self, secret: &[u8]) -> Self {
        let before = (!secret.is_empty()).then(|| Key::from_secret(secret).derive("at-rest"));
        Self { at_rest_before: before, ..self }
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

/// A secret key for HMAC-SHA256.
#[derive(Clone)]
pub struct Key([u8; KEY_BYTES]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// A key from a secret of any length.
    #[must_use]
    pub fn from_secret(secret: &[u8]) -> Self {
        Self(sha256(secret))
    }

    /// A key for `purpose` that tells nothing of this one.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Self {
        Self(self.sign(purpose.as_bytes()))
    }

    /// The raw key, for libraries that do the signing themselves.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The signature of `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; KEY_BYTES] {
        self.mac(message).finalize().into_bytes().into()
    }

    /// Whether `signature` is that of `message`; takes the same time wherever they differ.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.mac(message).verify_slice(signature).is_ok()
    }

    /// `payload` with its signature, as URL-safe text: `<payload>.<signature>`.
    #[must_use]
    pub fn seal(&self, payload: &[u8]) -> String {
        format!("{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(self.sign(payload)))
    }

    /// The payload of a sealed text, if this key sealed it.
    #[must_use]
    pub fn open(&self, sealed: &str) -> Option<Vec<u8>> {
        let (payload, signature) = sealed.split_once('.')?;
        let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        self.verify(&payload, &signature).then_some(payload)
    }

    fn mac(&self, message: &[u8]) -> Hmac<Sha256> {
        hmac_sha256(&self.0).chain_update(message)
    }
}

/// A MAC under `key`, to be fed.
pub(crate) fn hmac_sha256(key: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length; the error exists for other MACs")]
    Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length")
}

/// SHA-256 of `bytes`: how tokens with enough randomness of their own are kept at rest.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; KEY_BYTES] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_one_purpose_sealed_no_other_opens() {
        let keys = Keys::derive(b"secret");
        let sealed = keys.visitor.seal(b"payload");
        assert_eq!(keys.visitor.open(&sealed).as_deref(), Some(&b"payload"[..]));
        assert_eq!(keys.ticket.open(&sealed), None);
        assert_eq!(Keys::derive(b"another").visitor.open(&sealed), None);
    }

    proptest! {
        #[test]
        fn no_text_opens_by_chance_or_panics(text in ".*") {
            prop_assert_eq!(Keys::derive(b"secret").challenge.open(&text), None);
        }

        #[test]
        fn a_changed_byte_is_noticed(payload in prop::collection::vec(any::<u8>(), 1..80), at in any::<prop::sample::Index>()) {
            let key = Key::from_secret(b"secret");
            let mut sealed = key.seal(&payload).into_bytes();
            let place = at.index(sealed.len());
            sealed[place] = if sealed[place] == b'A' { b'B' } else { b'A' };
            prop_assert_eq!(key.open(std::str::from_utf8(&sealed).unwrap()), None);
        }
    }
}
