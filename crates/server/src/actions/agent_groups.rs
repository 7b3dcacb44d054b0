//! Groups of agents: adding, renaming, ordering and deleting them, and who is in them.
//!
//! Each write begins by taking the organisation's people for itself and reading all groups: there are few, and whatever is decided of
//! them holds until the commit.

use crate::actions::people::By;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use store::{AgentAudience, Constraint, StoreError, Tx, agent_groups, people};
use types::audit::AuditAction;
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::{AgentGroupId, AgentId};
use types::limits::AGENT_GROUPS_MAX;
use types::people::{AgentGroup, AgentGroupPatch, CreateAgentGroup};

/// The groups as they stay until the commit.
async fn held(tx: &Tx, by: &By) -> ApiResult<Vec<AgentGroup>> {
    people::lock(tx.conn(), by.scope).await?;
    Ok(agent_groups::list(tx.conn(), by.scope).await?)
}

/// Adds a group, behind the others.
///
/// # Errors
/// A field error for a name that another group has; a conflict when there are as many as there may be.
pub async fn create_agent_group(
    state: &AppState,
    admin: &AnyAgent,
    request: CreateAgentGroup,
) -> ApiResult<AgentGroup> {
    let (mut by, id) = (By::of(state, admin)?, state.ids.make(AgentGroupId));
    let create = state.write(move |tx| {
        Box::pin(async move {
            let groups = held(tx, &by).await?;
            if groups.len() >= AGENT_GROUPS_MAX {
                let detail = format!("An organisation has at most {AGENT_GROUPS_MAX} groups of agents");
                return Err(ApiError::new(ErrorCode::Conflict, detail));
            }
            let (name, position) = (request.name.trim().to_owned(), place(groups.len()));
            let group = AgentGroup { id, name, position, agent_ids: Vec::new() };
            agent_groups::create(tx.conn(), by.scope, &group, by.auditor.at).await.map_err(name_taken)?;
            by.log(tx, &AuditAction::AgentGroupCreated { group_id: id, name: group.name.clone() }).await?;
            by.tell(tx, AgentAudience::Everyone, Event::AgentGroupsChanged {});
            Ok(group)
        })
    });
    create.await
}

/// Edits a group; what the patch leaves out stays, and a patch that changes nothing is no event.
///
/// # Errors
/// Not found; a field error for a name that another group has and for agents who do not work here.
pub async fn update_agent_group(
    state: &AppState,
    admin: &AnyAgent,
    group_id: AgentGroupId,
    patch: AgentGroupPatch,
) -> ApiResult<AgentGroup> {
    let mut by = By::of(state, admin)?;
    let update = state.write(move |tx| {
        Box::pin(async move {
            let mut groups = held(tx, &by).await?;
            let from = groups.iter().position(|group| group.id == group_id).ok_or_else(no_group)?;
            let before = groups.remove(from);
            let mut group = before.clone();
            if let Some(name) = &patch.name {
                name.trim().clone_into(&mut group.name);
            }
            let to = patch.position.map_or(from, usize::from).min(groups.len());
            groups.insert(to, group.clone());
            for (position, one) in groups.iter_mut().enumerate() {
                let position = place(position);
                if one.position != position || (one.id == group_id && one.name != before.name) {
                    one.position = position;
                    agent_groups::save(tx.conn(), by.scope, one).await.map_err(name_taken)?;
                }
            }
            group.position = place(to);
            if group.name != before.name {
                let (from, to) = (before.name.clone(), group.name.clone());
                by.log(tx, &AuditAction::AgentGroupRenamed { group_id, from, to }).await?;
            }
            if let Some(agents) = patch.agent_ids {
                refill(tx, &mut by, &mut group, agents).await?;
            }
            if group != before {
                by.tell(tx, AgentAudience::Everyone, Event::AgentGroupsChanged {});
            }
            Ok(group)
        })
    });
    update.await
}

/// Puts these agents into a group, and no others.
async fn refill(tx: &mut Tx, by: &mut By, group: &mut AgentGroup, mut wanted: Vec<AgentId>) -> ApiResult<()> {
    wanted.sort_unstable();
    let added: Vec<AgentId> = wanted.iter().copied().filter(|id| !group.agent_ids.contains(id)).collect();
    let removed: Vec<AgentId> = group.agent_ids.iter().copied().filter(|id| !wanted.contains(id)).collect();
    if added.is_empty() && removed.is_empty() {
        return Ok(());
    }
    if agent_groups::working(tx.conn(), by.scope, &added).await?.len() < added.len() {
        return Err(ApiError::field("agent_ids", FieldCode::Wrong, "names somebody who does not work here"));
    }
    agent_groups::fill(tx.conn(), by.scope, group.id, &wanted).await?;
    let (group_id, name) = (group.id, group.name.clone());
    by.log(tx, &AuditAction::AgentGroupMembersChanged { group_id, name, added, removed }).await?;
    group.agent_ids = wanted;
    Ok(())
}

/// Deletes a group; who was in it stays.
///
/// # Errors
/// Not found when it is not there.
pub async fn delete_agent_group(state: &AppState, admin: &AnyAgent, group_id: AgentGroupId) -> ApiResult<()> {
    let mut by = By::of(state, admin)?;
    let delete = state.write(move |tx| {
        Box::pin(async move {
            let groups = held(tx, &by).await?;
            let group = groups.into_iter().find(|group| group.id == group_id).ok_or_else(no_group)?;
            agent_groups::delete(tx.conn(), by.scope, group_id).await?;
            let agents = i64::try_from(group.agent_ids.len()).unwrap_or(i64::MAX);
            by.log(tx, &AuditAction::AgentGroupDeleted { group_id, name: group.name, agents }).await?;
            by.tell(tx, AgentAudience::Everyone, Event::AgentGroupsChanged {});
            Ok(())
        })
    });
    delete.await
}

fn place(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}

fn no_group() -> ApiError {
    ApiError::not_found("group of agents")
}

/// A name that another group has is the name's field error.
fn name_taken(error: StoreError) -> ApiError {
    match error {
        StoreError::Conflict { constraint: Constraint::AgentGroupName } => {
            ApiError::field("name", FieldCode::Taken, "is the name of another one")
        }
        other => other.into(),
    }
}
