//! What agents change of contacts.

use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::masking::contact_for;
use rules::permissions::{Permission, can};
use rules::tags::check_set;
use store::blacklist;
use store::contacts::{self, Edited};
use store::tags;
use types::contacts::{Contact, ContactPatch};
use types::error::ErrorCode;
use types::id::{ContactId, TagId};
use types::tags::SetContactTags;

/// Edits a contact; what the patch leaves out stays.
///
/// # Errors
/// Not found when they are not the agent's; forbidden for what the agent may not see; a conflict when somebody else has
/// changed the contact since the version that was edited.
pub async fn update_contact(
    state: &AppState,
    agent: &AnyAgent,
    contact_id: ContactId,
    patch: ContactPatch,
) -> ApiResult<Contact> {
    can(agent.role, Permission::AnswerConversations)?;
    let (viewer, at) = (agent.viewer(), state.clock.now());
    if patch.phone.is_some() && !viewer.sees_details {
        return Err(ApiError::new(ErrorCode::Forbidden, "Who may not see a phone number may not change it"));
    }
    let edited =
        state.write(move |tx| Box::pin(async move { Ok(contacts::update(tx, viewer, contact_id, &patch, at).await?) }));
    match edited.await? {
        Edited::Done(contact) => Ok(contact_for(viewer.sees_details, *contact)),
        Edited::Invalid(faults) => Err(ApiError::invalid(faults)),
        Edited::Conflict => Err(ApiError::new(ErrorCode::Conflict, "Somebody else has changed the contact meanwhile")),
    }
}

/// Puts a contact on the blacklist, or takes them off it. Nothing is received from them once this is answered, and their
/// connections have ended.
///
/// # Errors
/// Not found when they are not the agent's.
pub async fn set_contact_blocked(
    state: &AppState,
    agent: &AnyAgent,
    contact_id: ContactId,
    blocked: bool,
) -> ApiResult<Contact> {
    can(agent.role, Permission::AnswerConversations)?;
    let (viewer, auditor) = (agent.viewer(), auditor(state, agent));
    let contact = state
        .write(move |tx| Box::pin(async move { Ok(blacklist::set(tx, viewer, contact_id, blocked, auditor).await?) }))
        .await?;
    Ok(contact_for(viewer.sees_details, contact))
}

/// Sets all tags of a contact. What is so already is no event, and no conflict.
///
/// # Errors
/// Not found when they are not the agent's; a field error for a tag that is not there, or the second one of a single-choice group; a
/// conflict when somebody else has changed the contact since the version that was changed.
pub async fn set_contact_tags(
    state: &AppState,
    agent: &AnyAgent,
    contact_id: ContactId,
    request: SetContactTags,
) -> ApiResult<Contact> {
    can(agent.role, Permission::AnswerConversations)?;
    let (viewer, at) = (agent.viewer(), state.clock.now());
    let set = state.write(move |tx| {
        Box::pin(async move {
            let held = tags::hold(tx, viewer, contact_id).await?;
            tags::lock(tx.conn(), viewer.scope()).await?;
            let groups = tags::list(tx.conn(), viewer.scope()).await?;
            let faults = check_set(&groups, &request.tag_ids);
            if !faults.is_empty() {
                return Err(ApiError::invalid(faults));
            }
            let known = held.contact()?;
            let is_there = |id: &TagId| groups.iter().any(|group| group.tags.iter().any(|tag| tag.id == *id));
            let mut before: Vec<TagId> = known.tag_ids.iter().filter(|id| is_there(id)).copied().collect();
            let mut wanted = request.tag_ids;
            before.sort_unstable();
            wanted.sort_unstable();
            if before == wanted {
                return Ok(known);
            }
            if request.version != known.version {
                return Err(ApiError::new(ErrorCode::Conflict, "Somebody else has changed the contact meanwhile"));
            }
            Ok(tags::put(tx, viewer, held, wanted, at).await?)
        })
    });
    Ok(contact_for(viewer.sees_details, set.await?))
}
