//! The endpoints: one file per operation, which extracts, authorises by argument type, calls one action or query, and maps.

pub mod agents;
pub mod assignment;
pub mod attachments;
pub mod audit;
pub mod auth;
pub mod channels;
pub mod contacts;
pub mod conversations;
pub mod events;
pub mod legal;
pub mod me;
pub mod members;
pub mod messages;
pub mod meta;
pub mod notes;
pub mod organisation;
pub mod paging;
pub mod problems;
pub mod push;
pub mod search;
pub mod sockets;
pub mod tags;
pub mod welcome;
pub mod widget;
