//! `GET /api/v1/contacts/{contact_id}`.

use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use rules::masking::contact_for;
use store::contacts;
use types::contacts::Contact;
use types::id::ContactId;

/// Gets what is known of a contact, or of whoever is there instead since the two were merged: their `id` says so. What the caller may not
/// see is masked.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(("contact_id" = ContactId, Path, description = "The contact.")),
    responses((status = 200, description = "The contact.", body = Contact), NotFound),
)]
#[get("/api/v1/contacts/{contact_id}")]
pub(crate) async fn get_contact(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(contact_id): PathId<ContactId>,
) -> ApiResult<Json<Contact>> {
    let viewer = agent.viewer();
    let found = contacts::get(state.db.reader(), viewer, contact_id).await?;
    found.map(|contact| Json(contact_for(viewer.sees_details, contact))).ok_or_else(|| ApiError::not_found("contact"))
}
