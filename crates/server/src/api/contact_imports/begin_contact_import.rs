//! `POST /api/v1/contact-imports/{import_id}/begin`.

use crate::actions::contact_imports;
use crate::api::problems::{Conflict, Forbidden, NotFound};
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::extract::{PathId, ValidJson};
use crate::state::AppState;
use actix_web::post;
use actix_web::web::{Data, Json};
use types::contact_imports::{BeginContactImport, ContactImport};
use types::id::ContactImportId;

/// Imports a table, in the background and in steps of a hundred rows: `list_contact_imports` tells how far it has come. A row is the
/// channel's contact of the same account, else of the same phone number, else a new one, without a conversation. A trial checks and counts
/// every row and writes nothing, after which it can be begun again; a row that repeats an earlier step's is counted as new by it. The same
/// asked twice begins once; 409 once it has ended, and while another one of the organisation's goes on. It is in the audit log. For admins.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(("import_id" = ContactImportId, Path, description = "The import.")),
    request_body = BeginContactImport,
    responses(
        (status = 200, description = "It has begun.", body = ContactImport), Forbidden, NotFound, Conflict,
    ),
)]
#[post("/api/v1/contact-imports/{import_id}/begin")]
pub(crate) async fn begin_contact_import(
    state: Data<AppState>,
    admin: Admin,
    PathId(import_id): PathId<ContactImportId>,
    ValidJson(request): ValidJson<BeginContactImport>,
) -> ApiResult<Json<ContactImport>> {
    contact_imports::begin_contact_import(&state, &admin, import_id, request).await.map(Json)
}
