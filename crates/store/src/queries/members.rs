//! The agents who take part in a conversation besides its assignee: adding them, and removing them.
//!
//! The conversation's row names them all; whoever reads it knows for whom it is, the writer included, which reads it anyway. A
//! row of `conversation_member` for each stands in their list's order. Both are changed here, under the conversation's lock, and a line
//! among the conversation's notes tells of it.

use crate::audience::{Actor, AgentAudience, Audience};
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::queries::audit::{self, Auditor};
use crate::queries::clearing::summary;
use crate::queries::{conversations, notes};
use crate::scope::{OrgScope, Viewer};
use crate::tables::{conversation, conversation_member, message, read_mark};
use crate::write::Tx;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use std::fmt;
use std::sync::Arc;
use types::audit::AuditAction;
use types::events::Event;
use types::id::{AgentId, ContactId, ConversationId};
use types::limits;
use types::notes::{MemberChange, MemberChangeKind};
use types::time::Timestamp;

/// The agents who take part in a conversation besides its assignee, in the order of joining. A clone shares them; most
/// conversations have none, which costs nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Members(Option<Arc<[AgentId]>>);

impl Members {
    /// The agents.
    #[must_use]
    pub fn as_slice(&self) -> &[AgentId] {
        self.0.as_deref().unwrap_or_default()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether this agent is one of them.
    #[must_use]
    pub fn contains(&self, agent: AgentId) -> bool {
        self.as_slice().contains(&agent)
    }

    /// Reads the column: ids with colons between them, or nothing.
    pub(crate) fn read(text: &str) -> Result<Self, StoreError> {
        if text.is_empty() {
            return Ok(Self(None));
        }
        let ids = text.split(':').map(str::parse).collect::<Result<Vec<AgentId>, _>>();
        ids.map(Self::from).map_err(|_not_an_id| StoreError::Corrupt { what: "conversation.members" })
    }
}

impl From<Vec<AgentId>> for Members {
    fn from(agents: Vec<AgentId>) -> Self {
        Self(Some(agents).filter(|agents| !agents.is_empty()).map(Arc::from))
    }
}

/// The column's text.
impl fmt::Display for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, agent) in self.as_slice().iter().enumerate() {
            if place > 0 {
                f.write_str(":")?;
            }
            agent.fmt(f)?;
        }
        Ok(())
    }
}

/// That a conversation is the agent's own: assigned to them, or they were added to it. For rows that are found by their keys; a
/// list walks the two indexes instead.
pub(crate) fn take_part(viewer: Viewer) -> Condition {
    Condition::any()
        .add(conversation::Column::AssigneeId.eq(viewer.agent_id))
        .add(conversation::Column::Members.contains(viewer.agent_id.to_string()))
}

/// The agents who may see a conversation.
pub(crate) fn seeing(row: &conversation::Model) -> Result<Audience, StoreError> {
    Ok(Audience::seeing(row.assignee_id, Members::read(&row.members)?))
}

/// Everybody in a conversation, its visitor included.
pub(crate) fn everybody(row: &conversation::Model) -> Result<Audience, StoreError> {
    Ok(Audience::conversation(row.assignee_id, Members::read(&row.members)?, row.contact_id))
}

/// A conversation about whose members something is decided, locked until the commit.
#[derive(Debug)]
pub struct Held {
    pub(crate) row: conversation::Model,
    members: Members,
}

impl Held {
    /// Locks a conversation; `None` when the agent may not see it.
    pub async fn lock(tx: &Tx, viewer: Viewer, conversation_id: ConversationId) -> Result<Option<Self>, StoreError> {
        let Some(row) = conversations::locked(tx.conn(), viewer, conversation_id).await? else { return Ok(None) };
        let members = Members::read(&row.members)?;
        Ok(Some(Self { row, members }))
    }

    /// Whose it is.
    #[must_use]
    pub fn assignee_id(&self) -> Option<AgentId> {
        self.row.assignee_id
    }

    /// The contact whose it is.
    #[must_use]
    pub fn person_id(&self) -> ContactId {
        self.row.person_id
    }

    /// Who takes part besides.
    #[must_use]
    pub fn members(&self) -> &Members {
        &self.members
    }
}

/// An agent who is added or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub id: AgentId,
    /// Their name now.
    pub name: String,
    /// Whether they see the conversation without taking part.
    pub sees_all: bool,
}

impl Member {
    fn change(&self, kind: MemberChangeKind) -> MemberChange {
        MemberChange { kind, agent_id: self.id, agent_name: self.name.clone(), until: None }
    }
}

/// What became of adding somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// They take part.
    Done,
    /// As many take part as there may be.
    TooMany,
}

/// Adds an agent of the organisation. Whoever has it already, as assignee or as member, is not added again.
pub async fn add(
    tx: &mut Tx,
    viewer: Viewer,
    held: Held,
    member: Member,
    auditor: Auditor,
) -> Result<Added, StoreError> {
    let Held { row, members } = held;
    if members.contains(member.id) || row.assignee_id == Some(member.id) {
        return Ok(Added::Done);
    }
    if members.as_slice().len() >= usize::from(limits::MEMBERS_MAX) {
        return Ok(Added::TooMany);
    }
    let after = Members::from([members.as_slice(), &[member.id]].concat());
    let version = put(tx, &row, &after).await?;
    let joined = conversation_member::ActiveModel {
        org_id: Set(viewer.org_id),
        conversation_id: Set(row.id),
        agent_id: Set(member.id),
        last_activity_at: Set(row.last_activity_at),
        joined_at: Set(auditor.at),
    };
    conversation_member::Entity::insert(joined).exec_without_returning(tx.conn()).await?;
    if !member.sees_all {
        begin(tx.conn(), &row, member.id, auditor.at).await?;
    }
    let event = Event::AgentJoined {
        conversation_id: row.id,
        agent_id: member.id,
        members: after.as_slice().to_vec(),
        members_version: version,
    };
    let audience = Audience::seeing(row.assignee_id, after);
    tell(tx, viewer, Some(row.id), audience.clone(), event, auditor.at);
    let change = member.change(MemberChangeKind::Joined);
    notes::tell_change(tx, viewer, &row, audience, &auditor, change).await?;
    let action = AuditAction::MemberAdded {
        conversation_id: row.id,
        contact: summary(tx.conn(), viewer.scope(), &row).await?,
        channel_id: row.channel_id,
        member_id: member.id,
        member_name: member.name,
    };
    audit::add(tx.conn(), viewer.org_id, auditor, &action).await?;
    Ok(Added::Done)
}

/// Removes an agent, who hears of it as long as they do not see the conversation anyway. Whoever does not take part is not removed.
pub async fn remove(
    tx: &mut Tx,
    viewer: Viewer,
    held: Held,
    member: Member,
    auditor: Auditor,
) -> Result<(), StoreError> {
    let Held { row, members } = held;
    if !members.contains(member.id) {
        return Ok(());
    }
    let after: Vec<AgentId> = members.as_slice().iter().copied().filter(|other| *other != member.id).collect();
    let after = Members::from(after);
    let version = put(tx, &row, &after).await?;
    viewer
        .scope()
        .delete::<conversation_member::Entity>()
        .filter(conversation_member::Column::ConversationId.eq(row.id))
        .filter(conversation_member::Column::AgentId.eq(member.id))
        .exec(tx.conn())
        .await?;
    if !member.sees_all {
        unpin(tx.conn(), viewer.scope(), row.id, member.id).await?;
    }
    let event = Event::AgentLeft {
        conversation_id: row.id,
        agent_id: member.id,
        members: after.as_slice().to_vec(),
        members_version: version,
    };
    let audience = Audience::seeing(row.assignee_id, after);
    tell(tx, viewer, Some(row.id), audience.clone(), event, auditor.at);
    let change = member.change(MemberChangeKind::Left);
    notes::tell_change(tx, viewer, &row, audience, &auditor, change).await?;
    if !member.sees_all {
        let event =
            Event::ConversationWithdrawn { conversation_id: row.id, agent_id: member.id, members_version: version };
        // Not as the conversation's event: those of it that were for this agent are so no more, and this has to reach them.
        tell(tx, viewer, None, Audience::agents(AgentAudience::One(member.id)), event, auditor.at);
    }
    let action = AuditAction::MemberRemoved {
        conversation_id: row.id,
        contact: summary(tx.conn(), viewer.scope(), &row).await?,
        channel_id: row.channel_id,
        member_id: member.id,
        member_name: member.name,
    };
    audit::add(tx.conn(), viewer.org_id, auditor, &action).await
}

/// Writes who takes part, and returns the new version.
pub(crate) async fn put(tx: &Tx, row: &conversation::Model, members: &Members) -> Result<i64, StoreError> {
    let version = row.members_version.saturating_add(1);
    OrgScope::new(row.org_id)
        .update::<conversation::Entity>()
        .col_expr(conversation::Column::Members, members.to_string().into())
        .col_expr(conversation::Column::MembersVersion, version.into())
        .filter(conversation::Column::Id.eq(row.id))
        .exec(tx.conn())
        .await?;
    Ok(version)
}

/// Whoever joins for the first time begins where the others are: what an agent has read already is not theirs to be read, what none has
/// is. That they were added is marked until they open it. Nobody has read anything by it, which the visitor would be told.
pub(crate) async fn begin<C: ConnectionTrait>(
    conn: &C,
    row: &conversation::Model,
    agent: AgentId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let scope = OrgScope::new(row.org_id);
    let known = scope
        .find_by_keys::<read_mark::Entity>()
        .filter(read_mark::Column::ConversationId.eq(row.id))
        .filter(read_mark::Column::AgentId.eq(agent))
        .one(conn)
        .await?;
    let seq = row.agents_read_seq;
    if known.is_some() || seq <= row.cleared_seq {
        return Ok(());
    }
    let inbound_count = scope
        .find_by_keys::<message::Entity>()
        .filter(message::Column::ConversationId.eq(row.id))
        .filter(message::Column::Seq.eq(seq))
        .select_only()
        .column(message::Column::InboundCount)
        .into_tuple()
        .one(conn)
        .await?;
    let Some(inbound_count) = inbound_count else { return Ok(()) };
    let mark = read_mark::ActiveModel {
        org_id: Set(row.org_id),
        conversation_id: Set(row.id),
        agent_id: Set(agent),
        seq: Set(seq),
        inbound_count: Set(inbound_count),
        updated_at: Set(at),
        pinned_at: Set(None),
        muted: Set(false),
        marked_unread: Set(true),
        mentioned: Set(false),
        personal_revision: Set(1),
    };
    read_mark::Entity::insert(mark).exec_without_returning(conn).await?;
    Ok(())
}

/// What somebody does not see takes none of their places at the top.
pub(crate) async fn unpin<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversation_id: ConversationId,
    agent: AgentId,
) -> Result<(), StoreError> {
    scope
        .update::<read_mark::Entity>()
        .col_expr(read_mark::Column::PinnedAt, None::<Timestamp>.into())
        .col_expr(read_mark::Column::PersonalRevision, Expr::col(read_mark::Column::PersonalRevision).add(1))
        .filter(read_mark::Column::ConversationId.eq(conversation_id))
        .filter(read_mark::Column::AgentId.eq(agent))
        .filter(read_mark::Column::PinnedAt.is_not_null())
        .exec(conn)
        .await?;
    Ok(())
}

fn tell(
    tx: &mut Tx,
    viewer: Viewer,
    conversation_id: Option<ConversationId>,
    audience: Audience,
    event: Event,
    at: Timestamp,
) {
    let actor = Actor::Agent(viewer.agent_id);
    tx.append(PendingEvent { org_id: viewer.org_id, conversation_id, actor, audience, event, at });
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_column_reads_as_it_was_written() {
        for count in [0_u128, 1, 2, 20] {
            let members = Members::from((1..=count).map(|id| AgentId(Uuid::from_u128(id))).collect::<Vec<_>>());
            assert_eq!(Members::read(&members.to_string()).unwrap(), members);
            assert_eq!((members.is_empty(), members.as_slice().len()), (count == 0, usize::try_from(count).unwrap()));
        }
        assert!(matches!(Members::read("nobody"), Err(StoreError::Corrupt { .. })));
    }
}
