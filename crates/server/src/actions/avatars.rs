//! The pictures that agents choose of themselves, and of channels.
//!
//! As with every file the row is written before the bytes, with a time at which it expires: whatever breaks off in between is found
//! and collected. The same sweep collects what was replaced.

use crate::actions::attachments::{not_a_picture, picture_in};
use crate::actions::channels::{channel_of, for_everyone};
use crate::actions::conversations::auditor;
use crate::actions::me::{self, identity_changed};
use crate::actions::people::{By, tell_of};
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::files::avatars::object;
use crate::files::receive::Received;
use crate::files::{Variant, picture};
use crate::state::AppState;
use rules::permissions::{Permission, can};
use store::agents::{self, Agent};
use store::avatars::{self, NewAvatar};
use store::{Actor, OrgScope, audit, channel_tree, channels};
use types::agents::Me;
use types::audit::{AgentChange, AuditAction};
use types::channels::Channel;
use types::error::FieldCode;
use types::events::Event;
use types::id::{AgentId, AvatarId, ChannelId};
use types::limits::AVATAR_SIDE_MAX;

/// How long a picture that has come waits to be set, which follows at once.
const UNSET_SECONDS: i64 = 60 * 60;

/// Makes a picture that has come the agent's own, and tells their devices and their colleagues.
///
/// # Errors
/// A field error where it is no picture that can be taken apart.
pub async fn set_avatar(state: &AppState, agent: &AnyAgent, received: Received) -> ApiResult<Me> {
    let id = keep(state, agent.scope(), agent.agent_id, None, received).await?;
    change(state, agent, Some(id)).await
}

/// Makes a picture that has come a colleague's, and tells their devices and everybody.
///
/// # Errors
/// A field error where it is no picture that can be taken apart; not found where there is no such colleague.
pub async fn set_agent_avatar(
    state: &AppState,
    admin: &AnyAgent,
    agent_id: AgentId,
    received: Received,
) -> ApiResult<Agent> {
    let by = By::of(state, admin)?;
    agents::get(state.db.reader(), by.scope, agent_id).await?.ok_or_else(|| ApiError::not_found("agent"))?;
    let id = keep(state, by.scope, agent_id, None, received).await?;
    change_agents(state, by, agent_id, Some(id)).await
}

/// A colleague has no picture any more.
///
/// # Errors
/// Not found where there is no such colleague.
pub async fn remove_agent_avatar(state: &AppState, admin: &AnyAgent, agent_id: AgentId) -> ApiResult<()> {
    change_agents(state, By::of(state, admin)?, agent_id, None).await.map(drop)
}

async fn change_agents(state: &AppState, mut by: By, agent_id: AgentId, id: Option<AvatarId>) -> ApiResult<Agent> {
    let changed = state.write(move |tx| {
        Box::pin(async move {
            let before = by.hold(tx, agent_id).await?;
            if before.avatar_id == id {
                return Ok(before);
            }
            if !avatars::set(tx.conn(), by.scope, agent_id, id, by.auditor.at).await? {
                return Err(ApiError::not_found("picture"));
            }
            let (edited_name, fields) = (before.name.clone(), vec![AgentChange::Avatar]);
            let action = AuditAction::AgentEdited { edited_id: agent_id, edited_name, fields, changes: Vec::new() };
            by.log(tx, &action).await?;
            tell_of(tx, &by, agent_id, true).await?;
            Ok(Agent { avatar_id: id, ..before })
        })
    });
    let agent = changed.await?;
    identity_changed(state, agent_id);
    Ok(agent)
}

/// Makes a picture that has come a channel's, and tells everybody.
///
/// # Errors
/// A field error where it is no picture that can be taken apart; not found where the channel is not there.
pub async fn set_channel_avatar(
    state: &AppState,
    agent: &AnyAgent,
    channel_id: ChannelId,
    received: Received,
) -> ApiResult<Channel> {
    can(agent.role, Permission::ManageChannels)?;
    let channel = channels::get(state.db.reader(), agent.scope(), channel_id).await?;
    channel.ok_or_else(|| ApiError::not_found("channel"))?;
    let id = keep(state, agent.scope(), agent.agent_id, Some(channel_id), received).await?;
    change_channels(state, agent, channel_id, Some(id)).await
}

/// The channel has no picture any more.
///
/// # Errors
/// Not found where it is not there.
pub async fn remove_channel_avatar(state: &AppState, agent: &AnyAgent, channel_id: ChannelId) -> ApiResult<()> {
    can(agent.role, Permission::ManageChannels)?;
    change_channels(state, agent, channel_id, None).await.map(drop)
}

/// Makes a square of a picture that has come, and keeps it until it is set.
async fn keep(
    state: &AppState,
    scope: OrgScope,
    agent_id: AgentId,
    channel_id: Option<ChannelId>,
    received: Received,
) -> ApiResult<AvatarId> {
    let Received { file, bytes } = received;
    if bytes == 0 {
        return Err(ApiError::field("body", FieldCode::Required, "must not be empty"));
    }
    let made = state.files.work(move || {
        let (bytes, format) = picture_in(file)?;
        picture::square(&bytes, format, AVATAR_SIDE_MAX).map_err(|error| not_a_picture().because(error))
    });
    let made = made.await??;
    let (id, at) = (state.ids.make(AvatarId), state.clock.now());
    let bytes = i64::try_from(made.len()).unwrap_or(i64::MAX);
    let new = NewAvatar { id, agent_id, channel_id, bytes, expires_at: at.plus_seconds(UNSET_SECONDS), at };
    state.write(move |tx| Box::pin(async move { Ok(avatars::create(tx.conn(), scope, new).await?) })).await?;
    state.files.put(scope.org_id(), object(id), Variant::Whole, made).await?;
    Ok(id)
}

async fn change_channels(
    state: &AppState,
    agent: &AnyAgent,
    channel_id: ChannelId,
    id: Option<AvatarId>,
) -> ApiResult<Channel> {
    let (scope, actor, at) = (agent.scope(), Actor::Agent(agent.agent_id), state.clock.now());
    let (config, auditor) = (state.clone(), auditor(state, agent));
    let changed = state.write(move |tx| {
        Box::pin(async move {
            channel_tree::lock(tx.conn(), scope).await?;
            let row = channels::get(tx.conn(), scope, channel_id).await?;
            let mut row = row.ok_or_else(|| ApiError::not_found("channel"))?;
            if row.avatar_id == id {
                return Ok(channel_of(row, &config.config));
            }
            if !avatars::set_channels(tx.conn(), scope, channel_id, id, at).await? {
                return Err(ApiError::not_found("picture"));
            }
            (row.avatar_id, row.updated_at) = (id, at);
            let channel = channel_of(row, &config.config);
            tx.append(for_everyone(scope, actor, Event::ChannelUpdated { channel: channel.clone() }, at));
            let (name, fields) = (channel.name.clone(), vec!["avatar".to_owned()]);
            let action = AuditAction::ChannelUpdated { channel_id, name, fields };
            audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
            Ok(channel)
        })
    });
    changed.await
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
