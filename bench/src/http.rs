//! HTTP/1.1 and WebSocket openings without a client library, which would cost more than the server that is measured.

use anyhow::{Context, Result, bail, ensure};
use bench::load::histogram;
use futures_util::future::try_join_all;
use hdrhistogram::Histogram;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// A connection that is kept.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects. `from` is the address to come from: one address has only so many ports.
    pub(crate) async fn open(to: SocketAddr, from: Option<Ipv4Addr>) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if let Some(ip) = from {
            socket.bind((ip, 0).into())?;
        }
        let stream = socket.connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Sends a request as it stands and reads the answer: its status and its body.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<(u16, Vec<u8>)> {
        self.stream.write_all(request).await?;
        let head = self.head().await?;
        let length = field(&head, "content-length").and_then(|value| value.parse::<usize>().ok()).unwrap_or(0);
        while self.buffer.len() < length {
            self.more().await?;
        }
        let body = self.buffer.drain(..length).collect();
        Ok((status(&head)?, body))
    }

    /// Opens a WebSocket at a path and waits for its first frame.
    pub(crate) async fn upgrade(&mut self, path: &str) -> Result<()> {
        // RFC 6455, 1.3: the key only has to be one of sixteen bytes.
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        self.stream.write_all(request.as_bytes()).await?;
        let head = self.head().await?;
        if status(&head)? != 101 {
            bail!("no socket: {head}");
        }
        loop {
            // RFC 6455, 5.2: a short text frame has its length in the second byte.
            if let [0x81, length, payload @ ..] = self.buffer.as_slice()
                && payload.len() >= usize::from(*length)
            {
                return Ok(());
            }
            self.more().await?;
        }
    }

    async fn head(&mut self) -> Result<String> {
        loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = self.buffer.drain(..end + 4).collect();
                return Ok(String::from_utf8(head)?);
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server hung up");
        }
        Ok(())
    }
}

/// A request without a body, or with a JSON one.
pub(crate) fn request(method: &str, path: &str, token: Option<&str>, body: &str) -> Vec<u8> {
    let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let content = match body {
        "" => String::new(),
        body => format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()),
    };
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}{content}\r\n{body}").into_bytes()
}

/// Asks the same again and again over so many connections, each of which asks again as soon as it was answered; every answer must
/// be 200 and of this length. How long answers took, in microseconds.
pub(crate) async fn again_and_again(
    address: SocketAddr,
    request: &[u8],
    length: usize,
    connections: usize,
    lasting: Duration,
) -> Result<Histogram<u64>> {
    let start = Instant::now();
    let askers = (0..connections).map(|_| async {
        let mut connection = Connection::open(address, None).await?;
        let mut times = histogram()?;
        while start.elapsed() < lasting {
            let asked = Instant::now();
            let (status, answer) = connection.exchange(request).await?;
            ensure!(status == 200 && answer.len() == length, "{status}, {} bytes", answer.len());
            times.saturating_record(u64::try_from(asked.elapsed().as_micros())?);
        }
        anyhow::Ok(times)
    });
    let mut times = histogram()?;
    for one in try_join_all(askers).await? {
        times += one;
    }
    Ok(times)
}

fn status(head: &str) -> Result<u16> {
    head.split(' ').nth(1).and_then(|status| status.parse().ok()).with_context(|| format!("no status: {head}"))
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read() {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n";
        assert_eq!(status(head).unwrap(), 200);
        assert_eq!(field(head, "content-length"), Some("12"));
        assert_eq!(field(head, "content-type"), None);
    }
}
