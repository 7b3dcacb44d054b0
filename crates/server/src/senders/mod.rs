//! Delivery of verification codes: to the log, by email, by text message, or to the operator's own gateway; and of notices by email.

mod aliyun;
mod console;
mod email;
mod notices;
mod webhook;

pub use aliyun::AliyunSender;
pub use console::ConsoleSender;
pub use email::EmailSender;
pub use notices::Notice;
pub use webhook::{SIGNATURE_HEADER, WebhookSender, signature};

use crate::config::CodesConfig;
use crate::outgoing;
use reqwest::Url;
use std::error::Error;
use std::time::Duration;
use types::password_reset::ResetBy;
use types::server_info::CodeDelivery;
use types::time::Timestamp;

/// A code on its way.
#[derive(Debug, Clone)]
pub struct CodeMessage {
    /// Whose number it verifies; empty where it goes to an email address alone.
    pub mobile: String,
    /// Their email address, where given.
    pub email: Option<String>,
    /// The code.
    pub code: String,
    /// When it was made.
    pub sent_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// Why a code could not be delivered. For the log; callers learn only that it was not.
pub type SendError = Box<dyn Error + Send + Sync>;

/// The configured way of delivery.
#[derive(Debug)]
pub enum CodeSender {
    /// To the server's log.
    Console(ConsoleSender),
    /// By email.
    Email(EmailSender),
    /// To the operator's own gateway.
    Webhook(WebhookSender),
    /// By text message, through Aliyun.
    Aliyun(AliyunSender),
}

impl CodeSender {
    /// The sender that the settings choose.
    ///
    /// # Errors
    /// When its settings cannot be used.
    pub fn new(config: &CodesConfig) -> Result<Self, SendError> {
        Ok(match config.sender {
            CodeDelivery::Console => Self::Console(ConsoleSender::default()),
            CodeDelivery::Email => Self::Email(EmailSender::new(&config.smtp)?),
            CodeDelivery::Webhook => Self::Webhook(WebhookSender::new(&config.webhook)?),
            CodeDelivery::Aliyun => Self::Aliyun(AliyunSender::new(&config.aliyun)?),
        })
    }

    /// How codes reach people.
    #[must_use]
    pub fn delivery(&self) -> CodeDelivery {
        match self {
            Self::Console(_) => CodeDelivery::Console,
            Self::Email(_) => CodeDelivery::Email,
            Self::Webhook(_) => CodeDelivery::Webhook,
            Self::Aliyun(_) => CodeDelivery::Aliyun,
        }
    }

    /// Whether the service behind it takes connections; sends nothing.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn probe(&self) -> Result<(), SendError> {
        match self {
            Self::Console(_) => Ok(()),
            Self::Email(sender) => sender.probe().await,
            Self::Webhook(sender) => sender.probe().await,
            Self::Aliyun(sender) => sender.probe().await,
        }
    }

    /// Delivers a code: one attempt, because the person who waits for it can ask again.
    ///
    /// # Errors
    /// When the service behind it refused or did not answer.
    pub async fn send(&self, message: &CodeMessage) -> Result<(), SendError> {
        match self {
            Self::Console(sender) => {
                sender.send(message);
                Ok(())
            }
            Self::Email(sender) => sender.send(message).await,
            Self::Webhook(sender) => sender.send(message).await,
            Self::Aliyun(sender) => sender.send(message).await,
        }
    }
}

/// The mail server, wherever the settings name one: also where registration codes go another way.
///
/// # Errors
/// When its settings cannot be used.
pub fn mail(config: &CodesConfig) -> Result<Option<EmailSender>, SendError> {
    if config.smtp.host.is_empty() { Ok(None) } else { EmailSender::new(&config.smtp).map(Some) }
}

/// By which of their addresses people get a code who have forgotten their password.
#[must_use]
pub fn reset_ways(codes: &CodeSender, mail: Option<&EmailSender>) -> Vec<ResetBy> {
    let by_mobile = !matches!(codes, CodeSender::Email(_));
    let by_email = mail.is_some() || matches!(codes, CodeSender::Console(_));
    let ways = [(ResetBy::Mobile, by_mobile), (ResetBy::Email, by_email)];
    ways.into_iter().filter(|(_, is_there)| *is_there).map(|(way, _)| way).collect()
}

/// Connects to an address's port and hangs up: anything that is said might count as a delivery.
async fn knock(url: &Url, timeout: Duration, allow_private: bool) -> Result<(), SendError> {
    let host = url.host_str().ok_or("the address names no host")?;
    let port = url.port_or_known_default().ok_or("the address names no port")?;
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let mut refused: SendError = format!("{name} has no address").into();
    for address in tokio::net::lookup_host((name, port)).await? {
        if !allow_private && !outgoing::is_public(address.ip()) {
            refused = format!("{} is not on the public internet", address.ip()).into();
            continue;
        }
        match tokio::time::timeout(timeout, tokio::net::TcpStream::connect(address)).await {
            Ok(Ok(_connection)) => return Ok(()),
            Ok(Err(error)) => refused = error.into(),
            Err(elapsed) => refused = elapsed.into(),
        }
    }
    Err(refused)
}
