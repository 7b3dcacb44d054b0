//! Web Push: who this server is to push services, how it encrypts, and how it sends (RFC 8030).
//!
//! Whom it tells of what, `actions::pushing` decides.

mod arrivals;
mod encryption;
mod vapid;

pub use arrivals::{Arrivals, Said};
pub use encryption::{EncryptionError, Fresh, PLAIN_MAX, Recipient, SALT_BYTES, encrypt};
pub use vapid::Vapid;

use crate::auth::signing::Key;
use crate::config::Config;
use crate::ids::Ids;
use crate::outgoing;
use actix_web::http::header::HttpDate;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::SecretKey;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};
use types::id::ConversationId;
use types::time::Timestamp;

/// How long a push service may take to answer.
const TIMEOUT: Duration = Duration::from_secs(15);
/// What is pushed is filled up to a multiple of so many bytes: its length tells little of what it says.
const PADDING: usize = 256;

/// Sends to push services.
pub struct WebPush {
    vapid: Vapid,
    /// Made when it is first needed: most of the time that a server takes to start would be this.
    client: OnceLock<Client>,
    /// Names conversations to push services, which learn nothing by it.
    topics: Key,
    /// Whether addresses on this machine are taken: in development.
    allow_local: bool,
    ids: Ids,
}

/// Why an address is none that is pushed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an https address on the public internet")]
pub struct BadEndpoint;

/// What is pushed, to whom, and until when it is of use.
#[derive(Debug, Clone, Copy)]
pub struct Push<'a> {
    /// The push service's address for the browser.
    pub endpoint: &'a Url,
    /// The browser.
    pub recipient: &'a Recipient,
    /// What is said.
    pub plain: &'a [u8],
    /// What it is about: a newer push takes the place of an older one that was not delivered yet.
    pub conversation_id: ConversationId,
    /// Whether it tells of a note, which takes no message's place.
    pub is_note: bool,
    /// For how many seconds the service keeps it for a browser that is not there.
    pub ttl_seconds: i64,
}

/// What a push service made of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken.
    Sent,
    /// There is no such subscription any more.
    Gone,
    /// Not now. After so many seconds, where the service says so.
    Later(Option<i64>),
    /// It was refused, and would be again: with this status, or none where it never left.
    Refused(Option<u16>),
}

impl WebPush {
    /// A sender under the server's key.
    #[must_use]
    pub fn new(config: &Config, key: &Key, ids: Ids) -> Self {
        let contact = match config.push.contact.as_str() {
            "" if config.is_https() => config.public_url.clone(),
            // Nobody is pushed to from here but in development.
            "" => "mailto:parlor@localhost".to_owned(),
            given => given.to_owned(),
        };
        let allow_local = config.development;
        Self {
            vapid: Vapid::derive(key, contact),
            client: OnceLock::new(),
            topics: key.derive("topic"),
            allow_local,
            ids,
        }
    }

    fn client(&self) -> reqwest::Result<&Client> {
        match self.client.get() {
            Some(client) => Ok(client),
            // Two at the same moment make one too many, which goes.
            None => outgoing::client(TIMEOUT, self.allow_local).map(|made| self.client.get_or_init(|| made)),
        }
    }

    /// The public key that browsers subscribe with.
    #[must_use]
    pub fn public_key(&self) -> &str {
        self.vapid.public_key()
    }

    /// A push service's address.
    ///
    /// # Errors
    /// When it is not one of https on the public internet. In development it may also be this machine's, without TLS.
    pub fn endpoint(&self, text: &str) -> Result<Url, BadEndpoint> {
        let url = Url::parse(text).map_err(|_no_address| BadEndpoint)?;
        let local = self.allow_local && matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let plain_name = url.username().is_empty() && url.password().is_none() && url.host_str().is_some();
        let allowed = local || (url.scheme() == "https" && outgoing::check_url(&url).is_ok());
        if allowed && plain_name && matches!(url.scheme(), "https" | "http") { Ok(url) } else { Err(BadEndpoint) }
    }

    /// Sends, once.
    pub async fn send(&self, push: Push<'_>, now: Timestamp) -> Outcome {
        let padded = push.plain.len().div_ceil(PADDING).saturating_mul(PADDING).min(PLAIN_MAX);
        let Ok(body) = encrypt(push.recipient, &self.fresh(), push.plain, padded) else {
            return Outcome::Refused(None);
        };
        let id = push.conversation_id.0.as_bytes();
        let topic = if push.is_note { self.topics.sign(&[&id[..], b"note"].concat()) } else { self.topics.sign(id) };
        let client = match self.client() {
            Ok(client) => client,
            Err(error) => {
                tracing::error!(%error, "no client for push services can be made");
                return Outcome::Later(None);
            }
        };
        let answer = client
            .post(push.endpoint.clone())
            .header(AUTHORIZATION, self.vapid.authorization(push.endpoint, now))
            .header(CONTENT_ENCODING, "aes128gcm")
            .header(CONTENT_TYPE, "application/octet-stream")
            .header("ttl", push.ttl_seconds.max(0))
            // Somebody waits for an answer.
            .header("urgency", "high")
            // At most 32 characters of base64url: section 5.4.
            .header("topic", URL_SAFE_NO_PAD.encode(topic.get(..24).unwrap_or(&topic)))
            .body(body)
            .send()
            .await;
        match answer {
            Ok(answer) => outcome(answer.status(), answer.headers(), now),
            Err(error) if error.is_builder() => Outcome::Refused(None),
            Err(_unreachable) => Outcome::Later(None),
        }
    }

    fn fresh(&self) -> Fresh {
        loop {
            // Nearly every 32 bytes are a key.
            if let Ok(key) = SecretKey::from_slice(&self.ids.bytes::<32>()) {
                return Fresh { key, salt: self.ids.bytes() };
            }
        }
    }
}

fn outcome(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Outcome {
    match status.as_u16() {
        200..=299 => Outcome::Sent,
        404 | 410 => Outcome::Gone,
        408 | 429 | 500..=599 => Outcome::Later(retry_after(headers, now)),
        other => Outcome::Refused(Some(other)),
    }
}

/// The seconds of a `Retry-After` header, which has them or a date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<i64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(seconds.into());
    }
    let at = SystemTime::from(text.parse::<HttpDate>().ok()?).duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let seconds = i64::try_from(at.as_secs()).ok()?.saturating_sub(now.0.div_euclid(1000));
    Some(seconds.max(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use reqwest::header::HeaderValue;
    use std::sync::Arc;

    fn web_push(development: bool) -> WebPush {
        let mut config = crate::config::load(None).unwrap().config;
        config.development = development;
        WebPush::new(&config, &Key::from_secret(b"secret"), Ids::from_seed(Arc::new(SystemClock), 1))
    }

    #[test]
    fn only_public_https_addresses_are_pushed_to_and_in_development_this_machine_too() {
        let (strict, development) = (web_push(false), web_push(true));
        for right in ["https://fcm.googleapis.com/fcm/send/abc", "https://updates.push.services.mozilla.com/wpush/v2/x"]
        {
            assert!(strict.endpoint(right).is_ok() && development.endpoint(right).is_ok(), "{right}");
        }
        for local in ["http://127.0.0.1:9000/push", "http://localhost:9000/push", "https://[::1]/push"] {
            assert!(strict.endpoint(local).is_err() && development.endpoint(local).is_ok(), "{local}");
        }
        for wrong in [
            "http://push.example/",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest",
            "https://user@push.example/",
            "https://",
            "file:///etc/passwd",
            "push.example",
        ] {
            assert!(strict.endpoint(wrong).is_err() && development.endpoint(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_a_service_answers_says_what_to_do() {
        let now = Timestamp(784_111_777_000 - 60_000);
        let of = |status: u16, after: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(after) = after {
                headers.insert(RETRY_AFTER, HeaderValue::from_static(after));
            }
            outcome(StatusCode::from_u16(status).unwrap(), &headers, now)
        };
        assert_eq!([200, 201, 202].map(|status| of(status, None)), [Outcome::Sent; 3]);
        assert_eq!([404, 410].map(|status| of(status, None)), [Outcome::Gone; 2]);
        assert_eq!(of(429, Some("120")), Outcome::Later(Some(120)));
        assert_eq!(of(503, Some("Sun, 06 Nov 1994 08:49:37 GMT")), Outcome::Later(Some(60)));
        assert_eq!(of(500, Some("soon")), Outcome::Later(None));
        assert_eq!(
            [400, 403, 413].map(|status| of(status, None)),
            [400, 403, 413].map(|status| Outcome::Refused(Some(status)))
        );
    }
}
