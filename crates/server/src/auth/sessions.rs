//! Sessions of agents: looked up through a cache that forgets at once what was revoked.

use crate::auth::access_token::{self, Claims};
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use moka::sync::Cache;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::OrgScope;
use store::sessions::{self, Identity};
use types::id::{AgentId, SessionId};

/// Identities that are kept at most.
const KEPT: u64 = 50_000;

/// How long an identity is believed without asking the database: what another server revokes is noticed by then.
const BELIEVED: Duration = Duration::from_secs(60);

/// Identities by session.
///
/// What changes is not searched for but numbered: an identity counts only while nothing of it has changed since before it
/// was read.
#[derive(Debug)]
pub struct SessionCache {
    identities: Cache<SessionId, (Arc<Identity>, Version)>,
    sessions_changed: Cache<SessionId, u64>,
    agents_changed: Cache<AgentId, u64>,
    changes: AtomicU64,
    /// The change before which nothing counts any more.
    all_changed: AtomicU64,
}

/// The last change of a session and of its agent, and, of a view, of whoever looks and the session of theirs; 0 when there was none
/// lately.
type Version = [u64; 4];

impl Default for SessionCache {
    fn default() -> Self {
        let identities = Cache::builder().max_capacity(KEPT).time_to_live(BELIEVED).build();
        // A change is remembered for longer than any identity that was read before it.
        let remembered = BELIEVED.saturating_mul(3);
        Self {
            identities,
            sessions_changed: Cache::builder().time_to_live(remembered).build(),
            agents_changed: Cache::builder().time_to_live(remembered).build(),
            changes: AtomicU64::new(0),
            all_changed: AtomicU64::new(0),
        }
    }
}

impl SessionCache {
    /// Forgets a session: the next request asks the database.
    pub fn forget(&self, session_id: SessionId) {
        self.sessions_changed.insert(session_id, self.next_change());
    }

    /// Forgets every session of an agent.
    pub fn forget_agent(&self, agent_id: AgentId) {
        self.agents_changed.insert(agent_id, self.next_change());
    }

    /// Forgets everything: what another server has changed may not have been heard.
    pub(crate) fn forget_all(&self) {
        self.all_changed.store(self.next_change(), Ordering::SeqCst);
        self.identities.invalidate_all();
    }

    /// How many identities are kept.
    pub(crate) fn entries(&self) -> u64 {
        self.identities.entry_count()
    }

    /// The sessions that are believed without asking.
    pub(crate) fn believed(&self) -> Vec<SessionId> {
        self.identities.iter().map(|(session_id, _)| *session_id).collect()
    }

    fn next_change(&self) -> u64 {
        self.changes.fetch_add(1, Ordering::SeqCst).saturating_add(1)
    }

    fn version(&self, identity: &Identity) -> Version {
        let session = |id: SessionId| self.sessions_changed.get(&id).unwrap_or(0);
        let agent = |id: AgentId| self.agents_changed.get(&id).unwrap_or(0);
        let [by, from] = identity.viewed_by.map_or([0, 0], |by| [agent(by.agent_id), session(by.session_id)]);
        [session(identity.session_id), agent(identity.agent_id), by, from]
    }

    fn get(&self, session_id: SessionId) -> Option<Arc<Identity>> {
        let (identity, version) = self.identities.get(&session_id)?;
        (self.version(&identity) == version).then_some(identity)
    }

    /// Keeps an identity that was read after the count of changes stood at `before`.
    fn keep(&self, identity: &Arc<Identity>, before: u64) {
        let version = self.version(identity);
        // Changed while it was read: it may be older than the change.
        let all_changed = self.all_changed.load(Ordering::SeqCst);
        if version.into_iter().fold(all_changed, u64::max) <= before {
            self.identities.insert(identity.session_id, (Arc::clone(identity), version));
        }
    }
}

/// What an access token claims. That it is ours says nothing yet of its session: [`identify`] does.
///
/// # Errors
/// Unauthenticated when the token is not ours or has expired.
pub fn claims(state: &AppState, token: &str) -> ApiResult<Claims> {
    access_token::verify(&state.keys.access, token, state.clock.now()).ok_or_else(ApiError::unauthenticated)
}

/// Whose access token it is.
///
/// # Errors
/// Unauthenticated when its session has ended.
pub async fn identify(state: &AppState, claims: Claims) -> ApiResult<Arc<Identity>> {
    let identity = identity(state, OrgScope::new(claims.org), claims.sid).await?;
    if identity.agent_id == claims.sub { Ok(identity) } else { Err(ApiError::unauthenticated()) }
}

/// Whose session it is.
///
/// # Errors
/// Unauthenticated when it has ended.
pub async fn identity(state: &AppState, scope: OrgScope, session_id: SessionId) -> ApiResult<Arc<Identity>> {
    if let Some(identity) = state.sessions.get(session_id) {
        return Ok(identity);
    }
    let before = state.sessions.changes.load(Ordering::SeqCst);
    let identity = sessions::identity(state.db.reader(), scope, session_id, state.clock.now()).await?;
    let identity = Arc::new(identity.ok_or_else(ApiError::unauthenticated)?);
    state.sessions.keep(&identity, before);
    Ok(identity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::sessions::ViewedBy;
    use types::agents::{LoginState, Role};
    use types::id::OrgId;
    use uuid::Uuid;

    fn identity(session: u128, agent: u128) -> Arc<Identity> {
        Arc::new(Identity {
            session_id: SessionId(Uuid::from_u128(session)),
            org_id: OrgId(Uuid::from_u128(1)),
            agent_id: AgentId(Uuid::from_u128(agent)),
            role: Role::Agent,
            name: "小王".to_owned(),
            login_state: LoginState::Normal,
            sees_contact_details: true,
            edits_quick_replies: false,
            edits_automatic_replies: false,
            viewed_by: None,
        })
    }

    #[test]
    fn what_changed_is_forgotten_and_nothing_else() {
        let cache = SessionCache::default();
        let [one, two, other] = [identity(1, 10), identity(2, 10), identity(3, 20)];
        let all = [&one, &two, &other];
        let known = || all.map(|identity| cache.get(identity.session_id).is_some());
        for identity in all {
            cache.keep(identity, 0);
        }
        assert_eq!(known(), [true, true, true]);
        cache.forget(one.session_id);
        assert_eq!(known(), [false, true, true]);
        cache.forget_agent(two.agent_id);
        assert_eq!(known(), [false, false, true]);
        for identity in all {
            cache.keep(identity, 2);
        }
        assert_eq!(known(), [true, true, true]);
    }

    #[test]
    fn a_view_is_forgotten_with_whoever_looks() {
        let cache = SessionCache::default();
        let (own, by) = (
            identity(1, 10),
            ViewedBy { agent_id: AgentId(Uuid::from_u128(10)), session_id: SessionId(Uuid::from_u128(1)) },
        );
        let view = Arc::new(Identity { viewed_by: Some(by), ..Identity::clone(&identity(2, 20)) });
        let forget: [&dyn Fn(); 2] = [&|| cache.forget(own.session_id), &|| cache.forget_agent(own.agent_id)];
        for forget in forget {
            cache.keep(&view, cache.changes.load(Ordering::SeqCst));
            assert!(cache.get(view.session_id).is_some());
            forget();
            assert!(cache.get(view.session_id).is_none());
        }
    }

    #[test]
    fn what_was_read_before_everything_was_forgotten_is_not_kept() {
        let cache = SessionCache::default();
        let one = identity(1, 10);
        cache.keep(&one, 0);
        cache.forget_all();
        assert!(cache.get(one.session_id).is_none());
        cache.keep(&one, 0);
        assert!(cache.get(one.session_id).is_none());
        cache.keep(&one, cache.changes.load(Ordering::SeqCst));
        assert!(cache.get(one.session_id).is_some());
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let cache = SessionCache::default();
        let one = identity(1, 10);
        let before = cache.changes.load(Ordering::SeqCst);
        cache.forget_agent(one.agent_id);
        cache.keep(&one, before);
        assert!(cache.get(one.session_id).is_none());
    }
}
