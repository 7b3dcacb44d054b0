//! What is measured of Parlor, each beside the machine's own limit in the same run.

pub(crate) mod connects;
pub(crate) mod contacts;
pub(crate) mod idle;
pub(crate) mod interface;
pub(crate) mod latency;
pub(crate) mod machine;
pub(crate) mod rate;
pub(crate) mod reads;
pub(crate) mod search;
pub(crate) mod start;

use crate::database::Postgres;
use crate::fill::{self, Filling, Owner};
use crate::http::again_and_again;
use crate::report::{Met, Report, Row, count, millis, say};
use anyhow::{Context, Result};
use bench::people::{Organisation, Site};
use bench::process::{Plan, Server, of_tree};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What every measure is given.
pub(crate) struct World {
    /// The `parlor` program.
    pub(crate) program: PathBuf,
    /// A PostgreSQL with durable commits.
    pub(crate) postgres: Option<Postgres>,
    /// What drives a browser.
    pub(crate) browser: Option<interface::Browser>,
    /// A few seconds for each, to try things out; the figures are then rough.
    pub(crate) quick: bool,
}

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Db {
    Sqlite,
    Postgres,
}

impl Db {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

impl World {
    /// The databases that are there.
    pub(crate) fn databases(&self) -> Vec<Db> {
        let mut all = vec![Db::Sqlite];
        all.extend(self.postgres.as_ref().map(|_| Db::Postgres));
        all
    }

    /// A plan for a server on a fresh database.
    pub(crate) async fn plan(&self, db: Db) -> Result<Plan> {
        let plan = Plan::new(&self.program);
        Ok(match (db, &self.postgres) {
            (Db::Postgres, Some(postgres)) => plan.on_postgres(postgres.fresh().await?),
            _ => plan,
        })
    }

    /// A server on a database in which one organisation has all this.
    pub(crate) async fn filled(&self, db: Db, filling: Filling) -> Result<(Server, Organisation)> {
        let plan = self.plan(db).await?;
        let url = plan.database_url.clone();
        let mut server = Server::start(plan).await?;
        let organisation = Site::of(&server)?.organisation().await?;
        server.terminate().await?;
        let owner = Owner {
            org_id: organisation.admin.me.org_id,
            agent_id: organisation.admin.me.id,
            channel_id: organisation.channel.id,
        };
        let started = Instant::now();
        match url {
            Some(url) => fill::postgres(&url, owner, filling).await?,
            None => fill::sqlite(&server.data_dir().join("parlor.db"), owner, filling)?,
        }
        say(&format!("    {} filled in {:.0?}", db.name(), started.elapsed()));
        server.begin().await?;
        Ok((server, organisation))
    }

    /// CPU time of a server with its database so far.
    pub(crate) fn cpu(&self, server: &Server, db: Db) -> Result<Duration> {
        let own = server.usage()?.cpu;
        Ok(match (db, &self.postgres) {
            (Db::Postgres, Some(postgres)) => own + of_tree(postgres.pid)?,
            _ => own,
        })
    }

    /// The shorter one when in a hurry.
    pub(crate) fn either<T>(&self, thorough: T, quick: T) -> T {
        if self.quick { quick } else { thorough }
    }
}

/// Connections that ask for a page at the same time.
const READERS: usize = 4;
/// A page has to be there within this time, at p95.
const PAGE_MICROS: u64 = 50_000;

/// Asks for one page again and again over a few connections, and reports how fast it comes. Its answer has so many bytes.
pub(crate) async fn page(
    world: &World,
    (server, db): (&Server, Db),
    report: &mut Report,
    what: String,
    (question, length): (&[u8], usize),
) -> Result<()> {
    let lasting = world.either(Duration::from_secs(3), Duration::from_secs(1));
    let before = world.cpu(server, db)?;
    let times = again_and_again(server.address(), question, length, READERS, lasting).await?;
    let asked = f64::from(u32::try_from(times.len()).context("fewer than four thousand million")?);
    let cpu = (world.cpu(server, db)? - before).as_secs_f64() * 1e6 / asked;
    let p95 = times.value_at_quantile(0.95);
    report.row(Row {
        what,
        limit: String::new(),
        ours: format!("{}/s, p95 {} ms, {cpu:.0} µs of CPU each", count(asked / lasting.as_secs_f64()), millis(p95)),
        ratio: String::new(),
        aim: "p95 ≤ 50 ms",
        met: Met::of(Some(p95 <= PAGE_MICROS), false),
    });
    Ok(())
}
