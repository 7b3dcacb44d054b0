//! `PUT /api/v1/contacts/{contact_id}/blocked`.

use crate::actions::contacts;
use crate::api::problems::NotFound;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::contacts::{Contact, SetBlocked};
use types::id::ContactId;

/// Puts a contact on the blacklist, or takes them off it. Whoever is on it is answered as if the channel were disabled, their
/// connections end, and their conversation is in no list. It is in the audit log.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(("contact_id" = ContactId, Path, description = "The contact.")),
    request_body = SetBlocked,
    responses((status = 200, description = "The contact as it is now.", body = Contact), NotFound),
)]
#[put("/api/v1/contacts/{contact_id}/blocked")]
pub(crate) async fn set_contact_blocked(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(contact_id): PathId<ContactId>,
    ValidJson(request): ValidJson<SetBlocked>,
) -> ApiResult<Json<Contact>> {
    contacts::set_contact_blocked(&state, &agent, contact_id, request.blocked).await.map(Json)
}
