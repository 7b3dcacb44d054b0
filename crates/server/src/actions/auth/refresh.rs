//! Exchanging a refresh token for a fresh access token.

use super::{Device, Holder, RefreshToken, session_end, signed_in};
use crate::actions::me;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use store::OrgScope;
use store::sessions::{self, RefreshMatch, Rotation};
use types::auth::SignedIn;
use types::error::ErrorCode;
use types::time::Timestamp;

/// How long the token before the present one still works, without rotating again: tabs of one browser share the cookie
/// and may refresh at the same moment.
const GRACE_MILLIS: i64 = 10_000;

/// A refreshed session.
#[derive(Debug)]
pub struct Refreshed {
    /// What the caller is told.
    pub signed_in: SignedIn,
    /// What goes into the cookie; `None` within the grace, when another tab has set it already.
    pub refresh: Option<RefreshToken>,
}

/// What a refresh token means at present.
enum Meaning {
    /// It is the token of the session that began then.
    Current(Timestamp),
    /// It was, a moment ago.
    Grace,
    /// It was once: somebody has a copy.
    Stolen,
    /// Its session has ended.
    Ended,
}

async fn meaning(state: &AppState, hash: &str, now: Timestamp) -> ApiResult<Meaning> {
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
    let fresh = session.rotated_at.is_some_and(|at| now.millis_since(at) <= GRACE_MILLIS);
    Ok(if fresh { Meaning::Grace } else { Meaning::Stolen })
}

/// Exchanges a refresh token. Each is good once; using one again later ends the session, because either the thief or the
/// owner has come second and nobody can tell which.
///
/// # Errors
/// Unauthenticated when the token is unknown, was used before, or its session has ended.
pub async fn refresh_session(state: &AppState, token: RefreshToken, device: Device) -> ApiResult<Refreshed> {
    let now = state.clock.now();
    let holder = token.holder(&state.keys.refresh).ok_or_else(ApiError::unauthenticated)?;
    let hash = token.hash();
    let mut refresh = None;
    let mut meaning_now = meaning(state, &hash, now).await?;
    if let Meaning::Current(begun) = meaning_now {
        refresh = rotate(state, holder, &hash, device, begun, now).await?;
        if refresh.is_none() {
            // Somebody was faster: another tab, or whoever ended the session.
            meaning_now = meaning(state, &hash, now).await?;
        }
    }
    match meaning_now {
        Meaning::Current(_) | Meaning::Grace => {}
        Meaning::Ended => return Err(ApiError::unauthenticated()),
        Meaning::Stolen => {
            end_stolen(state, holder).await?;
            return Err(ApiError::unauthenticated());
        }
    }
    let scope = OrgScope::new(holder.org_id);
    Ok(Refreshed { signed_in: signed_in(state, scope, holder.agent_id, holder.session_id).await?, refresh })
}

/// Ends the session that a browser had before it signed in anew: its cookie is overwritten, so nobody could end it there
/// any more.
///
/// # Errors
/// Only those of the database.
pub async fn end_replaced_session(state: &AppState, token: &RefreshToken) -> ApiResult<()> {
    let Some(holder) = token.holder(&state.keys.refresh) else { return Ok(()) };
    match meaning(state, &token.hash(), state.clock.now()).await? {
        Meaning::Current(_) | Meaning::Grace => end_if_there(state, holder).await.map(|_ended| ()),
        Meaning::Stolen | Meaning::Ended => Ok(()),
    }
}

async fn rotate(
    state: &AppState,
    holder: Holder,
    old_hash: &str,
    device: Device,
    begun: Timestamp,
    now: Timestamp,
) -> ApiResult<Option<RefreshToken>> {
    let fresh = RefreshToken::generate(&state.keys.refresh, &state.ids, holder);
    let rotation = Rotation {
        old_hash: old_hash.to_owned(),
        new_hash: fresh.hash(),
        user_agent: device.user_agent,
        ip: device.ip.to_string(),
        at: now,
        expires_at: session_end(begun, now),
    };
    let scope = OrgScope::new(holder.org_id);
    let rotated = state.write(move |tx| {
        Box::pin(async move { Ok(sessions::rotate(tx.conn(), scope, holder.session_id, rotation).await?) })
    });
    Ok(rotated.await?.then_some(fresh))
}

async fn end_stolen(state: &AppState, holder: Holder) -> ApiResult<()> {
    if end_if_there(state, holder).await? {
        let Holder { org_id, agent_id, session_id } = holder;
        tracing::warn!(
            org.id = %org_id, agent.id = %agent_id, session.id = %session_id,
            "a used refresh token came back; the session ends"
        );
    }
    Ok(())
}

/// Ends a session; `false` when it had ended already.
async fn end_if_there(state: &AppState, holder: Holder) -> ApiResult<bool> {
    match me::end_session(state, OrgScope::new(holder.org_id), holder.agent_id, holder.session_id).await {
        Ok(()) => Ok(true),
        Err(error) if error.problem().code == ErrorCode::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
