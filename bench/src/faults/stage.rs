//! The stage of every scenario: a server, a crowd that talks on it, a probe, and the judgement afterwards.

use super::Scale;
use super::probe::{AGAIN, Heard, PATIENCE, Probe};
use crate::load::{Crowd, Senders, Shape, Work};
use crate::people::{Organisation, Site};
use crate::process::{Plan, Server};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use store::{Database, DatabaseOptions, integrity};
use tokio::time::{Instant, sleep, timeout};

/// What the process may grow by, whatever was done to it. Its page cache alone may take 64 MiB of that, and queues that were
/// full a few; a leak per message or per socket does not fit into it.
const GROWTH_MAX: u64 = 128 * 1024 * 1024;

/// What a scenario found.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// Messages of the load that were acknowledged: all of them.
    pub acknowledged: usize,
    /// Those of them that carry a file: each was fetched afterwards and is the one that was uploaded.
    pub files: usize,
    /// How long after the last one was due all had been answered and heard.
    pub settled_after: Duration,
    /// Resident memory before and after, in bytes.
    pub rss: (u64, u64),
    /// What a probe heard meanwhile, in words.
    pub heard: String,
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { acknowledged, files, settled_after, rss: (before, after), heard } = self;
        let mib = |bytes: &u64| bytes / (1024 * 1024);
        write!(f, "{acknowledged} messages with {files} files, at rest {settled_after:.1?} after the last, ")?;
        write!(f, "memory {} to {} MiB, probe: {heard}", mib(before), mib(after))
    }
}

pub(super) struct Stage {
    pub(super) server: Server,
    pub(super) site: Site,
    /// The probe's.
    pub(super) organisation: Organisation,
    crowd: Crowd,
    pub(super) probe: Probe,
    database_url: String,
}

impl Stage {
    /// A server after this plan, with a crowd on it.
    pub(super) async fn open(plan: Plan, scale: Scale) -> Result<Self> {
        let given = plan.database_url.clone();
        Self::on(Server::start(plan).await?, given, scale).await
    }

    /// A crowd on a server that runs already. `database_url` where it is not in the data folder.
    pub(super) async fn on(server: Server, database_url: Option<String>, scale: Scale) -> Result<Self> {
        let site = Site::of(&server)?;
        let crowd = Crowd::open(
            &site,
            Shape { organisations: 2, visitors: scale.visitors, text: 120, files_every: scale.files_every },
        )
        .await?;
        let organisation = site.organisation().await?;
        let mut probe = Probe::open(&organisation).await?;
        ensure!(probe.ask().await? == Heard::Stored, "the first message is refused");
        let file = format!("sqlite://{}", server.data_dir().join("parlor.db").display());
        Ok(Self { server, site, organisation, crowd, probe, database_url: database_url.unwrap_or(file) })
    }

    /// Lets the crowd talk, and the fault happen once a quarter of it is acknowledged. Then everything is judged.
    pub(super) async fn under_load<F>(&mut self, scale: Scale, fault: F) -> Result<Findings>
    where
        F: AsyncFnOnce(&mut Server, &mut Probe) -> Result<()>,
    {
        let before = self.server.usage()?.rss;
        let files_before = self.crowd.files_compared();
        let work = Work {
            rate: scale.rate,
            warm_up: Duration::ZERO,
            measured: scale.load,
            senders: Senders::Both,
            patience: PATIENCE + PATIENCE,
        };
        let mut acknowledged = self.crowd.acknowledged();
        let quarter = Duration::from_secs_f64(scale.rate * scale.load.as_secs_f64() / 4.0).as_secs();
        let enough = *acknowledged.borrow() + quarter;
        let (server, probe) = (&mut self.server, &mut self.probe);
        let strike = async {
            let reached = timeout(PATIENCE, acknowledged.wait_for(|count| *count >= enough)).await;
            reached.context("the load does not get on")?.context("the load has ended")?;
            fault(server, probe).await
        };
        // A fault that does not come about as it should ends it at once: the load could only wait for the end of its patience.
        let (ran, ()) = tokio::try_join!(self.crowd.run(&work), strike)?;
        let settled_after = ran.settled_after.context("not everything was answered and heard")?;
        let report = self.crowd.judge(ran).await?;
        ensure!(report.is_clean(), "{report}");
        ensure!(report.acknowledged == report.intended, "not everything was acknowledged: {report}");
        let files = self.crowd.files_compared() - files_before;
        ensure!(scale.files_every.is_none() || files > 0, "no message carried a file");
        self.probe.until_healthy().await?;
        self.probe.check().await?;
        self.check_database().await?;
        let after = memory_come_back(&self.server, before, GROWTH_MAX).await?;
        let heard = words(&std::mem::take(&mut self.probe.heard));
        Ok(Findings { acknowledged: report.acknowledged, files, settled_after, rss: (before, after), heard })
    }

    /// Every rule of the store, over the whole database, while the server goes on.
    async fn check_database(&self) -> Result<()> {
        let options = DatabaseOptions { readers: 1, ..DatabaseOptions::default() };
        let db = Database::connect(&self.database_url, &options).await.context("opening the database to check it")?;
        let faults = integrity::check(db.reader()).await.context("checking the database")?;
        db.close().await?;
        ensure!(faults.is_empty(), "the database breaks its rules: {faults:?}");
        Ok(())
    }

    /// Hangs up and stops the server, which must end well.
    pub(super) async fn close(self) -> Result<()> {
        let Self { mut server, crowd, .. } = self;
        crowd.close().await;
        let status = server.terminate().await?;
        ensure!(status.success(), "the server ended with {status}\n{}", server.log());
        Ok(())
    }
}

/// What the process takes once it has given back what it took for some work, which must not be more than it may grow by: threads that
/// are idle keep theirs for some seconds (on a busy machine 263 MiB were seen to become 207 after seven). What is leaked never comes
/// back.
pub(super) async fn memory_come_back(server: &Server, before: u64, most: u64) -> Result<u64> {
    let begin = Instant::now();
    loop {
        let after = server.usage()?.rss;
        if after <= before + most {
            return Ok(after);
        }
        ensure!(
            begin.elapsed() < PATIENCE,
            "memory grew from {before} to {after} bytes, for {PATIENCE:?} and longer, {most} are allowed"
        );
        sleep(AGAIN).await;
    }
}

fn words(heard: &BTreeMap<Heard, usize>) -> String {
    heard.iter().map(|(heard, times)| format!("{times} {heard}")).collect::<Vec<_>>().join(", ")
}
