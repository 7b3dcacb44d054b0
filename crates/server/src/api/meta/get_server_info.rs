//! `GET /api/v1/server-info`.

use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use types::server_info::ServerInfo;

/// Tells what the console needs before anybody has signed in.
#[utoipa::path(tag = "meta", responses((status = 200, description = "The server.", body = ServerInfo)))]
#[get("/api/v1/server-info")]
pub(crate) async fn get_server_info(state: Data<AppState>) -> Json<ServerInfo> {
    Json(ServerInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: option_env!("PARLOR_COMMIT").map(str::to_owned),
        development: state.config.development,
        code_delivery: state.codes.delivery(),
        password_reset_by: state.reset_ways.clone(),
        site_url: match state.config.site_url.as_str() {
            "" => state.config.public_url.clone(),
            site => site.to_owned(),
        },
        translation: state.translation.is_on(),
    })
}
