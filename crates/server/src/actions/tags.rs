//! Adding, editing and deleting tags and their groups.
//!
//! Each write begins by taking the organisation's tags for itself and reading them all: there are few, and whatever is decided of them
//! holds until the commit.

use crate::actions::conversations::auditor;
use crate::actions::purges::take_off;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::permissions::{Permission, can};
use rules::tags::{rank_at, rank_between};
use store::{Actor, AgentAudience, Audience, OrgScope, PendingEvent, Tx, audit, tags};
use types::audit::AuditAction;
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::{TagGroupId, TagId};
use types::limits;
use types::tags::{CreateTag, CreateTagGroup, Tag, TagGroup, TagGroupPatch, TagPatch, comparable};
use types::time::Timestamp;

/// Who changes tags, and when.
#[derive(Debug, Clone, Copy)]
struct By {
    scope: OrgScope,
    actor: Actor,
    at: Timestamp,
}

impl By {
    fn of(state: &AppState, agent: &AnyAgent) -> ApiResult<Self> {
        can(agent.role, Permission::ManageTags)?;
        Ok(Self { scope: agent.scope(), actor: Actor::Agent(agent.agent_id), at: state.clock.now() })
    }

    /// The groups as they stay until the commit.
    async fn groups(self, tx: &Tx) -> ApiResult<Vec<TagGroup>> {
        tags::lock(tx.conn(), self.scope).await?;
        Ok(tags::list(tx.conn(), self.scope).await?)
    }

    fn tell(self, tx: &mut Tx, event: Event) {
        let Self { scope, actor, at } = self;
        let audience = Audience::agents(AgentAudience::Everyone);
        tx.append(PendingEvent { org_id: scope.org_id(), conversation_id: None, actor, audience, event, at });
    }

    /// Writes a group as it is now, and tells everybody.
    async fn save(self, tx: &mut Tx, group: &mut TagGroup) -> ApiResult<()> {
        group.version = group.version.saturating_add(1);
        tags::save_group(tx.conn(), self.scope, group).await?;
        self.tell(tx, Event::TagGroupSaved { group: group.clone() });
        Ok(())
    }
}

/// Adds a group, behind the others.
///
/// # Errors
/// A field error for a name that another group has; a conflict when there are as many as there may be.
pub async fn create_tag_group(state: &AppState, agent: &AnyAgent, request: CreateTagGroup) -> ApiResult<TagGroup> {
    let (by, auditor, id) = (By::of(state, agent)?, auditor(state, agent), state.ids.make(TagGroupId));
    let create = state.write(move |tx| {
        Box::pin(async move {
            let groups = by.groups(tx).await?;
            if groups.len() >= limits::TAG_GROUPS_MAX {
                return Err(full(format!("An organisation has at most {} groups of tags", limits::TAG_GROUPS_MAX)));
            }
            let name = free_name(&request.name, groups.iter().map(|group| group.name.as_str()))?;
            // Ranks have no end that anybody would live to see.
            let rank = rank_between(groups.last().map(|group| group.rank), None).unwrap_or(i64::MAX);
            let single_choice = request.single_choice;
            let group = TagGroup { id, name, single_choice, rank, version: 1, tags: Vec::new() };
            tags::create_group(tx.conn(), by.scope, &group, by.at).await?;
            by.tell(tx, Event::TagGroupSaved { group: group.clone() });
            let action = AuditAction::TagGroupCreated { group_id: id, name: group.name.clone() };
            audit::add(tx.conn(), by.scope.org_id(), auditor, &action).await?;
            Ok(group)
        })
    });
    create.await
}

/// Edits a group; what the patch leaves out stays. A patch that changes nothing is no event.
///
/// # Errors
/// A field error for a name that another group has; a conflict when contacts have several tags of a group that is to be
/// single-choice: nobody but a person can say which of them to keep.
pub async fn update_tag_group(
    state: &AppState,
    agent: &AnyAgent,
    group_id: TagGroupId,
    patch: TagGroupPatch,
) -> ApiResult<TagGroup> {
    let (by, auditor) = (By::of(state, agent)?, auditor(state, agent));
    let update = state.write(move |tx| {
        Box::pin(async move {
            let mut groups = by.groups(tx).await?;
            let from = groups.iter().position(|group| group.id == group_id).ok_or_else(no_group)?;
            let mut group = groups.remove(from);
            let before = group.clone();
            if let Some(name) = &patch.name {
                group.name = free_name(name, groups.iter().map(|group| group.name.as_str()))?;
            }
            if let Some(single_choice) = patch.single_choice {
                group.single_choice = single_choice;
            }
            if group.single_choice && !before.single_choice {
                let several = tags::group_contents(tx.conn(), by.scope, &group).await?.contacts_with_several;
                if several > 0 {
                    let detail = format!("{several} contacts have several tags of the group");
                    return Err(ApiError::new(ErrorCode::Conflict, detail));
                }
            }
            let to = patch.place.map_or(from, usize::from).min(groups.len());
            if to != from {
                let (above, below) = groups.split_at(to);
                let (above, below) = (above.last().map(|group| group.rank), below.first().map(|group| group.rank));
                match rank_between(above, below) {
                    Some(rank) => group.rank = rank,
                    None => {
                        group.rank = rank_at(to);
                        renumber(tx, by, &mut groups, to).await?;
                    }
                }
            }
            if group != before {
                by.save(tx, &mut group).await?;
                let fields = fields([
                    ("name", group.name != before.name),
                    ("single_choice", group.single_choice != before.single_choice),
                    ("place", group.rank != before.rank),
                ]);
                let name = group.name.clone();
                let action = AuditAction::TagGroupUpdated { group_id, name, before: before.name, fields };
                audit::add(tx.conn(), by.scope.org_id(), auditor, &action).await?;
            }
            Ok(group)
        })
    });
    update.await
}

/// Numbers the other groups anew, around a place that is kept free.
async fn renumber(tx: &mut Tx, by: By, others: &mut [TagGroup], free: usize) -> ApiResult<()> {
    for (place, group) in others.iter_mut().enumerate() {
        let rank = rank_at(if place < free { place } else { place.saturating_add(1) });
        if group.rank != rank {
            group.rank = rank;
            by.save(tx, group).await?;
        }
    }
    Ok(())
}

/// Deletes a group with its tags.
///
/// # Errors
/// Not found when it is not there.
pub async fn delete_tag_group(state: &AppState, agent: &AnyAgent, group_id: TagGroupId) -> ApiResult<()> {
    let (by, auditor) = (By::of(state, agent)?, auditor(state, agent));
    let delete = state.write(move |tx| {
        Box::pin(async move {
            let groups = by.groups(tx).await?;
            let group = groups.into_iter().find(|group| group.id == group_id).ok_or_else(no_group)?;
            let contacts = counted(tags::group_contents(tx.conn(), by.scope, &group).await?.contacts);
            let tag_ids: Vec<TagId> = group.tags.iter().map(|tag| tag.id).collect();
            tags::discard(tx.conn(), by.scope, &tag_ids).await?;
            tags::delete_group(tx.conn(), by.scope, group_id).await?;
            if !tag_ids.is_empty() {
                by.tell(tx, Event::TagsDeleted { tag_ids: tag_ids.clone() });
            }
            by.tell(tx, Event::TagGroupDeleted { group_id });
            let tags = group.tags.into_iter().map(|tag| tag.name).collect();
            let action = AuditAction::TagGroupDeleted { group_id, name: group.name, tags, contacts };
            audit::add(tx.conn(), by.scope.org_id(), auditor, &action).await?;
            Ok(tag_ids)
        })
    });
    let tag_ids = delete.await?;
    take_off(state, by.scope, &tag_ids).await;
    Ok(())
}

/// Adds a tag to a group, behind the others; answers the group.
///
/// # Errors
/// A field error for a name that another tag of the group has; a conflict when the group has as many as it may.
pub async fn create_tag(
    state: &AppState,
    agent: &AnyAgent,
    group_id: TagGroupId,
    request: CreateTag,
) -> ApiResult<TagGroup> {
    let (by, auditor, id) = (By::of(state, agent)?, auditor(state, agent), state.ids.make(TagId));
    let create = state.write(move |tx| {
        Box::pin(async move {
            let groups = by.groups(tx).await?;
            let mut group = groups.into_iter().find(|group| group.id == group_id).ok_or_else(no_group)?;
            if group.tags.len() >= limits::TAGS_MAX {
                return Err(full(format!("A group has at most {} tags", limits::TAGS_MAX)));
            }
            let name = free_name(&request.name, group.tags.iter().map(|tag| tag.name.as_str()))?;
            let tag = Tag { id, name, color: request.color };
            let action = AuditAction::TagCreated { tag_id: id, name: tag.name.clone(), group_name: group.name.clone() };
            tags::create_tag(tx.conn(), by.scope, group_id, (&tag, group.tags.len()), by.at).await?;
            group.tags.push(tag);
            by.save(tx, &mut group).await?;
            audit::add(tx.conn(), by.scope.org_id(), auditor, &action).await?;
            Ok(group)
        })
    });
    create.await
}

/// Edits a tag; what the patch leaves out stays. A patch that changes nothing is no event. Answers its group.
///
/// # Errors
/// A field error for a name that another tag of the group has.
pub async fn update_tag(state: &AppState, agent: &AnyAgent, tag_id: TagId, patch: TagPatch) -> ApiResult<TagGroup> {
    let (by, auditor) = (By::of(state, agent)?, auditor(state, agent));
    let update = state.write(move |tx| {
        Box::pin(async move {
            let (mut group, from) = of_tag(by.groups(tx).await?, tag_id)?;
            let before = group.tags.clone();
            let mut tag = group.tags.remove(from);
            let was = tag.clone();
            if let Some(name) = &patch.name {
                tag.name = free_name(name, group.tags.iter().map(|tag| tag.name.as_str()))?;
            }
            tag.color = patch.color.unwrap_or(tag.color);
            let to = patch.place.map_or(from, usize::from).min(group.tags.len());
            let fields =
                fields([("name", tag.name != was.name), ("color", tag.color != was.color), ("place", to != from)]);
            let (name, group_name) = (tag.name.clone(), group.name.clone());
            let action = AuditAction::TagUpdated { tag_id, name, before: was.name, group_name, fields };
            group.tags.insert(to, tag);
            let changed = group.tags.iter().enumerate().filter(|(place, tag)| before.get(*place) != Some(tag));
            let changed: Vec<(usize, &Tag)> = changed.collect();
            if changed.is_empty() {
                return Ok(group);
            }
            for (place, tag) in changed {
                tags::save_tag(tx.conn(), by.scope, tag, place).await?;
            }
            by.save(tx, &mut group).await?;
            audit::add(tx.conn(), by.scope.org_id(), auditor, &action).await?;
            Ok(group)
        })
    });
    update.await
}

/// Deletes a tag.
///
/// # Errors
/// Not found when it is not there.
pub async fn delete_tag(state: &AppState, agent: &AnyAgent, tag_id: TagId) -> ApiResult<()> {
    let (by, auditor) = (By::of(state, agent)?, auditor(state, agent));
    let delete = state.write(move |tx| {
        Box::pin(async move {
            let (mut group, place) = of_tag(by.groups(tx).await?, tag_id)?;
            let contacts = counted(tags::contents(tx.conn(), by.scope, tag_id).await?.contacts);
            let tag = group.tags.remove(place);
            tags::discard(tx.conn(), by.scope, &[tag_id]).await?;
            by.save(tx, &mut group).await?;
            by.tell(tx, Event::TagsDeleted { tag_ids: vec![tag_id] });
            let action = AuditAction::TagDeleted { tag_id, name: tag.name, group_name: group.name, contacts };
            audit::add(tx.conn(), by.scope.org_id(), auditor, &action).await?;
            Ok(())
        })
    });
    delete.await?;
    take_off(state, by.scope, &[tag_id]).await;
    Ok(())
}

/// The names of those fields that are other ones, for the audit log.
fn fields<const N: usize>(all: [(&str, bool); N]) -> Vec<String> {
    all.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name.to_owned()).collect()
}

/// The group of a tag, and its place there.
fn of_tag(groups: Vec<TagGroup>, tag_id: TagId) -> ApiResult<(TagGroup, usize)> {
    let found = groups.into_iter().find_map(|group| {
        let place = group.tags.iter().position(|tag| tag.id == tag_id)?;
        Some((group, place))
    });
    found.ok_or_else(|| ApiError::not_found("tag"))
}

/// The name as it is stored, if none of the others has it.
fn free_name<'a>(name: &str, mut others: impl Iterator<Item = &'a str>) -> ApiResult<String> {
    let wanted = comparable(name);
    if others.any(|other| comparable(other) == wanted) {
        return Err(ApiError::field("name", FieldCode::Taken, "is the name of another one"));
    }
    Ok(name.trim().to_owned())
}

fn no_group() -> ApiError {
    ApiError::not_found("group of tags")
}

fn full(detail: String) -> ApiError {
    ApiError::new(ErrorCode::Conflict, detail)
}

fn counted(contacts: u64) -> i64 {
    i64::try_from(contacts).unwrap_or(i64::MAX)
}
