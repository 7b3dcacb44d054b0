//! How things stand, for a server that has missed what another one said: how far the ledgers have come, and who may listen.

use crate::auth::watch;
use crate::state::AppState;
use rules::permissions::Rights;
use store::{StoreError, standing};
use types::agents::LoginState;
use types::id::OrgId;

/// Things of one question.
const CHUNK: usize = 500;

/// How far the ledgers of these organisations have come.
///
/// # Errors
/// Those of the database.
pub async fn cursors(state: &AppState, orgs: &[OrgId]) -> Result<Vec<(OrgId, i64)>, StoreError> {
    let mut cursors = Vec::with_capacity(orgs.len());
    for chunk in orgs.chunks(CHUNK) {
        cursors.extend(standing::cursors(state.db.reader(), chunk).await?);
    }
    Ok(cursors)
}

/// Closes the sockets of those who may not listen any more, and lets conversations through to agents, or not, as they have chosen.
/// The events that said so may have been missed.
///
/// # Errors
/// Those of the database.
pub async fn see_who_may_listen(state: &AppState) -> Result<(), StoreError> {
    watch::look(state).await?;
    let listening = state.hub.listening();
    for chunk in listening.agents.chunks(CHUNK) {
        for one in standing::of_agents(state.db.reader(), chunk).await? {
            // It may have been said otherwise while it was looked up.
            let rights = Rights { sees_contact_details: one.sees_contact_details, ..one.role.into() };
            state.hub.correct_sight_of(one.agent_id, rights.into(), listening.last_change);
            let receiving = one.login_state == LoginState::Normal;
            state.hub.correct_receiving(one.agent_id, receiving, listening.last_change);
        }
    }
    for chunk in listening.channels.chunks(CHUNK) {
        for channel_id in standing::closed_channels(state.db.reader(), chunk).await? {
            state.hub.close_channel(channel_id);
        }
    }
    for chunk in listening.contacts.chunks(CHUNK) {
        for contact_id in standing::blocked_contacts(state.db.reader(), chunk).await? {
            state.hub.close_visitor(contact_id);
        }
    }
    Ok(())
}
