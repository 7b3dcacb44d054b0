//! Who a visitor is to the company itself: the id of their account there, with the proof that the company's own server says so.

use crate::error::FieldCode;
use crate::limits;
use crate::patch;
use crate::time::Timestamp;
use crate::validate::{self, Fault, Faults};
use serde::{Deserialize, Serialize};

/// Who the visitor is, as the page or the app says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VisitorIdentity {
    /// The id of their account at the company. The same id is the same contact, on every device.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 128,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub user_id: String,
    /// HMAC-SHA256 of `user_id` (UTF-8) under the channel's identity secret, as 64 hexadecimal digits. The company's server makes it;
    /// the secret never reaches a browser or an app.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9a-fA-F]{64}$"))]
    pub user_hash: String,
    /// Their name, where the contact has none yet.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            max_length = 40,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: Option<String>,
    /// Their phone number, where the contact has none yet.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, required = false, max_length = 32, pattern = "^[0-9+() .#*-]*$")
    )]
    pub phone: Option<String>,
}

impl VisitorIdentity {
    pub(crate) fn check(&self, faults: &mut Faults) {
        faults
            .check("identity.user_id", validate::line(&self.user_id, 1, limits::EXTERNAL_ID_MAX))
            .check("identity.user_hash", hash(&self.user_hash));
        if let Some(name) = &self.name {
            faults.check("identity.name", validate::line(name, 0, limits::PERSON_NAME_MAX));
        }
        if let Some(phone) = &self.phone {
            faults.check("identity.phone", validate::phone(phone));
        }
    }
}

/// 64 hexadecimal digits.
fn hash(text: &str) -> Result<(), Fault> {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(Fault::new(FieldCode::InvalidFormat, "must be 64 hexadecimal digits"))
}

/// What became of the identity that a session was opened with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IdentityOutcome {
    /// The visitor is who they are said to be.
    Verified,
    /// The proof is wrong, or the channel has no identity secret: the chat is open all the same, for a visitor without an account.
    Refused,
}

/// Whether a channel's visitors can be identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelIdentity {
    /// Since when the channel has its present identity secret; absent where it has none.
    pub secret_since: Option<Timestamp>,
    /// Until when the secret before it is good as well.
    pub previous_until: Option<Timestamp>,
}

/// A channel's new identity secret, shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IdentitySecret {
    /// The secret: its characters as they stand are the key of the HMAC. Nobody can be shown it again.
    pub secret: String,
    /// As it is now.
    pub identity: ChannelIdentity,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(identity: &VisitorIdentity) -> Vec<String> {
        let mut faults = Faults::default();
        identity.check(&mut faults);
        faults.into_errors().into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn what_is_wrong_of_an_identity_is_named() {
        let good = VisitorIdentity {
            user_id: "u-17".to_owned(),
            user_hash: "0aF".repeat(21) + "9",
            name: Some("林小满".to_owned()),
            phone: Some("138 0013 8000".to_owned()),
        };
        assert_eq!(faults_of(&good), [""; 0]);
        let wrong = |change: fn(&mut VisitorIdentity)| {
            let mut identity = good.clone();
            change(&mut identity);
            faults_of(&identity)
        };
        assert_eq!(wrong(|identity| identity.user_id.clear()), ["identity.user_id"]);
        assert_eq!(wrong(|identity| identity.user_id = "a".repeat(limits::EXTERNAL_ID_MAX + 1)), ["identity.user_id"]);
        assert_eq!(wrong(|identity| identity.user_hash.truncate(63)), ["identity.user_hash"]);
        assert_eq!(wrong(|identity| identity.user_hash = "g".repeat(64)), ["identity.user_hash"]);
        assert_eq!(wrong(|identity| identity.name = Some("a\nb".to_owned())), ["identity.name"]);
        assert_eq!(wrong(|identity| identity.phone = Some("call me".to_owned())), ["identity.phone"]);
    }
}
