//! Whether a Redis does what several servers need of it, for `parlor doctor`.

use super::{Subscription, open};
use crate::config::RedisConfig;
use redis::{ErrorKind, RedisError};
use secrecy::ExposeSecret;
use std::time::Duration;
use tokio::time::timeout;

/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connects, asks for a sign of life, and says something to itself by way of Redis on a channel of this name; the version of the
/// server.
///
/// # Errors
/// What did not work.
pub async fn probe(config: &RedisConfig, channel: &str) -> Result<String, RedisError> {
    let client = open(config.url.expose_secret())?;
    let mut connection = in_time("connecting", client.get_multiplexed_async_connection()).await?;
    let pong: String = in_time("PING", redis::cmd("PING").query_async(&mut connection)).await?;
    if pong != "PONG" {
        return Err((ErrorKind::Client, "it does not answer to PING").into());
    }
    let mut heard = Subscription::open(&client, channel, PATIENCE).await?;
    let mut publish = redis::cmd("PUBLISH");
    publish.arg(channel).arg("Parlor");
    let listeners: i64 = in_time("PUBLISH", publish.query_async(&mut connection)).await?;
    let said = in_time("what was published", async { Ok(heard.next().await) }).await?;
    if listeners != 1 || said.is_none_or(|said| said.get_payload_bytes() != b"Parlor") {
        return Err((ErrorKind::Client, "what was published did not come back").into());
    }
    let mut script = redis::cmd("EVAL");
    script.arg("return 1").arg(0);
    let _one: i64 = in_time("EVAL", script.query_async(&mut connection)).await?;
    let about: String = in_time("INFO", redis::cmd("INFO").arg("server").query_async(&mut connection)).await?;
    let version = about.lines().find_map(|line| line.strip_prefix("redis_version:"));
    Ok(version.unwrap_or("of an unknown version").trim().to_owned())
}

async fn in_time<T>(what: &'static str, step: impl Future<Output = Result<T, RedisError>>) -> Result<T, RedisError> {
    timeout(PATIENCE, step)
        .await
        .unwrap_or_else(|_elapsed| Err((ErrorKind::Io, "no answer in time", what.to_owned()).into()))
}
