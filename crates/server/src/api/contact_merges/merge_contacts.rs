//! `POST /api/v1/contacts/{contact_id}/merge`.

use crate::actions::contact_merges;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::contact_merges::{MergeContacts, MergedContact};
use types::id::ContactId;

/// Merges another contact into this one, who survives: agents see one contact with the conversations of both, and whoever asks for the
/// other one is answered with the survivor. Each conversation stays its own visitor's, who goes on in it and sees nothing of the other.
/// What only one of the two has is kept; where both have something the survivor's is, unless `take` names it. 409 when one of them was
/// changed since the versions or merged already; 422 for two who have proven different accounts (`taken`), where the other one has proven
/// an account and has to survive (`wrong`), and beyond 20 contacts merged into one (`too_long`). It can be undone for seven days, and is
/// in the audit log. For supervisors and admins.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(("contact_id" = ContactId, Path, description = "The contact who survives.")),
    request_body = MergeContacts,
    responses(
        (status = 201, description = "The survivor, and the merge.", body = MergedContact), Forbidden, NotFound, Conflict,
    ),
)]
#[post("/api/v1/contacts/{contact_id}/merge")]
pub(crate) async fn merge_contacts(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(contact_id): PathId<ContactId>,
    ValidJson(request): ValidJson<MergeContacts>,
) -> ApiResult<HttpResponse> {
    let merged = contact_merges::merge_contacts(&state, &agent, contact_id, request).await?;
    Ok(HttpResponse::Created().json(merged))
}
