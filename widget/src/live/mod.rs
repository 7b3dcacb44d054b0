//! The live side of the chat: the state of [`client::visitor`] kept connected by a pure machine.
//!
//! The widget feeds [`Machine`] with what happens (an answer, a frame, a click, the clock) and carries out the [`Command`]s
//! that come back. Nothing in here does IO, reads a clock or draws a random number, so every order of events can be played
//! through in a test.
//!
//! **One path** serves the first opening, a reload and a lost connection: open the session, open the socket, and once the
//! socket is `ready` open the session again for whatever fell between the two. A gap in `seq` and a `resync` take the same
//! step.

mod link;
mod machine;

#[cfg(test)]
mod simulation;
#[cfg(test)]
pub(crate) mod tests;

pub use link::Link;
pub use machine::{Command, Input, Machine, Welcome};
