//! What agents change of contacts.

use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::masking::contact_for;
use rules::permissions::{Permission, can};
use store::blacklist;
use store::contacts::{self, Edited};
use types::contacts::{Contact, ContactPatch};
use types::error::ErrorCode;
use types::id::ContactId;

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
