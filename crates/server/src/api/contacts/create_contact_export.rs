//! `POST /api/v1/contact-exports`.

use crate::actions::contact_exports;
use crate::api::problems::Forbidden;
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidJson;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::contact_list::{ContactExport, CreateContactExport};

/// Gives the address of a table of contacts, good for one minute and once: CSV in UTF-8 with a byte order mark, for spreadsheets. What the
/// caller may not see is not in it. It is in the audit log. For supervisors and admins.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    request_body = CreateContactExport,
    responses((status = 201, description = "Where the table is fetched.", body = ContactExport), Forbidden),
)]
#[post("/api/v1/contact-exports")]
pub(crate) async fn create_contact_export(
    state: Data<AppState>,
    agent: AnyAgent,
    ValidJson(request): ValidJson<CreateContactExport>,
) -> ApiResult<HttpResponse> {
    let export = contact_exports::create_contact_export(&state, &agent, request).await?;
    Ok(HttpResponse::Created().json(export))
}
