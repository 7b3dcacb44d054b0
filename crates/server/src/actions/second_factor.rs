//! The second factor: setting it up, proving it, taking it off.

use crate::actions::conversations::auditor;
use crate::actions::me::prove_password;
use crate::actions::notices;
use crate::auth::actor::AnyAgent;
use crate::auth::signing::sha256;
use crate::auth::{at_rest, totp};
use crate::error::{ApiError, ApiResult};
use crate::limits::Guesser;
use crate::metrics::LoginFailure;
use crate::senders::Notice;
use crate::shared::BY_GUESSER;
use crate::state::AppState;
use rules::permissions::{Permission, can};
use rules::second_factor::{RECOVERY_BYTES, TypedCode, grouped, parse, recovery_code};
use store::OrgScope;
use store::agents::{self, Agent};
use store::audit;
use store::second_factors::{self, NewRecoveryCode, SecondFactorRow};
use types::audit::AuditAction;
use types::error::{ErrorCode, FieldCode};
use types::id::AgentId;
use types::limits;
use types::second_factor::{
    BeginSecondFactor, BothFactors, ConfirmSecondFactor, RecoveryCodes, SecondFactor, SecondFactorSetup,
};
use types::time::Timestamp;

/// Who an app says that the code is for.
const ISSUER: &str = "Parlor";

/// One's own second factor.
///
/// # Errors
/// Only those of the database.
pub async fn get_second_factor(state: &AppState, agent: &AnyAgent) -> ApiResult<SecondFactor> {
    let (reader, scope) = (state.db.reader(), agent.scope());
    let row = second_factors::get(reader, scope, agent.agent_id).await?;
    let left = second_factors::recovery_codes_left(reader, scope, agent.agent_id).await?;
    Ok(SecondFactor {
        enabled_at: row.and_then(|row| row.confirmed_at),
        recovery_codes_left: u32::try_from(left).unwrap_or(u32::MAX),
    })
}

/// Whether an agent's second factor is asked for.
pub(crate) async fn is_on(state: &AppState, scope: OrgScope, agent_id: AgentId) -> ApiResult<bool> {
    let row = second_factors::get(state.db.reader(), scope, agent_id).await?;
    Ok(row.is_some_and(|row| row.confirmed_at.is_some()))
}

/// Makes a secret for an app. It is asked for only after a code of it has been shown.
///
/// # Errors
/// A field error for a wrong password; a conflict when there is one that is on.
pub async fn begin_second_factor(
    state: &AppState,
    agent: &AnyAgent,
    request: BeginSecondFactor,
) -> ApiResult<SecondFactorSetup> {
    let row = prove_password(state, agent, "password", request.password.into()).await?;
    let (scope, agent_id, now) = (agent.scope(), agent.agent_id, state.clock.now());
    let secret = totp::base32(&state.ids.bytes::<{ totp::SECRET_BYTES }>());
    let sealed = at_rest::seal(&state.keys.at_rest, &state.ids, &place(agent_id), &secret);
    let begun = state.write(move |tx| {
        Box::pin(async move {
            agents::lock(tx.conn(), scope, agent_id).await?;
            Ok(second_factors::begin(tx.conn(), scope, agent_id, sealed, now).await?)
        })
    });
    if !begun.await? {
        return Err(is_on_already());
    }
    // An account has only letters, digits, dots, hyphens and underscores: nothing that an address would have to hide.
    let uri = format!(
        "otpauth://totp/{ISSUER}:{}?secret={secret}&issuer={ISSUER}&algorithm=SHA1&digits=6&period=30",
        row.account
    );
    Ok(SecondFactorSetup { secret, uri })
}

/// Turns the second factor on with a code of the app, and makes the recovery codes, which are shown this once.
///
/// # Errors
/// A field error for a wrong code; a conflict when nothing was begun, or it is on already; rate limited after too many wrong codes.
pub async fn confirm_second_factor(
    state: &AppState,
    agent: &AnyAgent,
    request: ConfirmSecondFactor,
) -> ApiResult<RecoveryCodes> {
    let (scope, agent_id, now) = (agent.scope(), agent.agent_id, state.clock.now());
    let row = second_factors::get(state.db.reader(), scope, agent_id).await?;
    let row = row.ok_or_else(|| ApiError::new(ErrorCode::Conflict, "Begin with a secret first"))?;
    if row.confirmed_at.is_some() {
        return Err(is_on_already());
    }
    begin_guess(state, agent_id, now).await?;
    let secret = open(state, agent_id, &row).map(|(secret, _)| secret);
    let step = match (secret, parse(&request.code)) {
        (Some(secret), Some(TypedCode::App(code))) => totp::matching_step(&secret, code, now, row.last_step),
        _ => None,
    };
    let step = step.ok_or_else(|| wrong_code("code"))?;
    guessed_right(state, agent_id).await;
    let (codes, rows) = fresh_recovery_codes(state);
    let auditor = auditor(state, agent);
    let told = state
        .write(move |tx| {
            Box::pin(async move {
                if !second_factors::confirm(tx.conn(), scope, agent_id, &row.secret, step, now).await? {
                    return Err(is_on_already());
                }
                second_factors::set_recovery_codes(tx.conn(), scope, agent_id, rows, now).await?;
                audit::add(tx.conn(), scope.org_id(), auditor, &AuditAction::SecondFactorSet { enabled: true }).await?;
                Ok(agents::get(tx.conn(), scope, agent_id).await?)
            })
        })
        .await?;
    tell(state, told, Notice::SecondFactorOn);
    Ok(codes)
}

/// Makes new recovery codes; those before are good for nothing any more.
///
/// # Errors
/// Field errors for a wrong password and a wrong code; a conflict when the second factor is off.
pub async fn renew_recovery_codes(
    state: &AppState,
    agent: &AnyAgent,
    request: BothFactors,
) -> ApiResult<RecoveryCodes> {
    prove_both(state, agent, request).await?;
    let (scope, agent_id, now) = (agent.scope(), agent.agent_id, state.clock.now());
    let (codes, rows) = fresh_recovery_codes(state);
    let auditor = auditor(state, agent);
    state
        .write(move |tx| {
            Box::pin(async move {
                agents::lock(tx.conn(), scope, agent_id).await?;
                // It may have been taken off meanwhile.
                let row = second_factors::get(tx.conn(), scope, agent_id).await?;
                row.filter(|row| row.confirmed_at.is_some()).ok_or_else(is_off)?;
                second_factors::set_recovery_codes(tx.conn(), scope, agent_id, rows, now).await?;
                let action = AuditAction::RecoveryCodesRenewed {};
                Ok(audit::add(tx.conn(), scope.org_id(), auditor, &action).await?)
            })
        })
        .await?;
    Ok(codes)
}

/// Turns one's own second factor off.
///
/// # Errors
/// Field errors for a wrong password and a wrong code; a conflict when it is off.
pub async fn remove_second_factor(state: &AppState, agent: &AnyAgent, request: BothFactors) -> ApiResult<()> {
    let row = prove_both(state, agent, request).await?;
    let (scope, agent_id, auditor) = (agent.scope(), agent.agent_id, auditor(state, agent));
    state
        .write(move |tx| {
            Box::pin(async move {
                if second_factors::remove(tx.conn(), scope, agent_id).await? {
                    let action = AuditAction::SecondFactorSet { enabled: false };
                    audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
                }
                Ok(())
            })
        })
        .await?;
    tell(state, Some(row), Notice::SecondFactorOff);
    Ok(())
}

/// Takes a colleague's second factor off, who has lost their phone and their recovery codes. Without one there is nothing to do.
///
/// # Errors
/// Not found for an agent of another organisation; a conflict for one's own, which asks for both factors.
pub async fn remove_agent_second_factor(state: &AppState, admin: &AnyAgent, agent_id: AgentId) -> ApiResult<()> {
    can(admin.role, Permission::ManageAgents)?;
    if agent_id == admin.agent_id {
        return Err(ApiError::new(ErrorCode::Conflict, "Turn your own off with your password and a code"));
    }
    let (scope, auditor) = (admin.scope(), auditor(state, admin));
    let told = state
        .write(move |tx| {
            Box::pin(async move {
                let agent =
                    agents::get(tx.conn(), scope, agent_id).await?.ok_or_else(|| ApiError::not_found("agent"))?;
                if !second_factors::remove(tx.conn(), scope, agent_id).await? {
                    return Ok(None);
                }
                let action = AuditAction::SecondFactorRemoved { owner_id: agent_id, owner_name: agent.name.clone() };
                audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
                Ok(Some(agent))
            })
        })
        .await?;
    tell(state, told, Notice::SecondFactorOff);
    Ok(())
}

/// Uses up a code of an agent whose second factor is on: of the app or a recovery code.
///
/// # Errors
/// `wrong` of `field`; rate limited after too many wrong ones, as many as there may be wrong passwords.
pub(crate) async fn use_code(state: &AppState, agent: &Agent, field: &'static str, given: &str) -> ApiResult<()> {
    let (scope, agent_id, now) = (OrgScope::new(agent.org_id), agent.id, state.clock.now());
    begin_guess(state, agent_id, now).await?;
    let used = match parse(given) {
        Some(TypedCode::App(code)) => use_app_code(state, scope, agent_id, code, now).await,
        Some(TypedCode::Recovery(code)) => {
            let hash = hash(&code);
            let used = state.write(move |tx| {
                Box::pin(
                    async move { Ok(second_factors::use_recovery_code(tx.conn(), scope, agent_id, &hash, now).await?) },
                )
            });
            used.await.inspect(|used| {
                if *used {
                    tell(state, Some(agent.clone()), Notice::RecoveryCodeUsed);
                }
            })
        }
        None => Ok(false),
    };
    match used {
        Ok(true) => {
            guessed_right(state, agent_id).await;
            Ok(())
        }
        Ok(false) => {
            state.metrics.login_failed(LoginFailure::WrongCredentials);
            tracing::warn!(org.id = %agent.org_id, agent.id = %agent_id, "second factor refused");
            Err(wrong_code(field))
        }
        Err(error) => {
            // Nobody has learnt anything about the code.
            let guessers = &state.limits.login_by_guesser;
            state.shared.forgive(BY_GUESSER, guessers, &Guesser::SecondFactor(agent_id), now).await;
            Err(error)
        }
    }
}

async fn use_app_code(
    state: &AppState,
    scope: OrgScope,
    agent_id: AgentId,
    code: u32,
    now: Timestamp,
) -> ApiResult<bool> {
    let row = second_factors::get(state.db.reader(), scope, agent_id).await?;
    let Some(row) = row.filter(|row| row.confirmed_at.is_some()) else { return Ok(false) };
    let Some((secret, resealed)) = open(state, agent_id, &row) else {
        tracing::error!(
            org.id = %scope.org_id(), agent.id = %agent_id,
            "a second factor was encrypted under another secret_key: name it as previous_secret_key"
        );
        return Ok(false);
    };
    let Some(step) = totp::matching_step(&secret, code, now, row.last_step) else { return Ok(false) };
    state
        .write(move |tx| {
            Box::pin(async move {
                let secrets = (row.secret.as_str(), resealed.as_str());
                Ok(second_factors::use_step(tx.conn(), scope, agent_id, step, secrets).await?)
            })
        })
        .await
}

/// The secret of a row, and as it is to be kept from now on: what an earlier key of the server sealed is sealed anew.
fn open(state: &AppState, agent_id: AgentId, row: &SecondFactorRow) -> Option<(Vec<u8>, String)> {
    let (keys, place) = (&state.keys, place(agent_id));
    if let Some(secret) = at_rest::open(&keys.at_rest, &place, &row.secret) {
        return Some((totp::from_base32(&secret)?, row.secret.clone()));
    }
    let secret = at_rest::open(keys.at_rest_before.as_ref()?, &place, &row.secret)?;
    let resealed = at_rest::seal(&keys.at_rest, &state.ids, &place, &secret);
    Some((totp::from_base32(&secret)?, resealed))
}

/// Where a secret is kept, for [`at_rest`].
fn place(agent_id: AgentId) -> String {
    format!("second_factor.secret:{agent_id}")
}

/// Proves the password and the second factor of whoever is signed in.
async fn prove_both(state: &AppState, agent: &AnyAgent, request: BothFactors) -> ApiResult<Agent> {
    if !is_on(state, agent.scope(), agent.agent_id).await? {
        return Err(is_off());
    }
    let row = prove_password(state, agent, "password", request.password.into()).await?;
    use_code(state, &row, "code", &request.code).await?;
    Ok(row)
}

/// Ten recovery codes as they are shown, and as they are kept.
fn fresh_recovery_codes(state: &AppState) -> (RecoveryCodes, Vec<NewRecoveryCode>) {
    let codes: Vec<String> =
        (0..limits::RECOVERY_CODES).map(|_| recovery_code(state.ids.bytes::<RECOVERY_BYTES>())).collect();
    let rows = codes.iter().map(|code| NewRecoveryCode { id: state.ids.uuid(), code_hash: hash(code) }).collect();
    (RecoveryCodes { items: codes.iter().map(|code| grouped(code)).collect() }, rows)
}

/// How a recovery code is kept: it has enough randomness of its own, as a refresh token has, and outlives a change of the server's key.
fn hash(code: &str) -> String {
    hex::encode(sha256(code.as_bytes()))
}

/// Counts a guess from its beginning, so that many at once cannot slip through.
async fn begin_guess(state: &AppState, agent_id: AgentId, now: Timestamp) -> ApiResult<()> {
    let guessers = &state.limits.login_by_guesser;
    let begun = state.shared.begin(BY_GUESSER, guessers, &Guesser::SecondFactor(agent_id), now).await;
    begun.map_err(ApiError::rate_limited)
}

async fn guessed_right(state: &AppState, agent_id: AgentId) {
    state.shared.clear(BY_GUESSER, &state.limits.login_by_guesser, &Guesser::SecondFactor(agent_id)).await;
}

fn tell(state: &AppState, agent: Option<Agent>, notice: Notice) {
    if let Some(agent) = agent {
        notices::tell(state, agent.email, agent.account, notice);
    }
}

fn wrong_code(field: &str) -> ApiError {
    ApiError::field(field, FieldCode::Wrong, "is not a code of the second factor, or was used")
}

fn is_on_already() -> ApiError {
    ApiError::new(ErrorCode::Conflict, "The second factor is on already")
}

fn is_off() -> ApiError {
    ApiError::new(ErrorCode::Conflict, "The second factor is off")
}
