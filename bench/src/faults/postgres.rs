//! PostgreSQL is restarted, or killed, under a server that uses it.

use super::probe::{Heard, PATIENCE, Probe};
use super::stage::Stage;
use super::{Played, PostgresPrograms, Programs, Scale};
use crate::process::Plan;
use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

/// How often it is looked whether PostgreSQL is there.
const AGAIN: Duration = Duration::from_millis(100);

/// Restarted as an operator does: open transactions are cut off.
pub(super) async fn postgres_restarted(programs: Programs, scale: Scale) -> Result<Played> {
    play(programs, scale, Signal::INT).await
}

/// Killed with its children: it recovers from its log.
pub(super) async fn postgres_killed(programs: Programs, scale: Scale) -> Result<Played> {
    play(programs, scale, Signal::KILL).await
}

async fn play(programs: Programs, scale: Scale, signal: Signal) -> Result<Played> {
    let Some(tools) = programs.postgres else {
        return Ok(Played::Impossible("PostgreSQL is not installed".to_owned()));
    };
    let mut cluster = Cluster::start(tools).await?;
    let url = cluster.url();
    let mut stage = Stage::open(Plan::new(programs.parlor).on_postgres(url), scale).await?;
    let findings = stage
        .under_load(scale, async |_, probe| {
            cluster.end(signal).await?;
            away(probe).await?;
            cluster.begin().await?;
            probe.until_healthy().await?;
            probe.ask_until(Heard::Stored).await
        })
        .await?;
    stage.close().await?;
    cluster.end(Signal::INT).await?;
    Ok(Played::Held(findings))
}

async fn away(probe: &mut Probe) -> Result<()> {
    probe.ask_until(Heard::Unavailable).await?;
    probe.is_unhealthy().await
}

/// A PostgreSQL of one's own. Dropping it kills it.
struct Cluster {
    programs: PostgresPrograms,
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

impl Cluster {
    async fn start(programs: PostgresPrograms) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("parlor-postgres-").tempdir()?;
        if let Some(user) = &programs.user {
            let owned = Command::new("chown").arg(user).arg(folder.path()).status()?;
            ensure!(owned.success(), "the folder cannot be given to {user}");
        }
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut cluster = Self { programs, folder, port, child: None };
        let mut initdb = cluster.command("initdb");
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]);
        let made = initdb.arg(cluster.data()).output().context("initdb does not start")?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        cluster.begin().await?;
        Ok(cluster)
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &str) -> Command {
        let program = self.programs.folder.join(program);
        let mut command = match self.programs.user.as_deref().and_then(|user| user.split_once(':')) {
            Some((user, group)) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", user, "--regid", group, "--clear-groups", "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Starts it and waits until it takes connections. What a killed one has left behind may take it a few attempts.
    async fn begin(&mut self) -> Result<()> {
        let begin = Instant::now();
        loop {
            let mut postgres = self.command("postgres");
            postgres.arg("-D").arg(self.data()).args(["-p", &self.port.to_string()]);
            postgres.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
            postgres.args(["-c", "max_connections=60", "-c", "shared_buffers=32MB"]);
            let mut child = postgres.stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("no `postgres`")?;
            loop {
                if self.takes_connections()? {
                    self.child = Some(child);
                    return Ok(());
                }
                if child.try_wait()?.is_some() {
                    break;
                }
                if begin.elapsed() > PATIENCE {
                    child.kill()?;
                    bail!("PostgreSQL takes no connections within {PATIENCE:?}");
                }
                sleep(AGAIN).await;
            }
            ensure!(begin.elapsed() < PATIENCE, "PostgreSQL does not start within {PATIENCE:?}");
            sleep(AGAIN).await;
        }
    }

    fn takes_connections(&self) -> Result<bool> {
        let mut ready = self.command("pg_isready");
        ready.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
        Ok(ready.status().context("no `pg_isready`")?.success())
    }

    /// Ends it with a signal and waits until it has.
    async fn end(&mut self, signal: Signal) -> Result<()> {
        let mut child = self.child.take().context("PostgreSQL does not run")?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).context("a process has an id")?;
        kill_process(pid, signal)?;
        tokio::task::spawn_blocking(move || child.wait()).await??;
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // Its children notice and end by themselves.
            let _ended = child.kill().and_then(|()| child.wait());
        }
    }
}
