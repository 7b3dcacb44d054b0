//! `GET /widget/v1/socket`.

use crate::api::problems::{ChannelClosed, NoSocket};
use crate::api::sockets::OpenSocket;
use crate::error::ApiResult;
use crate::extract::ValidQuery;
use crate::realtime;
use crate::state::AppState;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get};

/// Opens a visitor's WebSocket; `asyncapi.yaml` describes its frames.
#[utoipa::path(
    tag = "widget",
    security(("ticket" = [])),
    params(OpenSocket),
    responses((status = 101, description = "The connection speaks WebSocket from here on."), ChannelClosed, NoSocket),
)]
#[get("/widget/v1/socket")]
pub(crate) async fn open_visitor_socket(
    state: Data<AppState>,
    request: HttpRequest,
    ValidQuery(query): ValidQuery<OpenSocket>,
    body: Payload,
) -> ApiResult<HttpResponse> {
    realtime::open_visitor_socket(&state, &request, body, &query.ticket).await
}
