//! `POST /api/v1/contact-imports`.

use crate::actions::contact_imports;
use crate::api::attachments::{FileBytes, take_bytes};
use crate::api::problems::Forbidden;
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use types::contact_imports::ContactImport;
use types::limits::IMPORT_BYTES_MAX;

/// Takes a table of contacts: CSV in UTF-8, GBK or UTF-16 of at most 32 MB, 100,000 rows and 60 columns, with a head. No contact is written
/// before `begin_contact_import`; the answer has the first rows, and what the columns seem to be. It is kept for seven days. For admins.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    request_body(content = FileBytes, content_type = "application/octet-stream", description = "The table's bytes."),
    responses((status = 201, description = "The table was read.", body = ContactImport), Forbidden),
)]
#[post("/api/v1/contact-imports")]
pub(crate) async fn create_contact_import(
    state: Data<AppState>,
    admin: Admin,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult<HttpResponse> {
    let received = take_bytes(&state, &request, payload, IMPORT_BYTES_MAX).await?;
    // It can have been a good while on its way.
    let agent = admin.as_of_now(&state).await?;
    let import = contact_imports::create_contact_import(&state, &agent, received).await?;
    Ok(HttpResponse::Created().json(import))
}
