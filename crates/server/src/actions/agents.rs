//! Colleagues: adding them.

use crate::actions::conversations::auditor;
use crate::actions::people::groups_exist;
use crate::auth::actor::AnyAgent;
use crate::auth::password_rules;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::permissions::{Permission, can};
use store::agents::{self, Agent, NewAgent};
use store::{Constraint, StoreError};
use types::agents::{CreateAgent, LoginState};
use types::error::{ErrorCode, FieldCode};
use types::id::AgentId;
use types::limits;

/// Adds an agent to the caller's organisation, who can sign in from then on.
///
/// # Errors
/// Field errors for an account that is taken and for a password that is easily guessed; a conflict when there are as many agents
/// as there may be; rate limited when one organisation asks too often, because each answer tells whether an account is taken.
pub async fn create_agent(state: &AppState, admin: &AnyAgent, request: CreateAgent) -> ApiResult<Agent> {
    can(admin.rights(), Permission::ManageAgents)?;
    let (scope, auditor) = (admin.scope(), auditor(state, admin));
    let CreateAgent { name, account, password, role, email, mobile, settings } = request;
    let (email, mobile) = (email.unwrap_or_default(), mobile.unwrap_or_default());
    let organisation = store::organisations::name(state.db.reader(), scope).await?;
    password_rules::check_new("password", &password, &[&organisation, &name, &email, &account, &mobile])?;
    let counted = state.shared.take("new_agents", &state.limits.new_agents, admin.org_id, auditor.at).await;
    counted.map_err(ApiError::rate_limited)?;
    let password_hash = state.passwords.hash(&state.ids, password.into()).await?;
    let new = NewAgent {
        id: state.ids.make(AgentId),
        org_id: admin.org_id,
        account,
        name: name.trim().to_owned(),
        email,
        mobile,
        password_hash,
        role,
        login_state: LoginState::Normal,
        at: auditor.at,
    };
    state
        .write(move |tx| {
            Box::pin(async move {
                // Counted inside the write: writes are one after the other, so two at once cannot both be the last.
                if agents::count(tx.conn(), scope).await? >= limits::AGENTS_MAX {
                    let detail = format!("An organisation has at most {} agents", limits::AGENTS_MAX);
                    return Err(ApiError::new(ErrorCode::Conflict, detail));
                }
                groups_exist(tx, scope, &settings.group_ids).await?;
                agents::add(tx, new, &settings, auditor).await.map_err(account_taken)
            })
        })
        .await
}

/// A login account that somebody has, in whichever organisation, is the account's field error.
pub(crate) fn account_taken(error: StoreError) -> ApiError {
    match error {
        StoreError::Conflict { constraint: Constraint::AgentAccount } => {
            ApiError::field("account", FieldCode::Taken, "is taken; choose another")
        }
        other => other.into(),
    }
}
