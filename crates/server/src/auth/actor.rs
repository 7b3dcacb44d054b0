//! Callers as argument types: a handler that takes an [`Admin`] cannot be reached by anybody else.
//!
//! **Invariant**: who the caller is and what they may do is looked up when the request's body has come, not before: a body can
//! be held back, and a session be ended meanwhile. And they are told before anything is said of the body (`extract::turns`).

use crate::auth::sessions;
use crate::error::{ApiError, ApiResult};
use crate::extract;
use crate::extract::turns::{self, Turn};
use crate::state::AppState;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use rules::permissions::{Permission, Rights, can};
use std::ops::Deref;
use std::sync::Arc;
use store::audit::Origin;
use store::sessions::Identity;
use store::{OrgScope, Viewer};
use types::id::SessionId;

/// A signed-in agent of any role.
#[derive(Debug, Clone)]
pub struct AnyAgent {
    identity: Arc<Identity>,
    /// Where they ask from; unknown of what is no HTTP request.
    origin: Arc<Origin>,
}

impl AnyAgent {
    /// The agent behind a session, for callers that are no HTTP request: sockets.
    ///
    /// # Errors
    /// Unauthenticated when the session has ended.
    pub async fn of_session(state: &AppState, scope: OrgScope, session_id: SessionId) -> ApiResult<Self> {
        let identity = sessions::identity(state, scope, session_id).await?;
        Ok(Self { identity, origin: Arc::default() })
    }

    /// The same agent as they are now, at the end of what took long.
    ///
    /// # Errors
    /// Unauthenticated when the session has ended.
    pub async fn as_of_now(&self, state: &AppState) -> ApiResult<Self> {
        let identity = sessions::identity(state, self.scope(), self.session_id).await?;
        Ok(Self { identity, origin: Arc::clone(&self.origin) })
    }

    /// Where they ask from, for the audit log.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin::clone(&self.origin)
    }

    /// The organisation, as the way to its rows.
    #[must_use]
    pub fn scope(&self) -> OrgScope {
        OrgScope::new(self.org_id)
    }

    /// The agent, as the way to the conversations that they see.
    #[must_use]
    pub fn viewer(&self) -> Viewer {
        Viewer {
            org_id: self.org_id,
            agent_id: self.agent_id,
            sees_all: can(self.rights(), Permission::SeeAllConversations).is_ok(),
            sees_details: can(self.rights(), Permission::SeeContactDetails).is_ok(),
        }
    }

    /// What their role and what is set of their account let them do.
    #[must_use]
    pub fn rights(&self) -> Rights {
        Rights {
            role: self.role,
            sees_contact_details: self.sees_contact_details,
            edits_quick_replies: self.edits_quick_replies,
            edits_automatic_replies: self.edits_automatic_replies,
        }
    }
}

impl Deref for AnyAgent {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.identity
    }
}

impl FromRequest for AnyAgent {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = extract::state(request);
        let token = extract::bearer(request).map(str::to_owned);
        let origin = extract::origin(request);
        let (body, until_known) = (Turn::of_body(request), turns::caller_is_looked_up(request));
        Box::pin(async move {
            let _until_known = until_known;
            let (state, token) = (state?, token.ok_or_else(ApiError::unauthenticated)?);
            // Whoever shows no token of ours is told at once.
            let claims = sessions::claims(&state, &token)?;
            body.over().await;
            let identity = sessions::identify(&state, claims).await?;
            Ok(Self { identity, origin: Arc::new(origin?) })
        })
    }
}

/// A signed-in admin.
#[derive(Debug, Clone)]
pub struct Admin(AnyAgent);

impl Deref for Admin {
    type Target = AnyAgent;

    fn deref(&self) -> &AnyAgent {
        &self.0
    }
}

impl FromRequest for Admin {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, ApiResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let agent = AnyAgent::from_request(request, payload);
        Box::pin(async move {
            let agent = agent.await?;
            can(agent.role, Permission::ManageChannels)?;
            Ok(Self(agent))
        })
    }
}
