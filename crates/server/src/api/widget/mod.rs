//! What the widget asks for, from pages of any origin.

pub mod create_visitor_attachment;
pub mod create_visitor_attachment_poster;
pub mod create_visitor_socket_ticket;
pub mod get_visitor_unread;
pub mod list_visitor_messages;
pub mod mark_visitor_read;
pub mod open_visitor_session;
pub mod open_visitor_socket;
pub mod send_visitor_message;
pub mod set_visitor_answers;

use crate::actions::channels;
use crate::api::attachments::take_file;
use crate::error::{ApiError, ApiResult};
use crate::files::receive::Received;
use crate::limits::network_of;
use crate::state::AppState;
use actix_web::HttpRequest;
use actix_web::web::Payload;
use std::net::IpAddr;
use store::{OrgScope, Visitor};

/// Takes a visitor's file, so many a minute and so many megabytes an hour from one address. Whether their channel is open is looked up again when it has come.
pub(crate) async fn take_visitors_file(
    state: &AppState,
    visitor: Visitor,
    ip: IpAddr,
    request: &HttpRequest,
    payload: Payload,
) -> ApiResult<Received> {
    let network = network_of(ip);
    let uploads = &state.limits.visitor_uploads;
    let counted = state.shared.take("visitor_uploads", uploads, network, state.clock.now()).await;
    counted.map_err(ApiError::rate_limited)?;
    let channel = (OrgScope::new(visitor.org_id), visitor.channel_id);
    let received = take_file(state, channel, request, payload).await?;
    let megabytes = received.bytes.div_ceil(1 << 20);
    state
        .limits
        .visitor_upload_megabytes
        .take_many(network, megabytes, state.clock.now())
        .map_err(ApiError::rate_limited)?;
    channels::check_open(state, visitor).await?;
    Ok(received)
}
