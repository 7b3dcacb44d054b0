//! The list of contacts, in a database of a million: how fast its pages come, in every order, from the beginning and from the middle,
//! and what a search finds.

use super::{Db, World};
use crate::fill::Filling;
use crate::http::{Connection, request};
use crate::report::{Report, say};
use anyhow::{Context, Result, ensure};
use bench::people::Organisation;
use bench::process::Server;
use serde::Deserialize;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long the index may take to be made.
const PATIENCE: Duration = Duration::from_secs(900);
/// How often it is asked for before somebody signs in anew.
const ASKED_PER_SIGN_IN: u32 = 400;
/// Pages that somebody has gone through who stands in the middle of the list.
const GONE_THROUGH: usize = 40;

/// What is asked for: how it is called in the table, the question, and whether there is anybody.
const ASKED: [(&str, &str, bool); 10] = [
    ("by number, newest first", "descending=true", true),
    ("by name", "sort=name", true),
    ("by name, the nameless first", "sort=name&descending=true", true),
    ("by when they were last there", "sort=last_seen&descending=true", true),
    ("by name, a family name of one in 30", "sort=name&q=%E7%8E%8B", true),
    ("a name of one in 7,000", "sort=last_seen&q=%E7%8E%8B%E7%A7%80%E8%8A%B3", true),
    ("a phone number", "q=13900777776", true),
    ("words of a remark, one in 50", "q=%E5%8F%91%E7%A5%A8", true),
    ("nobody", "q=%E9%BB%84%E9%B9%A4%E6%A5%BC", false),
    ("the blacklist, which is empty", "blocked=true", false),
];

#[derive(Deserialize)]
struct Page {
    items: Vec<serde_json::Value>,
    next_cursor: Option<String>,
}

/// The first page of ten lists, and one in the middle of each order.
pub(crate) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let contacts = world.either(1_000_000, 100_000);
    for db in world.databases() {
        let (mut server, organisation) = world.filled(db, Filling::Contacts(contacts)).await?;
        let begun = Instant::now();
        let token = indexed(server.address(), &organisation, contacts).await?;
        say(&format!("    {} indexed in {:.0?}", db.name(), begun.elapsed()));
        let asking = Asking { world, db, server: &server, token };
        for (what, question, is_there) in ASKED {
            asking.page(report, what, question, is_there).await?;
        }
        for (what, order) in [("number", "sort=number"), ("name", "sort=name"), ("last there", "sort=last_seen")] {
            let question = format!("{order}&cursor={}", asking.middle(order).await?);
            asking.page(report, &format!("by {what}, page {GONE_THROUGH}"), &question, true).await?;
        }
        server.terminate().await?;
    }
    Ok(())
}

/// A filled server and who asks it.
struct Asking<'a> {
    world: &'a World,
    db: Db,
    server: &'a Server,
    /// The admin's access token, fresh.
    token: String,
}

impl Asking<'_> {
    fn request(&self, question: &str) -> Vec<u8> {
        request("GET", &format!("/api/v1/contacts?{question}"), Some(&self.token), "")
    }

    /// Asks for one page again and again over a few connections.
    async fn page(&self, report: &mut Report, what: &str, question: &str, is_there: bool) -> Result<()> {
        let request = self.request(question);
        // What is asked for the first time may have to be read from the disk.
        let (page, length) = fetch(self.server.address(), &request).await?;
        ensure!(page.items.is_empty() != is_there, "{what}: {} contacts", page.items.len());
        let what = format!("a page of 1M contacts: {what}, {}", self.db.name());
        super::page(self.world, (self.server, self.db), report, what, (&request, length)).await
    }

    /// The cursor of a page in the middle, to which somebody has come by going through those before it.
    async fn middle(&self, order: &str) -> Result<String> {
        let mut question = format!("{order}&limit=100");
        let mut cursor = String::new();
        for _ in 1..GONE_THROUGH {
            let (page, _) = fetch(self.server.address(), &self.request(&question)).await?;
            cursor = page.next_cursor.context("the list ended")?;
            question = format!("{order}&limit=100&cursor={cursor}");
        }
        Ok(cursor)
    }
}

/// Waits until the index has come to the end: the newest contact is found by the phone number that nobody else has. It may take longer
/// than an access token is good for: the last one, which has just been given, is told.
async fn indexed(address: SocketAddr, organisation: &Organisation, contacts: u32) -> Result<String> {
    let path = format!("/api/v1/contacts?q={}", 13_900_000_000 + u64::from(contacts));
    let begun = Instant::now();
    loop {
        let token = organisation.site.sign_in(&organisation.admin.me.account).await?.token;
        let question = request("GET", &path, Some(&token), "");
        for _ in 0..ASKED_PER_SIGN_IN {
            if !fetch(address, &question).await?.0.items.is_empty() {
                return Ok(organisation.site.sign_in(&organisation.admin.me.account).await?.token);
            }
            ensure!(begun.elapsed() < PATIENCE, "the index is not made within {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}

/// A page, and how many bytes it is.
async fn fetch(address: SocketAddr, question: &[u8]) -> Result<(Page, usize)> {
    let (status, body) = Connection::open(address, None).await?.exchange(question).await?;
    ensure!(status == 200, "{status}: {}", String::from_utf8_lossy(&body));
    Ok((serde_json::from_slice(&body)?, body.len()))
}
