//! `GET /api/v1/socket`.

use super::OpenSocket;
use crate::api::problems::{ForeignPage, NoSocket};
use crate::error::ApiResult;
use crate::extract::ValidQuery;
use crate::realtime;
use crate::state::AppState;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get};

/// Opens an agent's WebSocket; `asyncapi.yaml` describes its frames.
#[utoipa::path(
    tag = "sockets",
    security(("ticket" = [])),
    params(OpenSocket),
    responses((status = 101, description = "The connection speaks WebSocket from here on."), ForeignPage, NoSocket),
)]
#[get("/api/v1/socket")]
pub(crate) async fn open_socket(
    state: Data<AppState>,
    request: HttpRequest,
    ValidQuery(query): ValidQuery<OpenSocket>,
    body: Payload,
) -> ApiResult<HttpResponse> {
    realtime::open_agent_socket(&state, &request, body, &query.ticket).await
}
