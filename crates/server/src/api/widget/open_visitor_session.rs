//! `POST /widget/v1/sessions`.

use crate::actions::visitors::{self, Origin};
use crate::api::problems::ChannelClosed;
use crate::error::ApiResult;
use crate::extract::{ClientIp, PageOrigin, UserAgent, ValidJson};
use crate::state::AppState;
use actix_web::post;
use actix_web::web::{Data, Json};
use types::visitors::{OpenVisitorSession, VisitorSession};

/// Opens the chat: on the first visit, after a reload and after a lost connection. 403 `forbidden` for a page whose `Origin` is not among
/// the channel's allowed domains.
#[utoipa::path(
    tag = "widget",
    request_body = OpenVisitorSession,
    responses((status = 200, description = "The open chat.", body = VisitorSession), ChannelClosed),
)]
#[post("/widget/v1/sessions")]
pub(crate) async fn open_visitor_session(
    state: Data<AppState>,
    ClientIp(ip): ClientIp,
    UserAgent(user_agent): UserAgent,
    PageOrigin(page): PageOrigin,
    ValidJson(request): ValidJson<OpenVisitorSession>,
) -> ApiResult<Json<VisitorSession>> {
    visitors::open_visitor_session(&state, request, Origin { ip, user_agent, page }).await.map(Json)
}
