//! Live connections: from a committed event to the sockets that may hear it, and from a client's frame to an action.
//!
//! The way of an event: `store`'s writer commits → [`bus`] → [`hub`] → [`registry`] finds the sockets → each socket's
//! bounded queue → its session loop. The way of a frame: session loop → dispatch → an action; the answer goes back as an
//! `ack` or a `rejected`.

pub mod bus;
pub mod hub;
pub mod registry;
pub mod relay;
pub mod sight;
pub mod tickets;

mod admission;
mod dispatch;
mod elsewhere;
mod frame_headers;
mod frames;
mod meter;
mod order;
mod queue;
mod session;
mod socket;

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod test_clock;

pub(crate) use socket::{open_agent_socket, open_visitor_socket};
