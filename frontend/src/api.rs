//! The REST API as the console calls it.

use crate::stores::session::Session;
use client::rest::{Api, Browser, Request, Response, Transport, TransportError};
use leptos::prelude::expect_context;
use wasm_bindgen::prelude::*;

/// The API under the signed-in agent's identity.
pub type ConsoleApi = Api<Identified>;

/// The API for people who have not signed in: login, registration, legal pages.
pub fn public_api() -> Api<Browser> {
    Api::new(Browser)
}

/// The API under the identity of the agent who is signed in. Call it where contexts are at hand, not inside a future.
pub fn use_api() -> ConsoleApi {
    Api::new(use_identity())
}

/// The API under the identity of this session's agent.
pub fn api_of(session: Session) -> ConsoleApi {
    Api::new(Identified { session })
}

/// The agent who is signed in, for what the typed calls do not carry. Call it where contexts are at hand, not inside a future.
pub fn use_identity() -> Identified {
    Identified { session: expect_context::<Session>() }
}

#[wasm_bindgen(module = "/src/api/picture.js")]
extern "C" {
    async fn send(method: &str, path: &str, token: &str, file: &JsValue) -> JsValue;
}

/// Adds the access token to every request and, when the server no longer takes it, renews it once and asks again.
#[derive(Clone, Copy)]
pub struct Identified {
    session: Session,
}

impl Transport for Identified {
    async fn carry(&self, request: Request) -> Result<Response, TransportError> {
        let ask = async |token| Browser.carry(Request { bearer: Some(token), ..request.clone() }).await;
        self.ask(ask).await
    }
}

impl Identified {
    /// Puts a file in its place: one's own picture.
    ///
    /// # Errors
    /// There was no answer.
    pub async fn put_file(self, path: &str, file: &JsValue) -> Result<Response, TransportError> {
        self.send_file("PUT", path, file).await
    }

    /// Brings a file of which something new is made: a table that is imported.
    ///
    /// # Errors
    /// There was no answer.
    pub async fn post_file(self, path: &str, file: &JsValue) -> Result<Response, TransportError> {
        self.send_file("POST", path, file).await
    }

    async fn send_file(self, method: &str, path: &str, file: &JsValue) -> Result<Response, TransportError> {
        self.ask(async |token: String| {
            let answer = send(method, path, &token, file).await.as_string().unwrap_or_default();
            let (status, body) = answer.split_once(' ').unwrap_or_default();
            let status = status.parse().ok().filter(|status| *status > 0);
            let status = status.ok_or_else(|| TransportError("no answer".to_owned()))?;
            Ok(Response { status, body: body.to_owned() })
        })
        .await
    }

    async fn ask(
        self,
        ask: impl AsyncFn(String) -> Result<Response, TransportError>,
    ) -> Result<Response, TransportError> {
        // Without a token there is nothing to ask: either the session is over, and the pages lead to the login, or it could
        // not be renewed just now, which is a failure of the network like any other.
        let token = match self.session.token().await {
            Some(token) => token,
            None => self.session.renew("").await.ok_or_else(no_token)?,
        };
        let answer = ask(token.clone()).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        ask(self.session.renew(&token).await.ok_or_else(no_token)?).await
    }
}

fn no_token() -> TransportError {
    TransportError("no access token".to_owned())
}
