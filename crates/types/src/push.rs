//! Web Push: how an agent is reached in a browser whose console is closed.
//!
//! A subscription belongs to the browser's sign-in and goes with it. What is pushed is encrypted for the browser (RFC 8291):
//! the push service in between reads nothing of it.

use crate::error::{FieldCode, FieldError};
use crate::id::ConversationId;
use crate::limits;
use crate::object;
use crate::time::Timestamp;
use crate::validate::{self, Fault, Faults, Validate};
use serde::{Deserialize, Serialize};

/// Bytes of a browser's public key: an uncompressed point of P-256.
const KEY_BYTES: usize = 65;
/// Bytes of the secret that a browser shares with us.
const AUTH_BYTES: usize = 16;
/// Farthest that a clock is ahead of or behind UTC, in minutes.
const UTC_OFFSET_MAX: i64 = 14 * 60;

/// The language of what is pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PushLanguage {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh-CN")]
    Chinese,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl PushLanguage {
    /// The language as written on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The language of this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Chinese, Self::English].into_iter().find(|language| language.as_str() == text)
    }
}

/// Hours in which nothing is announced, in minutes of the browser's day. They may go over midnight; of no length they are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// The first minute: 0 to 1439.
    #[serde(deserialize_with = "crate::number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1439))]
    pub from: u16,
    /// The minute after the last: 0 to 1439.
    #[serde(deserialize_with = "crate::number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1439))]
    pub to: u16,
}

/// The subscription that a browser's `PushManager` gave, and how the person wants to be told on it. It takes the place of the
/// sign-in's earlier one, and of whatever else is known under the same endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetPushSubscription {
    /// The push service's address for this browser, over https and on the public internet.
    #[cfg_attr(feature = "openapi", schema(min_length = 10, max_length = 2048, pattern = "^https?://[!-~]+$"))]
    pub endpoint: String,
    /// The browser's public key: an uncompressed P-256 point in base64url without padding.
    #[cfg_attr(feature = "openapi", schema(pattern = "^B[A-P][A-Za-z0-9_-]{84}[AEIMQUYcgkosw048]$"))]
    pub p256dh: String,
    /// The secret that the browser shares with us: 16 bytes in base64url without padding.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Za-z0-9_-]{21}[AQgw]$"))]
    pub auth: String,
    /// The language of what is pushed.
    pub language: PushLanguage,
    /// Hours in which nothing is pushed.
    #[serde(default, deserialize_with = "object::only_or_null")]
    pub quiet: Option<QuietHours>,
    /// Only what is said in conversations that are the agent's or nobody's; without it, for who sees all, everything.
    #[serde(default)]
    pub mine_only: bool,
    /// How many minutes the browser's clock is ahead of UTC.
    #[serde(deserialize_with = "crate::number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = -840, maximum = 840))]
    pub utc_offset_minutes: i16,
}

impl Validate for SetPushSubscription {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults
            .check("endpoint", endpoint(&self.endpoint))
            .check("p256dh", base64url(&self.p256dh, KEY_BYTES))
            .check("auth", base64url(&self.auth, AUTH_BYTES))
            .check(
                "utc_offset_minutes",
                validate::range(self.utc_offset_minutes.into(), -UTC_OFFSET_MAX, UTC_OFFSET_MAX),
            );
        if let Some(QuietHours { from, to }) = self.quiet {
            faults
                .check("quiet.from", validate::range(from.into(), 0, 1439))
                .check("quiet.to", validate::range(to.into(), 0, 1439));
        }
        faults.into_errors()
    }
}

/// An address of printable ASCII. Where it may lead, the server knows.
fn endpoint(text: &str) -> Result<(), Fault> {
    validate::length(text, 1, limits::PUSH_ENDPOINT_MAX)?;
    let is_address = text.starts_with("https://") || text.starts_with("http://");
    if is_address && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(Fault::new(FieldCode::InvalidFormat, "must be an https address"))
}

/// So many bytes in base64url without padding, as browsers write them.
fn base64url(text: &str, bytes: usize) -> Result<(), Fault> {
    validate::length(text, 1, bytes.saturating_mul(4).div_ceil(3))?;
    let long_enough = text.len() == bytes.saturating_mul(4).div_ceil(3);
    if long_enough && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        return Ok(());
    }
    Err(Fault::new(FieldCode::InvalidFormat, format!("must be {bytes} bytes in base64url without padding")))
}

/// A sign-in's subscription. Its keys are shown to nobody again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushSubscription {
    /// The push service's address for this browser.
    pub endpoint: String,
    /// The language of what is pushed.
    pub language: PushLanguage,
    /// Hours in which nothing is pushed.
    pub quiet: Option<QuietHours>,
    /// Only what is said in conversations that are the agent's or nobody's.
    pub mine_only: bool,
    /// How many minutes the browser's clock was ahead of UTC.
    pub utc_offset_minutes: i16,
    /// When it was last set.
    pub updated_at: Timestamp,
}

/// What a browser needs to subscribe, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushState {
    /// The server's public key (RFC 8292), for `applicationServerKey`: base64url without padding. Absent where the operator has
    /// switched Web Push off.
    pub public_key: Option<String>,
    /// The sign-in's subscription, if it has one.
    pub subscription: Option<PushSubscription>,
}

/// What is pushed, once it has been decrypted: what the service worker reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushed {
    /// Who has written.
    pub title: String,
    /// What they have written, in short.
    pub body: String,
    /// Where: what a click opens. A newer notification of the same conversation takes the place of an older one.
    pub conversation_id: ConversationId,
    /// Whether it is an internal note that mentions the agent: it takes no message's place, nor a message its.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mention: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription() -> SetPushSubscription {
        SetPushSubscription {
            endpoint: "https://push.example/send/abc".to_owned(),
            p256dh: format!("BA{}A", "x".repeat(84)),
            auth: format!("{}A", "x".repeat(21)),
            language: PushLanguage::Chinese,
            quiet: Some(QuietHours { from: 1320, to: 480 }),
            mine_only: false,
            utc_offset_minutes: 480,
        }
    }

    fn wrong(subscription: &SetPushSubscription) -> Vec<String> {
        subscription.validate().into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn every_field_that_is_wrong_is_named() {
        assert_eq!(wrong(&subscription()), Vec::<String>::new());
        let all = SetPushSubscription {
            endpoint: "ftp://push.example/".to_owned(),
            p256dh: "B".to_owned(),
            auth: "=".repeat(22),
            quiet: Some(QuietHours { from: 1440, to: 1440 }),
            mine_only: false,
            utc_offset_minutes: 841,
            ..subscription()
        };
        let fields = ["endpoint", "p256dh", "auth", "utc_offset_minutes", "quiet.from", "quiet.to"];
        assert_eq!(wrong(&all), fields);
        let long = format!("https://push.example/{}", "x".repeat(limits::PUSH_ENDPOINT_MAX));
        assert_eq!(wrong(&SetPushSubscription { endpoint: long, ..subscription() }), ["endpoint"]);
    }

    #[test]
    fn quiet_hours_are_an_object_or_nothing() {
        let mut json = serde_json::to_value(subscription()).unwrap();
        assert_eq!(serde_json::from_value::<SetPushSubscription>(json.clone()).unwrap(), subscription());
        json["quiet"] = serde_json::json!([1320, 480]);
        assert!(serde_json::from_value::<SetPushSubscription>(json.clone()).is_err());
        json["quiet"] = serde_json::Value::Null;
        assert_eq!(serde_json::from_value::<SetPushSubscription>(json).unwrap().quiet, None);
    }
}
