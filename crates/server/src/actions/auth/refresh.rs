//! Exchanging a refresh token for a fresh access token.

use super::{Device, Holder, RefreshToken, owner, session_end, signed_in};
use crate::actions::me;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use store::audit::{Auditor, Origin};
use store::sessions::{self, RefreshMatch, Rotation};
use store::{OrgScope, agents};
use types::audit::AuditAction;
use types::auth::SignedIn;
use types::error::ErrorCode;
use types::time::Timestamp;

/// For how long whoever lost the answer to an exchange gets the same one again: over a weekend. Most answers are lost when a
/// lid is closed on Friday; a copy of a used token is good for no longer than this.
pub(crate) const ANSWER_LOST_MILLIS: i64 = 72 * 3600 * 1000;

/// A refreshed session.
#[derive(Debug)]
pub struct Refreshed {
    /// What the caller is told.
    pub signed_in: SignedIn,
    /// What goes into the cookie.
    pub refresh: RefreshToken,
}

/// What a refresh token means at present.
enum Meaning {
    /// It is the token of the session that began then.
    Current(Timestamp),
    /// It was lately, and nobody has used the one that it was exchanged for: another tab was faster, or the answer was lost.
    Previous,
    /// It was once, or another browser shows it: somebody has a copy.
    Stolen,
    /// Its session has ended.
    Ended,
}

async fn meaning(state: &AppState, hash: &str, user_agent: &str, now: Timestamp) -> ApiResult<Meaning> {
    let Some(RefreshMatch { session, previous }) = sessions::by_refresh_hash(state.db.reader(), hash).await? else {
        // Ours, and neither the present one nor the one before.
        return Ok(Meaning::Stolen);
    };
    if session.revoked_at.is_some() || session.expires_at <= now {
        return Ok(Meaning::Ended);
    }
    if !previous {
        return Ok(Meaning::Current(session.created_at));
    }
    let is_late = session.rotated_at.is_none_or(|at| now.millis_since(at) >= ANSWER_LOST_MILLIS);
    // A cookie does not move between browsers; a copied one may.
    Ok(if session.user_agent == user_agent && !is_late { Meaning::Previous } else { Meaning::Stolen })
}

/// Exchanges a refresh token for the one that follows it. Until that one is used, the same browser gets it again: tabs share
/// the cookie and may refresh at the same moment, and an answer may be lost on its way (a reload, a train in a tunnel, a lid
/// that is closed). An older one, or one that was exchanged longer ago than a weekend, ends the session, because either the
/// thief or the owner has come second and nobody can tell which.
///
/// # Errors
/// Unauthenticated when the token is unknown, older than the one before the present one, was exchanged too long ago, or its
/// session has ended.
pub async fn refresh_session(state: &AppState, token: RefreshToken, device: Device) -> ApiResult<Refreshed> {
    let now = state.clock.now();
    let holder = token.holder(&state.keys.refresh).ok_or_else(ApiError::unauthenticated)?;
    let (hash, refresh) = (token.hash(), token.successor(&state.keys.refresh, holder));
    let mut meaning_now = meaning(state, &hash, &device.user_agent, now).await?;
    if let Meaning::Current(begun) = meaning_now
        && !rotate(state, holder, &hash, &refresh, &device, begun, now).await?
    {
        // Somebody was faster: another tab, or whoever ended the session.
        meaning_now = meaning(state, &hash, &device.user_agent, now).await?;
    }
    match meaning_now {
        Meaning::Current(_) | Meaning::Previous => {}
        Meaning::Ended => return Err(ApiError::unauthenticated()),
        Meaning::Stolen => {
            end_stolen(state, holder, device.origin()).await?;
            return Err(ApiError::unauthenticated());
        }
    }
    let scope = OrgScope::new(holder.org_id);
    Ok(Refreshed { signed_in: signed_in(state, scope, holder.agent_id, holder.session_id).await?, refresh })
}

/// Ends the session that a browser had before it signed in anew: its cookie is overwritten, so nobody could end it there
/// any more. Where that fails, the new session has begun all the same; the old one ends when it has been idle.
pub(super) async fn end_replaced_session(state: &AppState, token: &RefreshToken, user_agent: &str) {
    let Some(holder) = token.holder(&state.keys.refresh) else { return };
    let ended = match meaning(state, &token.hash(), user_agent, state.clock.now()).await {
        Ok(Meaning::Current(_) | Meaning::Previous) => end_if_there(state, holder, None).await.map(|_ended| ()),
        Ok(Meaning::Stolen | Meaning::Ended) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = ended {
        let Holder { org_id, agent_id, session_id } = holder;
        tracing::warn!(
            org.id = %org_id, agent.id = %agent_id, session.id = %session_id, %error, error.cause = error.causes(),
            "a session that was replaced by a new sign-in could not be ended"
        );
    }
}

async fn rotate(
    state: &AppState,
    holder: Holder,
    old_hash: &str,
    fresh: &RefreshToken,
    device: &Device,
    begun: Timestamp,
    now: Timestamp,
) -> ApiResult<bool> {
    let rotation = Rotation {
        old_hash: old_hash.to_owned(),
        new_hash: fresh.hash(),
        user_agent: device.user_agent.clone(),
        ip: device.ip.to_string(),
        at: now,
        expires_at: session_end(begun, now),
    };
    let scope = OrgScope::new(holder.org_id);
    state
        .write(move |tx| {
            Box::pin(async move { Ok(sessions::rotate(tx.conn(), scope, holder.session_id, rotation).await?) })
        })
        .await
}

async fn end_stolen(state: &AppState, holder: Holder, origin: Origin) -> ApiResult<()> {
    let agent = agents::get(state.db.reader(), OrgScope::new(holder.org_id), holder.agent_id).await?;
    let logged = agent.map(|agent| (owner(state, &agent, origin), AuditAction::SessionStolen {}));
    if end_if_there(state, holder, logged).await? {
        let Holder { org_id, agent_id, session_id } = holder;
        tracing::warn!(
            org.id = %org_id, agent.id = %agent_id, session.id = %session_id,
            "a used refresh token came back; the session ends"
        );
    }
    Ok(())
}

/// Ends a session; `false` when it had ended already.
async fn end_if_there(state: &AppState, holder: Holder, logged: Option<(Auditor, AuditAction)>) -> ApiResult<bool> {
    match me::end_session(state, OrgScope::new(holder.org_id), holder.agent_id, holder.session_id, logged).await {
        Ok(()) => Ok(true),
        Err(error) if error.problem().code == ErrorCode::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
