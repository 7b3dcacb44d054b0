//! `PUT /widget/v1/answers`.

use crate::actions::pre_chat;
use crate::api::problems::ChannelClosed;
use crate::auth::visitor::AnyVisitor;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, put};
use types::pre_chat::SetVisitorAnswers;

/// Answers the channel's form (`form` of the session): what is said fills what is empty of the visitor's contact, and whoever has answered
/// is not asked again. Once all that is required is known, the first message is taken. What is known already, or is not asked any more, is
/// left aside. Errors name the answers by their places; `answers` is what is required and was not given.
#[utoipa::path(
    tag = "widget",
    security(("visitor" = [])),
    request_body = SetVisitorAnswers,
    responses((status = 204, description = "The answers are kept."), ChannelClosed),
)]
#[put("/widget/v1/answers")]
pub(crate) async fn set_visitor_answers(
    state: Data<AppState>,
    AnyVisitor(visitor): AnyVisitor,
    ValidJson(request): ValidJson<SetVisitorAnswers>,
) -> ApiResult<HttpResponse> {
    pre_chat::set_visitor_answers(&state, visitor, request).await?;
    Ok(HttpResponse::NoContent().finish())
}
