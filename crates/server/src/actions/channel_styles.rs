//! Publishing an earlier style of a channel anew. A new one is published by editing the channel.

use crate::actions::channels::{announce, channel_of, edit};
use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::permissions::{Permission, can};
use store::style_versions::{self, Publishing};
use store::{audit, channels};
use types::audit::AuditAction;
use types::channel_style::StyleVersions;
use types::channels::{Channel, ChannelPatch};
use types::id::ChannelId;

/// Who publishes a style, and whether it is an earlier one.
pub(super) fn publishing(state: &AppState, agent: &AnyAgent, restored_from: Option<i32>) -> Publishing {
    Publishing { agent_id: agent.agent_id, agent_name: agent.name.clone(), restored_from, at: state.clock.now() }
}

/// The published styles of a channel, newest first. One of before versions were kept has its present style for its only version.
pub async fn style_versions(state: &AppState, agent: &AnyAgent, channel_id: ChannelId) -> ApiResult<StyleVersions> {
    can(agent.role, Permission::ManageChannels)?;
    let (conn, scope) = (state.db.reader(), agent.scope());
    let channel = channels::get(conn, scope, channel_id).await?.ok_or_else(|| ApiError::not_found("channel"))?;
    let mut versions = style_versions::list(conn, scope, channel_id).await?;
    if versions.items.is_empty() {
        versions.items.push(style_versions::unkept(channel));
    }
    Ok(versions)
}

/// Publishes an earlier style as the newest version. One that looks like the present one is no new version.
pub async fn restore_style_version(
    state: &AppState,
    agent: &AnyAgent,
    channel_id: ChannelId,
    revision: i32,
) -> ApiResult<Channel> {
    can(agent.role, Permission::ManageChannels)?;
    let (scope, config, auditor) = (agent.scope(), state.clone(), auditor(state, agent));
    let by = publishing(state, agent, Some(revision));
    state
        .writer
        .run(move |tx| {
            Box::pin(async move {
                let version = style_versions::get(tx.conn(), scope, channel_id, revision).await?;
                let version = version.ok_or_else(|| ApiError::not_found("style version"))?;
                let patch = ChannelPatch { style: Some(version.style), ..ChannelPatch::default() };
                let (row, fields) = edit(tx, scope, channel_id, &patch, by).await?;
                let channel = channel_of(row, &config.config);
                if !fields.is_empty() {
                    announce(tx, scope, auditor.agent_id, channel.clone(), auditor.at);
                    let name = channel.name.clone();
                    let action = AuditAction::ChannelStyleRestored { channel_id, name, revision };
                    audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
                }
                Ok(channel)
            })
        })
        .await
}
