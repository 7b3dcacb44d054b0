//! Posting to webhooks: where they may lead, how a body is signed, and what is made of the answer.

pub mod body;
pub mod signing;

use crate::config::WebhooksConfig;
use crate::outgoing;
use reqwest::{Client, Response, Url, header};
use std::error::Error;
use std::time::Duration;
use types::error::FieldCode;
use types::limits::WEBHOOK_ANSWER_BYTES_MAX;
use types::validate::Fault;
use types::webhooks::WebhookFailure;

/// How long a program may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it may take to find out where a name leads before it is kept; it is asked again whenever something is sent.
const LOOK_UP_PATIENCE: Duration = Duration::from_secs(2);

/// Posts to webhooks.
#[derive(Debug)]
pub struct Webhooks {
    client: Client,
    allow_private: bool,
}

/// What is posted.
#[derive(Debug)]
pub(crate) struct Post {
    pub(crate) id: String,
    pub(crate) seconds: i64,
    pub(crate) signature: String,
    pub(crate) body: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    /// The answer's status, where there was one.
    pub(crate) status: Option<u16>,
    /// Why it has failed; absent when it has not.
    pub(crate) failure: Option<WebhookFailure>,
    /// The beginning of the answer.
    pub(crate) answer: Option<String>,
}

impl Answered {
    fn failed(failure: WebhookFailure) -> Self {
        Self { status: None, failure: Some(failure), answer: None }
    }
}

impl Webhooks {
    /// By these settings.
    ///
    /// # Errors
    /// When the TLS set-up fails.
    pub fn new(config: &WebhooksConfig) -> reqwest::Result<Self> {
        let client = outgoing::client(PATIENCE, config.allow_private)?;
        Ok(Self { client, allow_private: config.allow_private })
    }

    /// An address as far as it tells by itself.
    fn read(&self, url: &str) -> Result<Url, Fault> {
        let wrong = |detail| Fault::new(FieldCode::Wrong, detail);
        let url =
            Url::parse(url).map_err(|_not_one| Fault::new(FieldCode::InvalidFormat, "must be an https address"))?;
        if url.scheme() != "https" && !(self.allow_private && url.scheme() == "http") {
            return Err(Fault::new(FieldCode::InvalidFormat, "must be an https address"));
        }
        if !url.has_host() || !url.username().is_empty() || url.password().is_some() {
            return Err(Fault::new(FieldCode::InvalidFormat, "must have a host and no password"));
        }
        if !self.allow_private && outgoing::check_url(&url).is_err() {
            return Err(wrong("must lead to the public internet"));
        }
        Ok(url)
    }

    /// Whether an address may be kept. A name of which nothing is known now is: it is looked up again whenever something is sent.
    pub(crate) async fn check(&self, url: &str) -> Result<Url, Fault> {
        let url = self.read(url)?;
        if !self.allow_private && outgoing::leads_home(&url, LOOK_UP_PATIENCE).await {
            return Err(Fault::new(FieldCode::Wrong, "must lead to the public internet"));
        }
        Ok(url)
    }

    /// Posts it. The address is checked again: a setting, or where its name leads, may have changed since it was kept.
    pub(crate) async fn post(&self, url: &str, post: Post) -> Answered {
        let Ok(url) = self.read(url) else { return Answered::failed(WebhookFailure::PrivateAddress) };
        let sent = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", post.id)
            .header("webhook-timestamp", post.seconds)
            .header("webhook-signature", post.signature)
            .body(post.body)
            .send()
            .await;
        match sent {
            Ok(response) => read_answer(response).await,
            Err(error) => Answered::failed(failure(&error)),
        }
    }
}

fn failure(error: &reqwest::Error) -> WebhookFailure {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(at) = cause {
        if at.is::<outgoing::PrivateAddress>() {
            return WebhookFailure::PrivateAddress;
        }
        cause = at.source();
    }
    if error.is_timeout() { WebhookFailure::Timeout } else { WebhookFailure::Unreachable }
}

/// The status decides; of the body only the beginning is read, and none of it counts.
async fn read_answer(mut response: Response) -> Answered {
    let status = response.status();
    let mut read = Vec::new();
    while read.len() < WEBHOOK_ANSWER_BYTES_MAX {
        match response.chunk().await {
            Ok(Some(chunk)) => read.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    read.truncate(WEBHOOK_ANSWER_BYTES_MAX);
    // What no database stores is left out.
    let text = String::from_utf8_lossy(&read).replace('\0', "");
    Answered {
        status: Some(status.as_u16()),
        failure: (!status.is_success()).then_some(WebhookFailure::Status),
        answer: (!text.is_empty()).then_some(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_public_and_says_no_password() {
        crate::app::install_tls();
        let strict = Webhooks::new(&WebhooksConfig { allow_private: false }).unwrap();
        let open = Webhooks::new(&WebhooksConfig { allow_private: true }).unwrap();
        for wrong in [
            "http://crm.example/",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
            "https://169.254.169.254/latest",
            "https://user:pass@crm.example/",
            "https://",
        ] {
            assert!(strict.read(wrong).is_err(), "{wrong}");
        }
        assert!(strict.read("https://crm.example:8443/hook?of=parlor").is_ok());
        assert!(open.read("http://127.0.0.1:9/").is_ok() && open.read("ftp://crm.example/").is_err());
    }
}
