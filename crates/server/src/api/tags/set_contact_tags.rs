//! `PUT /api/v1/contacts/{contact_id}/tags`.

use crate::actions::contacts;
use crate::api::problems::{Conflict, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::put;
use actix_web::web::{Data, Json};
use types::contacts::Contact;
use types::id::ContactId;
use types::tags::SetContactTags;

/// Sets all tags of a contact whose conversation the caller sees. 422 for a tag that is not there, and for the second one of a
/// single-choice group; 409 when somebody else has changed the contact since `version`: get it again, and choose.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(("contact_id" = ContactId, Path, description = "The contact.")),
    request_body = SetContactTags,
    responses((status = 200, description = "The contact as it is now.", body = Contact), NotFound, Conflict),
)]
#[put("/api/v1/contacts/{contact_id}/tags")]
pub(crate) async fn set_contact_tags(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(contact_id): PathId<ContactId>,
    ValidJson(request): ValidJson<SetContactTags>,
) -> ApiResult<Json<Contact>> {
    contacts::set_contact_tags(&state, &agent, contact_id, request).await.map(Json)
}
