//! The address of a table that is carried out: it says what is wanted, for one login session, once, and soon ends.
//!
//! A browser saves what it fetches by address alone, as large as it may be; so the address carries the right to it, as those of files do.

use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::OrgScope;
use types::id::{OrgId, SessionId};
use types::time::Timestamp;

/// How long the address is good for.
const SECONDS: i64 = 60;
/// Addresses that are remembered as fetched.
pub(crate) const TABLES_MAX: usize = 10_000;

/// What the address says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TablePass<T> {
    id: [u8; 16],
    org_id: OrgId,
    pub(crate) session_id: SessionId,
    pub(crate) expires_at: Timestamp,
    pub(crate) wanted: T,
}

impl<T: Serialize + DeserializeOwned> TablePass<T> {
    /// For whoever asks, from now on.
    pub(crate) fn new(state: &AppState, agent: &AnyAgent, wanted: T) -> Self {
        let expires_at = state.clock.now().plus_seconds(SECONDS);
        Self { id: state.ids.bytes(), org_id: agent.org_id, session_id: agent.session_id, expires_at, wanted }
    }

    /// As it stands in an address; a table of another purpose is not opened by it.
    pub(crate) fn seal(&self, state: &AppState, purpose: &str) -> ApiResult<String> {
        let sealed = serde_json::to_vec(self).map_err(|_no_json| missing())?;
        Ok(state.keys.files.derive(purpose).seal(&sealed))
    }

    /// Uses an address up. Whatever is wrong with it looks the same.
    pub(crate) async fn open(state: &AppState, purpose: &str, sealed: &str) -> ApiResult<Self> {
        let pass = state.keys.files.derive(purpose).open(sealed).ok_or_else(missing)?;
        let pass: Self = serde_json::from_slice(&pass).map_err(|_not_ours| missing())?;
        let now = state.clock.now();
        if !state.exports.first_time(pass.id, pass.expires_at, now)
            || !state.shared.first_time("export", &pass.id, pass.expires_at.millis_since(now)).await
        {
            return Err(missing());
        }
        Ok(pass)
    }

    pub(crate) fn scope(&self) -> OrgScope {
        OrgScope::new(self.org_id)
    }
}

pub(crate) fn missing() -> ApiError {
    ApiError::not_found("table")
}
