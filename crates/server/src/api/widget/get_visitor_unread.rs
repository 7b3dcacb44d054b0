//! `GET /widget/v1/unread`.

use crate::api::problems::ChannelClosed;
use crate::auth::visitor::AnyVisitor;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::visitors;
use types::visitors::VisitorUnread;

/// Counts the agents' messages that the visitor has not read.
#[utoipa::path(
    tag = "widget",
    security(("visitor" = [])),
    responses((status = 200, description = "The count.", body = VisitorUnread), ChannelClosed),
)]
#[get("/widget/v1/unread")]
pub(crate) async fn get_visitor_unread(
    state: Data<AppState>,
    AnyVisitor(visitor): AnyVisitor,
) -> ApiResult<Json<VisitorUnread>> {
    let known = visitors::state(state.db.reader(), visitor).await?;
    Ok(Json(VisitorUnread { unread: known.map_or(0, |known| known.unread) }))
}
