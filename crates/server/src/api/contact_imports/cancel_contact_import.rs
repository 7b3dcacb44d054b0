//! `POST /api/v1/contact-imports/{import_id}/cancel`.

use crate::actions::contact_imports;
use crate::api::problems::{Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::PathId;
use crate::state::AppState;
use actix_web::post;
use actix_web::web::{Data, Json};
use types::contact_imports::ContactImport;
use types::id::ContactImportId;

/// Stops an import of the caller's: the contacts that it has written stay, and the rest of the table goes. A trial that is stopped can be
/// begun again; one that has ended is left as it is. For admins.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(("import_id" = ContactImportId, Path, description = "The import.")),
    responses(
        (status = 200, description = "The import, which goes on no more.", body = ContactImport), Forbidden, NotFound,
    ),
)]
#[post("/api/v1/contact-imports/{import_id}/cancel")]
pub(crate) async fn cancel_contact_import(
    state: Data<AppState>,
    admin: Admin,
    PathId(import_id): PathId<ContactImportId>,
) -> ApiResult<Json<ContactImport>> {
    contact_imports::cancel_contact_import(&state, &admin, import_id).await.map(Json)
}
