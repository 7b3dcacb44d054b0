//! What the kernel is told about every connection.

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use std::any::Any;

/// How long sent bytes may stay unacknowledged, or the other side's window shut. A client that vanished, or that never
/// reads, would otherwise hold its connection for as long as the kernel repeats itself: up to hours.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED_MILLIS: u32 = 60_000;

/// Called for each new connection.
pub(crate) fn tune(connection: &dyn Any, _: &mut Extensions) {
    if let Some(stream) = connection.downcast_ref::<TcpStream>() {
        bound_silence(stream);
    }
}

#[cfg(target_os = "linux")]
fn bound_silence(stream: &TcpStream) {
    if let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(stream, UNACKNOWLEDGED_MILLIS) {
        tracing::debug!(%error, "the connection keeps the kernel's timeout");
    }
}

#[cfg(not(target_os = "linux"))]
fn bound_silence(_: &TcpStream) {}
