//! The pictures that agents choose of themselves.
//!
//! As with every file the row is written before the bytes, with a time at which it expires: whatever breaks off in between is found
//! and collected. The same sweep collects what was replaced.

use crate::actions::attachments::{not_a_picture, picture_in};
use crate::actions::me;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::files::avatars::object;
use crate::files::receive::Received;
use crate::files::{Variant, picture};
use crate::state::AppState;
use store::avatars::{self, NewAvatar};
use types::agents::Me;
use types::error::FieldCode;
use types::id::AvatarId;
use types::limits::AVATAR_SIDE_MAX;

/// How long a picture that has come waits to be set, which follows at once.
const UNSET_SECONDS: i64 = 60 * 60;

/// Makes a picture that has come the agent's own, and tells their devices and their colleagues.
///
/// # Errors
/// A field error where it is no picture that can be taken apart.
pub async fn set_avatar(state: &AppState, agent: &AnyAgent, received: Received) -> ApiResult<Me> {
    let Received { file, bytes } = received;
    if bytes == 0 {
        return Err(ApiError::field("body", FieldCode::Required, "must not be empty"));
    }
    let made = state.files.work(move || {
        let (bytes, format) = picture_in(file)?;
        picture::square(&bytes, format, AVATAR_SIDE_MAX).map_err(|error| not_a_picture().because(error))
    });
    let made = made.await??;
    let (id, scope, agent_id, at) = (state.ids.make(AvatarId), agent.scope(), agent.agent_id, state.clock.now());
    let bytes = i64::try_from(made.len()).unwrap_or(i64::MAX);
    let new = NewAvatar { id, agent_id, bytes, expires_at: at.plus_seconds(UNSET_SECONDS), at };
    state.write(move |tx| Box::pin(async move { Ok(avatars::create(tx.conn(), scope, new).await?) })).await?;
    state.files.put(scope.org_id(), object(id), Variant::Whole, made).await?;
    change(state, agent, Some(id)).await
}

/// The agent has no picture any more.
///
/// # Errors
/// Those of the database.
pub async fn remove_avatar(state: &AppState, agent: &AnyAgent) -> ApiResult<()> {
    change(state, agent, None).await.map(drop)
}

async fn change(state: &AppState, agent: &AnyAgent, id: Option<AvatarId>) -> ApiResult<Me> {
    let (scope, agent_id, session_id, at) = (agent.scope(), agent.agent_id, agent.session_id, state.clock.now());
    let changed = state.write(move |tx| {
        Box::pin(async move {
            let before = me::read_me(tx, scope, agent_id, session_id).await?;
            if before.avatar_id == id {
                return Ok(before);
            }
            if !avatars::set(tx.conn(), scope, agent_id, id, at).await? {
                return Err(ApiError::not_found("picture"));
            }
            let after = Me { avatar_id: id, ..before };
            me::tell(tx, scope, &after, true, at);
            Ok(after)
        })
    });
    changed.await
}
