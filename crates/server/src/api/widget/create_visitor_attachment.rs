//! `POST /widget/v1/attachments`.

use super::take_visitors_file;
use crate::actions::attachments;
use crate::api::attachments::{FileBytes, NameFile};
use crate::api::problems::ChannelClosed;
use crate::auth::visitor::AnyVisitor;
use crate::error::ApiResult;
use crate::extract::{ClientIp, ValidQuery};
use crate::state::AppState;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use store::attachments::Owner;
use types::messages::Content;

/// Uploads a visitor's file, before their first message, too. Send a message with its id within a day, or it is removed.
#[utoipa::path(
    tag = "widget",
    security(("visitor" = [])),
    params(NameFile),
    request_body(content = FileBytes, content_type = "application/octet-stream", description = "The file's bytes."),
    responses((status = 201, description = "What a message with the file says.", body = Content), ChannelClosed),
)]
#[post("/widget/v1/attachments")]
pub(crate) async fn create_visitor_attachment(
    state: Data<AppState>,
    AnyVisitor(visitor): AnyVisitor,
    ClientIp(ip): ClientIp,
    ValidQuery(named): ValidQuery<NameFile>,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult<HttpResponse> {
    let received = take_visitors_file(&state, visitor, ip, &request, payload).await?;
    let content = attachments::create_attachment(&state, Owner::from(visitor), &named.name, received).await?;
    Ok(HttpResponse::Created().json(content))
}
