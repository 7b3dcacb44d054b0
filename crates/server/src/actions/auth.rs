//! Registering, signing in, and forgotten passwords.

mod codes;
mod forgotten;
mod login;
mod refresh;
mod registration;
mod second_step;

pub use codes::send_verification_code;
pub use forgotten::{reset_password, send_password_reset_code};
pub use login::{LoginStep, SignIn, begin_session, check_credentials, login};
pub use refresh::{Refreshed, refresh_session};
pub use registration::register_organisation;
pub use second_step::finish_login;

use crate::auth::access_token::{self, LIFETIME_SECONDS};
use crate::auth::device::DeviceMark;
use crate::auth::signing::{Key, sha256};
use crate::error::{ApiError, ApiResult};
use crate::ids::Ids;
use crate::state::AppState;
use std::net::IpAddr;
use store::OrgScope;
use store::agents::{self, Agent};
use store::audit::{self, Auditor, Origin};
use types::audit::{AuditAction, LoginStepKind};
use types::auth::SignedIn;
use types::id::{AgentId, AuditId, OrgId, SessionId};
use types::time::Timestamp;
use uuid::Uuid;

/// Milliseconds that a session lives without being used.
pub(crate) const SESSION_IDLE_MILLIS: i64 = 30 * 24 * 3600 * 1000;
/// Milliseconds after which a session ends however much it is used: a device that was lost or a token that was copied
/// unnoticed is good for this long at most.
pub(crate) const SESSION_LIFETIME_MILLIS: i64 = 90 * 24 * 3600 * 1000;
/// Sessions that one agent can have at a time; one more ends the oldest.
pub(crate) const SESSIONS_MAX: usize = 50;

/// The device that a request comes from.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its address.
    pub ip: IpAddr,
    /// Its user agent.
    pub user_agent: String,
    /// What an earlier sign-in left in it.
    pub mark: Option<DeviceMark>,
}

impl Device {
    /// Where it asks from, for the audit log.
    fn origin(&self) -> Origin {
        Origin { ip: Some(self.ip.to_string()), user_agent: Some(self.user_agent.clone()), token: None }
    }
}

/// The owner of an account as the audit log remembers them: whoever asks has proved to be them, or has not, which the entry says.
fn owner(state: &AppState, agent: &Agent, origin: Origin) -> Auditor {
    let (agent_id, agent_name) = (agent.id, agent.name.clone());
    Auditor { id: state.ids.make_in_order(AuditId), agent_id, agent_name, origin, at: state.clock.now() }
}

/// Remembers that a sign-in to this account was refused.
async fn log_refusal(state: &AppState, org_id: OrgId, owner: Auditor, step: LoginStepKind) -> ApiResult<()> {
    let (auditor, action) = (owner, AuditAction::LoginFailed { step });
    state.write(move |tx| Box::pin(async move { Ok(audit::add(tx.conn(), org_id, auditor, &action).await?) })).await
}

/// Until when a session that began at `begun` can be refreshed, used at `now`.
fn session_end(begun: Timestamp, now: Timestamp) -> Timestamp {
    now.plus_millis(SESSION_IDLE_MILLIS).min(begun.plus_millis(SESSION_LIFETIME_MILLIS))
}

/// A refresh token: signed, so that it names its session long after it was exchanged, and random enough that a plain hash
/// keeps it safe at rest.
pub struct RefreshToken(String);

/// Whose session a refresh token is, or was, for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Holder {
    org_id: OrgId,
    agent_id: AgentId,
    session_id: SessionId,
}

impl RefreshToken {
    fn generate(key: &Key, ids: &Ids, holder: Holder) -> Self {
        Self::of(key, holder, &ids.bytes())
    }

    /// The token that this one is exchanged for. It follows from this one, so that whoever lost the answer to an exchange
    /// gets the same one again; without the key nobody can tell it beforehand.
    fn successor(&self, key: &Key, holder: Holder) -> Self {
        Self::of(key, holder, &key.derive("successor").sign(self.0.as_bytes()))
    }

    fn of(key: &Key, holder: Holder, random: &[u8; 32]) -> Self {
        let names = [holder.org_id.0, holder.agent_id.0, holder.session_id.0];
        let mut payload: Vec<u8> = names.iter().flat_map(|id| id.as_bytes()).copied().collect();
        payload.extend(random);
        Self(key.seal(&payload))
    }

    /// Whose it is, if we made it.
    fn holder(&self, key: &Key) -> Option<Holder> {
        let payload = key.open(&self.0)?;
        let (ids, _) = payload.as_chunks::<16>();
        let [org, agent, session, ..] = ids else { return None };
        Some(Holder {
            org_id: OrgId(Uuid::from_bytes(*org)),
            agent_id: AgentId(Uuid::from_bytes(*agent)),
            session_id: SessionId(Uuid::from_bytes(*session)),
        })
    }

    /// A token as it came in a cookie.
    #[must_use]
    pub fn given(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The token for the cookie.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> String {
        hex::encode(sha256(self.0.as_bytes()))
    }
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshToken")
    }
}

/// What whoever holds a live session gets.
async fn signed_in(state: &AppState, scope: OrgScope, agent_id: AgentId, session_id: SessionId) -> ApiResult<SignedIn> {
    let me = agents::me(state.db.reader(), scope, agent_id, session_id).await?.ok_or_else(ApiError::unauthenticated)?;
    let now = state.clock.now();
    let access_token = access_token::issue(&state.keys.access, scope.org_id(), agent_id, session_id, now)
        .map_err(ApiError::internal)?;
    Ok(SignedIn { access_token, expires_in: LIFETIME_SECONDS, me })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use proptest::prelude::*;
    use std::sync::Arc;

    proptest! {
        #[test]
        fn a_refresh_token_names_its_session_and_no_other_text_does(
            names in any::<[u128; 3]>(), text in ".*", place in any::<prop::sample::Index>(),
        ) {
            let (key, ids) = (Key::from_secret(b"one"), Ids::from_os(Arc::new(SystemClock)));
            let [org, agent, session] = names.map(Uuid::from_u128);
            let holder = Holder { org_id: OrgId(org), agent_id: AgentId(agent), session_id: SessionId(session) };
            let token = RefreshToken::generate(&key, &ids, holder);
            prop_assert_eq!(token.holder(&key), Some(holder));
            prop_assert_ne!(token.hash(), RefreshToken::generate(&key, &ids, holder).hash());
            let mut changed = token.expose().to_owned().into_bytes();
            let place = place.index(changed.len());
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            prop_assert_eq!(RefreshToken::given(std::str::from_utf8(&changed).unwrap()).holder(&key), None);
            prop_assert_eq!(RefreshToken::given(&text).holder(&key), None);
        }
    }

    #[test]
    fn a_session_ends_when_idle_or_old() {
        let begun = Timestamp(0);
        assert_eq!(session_end(begun, begun), Timestamp(SESSION_IDLE_MILLIS));
        let late = Timestamp(SESSION_LIFETIME_MILLIS - 1);
        assert_eq!(session_end(begun, late), Timestamp(SESSION_LIFETIME_MILLIS));
    }
}
