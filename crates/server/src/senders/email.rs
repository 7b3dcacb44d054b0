//! Sends codes by SMTP.

use crate::config::{SmtpConfig, SmtpEncryption};
use crate::senders::{CodeMessage, Notice, SendError};
use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
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
            SmtpEncryption::Starttls => Tls::Required(tls_parameters(config)?),
            SmtpEncryption::Tls => Tls::Wrapper(tls_parameters(config)?),
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
    ///
    /// # Errors
    /// Why it does not.
    pub async fn probe(&self) -> Result<(), SendError> {
        if self.transport.test_connection().await? { Ok(()) } else { Err("the mail server hung up".into()) }
    }

    pub(crate) async fn send(&self, message: &CodeMessage) -> Result<(), SendError> {
        let to = message.email.as_deref().ok_or("no email address")?;
        let code = &message.code;
        let mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.parse()?))
            .subject(format!("{code} 是您的验证码 · Your verification code"))
            .header(ContentType::TEXT_PLAIN)
            .body(format!(
                "您的验证码是 {code}，5 分钟内有效，请勿告诉他人。如非本人操作，请忽略本邮件。\n\n\
                 Your verification code is {code}. It is valid for 5 minutes; do not share it. If you did not ask for it, \
                 ignore this mail.\n"
            ))?;
        self.transport.send(mail).await?;
        Ok(())
    }

    /// Tells the owner of an account what has happened to it.
    pub(crate) async fn notify(&self, to: &str, notice: Notice, account: &str) -> Result<(), SendError> {
        let mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.parse()?))
            .subject(notice.subject())
            .header(ContentType::TEXT_PLAIN)
            .body(notice.text(account))?;
        self.transport.send(mail).await?;
        Ok(())
    }
}

/// Whom a TLS connection trusts.
fn tls_parameters(config: &SmtpConfig) -> Result<TlsParameters, SendError> {
    let mut builder = TlsParameters::builder(config.host.clone());
    if !config.ca_file.as_os_str().is_empty() {
        let mut found = false;
        for certificate in CertificateDer::pem_file_iter(&config.ca_file)? {
            builder = builder.add_root_certificate(Certificate::from_der(certificate?.to_vec())?);
            found = true;
        }
        if !found {
            return Err(format!("{} holds no certificate", config.ca_file.display()).into());
        }
    }
    Ok(builder.build()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parses(address: &str) -> bool {
        address.parse::<lettre::Address>().is_ok()
    }

    #[test]
    fn a_root_file_without_certificates_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let ca_file = folder.path().join("roots.pem");
        std::fs::write(&ca_file, "no certificate").unwrap();
        let mut config = crate::config::load(None).unwrap().config.codes.smtp;
        config.ca_file = ca_file;
        config.host = "mail.example.com".to_owned();
        let refused = tls_parameters(&config).err().unwrap().to_string();
        assert!(refused.ends_with("roots.pem holds no certificate"), "{refused}");
    }

    proptest! {
        // What a form lets through must not come back later as a failure of the mail server.
        #[test]
        fn every_address_that_passes_the_check_can_be_written_to(
            address in "[a-z0-9中.!#'*+/=?^_`{|}~\\[\\]:@ \\\\-]{1,12}@[a-z0-9中é.-]{1,12}\\.[a-z中]{1,3}"
        ) {
            prop_assert!(types::validate::email(&address).is_err() || parses(&address), "{}", address);
        }
    }
}
