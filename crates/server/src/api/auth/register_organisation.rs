//! `POST /api/v1/auth/registrations`.

use crate::actions::auth;
use crate::error::ApiResult;
use crate::extract::{self, ValidJson};
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use types::auth::{RegisterOrganisation, Registered};

/// Registers an organisation and its first admin.
///
/// A wrong code is the field error `code`: `wrong`, `expired` (also: used) or `exhausted` after five wrong tries. A taken
/// account is the field error `account`: `taken`; the code stays good. A password that is tried first (a common one, or one
/// made of the names above) is the field error `password`: `guessable`, before the code is looked at.
#[utoipa::path(
    tag = "auth",
    request_body = RegisterOrganisation,
    responses((status = 201, description = "Both exist; sign in.", body = Registered)),
)]
#[post("/api/v1/auth/registrations")]
pub(crate) async fn register_organisation(
    state: Data<AppState>,
    request: HttpRequest,
    body: ValidJson<RegisterOrganisation>,
) -> ApiResult<HttpResponse> {
    let registered = auth::register_organisation(&state, body.0, extract::origin(&request)?).await?;
    Ok(HttpResponse::Created().json(registered))
}
