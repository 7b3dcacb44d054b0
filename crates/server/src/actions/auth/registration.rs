//! Registering an organisation.

use super::codes;
use crate::actions::agents::account_taken;
use crate::auth::password_rules;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use store::agents::{self, NewAgent};
use store::audit::{self, Auditor, Origin};
use store::organisations::{self, NewOrganisation};
use store::verification_codes::{self, Code};
use types::agents::{LoginState, Role};
use types::audit::AuditAction;
use types::auth::{RegisterOrganisation, Registered};
use types::error::FieldCode;
use types::id::{AgentId, AuditId, OrgId};
use types::limits;
use types::time::Timestamp;
use uuid::Uuid;

/// Creates an organisation and its first admin, if the code is right.
///
/// # Errors
/// Field errors for the code and for an account that is taken.
pub async fn register_organisation(
    state: &AppState,
    request: RegisterOrganisation,
    origin: Origin,
) -> ApiResult<Registered> {
    let RegisterOrganisation { org_name, contact_name, email, account, mobile, .. } = &request;
    password_rules::check_new("password", &request.password, &[org_name, contact_name, email, account, mobile])?;
    let now = state.clock.now();
    let code_id = prove_number(state, &request.mobile, &request.code, now).await?;
    let password_hash = state.passwords.hash(&state.ids, request.password.into()).await?;

    let org_id = state.ids.make(OrgId);
    let account = request.account.to_lowercase();
    let organisation = NewOrganisation { id: org_id, name: request.org_name.trim().to_owned(), at: now };
    let admin = NewAgent {
        id: state.ids.make(AgentId),
        org_id,
        account: account.clone(),
        name: request.contact_name.trim().to_owned(),
        email: request.email,
        mobile: request.mobile,
        password_hash,
        role: Role::Admin,
        login_state: LoginState::Normal,
        at: now,
    };
    let auditor = Auditor {
        id: state.ids.make_in_order(AuditId),
        agent_id: admin.id,
        agent_name: admin.name.clone(),
        origin,
        at: now,
    };
    state
        .write(move |tx| {
            Box::pin(async move {
                if !verification_codes::consume(tx.conn(), code_id, now).await? {
                    return Err(code_error(FieldCode::Expired));
                }
                let action = AuditAction::OrganisationRegistered { name: organisation.name.clone() };
                organisations::create(tx.conn(), organisation).await?;
                // When the account is taken, all of this rolls back and the code stays good for another account.
                agents::create(tx.conn(), admin).await.map_err(account_taken)?;
                Ok(audit::add(tx.conn(), org_id, auditor, &action).await?)
            })
        })
        .await?;
    tracing::info!(org.id = %org_id, "organisation registered");
    Ok(Registered { org_id, account })
}

/// The code that was sent to the number (or for the account, see `forgotten`), if it is the one given.
///
/// A write of its own before anything dear is done. The try is counted before the comparison, so that simultaneous guesses
/// cannot share one; and it is counted for a right code too, or one code would let somebody ask for account after account.
pub(super) async fn prove_number(state: &AppState, mobile: &str, given: &str, now: Timestamp) -> ApiResult<Uuid> {
    let newest = verification_codes::newest(state.db.reader(), mobile).await?;
    let Code { id, code_hash, .. } = newest.ok_or_else(|| code_error(FieldCode::Wrong)).and_then(live(now))?;
    let counted = state.write(move |tx| {
        Box::pin(async move { Ok(verification_codes::count_try(tx.conn(), id, limits::CODE_TRIES).await?) })
    });
    if !counted.await? {
        return Err(code_error(FieldCode::Exhausted));
    }
    if codes::matches(&state.keys.code, mobile, given, &code_hash) { Ok(id) } else { Err(code_error(FieldCode::Wrong)) }
}

fn live(now: Timestamp) -> impl FnOnce(Code) -> ApiResult<Code> {
    move |code| codes::fault(&code, now).map_or(Ok(code), |fault| Err(code_error(fault)))
}

pub(super) fn code_error(code: FieldCode) -> ApiError {
    let detail = match code {
        FieldCode::Expired => "has expired or was used; ask for a new one",
        FieldCode::Exhausted => "was tried too often; ask for a new one",
        _ => "is not the code that was sent",
    };
    ApiError::field("code", code, detail)
}
