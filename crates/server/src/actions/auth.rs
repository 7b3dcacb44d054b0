//! Registering and signing in.

mod codes;
mod login;
mod refresh;
mod registration;

pub use codes::send_verification_code;
pub use login::{SignIn, begin_session, check_credentials, login};
pub use refresh::{Refreshed, refresh_session};
pub use registration::register_organisation;

use crate::auth::access_token::{self, LIFETIME_SECONDS};
use crate::auth::signing::{Key, sha256};
use crate::error::{ApiError, ApiResult};
use crate::ids::Ids;
use crate::state::AppState;
use std::net::IpAddr;
use store::OrgScope;
use store::agents;
use types::auth::SignedIn;
use types::id::{AgentId, OrgId, SessionId};
use uuid::Uuid;

/// Milliseconds that a session lives without being used.
pub(crate) const SESSION_MILLIS: i64 = 30 * 24 * 3600 * 1000;

/// The device that a request comes from.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its address.
    pub ip: IpAddr,
    /// Its user agent.
    pub user_agent: String,
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
        let names = [holder.org_id.0, holder.agent_id.0, holder.session_id.0];
        let mut payload: Vec<u8> = names.iter().flat_map(|id| id.as_bytes()).copied().collect();
        payload.extend(ids.bytes::<32>());
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
