//! On whose pages a channel's chat may stand.

use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::domains::is_allowed;
use rules::permissions::{Permission, can};
use store::channels::{self, ChannelRow};
use store::{OrgScope, audit, domains};
use types::audit::AuditAction;
use types::domains::{ChannelDomains, SetChannelDomains};
use types::error::ErrorCode;
use types::id::ChannelId;

/// The sites on whose pages a channel's chat may stand.
///
/// # Errors
/// 404 when there is no such channel.
pub async fn get_channel_domains(
    state: &AppState,
    agent: &AnyAgent,
    channel_id: ChannelId,
) -> ApiResult<ChannelDomains> {
    can(agent.role, Permission::ManageChannels)?;
    let (scope, reader) = (agent.scope(), state.db.reader());
    channels::get(reader, scope, channel_id).await?.ok_or_else(no_channel)?;
    Ok(ChannelDomains { items: domains::get(reader, scope, channel_id).await? })
}

/// Sets the sites on whose pages a channel's chat may stand. Chats that are open stay so until they connect again.
///
/// # Errors
/// 404 when there is no such channel.
pub async fn set_channel_domains(
    state: &AppState,
    agent: &AnyAgent,
    channel_id: ChannelId,
    request: SetChannelDomains,
) -> ApiResult<ChannelDomains> {
    can(agent.role, Permission::ManageChannels)?;
    let (scope, auditor) = (agent.scope(), auditor(state, agent));
    state
        .write(move |tx| {
            Box::pin(async move {
                store::channel_tree::lock(tx.conn(), scope).await?;
                let channel = channels::get(tx.conn(), scope, channel_id).await?.ok_or_else(no_channel)?;
                if domains::get(tx.conn(), scope, channel_id).await? != request.items {
                    domains::set(tx.conn(), scope, channel_id, &request.items).await?;
                    let (name, fields) = (channel.name, vec!["domains".to_owned()]);
                    let action = AuditAction::ChannelUpdated { channel_id, name, fields };
                    audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
                }
                Ok(ChannelDomains { items: request.items })
            })
        })
        .await
}

/// Whether a page of this origin may open the channel's chat. Programs have no origin, and our own page says to browsers who may
/// frame it.
pub(super) async fn check(state: &AppState, channel: &ChannelRow, origin: Option<&str>) -> ApiResult<()> {
    let Some(origin) = origin.filter(|origin| !origin.eq_ignore_ascii_case(&state.config.public_url)) else {
        return Ok(());
    };
    if is_allowed(&of(state, channel).await?, origin) {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::Forbidden, format!("{origin} is not among the channel's allowed domains")))
}

/// The allowed domains of a channel.
pub(crate) async fn of(state: &AppState, channel: &ChannelRow) -> ApiResult<Vec<String>> {
    Ok(domains::get(state.db.reader(), OrgScope::new(channel.org_id), channel.id).await?)
}

fn no_channel() -> ApiError {
    ApiError::not_found("channel")
}
