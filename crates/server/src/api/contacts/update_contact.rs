//! `PATCH /api/v1/contacts/{contact_id}`.

use crate::actions::contacts;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::patch;
use actix_web::web::{Data, Json};
use types::contacts::{Contact, ContactPatch};
use types::id::ContactId;

/// Edits a contact; what the body leaves out stays. 409 when somebody else has changed the contact since `version`: get it
/// again, and choose.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(("contact_id" = ContactId, Path, description = "The contact.")),
    request_body = ContactPatch,
    responses((status = 200, description = "The contact as it is now.", body = Contact), Forbidden, NotFound, Conflict),
)]
#[patch("/api/v1/contacts/{contact_id}")]
pub(crate) async fn update_contact(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(contact_id): PathId<ContactId>,
    ValidJson(patch): ValidJson<ContactPatch>,
) -> ApiResult<Json<Contact>> {
    contacts::update_contact(&state, &agent, contact_id, patch).await.map(Json)
}
