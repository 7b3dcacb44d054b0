//! The second step of signing in: a code of the second factor.

use super::login::begin_instead;
use super::{Device, RefreshToken, SignIn, log_refusal, owner};
use crate::actions::second_factor;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use store::OrgScope;
use store::agents::{self, Agent};
use store::audit::Origin;
use types::audit::LoginStepKind;
use types::error::{ErrorCode, FieldCode};
use types::second_factor::FinishLogin;

/// Begins the session of whoever has proved both factors.
///
/// # Errors
/// Field errors: `second_factor_token` `expired` when the password has to be given again, `code` `wrong`; rate limited after too many
/// wrong codes.
pub async fn finish_login(
    state: &AppState,
    request: FinishLogin,
    device: Device,
    before: Option<RefreshToken>,
) -> ApiResult<SignIn> {
    let now = state.clock.now();
    let step = state.second_steps.open(&request.second_factor_token, now).ok_or_else(over)?;
    let scope = OrgScope::new(step.org_id);
    let agent = agents::get(state.db.reader(), scope, step.agent_id).await?;
    let agent = agent.filter(|agent| agent.disabled_at.is_none() && step.is_of(agent)).ok_or_else(over)?;
    prove(state, &agent, "code", &request.code, device.origin()).await?;
    if !state.second_steps.take(&state.shared, &step, now).await {
        return Err(over());
    }
    begin_instead(state, agent, step.login_state, device, before, true).await
}

/// Uses up a code of the second factor; one that is refused is in the audit log.
pub(super) async fn prove(
    state: &AppState,
    agent: &Agent,
    field: &'static str,
    code: &str,
    origin: Origin,
) -> ApiResult<()> {
    let used = second_factor::use_code(state, agent, field, code).await;
    if used.as_ref().is_err_and(|error| error.problem().code == ErrorCode::Invalid) {
        log_refusal(state, agent.org_id, owner(state, agent, origin), LoginStepKind::SecondFactor).await?;
    }
    used
}

fn over() -> ApiError {
    ApiError::field("second_factor_token", FieldCode::Expired, "is no longer good: sign in with the password again")
}
