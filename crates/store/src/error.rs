//! What can go wrong in the database.

use sea_orm::sqlx::{self, error::ErrorKind};
use sea_orm::{DbErr, RuntimeErr};
use std::error::Error;

/// Why a query or a write failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The write queue is full, or the writer has stopped. Nothing was stored.
    #[error("the write queue is full or closed")]
    Busy,
    /// Not there, or not the caller's.
    #[error("not found")]
    NotFound,
    /// The visitor is on the blacklist: nothing is received from them.
    #[error("the visitor is on the blacklist")]
    Blocked,
    /// The channel's form asks the visitor for something before they begin.
    #[error("the channel's form is not answered")]
    Unanswered,
    /// A rule of the schema forbids it.
    #[error("violates {constraint:?}")]
    Conflict {
        /// Which.
        constraint: Constraint,
    },
    /// Somebody has to be found for the conversation first, which whoever writes sees to. It leaves the store only from
    /// [`Tx::message`](crate::Tx::message).
    #[error("nobody was found yet")]
    Unrouted,
    /// Somebody else has held a lock for as long as we wait for one. Nothing was stored.
    #[error("the database is locked by somebody else")]
    Locked,
    /// The writer ended before it answered: nobody knows whether it was stored. Sending again with the same nonce is safe.
    #[error("the writer ended before it answered")]
    Interrupted,
    /// A stored value is not what we write.
    #[error("unreadable {what} in the database")]
    Corrupt {
        /// What could not be read.
        what: &'static str,
    },
    /// The database refused or did not answer.
    #[error("database")]
    Db(#[source] DbErr),
}

/// Declares the constraints with their name, which PostgreSQL reports, and their columns, which SQLite reports instead.
macro_rules! constraints {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $columns:literal;)+) => {
        /// A constraint of the schema that callers can do something about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Constraint {
            $($(#[$doc])* $variant,)+
            /// A primary key: an id that exists already.
            PrimaryKey,
            /// A foreign key: what it refers to is not there, or still referred to.
            ForeignKey,
            /// A file is carried by one message, and sent before its time is over.
            AttachmentUse,
            /// What a message answers to is a message of the same conversation.
            QuotedMessage,
        }

        impl Constraint {
            /// Every unique index with its name and its columns as SQLite tells them.
            pub(crate) const UNIQUE: &[(Self, &'static str, &'static str)] = &[$((Self::$variant, $name, $columns),)+];
        }
    };
}

constraints! {
    /// The login account exists already, in whichever organisation.
    AgentAccount = "agent_account_key", "agent.account";
    /// A group of agents has the name already.
    AgentGroupName = "agent_group_name_key", "agent_group.org_id, agent_group.name";
    /// A refresh token's hash exists already.
    SessionRefreshHash = "session_refresh_hash_key", "session.refresh_hash";
    /// An API token's hash exists already.
    ApiTokenSecretHash = "api_token_secret_hash_key", "api_token.secret_hash";
    /// The session is another API token's.
    ApiTokenSession = "api_token_session_id_key", "api_token.session_id";
    /// The browser has a subscription already.
    PushEndpoint = "push_subscription_endpoint_hash_key", "push_subscription.endpoint_hash";
    /// The channel's public key exists already.
    ChannelKey = "channel_key_key", "channel.key";
    /// A group of channels has the name already.
    ChannelGroupName = "channel_group_name_key", "channel_group.org_id, channel_group.name_key";
    /// The account is another contact's of the channel already.
    ContactExternalId = "contact_external_id_key", "contact.channel_id, contact.external_id";
    /// The contact's number is taken.
    ContactNumber = "contact_number_key", "contact.org_id, contact.number";
    /// The contact has a conversation already.
    ConversationContact = "conversation_contact_key", "conversation.contact_id, conversation.channel_id";
    /// The place in the conversation is taken.
    MessageSeq = "message_seq_key", "message.conversation_id, message.seq";
    /// The sender has used the nonce already.
    MessageNonce = "message_nonce_key", "message.conversation_id, message.sender, message.nonce";
    /// The note's number is taken.
    NoteNumber = "note_number_key", "note.conversation_id, note.number";
    /// A group of tags has the name already.
    TagGroupName = "tag_group_name_key", "tag_group.org_id, tag_group.name_key";
    /// A tag of the group has the name already.
    TagName = "tag_name_key", "tag.group_id, tag.name_key";
    /// The author has used the nonce already.
    NoteNonce = "note_nonce_key", "note.conversation_id, note.author_id, note.nonce";
}

/// An error and its causes in one line, for the log.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

impl StoreError {
    /// The error and its causes in one line, for the log.
    #[must_use]
    pub fn chain(&self) -> String {
        chain(self)
    }

    /// Whether the database was away, locked or cut off, so that the same may succeed later. Whether the work was stored is
    /// not known: a commit's answer may have been lost.
    #[must_use]
    pub fn is_away(&self) -> bool {
        match self {
            Self::Busy | Self::Locked | Self::Interrupted => true,
            Self::Db(error) => is_away(error),
            Self::NotFound
            | Self::Blocked
            | Self::Unanswered
            | Self::Unrouted
            | Self::Conflict { .. }
            | Self::Corrupt { .. } => false,
        }
    }
}

fn is_away(error: &DbErr) -> bool {
    let (DbErr::Exec(error) | DbErr::Query(error) | DbErr::Conn(error)) = error else {
        return matches!(error, DbErr::ConnectionAcquire(_));
    };
    let RuntimeErr::SqlxError(error) = error else { return false };
    match error.as_ref() {
        error if is_cut(error) => true,
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                // The low byte of an extended code: busy, locked, read or write failed, disk full, cannot open.
                code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13 | 14))
            } else {
                // Connection, rollback (deadlock, serialisation), resources, intervention, system; and a lock not got.
                ["08", "40", "53", "57", "58", "55P03"].iter().any(|class| code.starts_with(class))
            }
        }
        _ => false,
    }
}

/// Whether somebody else held a lock for too long: trying again at once is waiting for as long again.
fn is_locked(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    let sqlx::Error::Database(error) = error.as_ref() else { return false };
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6))
    } else {
        code == "55P03"
    }
}

/// What a question comes to that was not answered in time: the network has gone silent.
pub(crate) fn late() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer in time"))
}

/// Whether it is that.
pub(crate) fn is_late(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut)
}

/// Whether the connection is no longer good, whatever was asked over it.
pub(crate) fn is_cut(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        // PostgreSQL says so itself when it is told to stop: operator intervention.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match violated(&error) {
            Some(constraint) => Self::Conflict { constraint },
            None if is_locked(&error) => Self::Locked,
            None => Self::Db(error),
        }
    }
}

/// The constraint that a statement violated.
fn violated(error: &DbErr) -> Option<Constraint> {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error else {
        return None;
    };
    let sqlx::Error::Database(error) = error.as_ref() else { return None };
    match error.kind() {
        ErrorKind::ForeignKeyViolation => Some(Constraint::ForeignKey),
        ErrorKind::UniqueViolation => {
            let known = match error.constraint() {
                Some(name) => Constraint::UNIQUE.iter().find(|(_, known, _)| *known == name),
                None => error
                    .message()
                    .rsplit_once("failed: ")
                    .and_then(|(_, columns)| Constraint::UNIQUE.iter().find(|(_, _, known)| *known == columns)),
            };
            Some(known.map_or(Constraint::PrimaryKey, |(constraint, _, _)| *constraint))
        }
        _ => None,
    }
}
