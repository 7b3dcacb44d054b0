//! Sends codes by SMTP.

use crate::config::{SmtpConfig, SmtpEncryption};
use crate::senders::{CodeMessage, SendError};
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use std::time::Duration;

/// Delivers by email.
#[derive(Debug)]
pub struct EmailSender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl EmailSender {
    pub(super) fn new(config: &SmtpConfig) -> Result<Self, SendError> {
        let tls = match config.encryption {
            SmtpEncryption::Starttls => Tls::Required(TlsParameters::new(config.host.clone())?),
            SmtpEncryption::Tls => Tls::Wrapper(TlsParameters::new(config.host.clone())?),
            SmtpEncryption::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .tls(tls)
            .timeout(Some(Duration::from_secs(config.timeout_seconds)));
        if !config.username.is_empty() {
            let password = config.password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(config.username.clone(), password));
        }
        Ok(Self { transport: builder.build(), from: config.from.parse()? })
    }

    /// Connects, says who we are and signs in, as for a mail.
    pub(super) async fn probe(&self) -> Result<(), SendError> {
        if self.transport.test_connection().await? { Ok(()) } else { Err("the mail server hung up".into()) }
    }

    pub(super) async fn send(&self, message: &CodeMessage) -> Result<(), SendError> {
        let to = message.email.as_deref().ok_or("no email address")?;
        let code = &message.code;
        let mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.parse()?))
            .subject(format!("{code} 是您的验证码 · Your verification code"))
            .header(ContentType::TEXT_PLAIN)
            .body(format!(
                "您的验证码是 {code}，5 分钟内有效，请勿告诉他人。如非本人操作，请忽略本邮件。\n\n\
                 Your verification code is {code}. It is good for 5 minutes; do not share it. If you did not ask for it, \
                 ignore this mail.\n"
            ))?;
        self.transport.send(mail).await?;
        Ok(())
    }
}
