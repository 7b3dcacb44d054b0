//! `DELETE /api/v1/contacts/{contact_id}`.

use crate::actions::erasing;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, delete};
use types::contacts::DeleteContact;
use types::id::ContactId;

/// Deletes a contact for good with all that is kept of them: conversation, messages, notes, files, tags, and their name in the audit log,
/// which keeps that it was done; with whoever was merged into them. The body must name them. 409 when others are merged into them than the
/// body says, and when they are merged with somebody else, or taken apart, before all of it is gone. Who writes again begins anew, as somebody unknown. For admins.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(("contact_id" = ContactId, Path, description = "The contact.")),
    request_body = DeleteContact,
    responses((status = 204, description = "Nothing is kept of them."), Forbidden, NotFound, Conflict),
)]
#[delete("/api/v1/contacts/{contact_id}")]
pub(crate) async fn delete_contact(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(contact_id): PathId<ContactId>,
    ValidJson(request): ValidJson<DeleteContact>,
) -> ApiResult<HttpResponse> {
    erasing::delete_contact(&state, &agent, contact_id, request).await?;
    Ok(HttpResponse::NoContent().finish())
}
