//! Signing in.

use super::codes::take_proof;
use super::refresh::end_replaced_session;
use super::{Device, Holder, RefreshToken, SESSIONS_MAX, log_refusal, owner, session_end, signed_in};
use crate::actions::{me, second_factor};
use crate::auth::device::DeviceMark;
use crate::error::{ApiError, ApiResult};
use crate::limits::{Guesser, network_of};
use crate::metrics::LoginFailure;
use crate::shared::{BY_GUESSER, BY_IP};
use crate::state::AppState;
use secrecy::SecretString;
use std::net::IpAddr;
use store::OrgScope;
use store::agents::{self, Agent};
use store::audit;
use store::sessions::{self, NewSession};
use types::agents::LoginState;
use types::audit::{AuditAction, LoginStepKind};
use types::auth::{Login, Proof, SignedIn};
use types::error::ErrorCode;
use types::id::SessionId;
use types::second_factor::SecondFactorNeeded;
use types::time::Timestamp;

/// A fresh session.
#[derive(Debug)]
pub struct SignIn {
    /// What the caller is told.
    pub signed_in: SignedIn,
    /// What goes into the cookie.
    pub refresh: RefreshToken,
    /// What the browser is known by from now on.
    pub mark: DeviceMark,
}

/// What comes of an account and its password.
#[derive(Debug)]
pub enum LoginStep {
    /// A session has begun.
    Done(Box<SignIn>),
    /// The second factor is still to be proved.
    SecondFactor(SecondFactorNeeded),
}

/// Begins a session for whoever knows account and password, and ends the one that the browser had `before`. Where the account has a
/// second factor, nothing begins yet.
///
/// # Errors
/// Wrong credentials, or rate limited after too many failures of the account or from the address.
pub async fn login(
    state: &AppState,
    request: Login,
    device: Device,
    before: Option<RefreshToken>,
) -> ApiResult<LoginStep> {
    let proof = request.proof.as_ref();
    let agent = check_credentials(state, &request.account, request.password.into(), &device, proof).await?;
    if second_factor::is_on(state, OrgScope::new(agent.org_id), agent.id).await? {
        let needed = state.second_steps.issue(&state.ids, &agent, request.login_state, state.clock.now());
        return Ok(LoginStep::SecondFactor(needed));
    }
    Ok(LoginStep::Done(Box::new(begin_instead(state, agent, request.login_state, device, before, false).await?)))
}

/// Begins a session, and ends the one that the browser had `before`.
pub(super) async fn begin_instead(
    state: &AppState,
    agent: Agent,
    wanted: LoginState,
    device: Device,
    before: Option<RefreshToken>,
    second_factor: bool,
) -> ApiResult<SignIn> {
    let user_agent = device.user_agent.clone();
    let done = begin_session(state, agent, wanted, device, second_factor).await?;
    if let Some(before) = before {
        // The session has begun: whatever comes of this, the caller must not be told that nothing was stored.
        end_replaced_session(state, &before, &user_agent).await;
    }
    Ok(done)
}

/// Whose account and password these are. Unknown accounts, disabled accounts and wrong passwords get the same answer after
/// the same work.
///
/// # Errors
/// Wrong credentials; after several failures of the account or from the address, that a proof of work is needed, and after too many
/// rate limited.
pub async fn check_credentials(
    state: &AppState,
    account: &str,
    password: SecretString,
    device: &Device,
    proof: Option<&Proof>,
) -> ApiResult<Agent> {
    let now = state.clock.now();
    let account = account.to_lowercase();
    let network = network_of(device.ip);
    let known = device.mark.as_ref().and_then(|mark| mark.known_to(&state.keys.device, &account));
    let too_many = |millis| {
        state.metrics.login_failed(LoginFailure::RateLimited);
        ApiError::rate_limited(millis)
    };
    if known.is_none() {
        ask_for_work(state, &account, device.ip, proof, now).await?;
        state.shared.begin(BY_IP, &state.limits.login_by_ip, &network, now).await.map_err(too_many)?;
    }
    let is_stranger = known.is_none();
    let guesser = known.map_or_else(|| Guesser::Stranger(account.clone()), Guesser::Device);
    let guessers = &state.limits.login_by_guesser;
    if let Err(millis) = state.shared.begin(BY_GUESSER, guessers, &guesser, now).await {
        if is_stranger {
            // No password was looked at: whoever asks for an account that others have locked has guessed nothing.
            state.shared.forgive(BY_IP, &state.limits.login_by_ip, &network, now).await;
        }
        return Err(too_many(millis));
    }

    let found = find(state, &account, password).await;
    if is_stranger && !matches!(found, Ok(Err(_))) {
        state.shared.forgive(BY_IP, &state.limits.login_by_ip, &network, now).await;
    }
    match found {
        Ok(Ok(agent)) => {
            state.shared.clear(BY_GUESSER, guessers, &guesser).await;
            Ok(agent)
        }
        Ok(Err(owner)) => {
            // Without the account: what is typed there by mistake is often the password.
            let agent_id = owner.as_ref().map(|agent| agent.id.to_string());
            state.metrics.login_failed(LoginFailure::WrongCredentials);
            tracing::warn!(agent.id = agent_id, client.network = %network, "sign-in refused");
            if let Some(agent) = owner {
                log_later(state, &agent, device);
            }
            Err(wrong_credentials())
        }
        Err(error) => {
            // Nobody has learnt anything about the password.
            state.shared.forgive(BY_GUESSER, guessers, &guesser, now).await;
            Err(error)
        }
    }
}

/// Wants a solved challenge of strangers once there were several wrong passwords, so that guessing costs whoever guesses. It is asked
/// for of an account that does not exist as of any other.
async fn ask_for_work(
    state: &AppState,
    account: &str,
    ip: IpAddr,
    proof: Option<&Proof>,
    now: Timestamp,
) -> ApiResult<()> {
    let limits = &state.config.limits;
    let of_account = state.limits.login_by_guesser.count(&Guesser::Stranger(account.to_owned()), now);
    let of_address = state.limits.login_by_ip.count(&network_of(ip), now);
    let reaches = |count: usize, most: u32| u32::try_from(count).unwrap_or(u32::MAX) >= most;
    if !reaches(of_account, limits.login_failures_before_proof)
        && !reaches(of_address, limits.login_failures_before_proof_per_ip)
    {
        return Ok(());
    }
    let needed = || ApiError::new(ErrorCode::ProofRequired, "Solve a challenge and send it as `proof`");
    take_proof(state, proof.ok_or_else(needed)?, ip, now).await
}

/// The agent whose account and password these are; otherwise whose account it is, if anybody's.
async fn find(state: &AppState, account: &str, password: SecretString) -> ApiResult<Result<Agent, Option<Agent>>> {
    let agent = agents::by_account(state.db.reader(), account).await?;
    let hash = agent.as_ref().filter(|agent| agent.disabled_at.is_none()).map(|agent| agent.password_hash.clone());
    let right = state.passwords.verify(hash, password).await?;
    Ok(match agent {
        Some(agent) if right => Ok(agent),
        owner => Err(owner),
    })
}

/// Remembers a refusal in the audit log. Nobody waits for it: how long it takes would tell that there is such an account.
fn log_later(state: &AppState, agent: &Agent, device: &Device) {
    let (state, org_id, owner) = (state.clone(), agent.org_id, owner(state, agent, device.origin()));
    let step = if agent.disabled_at.is_some() { LoginStepKind::Disabled } else { LoginStepKind::Password };
    actix_web::rt::spawn(async move {
        if let Err(error) = log_refusal(&state, org_id, owner, step).await {
            tracing::warn!(org.id = %org_id, error.cause = error.causes(), "a refused sign-in is not in the audit log");
        }
    });
}

fn wrong_credentials() -> ApiError {
    ApiError::new(ErrorCode::WrongCredentials, "Account or password is wrong")
}

/// Begins a session of an agent whose credentials were right a moment ago, and looks once more whether they still are:
/// a change of the password ends every session, also one that was just about to begin.
///
/// # Errors
/// Wrong credentials when the password was changed or the account disabled meanwhile.
pub async fn begin_session(
    state: &AppState,
    agent: Agent,
    wanted: LoginState,
    device: Device,
    second_factor: bool,
) -> ApiResult<SignIn> {
    let now = state.clock.now();
    let auditor = owner(state, &agent, device.origin());
    let Agent { id: agent_id, org_id, account, password_hash, .. } = agent;
    let scope = OrgScope::new(org_id);
    let session_id = state.ids.make(SessionId);
    let refresh = RefreshToken::generate(&state.keys.refresh, &state.ids, Holder { org_id, agent_id, session_id });
    let session = NewSession {
        id: session_id,
        org_id,
        agent_id,
        refresh_hash: refresh.hash(),
        user_agent: device.user_agent,
        ip: device.ip.to_string(),
        at: now,
        expires_at: session_end(now, now),
    };
    let mark = DeviceMark::generate(&state.keys.device, &state.ids, &account);
    let (changed, ended) = state
        .write(move |tx| {
            Box::pin(async move {
                let still = agents::get(tx.conn(), scope, agent_id).await?;
                let still = still.filter(|agent| agent.password_hash == password_hash && agent.disabled_at.is_none());
                let still = still.ok_or_else(wrong_credentials)?;
                sessions::create(tx.conn(), session).await?;
                audit::add(tx.conn(), org_id, auditor, &AuditAction::LoggedIn { second_factor }).await?;
                // Compared with what is there now: it may have been changed since the password was looked at.
                let changed = wanted != still.login_state;
                if changed {
                    me::set_login_state(tx, scope, agent_id, session_id, wanted, now).await?;
                }
                Ok((changed, sessions::revoke_oldest(tx.conn(), scope, agent_id, SESSIONS_MAX, now).await?))
            })
        })
        .await?;
    me::hang_up(state, ended);
    if changed {
        me::identity_changed(state, agent_id);
    }
    tracing::info!(org.id = %org_id, agent.id = %agent_id, session.id = %session_id, "signed in");
    Ok(SignIn { signed_in: signed_in(state, scope, agent_id, session_id).await?, refresh, mark })
}
