//! `POST /api/v1/contacts/{contact_id}/merges/{merge_id}/undo`.

use crate::actions::contact_merges;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathIds;
use crate::state::AppState;
use actix_web::post;
use actix_web::web::{Data, Json};
use types::contact_merges::SeparatedContacts;
use types::id::{ContactId, ContactMergeId};

/// Undoes a merge: both contacts are there again, each with the conversations of their own browsers. What the merge changed of the survivor
/// is as before, and what was changed since stays. 404 when it was undone or one of the two was deleted; 409 when the survivor was merged
/// into another contact since, which is undone first; 422 (`expired`) after seven days. It is in the audit log. For supervisors and admins.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(
        ("contact_id" = ContactId, Path, description = "The contact who survived."),
        ("merge_id" = ContactMergeId, Path, description = "The merge."),
    ),
    responses(
        (status = 200, description = "The two contacts.", body = SeparatedContacts), Forbidden, NotFound, Conflict,
    ),
)]
#[post("/api/v1/contacts/{contact_id}/merges/{merge_id}/undo")]
pub(crate) async fn undo_contact_merge(
    state: Data<AppState>,
    agent: AnyAgent,
    PathIds(contact_id, merge_id): PathIds<ContactId, ContactMergeId>,
) -> ApiResult<Json<SeparatedContacts>> {
    contact_merges::undo_contact_merge(&state, &agent, (contact_id, merge_id)).await.map(Json)
}
