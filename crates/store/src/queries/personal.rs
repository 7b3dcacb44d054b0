//! An agent's own view of a conversation: pinned, muted, marked unread. It stands in the row of their read mark, which the
//! writer's hot jobs move without touching this.

use crate::audience::{Actor, AgentAudience, Audience};
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::queries::conversations;
use crate::scope::Viewer;
use crate::tables::{conversation, read_mark};
use crate::write::Tx;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QuerySelect, RelationTrait, Set};
use types::conversations::{Conversation, PersonalPatch};
use types::events::Event;
use types::id::ConversationId;
use types::limits;
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
        org_id: Set(viewer.org_id),
        conversation_id: Set(conversation_id),
        agent_id: Set(viewer.agent_id),
        seq: Set(0),
        inbound_count: Set(0),
        updated_at: Set(at),
        pinned_at: Set(after.pinned.then_some(at)),
        muted: Set(after.muted),
        marked_unread: Set(after.marked_unread),
        personal_revision: Set(after.revision),
    };
    // Where there is a mark already it stays where it is.
    let personal = OnConflict::columns([read_mark::Column::ConversationId, read_mark::Column::AgentId])
        .update_columns([
            read_mark::Column::PinnedAt,
            read_mark::Column::Muted,
            read_mark::Column::MarkedUnread,
            read_mark::Column::PersonalRevision,
        ])
        .to_owned();
    read_mark::Entity::insert(row).on_conflict(personal).exec_without_returning(tx.conn()).await?;
    tx.append(PendingEvent {
        org_id: viewer.org_id,
        conversation_id: Some(conversation_id),
        actor: Actor::Agent(viewer.agent_id),
        audience: Audience::agents(AgentAudience::One(viewer.agent_id)),
        event: Event::ConversationPersonalised { conversation_id, agent_id: viewer.agent_id, personal: after },
        at,
    });
    let mut conversation = known;
    conversation.put_personal(after);
    Ok(Personalised::Done(Box::new(conversation)))
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
