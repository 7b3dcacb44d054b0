//! What new visitors are greeted with.

use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use rules::permissions::{Permission, can};
use store::welcome;
use types::welcome::{SetWelcome, Welcome};

/// Sets the welcome; white space at its ends goes.
///
/// # Errors
/// Forbidden unless the role, or what is set of the account, lets them edit automatic replies.
pub async fn set_welcome(state: &AppState, agent: &AnyAgent, request: SetWelcome) -> ApiResult<Welcome> {
    can(agent.rights(), Permission::EditAutomaticReplies)?;
    let (scope, auditor) = (agent.scope(), auditor(state, agent));
    let text = request.text.trim().to_owned();
    let answer = Welcome { text: text.clone() };
    state.write(move |tx| Box::pin(async move { Ok(welcome::set(tx, scope, text, auditor).await?) })).await?;
    Ok(answer)
}
