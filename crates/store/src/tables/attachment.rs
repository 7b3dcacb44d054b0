//! `attachment`: an uploaded file. Its bytes are in the object store.

use sea_orm::entity::prelude::*;
use types::id::{AttachmentId, ChannelId, ContactId, MessageId, OrgId};
use types::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attachment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AttachmentId,
    pub org_id: OrgId,
    pub channel_id: ChannelId,
    /// Whose conversation it is for. A visitor who has not written yet has no row.
    pub contact_id: ContactId,
    /// The agent or the contact who may send it.
    pub uploader: Uuid,
    /// `image`, `video` or `file`: the message's `type`.
    pub kind: String,
    pub name: String,
    pub media_type: String,
    pub bytes: i64,
    pub width: Option<i64>,
    pub height: Option<i64>,
    pub duration_millis: Option<i64>,
    pub has_preview: bool,
    /// The message that carries it; none before it is sent, and again when that message is gone.
    pub message_id: Option<MessageId>,
    /// When it is collected, unless a message carries it.
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::channel::Entity", from = "Column::ChannelId", to = "super::channel::Column::Id")]
    Channel,
    #[sea_orm(
        belongs_to = "super::conversation::Entity",
        from = "Column::ContactId",
        to = "super::conversation::Column::ContactId"
    )]
    Conversation,
}

impl ActiveModelBehavior for ActiveModel {}
