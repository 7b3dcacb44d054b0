//! Deleting one contact with all that is kept of them.

use crate::actions::conversations::{self, auditor};
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::permissions::{Permission, can};
use store::{clearing, erasing, merging, webhooks};
use tracing::Instrument;
use types::contacts::DeleteContact;
use types::error::{ErrorCode, FieldCode};
use types::id::ContactId;

/// Events that one write deletes.
const EVENTS: usize = 500;

/// Deletes a contact: conversation, messages, notes and files first, as every conversation goes; then what is known of them. It goes on
/// when whoever asked has gone.
///
/// # Errors
/// Forbidden for roles that may not; not found; a field error when it was not their name that was typed; a conflict when others are merged
/// into them than were shown, and when they were merged with somebody else, or taken apart, before all of it was gone.
pub async fn delete_contact(
    state: &AppState,
    agent: &AnyAgent,
    contact_id: ContactId,
    request: DeleteContact,
) -> ApiResult<()> {
    can(agent.role, Permission::DeleteContacts)?;
    let missing = || ApiError::not_found("contact");
    let known = erasing::known(state.db.reader(), agent.scope(), contact_id).await?.ok_or_else(missing)?;
    let (confirmed, contact) = (known.ids(), known.contact);
    let contact_id = contact.id;
    if request.name.trim() != contact.name.unwrap_or_else(|| contact.number.to_string()) {
        return Err(ApiError::field("name", FieldCode::Wrong, "must be the contact's name, or their number"));
    }
    if let Some(shown) = &request.merge_ids {
        let merges = merging::list(state.db.reader(), agent.scope(), contact_id).await?.items;
        if merges.len() != shown.len() || merges.iter().any(|merge| !shown.contains(&merge.id)) {
            return Err(ApiError::new(ErrorCode::Conflict, "Others are merged into the contact by now"));
        }
    }
    let (state, agent) = (state.clone(), agent.clone());
    let deletion = async move { delete_confirmed(&state, &agent, contact_id, &confirmed).await };
    actix_web::rt::spawn(deletion.in_current_span()).await.map_err(ApiError::internal)?
}

/// Deletes a contact whom somebody has named. `confirmed`: the contact, and who led to them. Nobody else goes, whoever is merged, or taken
/// apart, meanwhile.
///
/// # Errors
/// Not found; a conflict when it would be somebody else by now.
pub async fn delete_confirmed(
    state: &AppState,
    agent: &AnyAgent,
    contact_id: ContactId,
    confirmed: &[ContactId],
) -> ApiResult<()> {
    let viewer = agent.viewer();
    loop {
        let known = erasing::known(state.db.reader(), viewer.scope(), contact_id).await?;
        let known = known.ok_or_else(|| ApiError::not_found("contact"))?;
        if known.contact.id != contact_id || known.ids().iter().any(|id| !confirmed.contains(id)) {
            return Err(ApiError::new(ErrorCode::Conflict, "The contact has been merged with another one meanwhile"));
        }
        for conversation_id in &known.conversation_ids {
            conversations::delete_in_steps(state, agent, *conversation_id, Some(contact_id)).await?;
        }
        // What an import tells, and whatever else is told of who has no conversation.
        let events = erasing::told_alone(state.db.reader(), viewer.scope(), &known.ids()).await?;
        for seqs in events.chunks(EVENTS) {
            let (seqs, scope, at) = (seqs.to_vec(), viewer.scope(), state.clock.now());
            let forget = state.write(move |tx| {
                Box::pin(async move {
                    webhooks::forget_events(tx.conn(), scope, &[], &seqs, at).await?;
                    Ok(clearing::forget(tx.conn(), scope, seqs).await?)
                })
            });
            forget.await?;
        }
        let told = erasing::told(state.db.reader(), viewer.scope(), &known.ids()).await?;
        let (auditor, who) = (auditor(state, agent), confirmed.to_vec());
        let deleted = state.write(move |tx| {
            Box::pin(async move { Ok(erasing::delete(tx, viewer, (contact_id, &who), &told, auditor).await?) })
        });
        // They may have written meanwhile, which began another conversation.
        if deleted.await? {
            return Ok(());
        }
    }
}
