//! `POST /api/v1/taggings`.

use crate::actions::taggings;
use crate::api::problems::Conflict;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::contact_list::{CreateTagging, Tagging};

/// Begins to give tags to many contacts, which goes on in the background: `list_taggings` tells how far it has come. It is in the audit
/// log. An agent has one at a time: 409 until it has ended.
#[utoipa::path(
    tag = "tags",
    security(("agent" = [])),
    request_body = CreateTagging,
    responses((status = 201, description = "It has begun.", body = Tagging), Conflict),
)]
#[post("/api/v1/taggings")]
pub(crate) async fn create_tagging(
    state: Data<AppState>,
    agent: AnyAgent,
    ValidJson(request): ValidJson<CreateTagging>,
) -> ApiResult<HttpResponse> {
    let tagging = taggings::create_tagging(&state, &agent, request).await?;
    Ok(HttpResponse::Created().json(tagging))
}
