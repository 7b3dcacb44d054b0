//! Callers as types: who one is decides what one can ask for.

use crate::organisation::PASSWORD;
use crate::server::TestServer;
use reqwest::{Client, Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use server::auth::access_token;
use server::clock::Clock;
use std::ops::Deref;
use store::sessions::{self, NewSession};
use types::agents::{LoginState, Me};
use types::audit::{AuditEntry, AuditKind};
use types::auth::{Login, SignedIn};
use types::error::{ErrorCode, FieldCode, Problem};
use types::id::SessionId;
use types::page::Page;

/// What the server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Answer {
    /// The answer, if its status is this one; otherwise the test fails and shows the answer.
    #[must_use]
    #[track_caller]
    pub fn having(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Fails the test unless the status is this one.
    #[track_caller]
    pub fn expect(&self, status: u16) {
        assert_eq!(self.status, status, "{}", self.text());
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header, empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body of a successful answer.
    #[must_use]
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text());
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The problem of a failed answer, checked for its form.
    #[must_use]
    #[track_caller]
    pub fn problem(&self) -> Problem {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}: {}", self.status, self.text());
        let problem: Problem =
            serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()));
        assert_eq!(problem.status, self.status);
        assert_eq!(problem.code.status(), self.status);
        assert_eq!(problem.kind, format!("urn:parlor:error:{}", problem.code.as_str()));
        let request_id = problem.request_id.map(|id| id.to_string());
        assert_eq!(request_id.as_deref(), Some(self.header("x-request-id")));
        problem
    }

    /// The code of a failed answer.
    #[must_use]
    #[track_caller]
    pub fn code(&self) -> ErrorCode {
        self.problem().code
    }

    /// The fields at fault.
    #[must_use]
    #[track_caller]
    pub fn faults(&self) -> Vec<(String, FieldCode)> {
        self.problem().errors.into_iter().map(|error| (error.field, error.code)).collect()
    }
}

/// Somebody who asks the server.
#[derive(Clone)]
pub struct Caller {
    /// The server.
    pub server: TestServer,
    http: Client,
    token: Option<String>,
}

impl Caller {
    fn new(server: TestServer) -> Self {
        let http = Client::builder()
            .cookie_store(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36")
            .build()
            .expect("a client");
        Self { server, http, token: None }
    }

    /// The same browser with the same token, at another server of the installation.
    #[must_use]
    pub fn at(&self, server: &TestServer) -> Self {
        Self { server: server.clone(), ..self.clone() }
    }

    /// The same browser with this token.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// The token that goes with every request; empty when there is none.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// A request, to be completed by hand and given to [`Caller::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, self.server.url(path));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let answer = request.send().await.expect("the server answers");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.bytes().await.expect("the answer is whole").to_vec();
        Answer { status, headers, body }
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: &(impl Serialize + Sync)) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// `POST` without a body.
    pub async fn post_empty(&self, path: &str) -> Answer {
        self.send(self.request(Method::POST, path)).await
    }

    /// `POST` with these bytes as its JSON body, whatever they are.
    pub async fn post_raw(&self, path: &str, body: impl Into<Vec<u8>> + Send) -> Answer {
        let request = self.request(Method::POST, path).header("content-type", "application/json").body(body.into());
        self.send(request).await
    }

    /// `PUT` with a JSON body.
    pub async fn put(&self, path: &str, body: &(impl Serialize + Sync)) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    /// `PATCH` with a JSON body.
    pub async fn patch(&self, path: &str, body: &(impl Serialize + Sync)) -> Answer {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// `DELETE` with a JSON body.
    pub async fn delete_with(&self, path: &str, body: &(impl Serialize + Sync)) -> Answer {
        self.send(self.request(Method::DELETE, path).json(body)).await
    }
}

/// Somebody without an identity.
#[derive(Clone)]
pub struct Anonymous(Caller);

impl Deref for Anonymous {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl Anonymous {
    pub(crate) fn new(server: TestServer) -> Self {
        Self(Caller::new(server))
    }

    /// Tries to sign in.
    pub async fn login(&self, account: &str, password: &str) -> Answer {
        let login = Login {
            account: account.to_owned(),
            password: password.to_owned(),
            login_state: LoginState::Normal,
            agreements_accepted: true,
            proof: None,
        };
        self.post("/api/v1/auth/sessions", &login).await
    }

    /// Signs in with the password that builders give.
    pub async fn sign_in(&self, account: &str) -> AgentCaller {
        self.sign_in_with(account, PASSWORD).await
    }

    /// Signs in with this password.
    pub async fn sign_in_with(&self, account: &str, password: &str) -> AgentCaller {
        AgentCaller::of(&self.0, self.login(account, password).await.having(201).json())
    }
}

/// A signed-in agent on one device.
#[derive(Clone)]
pub struct AgentCaller {
    caller: Caller,
    /// Who they are, as of signing in.
    pub me: Me,
}

impl Deref for AgentCaller {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl AgentCaller {
    /// Somebody by a caller that has their token.
    #[must_use]
    pub fn new(caller: Caller, me: Me) -> Self {
        Self { caller, me }
    }

    fn of(caller: &Caller, signed_in: SignedIn) -> Self {
        Self { caller: caller.with_token(signed_in.access_token), me: signed_in.me }
    }

    /// The same person in the same session, by way of another server of the installation.
    #[must_use]
    pub fn by(&self, server: &TestServer) -> Self {
        Self { caller: self.caller.at(server), me: self.me.clone() }
    }

    /// The newest of the audit log, without who signed in and out: nearly every test begins with that.
    pub async fn deeds(&self) -> Page<AuditEntry> {
        let mut page: Page<AuditEntry> = self.get("/api/v1/audit?limit=100").await.having(200).json();
        page.items.retain(|entry| {
            use AuditKind::{LoggedIn, LoggedOut, LoginFailed, SessionsEnded};
            !matches!(entry.action.kind(), LoggedIn | LoginFailed | LoggedOut | SessionsEnded)
        });
        page
    }

    /// Asks for a fresh access token with the cookie.
    pub async fn try_refresh(&self) -> Answer {
        self.post_empty("/api/v1/auth/refresh").await
    }

    /// The same device with a fresh access token.
    pub async fn refreshed(&self) -> Self {
        Self::of(&self.caller, self.try_refresh().await.having(200).json())
    }

    /// The same person with a session of its own that nobody signed in to: for tests that need many and would otherwise
    /// spend their time on hashing passwords.
    pub async fn with_own_session(&self) -> Self {
        let state = self.server.state();
        let now = self.server.clock.now();
        let (org_id, agent_id, session_id) = (self.me.org_id, self.me.id, state.ids.make(SessionId));
        let session = NewSession {
            id: session_id,
            org_id,
            agent_id,
            refresh_hash: session_id.to_string(),
            user_agent: String::new(),
            ip: "127.0.0.1".to_owned(),
            at: now,
            expires_at: now.plus_seconds(3600),
        };
        state
            .write(move |tx| Box::pin(async move { Ok(sessions::create(tx.conn(), session).await?) }))
            .await
            .expect("a session");
        let token = access_token::issue(&state.keys.access, org_id, agent_id, session_id, now).expect("a token");
        Self { caller: self.server.anonymous().with_token(token), me: Me { session_id, ..self.me.clone() } }
    }

    /// The same person on another device.
    pub async fn on_another_device(&self) -> Self {
        self.server.anonymous().sign_in(&self.me.account).await
    }
}
