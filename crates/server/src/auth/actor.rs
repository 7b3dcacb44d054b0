//! Callers as argument types: a handler that takes an [`Admin`] cannot be reached by anybody else.
//!
//! **Invariant**: who the caller is and what they may do is looked up when the request's body has come, not before: a body can
//! be held back, and a session be ended meanwhile. And they are told before anything is said of the body (`extract::turns`).

use crate::auth::access_token::Claims;
use crate::auth::{api_token, api_tokens, sessions};
use crate::error::{ApiError, ApiResult};
use crate::extract;
use crate::extract::turns::{self, Turn};
use crate::openapi::Routes;
use crate::state::AppState;
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use rules::permissions::{Permission, Rights, can};
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use store::api_tokens::KnownToken;
use store::audit::{ByToken, Origin};
use store::sessions::Identity;
use store::{OrgScope, Viewer};
use types::api_tokens::Scope;
use types::error::ErrorCode;
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

/// What a request shows to say who asks: an access token, or an API token. That it has the form of one of ours says nothing yet of
/// whom it stands for.
pub(crate) enum Shown {
    /// A signed-in agent's, for an operation that changes nothing, or for one that does.
    Session { claims: Claims, reads: bool },
    /// A program's, for an operation of this scope; of none when no token reaches it.
    ApiToken { text: String, ip: IpAddr, scope: Option<Scope> },
}

impl Shown {
    /// What this request shows.
    ///
    /// # Errors
    /// Unauthenticated when that is nothing of ours.
    pub(crate) fn of(state: &AppState, request: &HttpRequest) -> ApiResult<Self> {
        let token = extract::bearer(request).ok_or_else(ApiError::unauthenticated)?;
        let routes = request.app_data::<Data<Routes>>();
        let route = routes.and_then(|routes| routes.of(request.method(), extract::path_of(request)));
        if !token.starts_with(api_token::START) {
            let claims = sessions::claims(state, token)?;
            return Ok(Self::Session { claims, reads: route.is_some_and(|route| route.reads) });
        }
        api_token::hash_of(token).ok_or_else(ApiError::unauthenticated)?;
        let scope = route.and_then(|route| route.scope);
        Ok(Self::ApiToken { text: token.to_owned(), ip: extract::client_ip(state, request).0, scope })
    }

    /// Who asks, as what they are at this moment, and by which API token.
    ///
    /// # Errors
    /// Unauthenticated when the session has ended or the token is not good any more; forbidden when the token does not reach the
    /// operation, or a view would change something: this is the one place where that is refused.
    pub(crate) async fn identify(&self, state: &AppState) -> ApiResult<(Arc<Identity>, Option<Arc<KnownToken>>)> {
        match self {
            Self::Session { claims, reads } => {
                let identity = sessions::identify(state, *claims).await?;
                let changes_in_view = identity.viewed_by.is_some() && !reads;
                if changes_in_view { Err(ApiError::read_only_view()) } else { Ok((identity, None)) }
            }
            Self::ApiToken { text, ip, scope } => {
                let (identity, token) = api_tokens::identify(state, text, *ip).await?;
                let never = || ApiError::new(ErrorCode::Forbidden, "No API token reaches this operation");
                let scope = scope.ok_or_else(never)?;
                if !token.scopes.contains(&scope) {
                    return Err(ApiError::insufficient_scope(scope));
                }
                Ok((identity, Some(token)))
            }
        }
    }
}

impl FromRequest for AnyAgent {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = extract::state(request);
        let origin = extract::origin(request);
        let shown = state.as_ref().ok().map(|state| Shown::of(state, request));
        let (body, until_known) = (Turn::of_body(request), turns::caller_is_looked_up(request));
        Box::pin(async move {
            let _until_known = until_known;
            // Whoever shows no token of ours is told at once.
            let (state, shown) = (state?, shown.ok_or_else(ApiError::unauthenticated)??);
            body.over().await;
            let (identity, token) = shown.identify(&state).await?;
            let token =
                token.map(|token| ByToken { id: token.id, name: token.name.clone(), maker_id: token.created_by });
            Ok(Self { identity, origin: Arc::new(Origin { token, ..origin? }) })
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
