//! `GET /api/v1/contacts/{contact_id}/duplicates`.

use crate::actions::contact_merges;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::contact_merges::DuplicateContacts;
use types::id::ContactId;

/// Lists at most twenty contacts who may be the same person, the likeliest first, each with why: the same proven account, phone number or
/// name. Whoever may not see phone numbers and accounts is told nobody by them. For supervisors and admins.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(("contact_id" = ContactId, Path, description = "The contact.")),
    responses((status = 200, description = "The contacts.", body = DuplicateContacts), Forbidden, NotFound),
)]
#[get("/api/v1/contacts/{contact_id}/duplicates")]
pub(crate) async fn list_duplicate_contacts(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(contact_id): PathId<ContactId>,
) -> ApiResult<Json<DuplicateContacts>> {
    contact_merges::list_duplicate_contacts(&state, &agent, contact_id).await.map(Json)
}
