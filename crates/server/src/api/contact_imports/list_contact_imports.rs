//! `GET /api/v1/contact-imports`.

use crate::actions::contact_imports;
use crate::api::problems::Forbidden;
use crate::auth::actor::Admin;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::contact_imports::ContactImports;

/// Lists the caller's last ten imports of contacts, newest first: how far the one that goes on has come, and what the others came to.
/// For admins.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    responses((status = 200, description = "The imports.", body = ContactImports), Forbidden),
)]
#[get("/api/v1/contact-imports")]
pub(crate) async fn list_contact_imports(state: Data<AppState>, admin: Admin) -> ApiResult<Json<ContactImports>> {
    contact_imports::list_contact_imports(&state, &admin).await.map(Json)
}
