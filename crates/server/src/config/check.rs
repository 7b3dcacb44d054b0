//! Puts the layers together and checks them as a whole: every wrong setting is named at once.

use super::origin::{meant, places, variable};
use super::{Config, LimitsConfig, Loaded, SmtpEncryption, SocketLimits};
use figment::providers::{Format, Toml};
use figment::value::{Dict, Value};
use figment::{Figment, Provider};
use secrecy::ExposeSecret;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use types::server_info::CodeDelivery;

/// One setting from the environment.
pub(super) struct Setting {
    /// Its key, levels joined by dots.
    pub(super) key: String,
    /// Its value as written.
    pub(super) value: String,
    /// The variable's name.
    pub(super) origin: String,
}

/// One wrong setting.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    key: String,
    detail: String,
    /// The file with its line, or the variable; empty where there is none to name.
    origin: String,
}

/// Settings whose values are never repeated, not even when they are wrong.
const SECRETS: [&str; 10] = [
    "secret_key",
    "previous_secret_key",
    "database.url",
    "redis.url",
    "uploads.s3.secret_access_key",
    "codes.smtp.password",
    "codes.webhook.secret",
    "codes.aliyun.access_key_secret",
    "translation.api_key",
    "metrics.token",
];

/// The configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    faults: Vec<Fault>,
}

impl ConfigError {
    /// A single wrong setting.
    #[must_use]
    pub fn one(key: &str, detail: impl Into<String>) -> Self {
        Self { faults: vec![Fault { key: key.to_owned(), detail: detail.into(), origin: String::new() }] }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is wrong:")?;
        for fault in &self.faults {
            write!(f, "\n  {}: {}", fault.key, fault.detail)?;
            if !fault.origin.is_empty() {
                write!(f, " ({})", fault.origin)?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// The layers as one configuration.
pub(super) fn collect(defaults: &str, file: Option<&Path>, env: Vec<Setting>) -> Result<Loaded, ConfigError> {
    let base = Figment::from(Toml::string(defaults));
    let known = leaves(&base).map_err(|error| ConfigError::one("defaults", error.to_string()))?;
    let mut faults = Vec::new();
    let mut ignored = Vec::new();
    let mut given: Vec<(String, Value, String)> = Vec::new();

    if let Some(path) = file {
        if !path.is_file() {
            return Err(ConfigError::one("--config", format!("no such file: {}", path.display())));
        }
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::one("--config", format!("{}: {error}", path.display())))?;
        let from_file = leaves(&Figment::from(Toml::string(&text)))
            .map_err(|error| ConfigError::one(&path.display().to_string(), error.to_string()))?;
        let places = places(path, &text);
        for (key, value) in from_file {
            let origin = places.get(&key).cloned().unwrap_or_else(|| path.display().to_string());
            if known.contains_key(&key) {
                given.push((key, value, origin));
            } else {
                let hint = meant(&key, known.keys().map(String::as_str));
                let detail = match hint {
                    Some(name) => format!("is not a setting; did you mean {name}?"),
                    None => "is not a setting".to_owned(),
                };
                faults.push(Fault { key, detail, origin });
            }
        }
    }
    for Setting { key, value, origin } in env {
        match known.get(&key) {
            // A password of digits is still a text, so only what is no text by default is parsed.
            Some(Value::String(..)) => given.push((key, Value::from(value), origin)),
            Some(_) => match value.parse() {
                Ok(parsed) => given.push((key, parsed, origin)),
                Err(never) => match never {},
            },
            // An environment is shared, and others put names with our prefix into it (Kubernetes names every service's
            // address so). Only what looks like a misspelt setting is refused.
            None => match meant(&key, known.keys().map(String::as_str)) {
                Some(name) => {
                    let detail = format!("is not a setting; did you mean {}?", variable(name));
                    faults.push(Fault { key: origin, detail, origin: "environment".to_owned() });
                }
                None => ignored.push(origin),
            },
        }
    }

    // Each setting is tried alone upon the defaults, so that one wrong setting does not hide the next.
    let mut merged = base.clone();
    let mut origins = BTreeMap::new();
    for (key, value, origin) in given {
        match base.clone().merge((key.as_str(), &value)).extract::<Config>() {
            Ok(_) => {
                merged = merged.merge((key.as_str(), &value));
                origins.insert(key, origin);
            }
            Err(_) if SECRETS.contains(&key.as_str()) => {
                faults.push(Fault { key, detail: "must be a text in quotes".to_owned(), origin });
            }
            Err(error) => faults.push(Fault { key, detail: error.kind.to_string(), origin }),
        }
    }
    let mut config: Config = merged.extract().map_err(|error| ConfigError::one("defaults", error.to_string()))?;
    config.public_url.truncate(config.public_url.trim_end_matches('/').len());
    faults.extend(check(&config).into_iter().map(|(key, detail)| {
        let origin = origins.get(key).cloned().unwrap_or_else(|| format!("not set; {}", variable(key)));
        Fault { key: key.to_owned(), detail, origin }
    }));
    if faults.is_empty() { Ok(Loaded { config, ignored }) } else { Err(ConfigError { faults }) }
}

/// Every setting of a layer by its full key.
fn leaves(figment: &Figment) -> Result<BTreeMap<String, Value>, Box<figment::Error>> {
    fn walk(prefix: &str, dict: &Dict, found: &mut BTreeMap<String, Value>) {
        for (name, value) in dict {
            let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            match value {
                Value::Dict(_, inner) => walk(&key, inner, found),
                other => {
                    found.insert(key, other.clone());
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    for dict in figment.data().map_err(Box::new)?.values() {
        walk("", dict, &mut found);
    }
    Ok(found)
}

/// What no type can say: ranges, and settings that need each other.
fn check(config: &Config) -> Vec<(&'static str, String)> {
    let mut faults = Vec::new();
    let mut need = |holds: bool, key: &'static str, detail: &str| {
        if !holds {
            faults.push((key, detail.to_owned()));
        }
    };

    let host = config.public_url.strip_prefix("http://").or_else(|| config.public_url.strip_prefix("https://"));
    need(
        host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', '"', '\'', '<', ' ', ';'])),
        "public_url",
        "must be like https://chat.example.com, without a path",
    );
    let site = config.site_url.as_str();
    need(
        site.is_empty() || site.starts_with("https://") || site.starts_with("http://"),
        "site_url",
        "must begin with https:// or http://",
    );
    let secret = config.secret_key.expose_secret();
    need(secret.is_empty() || secret.len() >= 32, "secret_key", "must have at least 32 characters");
    let previous = config.previous_secret_key.expose_secret();
    need(previous.is_empty() || previous.len() >= 32, "previous_secret_key", "must have at least 32 characters");
    need(!config.data_dir.as_os_str().is_empty(), "data_dir", "must not be empty");
    need(config.shutdown_seconds <= 600, "shutdown_seconds", "must be at most 600");
    need(config.drain_seconds <= 600, "drain_seconds", "must be at most 600");
    need(config.workers <= 1024, "workers", "must be at most 1024");

    let metrics = &config.metrics;
    let token = metrics.token.expose_secret();
    need(token.is_empty() || token.len() >= 16, "metrics.token", "must have at least 16 characters");
    need(
        metrics.listen.is_empty() || metrics.listen_address().is_some(),
        "metrics.listen",
        "must be an address and port like 127.0.0.1:9464",
    );
    need(
        metrics.listen_address().is_none_or(|address| address.ip().is_loopback()) || !token.is_empty(),
        "metrics.listen",
        "must be an address of this machine itself (127.0.0.1) unless metrics.token is set",
    );

    let url = config.database.url.expose_secret();
    need(
        url.is_empty() || ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)),
        "database.url",
        "must begin with sqlite: or postgres://",
    );
    need((1..=1000).contains(&config.database.read_connections), "database.read_connections", "must be from 1 to 1000");
    need((1..=1_000_000).contains(&config.database.write_queue), "database.write_queue", "must be from 1 to 1000000");
    need((1..=10_000).contains(&config.database.write_batch), "database.write_batch", "must be from 1 to 10000");

    need(config.redis.is_valid(), "redis.url", "must be like redis://host:6379 or rediss://:password@host:6380");

    let registration = &config.registration;
    need(registration.challenge_bits <= 24, "registration.challenge_bits", "must be at most 24");
    need(registration.codes_per_mobile_per_day > 0, "registration.codes_per_mobile_per_day", "must be at least 1");
    need(registration.codes_per_ip_per_day > 0, "registration.codes_per_ip_per_day", "must be at least 1");

    let LimitsConfig { login_failures_per_account, login_failures_per_ip, .. } = config.limits;
    for (key, rate) in [
        ("limits.requests_per_minute", config.limits.requests_per_minute),
        ("limits.token_requests_per_minute", config.limits.token_requests_per_minute),
        ("limits.visitor_requests_per_ip_per_minute", config.limits.visitor_requests_per_ip_per_minute),
        ("limits.new_visitors_per_ip_per_minute", config.limits.new_visitors_per_ip_per_minute),
        ("limits.visitor_messages_per_minute", config.limits.visitor_messages_per_minute),
        ("limits.visitor_uploads_per_ip_per_minute", config.limits.visitor_uploads_per_ip_per_minute),
        ("limits.visitor_upload_megabytes_per_ip_per_hour", config.limits.visitor_upload_megabytes_per_ip_per_hour),
        ("limits.file_requests_per_ip_per_minute", config.limits.file_requests_per_ip_per_minute),
        ("limits.visitor_messages_per_10_seconds", config.limits.visitor_messages_per_10_seconds),
        ("limits.agent_messages_per_10_seconds", config.limits.agent_messages_per_10_seconds),
        ("limits.translations_per_agent_per_minute", config.limits.translations_per_agent_per_minute),
        ("limits.socket_frames_per_10_seconds", config.limits.socket_frames_per_10_seconds),
    ] {
        need(rate > 0, key, "must be at least 1");
    }
    need(
        (1..=1000).contains(&login_failures_per_account),
        "limits.login_failures_per_account",
        "must be from 1 to 1000",
    );
    need((1..=1000).contains(&login_failures_per_ip), "limits.login_failures_per_ip", "must be from 1 to 1000");

    let SocketLimits { per_visitor, per_session, per_ip } = config.limits.sockets;
    for (key, most) in [
        ("limits.sockets.per_visitor", per_visitor),
        ("limits.sockets.per_session", per_session),
        ("limits.sockets.per_ip", per_ip),
    ] {
        need((1..=1_000_000).contains(&most), key, "must be from 1 to 1000000");
    }

    need((1..=4096).contains(&config.uploads.max_megabytes), "uploads.max_megabytes", "must be from 1 to 4096");

    let s3 = &config.uploads.s3;
    if !s3.bucket.is_empty() {
        let web_address = |url: &str| {
            reqwest::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        };
        need(
            s3.endpoint.is_empty() || web_address(&s3.endpoint),
            "uploads.s3.endpoint",
            "must be an http or https address",
        );
        need(!s3.region.is_empty(), "uploads.s3.region", "is needed with a bucket");
        need(!s3.access_key_id.is_empty(), "uploads.s3.access_key_id", "is needed with a bucket");
        need(
            !s3.secret_access_key.expose_secret().is_empty(),
            "uploads.s3.secret_access_key",
            "is needed with a bucket",
        );
    }

    // One file of the largest size should get through.
    need(
        config.limits.visitor_upload_megabytes_per_ip_per_hour >= config.uploads.max_megabytes,
        "limits.visitor_upload_megabytes_per_ip_per_hour",
        "must be at least uploads.max_megabytes",
    );

    let smtp = &config.codes.smtp;
    need(
        config.codes.sender != CodeDelivery::Email || !smtp.host.is_empty(),
        "codes.smtp.host",
        "is needed by the email sender",
    );
    // Codes for forgotten passwords and notices go by it as well, whatever the sender of registration codes is.
    if config.codes.sender == CodeDelivery::Email || !smtp.host.is_empty() {
        need(smtp.from.parse::<lettre::message::Mailbox>().is_ok(), "codes.smtp.from", "must be an email address");
        need((1..=120).contains(&smtp.timeout_seconds), "codes.smtp.timeout_seconds", "must be from 1 to 120");
        need(
            smtp.encryption != SmtpEncryption::None || smtp.password.expose_secret().is_empty(),
            "codes.smtp.encryption",
            "must not be none when a password is sent",
        );
    }
    let webhook = &config.codes.webhook;
    if config.codes.sender == CodeDelivery::Webhook {
        need(
            reqwest::Url::parse(&webhook.url)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()),
            "codes.webhook.url",
            "must be an http or https address",
        );
        need(webhook.secret.expose_secret().len() >= 16, "codes.webhook.secret", "must have at least 16 characters");
        need((1..=120).contains(&webhook.timeout_seconds), "codes.webhook.timeout_seconds", "must be from 1 to 120");
    }

    if config.codes.sender == CodeDelivery::Aliyun {
        for (holds, key, detail) in config.codes.aliyun.needs() {
            need(holds, key, detail);
        }
    }

    for (holds, key, detail) in config.translation.needs() {
        need(holds, key, detail);
    }

    let contact = &config.push.contact;
    need(
        contact.is_empty() || contact.starts_with("mailto:") || contact.starts_with("https://"),
        "push.contact",
        "must begin with mailto: or https://",
    );

    for (key, path) in [
        ("codes.smtp.ca_file", &config.codes.smtp.ca_file),
        ("geo.maxmind_file", &config.geo.maxmind_file),
        ("geo.ip2region_file", &config.geo.ip2region_file),
    ] {
        need(path.as_os_str().is_empty() || path.is_file(), key, "no such file");
    }
    let folder = &config.legal.folder;
    need(folder.as_os_str().is_empty() || folder.is_dir(), "legal.folder", "no such folder");
    need(
        config.log.filter.parse::<tracing_subscriber::EnvFilter>().is_ok(),
        "log.filter",
        "is not a filter as in RUST_LOG",
    );
    faults
}
