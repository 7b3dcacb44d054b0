//! The Redis that several servers of one installation share.

use ::redis::IntoConnectionInfo;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// A Redis.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisConfig {
    /// Its URL, which may hold a password; empty: none, and one server alone.
    pub url: SecretString,
}

impl RedisConfig {
    /// Whether it is empty, or the URL of a Redis that is reached over the network. A typing error must not say that servers do not
    /// hear each other only by their not hearing each other.
    pub(super) fn is_valid(&self) -> bool {
        let url = self.url.expose_secret();
        let over_network = ["redis://", "rediss://"].iter().any(|scheme| url.starts_with(scheme));
        url.is_empty() || over_network && url.into_connection_info().is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_redis_is_refused() {
        let is_valid = |url: &str| RedisConfig { url: url.to_owned().into() }.is_valid();
        for good in ["", "redis://cache.example", "redis://:secret@127.0.0.1:6379/1", "rediss://user:secret@cache:6380"]
        {
            assert!(is_valid(good), "{good}");
        }
        for bad in
            ["cache.example", "http://cache.example", "redis://", "redis+unix:///run/redis.sock", "redis://host:port"]
        {
            assert!(!is_valid(bad), "{bad}");
        }
    }
}
