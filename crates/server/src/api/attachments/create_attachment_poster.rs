//! `POST /api/v1/conversations/{conversation_id}/attachments/{attachment_id}/poster`.

use super::{FileBytes, take_agents_file};
use crate::actions::attachments;
use crate::api::problems::{Conflict, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathIds;
use crate::state::AppState;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use types::id::{AttachmentId, ConversationId};
use types::messages::Content;

/// Gives a video that was uploaded and not yet sent its poster: a picture of it, which the browser that plays it can make.
#[utoipa::path(
    tag = "attachments",
    security(("agent" = [])),
    params(
        ("conversation_id" = ConversationId, Path, description = "The conversation."),
        ("attachment_id" = AttachmentId, Path, description = "The video."),
    ),
    request_body(content = FileBytes, content_type = "application/octet-stream", description = "A JPEG, PNG or WebP picture."),
    responses(
        (status = 201, description = "What a message with the video says now.", body = Content),
        NotFound,
        Conflict,
    ),
)]
#[post("/api/v1/conversations/{conversation_id}/attachments/{attachment_id}/poster")]
pub(crate) async fn create_attachment_poster(
    state: Data<AppState>,
    agent: AnyAgent,
    PathIds(conversation_id, attachment_id): PathIds<ConversationId, AttachmentId>,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult<HttpResponse> {
    let (owner, received) = take_agents_file(&state, &agent, conversation_id, &request, payload).await?;
    let content = attachments::create_poster(&state, owner, attachment_id, received).await?;
    Ok(HttpResponse::Created().json(content))
}
