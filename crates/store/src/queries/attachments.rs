//! Attachments: uploaded, carried by one message, collected when no message carries them.
//!
//! **Invariants**: what a row says of a file never changes once a message may carry it, so that it can be read before the
//! write that stores the message; a row either belongs to a message or has a time at which it expires; a row whose time has
//! come is claimed by nobody any more, so that whoever collects it takes nothing from a message.

use crate::error::{Constraint, StoreError};
use crate::queries::conversations::visible;
use crate::queries::members::take_part;
use crate::scope::{OrgScope, Viewer, Visitor, before_tenant};
use crate::tables::{attachment, channel, conversation};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait, Select, Set,
};
use types::attachments::Attachment;
use types::id::{AttachmentId, ChannelId, ContactId, ConversationId, MessageId, OrgId};
use types::messages::Content;
use types::time::Timestamp;
use uuid::Uuid;

/// Whose conversation a file is for, and who may send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The organisation.
    pub org_id: OrgId,
    /// The conversation's channel.
    pub channel_id: ChannelId,
    /// The conversation's contact.
    pub contact_id: ContactId,
    /// The agent or the contact who uploads.
    pub uploader: Uuid,
}

/// Whether the agent may see the conversation whose visitor's the files are. Another one of whom they were merged into is no reason to.
pub async fn are_seen<C: ConnectionTrait>(conn: &C, viewer: Viewer, contact_id: ContactId) -> Result<bool, StoreError> {
    let own = visible(viewer).filter(conversation::Column::ContactId.eq(contact_id));
    Ok(own.one(conn).await?.is_some())
}

impl Owner {
    fn scope(self) -> OrgScope {
        OrgScope::new(self.org_id)
    }
}

impl From<Visitor> for Owner {
    fn from(visitor: Visitor) -> Self {
        let Visitor { org_id, channel_id, contact_id } = visitor;
        Self { org_id, channel_id, contact_id, uploader: contact_id.0 }
    }
}

/// A file that has been uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    /// Whose it is.
    pub owner: Owner,
    /// What a message with it says.
    pub content: Content,
    /// When it is collected, unless it is sent.
    pub expires_at: Timestamp,
    /// The time.
    pub at: Timestamp,
}

/// The `kind` of pictures.
const IMAGE: &str = "image";
/// The `kind` of videos.
const VIDEO: &str = "video";
/// The `kind` of everything else.
const FILE: &str = "file";

fn content_of(row: attachment::Model) -> Result<Content, StoreError> {
    let attachment = Box::new(Attachment {
        id: row.id,
        name: row.name,
        media_type: row.media_type,
        bytes: row.bytes,
        width: row.width,
        height: row.height,
        duration_millis: row.duration_millis,
        has_preview: row.has_preview,
    });
    match row.kind.as_str() {
        IMAGE => Ok(Content::Image { attachment }),
        VIDEO => Ok(Content::Video { attachment }),
        FILE => Ok(Content::File { attachment }),
        _ => Err(StoreError::Corrupt { what: "attachment.kind" }),
    }
}

/// Whose a file for this conversation would be, if the agent may see it.
pub async fn owner<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    conversation_id: ConversationId,
) -> Result<Option<Owner>, StoreError> {
    let found: Option<(ChannelId, ContactId)> = visible(viewer)
        .filter(conversation::Column::Id.eq(conversation_id))
        .select_only()
        .columns([conversation::Column::ChannelId, conversation::Column::ContactId])
        .into_tuple()
        .one(conn)
        .await?;
    let (org_id, uploader) = (viewer.org_id, viewer.agent_id.0);
    Ok(found.map(|(channel_id, contact_id)| Owner { org_id, channel_id, contact_id, uploader }))
}

/// Notes a file that has been uploaded.
///
/// [`StoreError::Corrupt`] for a content without one.
pub async fn create<C: ConnectionTrait>(conn: &C, new: NewAttachment) -> Result<(), StoreError> {
    let NewAttachment { owner, content, expires_at, at } = new;
    let (kind, attachment) = match content {
        Content::Image { attachment } => (IMAGE, attachment),
        Content::Video { attachment } => (VIDEO, attachment),
        Content::File { attachment } => (FILE, attachment),
        Content::Text { .. } | Content::Reply { .. } | Content::Recalled {} => {
            return Err(StoreError::Corrupt { what: "attachment" });
        }
    };
    let attachment = *attachment;
    let row = attachment::ActiveModel {
        id: Set(attachment.id),
        org_id: Set(owner.org_id),
        channel_id: Set(owner.channel_id),
        contact_id: Set(owner.contact_id),
        uploader: Set(owner.uploader),
        kind: Set(kind.to_owned()),
        name: Set(attachment.name),
        media_type: Set(attachment.media_type),
        bytes: Set(attachment.bytes),
        width: Set(attachment.width),
        height: Set(attachment.height),
        duration_millis: Set(attachment.duration_millis),
        has_preview: Set(attachment.has_preview),
        message_id: Set(None),
        expires_at: Set(Some(expires_at)),
        created_at: Set(at),
    };
    attachment::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// What a message with this file says, whether it has been sent already or not. Only for whoever uploaded it, in the
/// conversation that it was uploaded for.
pub async fn uploaded<C: ConnectionTrait>(
    conn: &C,
    owner: Owner,
    id: AttachmentId,
) -> Result<Option<Content>, StoreError> {
    own(owner, id).one(conn).await?.map(content_of).transpose()
}

/// The same while it waits to be sent.
pub async fn unsent<C: ConnectionTrait>(
    conn: &C,
    owner: Owner,
    id: AttachmentId,
    at: Timestamp,
) -> Result<Option<Content>, StoreError> {
    own(owner, id).filter(attachment::Column::ExpiresAt.gt(at)).one(conn).await?.map(content_of).transpose()
}

/// The same for an agent who may see the conversation, sent or not; the owner and the file by one question.
pub async fn uploaded_to<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    conversation_id: ConversationId,
    id: AttachmentId,
) -> Result<Option<Content>, StoreError> {
    let mut select = viewer
        .scope()
        .find::<attachment::Entity>()
        .filter(attachment::Column::Id.eq(id))
        .filter(attachment::Column::Uploader.eq(viewer.agent_id.0))
        .join(JoinType::InnerJoin, attachment::Relation::Conversation.def())
        .filter(conversation::Column::Id.eq(conversation_id));
    if !viewer.sees_all {
        select = select.filter(take_part(viewer));
    }
    select.one(conn).await?.map(content_of).transpose()
}

/// Notes that a file which has not been sent yet has a small picture now. Returns what a message with it says; nothing where
/// there is no such file of theirs any more.
pub async fn set_preview<C: ConnectionTrait>(
    conn: &C,
    owner: Owner,
    id: AttachmentId,
    at: Timestamp,
) -> Result<Option<Content>, StoreError> {
    let updated = owner
        .scope()
        .update::<attachment::Entity>()
        .col_expr(attachment::Column::HasPreview, Expr::value(true))
        .filter(attachment::Column::Id.eq(id))
        .filter(attachment::Column::ContactId.eq(owner.contact_id))
        .filter(attachment::Column::Uploader.eq(owner.uploader))
        .filter(attachment::Column::ExpiresAt.gt(at))
        .exec_with_returning(conn)
        .await?;
    updated.into_iter().next().map(content_of).transpose()
}

fn own(owner: Owner, id: AttachmentId) -> Select<attachment::Entity> {
    owner
        .scope()
        .find::<attachment::Entity>()
        .filter(attachment::Column::Id.eq(id))
        .filter(attachment::Column::ContactId.eq(owner.contact_id))
        .filter(attachment::Column::Uploader.eq(owner.uploader))
}

/// A file for whoever may see this contact's conversation: one that a message carries, or that is being sent. Nothing when the
/// message is gone, or the channel.
pub async fn served<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
    id: AttachmentId,
    at: Timestamp,
) -> Result<Option<Content>, StoreError> {
    let alive =
        Condition::any().add(attachment::Column::MessageId.is_not_null()).add(attachment::Column::ExpiresAt.gt(at));
    scope
        .find::<attachment::Entity>()
        .filter(attachment::Column::Id.eq(id))
        .filter(attachment::Column::ContactId.eq(contact_id))
        .filter(alive)
        .join(JoinType::InnerJoin, attachment::Relation::Channel.def())
        .filter(channel::Column::DeletedAt.is_null())
        .one(conn)
        .await?
        .map(content_of)
        .transpose()
}

/// Gives a file to the message that carries it.
///
/// [`StoreError::Conflict`] with [`Constraint::AttachmentUse`] when another message has it, or its time has come.
pub(crate) async fn claim<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    uploader: Uuid,
    id: AttachmentId,
    message_id: MessageId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let claimed = scope
        .update::<attachment::Entity>()
        .col_expr(attachment::Column::MessageId, Expr::value(message_id))
        .col_expr(attachment::Column::ExpiresAt, Expr::value(None::<i64>))
        .filter(attachment::Column::Id.eq(id))
        .filter(attachment::Column::Uploader.eq(uploader))
        .filter(attachment::Column::MessageId.is_null())
        .filter(attachment::Column::ExpiresAt.gt(at))
        .exec(conn)
        .await?;
    match claimed.rows_affected {
        1 => Ok(()),
        _ => Err(StoreError::Conflict { constraint: Constraint::AttachmentUse }),
    }
}

/// Frees every file of these contacts' conversations: their messages are gone, or about to be. They are no longer served, and
/// collected soon.
pub async fn free<C: ConnectionTrait>(conn: &C, scope: OrgScope, contacts: &[ContactId]) -> Result<(), StoreError> {
    scope
        .update::<attachment::Entity>()
        .col_expr(attachment::Column::MessageId, Expr::value(None::<Uuid>))
        .col_expr(attachment::Column::ExpiresAt, Expr::value(0_i64))
        .filter(attachment::Column::ContactId.is_in(contacts.iter().copied()))
        .filter(attachment::Column::MessageId.is_not_null())
        .exec(conn)
        .await?;
    Ok(())
}

/// Frees the file of a message that is recalled; see [`free`].
pub(crate) async fn free_one<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: AttachmentId,
) -> Result<(), StoreError> {
    scope
        .update::<attachment::Entity>()
        .col_expr(attachment::Column::MessageId, Expr::value(None::<Uuid>))
        .col_expr(attachment::Column::ExpiresAt, Expr::value(0_i64))
        .filter(attachment::Column::Id.eq(id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Files of all organisations whose time has come, those first that have waited longest, without the first `skipped`.
pub async fn expired<C: ConnectionTrait>(
    conn: &C,
    at: Timestamp,
    skipped: u64,
    limit: u64,
) -> Result<Vec<(OrgId, AttachmentId)>, StoreError> {
    Ok(before_tenant::<attachment::Entity>()
        .filter(attachment::Column::ExpiresAt.lte(at))
        .order_by_asc(attachment::Column::ExpiresAt)
        .order_by_asc(attachment::Column::Id)
        .offset(skipped)
        .limit(limit)
        .select_only()
        .columns([attachment::Column::OrgId, attachment::Column::Id])
        .into_tuple()
        .all(conn)
        .await?)
}

/// Forgets a file that has expired and whose bytes are gone.
pub async fn forget<C: ConnectionTrait>(conn: &C, scope: OrgScope, ids: Vec<AttachmentId>) -> Result<(), StoreError> {
    scope
        .delete::<attachment::Entity>()
        .filter(attachment::Column::Id.is_in(ids))
        .filter(attachment::Column::MessageId.is_null())
        .exec(conn)
        .await?;
    Ok(())
}
