//! The verbs of the product: the only place that begins a write.
//!
//! REST handlers, socket frames and jobs call the same action. An action checks everything that can fail by input, then
//! hands one unit of work to the writer; what it answers is durable.

pub mod agents;
pub mod assigning;
pub mod attachments;
pub mod auth;
pub mod avatars;
pub mod channels;
pub mod contacts;
pub mod conversations;
pub mod indexing;
pub mod me;
pub mod members;
pub mod messages;
pub mod notes;
pub mod organisation;
pub mod purges;
pub mod push;
pub mod pushing;
pub mod recalling;
pub mod sockets;
pub mod standing;
pub mod tags;
pub mod translating;
pub mod typing;
pub mod visitors;
pub mod welcome;
