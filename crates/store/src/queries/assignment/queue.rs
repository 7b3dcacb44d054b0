//! The queue: conversations for which nobody could be found, in the order in which they wait.

use super::{Attendance, Change, Kind, Service, Wanted, decide, has_room, hold, online, service, settle, take_turn};
use crate::audience::Actor;
use crate::error::StoreError;
use crate::scope::OrgScope;
use crate::tables::{agent_group, channel, conversation};
use crate::write::Tx;
use rules::routing::Candidate;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait};
use types::assignment::{Assignment, AssignmentReason};
use types::id::{AgentGroupId, AgentId, ChannelId};
use types::time::Timestamp;

/// A line of the queue: what waits for the same people.
struct Line {
    channel_id: ChannelId,
    group_id: Option<AgentGroupId>,
    serving: Vec<AgentGroupId>,
}

impl Line {
    fn can_move(&self, team: &[Candidate]) -> bool {
        team.iter().any(|one| one.can_take(&self.serving))
    }
}

/// Whether somebody who waits can be helped at present: asked before anything is written, so that a long queue costs no write.
///
/// # Errors
/// Those of the database.
pub async fn moves<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    attendance: &dyn Attendance,
) -> Result<bool, StoreError> {
    let lines = lines(conn, scope).await?;
    if lines.is_empty() {
        return Ok(false);
    }
    let team = online(conn, scope, attendance).await?;
    Ok(lines.iter().any(|line| line.can_move(&team)))
}

/// Assigns what waits, the longest wait first, at most so many; answers how many. Zero: nobody who waits can be helped at present. What
/// another server is just assigning is left to it. Only by [`Writer::run_alone`](crate::write::Writer::run_alone).
///
/// # Errors
/// Those of the database.
pub async fn work_off(tx: &mut Tx, scope: OrgScope, at: Timestamp, most: u64) -> Result<usize, StoreError> {
    let lines = lines(tx.conn(), scope).await?;
    if lines.is_empty() {
        return Ok(0);
    }
    let attendance = tx.attendance();
    let team = online(tx.conn(), scope, attendance.as_ref()).await?;
    let moving: Vec<&Line> = lines.iter().filter(|line| line.can_move(&team)).collect();
    if moving.is_empty() {
        return Ok(0);
    }
    let of_line = |line: &Line| {
        let group = match line.group_id {
            Some(group) => conversation::Column::WantedGroupId.eq(group),
            None => conversation::Column::WantedGroupId.is_null(),
        };
        Condition::all().add(conversation::Column::ChannelId.eq(line.channel_id)).add(group)
    };
    let any = moving.iter().fold(Condition::any(), |any, line| any.add(of_line(line)));
    let rows = scope
        .find::<conversation::Entity>()
        .filter(conversation::Column::QueuedAt.is_not_null())
        .filter(conversation::Column::Blocked.eq(false))
        .filter(any)
        .order_by_asc(conversation::Column::QueuedAt)
        .order_by_asc(conversation::Column::Id)
        .limit(most)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx.conn())
        .await?;
    hold(tx.conn(), scope).await?;
    // Anew: another server may have given them something meanwhile.
    let mut team = online(tx.conn(), scope, attendance.as_ref()).await?;
    let mut assigned = 0_usize;
    for row in rows {
        let line = moving.iter().find(|line| (line.channel_id, line.group_id) == (row.channel_id, row.wanted_group_id));
        let Some(line) = line else { continue };
        let wanted =
            Wanted { channel_id: row.channel_id, group_id: row.wanted_group_id, last_agent: row.last_assignee_id };
        let (to, assignment) = take_turn(tx.conn(), scope, &mut team, &line.serving, wanted, at).await?;
        if to.is_none() {
            continue;
        }
        let (kind, actor) = (Kind::Assigned, Actor::System);
        let change = Change { to, kind, assignment: Some(assignment), actor, at };
        let (events, _) = settle(tx.conn(), &row, change).await?;
        events.into_iter().for_each(|event| tx.append(event));
        assigned = assigned.saturating_add(1);
    }
    Ok(assigned)
}

/// Gives a conversation, which is locked, to whom an admin chose for everything that its agent has, who works here no more; where nobody
/// was chosen or they have no room, to whoever's turn it is, or it waits. What is closed stays closed. Only by
/// [`Writer::run_alone`](crate::write::Writer::run_alone).
///
/// # Errors
/// Those of the database.
pub(crate) async fn hand_on(
    tx: &mut Tx,
    row: &conversation::Model,
    heir: Option<AgentId>,
    actor: Actor,
    at: Timestamp,
) -> Result<(), StoreError> {
    let scope = OrgScope::new(row.org_id);
    let (to, kind, assignment) = if row.closed_at.is_some() {
        (heir, Kind::Closed, None)
    } else {
        hold(tx.conn(), scope).await?;
        let chosen = match heir {
            Some(heir) if has_room(tx.conn(), scope, heir).await? => Some(heir),
            _ => None,
        };
        let (to, assignment) = if chosen.is_some() {
            let by = if let Actor::Agent(agent) = actor { Some(agent) } else { None };
            (chosen, Assignment { reason: AssignmentReason::Transferred, eligible: 0, by, group_id: None, at })
        } else {
            let wanted = Wanted { channel_id: row.channel_id, group_id: None, last_agent: None };
            decide(tx.conn(), scope, tx.attendance().as_ref(), wanted, at).await?
        };
        (to, Kind::Assigned, Some(assignment))
    };
    let (events, _) = settle(tx.conn(), row, Change { to, kind, assignment, actor, at }).await?;
    events.into_iter().for_each(|event| tx.append(event));
    Ok(())
}

/// The lines in which somebody waits and may be assigned.
async fn lines<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<Vec<Line>, StoreError> {
    let pairs: Vec<(ChannelId, Option<AgentGroupId>)> = scope
        .find::<conversation::Entity>()
        .join(JoinType::InnerJoin, conversation::Relation::Channel.def())
        .filter(channel::Column::DeletedAt.is_null())
        .filter(conversation::Column::QueuedAt.is_not_null())
        .filter(conversation::Column::Blocked.eq(false))
        .select_only()
        .columns([conversation::Column::ChannelId, conversation::Column::WantedGroupId])
        .distinct()
        .into_tuple()
        .all(conn)
        .await?;
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let there: Vec<AgentGroupId> = scope
        .find::<agent_group::Entity>()
        .select_only()
        .column(agent_group::Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    let mut lines = Vec::with_capacity(pairs.len());
    for (channel_id, group_id) in pairs {
        let found: Option<Service> = service(conn, scope, channel_id).await?;
        // A group that is gone keeps nobody waiting.
        let wanted = group_id.filter(|id| there.contains(id));
        if let Some(serving) = found.and_then(|service| service.serving(wanted)) {
            lines.push(Line { channel_id, group_id, serving });
        }
    }
    Ok(lines)
}
