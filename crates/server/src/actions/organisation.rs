//! What holds in all of an organisation's channels.

use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use rules::permissions::{Permission, can};
use store::organisations;
use types::attachments::FileLimit;

/// Sets how large a file may be.
///
/// # Errors
/// Forbidden unless the role may manage channels.
pub async fn set_file_limit(state: &AppState, agent: &AnyAgent, request: FileLimit) -> ApiResult<FileLimit> {
    can(agent.role, Permission::ManageChannels)?;
    let (scope, auditor, megabytes) = (agent.scope(), auditor(state, agent), request.max_megabytes);
    let set = state.write(move |tx| {
        Box::pin(async move { Ok(organisations::set_file_limit(tx, scope, megabytes, auditor).await?) })
    });
    set.await?;
    Ok(request)
}
