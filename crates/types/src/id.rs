//! Ids: `Copy` newtypes over UUIDs.
//!
//! Ids that we make are UUID version 7, so that they sort by creation time and lie together in an index. The caller makes
//! them from the injected clock and randomness; this crate only carries them.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// Declares an id: a `Copy` newtype over [`Uuid`] that reads and writes as the plain UUID text, on the wire and in the
/// database.
macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = Uuid))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }

        #[cfg(feature = "db")]
        crate::id::db_value!($name);
    };
}

/// What sea-orm asks of a column type and of a primary key.
#[cfg(feature = "db")]
macro_rules! db_value {
    ($name:ident) => {
        impl From<$name> for sea_orm::Value {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }

        impl sea_orm::TryGetable for $name {
            fn try_get_by<I: sea_orm::ColIdx>(
                row: &sea_orm::QueryResult,
                index: I,
            ) -> Result<Self, sea_orm::TryGetError> {
                <Uuid as sea_orm::TryGetable>::try_get_by(row, index).map(Self)
            }
        }

        impl sea_orm::sea_query::ValueType for $name {
            fn try_from(value: sea_orm::Value) -> Result<Self, sea_orm::sea_query::ValueTypeErr> {
                <Uuid as sea_orm::sea_query::ValueType>::try_from(value).map(Self)
            }

            fn type_name() -> String {
                stringify!($name).to_owned()
            }

            fn array_type() -> sea_orm::sea_query::ArrayType {
                <Uuid as sea_orm::sea_query::ValueType>::array_type()
            }

            fn column_type() -> sea_orm::sea_query::ColumnType {
                <Uuid as sea_orm::sea_query::ValueType>::column_type()
            }
        }

        impl sea_orm::sea_query::Nullable for $name {
            fn null() -> sea_orm::Value {
                <Uuid as sea_orm::sea_query::Nullable>::null()
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    };
}

#[cfg(feature = "db")]
pub(crate) use db_value;

id_type!(
    /// An organisation: the tenant that every row belongs to.
    OrgId
);
id_type!(
    /// A member of an organisation who signs in to the console, whatever their role.
    AgentId
);
id_type!(
    /// A group of agents.
    AgentGroupId
);
id_type!(
    /// A signed-in device of an agent.
    SessionId
);
id_type!(
    /// A view of the list of conversations that an agent keeps.
    SavedViewId
);
id_type!(
    /// A place where customers write: a website, an official account …
    ChannelId
);
id_type!(
    /// A group of channels in the tree.
    ChannelGroupId
);
id_type!(
    /// A visitor as one channel knows them.
    ContactId
);
id_type!(
    /// The conversation between one contact and the organisation.
    ConversationId
);
id_type!(
    /// A message.
    MessageId
);
id_type!(
    /// An internal note beside a conversation.
    NoteId
);
id_type!(
    /// A file that a message carries, or will.
    AttachmentId
);
id_type!(
    /// A picture that an agent has chosen of themselves, or of a channel. Whoever knows it may look at it, so nobody is told it but colleagues.
    AvatarId
);
id_type!(
    /// The sender's own id for a message, made before it is sent: a resend with the same nonce is the same message.
    Nonce
);
id_type!(
    /// A group of tags.
    TagGroupId
);
id_type!(
    /// A tag that contacts have.
    TagId
);
id_type!(
    /// Tags that many contacts are given at once.
    TaggingId
);
id_type!(
    /// A table of contacts that is imported.
    ContactImportId
);
id_type!(
    /// Two contacts that were merged.
    ContactMergeId
);
id_type!(
    /// A field that an organisation has added to its contacts.
    CustomFieldId
);
id_type!(
    /// A token with which a program calls the API.
    ApiTokenId
);
id_type!(
    /// An entry of the audit log.
    AuditId
);
id_type!(
    /// An address of a program that is told what happens.
    WebhookId
);
id_type!(
    /// Something that a webhook is told: the same however often it is sent.
    WebhookDeliveryId
);
id_type!(
    /// One request to the server, as named in its answer and in the log.
    RequestId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_and_writes_as_plain_text() {
        let text = "\"0190163d-8694-739b-aea5-966c26f8ad91\"";
        let id: ConversationId = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), text);
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn what_is_no_uuid_is_refused() {
        assert!(serde_json::from_str::<ConversationId>("\"1\"").is_err());
        assert!("".parse::<AgentId>().is_err());
    }
}
