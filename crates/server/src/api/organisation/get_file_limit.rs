//! `GET /api/v1/organisation/file-limit`.

use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use store::organisations;
use types::attachments::FileLimit;

/// Gets how large a file may be in the organisation's channels. What holds in a conversation, with the limits of its channel and of
/// the installation, `get_file_access` tells.
#[utoipa::path(
    tag = "organisation",
    security(("agent" = [])),
    responses((status = 200, description = "The limit.", body = FileLimit)),
)]
#[get("/api/v1/organisation/file-limit")]
pub(crate) async fn get_file_limit(state: Data<AppState>, agent: AnyAgent) -> ApiResult<Json<FileLimit>> {
    Ok(Json(FileLimit { max_megabytes: organisations::file_limit(state.db.reader(), agent.scope()).await? }))
}
