//! `POST /api/v1/me/socket-tickets`.

use crate::auth::actor::AnyAgent;
use crate::realtime::tickets::TicketHolder;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::auth::SocketTicket;

/// Makes a ticket that opens one socket.
#[utoipa::path(
    tag = "me",
    security(("agent" = [])),
    responses((status = 201, description = "The ticket.", body = SocketTicket)),
)]
#[post("/api/v1/me/socket-tickets")]
pub(crate) async fn create_socket_ticket(state: Data<AppState>, agent: AnyAgent) -> HttpResponse {
    let holder = TicketHolder::Agent { org_id: agent.org_id, session_id: agent.session_id };
    HttpResponse::Created().json(state.tickets.issue(holder))
}
