//! The network: is the server where browsers are told to look for it, do codes find their way out, is there a translation.

use super::{Finding, with_causes};
use secrecy::ExposeSecret;
use server::config::Config;
use server::outgoing;
use server::senders::{self, CodeSender};
use server::translation::Translator;
use std::error::Error;
use std::time::Duration;
use types::id::MessageId;
use types::server_info::{CodeDelivery, ServerInfo};
use types::translation::Language;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(5);

/// What the settings tell without asking anybody.
pub(super) fn hints(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_local = config.public_url.contains("://localhost") || config.public_url.contains("://127.");
    if config.trusted_proxies.is_empty() && config.is_https() {
        findings.push(Finding::warning(
            "proxies",
            "public_url is https, so there is a proxy in front, but trusted_proxies is empty",
            "All visitors would share the proxy's address and its limits: name the proxy there.",
        ));
    } else if let Some(network) = config.trusted_proxies.iter().find(|network| network.holds_everything()) {
        findings.push(Finding::failed(
            "proxies",
            format!("trusted_proxies has {network}, which is everybody"),
            "Anybody could claim any address: name only the proxies themselves.",
        ));
    } else {
        findings.push(Finding::ok("proxies", format!("{} trusted", config.trusted_proxies.len())));
    }
    if !config.is_https() && !is_local {
        findings.push(Finding::warning(
            "encryption",
            "public_url is not https",
            "Passwords and conversations cross the network in the clear: put a proxy with a certificate in front.",
        ));
    }
    if config.codes.sender == CodeDelivery::Console && !is_local {
        findings.push(Finding::warning(
            "codes",
            "verification codes go to the log only",
            "Nobody but the operator can register: set codes.sender to email, webhook or aliyun if others should.",
        ));
    }
    findings
}

/// What takes a connection to find out.
pub(super) async fn look(config: &Config) -> Vec<Finding> {
    server::app::install_tls();
    let mut findings = vec![public_url(config).await];
    findings.extend(codes(config).await);
    findings.extend(mail(config).await);
    findings.extend(translation(config).await);
    findings
}

async fn public_url(config: &Config) -> Finding {
    let url = format!("{}/api/v1/server-info", config.public_url);
    let ask = async {
        let answer = outgoing::client(PATIENCE, true)?.get(&url).send().await?.error_for_status()?;
        let info: ServerInfo = serde_json::from_slice(&answer.bytes().await?)?;
        Ok::<_, Box<dyn Error>>(info)
    };
    let ours = env!("CARGO_PKG_VERSION");
    match ask.await {
        Ok(info) if info.version == ours => {
            Finding::ok("public url", format!("{} answers as Parlor {ours}", config.public_url))
        }
        Ok(info) => Finding::warning(
            "public url",
            format!("{} answers as Parlor {}, but this is {ours}", config.public_url, info.version),
            "Another installation answers there, or the server has not been restarted since the update.",
        ),
        Err(error) => Finding::warning(
            "public url",
            format!("{} does not answer as Parlor: {}", config.public_url, with_causes(&*error)),
            "Browsers are sent there. Is the server running, does the name lead here, does the proxy pass everything on?",
        ),
    }
}

async fn codes(config: &Config) -> Option<Finding> {
    if config.codes.sender == CodeDelivery::Console {
        return None;
    }
    let probed = match CodeSender::new(&config.codes) {
        Ok(sender) => sender.probe().await,
        Err(error) => Err(error),
    };
    Some(match probed {
        Ok(()) => Finding::ok("codes", "the way out of verification codes answers; nothing was sent"),
        Err(error) => Finding::failed(
            "codes",
            without_secrets(config, with_causes(&*error)),
            "Nobody can register: check codes.smtp, codes.webhook or codes.aliyun.",
        ),
    })
}

/// The mail server beside another sender of codes.
async fn mail(config: &Config) -> Option<Finding> {
    if config.codes.sender == CodeDelivery::Email {
        return None;
    }
    let probed = match senders::mail(&config.codes) {
        Ok(None) => return None,
        Ok(Some(mail)) => mail.probe().await,
        Err(error) => Err(error),
    };
    Some(match probed {
        Ok(()) => Finding::ok("mail", "the mail server answers; nothing was sent"),
        Err(error) => Finding::warning(
            "mail",
            without_secrets(config, with_causes(&*error)),
            "Forgotten passwords are not reset by email, and nobody is told of changes: check codes.smtp.",
        ),
    })
}

fn without_secrets(config: &Config, mut detail: String) -> String {
    for secret in [&config.codes.smtp.password, &config.codes.aliyun.access_key_secret] {
        if !secret.expose_secret().is_empty() {
            detail = detail.replace(secret.expose_secret(), "…");
        }
    }
    detail
}

/// One word tells whether the address, the key and what is paid for are right.
async fn translation(config: &Config) -> Option<Finding> {
    let translator = Translator::new(&config.translation).ok().filter(Translator::is_on)?;
    let asked = translator.translate(MessageId(Uuid::nil()), "Hello", Language::SimplifiedChinese).await;
    Some(match asked {
        Ok(_) => Finding::ok("translation", "the service has translated a word"),
        Err(error) => Finding::warning(
            "translation",
            with_causes(&error),
            "Agents cannot have messages translated: check translation.url and translation.api_key.",
        ),
    })
}
