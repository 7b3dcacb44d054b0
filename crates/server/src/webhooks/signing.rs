//! Signatures as the Standard Webhooks specification has them (version 1, symmetric):
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

use crate::auth::signing::hmac_sha256;
use crate::ids::Ids;
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::Mac;

/// In front of every secret.
const PREFIX: &str = "whsec_";

/// A fresh secret of 32 bytes.
#[must_use]
pub fn new_secret(ids: &Ids) -> String {
    format!("{PREFIX}{}", STANDARD.encode(ids.bytes::<32>()))
}

/// The header for a body: a signature by each secret, so that either verifies it. A text that is no secret signs nothing.
#[must_use]
pub fn signatures<'a>(secrets: impl IntoIterator<Item = &'a str>, id: &str, seconds: i64, body: &str) -> String {
    let sign = |secret: &str| {
        let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
        let mac = hmac_sha256(&key).chain_update(format!("{id}.{seconds}.")).chain_update(body);
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    };
    secrets.into_iter().filter_map(sign).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that the specification's libraries are tested with.
    #[test]
    fn the_published_vector_is_met() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let signed = signatures([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn two_secrets_sign_one_after_the_other_and_what_is_none_signs_nothing() {
        let (one, other) = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAA");
        let [first, second] = [one, other].map(|secret| signatures([secret], "id", 7, "{}"));
        assert_eq!(signatures([one, other], "id", 7, "{}"), format!("{first} {second}"));
        assert_eq!(signatures(["secret", "whsec_!"], "id", 7, "{}"), "");
    }
}
