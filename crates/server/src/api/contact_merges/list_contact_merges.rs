//! `GET /api/v1/contacts/{contact_id}/merges`.

use crate::actions::contact_merges;
use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::contact_merges::ContactMerges;
use types::id::ContactId;

/// Lists who was merged into a contact, by whom and until when it can be undone; newest first. Who had been merged into one of those before
/// is listed, too, with that one as the `survivor_id`: it can be undone once they are there again. Of a contact who was merged themselves it
/// lists what whoever is there instead has.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(("contact_id" = ContactId, Path, description = "The contact.")),
    responses((status = 200, description = "The merges that were not undone.", body = ContactMerges), NotFound),
)]
#[get("/api/v1/contacts/{contact_id}/merges")]
pub(crate) async fn list_contact_merges(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(contact_id): PathId<ContactId>,
) -> ApiResult<Json<ContactMerges>> {
    contact_merges::list_contact_merges(&state, &agent, contact_id).await.map(Json)
}
