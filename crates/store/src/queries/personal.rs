//! An agent's own view of a conversation: pinned, muted, marked unread, mentioned in it. It stands in the row of their read mark, which the
//! writer's hot jobs move without touching this.

use crate::audience::{Actor, AgentAudience, Audience};
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::queries::conversations;
use crate::scope::Viewer;
use crate::tables::{conversation, read_mark};
use crate::write::Tx;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QuerySelect, RelationTrait, Set};
use types::conversations::{Conversation, Personal, PersonalPatch};
use types::events::Event;
use types::id::{AgentId, ConversationId, OrgId};
use types::limits;
use types::notes::Note;
use types::time::Timestamp;

/// What became of a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Personalised {
    /// It holds.
    Done(Box<Conversation>),
    /// The agent keeps as many at the top as there may be.
    TooManyPinned,
}

/// Changes an agent's own view of a conversation. A patch that changes nothing is no event.
///
/// # Errors
/// [`StoreError::NotFound`] when the agent may not see it.
pub async fn update(
    tx: &mut Tx,
    viewer: Viewer,
    conversation_id: ConversationId,
    patch: &PersonalPatch,
    at: Timestamp,
) -> Result<Personalised, StoreError> {
    // With this lock the mark's row is nobody else's meanwhile.
    if conversations::locked(tx.conn(), viewer, conversation_id).await?.is_none() {
        return Err(StoreError::NotFound);
    }
    let known = conversations::get(tx.conn(), viewer, conversation_id).await?.ok_or(StoreError::NotFound)?;
    let before = known.personal();
    let after = before.after(patch);
    if after == before {
        return Ok(Personalised::Done(Box::new(known)));
    }
    if after.pinned && !before.pinned && count_pinned(tx, viewer).await? >= u64::from(limits::PINNED_MAX) {
        return Ok(Personalised::TooManyPinned);
    }
    let row = read_mark::ActiveModel {
        pinned_at: Set(after.pinned.then_some(at)),
        muted: Set(after.muted),
        marked_unread: Set(after.marked_unread),
        mentioned: Set(after.mentioned),
        personal_revision: Set(after.revision),
        ..unread(viewer.org_id, conversation_id, viewer.agent_id, at)
    };
    // Where there is a mark already it stays where it is.
    let personal = OnConflict::columns([read_mark::Column::ConversationId, read_mark::Column::AgentId])
        .update_columns([
            read_mark::Column::PinnedAt,
            read_mark::Column::Muted,
            read_mark::Column::MarkedUnread,
            read_mark::Column::Mentioned,
            read_mark::Column::PersonalRevision,
        ])
        .to_owned();
    read_mark::Entity::insert(row).on_conflict(personal).exec_without_returning(tx.conn()).await?;
    tell(tx, viewer, conversation_id, viewer.agent_id, after, at);
    let mut conversation = known;
    conversation.put_personal(after);
    Ok(Personalised::Done(Box::new(conversation)))
}

/// A note that was just written, by `viewer`, mentions these agents: each has that before them until they look at the conversation, which
/// the caller holds.
pub(crate) async fn mention(tx: &mut Tx, viewer: Viewer, note: &Note) -> Result<(), StoreError> {
    let (conversation_id, at) = (note.conversation_id, note.created_at);
    // Nobody is told of what they wrote; that something is due they did not write.
    let is_told = |id: &AgentId| note.change.is_some() || *id != note.author_id;
    let mentioned: Vec<AgentId> = note.mentions.iter().copied().filter(is_told).collect();
    if mentioned.is_empty() {
        return Ok(());
    }
    let known = viewer
        .scope()
        .find::<read_mark::Entity>()
        .filter(read_mark::Column::ConversationId.eq(conversation_id))
        .filter(read_mark::Column::AgentId.is_in(mentioned.iter().copied()))
        .all(tx.conn())
        .await?;
    let mut rows = Vec::new();
    for agent in mentioned {
        let before = known.iter().find(|mark| mark.agent_id == agent).map(Personal::from).unwrap_or_default();
        let after = before.mentioned(true);
        if after != before {
            rows.push(read_mark::ActiveModel {
                mentioned: Set(true),
                personal_revision: Set(after.revision),
                ..unread(viewer.org_id, conversation_id, agent, at)
            });
            tell(tx, viewer, conversation_id, agent, after, at);
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let marked = OnConflict::columns([read_mark::Column::ConversationId, read_mark::Column::AgentId])
        .update_columns([read_mark::Column::Mentioned, read_mark::Column::PersonalRevision])
        .to_owned();
    read_mark::Entity::insert_many(rows).on_conflict(marked).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The notes of a conversation, which the caller holds, are gone: nobody is mentioned in it any more.
pub(crate) async fn forget_mentions(
    tx: &mut Tx,
    viewer: Viewer,
    conversation_id: ConversationId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let marks = read_mark::Column::ConversationId.eq(conversation_id).and(read_mark::Column::Mentioned.eq(true));
    let known = viewer.scope().find::<read_mark::Entity>().filter(marks.clone()).all(tx.conn()).await?;
    if known.is_empty() {
        return Ok(());
    }
    viewer
        .scope()
        .update::<read_mark::Entity>()
        .col_expr(read_mark::Column::Mentioned, false.into())
        .col_expr(read_mark::Column::PersonalRevision, Expr::col(read_mark::Column::PersonalRevision).add(1))
        .filter(marks)
        .exec(tx.conn())
        .await?;
    for mark in &known {
        tell(tx, viewer, conversation_id, mark.agent_id, Personal::from(mark).mentioned(false), at);
    }
    Ok(())
}

impl From<&read_mark::Model> for Personal {
    fn from(mark: &read_mark::Model) -> Self {
        Self {
            pinned: mark.pinned_at.is_some(),
            muted: mark.muted,
            marked_unread: mark.marked_unread,
            mentioned: mark.mentioned,
            revision: mark.personal_revision,
        }
    }
}

/// The row of an agent who has read nothing and set nothing.
fn unread(org_id: OrgId, conversation_id: ConversationId, agent_id: AgentId, at: Timestamp) -> read_mark::ActiveModel {
    read_mark::ActiveModel {
        org_id: Set(org_id),
        conversation_id: Set(conversation_id),
        agent_id: Set(agent_id),
        seq: Set(0),
        inbound_count: Set(0),
        updated_at: Set(at),
        pinned_at: Set(None),
        muted: Set(false),
        marked_unread: Set(false),
        mentioned: Set(false),
        personal_revision: Set(0),
    }
}

/// Tells an agent's own devices how they see a conversation, and nobody else.
fn tell(
    tx: &mut Tx,
    viewer: Viewer,
    conversation_id: ConversationId,
    agent_id: AgentId,
    personal: Personal,
    at: Timestamp,
) {
    tx.append(PendingEvent {
        org_id: viewer.org_id,
        conversation_id: Some(conversation_id),
        actor: Actor::Agent(viewer.agent_id),
        audience: Audience::agents(AgentAudience::One(agent_id)),
        event: Event::ConversationPersonalised { conversation_id, agent_id, personal },
        at,
    });
}

async fn count_pinned(tx: &Tx, viewer: Viewer) -> Result<u64, StoreError> {
    // Those that the agent sees: what has left the list cannot be taken off its top.
    Ok(conversations::visible(viewer)
        .filter(conversation::Column::Blocked.eq(false))
        .join(JoinType::InnerJoin, conversation::Relation::ReadMark.def())
        .filter(read_mark::Column::AgentId.eq(viewer.agent_id))
        .filter(read_mark::Column::PinnedAt.is_not_null())
        .count(tx.conn())
        .await?)
}
