//! `POST /api/v1/contacts/{contact_id}/data-exports`.

use crate::actions::contact_data;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::contact_list::ContactExport;
use types::id::ContactId;

/// Gives the address of all that is kept of one contact, good for one minute and once: JSON with what is known of them, their messages
/// and the notes beside them, but for whispers; files are named. What the caller may not see is masked. It is in the audit log. For supervisors and admins.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(("contact_id" = ContactId, Path, description = "The contact.")),
    responses((status = 201, description = "Where the data are fetched.", body = ContactExport), Forbidden, NotFound),
)]
#[post("/api/v1/contacts/{contact_id}/data-exports")]
pub(crate) async fn create_contact_data_export(
    state: Data<AppState>,
    agent: AnyAgent,
    PathId(contact_id): PathId<ContactId>,
) -> ApiResult<HttpResponse> {
    let export = contact_data::create_contact_data_export(&state, &agent, contact_id).await?;
    Ok(HttpResponse::Created().json(export))
}
