//! Configuration: documented defaults, then a file, then the environment; checked as a whole before anything starts.

mod aliyun;
mod check;
mod load;
mod network;
mod origin;
mod redis;
mod secret;
mod translation;
mod uploads;
mod webhooks;

pub use aliyun::AliyunConfig;
pub use check::ConfigError;
pub use load::{DEFAULTS, Loaded, load};
pub use network::Network;
pub use redis::RedisConfig;
pub use secret::{SECRET_FILE, load_or_create_secret, make_data_dir};
pub use translation::{TranslationConfig, TranslationProvider};
pub use uploads::{S3Config, UploadsConfig};
pub use webhooks::WebhooksConfig;

use secrecy::SecretString;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;
use types::server_info::CodeDelivery;

/// Every setting. `parlor.default.toml` documents each.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// The address under which browsers reach this server, without a slash at its end.
    pub public_url: String,
    /// The product's own site; empty: `public_url`.
    pub site_url: String,
    /// Folder for the embedded database and the secret key.
    pub data_dir: PathBuf,
    /// The secret from which all signing keys are derived; empty: kept in a file.
    pub secret_key: SecretString,
    /// The secret before, while what was encrypted under it is still in the database; empty: none.
    pub previous_secret_key: SecretString,
    /// Shows the codes of the `console` sender on a page of their own.
    pub development: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Worker threads for HTTP; 0: one per core.
    pub workers: usize,
    /// Seconds between readiness turning false and the beginning of the end.
    pub drain_seconds: u64,
    /// Seconds that sockets, open requests and queued writes get to finish at the end.
    pub shutdown_seconds: u64,
    /// The database.
    pub database: DatabaseConfig,
    /// What several servers of one installation share.
    pub redis: RedisConfig,
    /// Registration.
    pub registration: RegistrationConfig,
    /// Rate limits.
    pub limits: LimitsConfig,
    /// Uploaded files.
    pub uploads: UploadsConfig,
    /// Delivery of verification codes.
    pub codes: CodesConfig,
    /// The legal pages.
    pub legal: LegalConfig,
    /// Web Push.
    pub push: PushConfig,
    /// Translating messages.
    pub translation: TranslationConfig,
    /// Webhooks.
    pub webhooks: WebhooksConfig,
    /// Regions of addresses.
    pub geo: GeoConfig,
    /// Logging.
    pub log: LogConfig,
    /// Metrics.
    pub metrics: MetricsConfig,
}

/// The database.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    /// Its URL, which may hold a password; empty: SQLite in the data folder.
    pub url: SecretString,
    /// Connections for reading.
    pub read_connections: u32,
    /// Writes that may wait.
    pub write_queue: usize,
    /// Most writes of one transaction.
    pub write_batch: usize,
}

/// Registration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationConfig {
    /// Leading zero bits of the proof of work.
    pub challenge_bits: u8,
    /// Codes per mobile number in 24 hours.
    pub codes_per_mobile_per_day: u32,
    /// Codes per client address in 24 hours.
    pub codes_per_ip_per_day: u32,
}

/// Rate limits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsConfig {
    /// Requests per minute of one identity.
    pub requests_per_minute: u32,
    /// Requests per minute of one API token, counted by all servers together.
    pub token_requests_per_minute: u32,
    /// Requests per minute of all visitors and host pages at one address.
    pub visitor_requests_per_ip_per_minute: u32,
    /// New visitors per minute from one address.
    pub new_visitors_per_ip_per_minute: u32,
    /// Messages per minute of one visitor.
    pub visitor_messages_per_minute: u32,
    /// Files per minute that all visitors at one address upload.
    pub visitor_uploads_per_ip_per_minute: u32,
    /// Megabytes of them per hour.
    pub visitor_upload_megabytes_per_ip_per_hour: u32,
    /// Requests for files per minute from one address.
    pub file_requests_per_ip_per_minute: u32,
    /// Messages that a visitor's socket takes at once, and again in every further 10 seconds.
    pub visitor_messages_per_10_seconds: u32,
    /// The same of an agent's, who talks to many.
    pub agent_messages_per_10_seconds: u32,
    /// Translations per minute that one agent asks the service for.
    pub translations_per_agent_per_minute: u32,
    /// Frames of any kind, protocol pings among them, that a socket takes in 10 seconds.
    pub socket_frames_per_10_seconds: u32,
    /// Wrong passwords for one account in 15 minutes.
    pub login_failures_per_account: u32,
    /// Wrong passwords from one address in 15 minutes.
    pub login_failures_per_ip: u32,
    /// Wrong passwords for one account after which strangers have to bring a proof of work.
    pub login_failures_before_proof: u32,
    /// The same, from one address.
    pub login_failures_before_proof_per_ip: u32,
    /// Open sockets.
    pub sockets: SocketLimits,
}

/// How many sockets may be open at a time.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SocketLimits {
    /// Of one visitor: every tab with the chat open has one.
    pub per_visitor: usize,
    /// Of one agent's sign-in on one device: every tab has one.
    pub per_session: usize,
    /// From one address (of IPv6 one /64), agents and visitors together.
    pub per_ip: usize,
}

/// Delivery of verification codes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodesConfig {
    /// How codes reach people.
    pub sender: CodeDelivery,
    /// The mail server, for `email`.
    pub smtp: SmtpConfig,
    /// The operator's own gateway, for `webhook`.
    pub webhook: WebhookConfig,
    /// The short message service, for `aliyun`.
    pub aliyun: AliyunConfig,
}

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpEncryption {
    /// Plain at first, then TLS; refused when the server does not offer it.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// Not at all.
    None,
}

/// A mail server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub encryption: SmtpEncryption,
    /// Certificates (PEM) that are trusted besides the public ones; empty: none.
    pub ca_file: PathBuf,
    /// Who signs in; empty: nobody.
    pub username: String,
    /// With which password.
    pub password: SecretString,
    /// The sender's address.
    pub from: String,
    /// Seconds until giving up.
    pub timeout_seconds: u64,
}

/// A gateway that gets codes by HTTP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// Where to post.
    pub url: String,
    /// The key of the signature.
    pub secret: SecretString,
    /// Seconds until giving up.
    pub timeout_seconds: u64,
    /// Whether it may lead into private networks.
    pub allow_private: bool,
}

/// Web Push.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushConfig {
    /// Whether agents can be reached by it.
    pub enabled: bool,
    /// Where push services reach the operator; empty: the public URL.
    pub contact: String,
}

/// The legal pages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalConfig {
    /// Folder with the operator's own texts; empty: none.
    pub folder: PathBuf,
}

/// Regions of addresses.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeoConfig {
    /// A MaxMind city database; empty: none.
    pub maxmind_file: PathBuf,
    /// An ip2region database; empty: none.
    pub ip2region_file: PathBuf,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// Logging.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// How lines look.
    pub format: LogFormat,
    /// What is logged, as in `RUST_LOG`.
    pub filter: String,
}

/// Metrics.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsConfig {
    /// An address and port of their own; empty: none.
    pub listen: String,
    /// The token that whoever reads them has to show; empty: none.
    pub token: SecretString,
}

impl MetricsConfig {
    /// The address of their own, if there is one.
    #[must_use]
    pub fn listen_address(&self) -> Option<SocketAddr> {
        self.listen.parse().ok()
    }
}

impl Config {
    /// The database's URL, with the default filled in.
    #[must_use]
    pub fn database_url(&self) -> SecretString {
        use secrecy::ExposeSecret;
        if !self.database.url.expose_secret().is_empty() {
            return self.database.url.clone();
        }
        format!("sqlite://{}", self.data_dir.join("parlor.db").display()).into()
    }

    /// Whether browsers reach us by https, so that cookies may insist on it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Where sockets are reached: the public URL with `ws` for `http`.
    #[must_use]
    pub fn socket_origin(&self) -> String {
        self.public_url.replacen("http", "ws", 1)
    }
}
