//! The Redis that several servers share, where the settings name one.

use super::Finding;
use secrecy::ExposeSecret;
use server::clock::SystemClock;
use server::config::Config;
use server::ids::Ids;
use server::shared::probe;
use std::sync::Arc;

/// The oldest version that the tests know to do.
const OLDEST: u32 = 6;

/// Whether it is there and does what is needed of it.
pub(super) async fn look(config: &Config) -> Option<Finding> {
    if config.redis.url.expose_secret().is_empty() {
        return None;
    }
    server::app::install_tls();
    let channel = format!("parlor:doctor:{}", Ids::from_os(Arc::new(SystemClock)).uuid());
    Some(match probe(&config.redis, &channel).await {
        Ok(version) => {
            let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
            let said = format!("Redis {version} answers, and what is published there is heard");
            if major.is_some_and(|major| major >= OLDEST) {
                Finding::ok("redis", said)
            } else {
                Finding::warning("redis", said, "Parlor is tested with Redis 6 and later.")
            }
        }
        Err(error) => Finding::failed(
            "redis",
            error.to_string(),
            "Servers do not hear each other: messages of the others come late. Check redis.url, and that nothing is in between.",
        ),
    })
}
