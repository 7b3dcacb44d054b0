//! The test world: a real server on a free port with a real database, callers as types, a manual clock, builders, a push service, a translation service.
//!
//! A test is written once and runs on both databases:
//!
//! ```
//! # mod it {
//! use testkit::TestServer;
//!
//! async fn a_stranger_is_refused(server: TestServer) {
//!     server.anonymous().get("/api/v1/me").await.expect(401);
//! }
//!
//! testkit::db_tests!(a_stranger_is_refused);
//! # }
//! ```

#![expect(clippy::expect_used, reason = "what fails here fails the test that needed it")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

pub mod caller;
pub mod clock;
pub mod database;
pub mod live;
pub mod organisation;
pub mod push;
pub mod redis;
pub mod server;
pub mod sms;
pub mod translation;
pub mod visitor;
pub mod way;
pub mod webhook;
pub mod ws;

use std::time::Duration;

pub use self::redis::Redis;
pub use caller::{AgentCaller, Anonymous, Answer, Caller};
pub use clock::ManualClock;
pub use database::{Db, Fresh, everything_stored};
pub use organisation::{Organisation, PASSWORD};
pub use server::{TestServer, run};
pub use sms::SmsService;
pub use translation::TranslationService;
pub use visitor::VisitorCaller;
pub use way::Way;
pub use webhook::{Told, WebhookReceiver};
pub use ws::{Heard, WsClient};

/// Waits for something that must come, no longer than a minute: a regression fails a test instead of holding it up for ever.
///
/// # Panics
/// When it does not come; `what` says what was waited for.
pub async fn in_time<T>(what: &str, coming: impl Future<Output = T>) -> T {
    const PATIENCE: Duration = Duration::from_secs(60);
    tokio::time::timeout(PATIENCE, coming).await.unwrap_or_else(|_| panic!("{what}: not within {PATIENCE:?}"))
}

/// Waits until something is so that nobody tells of, no longer than a minute.
///
/// # Panics
/// When it does not come; `what` says what was waited for.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    in_time(what, async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// Runs each of these functions on SQLite (`sqlite::name`) and on PostgreSQL (`postgres::name`). One use per module; a test
/// that is left out of the list is dead code, which the compiler tells.
#[macro_export]
macro_rules! db_tests {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { $crate::run($crate::Db::Sqlite, super::$name); })+
        }
        mod postgres {
            $(#[test] fn $name() { $crate::run($crate::Db::Postgres, super::$name); })+
        }
    };
}
