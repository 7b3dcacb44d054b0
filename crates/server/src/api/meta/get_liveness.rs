//! `GET /healthz/live`.

use actix_web::get;
use actix_web::web::Json;
use types::server_info::Health;

/// Tells that the process answers, and nothing else: whoever restarts it when it does not must not do so because the database
/// is away.
#[utoipa::path(tag = "meta", responses((status = 200, description = "The process answers.", body = Health)))]
#[get("/healthz/live")]
pub(crate) async fn get_liveness() -> Json<Health> {
    Json(Health { status: "ok".to_owned() })
}
