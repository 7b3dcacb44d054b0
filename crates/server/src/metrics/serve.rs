//! `GET /metrics`: on an address of its own, or on the main one for whoever has the token. By default nowhere.

use crate::auth::signing::sha256;
use crate::error::{ApiError, ApiResult};
use crate::extract;
use crate::state::AppState;
use actix_web::dev::ServerHandle;
use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use secrecy::{ExposeSecret, SecretString};
use std::net::{SocketAddr, TcpListener};

/// What a scrape is answered with.
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The metrics on the main address.
///
/// # Errors
/// Not found when no token is set, unauthenticated when it is another one.
pub(crate) async fn get_metrics(state: Data<AppState>, request: HttpRequest) -> ApiResult<HttpResponse> {
    if state.config.metrics.token.expose_secret().is_empty() {
        return Err(ApiError::not_found("address"));
    }
    guarded(&state, &request).await
}

async fn guarded(state: &AppState, request: &HttpRequest) -> ApiResult<HttpResponse> {
    if !is_known(&state.config.metrics.token, extract::bearer(request)) {
        return Err(ApiError::unauthenticated());
    }
    state.metrics.look_at_disks(state).await?;
    let text = state.metrics.text(state).map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok().insert_header((header::CONTENT_TYPE, CONTENT_TYPE)).body(text))
}

/// Whether a token is the configured one, or none is asked for. Hashes are compared, so the time tells nothing of the token.
fn is_known(wanted: &SecretString, given: Option<&str>) -> bool {
    let wanted = wanted.expose_secret();
    wanted.is_empty() || given.is_some_and(|given| sha256(given.as_bytes()) == sha256(wanted.as_bytes()))
}

/// The listener of its own.
pub struct Scrapes {
    /// Where it listens.
    pub address: SocketAddr,
    handle: ServerHandle,
}

/// Serves the metrics where the settings say, if they do.
///
/// # Errors
/// When the address cannot be listened on.
pub fn start(state: &AppState) -> std::io::Result<Option<Scrapes>> {
    let Some(listen) = state.config.metrics.listen_address() else { return Ok(None) };
    let listener = TcpListener::bind(listen)?;
    let address = listener.local_addr()?;
    let data = Data::new(state.clone());
    let server = HttpServer::new(move || {
        App::new().app_data(data.clone()).route("/metrics", web::get().to(get_own)).default_service(web::to(no_route))
    })
    .workers(1)
    .shutdown_timeout(1)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    tracing::info!(%address, "metrics");
    Ok(Some(Scrapes { address, handle }))
}

async fn get_own(state: Data<AppState>, request: HttpRequest) -> ApiResult<HttpResponse> {
    guarded(&state, &request).await
}

async fn no_route() -> ApiResult<HttpResponse> {
    Err(ApiError::not_found("address"))
}

impl Scrapes {
    /// Stops serving.
    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_asked_for_only_when_there_is_one() {
        let (none, some) = (SecretString::from(""), SecretString::from("a token of some length"));
        assert!(is_known(&none, None));
        assert!(is_known(&some, Some("a token of some length")));
        for wrong in [None, Some(""), Some("a token of some lengtH")] {
            assert!(!is_known(&some, wrong), "{wrong:?}");
        }
    }
}
