//! The REST API as the console calls it.

use crate::stores::session::Session;
use client::rest::{Api, Browser, Request, Response, Transport, TransportError};
use leptos::prelude::expect_context;

/// The API under the signed-in agent's identity.
pub type ConsoleApi = Api<Identified>;

/// The API for people who have not signed in: login, registration, legal pages.
pub fn public_api() -> Api<Browser> {
    Api::new(Browser)
}

/// The API under the identity of the agent who is signed in. Call it where contexts are at hand, not inside a future.
pub fn use_api() -> ConsoleApi {
    Api::new(Identified { session: expect_context::<Session>() })
}

/// Adds the access token to every request and, when the server no longer takes it, renews it once and asks again.
#[derive(Clone, Copy)]
pub struct Identified {
    session: Session,
}

impl Transport for Identified {
    async fn carry(&self, mut request: Request) -> Result<Response, TransportError> {
        // Without a token there is nothing to ask: either the session is over, and the pages lead to the login, or it could
        // not be renewed just now, which is a failure of the network like any other.
        let token = match self.session.token().await {
            Some(token) => token,
            None => self.session.renew("").await.ok_or_else(no_token)?,
        };
        request.bearer = Some(token.clone());
        let answer = Browser.carry(request.clone()).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        request.bearer = Some(self.session.renew(&token).await.ok_or_else(no_token)?);
        Browser.carry(request).await
    }
}

fn no_token() -> TransportError {
    TransportError("no access token".to_owned())
}
