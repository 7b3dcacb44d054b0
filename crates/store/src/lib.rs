//! The database: tables, scoped queries, the write path and the ledger.
//!
//! Reads take a connection (`db.reader()`, or `tx.conn()` inside a write) and whoever asks: an [`OrgScope`], a [`Viewer`] or
//! a [`Visitor`]. Writes go through the one [`Writer`]: see [`write`](mod@write).
//!
//! **Invariant**: nothing of another organisation can be reached, because every select starts from the caller's scope; and
//! what a caller may not see is answered like what is not there.

pub mod audience;
pub mod events;
pub mod integrity;
pub mod maintenance;
pub mod objects;
pub mod portable;
pub mod search;
pub mod write;

mod connect;
mod direct;
mod error;
mod held;
mod kept;
mod queries;
mod readers;
mod scope;
mod sql;
mod tables;

pub use audience::{Actor, AgentAudience, Audience, VisitorAudience};
pub use connect::{Database, DatabaseOptions};
pub use error::{Constraint, StoreError, chain};
pub use events::{CommitSink, CommittedEvent, PendingEvent};
pub use queries::{
    agent_groups, agents, api_tokens, assignment, attachments, audit, avatars, blacklist, channel_tree, channels,
    clearing, contact_imports, contact_list, contacts, conversations, custom_fields, domains, erasing, handing_on,
    idempotency, identity, listeners, members, merging, messages, notes, organisations, people, personal, place,
    pre_chat, purge, push, recalling, second_factors, sessions, standing, style_versions, taggings, tags,
    verification_codes, visitors, webhooks, welcome,
};
pub use readers::Readers;
pub use scope::{OrgScope, Viewer, Visitor};
pub use sea_orm::ConnectionTrait;
pub use write::{
    FirstMessage, MessageJob, ReadJob, Reader, Sender, StoredMessage, Tx, Unobserved, WriteObserver, Writer,
    WriterOptions,
};

#[cfg(test)]
mod tests;
