//! Posts codes to the operator's own gateway, signed.

use crate::auth::signing::{hmac_sha256, sha256};
use crate::config::WebhookConfig;
use crate::outgoing;
use crate::senders::{CodeMessage, SendError, knock};
use hmac::Mac;
use reqwest::{Client, Url, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use std::time::Duration;
use types::time::Timestamp;

/// The header that carries the signature: `t=<unix seconds>,v1=<hex>`.
pub const SIGNATURE_HEADER: &str = "parlor-signature";

/// Delivers by HTTP.
#[derive(Debug)]
pub struct WebhookSender {
    client: Client,
    url: Url,
    secret: SecretString,
    timeout: Duration,
    allow_private: bool,
}

/// What the gateway gets.
#[derive(Debug, Serialize)]
struct Body<'a> {
    mobile: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    code: &'a str,
    expires_at: Timestamp,
    /// The same for every delivery of this code, so that a gateway can tell doubles.
    id: String,
}

impl WebhookSender {
    pub(super) fn new(config: &WebhookConfig) -> Result<Self, SendError> {
        let url: Url = config.url.parse()?;
        if !config.allow_private {
            outgoing::check_url(&url)?;
        }
        let client = outgoing::client(Duration::from_secs(config.timeout_seconds), config.allow_private)?;
        let (timeout, allow_private) = (Duration::from_secs(config.timeout_seconds), config.allow_private);
        Ok(Self { client, url, secret: config.secret.clone(), timeout, allow_private })
    }

    pub(super) async fn probe(&self) -> Result<(), SendError> {
        knock(&self.url, self.timeout, self.allow_private).await
    }

    pub(super) async fn send(&self, message: &CodeMessage) -> Result<(), SendError> {
        let identity = format!("{}:{}:{}", message.mobile, message.code, message.sent_at);
        let body = serde_json::to_vec(&Body {
            mobile: &message.mobile,
            email: message.email.as_deref(),
            code: &message.code,
            expires_at: message.expires_at,
            id: hex::encode(sha256(identity.as_bytes())),
        })?;
        let signature = signature(self.secret.expose_secret(), message.sent_at, &body);
        let answer = self
            .client
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header(SIGNATURE_HEADER, signature)
            .body(body)
            .send()
            .await
            // The URL may hold a token of the operator's.
            .map_err(reqwest::Error::without_url)?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(format!("the gateway answered {status}").into()) }
    }
}

/// The signature of a body: HMAC-SHA256 of `<unix seconds>.<body>`, so that an old request cannot be replayed.
#[must_use]
pub fn signature(secret: &str, at: Timestamp, body: &[u8]) -> String {
    let seconds = at.0.div_euclid(1000);
    let mac = hmac_sha256(secret.as_bytes()).chain_update(format!("{seconds}.")).chain_update(body);
    format!("t={seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
}
