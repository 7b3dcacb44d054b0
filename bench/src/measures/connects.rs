//! How many visitors can come in a second: what a restart under 10,000 of them asks for.

use super::World;
use crate::http::{Connection, request};
use crate::probes;
use crate::report::{Met, Report, Row, count, median, say};
use anyhow::{Context, Result, ensure};
use bench::people::Site;
use bench::process::Server;
use futures_util::{StreamExt, TryStreamExt, stream};
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::time::{Duration, Instant};
use types::auth::SocketTicket;
use types::visitors::VisitorSession;

/// How many come at the same time.
const AT_ONCE: usize = 32;
/// Numbers of one round, a third of them for each that is measured: no two connects have the same.
const NUMBERS: u32 = 90_000;

/// An address of this machine to come from: one has only some twenty thousand ports, and each rests for a minute after use.
pub(crate) fn source(n: u32) -> Ipv4Addr {
    let block = u8::try_from(n / 5000 % 250).unwrap_or(0);
    Ipv4Addr::new(127, 0, 1, block + 1)
}

/// Visitors of one channel, without a client library.
pub(crate) struct Visitors {
    address: SocketAddr,
    open: Vec<u8>,
}

impl Visitors {
    pub(crate) async fn of(server: &Server) -> Result<Self> {
        let organisation = Site::of(server)?.organisation().await?;
        let body = format!("{{\"channel_key\":\"{}\",\"locale\":\"zh-CN\"}}", organisation.channel.key);
        Ok(Self { address: server.address(), open: request("POST", "/widget/v1/sessions", None, &body) })
    }

    /// Somebody new opens the chat and its socket.
    pub(crate) async fn enter(&self, n: u32) -> Result<Connection> {
        let mut connection = Connection::open(self.address, Some(source(n))).await?;
        let session = self.session(&mut connection).await?;
        let mut socket = Connection::open(self.address, Some(source(n))).await?;
        socket.upgrade(&format!("/widget/v1/socket?ticket={}", session.ticket)).await?;
        Ok(socket)
    }

    async fn session(&self, connection: &mut Connection) -> Result<VisitorSession> {
        let (status, body) = connection.exchange(&self.open).await?;
        ensure!(status == 200, "{status}: {}", String::from_utf8_lossy(&body));
        Ok(serde_json::from_slice(&body)?)
    }
}

/// What one round gave, in connects a second.
struct Rates {
    bare: f64,
    with_tickets: f64,
    whole: f64,
}

/// Bare upgrades; then Parlor's, with tickets that are there, and with the request for the ticket. In turn, several times,
/// as latencies are: what disturbs the machine for some seconds must not fall on one of them alone.
pub(crate) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let lasting = world.either(Duration::from_secs(3), Duration::from_secs(1));
    let bare = Server::start(probes::plan("bare")?).await?;
    let server = Server::start(world.plan(super::Db::Sqlite).await?).await?;
    let visitors = Visitors::of(&server).await?;
    let address = server.address();
    let mut connection = Connection::open(address, None).await?;
    let token = visitors.session(&mut connection).await?.visitor_token;
    let ask = request("POST", "/widget/v1/socket-tickets", Some(&token), "");
    let ticket = async |connection: &mut Connection| {
        let (status, body) = connection.exchange(&ask).await?;
        ensure!(status == 201, "{status}: {}", String::from_utf8_lossy(&body));
        anyhow::Ok(serde_json::from_slice::<SocketTicket>(&body)?.ticket)
    };

    let mut rounds = Vec::new();
    for round in 0..world.either(3_u32, 1) {
        let first = round * NUMBERS;
        let plain = bare.address();
        let upgrade = async |n| Connection::open(plain, Some(source(n))).await?.upgrade("/socket").await;
        let bare = rate(lasting, first..first + NUMBERS / 3, upgrade).await?;
        // A connection of its own: the server closes one that is silent for as long as a round takes. Each ticket is good for
        // thirty seconds. The round ends with the time or with the tickets.
        let mut connection = Connection::open(address, None).await?;
        let mut tickets = Vec::new();
        for _ in 0..world.either(24_000, 6_000) {
            tickets.push(ticket(&mut connection).await?);
        }
        let first = first + NUMBERS / 3;
        let last = first + u32::try_from(tickets.len())?;
        let with_tickets = rate(lasting, first..last, async |n| {
            let ticket = usize::try_from(n - first).ok().and_then(|n| tickets.get(n)).context("too few tickets")?;
            let path = format!("/widget/v1/socket?ticket={ticket}");
            Connection::open(address, Some(source(n))).await?.upgrade(&path).await
        })
        .await?;
        let first = first + NUMBERS / 3;
        let whole = rate(lasting, first..first + NUMBERS / 3, async |n| {
            let mut first = Connection::open(address, Some(source(n))).await?;
            let ticket = ticket(&mut first).await?;
            let path = format!("/widget/v1/socket?ticket={ticket}");
            Connection::open(address, Some(source(n))).await?.upgrade(&path).await
        })
        .await?;
        say(&format!("    bare {bare:.0}/s, with tickets {with_tickets:.0}/s, the whole {whole:.0}/s"));
        rounds.push(Rates { bare, with_tickets, whole });
    }
    let middle = |part: fn(&Rates) -> f64| median(rounds.iter().map(part).collect());
    let bare = middle(|round| round.bare);
    let (with_tickets, whole) = (middle(|round| round.with_tickets), middle(|round| round.whole));
    for (what, ours, aim) in [
        ("authenticated connects (one-time ticket, upgrade, `ready`)", with_tickets, "≥ 4,000/s"),
        ("the same with the request for the ticket on a connection of its own", whole, ""),
    ] {
        report.row(Row {
            what: what.to_owned(),
            limit: format!("{}/s (actix-ws alone)", count(bare)),
            ours: format!("{}/s", count(ours)),
            ratio: format!("{:.2} ×", ours / bare),
            aim,
            met: Met::of((!aim.is_empty()).then_some(ours >= 4000.0), ours > bare),
        });
    }
    Ok(())
}

/// Does something again and again, once for each number while there is time, `AT_ONCE` at the same time; how often a second.
async fn rate(lasting: Duration, numbers: Range<u32>, connect: impl AsyncFn(u32) -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    let within = stream::iter(numbers).take_while(|_| std::future::ready(start.elapsed() < lasting));
    let connect = &connect;
    let done = within
        .map(move |n| connect(n))
        .buffer_unordered(AT_ONCE)
        .try_fold(0_u32, async |done, ()| Ok(done + 1))
        .await?;
    Ok(f64::from(done) / start.elapsed().as_secs_f64())
}
