//! `GET /widget/v1/messages`.

use crate::api::messages::ListMessages;
use crate::api::problems::ChannelClosed;
use crate::auth::visitor::AnyVisitor;
use crate::error::ApiResult;
use crate::extract::ValidQuery;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::messages;
use types::messages::MessageWindow;

/// Lists a stretch of the visitor's conversation, oldest first; empty before the first message.
#[utoipa::path(
    tag = "widget",
    security(("visitor" = [])),
    params(ListMessages),
    responses((status = 200, description = "The messages.", body = MessageWindow), ChannelClosed),
)]
#[get("/widget/v1/messages")]
pub(crate) async fn list_visitor_messages(
    state: Data<AppState>,
    AnyVisitor(visitor): AnyVisitor,
    ValidQuery(query): ValidQuery<ListMessages>,
) -> ApiResult<Json<MessageWindow>> {
    let (window, limit) = query.window()?;
    Ok(Json(messages::for_visitor(state.db.reader(), visitor, window, limit).await?))
}
