//! The console's short access token: a JWT that names a session.
//!
//! It carries no rights. The session's row decides, so that revoking it works at once.

use crate::auth::signing::Key;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use types::id::{AgentId, OrgId, SessionId};
use types::time::Timestamp;

/// Seconds that an access token is good for.
pub const LIFETIME_SECONDS: u32 = 600;

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The agent.
    pub sub: AgentId,
    /// Their organisation.
    pub org: OrgId,
    /// The session.
    pub sid: SessionId,
    /// Until when, in Unix seconds.
    pub exp: i64,
    /// Since when, in Unix seconds.
    pub iat: i64,
}

/// A token for this session.
///
/// # Errors
/// When signing fails, which HMAC cannot.
pub fn issue(
    key: &Key,
    org: OrgId,
    sub: AgentId,
    sid: SessionId,
    now: Timestamp,
) -> Result<String, jsonwebtoken::errors::Error> {
    issue_until(key, org, sub, sid, now, now.plus_seconds(i64::from(LIFETIME_SECONDS)))
}

/// A token for this session that is good until a time, because nothing renews it.
///
/// # Errors
/// When signing fails, which HMAC cannot.
pub fn issue_until(
    key: &Key,
    org: OrgId,
    sub: AgentId,
    sid: SessionId,
    now: Timestamp,
    until: Timestamp,
) -> Result<String, jsonwebtoken::errors::Error> {
    let [iat, exp] = [now, until].map(|time| time.0.div_euclid(1000));
    let claims = Claims { sub, org, sid, exp, iat };
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(key.as_bytes()))
}

/// What a token says, if we signed it and it has not expired.
#[must_use]
pub fn verify(key: &Key, token: &str, now: Timestamp) -> Option<Claims> {
    let mut validation = Validation::new(Algorithm::HS256);
    // The library would ask the machine's clock; ours is injected.
    validation.validate_exp = false;
    let decoded = jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_secret(key.as_bytes()), &validation).ok()?;
    (decoded.claims.exp > now.0.div_euclid(1000)).then_some(decoded.claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn token(key: &Key) -> String {
        let id = Uuid::from_u128(7);
        issue(key, OrgId(id), AgentId(id), SessionId(id), Timestamp(1_000_000)).unwrap()
    }

    #[test]
    fn a_token_is_good_for_its_lifetime_and_for_its_key() {
        let key = Key::from_secret(b"one");
        let token = token(&key);
        let last = Timestamp(1_000_000 + i64::from(LIFETIME_SECONDS) * 1000 - 1);
        assert_eq!(verify(&key, &token, last).unwrap().sid, SessionId(Uuid::from_u128(7)));
        assert_eq!(verify(&key, &token, last.plus_millis(1)), None);
        assert_eq!(verify(&Key::from_secret(b"two"), &token, last), None);
    }

    #[test]
    fn a_token_without_signature_is_refused() {
        let key = Key::from_secret(b"one");
        let token = token(&key);
        let claims = token.split('.').nth(1).unwrap();
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        for forged in [format!("{header}.{claims}."), format!("{header}.{claims}"), format!("{header}.{claims}.AAAA")] {
            assert_eq!(verify(&key, &forged, Timestamp(1_000_000)), None);
        }
    }

    proptest! {
        #[test]
        fn a_changed_character_is_noticed(ids in any::<[u128; 3]>(), place in any::<prop::sample::Index>()) {
            let key = Key::from_secret(b"one");
            let [org, agent, session] = ids.map(Uuid::from_u128);
            let text = issue(&key, OrgId(org), AgentId(agent), SessionId(session), Timestamp(1_000_000)).unwrap();
            let claims = verify(&key, &text, Timestamp(1_000_000)).unwrap();
            prop_assert_eq!((claims.org, claims.sub, claims.sid), (OrgId(org), AgentId(agent), SessionId(session)));
            let mut changed = text.into_bytes();
            let place = place.index(changed.len());
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            prop_assert_eq!(verify(&key, std::str::from_utf8(&changed).unwrap(), Timestamp(1_000_000)), None);
        }

        #[test]
        fn no_text_panics(text in ".*") {
            prop_assert_eq!(verify(&Key::from_secret(b"one"), &text, Timestamp(0)), None);
        }
    }
}
