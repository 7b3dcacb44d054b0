//! What carries requests: fetch in the browser, reqwest elsewhere.

use crate::rest::{Request, Response};
use std::future::Future;

/// There was no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TransportError(pub String);

/// Carries requests to the server.
pub trait Transport {
    /// Carries one request and brings the answer, whatever its status.
    fn carry(&self, request: Request) -> impl Future<Output = Result<Response, TransportError>>;
}

#[cfg(feature = "browser")]
mod browser {
    use super::{Request, Response, Transport, TransportError};
    use crate::rest::Method;
    use gloo_net::http::RequestBuilder;
    use web_sys::AbortSignal;

    /// How long a request may take, answer included. A network that has gone away without a word would otherwise be waited for
    /// by whatever waits for the answer.
    const TIMEOUT_MILLIS: u32 = 15_000;

    /// Fetch against the page's own origin, with its cookies.
    #[derive(Debug, Clone, Copy, Default)]
    pub struct Browser;

    impl Transport for Browser {
        async fn carry(&self, request: Request) -> Result<Response, TransportError> {
            let mut builder = match request.method {
                Method::Get => RequestBuilder::new(&request.path).method(gloo_net::http::Method::GET),
                Method::Post => RequestBuilder::new(&request.path).method(gloo_net::http::Method::POST),
                Method::Put => RequestBuilder::new(&request.path).method(gloo_net::http::Method::PUT),
                Method::Patch => RequestBuilder::new(&request.path).method(gloo_net::http::Method::PATCH),
                Method::Delete => RequestBuilder::new(&request.path).method(gloo_net::http::Method::DELETE),
            };
            if let Some(bearer) = &request.bearer {
                builder = builder.header("Authorization", &format!("Bearer {bearer}"));
            }
            builder = builder.abort_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MILLIS)));
            let answer = match request.body {
                Some(body) => {
                    let request = builder.header("Content-Type", "application/json").body(body).map_err(failed)?;
                    request.send().await
                }
                None => builder.send().await,
            }
            .map_err(failed)?;
            let body = answer.text().await.map_err(failed)?;
            Ok(Response { status: answer.status(), body })
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
    fn failed(error: gloo_net::Error) -> TransportError {
        TransportError(error.to_string())
    }
}

#[cfg(feature = "browser")]
pub use browser::Browser;

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::{Request, Response, Transport, TransportError};
    use crate::rest::Method;

    /// A reqwest client against some server. Whoever builds the client decides about cookies, timeouts and TLS.
    #[derive(Debug, Clone)]
    pub struct Native {
        client: reqwest::Client,
        base: String,
        bearer: Option<String>,
    }

    impl Native {
        /// Requests go to `base`, such as `http://127.0.0.1:8080`.
        #[must_use]
        pub fn new(client: reqwest::Client, base: impl Into<String>) -> Self {
            let base: String = base.into();
            Self { client, base: base.trim_end_matches('/').to_owned(), bearer: None }
        }

        /// The same with an identity that is sent wherever a call names none.
        #[must_use]
        pub fn with_bearer(mut self, token: impl Into<String>) -> Self {
            self.bearer = Some(token.into());
            self
        }
    }

    /// With its causes, which reqwest's own words leave out: "error sending request" alone may be anything.
    fn failed(error: reqwest::Error) -> TransportError {
        let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
        let words = std::iter::once(error.to_string()).chain(causes.map(ToString::to_string));
        TransportError(words.collect::<Vec<_>>().join(": "))
    }

    impl Transport for Native {
        async fn carry(&self, request: Request) -> Result<Response, TransportError> {
            let method = match request.method {
                Method::Get => reqwest::Method::GET,
                Method::Post => reqwest::Method::POST,
                Method::Put => reqwest::Method::PUT,
                Method::Patch => reqwest::Method::PATCH,
                Method::Delete => reqwest::Method::DELETE,
            };
            let mut builder = self.client.request(method, format!("{}{}", self.base, request.path));
            if let Some(bearer) = request.bearer.as_ref().or(self.bearer.as_ref()) {
                builder = builder.bearer_auth(bearer);
            }
            if let Some(body) = request.body {
                builder = builder.header("content-type", "application/json").body(body);
            }
            let answer = builder.send().await.map_err(failed)?;
            let status = answer.status().as_u16();
            Ok(Response { status, body: answer.text().await.map_err(failed)? })
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub use native::Native;
