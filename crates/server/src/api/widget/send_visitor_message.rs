//! `POST /widget/v1/messages`.

use crate::actions::messages;
use crate::api::messages::stored;
use crate::api::problems::{ChannelClosed, Conflict};
use crate::auth::visitor::AnyVisitor;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::messages::{Message, SendMessage};

/// Sends a visitor's message; the first makes the conversation. The answer means that it is on disk. Where the channel has a form whose
/// required answers are not known, the first is refused with 409 `form_required`.
#[utoipa::path(
    tag = "widget",
    security(("visitor" = [])),
    request_body = SendMessage,
    responses(
        (status = 201, description = "The message.", body = Message),
        (status = 200, description = "The message that this nonce made before.", body = Message),
        ChannelClosed,
        Conflict,
    ),
)]
#[post("/widget/v1/messages")]
pub(crate) async fn send_visitor_message(
    state: Data<AppState>,
    AnyVisitor(visitor): AnyVisitor,
    ValidJson(request): ValidJson<SendMessage>,
) -> ApiResult<HttpResponse> {
    messages::send_visitor_message(&state, visitor, None, request).await.map(stored)
}
