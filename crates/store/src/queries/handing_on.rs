//! Handing on what an agent has who was disabled or removed: their conversations go to whom the admin chose, or to whoever can take
//! them, or wait, and they take part in others' no more.
//!
//! It goes in steps, so that messages elsewhere never wait for all of it. **Invariant**: what is left to hand on is asked of the
//! tables, so that nothing depends on the server having lived to finish it; and each step tells, in its own write, what it changed.

use crate::audience::{Actor, Audience};
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::queries::members::{self, Members};
use crate::queries::{agents, assignment};
use crate::scope::{OrgScope, before_tenant};
use crate::tables::{agent, channel, conversation, conversation_member};
use crate::write::Tx;
use rules::permissions::{Permission, can};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};
use types::events::Event;
use types::id::{AgentId, ConversationId, OrgId};
use types::time::Timestamp;

/// Whether everything is handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    /// There is more: do another step.
    More,
    /// Nothing of theirs is left.
    All,
}

/// The agents of all organisations who cannot sign in and still have something.
pub async fn unfinished<C: ConnectionTrait>(conn: &C) -> Result<Vec<(OrgId, AgentId)>, StoreError> {
    let theirs = |select: SelectStatement| Expr::exists(select);
    let assigned = Query::select()
        .expr(Expr::val(1))
        .from(conversation::Entity)
        .inner_join(channel::Entity, of_channel())
        .and_where(of_agent((conversation::Entity, conversation::Column::AssigneeId)))
        .and_where(
            Expr::col((conversation::Entity, conversation::Column::OrgId))
                .equals((agent::Entity, agent::Column::OrgId)),
        )
        .and_where(Expr::col((channel::Entity, channel::Column::DeletedAt)).is_null())
        .to_owned();
    let joined = Query::select()
        .expr(Expr::val(1))
        .from(conversation_member::Entity)
        .inner_join(
            conversation::Entity,
            Expr::col((conversation::Entity, conversation::Column::Id))
                .equals((conversation_member::Entity, conversation_member::Column::ConversationId)),
        )
        .inner_join(channel::Entity, of_channel())
        .and_where(of_agent((conversation_member::Entity, conversation_member::Column::AgentId)))
        .and_where(
            Expr::col((conversation_member::Entity, conversation_member::Column::OrgId))
                .equals((agent::Entity, agent::Column::OrgId)),
        )
        .and_where(Expr::col((channel::Entity, channel::Column::DeletedAt)).is_null())
        .to_owned();
    Ok(before_tenant::<agent::Entity>()
        .filter(agent::Column::DisabledAt.is_not_null())
        .filter(Condition::any().add(theirs(assigned)).add(theirs(joined)))
        .select_only()
        .columns([agent::Column::OrgId, agent::Column::Id])
        .into_tuple()
        .all(conn)
        .await?)
}

fn of_channel() -> Expr {
    Expr::col((channel::Entity, channel::Column::Id)).equals((conversation::Entity, conversation::Column::ChannelId))
}

fn of_agent(column: impl sea_orm::sea_query::IntoColumnRef) -> Expr {
    Expr::col(column).equals((agent::Entity, agent::Column::Id))
}

/// Hands on at most so many conversations, and takes the agent out of as many others. Does nothing for one who can sign in. What is in
/// deleted channels is on its way out.
pub async fn step(
    tx: &mut Tx,
    scope: OrgScope,
    agent_id: AgentId,
    actor: Actor,
    at: Timestamp,
    limit: u64,
) -> Result<Handed, StoreError> {
    let leaver = scope.find::<agent::Entity>().filter(agent::Column::Id.eq(agent_id)).one(tx.conn()).await?;
    let Some(leaver) = leaver.filter(|leaver| leaver.disabled_at.is_some()) else { return Ok(Handed::All) };
    // Whoever was to have it may have gone meanwhile.
    let heir = match leaver.heir_id {
        Some(heir) => agents::get(tx.conn(), scope, heir).await?.filter(|heir| heir.disabled_at.is_none()),
        None => None,
    };
    let by = By { scope, leaver: agent_id, actor, at };
    let saw_all = can(agents::role(&leaver.role)?, Permission::SeeAllConversations).is_ok();

    let assigned = by.locked(tx, by.assigned(tx, limit).await?).await?;
    // Somebody may have taken one while its lock was waited for.
    for row in assigned.iter().filter(|row| row.assignee_id == Some(agent_id)) {
        assignment::hand_on(tx, row, heir.as_ref().map(|heir| heir.id), actor, at).await?;
    }
    let joined = by.locked(tx, by.joined(tx, limit).await?).await?;
    for row in &joined {
        let members = Members::read(&row.members)?;
        if members.contains(agent_id) {
            by.leave(tx, row, &members, saw_all).await?;
        }
    }
    let is_full = |count: usize| u64::try_from(count).unwrap_or(u64::MAX) >= limit;
    Ok(if is_full(assigned.len()) || is_full(joined.len()) { Handed::More } else { Handed::All })
}

/// In whose name something is handed on, and when.
#[derive(Debug, Clone, Copy)]
struct By {
    scope: OrgScope,
    leaver: AgentId,
    actor: Actor,
    at: Timestamp,
}

impl By {
    /// Some of the agent's own, in channels that are there.
    async fn assigned(self, tx: &Tx, limit: u64) -> Result<Vec<ConversationId>, StoreError> {
        Ok(self
            .scope
            .find::<conversation::Entity>()
            .filter(conversation::Column::AssigneeId.eq(self.leaver))
            .filter(conversation::Column::ChannelId.in_subquery(self.channels()))
            .select_only()
            .column(conversation::Column::Id)
            .limit(limit)
            .into_tuple()
            .all(tx.conn())
            .await?)
    }

    /// Some of those in which the agent takes part besides.
    async fn joined(self, tx: &Tx, limit: u64) -> Result<Vec<ConversationId>, StoreError> {
        let is_there = Query::select()
            .column(conversation::Column::Id)
            .from(conversation::Entity)
            .and_where(Expr::col(conversation::Column::OrgId).eq(self.scope.org_id()))
            .and_where(Expr::col(conversation::Column::ChannelId).in_subquery(self.channels()))
            .to_owned();
        Ok(self
            .scope
            .find::<conversation_member::Entity>()
            .filter(conversation_member::Column::AgentId.eq(self.leaver))
            .filter(conversation_member::Column::ConversationId.in_subquery(is_there))
            .select_only()
            .column(conversation_member::Column::ConversationId)
            .limit(limit)
            .into_tuple()
            .all(tx.conn())
            .await?)
    }

    /// The channels that are there.
    fn channels(self) -> SelectStatement {
        Query::select()
            .column(channel::Column::Id)
            .from(channel::Entity)
            .and_where(Expr::col(channel::Column::OrgId).eq(self.scope.org_id()))
            .and_where(Expr::col(channel::Column::DeletedAt).is_null())
            .to_owned()
    }

    /// Locks them one after the other, as the writer's batches lock theirs.
    async fn locked(self, tx: &Tx, ids: Vec<ConversationId>) -> Result<Vec<conversation::Model>, StoreError> {
        Ok(self
            .scope
            .find_by_keys::<conversation::Entity>()
            .filter(conversation::Column::Id.is_in(ids))
            .order_by_asc(conversation::Column::Id)
            .lock(LockType::Update)
            .all(tx.conn())
            .await?)
    }

    async fn leave(
        self,
        tx: &mut Tx,
        row: &conversation::Model,
        before: &Members,
        saw_all: bool,
    ) -> Result<(), StoreError> {
        let members = without(before, &[Some(self.leaver)]);
        let version = members::put(tx, row, &members).await?;
        self.take_out(tx, row.id, &[Some(self.leaver)]).await?;
        if !saw_all {
            members::unpin(tx.conn(), self.scope, row.id, self.leaver).await?;
        }
        let event = Event::AgentLeft {
            conversation_id: row.id,
            agent_id: self.leaver,
            members: members.as_slice().to_vec(),
            members_version: version,
        };
        self.tell(tx, row.id, Audience::seeing(row.assignee_id, members), event);
        Ok(())
    }

    async fn take_out(
        self,
        tx: &Tx,
        conversation_id: ConversationId,
        agents: &[Option<AgentId>],
    ) -> Result<(), StoreError> {
        self.scope
            .delete::<conversation_member::Entity>()
            .filter(conversation_member::Column::ConversationId.eq(conversation_id))
            .filter(conversation_member::Column::AgentId.is_in(agents.iter().copied().flatten()))
            .exec(tx.conn())
            .await?;
        Ok(())
    }

    fn tell(self, tx: &mut Tx, conversation_id: ConversationId, audience: Audience, event: Event) {
        let Self { scope, actor, at, .. } = self;
        let conversation_id = Some(conversation_id);
        tx.append(PendingEvent { org_id: scope.org_id(), conversation_id, actor, audience, event, at });
    }
}

fn without(members: &Members, gone: &[Option<AgentId>]) -> Members {
    let kept = members.as_slice().iter().copied().filter(|member| !gone.contains(&Some(*member)));
    Members::from(kept.collect::<Vec<_>>())
}
