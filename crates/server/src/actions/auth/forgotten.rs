//! Forgotten passwords: a code to an address that the account has, and a new password for it.
//!
//! **Invariant**: nobody learns by asking which accounts there are and which addresses they have. An account that nobody has gets the
//! same answers after the same work, its codes are stored and counted alike; only nothing is sent.

use super::codes::{self, BY_MAILBOX};
use super::owner;
use super::registration::{code_error, prove_number};
use super::second_step::prove;
use crate::actions::{me, notices, second_factor};
use crate::auth::password_rules;
use crate::auth::signing::Key;
use crate::error::{ApiError, ApiResult};
use crate::limits::{Guesser, network_of};
use crate::senders::{CodeMessage, CodeSender, Notice, SendError};
use crate::shared::BY_GUESSER;
use crate::state::AppState;
use std::net::IpAddr;
use store::agents::{self, Agent};
use store::audit::{self, Origin};
use store::verification_codes::{self, NewCode};
use store::{OrgScope, sessions};
use types::audit::AuditAction;
use types::auth::VerificationCodeSent;
use types::error::FieldCode;
use types::limits;
use types::password_reset::{ResetBy, ResetPassword, SendPasswordResetCode};

/// Sends a code to the account's own mobile number or email address, if there is such an account with such an address.
///
/// # Errors
/// Field errors for the proof and for a way that this server does not send by; rate limits by account and by address. Never that
/// nothing was sent.
pub async fn send_password_reset_code(
    state: &AppState,
    request: SendPasswordResetCode,
    ip: IpAddr,
) -> ApiResult<VerificationCodeSent> {
    if !state.reset_ways.contains(&request.by) {
        return Err(ApiError::field("by", FieldCode::Wrong, "is no way by which this server sends codes"));
    }
    let now = state.clock.now();
    codes::take_proof(state, &request.proof, ip, now).await?;
    let account = request.account.to_lowercase();
    let (subject, code) = (subject_of(&state.keys.code, &account), codes::fresh_code(state));
    let expires_at = now.plus_seconds(limits::CODE_LIFETIME_SECONDS);
    let row = NewCode {
        id: state.ids.uuid(),
        ip: network_of(ip).to_string(),
        code_hash: codes::hash(&state.keys.code, &subject, &code),
        mobile: subject,
        at: now,
        expires_at,
    };
    codes::store(state, row).await?;
    if let Some(agent) = find(state, &account).await? {
        let (mobile, email) = match request.by {
            ResetBy::Mobile => (agent.mobile, None),
            ResetBy::Email => (String::new(), Some(agent.email)),
        };
        let message = CodeMessage { mobile, email, code, sent_at: now, expires_at };
        if !address_of(&message).is_empty() {
            let state = state.clone();
            // Nobody waits for it: how long it takes would tell that it is sent.
            actix_web::rt::spawn(async move { deliver(&state, message).await });
        }
    }
    Ok(codes::on_its_way(expires_at))
}

/// Sets a new password, if the code is right and, where the account has one, the second factor as well. Every session ends.
///
/// # Errors
/// Field errors: `code` as in registering, `second_factor` `required` or `wrong`, `new_password` `guessable`; rate limited after too
/// many wrong codes of the second factor.
pub async fn reset_password(state: &AppState, request: ResetPassword, origin: Origin) -> ApiResult<()> {
    let account = request.account.to_lowercase();
    password_rules::check_new("new_password", &request.new_password, &[&account])?;
    let now = state.clock.now();
    let code_id = prove_number(state, &subject_of(&state.keys.code, &account), &request.code, now).await?;
    let agent = find(state, &account).await?.ok_or_else(|| code_error(FieldCode::Wrong))?;
    let words = [agent.account.as_str(), &agent.name, &agent.email, &agent.mobile];
    // What these are is told only to whoever has the code.
    password_rules::check_new("new_password", &request.new_password, &words)?;
    let scope = OrgScope::new(agent.org_id);
    let has_second_factor = second_factor::is_on(state, scope, agent.id).await?;
    if has_second_factor {
        let required = || ApiError::field("second_factor", FieldCode::Required, "is asked for by this account");
        let given = request.second_factor.as_deref().ok_or_else(required)?;
        prove(state, &agent, "second_factor", given, origin.clone()).await?;
    }
    let hash = state.passwords.hash(&state.ids, request.new_password.into()).await?;
    let (agent_id, auditor) = (agent.id, owner(state, &agent, origin));
    let ended = state
        .write(move |tx| {
            Box::pin(async move {
                if !verification_codes::consume(tx.conn(), code_id, now).await? {
                    return Err(code_error(FieldCode::Expired));
                }
                let still = agents::get(tx.conn(), scope, agent_id).await?;
                if still.is_none_or(|agent| agent.disabled_at.is_some()) {
                    return Err(code_error(FieldCode::Wrong));
                }
                agents::set_password_hash(tx.conn(), scope, agent_id, &hash, now).await?;
                let action = AuditAction::PasswordReset { second_factor: has_second_factor };
                audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
                Ok(sessions::revoke_all(tx.conn(), scope, agent_id, None, now).await?)
            })
        })
        .await?;
    me::hang_up(state, ended);
    // Whoever has tried the forgotten password too often need not wait with the new one.
    state.shared.clear(BY_GUESSER, &state.limits.login_by_guesser, &Guesser::Stranger(account)).await;
    tracing::info!(org.id = %agent.org_id, agent.id = %agent.id, "password reset by a code");
    notices::tell(state, agent.email, agent.account, Notice::PasswordReset);
    Ok(())
}

/// The agent of an account who can sign in.
async fn find(state: &AppState, account: &str) -> ApiResult<Option<Agent>> {
    let agent = agents::by_account(state.db.reader(), account).await?;
    Ok(agent.filter(|agent| agent.disabled_at.is_none()))
}

/// Under which name codes of an account are kept, beside those of mobile numbers. What is typed as an account by mistake is often a
/// password, so it is not readable there.
fn subject_of(key: &Key, account: &str) -> String {
    format!("account:{}", hex::encode(key.derive("password-reset").sign(account.as_bytes())))
}

/// Sends a code, unless its address has had as many as it may have. What comes of it only the log and the metrics say.
async fn deliver(state: &AppState, message: CodeMessage) {
    let mailbox = codes::mailbox_of(&state.keys.code, address_of(&message));
    let counted = state.shared.begin(BY_MAILBOX, &state.limits.codes_by_mailbox, &mailbox, message.sent_at).await;
    if counted.is_err() {
        tracing::warn!("a code for a forgotten password is not sent: its address has had as many as it may have today");
        return;
    }
    let sent = send(state, &message).await;
    state.metrics.code_sent(sent.is_ok());
    if let Err(error) = sent {
        tracing::error!(error.cause = store::chain(&*error), "a code for a forgotten password could not be delivered");
    }
}

fn address_of(message: &CodeMessage) -> &str {
    message.email.as_deref().unwrap_or(&message.mobile)
}

async fn send(state: &AppState, message: &CodeMessage) -> Result<(), SendError> {
    match (&state.codes, &state.mail) {
        (CodeSender::Console(_), _) | (_, None) => state.codes.send(message).await,
        (_, Some(mail)) if message.email.is_some() => mail.send(message).await,
        (_, Some(_)) => state.codes.send(message).await,
    }
}
