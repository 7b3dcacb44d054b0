//! What several servers of one installation have in common: a Redis, where the settings name one.
//!
//! **Invariant**: nothing that is answered to anybody depends on Redis being there. Whoever asks gets an answer or, at once or after
//! a second, none, and goes by what this server knows alone.

mod limits;
mod probe;
mod subscription;

pub use limits::Counted;
pub(crate) use limits::{BY_GUESSER, BY_IP};
pub use probe::probe;
pub(crate) use subscription::Subscription;

use crate::auth::signing::Key;
use crate::config::RedisConfig;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, IntoConnectionInfo, ProtocolVersion, RedisError};
use secrecy::ExposeSecret;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// How far the clocks of two servers may be apart: what is used up at one is remembered for so much longer than it is good.
const CLOCKS_APART_MILLIS: i64 = 60_000;

/// How long Redis may take to answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);

/// The way to Redis. A clone is the same one.
#[derive(Clone)]
pub struct Link(Arc<Inner>);

struct Inner {
    client: Client,
    /// What begins every name that this installation uses there: others may use the same Redis.
    prefix: String,
    key: Key,
    /// This server, since its start.
    server: Uuid,
    /// The connection for questions; none while there is none.
    connection: Mutex<Option<MultiplexedConnection>>,
}

impl Link {
    /// The way to the Redis that the settings name; nothing where they name none.
    ///
    /// # Errors
    /// When its address cannot be read.
    pub fn open(config: &RedisConfig, key: Key, server: Uuid) -> Result<Option<Self>, RedisError> {
        let url = config.url.expose_secret();
        if url.is_empty() {
            return Ok(None);
        }
        let name = key.sign(b"name");
        let prefix = format!("parlor:{}:", hex::encode(name.get(..8).unwrap_or_default()));
        let client = open(url)?;
        Ok(Some(Self(Arc::new(Inner { client, prefix, key, server, connection: Mutex::default() }))))
    }

    /// This server; another one after each start.
    pub(crate) fn server(&self) -> Uuid {
        self.0.server
    }

    /// Listens to a channel by a connection of its own, which may take so long.
    pub(crate) async fn subscribe(&self, channel: &str, patience: Duration) -> Result<Subscription, RedisError> {
        Subscription::open(&self.0.client, channel, patience).await
    }

    /// A name of this installation's.
    pub(crate) fn name(&self, of: &str) -> String {
        format!("{}{of}", self.0.prefix)
    }

    /// A name of this installation's for something that must not be readable there: an account, an address.
    pub(crate) fn hidden_name(&self, of: &str, what: &[u8]) -> String {
        let mut said = of.as_bytes().to_vec();
        said.push(0);
        said.extend(what);
        let hash = self.0.key.sign(&said);
        format!("{}{of}:{}", self.0.prefix, hex::encode(hash.get(..16).unwrap_or_default()))
    }

    /// Connects, and lets everybody ask by this connection from now on.
    pub(crate) async fn connect(&self) -> Result<MultiplexedConnection, RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE.saturating_mul(2)))
            .set_response_timeout(Some(PATIENCE));
        let connection = self.0.client.get_multiplexed_async_connection_with_config(&config).await?;
        *self.lock() = Some(connection.clone());
        Ok(connection)
    }

    /// The connection has failed: nobody waits for it any more.
    pub(crate) fn disconnected(&self) {
        *self.lock() = None;
    }

    /// The connection, if there is one.
    pub(crate) fn connection(&self) -> Option<MultiplexedConnection> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<MultiplexedConnection>> {
        self.0.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A way to a Redis. Its third protocol is spoken, by which what is published comes beside the answers.
fn open(url: &str) -> Result<Client, RedisError> {
    let info = url.into_connection_info()?;
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    Client::open(info.set_redis_settings(settings))
}

/// What the servers remember together; with one server alone, nothing.
#[derive(Clone, Default)]
pub struct Shared(Option<Link>);

impl Shared {
    /// What is remembered by this Redis, if there is one.
    #[must_use]
    pub fn by(link: Option<Link>) -> Self {
        Self(link)
    }

    /// Whether no other server has used up this thing, which is good for so many milliseconds more. From now on it is used. Where
    /// nobody can be asked, it is.
    pub async fn first_time(&self, of: &str, id: &[u8; 16], millis: i64) -> bool {
        let Some((link, mut connection)) = self.ask() else { return true };
        // By the clock of a server that is behind it is good for longer.
        let millis = millis.max(0).saturating_add(CLOCKS_APART_MILLIS);
        let mut command = redis::cmd("SET");
        command.arg(link.name(&format!("{of}:{}", hex::encode(id)))).arg(1).arg("NX").arg("PX").arg(millis);
        match command.query_async::<Option<String>>(&mut connection).await {
            Ok(set) => set.is_some(),
            Err(error) => {
                unanswered(&error);
                true
            }
        }
    }

    fn ask(&self) -> Option<(&Link, MultiplexedConnection)> {
        let link = self.0.as_ref()?;
        Some((link, link.connection()?))
    }
}

fn unanswered(error: &RedisError) {
    tracing::debug!(error.cause = %error, "Redis did not answer; this server goes by what it knows itself");
}
