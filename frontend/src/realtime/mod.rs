//! The console's line to the server: socket, requests, timers, the kept outbox. It feeds the pure machine in
//! `client::sync` and does what the machine asks for; it decides nothing.

mod kept;
mod live;
mod requests;
mod socket;

pub use live::{Follower, Live, new_nonce};
