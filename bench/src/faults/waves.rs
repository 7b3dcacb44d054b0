//! Thousands of sockets are cut off at the same moment, and all of them come back.

use super::stage::Stage;
use super::{Played, Programs, Scale};
use crate::people::{Organisation, Visitor};
use crate::process::{Plan, raise_open_files};
use crate::socket::{self, Socket};
use anyhow::{Context, Result, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::net::Ipv4Addr;

/// Sockets that are opened at the same time.
const AT_ONCE: usize = 64;
/// Sockets that come from one address: each needs a port, and those just closed keep theirs for a while.
const PER_ADDRESS: usize = 4_000;
/// Files that either process has open beside the sockets, and the share of those just closed that are still being noticed.
const OTHER_FILES: u64 = 1_000;
const LINGERING: u64 = 4;
/// What one idle socket may cost, in bytes, in the unoptimised server too.
const PER_SOCKET_MAX: u64 = 48 * 1024;

/// Three times over: in the second and third the same memory must do.
pub(super) async fn sockets_drop_at_once_and_return(programs: Programs, scale: Scale) -> Result<Played> {
    // For each of the two processes: they have a socket's two ends.
    let sockets = u64::try_from(scale.sockets)?;
    if let Err(reason) = raise_open_files(sockets + sockets / LINGERING + OTHER_FILES) {
        return Ok(Played::Impossible(format!("{reason:#}")));
    }
    let mut stage = Stage::open(Plan::new(programs.parlor), scale).await?;
    let organisation = stage.site.organisation().await?;
    let visitors: Vec<Visitor> = stream::iter(0..scale.sockets)
        .map(|_| organisation.visitor())
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
        .context("opening chats")?;
    let before = stage.server.usage()?.rss;
    let mut sockets = everybody(&organisation, &visitors).await?;
    let full = stage.server.usage()?.rss;
    let allowed = before + PER_SOCKET_MAX * u64::try_from(scale.sockets)? + (32 << 20);
    ensure!(full <= allowed, "{} sockets took memory from {before} to {full} bytes", scale.sockets);
    let mut findings = None;
    for _ in 0..2 {
        let held = stage
            .under_load(scale, async |_, _| {
                // Dropped without a farewell, all in one go.
                sockets.clear();
                sockets = everybody(&organisation, &visitors).await?;
                Ok(())
            })
            .await?;
        findings = Some(held);
    }
    let again = stage.server.usage()?.rss;
    ensure!(again <= allowed + (96 << 20), "after two waves memory is at {again} bytes, after the first at {full}");
    drop(sockets);
    stage.close().await?;
    findings.map(Played::Held).context("there were waves")
}

/// A socket for each visitor, each of which has been told that it is ready.
async fn everybody(organisation: &Organisation, visitors: &[Visitor]) -> Result<Vec<Socket>> {
    let open = visitors.iter().enumerate().map(|(index, visitor)| async move {
        let ticket = visitor.api.create_visitor_socket_ticket(&visitor.session.visitor_token).await?.ticket;
        // Every address of 127/8 is this machine.
        let from = Ipv4Addr::new(127, 0, 0, u8::try_from(2 + index / PER_ADDRESS).unwrap_or(u8::MAX));
        let path = format!("/widget/v1/socket?ticket={ticket}");
        let mut socket = socket::open(organisation.site.address(), &path, Some(from)).await?;
        let ready = socket.next().await.context("no ready")??;
        ensure!(ready.to_text()?.contains("ready"), "ready comes first");
        anyhow::Ok(socket)
    });
    let open: Vec<_> = open.collect();
    stream::iter(open).buffer_unordered(AT_ONCE).try_collect().await.context("opening sockets")
}
