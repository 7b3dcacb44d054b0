//! `POST /api/v1/auth/challenges`.

use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::auth::Challenge;

/// Gives a proof-of-work puzzle to solve before asking for a verification code, or before signing in after wrong passwords.
#[utoipa::path(tag = "auth", responses((status = 201, description = "The puzzle.", body = Challenge)))]
#[post("/api/v1/auth/challenges")]
pub(crate) async fn create_challenge(state: Data<AppState>) -> HttpResponse {
    HttpResponse::Created().json(state.challenges.issue(&state.ids, state.clock.now()))
}
