//! `POST /widget/v1/socket-tickets`.

use crate::api::problems::ChannelClosed;
use crate::auth::visitor::AnyVisitor;
use crate::realtime::tickets::TicketHolder;
use crate::state::AppState;
use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use types::auth::SocketTicket;

/// Makes a ticket that opens one socket.
#[utoipa::path(
    tag = "widget",
    security(("visitor" = [])),
    responses((status = 201, description = "The ticket.", body = SocketTicket), ChannelClosed),
)]
#[post("/widget/v1/socket-tickets")]
pub(crate) async fn create_visitor_socket_ticket(
    state: Data<AppState>,
    AnyVisitor(visitor): AnyVisitor,
) -> HttpResponse {
    HttpResponse::Created().json(state.tickets.issue(TicketHolder::Visitor(visitor)))
}
