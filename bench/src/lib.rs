//! Load over the real protocol against a real `parlor` process, and the checker that says whether anything was lost.
//!
//! - [`process`]: starts, stops, kills and restarts a server; what it costs.
//! - [`people`]: organisations, agents and visitors, made over the real REST API.
//! - [`load`]: many of them on sockets at once, with messages at a fixed rate, whatever the server does.
//! - [`check`]: a pure structure that is told what was sent, acknowledged and heard, and names what is wrong.
//! - [`lock`]: another process that holds on to the database.
//! - [`disk`]: where what is called durable is written.
//! - [`socket`]: a WebSocket with small buffers, for whoever wants to misbehave.
//! - [`faults`]: what goes wrong in the middle of all that, and what must hold nevertheless.

pub mod check;
pub mod disk;
pub mod faults;
pub mod load;
pub mod lock;
pub mod people;
mod person;
pub mod process;
mod record;
pub mod socket;
mod uploads;
mod wire;

use std::time::{SystemTime, UNIX_EPOCH};
use types::time::Timestamp;

/// The wall clock: a measuring program is itself the edge where time comes in.
#[must_use]
pub(crate) fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "a measuring program is the edge where time comes in")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
