//! API tokens that programs show: whose they are, what for, and when they were last used.
//!
//! A token acts by a session of its agent's. So whatever ends a session ends it: at once, on every server, sockets included; and what
//! its agent may do is looked up as for everybody. What is remembered here of a token never changes while it is there.

use crate::auth::api_token;
use crate::auth::sessions;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use moka::sync::Cache;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use store::api_tokens::{self, KnownToken};
use store::sessions::Identity;
use store::{OrgScope, StoreError};
use types::id::ApiTokenId;
use types::time::Timestamp;

/// Tokens that are remembered at most.
const REMEMBERED: u64 = 10_000;

/// For how long a token that nobody shows is remembered.
const IDLE: Duration = Duration::from_secs(3600);

/// How old what is noted of a token's last use may be.
const NOTED_EVERY_MILLIS: i64 = 60_000;

/// What is remembered of tokens.
#[derive(Debug)]
pub struct ApiTokens {
    /// By the hash of the secret.
    known: Cache<String, Arc<KnownToken>>,
    /// When a use was last noted.
    noted: Cache<ApiTokenId, Timestamp>,
}

impl Default for ApiTokens {
    fn default() -> Self {
        let known = Cache::builder().max_capacity(REMEMBERED).time_to_idle(IDLE).build();
        Self { known, noted: Cache::builder().max_capacity(REMEMBERED).time_to_idle(IDLE).build() }
    }
}

impl ApiTokens {
    /// Which token it is, as far as is remembered: it may have been revoked since. For counting only.
    #[must_use]
    pub fn remembered(&self, text: &str) -> Option<ApiTokenId> {
        self.known.get(&api_token::hash_of(text)?).map(|known| known.id)
    }

    /// Whether this use is to be noted.
    fn is_news(&self, id: ApiTokenId, now: Timestamp) -> bool {
        if self.noted.get(&id).is_some_and(|noted| now.millis_since(noted) < NOTED_EVERY_MILLIS) {
            return false;
        }
        self.noted.insert(id, now);
        true
    }
}

/// Whose token it is and what for, while it is good.
///
/// # Errors
/// Unauthenticated when it is none of ours, was revoked, has expired, or its agent cannot act any more.
pub async fn identify(state: &AppState, text: &str, ip: IpAddr) -> ApiResult<(Arc<Identity>, Arc<KnownToken>)> {
    let hash = api_token::hash_of(text).ok_or_else(ApiError::unauthenticated)?;
    let known = match state.api_tokens.known.get(&hash) {
        Some(known) => known,
        None => {
            let found = api_tokens::by_secret_hash(state.db.reader(), &hash).await?;
            let known = Arc::new(found.ok_or_else(ApiError::unauthenticated)?);
            state.api_tokens.known.insert(hash, Arc::clone(&known));
            known
        }
    };
    let (scope, now) = (OrgScope::new(known.org_id), state.clock.now());
    if known.expires_at.is_some_and(|at| at <= now) {
        return Err(ApiError::unauthenticated());
    }
    let identity = sessions::identity(state, scope, known.session_id).await?;
    if state.api_tokens.is_news(known.id, now) {
        note_use(state, scope, known.id, ip, now).await;
    }
    Ok((identity, known))
}

/// Notes a use. Nothing is refused because it could not be.
async fn note_use(state: &AppState, scope: OrgScope, id: ApiTokenId, ip: IpAddr, at: Timestamp) {
    let note = state.write(move |tx| {
        Box::pin(async move {
            let noted: Result<(), StoreError> = api_tokens::note_use(tx.conn(), scope, id, ip.to_string(), at).await;
            Ok(noted?)
        })
    });
    if let Err(error) = note.await {
        tracing::debug!(api_token.id = %id, %error, "the use of an API token could not be noted");
    }
}
