//! How this server says who it is to push services: VAPID (RFC 8292), ES256 over P-256.
//!
//! The key is derived from the server's one secret, as every other key is: nothing of it lies in the database, and every server of
//! an installation has the same.

use crate::auth::signing::Key;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use moka::sync::Cache;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use reqwest::Url;
use serde::Serialize;
use types::time::Timestamp;

/// Seconds that a token is good for; services take at most a day.
const LIFETIME_SECONDS: i64 = 12 * 3600;
/// A token is used again until so many seconds before its end.
const MARGIN_SECONDS: i64 = 3600;
/// Push services whose tokens are kept.
const KEPT: u64 = 100;

/// The server's identity towards push services.
pub struct Vapid {
    key: SigningKey,
    public_key: String,
    contact: String,
    /// Tokens by origin, with the moment until which they are used.
    tokens: Cache<String, (String, Timestamp)>,
}

/// The claims of a token: section 2 of RFC 8292.
#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    exp: i64,
    sub: &'a str,
}

impl Vapid {
    /// The identity under a key of the server; `contact` is a `mailto:` or `https:` address where its operator is reached.
    #[must_use]
    pub fn derive(root: &Key, contact: String) -> Self {
        // Nearly every 32 bytes are a key of P-256: those that are not are one of four thousand million.
        let tried = (0..=u8::MAX)
            .find_map(|number| SigningKey::from_slice(root.derive(&format!("vapid-{number}")).as_bytes()).ok());
        #[expect(clippy::expect_used, reason = "256 misses of which each has the odds of 1 to 2^32")]
        let key = tried.expect("a key of P-256");
        let public_key = URL_SAFE_NO_PAD.encode(key.verifying_key().to_encoded_point(false).as_bytes());
        Self { key, public_key, contact, tokens: Cache::new(KEPT) }
    }

    /// The public key, as browsers and push services are told it.
    #[must_use]
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    /// The `Authorization` header for a push service's address.
    #[must_use]
    pub fn authorization(&self, endpoint: &Url, now: Timestamp) -> String {
        let origin = endpoint.origin().ascii_serialization();
        let token = match self.tokens.get(&origin) {
            Some((token, until)) if now < until => token,
            _ => {
                let token = self.token(&origin, now);
                let until = now.plus_seconds(LIFETIME_SECONDS - MARGIN_SECONDS);
                self.tokens.insert(origin, (token.clone(), until));
                token
            }
        };
        format!("vapid t={token}, k={}", self.public_key)
    }

    fn token(&self, origin: &str, now: Timestamp) -> String {
        let exp = now.plus_seconds(LIFETIME_SECONDS).0.div_euclid(1000);
        let claims = Claims { aud: origin, exp, sub: &self.contact };
        // Three texts and a number are always JSON.
        let claims = serde_json::to_vec(&claims).unwrap_or_default();
        let header = URL_SAFE_NO_PAD.encode(br#"{"typ":"JWT","alg":"ES256"}"#);
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier;

    fn vapid(secret: &[u8]) -> Vapid {
        Vapid::derive(&Key::from_secret(secret), "mailto:ops@example.com".to_owned())
    }

    fn parts(header: &str) -> (Vec<u8>, serde_json::Value, Vec<u8>, String) {
        let (token, key) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let claims = signed.split_once('.').unwrap().1;
        let decode = |text| URL_SAFE_NO_PAD.decode(text).unwrap();
        (
            decode(signature),
            serde_json::from_slice(&decode(claims)).unwrap(),
            signed.as_bytes().to_vec(),
            key.to_owned(),
        )
    }

    #[test]
    fn a_token_is_signed_by_the_key_that_it_names_for_that_service_alone() {
        let vapid = vapid(b"secret");
        let endpoint: Url = "https://push.example:8443/send/abc?x=1".parse().unwrap();
        let header = vapid.authorization(&endpoint, Timestamp(1_000_000));
        let (signature, claims, signed, key) = parts(&header);
        assert_eq!(claims["aud"], "https://push.example:8443");
        assert_eq!(claims["sub"], "mailto:ops@example.com");
        assert_eq!(claims["exp"], 1_000 + LIFETIME_SECONDS);
        assert_eq!(key, vapid.public_key());
        let key = VerifyingKey::from_sec1_bytes(&URL_SAFE_NO_PAD.decode(key).unwrap()).unwrap();
        key.verify(&signed, &Signature::from_slice(&signature).unwrap()).unwrap();
    }

    #[test]
    fn a_token_is_used_again_until_it_is_near_its_end() {
        let vapid = vapid(b"secret");
        let (one, two): (Url, Url) =
            ("https://one.example/a".parse().unwrap(), "https://two.example/a".parse().unwrap());
        let first = vapid.authorization(&one, Timestamp(0));
        let later = Timestamp(0).plus_seconds(LIFETIME_SECONDS - MARGIN_SECONDS);
        assert_eq!(vapid.authorization(&one, later.plus_seconds(-1)), first);
        assert_ne!(vapid.authorization(&one, later), first);
        assert_ne!(vapid.authorization(&two, Timestamp(0)), first);
    }

    #[test]
    fn the_key_follows_from_the_secret_and_tells_nothing_of_another() {
        assert_eq!(vapid(b"secret").public_key(), vapid(b"secret").public_key());
        assert_ne!(vapid(b"secret").public_key(), vapid(b"another").public_key());
        assert_eq!(URL_SAFE_NO_PAD.decode(vapid(b"secret").public_key()).unwrap().len(), 65);
    }
}
