//! Delivery of verification codes: to the log, by email, or to the operator's own gateway.

mod console;
mod email;
mod webhook;

pub use console::ConsoleSender;
pub use email::EmailSender;
pub use webhook::{SIGNATURE_HEADER, WebhookSender, signature};

use crate::config::CodesConfig;
use std::error::Error;
use types::server_info::CodeDelivery;
use types::time::Timestamp;

/// A code on its way.
#[derive(Debug, Clone)]
pub struct CodeMessage {
    /// Whose number it verifies.
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
        })
    }

    /// How codes reach people.
    #[must_use]
    pub fn delivery(&self) -> CodeDelivery {
        match self {
            Self::Console(_) => CodeDelivery::Console,
            Self::Email(_) => CodeDelivery::Email,
            Self::Webhook(_) => CodeDelivery::Webhook,
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
        }
    }
}
