//! The client's side of a WebSocket, with small buffers: there are many of them.

use anyhow::Result;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// An open socket.
pub type Socket = WebSocketStream<TcpStream>;

/// Opens a socket at a path, its ticket included. `from` is the address to come from: one address has only so many ports.
///
/// # Errors
/// When the server is not there or refuses.
pub async fn open(address: SocketAddr, path: &str, from: Option<Ipv4Addr>) -> Result<Socket> {
    let socket = TcpSocket::new_v4()?;
    if let Some(ip) = from {
        socket.bind(SocketAddr::new(IpAddr::V4(ip), 0))?;
    }
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(0).max_write_buffer_size(1 << 20);
    let (socket, _) = client_async_with_config(format!("ws://{address}{path}"), stream, Some(config)).await?;
    Ok(socket)
}
