//! What agents do with whose a conversation is: hand it on, take it over, close it and open it again. Each is a line among the
//! conversation's notes; who got something from whom is in the audit log.

use super::{Change, Kind, Wanted, decide, has_room, hold, settle};
use crate::audience::{Actor, Audience};
use crate::error::StoreError;
use crate::queries::audit::{self, Auditor};
use crate::queries::clearing::summary;
use crate::queries::members::{Held, Member};
use crate::queries::notes;
use crate::scope::{OrgScope, Viewer};
use crate::tables::{agent, conversation};
use crate::write::Tx;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use types::assignment::{Assignment, AssignmentReason};
use types::audit::AuditAction;
use types::id::{AgentGroupId, AgentId};
use types::notes::{MemberChange, MemberChangeKind};

/// The agent has as many conversations as they may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// Gives a conversation to an agent who works here: handed on by another, or taken over by themselves. It is open afterwards. Whose it
/// is already, theirs it stays.
///
/// # Errors
/// Those of the database; inside, [`Full`] when they have as many as they may have.
pub async fn give(
    tx: &mut Tx,
    viewer: Viewer,
    held: &mut Held,
    to: Member,
    auditor: Auditor,
) -> Result<Result<(), Full>, StoreError> {
    let row = held.row.clone();
    if row.assignee_id == Some(to.id) && row.closed_at.is_none() {
        return Ok(Ok(()));
    }
    hold(tx.conn(), viewer.scope()).await?;
    if !has_room(tx.conn(), viewer.scope(), to.id).await? {
        return Ok(Err(Full));
    }
    let is_self = to.id == viewer.agent_id;
    let reason = if is_self { AssignmentReason::TakenOver } else { AssignmentReason::Transferred };
    let assignment = Assignment { reason, eligible: 0, by: Some(viewer.agent_id), group_id: None, at: auditor.at };
    let audience = change(tx, viewer, &row, Kind::Assigned, Some(to.id), Some(assignment), &auditor).await?;
    let kind = if is_self { MemberChangeKind::TakenOver } else { MemberChangeKind::Transferred };
    tell(
        tx,
        viewer,
        held,
        audience,
        &auditor,
        MemberChange { kind, agent_id: to.id, agent_name: to.name.clone(), until: None },
    )
    .await?;
    log(tx, viewer, &row, auditor, Some(to.id), None, to.name).await?;
    Ok(Ok(()))
}

/// Hands a conversation on to a group: whoever's turn it is gets it, and where nobody can take it, it waits for them.
///
/// # Errors
/// Those of the database.
pub async fn give_to_group(
    tx: &mut Tx,
    viewer: Viewer,
    held: &mut Held,
    (group_id, name): (AgentGroupId, String),
    auditor: Auditor,
) -> Result<(), StoreError> {
    let row = held.row.clone();
    hold(tx.conn(), viewer.scope()).await?;
    let wanted = Wanted { channel_id: row.channel_id, group_id: Some(group_id), last_agent: None };
    let (to, found) = decide(tx.conn(), viewer.scope(), tx.attendance().as_ref(), wanted, auditor.at).await?;
    let reason = if to.is_some() { AssignmentReason::Transferred } else { found.reason };
    let assignment = Assignment { reason, by: Some(viewer.agent_id), ..found };
    let audience = change(tx, viewer, &row, Kind::Assigned, to, Some(assignment), &auditor).await?;
    let line = match to {
        Some(agent_id) => {
            let agent_name = name_of(tx, viewer.scope(), agent_id).await?;
            MemberChange { kind: MemberChangeKind::Transferred, agent_id, agent_name, until: None }
        }
        None => MemberChange {
            kind: MemberChangeKind::Queued,
            agent_id: viewer.agent_id,
            agent_name: name.clone(),
            until: None,
        },
    };
    tell(tx, viewer, held, audience, &auditor, line).await?;
    log(tx, viewer, &row, auditor, to, Some(group_id), name).await
}

/// Closes a conversation; one that is closed stays so. It stays whose it was.
///
/// # Errors
/// Those of the database.
pub async fn close(tx: &mut Tx, viewer: Viewer, held: &mut Held, auditor: Auditor) -> Result<(), StoreError> {
    let row = held.row.clone();
    if row.closed_at.is_some() {
        return Ok(());
    }
    let audience = change(tx, viewer, &row, Kind::Closed, row.assignee_id, None, &auditor).await?;
    tell(tx, viewer, held, audience, &auditor, own(viewer, &auditor, MemberChangeKind::Closed)).await
}

/// Opens a conversation again; an open one stays so. It is whose it was; nobody's waits in the queue.
///
/// # Errors
/// Those of the database; inside, [`Full`] when whoever has it has as many others as they may have.
pub async fn reopen(
    tx: &mut Tx,
    viewer: Viewer,
    held: &mut Held,
    auditor: Auditor,
) -> Result<Result<(), Full>, StoreError> {
    let row = held.row.clone();
    if row.closed_at.is_none() {
        return Ok(Ok(()));
    }
    hold(tx.conn(), viewer.scope()).await?;
    if let Some(assignee) = row.assignee_id
        && !has_room(tx.conn(), viewer.scope(), assignee).await?
    {
        return Ok(Err(Full));
    }
    let audience = change(tx, viewer, &row, Kind::Reopened, row.assignee_id, None, &auditor).await?;
    tell(tx, viewer, held, audience, &auditor, own(viewer, &auditor, MemberChangeKind::Reopened)).await?;
    Ok(Ok(()))
}

pub(super) fn own(viewer: Viewer, auditor: &Auditor, kind: MemberChangeKind) -> MemberChange {
    MemberChange { kind, agent_id: viewer.agent_id, agent_name: auditor.agent_name.clone(), until: None }
}

pub(super) async fn change(
    tx: &mut Tx,
    viewer: Viewer,
    row: &conversation::Model,
    kind: Kind,
    to: Option<AgentId>,
    assignment: Option<Assignment>,
    auditor: &Auditor,
) -> Result<Audience, StoreError> {
    // Whoever is given something that is closed has to answer it.
    let kind = if kind == Kind::Assigned && row.closed_at.is_some() { Kind::Reopened } else { kind };
    let change = Change { to, kind, assignment, actor: Actor::Agent(viewer.agent_id), at: auditor.at };
    let (events, audience) = settle(tx.conn(), row, change).await?;
    events.into_iter().for_each(|event| tx.append(event));
    Ok(audience)
}

/// Adds the line, after which a note that goes with it is the next one.
pub(super) async fn tell(
    tx: &mut Tx,
    viewer: Viewer,
    held: &mut Held,
    audience: Audience,
    auditor: &Auditor,
    line: MemberChange,
) -> Result<(), StoreError> {
    notes::tell_change(tx, viewer, &held.row, audience, auditor, line).await?;
    let found = viewer.scope().find::<conversation::Entity>().filter(conversation::Column::Id.eq(held.row.id));
    held.row = found.one(tx.conn()).await?.ok_or(StoreError::NotFound)?;
    Ok(())
}

async fn log(
    tx: &Tx,
    viewer: Viewer,
    row: &conversation::Model,
    auditor: Auditor,
    assignee_id: Option<AgentId>,
    group_id: Option<AgentGroupId>,
    name: String,
) -> Result<(), StoreError> {
    let action = AuditAction::ConversationAssigned {
        conversation_id: row.id,
        contact: summary(tx.conn(), viewer.scope(), row).await?,
        channel_id: row.channel_id,
        assignee_id,
        group_id,
        name,
    };
    audit::add(tx.conn(), viewer.org_id, auditor, &action).await
}

pub(super) async fn name_of(tx: &Tx, scope: OrgScope, agent_id: AgentId) -> Result<String, StoreError> {
    let found = scope.find::<agent::Entity>().filter(agent::Column::Id.eq(agent_id));
    let name = found.select_only().column(agent::Column::Name).into_tuple().one(tx.conn()).await?;
    name.ok_or(StoreError::NotFound)
}
