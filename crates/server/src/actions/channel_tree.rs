//! Grouping and ordering channels.
//!
//! Each write begins by taking the tree for itself and reading it whole: it is bounded, and whatever is decided of it holds until the
//! commit. What comes of it goes to everybody as one fact, the tree as it is now.

use crate::actions::channels::for_everyone;
use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::channel_tree::{arranged, channels_of, check, group_of};
use rules::permissions::{Permission, can};
use std::collections::HashMap;
use store::{Actor, OrgScope, Tx, audit, channel_tree, channels};
use types::audit::AuditAction;
use types::channel_tree::{
    ArrangeChannels, ChannelGroup, ChannelGroupPatch, ChannelTree, CreateChannelGroup, SetChannelGroup,
};
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::{ChannelGroupId, ChannelId};
use types::limits;
use types::tags::comparable;
use types::time::Timestamp;

/// Who changes the tree, and when.
type By = (OrgScope, Actor, Timestamp);

fn by(state: &AppState, agent: &AnyAgent) -> ApiResult<By> {
    can(agent.role, Permission::ManageChannels)?;
    Ok((agent.scope(), Actor::Agent(agent.agent_id), state.clock.now()))
}

/// The tree as it stays until the commit.
async fn held(tx: &Tx, (scope, ..): By) -> ApiResult<ChannelTree> {
    channel_tree::lock(tx.conn(), scope).await?;
    Ok(channel_tree::read(tx.conn(), scope).await?)
}

/// Writes the tree as it is now, and tells everybody.
async fn save(tx: &mut Tx, (scope, actor, at): By, before: &ChannelTree, after: &mut ChannelTree) -> ApiResult<()> {
    after.revision = before.revision.saturating_add(1);
    channel_tree::save(tx.conn(), scope, before, after).await?;
    tx.append(for_everyone(scope, actor, Event::ChannelTreeUpdated { tree: after.clone() }, at));
    Ok(())
}

/// Adds a group, behind the others.
///
/// # Errors
/// A field error for a name that another group has; a conflict when there are as many as there may be.
pub async fn create_channel_group(
    state: &AppState,
    agent: &AnyAgent,
    request: CreateChannelGroup,
) -> ApiResult<ChannelGroup> {
    let (by, auditor, id) = (by(state, agent)?, auditor(state, agent), state.ids.make(ChannelGroupId));
    let create = state.write(move |tx| {
        Box::pin(async move {
            let before = held(tx, by).await?;
            if before.groups.len() >= limits::CHANNEL_GROUPS_MAX {
                let detail = format!("An organisation has at most {} groups of channels", limits::CHANNEL_GROUPS_MAX);
                return Err(ApiError::new(ErrorCode::Conflict, detail));
            }
            let name = free_name(&request.name, &before, None)?;
            let group = ChannelGroup { id, name: name.clone(), channel_ids: Vec::new() };
            channel_tree::create_group(tx.conn(), by.0, &group, by.2).await?;
            let mut after = before.clone();
            after.groups.push(group.clone());
            save(tx, by, &before, &mut after).await?;
            let action = AuditAction::ChannelGroupCreated { group_id: id, name };
            audit::add(tx.conn(), by.0.org_id(), auditor, &action).await?;
            Ok(group)
        })
    });
    create.await
}

/// Renames a group. The name that it has already is no event.
///
/// # Errors
/// A field error for a name that another group has; not found when it is not there.
pub async fn update_channel_group(
    state: &AppState,
    agent: &AnyAgent,
    group_id: ChannelGroupId,
    patch: ChannelGroupPatch,
) -> ApiResult<ChannelGroup> {
    let (by, auditor) = (by(state, agent)?, auditor(state, agent));
    let update = state.write(move |tx| {
        Box::pin(async move {
            let before = held(tx, by).await?;
            let mut after = before.clone();
            let group = after.groups.iter_mut().find(|group| group.id == group_id).ok_or_else(no_group)?;
            let name = free_name(&patch.name, &before, Some(group_id))?;
            if name == group.name {
                return Ok(group.clone());
            }
            let was = std::mem::replace(&mut group.name, name.clone());
            let group = group.clone();
            save(tx, by, &before, &mut after).await?;
            let action = AuditAction::ChannelGroupRenamed { group_id, before: was, name };
            audit::add(tx.conn(), by.0.org_id(), auditor, &action).await?;
            Ok(group)
        })
    });
    update.await
}

/// Deletes a group. Its channels go to the end of the top level.
///
/// # Errors
/// Not found when it is not there.
pub async fn delete_channel_group(state: &AppState, agent: &AnyAgent, group_id: ChannelGroupId) -> ApiResult<()> {
    let (by, auditor) = (by(state, agent)?, auditor(state, agent));
    let delete = state.write(move |tx| {
        Box::pin(async move {
            let before = held(tx, by).await?;
            let mut after = before.clone();
            let place = after.groups.iter().position(|group| group.id == group_id).ok_or_else(no_group)?;
            let ChannelGroup { name, channel_ids, .. } = after.groups.remove(place);
            after.channel_ids.extend(&channel_ids);
            save(tx, by, &before, &mut after).await?;
            channel_tree::delete_group(tx.conn(), by.0, group_id).await?;
            let channels = names(tx, by, channel_ids).await?;
            let action = AuditAction::ChannelGroupDeleted { group_id, name, channels };
            audit::add(tx.conn(), by.0.org_id(), auditor, &action).await?;
            Ok(())
        })
    });
    delete.await
}

/// Sets the order of everything. The one that there is already is no event.
///
/// # Errors
/// A conflict when the tree was changed meanwhile; field errors for what is not there, and for what is not named.
pub async fn arrange_channels(state: &AppState, agent: &AnyAgent, request: ArrangeChannels) -> ApiResult<ChannelTree> {
    let (by, auditor) = (by(state, agent)?, auditor(state, agent));
    let arrange = state.write(move |tx| {
        Box::pin(async move {
            let before = held(tx, by).await?;
            let (revision, faults) = (request.revision, check(&before, &request));
            let mut after = arranged(&before, request);
            if faults.is_empty() && after == before {
                return Ok(before);
            }
            if revision != before.revision {
                return Err(ApiError::new(
                    ErrorCode::Conflict,
                    "The channels were arranged by somebody else meanwhile",
                ));
            }
            if !faults.is_empty() {
                return Err(ApiError::invalid(faults));
            }
            save(tx, by, &before, &mut after).await?;
            let moved = channels_of(&after).filter(|id| group_of(&before, *id) != group_of(&after, *id)).collect();
            let action = AuditAction::ChannelsArranged { moved: names(tx, by, moved).await? };
            audit::add(tx.conn(), by.0.org_id(), auditor, &action).await?;
            Ok(after)
        })
    });
    arrange.await
}

/// Puts a channel into a group, behind its channels, or at the end of the top level. Where it is in that group already it stays.
///
/// # Errors
/// Not found when the channel is not there; a field error when the group is not.
pub async fn set_channel_group(
    state: &AppState,
    agent: &AnyAgent,
    channel_id: ChannelId,
    request: SetChannelGroup,
) -> ApiResult<ChannelTree> {
    let (by, auditor) = (by(state, agent)?, auditor(state, agent));
    let set = state.write(move |tx| {
        Box::pin(async move {
            channel_tree::lock(tx.conn(), by.0).await?;
            let channel = channels::get(tx.conn(), by.0, channel_id).await?;
            let channel = channel.ok_or_else(|| ApiError::not_found("channel"))?;
            let (tree, is_moved) = put_into(tx, by, channel_id, request.group_id).await?;
            if is_moved {
                let fields = vec!["group".to_owned()];
                let action = AuditAction::ChannelUpdated { channel_id, name: channel.name, fields };
                audit::add(tx.conn(), by.0.org_id(), auditor, &action).await?;
            }
            Ok(tree)
        })
    });
    set.await
}

/// The tree with a channel at the end of a group, or of the top level; and whether it was elsewhere.
pub(super) async fn put_into(
    tx: &mut Tx,
    by: By,
    channel_id: ChannelId,
    group_id: Option<ChannelGroupId>,
) -> ApiResult<(ChannelTree, bool)> {
    let before = held(tx, by).await?;
    if group_id == group_of(&before, channel_id) {
        return Ok((before, false));
    }
    let mut after = before.clone();
    after.channel_ids.retain(|id| *id != channel_id);
    for group in &mut after.groups {
        group.channel_ids.retain(|id| *id != channel_id);
    }
    match group_id {
        Some(group_id) => {
            let missing = || ApiError::field("group_id", FieldCode::Wrong, "is no group of the organisation");
            let group = after.groups.iter_mut().find(|group| group.id == group_id).ok_or_else(missing)?;
            group.channel_ids.push(channel_id);
        }
        None => after.channel_ids.push(channel_id),
    }
    save(tx, by, &before, &mut after).await?;
    Ok((after, true))
}

async fn names(tx: &Tx, (scope, ..): By, channel_ids: Vec<ChannelId>) -> ApiResult<Vec<String>> {
    let rows = channels::list(tx.conn(), scope).await?;
    let mut names: HashMap<ChannelId, String> = rows.into_iter().map(|row| (row.id, row.name)).collect();
    Ok(channel_ids.iter().filter_map(|id| names.remove(id)).collect())
}

/// The name as it is stored, if no other group has it.
fn free_name(name: &str, tree: &ChannelTree, but: Option<ChannelGroupId>) -> ApiResult<String> {
    let wanted = comparable(name);
    if tree.groups.iter().any(|group| Some(group.id) != but && comparable(&group.name) == wanted) {
        return Err(ApiError::field("name", FieldCode::Taken, "is the name of another one"));
    }
    Ok(name.trim().to_owned())
}

fn no_group() -> ApiError {
    ApiError::not_found("group of channels")
}
