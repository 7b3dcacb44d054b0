//! `PUT /widget/v1/read`.

use crate::actions::conversations;
use crate::api::problems::ChannelClosed;
use crate::auth::visitor::AnyVisitor;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::conversations::{MarkRead, ReadState};

/// Moves the visitor's read mark forward.
#[utoipa::path(
    tag = "widget",
    security(("visitor" = [])),
    request_body = MarkRead,
    responses((status = 200, description = "Where reading stands now.", body = ReadState), ChannelClosed),
)]
#[put("/widget/v1/read")]
pub(crate) async fn mark_visitor_read(
    state: Data<AppState>,
    AnyVisitor(visitor): AnyVisitor,
    ValidJson(request): ValidJson<MarkRead>,
) -> ApiResult<Json<ReadState>> {
    conversations::mark_visitor_read(&state, visitor, None, request.seq).await.map(|(_, read)| Json(read))
}
