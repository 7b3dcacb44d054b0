//! Whose a conversation is: found by `rules::routing` inside the write that needs it, and changed here alone.
//!
//! **Invariants**: a conversation waits in the queue (`queued_at`) only while it is open and nobody's, and is put off (`snoozed_until`) only
//! while it is open and somebody's. Whoever decides holds the
//! conversation first and then the organisation's row: two servers decide one after the other, so that nobody is given more than they
//! may have and nothing has two owners. Who is connected is not in the database: [`Attendance`] says it, asked once the lock is held.

mod deeds;
mod places;
mod queue;
mod settings;
mod snooze;

pub use deeds::{Full, close, give, give_to_group, reopen};
pub use places::{QueuePlace, Waiting, place_of, places, waiting};
pub(crate) use queue::hand_on;
pub use queue::{moves, work_off};
pub(crate) use settings::forget;
pub use settings::{Service, groups, service, set_service, targets};
pub use snooze::{Snoozed, next_due, snooze, wake, wake_due};

use crate::audience::{Actor, AgentAudience, Audience};
use crate::direct::row;
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::queries::agents;
use crate::queries::members::{self, Members};
use crate::scope::{OrgScope, Visitor};
use crate::sql::{self, hex};
use crate::tables::{agent, agent_group_member, conversation, conversation_member, organisation};
use rules::permissions::{Permission, can};
use rules::routing::{Asked, Candidate, Decision, route};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, QueryFilter, QuerySelect, Statement,
};
use std::collections::{HashMap, HashSet};
use types::agents::{LoginState, Presence};
use types::assignment::{Assignment, AssignmentReason, Standing};
use types::events::Event;
use types::id::{AgentGroupId, AgentId, ChannelId, ConversationId, OrgId};
use types::limits::LOAD_MAX;
use types::time::Timestamp;

/// Says who is connected at this moment, to this server or to another one. Must answer at once.
pub trait Attendance: Send + Sync + 'static {
    /// Those of these agents who have a console connected.
    fn connected(&self, agents: &[AgentId]) -> HashSet<AgentId>;
}

/// An office in which nobody is: nothing is assigned by itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct EmptyOffice;

impl Attendance for EmptyOffice {
    fn connected(&self, _: &[AgentId]) -> HashSet<AgentId> {
        HashSet::new()
    }
}

/// Keeps other servers from deciding in the organisation until the commit. Behind the conversations' locks, never before them.
async fn hold(conn: &DatabaseTransaction, scope: OrgScope) -> Result<(), StoreError> {
    let row: Option<OrgId> = scope
        .find::<organisation::Entity>()
        .select_only()
        .column(organisation::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple()
        .one(conn)
        .await?;
    row.map(drop).ok_or(StoreError::NotFound)
}

/// Everybody who is online, with what `rules::routing` has to know of them.
async fn online<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    attendance: &dyn Attendance,
) -> Result<Vec<Candidate>, StoreError> {
    let rows: Vec<(AgentId, i32, i32, i64, i64)> = scope
        .find::<agent::Entity>()
        .filter(agent::Column::LoginState.eq(LoginState::Normal.as_str()))
        .filter(agent::Column::DisabledAt.is_null())
        .filter(agent::Column::RemovedAt.is_null())
        .select_only()
        .columns([agent::Column::Id, agent::Column::Level, agent::Column::Capacity])
        .columns([agent::Column::Turn, agent::Column::LastGivenAt])
        .into_tuple()
        .all(conn)
        .await?;
    let ids: Vec<AgentId> = rows.iter().map(|row| row.0).collect();
    let connected = attendance.connected(&ids);
    let here: Vec<AgentId> = ids.into_iter().filter(|id| connected.contains(id)).collect();
    if here.is_empty() {
        return Ok(Vec::new());
    }
    let loads = loads(conn, scope, &here).await?;
    let memberships: Vec<(AgentId, AgentGroupId)> = scope
        .find::<agent_group_member::Entity>()
        .filter(agent_group_member::Column::AgentId.is_in(here.iter().copied()))
        .select_only()
        .columns([agent_group_member::Column::AgentId, agent_group_member::Column::GroupId])
        .into_tuple()
        .all(conn)
        .await?;
    let candidate = |(id, level, capacity, turn, last_given): (AgentId, i32, i32, i64, i64)| Candidate {
        id,
        presence: Presence::Online,
        level: i64::from(level),
        capacity: u32::try_from(capacity).unwrap_or_default(),
        load: loads.get(&id).copied().unwrap_or_default(),
        groups: memberships.iter().filter(|(member, _)| *member == id).map(|(_, group)| *group).collect(),
        turn,
        last_given,
    };
    Ok(rows.into_iter().filter(|row| connected.contains(&row.0)).map(candidate).collect())
}

row! {
    /// How many open conversations an agent has, but for those that are put off.
    struct LoadRow {
        agent_id: AgentId,
        open: i64,
    }
}

// Counted only as far as it matters: an agent who never closes anything must not make every assignment slower.
const SQLITE_LOADS: &str = "
SELECT unhex(j.value ->> 'a') AS agent_id,
       (SELECT count(*) FROM (
            SELECT 1 FROM conversation AS c JOIN channel AS h ON h.id = c.channel_id AND h.deleted_at IS NULL
            WHERE c.org_id = unhex(j.value ->> 'o') AND c.assignee_id = unhex(j.value ->> 'a')
              AND c.closed_at IS NULL AND c.snoozed_until IS NULL AND NOT c.blocked LIMIT {most})) AS open
FROM json_each($1) AS j";

const POSTGRES_LOADS: &str = "
SELECT j.a AS agent_id,
       (SELECT count(*) FROM (
            SELECT 1 FROM conversation AS c JOIN channel AS h ON h.id = c.channel_id AND h.deleted_at IS NULL
            WHERE c.org_id = j.o AND c.assignee_id = j.a AND c.closed_at IS NULL AND c.snoozed_until IS NULL AND NOT c.blocked LIMIT {most}) AS found) AS open
FROM json_to_recordset($1::json) AS j(a uuid, o uuid)";

/// The statement that counts them.
pub(crate) fn loads_statement<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agents: &[AgentId],
) -> Result<Statement, StoreError> {
    let text = if conn.get_database_backend() == DbBackend::Postgres { POSTGRES_LOADS } else { SQLITE_LOADS };
    let text = text.replace("{most}", &LOAD_MAX.to_string());
    let row = |id: &AgentId| serde_json::json!({"a": hex(id.0), "o": hex(scope.org_id().0)});
    let parameters: Vec<_> = agents.iter().map(row).collect();
    sql::with_json(conn, &text, &parameters)
}

/// How many open conversations these agents have, counted up to [`LOAD_MAX`].
pub(crate) async fn loads<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agents: &[AgentId],
) -> Result<HashMap<AgentId, u32>, StoreError> {
    let mut loads = HashMap::with_capacity(agents.len());
    for row in conn.query_all_raw(loads_statement(conn, scope, agents)?).await? {
        let LoadRow { agent_id, open } = LoadRow::from_query_result(&row, "")?;
        loads.insert(agent_id, u32::try_from(open).unwrap_or(LOAD_MAX));
    }
    Ok(loads)
}

/// For what somebody is looked for.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    channel_id: ChannelId,
    /// The group that it was handed on to.
    group_id: Option<AgentGroupId>,
    /// Whose it was last.
    last_agent: Option<AgentId>,
}

/// Decides to whom something comes, and takes their turn. The organisation is held.
async fn decide(
    conn: &DatabaseTransaction,
    scope: OrgScope,
    attendance: &dyn Attendance,
    wanted: Wanted,
    at: Timestamp,
) -> Result<(Option<AgentId>, Assignment), StoreError> {
    let service = service(conn, scope, wanted.channel_id).await?.ok_or(StoreError::NotFound)?;
    let Some(serving) = service.serving(wanted.group_id) else {
        return Ok((None, assignment(AssignmentReason::ByHand, 0, None, at)));
    };
    let mut team = online(conn, scope, attendance).await?;
    take_turn(conn, scope, &mut team, &serving, wanted, at).await
}

/// The same with a team that is known, and is told what became of it.
async fn take_turn(
    conn: &DatabaseTransaction,
    scope: OrgScope,
    team: &mut [Candidate],
    serving: &[AgentGroupId],
    wanted: Wanted,
    at: Timestamp,
) -> Result<(Option<AgentId>, Assignment), StoreError> {
    match route(team, Asked { serving, last_agent: wanted.last_agent }) {
        Decision::Waits(reason) => Ok((None, assignment(reason, 0, wanted.group_id, at))),
        Decision::Assigned { agent, reason, eligible, turn } => {
            if let Some(one) = team.iter_mut().find(|one| one.id == agent) {
                (one.turn, one.last_given, one.load) = (turn, at.0, one.load.saturating_add(1));
            }
            scope
                .update::<agent::Entity>()
                .col_expr(agent::Column::Turn, turn.into())
                .col_expr(agent::Column::LastGivenAt, at.0.into())
                .filter(agent::Column::Id.eq(agent))
                .exec(conn)
                .await?;
            Ok((Some(agent), assignment(reason, eligible, wanted.group_id, at)))
        }
    }
}

fn assignment(reason: AssignmentReason, eligible: u32, group_id: Option<AgentGroupId>, at: Timestamp) -> Assignment {
    Assignment { reason, eligible, by: None, group_id, at }
}

/// To whom a visitor's first message brings its conversation.
pub(crate) async fn for_new(
    conn: &DatabaseTransaction,
    visitor: Visitor,
    attendance: &dyn Attendance,
    at: Timestamp,
) -> Result<(Option<AgentId>, Assignment), StoreError> {
    hold(conn, visitor.scope()).await?;
    let wanted = Wanted { channel_id: visitor.channel_id, group_id: None, last_agent: None };
    decide(conn, visitor.scope(), attendance, wanted, at).await
}

/// Brings a conversation back that is put off, or finds somebody for one that is closed, or nobody's and not in the queue, before its
/// visitor's message is stored.
pub(crate) async fn for_message(
    conn: &DatabaseTransaction,
    visitor: Visitor,
    conversation_id: ConversationId,
    attendance: &dyn Attendance,
    at: Timestamp,
) -> Result<Vec<PendingEvent>, StoreError> {
    let scope = visitor.scope();
    let found = scope.find::<conversation::Entity>().filter(conversation::Column::Id.eq(conversation_id));
    let Some(row) = found.lock(LockType::Update).one(conn).await? else { return Ok(Vec::new()) };
    if row.snoozed_until.is_some() {
        // It comes back to whose it is, whatever they have: they put it off themselves.
        let (to, actor) = (row.assignee_id, Actor::Visitor(visitor.contact_id));
        let (events, _) = settle(conn, &row, Change { to, kind: Kind::Woken, assignment: None, actor, at }).await?;
        return Ok(events);
    }
    hold(conn, scope).await?;
    let last_agent = row.assignee_id.or(row.last_assignee_id);
    let wanted = Wanted { channel_id: row.channel_id, group_id: row.wanted_group_id, last_agent };
    let (to, assignment) = decide(conn, scope, attendance, wanted, at).await?;
    let kind = if row.closed_at.is_some() { Kind::Reopened } else { Kind::Assigned };
    let actor = Actor::Visitor(visitor.contact_id);
    let (events, _) = settle(conn, &row, Change { to, kind, assignment: Some(assignment), actor, at }).await?;
    Ok(events)
}

async fn has_room(conn: &DatabaseTransaction, scope: OrgScope, agent_id: AgentId) -> Result<bool, StoreError> {
    let found = scope.find::<agent::Entity>().filter(agent::Column::Id.eq(agent_id));
    let capacity: Option<i32> = found.select_only().column(agent::Column::Capacity).into_tuple().one(conn).await?;
    let capacity = u32::try_from(capacity.unwrap_or_default()).unwrap_or_default();
    if capacity == 0 {
        return Ok(true);
    }
    let loads = loads(conn, scope, &[agent_id]).await?;
    Ok(loads.get(&agent_id).copied().unwrap_or_default() < capacity)
}

/// What happens to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Assigned,
    Closed,
    Reopened,
    /// Put off until then.
    Snoozed(Timestamp),
    Woken,
}

/// A change of whose a conversation is.
#[derive(Debug, Clone)]
struct Change {
    /// Whose it is from now on. Nobody's and open, it waits in the queue.
    to: Option<AgentId>,
    kind: Kind,
    /// Why; nothing: as it was.
    assignment: Option<Assignment>,
    actor: Actor,
    at: Timestamp,
}

/// Makes it so, and returns what is told of it, with who sees the conversation afterwards. Everything that whose it is depends on goes
/// by this function.
async fn settle(
    conn: &DatabaseTransaction,
    row: &conversation::Model,
    change: Change,
) -> Result<(Vec<PendingEvent>, Audience), StoreError> {
    let Change { to, kind, assignment, actor, at } = change;
    let scope = OrgScope::new(row.org_id);
    let before = Members::read(&row.members)?;
    let members = without(&before, to);
    let version = row.members_version.saturating_add(1);
    let closed_at = (kind == Kind::Closed).then(|| row.closed_at.unwrap_or(at));
    let queued_at = (to.is_none() && closed_at.is_none()).then(|| row.queued_at.unwrap_or(at));
    // Whatever else happens to it brings it back.
    let snoozed_until = if let Kind::Snoozed(until) = kind { Some(until) } else { None };
    let stored = row.assignment.as_deref().map(|text| sql::from_json(text, "conversation.assignment")).transpose()?;
    let assignment = assignment.or(stored);
    let wanted = assignment.as_ref().and_then(|assignment| assignment.group_id);
    scope
        .update::<conversation::Entity>()
        .col_expr(conversation::Column::AssigneeId, to.into())
        .col_expr(conversation::Column::LastAssigneeId, to.or(row.assignee_id).or(row.last_assignee_id).into())
        .col_expr(conversation::Column::ClosedAt, closed_at.into())
        .col_expr(conversation::Column::QueuedAt, queued_at.into())
        .col_expr(conversation::Column::SnoozedUntil, snoozed_until.into())
        // Whoever has it now may have it again; only while it waits, it waits for the group.
        .col_expr(conversation::Column::WantedGroupId, wanted.filter(|_| queued_at.is_some()).into())
        .col_expr(conversation::Column::Assignment, assignment.as_ref().map(sql::to_json).transpose()?.into())
        .col_expr(conversation::Column::Members, members.to_string().into())
        .col_expr(conversation::Column::MembersVersion, version.into())
        .filter(conversation::Column::Id.eq(row.id))
        .exec(conn)
        .await?;
    if before != members {
        scope
            .delete::<conversation_member::Entity>()
            .filter(conversation_member::Column::ConversationId.eq(row.id))
            .filter(conversation_member::Column::AgentId.is_in(to))
            .exec(conn)
            .await?;
    }
    let standing = Standing {
        assignee_id: to,
        members: members.as_slice().to_vec(),
        members_version: version,
        closed_at,
        queued_at,
        snoozed_until,
        assignment,
    };
    let conversation_id = row.id;
    let event = match kind {
        Kind::Assigned => Event::ConversationAssigned { conversation_id, standing },
        Kind::Closed => Event::ConversationClosed { conversation_id, standing },
        Kind::Reopened => Event::ConversationReopened { conversation_id, standing },
        Kind::Snoozed(_) => Event::ConversationSnoozed { conversation_id, standing },
        Kind::Woken => Event::ConversationWoken { conversation_id, standing },
    };
    let audience = Audience::seeing(to, members.clone());
    let tell = |conversation_id, audience, event| PendingEvent {
        org_id: row.org_id,
        conversation_id,
        actor,
        audience,
        event,
        at,
    };
    let mut events = vec![tell(Some(row.id), audience.clone(), event)];
    if to == row.assignee_id {
        return Ok((events, audience));
    }
    if let Some(agent) = to
        && !sees_all(conn, scope, agent).await?
    {
        members::begin(conn, row, agent, at).await?;
    }
    if let Some(agent_id) = row.assignee_id
        && !sees_all(conn, scope, agent_id).await?
    {
        members::unpin(conn, scope, conversation_id, agent_id).await?;
        let event = Event::ConversationWithdrawn { conversation_id, agent_id, members_version: version };
        // Not as the conversation's event: those of it that were for this agent are so no more, and this has to reach them.
        events.push(tell(None, Audience::agents(AgentAudience::One(agent_id)), event));
    }
    Ok((events, audience))
}

fn without(members: &Members, agent: Option<AgentId>) -> Members {
    let left: Vec<AgentId> = members.as_slice().iter().copied().filter(|member| Some(*member) != agent).collect();
    Members::from(left)
}

/// Whether an agent sees conversations that are others'.
async fn sees_all(conn: &DatabaseTransaction, scope: OrgScope, agent_id: AgentId) -> Result<bool, StoreError> {
    let found = scope.find::<agent::Entity>().filter(agent::Column::Id.eq(agent_id));
    let role: Option<String> = found.select_only().column(agent::Column::Role).into_tuple().one(conn).await?;
    let Some(role) = role else { return Ok(false) };
    Ok(can(agents::role(&role)?, Permission::SeeAllConversations).is_ok())
}
