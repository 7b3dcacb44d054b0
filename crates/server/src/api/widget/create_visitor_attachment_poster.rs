//! `POST /widget/v1/attachments/{attachment_id}/poster`.

use super::take_visitors_file;
use crate::actions::attachments;
use crate::api::attachments::FileBytes;
use crate::api::problems::{ChannelClosed, Conflict};
use crate::auth::visitor::AnyVisitor;
use crate::error::ApiResult;
use crate::extract::{ClientIp, PathId};
use crate::state::AppState;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use store::attachments::Owner;
use types::id::AttachmentId;
use types::messages::Content;

/// Gives a visitor's video that was uploaded and not yet sent its poster.
#[utoipa::path(
    tag = "widget",
    security(("visitor" = [])),
    params(("attachment_id" = AttachmentId, Path, description = "The video.")),
    request_body(content = FileBytes, content_type = "application/octet-stream", description = "A JPEG, PNG or WebP picture."),
    responses(
        (status = 201, description = "What a message with the video says now.", body = Content),
        ChannelClosed,
        Conflict,
    ),
)]
#[post("/widget/v1/attachments/{attachment_id}/poster")]
pub(crate) async fn create_visitor_attachment_poster(
    state: Data<AppState>,
    AnyVisitor(visitor): AnyVisitor,
    ClientIp(ip): ClientIp,
    PathId(attachment_id): PathId<AttachmentId>,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult<HttpResponse> {
    let received = take_visitors_file(&state, visitor, ip, &request, payload).await?;
    let content = attachments::create_poster(&state, Owner::from(visitor), attachment_id, received).await?;
    Ok(HttpResponse::Created().json(content))
}
