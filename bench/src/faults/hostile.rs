//! Clients that never read, send what nobody can read, or send a byte at a time.

use super::probe::{Heard, PATIENCE};
use super::stage::{Stage, memory_come_back};
use super::{Played, Programs, Scale};
use crate::people::{Agent, Site, Visitor};
use crate::process::Plan;
use crate::socket::Socket;
use anyhow::{Context, Result, bail, ensure};
use futures_util::future::try_join_all;
use futures_util::{SinkExt, StreamExt};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use types::ws::{CloseCode, ServerFrame};

/// Clients that do not read.
const DEAF: usize = 20;
/// Messages of 15 KB that they do not read: the system's buffers of a connection hold megabytes, and a queue 64 frames more.
const PRESSED: usize = 512;
/// What so many sign-ins may leave behind, in bytes. A password takes 19 MiB to check: four that are kept do not fit into it.
const SIGNED_IN_MAX: u64 = 64 * 1024 * 1024;
/// Connections that send a byte at a time.
const SLOW: usize = 200;

/// Consoles with a receive buffer of a few kilobytes, which hear everything and read nothing. The load has texts only.
pub(super) async fn clients_that_never_read(programs: Programs, scale: Scale) -> Result<Played> {
    with_deaf_clients(programs, Scale { files_every: None, ..scale }).await
}

/// The same while files are sent, whose messages are written another way.
pub(super) async fn clients_that_never_read_while_files_are_sent(programs: Programs, scale: Scale) -> Result<Played> {
    with_deaf_clients(programs, scale).await
}

async fn with_deaf_clients(programs: Programs, scale: Scale) -> Result<Played> {
    let mut stage = Stage::open(Plan::new(programs.parlor), scale).await?;
    let (site, account) = (stage.site.clone(), stage.organisation.admin.me.account.clone());
    let findings = stage
        .under_load(scale, async |server, probe| {
            let before = server.usage()?.rss;
            let mut deaf = Vec::new();
            for _ in 0..DEAF {
                deaf.push(deaf_socket(&site.sign_in(&account).await?).await?);
            }
            memory_come_back(server, before, SIGNED_IN_MAX).await.context("after the sign-ins")?;
            probe.press(PRESSED).await?;
            probe.ask_until(Heard::Stored).await?;
            // Whoever wakes up is told where they stand.
            let woken = deaf.into_iter().map(|socket| timeout(PATIENCE, wakes(socket)));
            let woken = try_join_all(woken).await.context("a deaf client can wait for ever")?;
            woken.into_iter().collect()
        })
        .await?;
    stage.close().await?;
    Ok(Played::Held(findings))
}

/// Reads what has gathered: in it must be that something is missing, or at its end that the server has given up.
async fn wakes(mut socket: Socket) -> Result<()> {
    let given_up = [CloseCode::TooSlow, CloseCode::TimedOut].map(CloseCode::number);
    let mut frames = 0;
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => match serde_json::from_str(&text)? {
                ServerFrame::Resync {} => return Ok(()),
                _ => frames += 1,
            },
            Some(Ok(Message::Close(Some(farewell)))) if given_up.contains(&farewell.code.into()) => return Ok(()),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            other => {
                bail!("a deaf client heard {frames} frames of {PRESSED}, then {other:?}, and never what it missed")
            }
        }
    }
}

async fn deaf_socket(agent: &Agent) -> Result<Socket> {
    let ticket = agent.api.create_socket_ticket().await?.ticket;
    let (address, tcp) = (agent.site.address(), TcpSocket::new_v4()?);
    tcp.set_recv_buffer_size(4096)?;
    let stream = tcp.connect(address).await?;
    let config = WebSocketConfig::default().read_buffer_size(512).write_buffer_size(0);
    let url = format!("ws://{address}/api/v1/socket?ticket={ticket}");
    Ok(client_async_with_config(url, stream, Some(config)).await?.0)
}

/// Bytes that are no HTTP, frames that are no frames, and texts that are no JSON.
pub(super) async fn clients_that_send_garbage(programs: Programs, scale: Scale) -> Result<Played> {
    let mut stage = Stage::open(Plan::new(programs.parlor), scale).await?;
    let site = stage.site.clone();
    let visitor = site.organisation().await?.visitor().await?;
    let findings = stage
        .under_load(scale, async |_, probe| {
            garbage_before_http(site.address()).await?;
            garbage_on_a_socket(&site, &visitor).await?;
            probe.ask_until(Heard::Stored).await
        })
        .await?;
    stage.close().await?;
    Ok(Played::Held(findings))
}

/// What is no request is refused with 400 or cut off, never served and never 500.
async fn garbage_before_http(address: SocketAddr) -> Result<()> {
    let endless = [b"GET /".as_slice(), &b"a".repeat(1 << 20), b" HTTP/1.1\r\n\r\n"].concat();
    let many = [b"GET / HTTP/1.1\r\n".as_slice(), &b"x: y\r\n".repeat(20_000), b"\r\n"].concat();
    let huge = b"POST /widget/v1/sessions HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999999999999\r\n\r\n".to_vec();
    let noise: Vec<u8> = (0..100_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    for bytes in [noise, vec![0; 100_000], endless, many, huge, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc".to_vec()] {
        let mut stream = TcpStream::connect(address).await?;
        // The server may hang up before it has everything.
        let _sent = stream.write_all(&bytes).await;
        let _ended = stream.shutdown().await;
        let mut answer = Vec::new();
        let _read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.context("garbage is waited for")?;
        let status = String::from_utf8_lossy(answer.get(..12).unwrap_or_default()).into_owned();
        let refused =
            ["HTTP/1.1 400", "HTTP/1.1 404", "HTTP/1.1 408", "HTTP/1.1 413", "HTTP/1.1 414", "HTTP/1.1 431", ""];
        ensure!(refused.contains(&status.as_str()), "garbage was answered with {status}");
    }
    Ok(())
}

/// What a socket ends with when it is sent this.
async fn garbage_on_a_socket(site: &Site, visitor: &Visitor) -> Result<()> {
    let masked = |head: &[u8], body: &[u8]| [head, &[0, 0, 0, 0], body].concat();
    let texts: Vec<u8> = (0..12).flat_map(|_| masked(&[0x81, 0x83], b"no?")).collect();
    let deep = masked(&[0x81, 0xfe, 0x40, 0x00], &b"[".repeat(0x4000));
    let pieces: Vec<u8> = [masked(&[0x01, 0xfe, 0x40, 0x00], &b"a".repeat(0x4000))]
        .into_iter()
        .chain((0..3).map(|_| masked(&[0x00, 0xfe, 0x40, 0x00], &b"a".repeat(0x4000))))
        .flatten()
        .collect();
    let cases: [(&str, Vec<u8>, Option<CloseCode>); 7] = [
        ("texts that are no JSON", texts, Some(CloseCode::Malformed)),
        (
            "a frame that says it has 9 exabytes",
            masked(&[0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], b"x"),
            Some(CloseCode::TooLarge),
        ),
        (
            "a frame beyond the limit",
            masked(&[0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0], &b"a".repeat(1 << 16)),
            Some(CloseCode::TooLarge),
        ),
        ("pieces beyond the limit", pieces, Some(CloseCode::TooLarge)),
        ("text that is no UTF-8", masked(&[0x81, 0x82], &[0xff, 0xfe]), Some(CloseCode::Malformed)),
        ("an operation that does not exist", masked(&[0x8b, 0x80], b""), None),
        ("a frame without a mask", vec![0x81, 0x02, b'h', b'i'], None),
    ];
    for (what, bytes, expected) in cases {
        let mut socket = visitors_socket(site, visitor).await?;
        socket.get_mut().write_all(&bytes).await?;
        let ended = timeout(PATIENCE, last_word(&mut socket)).await.with_context(|| format!("{what} is borne"))?;
        if let Some(expected) = expected {
            ensure!(ended == Some(expected.number()), "{what} ended with {ended:?}");
        }
    }
    // Deeply nested JSON is refused like any other text, and half a frame waits for its other half, or for the silence to
    // end it; neither costs anybody else anything.
    let mut socket = visitors_socket(site, visitor).await?;
    socket.get_mut().write_all(&deep).await?;
    socket.send(Message::text(r#"{"type":"ping"}"#)).await?;
    let mut pong = false;
    while !pong {
        let next = timeout(PATIENCE, socket.next()).await.context("no answer after deep JSON")?;
        pong = next.context("cut off for deep JSON")??.to_text()?.contains("pong");
    }
    let mut half = visitors_socket(site, visitor).await?;
    half.get_mut().write_all(&[0x81, 0xfe, 0x40]).await?;
    drop(half);
    Ok(())
}

async fn visitors_socket(site: &Site, visitor: &Visitor) -> Result<Socket> {
    let ticket = visitor.api.create_visitor_socket_ticket(&visitor.session.visitor_token).await?.ticket;
    let mut socket = crate::socket::open(site.address(), &format!("/widget/v1/socket?ticket={ticket}"), None).await?;
    let ready = timeout(PATIENCE, socket.next()).await.context("no ready")?.context("no ready")??;
    ensure!(ready.to_text()?.contains("ready"), "ready comes first");
    Ok(socket)
}

/// The code of the farewell; `None` when there was none.
async fn last_word(socket: &mut Socket) -> Option<u16> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Close(farewell))) => return farewell.map(|farewell| farewell.code.into()),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return None,
        }
    }
}

/// Slowloris: connections that begin a request and never end it.
pub(super) async fn clients_that_send_slowly(programs: Programs, scale: Scale) -> Result<Played> {
    let mut stage = Stage::open(Plan::new(programs.parlor), scale).await?;
    let address = stage.site.address();
    let findings = stage
        .under_load(scale, async |_, probe| {
            let slow = try_join_all((0..SLOW).map(|_| slowly(address)));
            let asked = probe.ask_until(Heard::Stored);
            let (slow, asked) = tokio::join!(timeout(PATIENCE, slow), asked);
            slow.context("slow connections are borne for ever")??;
            asked
        })
        .await?;
    stage.close().await?;
    Ok(Played::Held(findings))
}

/// Sends a header a byte at a time until the server has enough of it.
async fn slowly(address: SocketAddr) -> Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nx: ").await?;
    let mut answer = [0; 64];
    loop {
        tokio::select! {
            read = stream.read(&mut answer) => return match read {
                Ok(0) | Err(_) => Ok(()),
                Ok(_) => {
                    let status = String::from_utf8_lossy(&answer).into_owned();
                    ensure!(status.starts_with("HTTP/1.1 408"), "a slow request was answered with {status}");
                    Ok(())
                }
            },
            () = sleep(Duration::from_millis(500)) => {
                if stream.write_all(b"a").await.is_err() {
                    return Ok(());
                }
            }
        }
    }
}
