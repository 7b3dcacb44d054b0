//! Deleting one contact with all that is kept of them.

use crate::actions::conversations::{self, auditor};
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::permissions::{Permission, can};
use store::erasing;
use tracing::Instrument;
use types::contacts::DeleteContact;
use types::error::FieldCode;
use types::id::ContactId;

/// Deletes a contact: conversation, messages, notes and files first, as every conversation goes; then what is known of them. It goes on
/// when whoever asked has gone.
///
/// # Errors
/// Forbidden for roles that may not; not found; a field error when it was not their name that was typed.
pub async fn delete_contact(
    state: &AppState,
    agent: &AnyAgent,
    contact_id: ContactId,
    request: DeleteContact,
) -> ApiResult<()> {
    can(agent.role, Permission::DeleteContacts)?;
    let missing = || ApiError::not_found("contact");
    let (contact, _) = erasing::known(state.db.reader(), agent.scope(), contact_id).await?.ok_or_else(missing)?;
    if request.name.trim() != contact.name.unwrap_or_else(|| contact.number.to_string()) {
        return Err(ApiError::field("name", FieldCode::Wrong, "must be the contact's name, or their number"));
    }
    let (state, agent) = (state.clone(), agent.clone());
    let deletion = async move { delete_in_steps(&state, &agent, contact_id).await };
    actix_web::rt::spawn(deletion.in_current_span()).await.map_err(ApiError::internal)?
}

async fn delete_in_steps(state: &AppState, agent: &AnyAgent, contact_id: ContactId) -> ApiResult<()> {
    let viewer = agent.viewer();
    loop {
        let known = erasing::known(state.db.reader(), viewer.scope(), contact_id).await?;
        let (_, conversation_id) = known.ok_or_else(|| ApiError::not_found("contact"))?;
        if let Some(conversation_id) = conversation_id {
            conversations::delete_in_steps(state, agent, conversation_id).await?;
        }
        let told = erasing::told(state.db.reader(), viewer.scope(), contact_id).await?;
        let auditor = auditor(state, agent);
        let deleted = state.write(move |tx| {
            Box::pin(async move { Ok(erasing::delete(tx, viewer, contact_id, &told, auditor).await?) })
        });
        // They may have written meanwhile, which began another conversation.
        if deleted.await? {
            return Ok(());
        }
    }
}
