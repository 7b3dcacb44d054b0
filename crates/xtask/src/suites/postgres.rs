//! One private PostgreSQL for a test run or a benchmark.
//!
//! A small shell keeper starts the server and waits for the end of its standard input. That comes when this process drops
//! the pipe, and also when it dies of Ctrl+C or worse: in every case the keeper stops the server and removes its files.

use super::{server::Server, setup};
use crate::{exec, report, workspace};
use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Arguments: folder, the two programs, port, settings, then the words before each command that change the user.
const KEEPER: &str = r#"
dir=$1 initdb=$2 pg_ctl=$3 port=$4 settings=$5; shift 5
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
"$@" "$initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
"$@" "$pg_ctl" -D "$dir/data" -l "$dir/data/log" -w -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c max_connections=400 $settings" start >"$dir/log" 2>&1 \
    || { cat "$dir/log" "$dir/data/log" >&2; exit 1; }
echo ready
cat >/dev/null
"$@" "$pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1
"#;

/// What becomes of commits when the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Commits {
    /// They are lost: tests throw everything away in the end.
    Careless,
    /// They are kept, as in production: only then are a benchmark's figures worth anything.
    Durable,
}

impl Commits {
    fn settings(self) -> &'static str {
        match self {
            Self::Careless => "-c shared_buffers=64MB -c fsync=off -c full_page_writes=off",
            Self::Durable => "-c shared_buffers=512MB -c max_wal_size=4GB -c fsync=on -c synchronous_commit=on",
        }
    }
}

/// A running server; it stops when this is dropped.
pub(crate) struct Postgres {
    keeper: Child,
    port: u16,
}

impl Postgres {
    /// Makes a cluster in a folder of its own and starts it on a free port.
    pub(crate) fn start(commits: Commits) -> Result<Self> {
        report::step("starting a private PostgreSQL", || {
            let missing = "PostgreSQL is needed\nby hand: apt-get install postgresql";
            let initdb = setup::postgres_tool("initdb").context(missing)?;
            let pg_ctl = setup::postgres_tool("pg_ctl").context(missing)?;
            let user = setup::unprivileged_user()?;
            let as_user = user.as_ref().map(setup::User::words).unwrap_or_default();
            let below = match commits {
                Commits::Careless => std::env::temp_dir(),
                Commits::Durable => on_a_disk(&as_user)?,
            };
            let dir = tempfile::Builder::new().prefix("parlor-postgres-").tempdir_in(below)?.keep();
            if let Some(user) = user {
                exec::quiet(Command::new("chown").arg(user.to_string()).arg(&dir))?;
            }
            Self::keep(&dir, &initdb, &pg_ctl, commits, &as_user)
        })
    }

    /// Starts the keeper and waits for its word that the server is up.
    fn keep(dir: &Path, initdb: &Path, pg_ctl: &Path, commits: Commits, as_user: &[String]) -> Result<Self> {
        let port = free_port()?;
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "postgres-keeper"]).arg(dir).arg(initdb).arg(pg_ctl).arg(port.to_string());
        keeper.arg(commits.settings());
        keeper.args(as_user).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Out of the terminal's group, so that Ctrl+C reaches this process and not the keeper before its time.
        keeper.process_group(0);
        let mut postgres = Self { keeper: keeper.spawn().context("cannot start `sh`")?, port };
        postgres.wait_until_ready()?;
        Ok(postgres)
    }

    /// The administrator's address, as the tests read it from `PARLOR_TEST_POSTGRES_URL`.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// A database with the schema in it, to be copied: what a server makes of an empty one. Its name.
    ///
    /// Most tests begin with such a database, and a copy takes a tenth of the time of all migrations.
    pub(crate) fn template(&self, server: &Path) -> Result<&'static str> {
        const NAME: &str = "parlor_template";
        let createdb = setup::postgres_tool("createdb").context("createdb, which comes with PostgreSQL, is missing")?;
        let port = self.port.to_string();
        exec::quiet(Command::new(createdb).args(["-h", "127.0.0.1", "-p", &port, "-U", "postgres", NAME]))?;
        let folder = tempfile::Builder::new().prefix("parlor-template-").tempdir()?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/{NAME}");
        Server::start(server, folder.path(), &[("DATABASE__URL", &url)])?.stop()?;
        Ok(NAME)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let mut line = String::new();
        let out = self.keeper.stdout.take().context("no pipe from the keeper")?;
        BufReader::new(out).read_line(&mut line)?;
        if line.trim() != "ready" {
            let mut why = String::new();
            if let Some(mut err) = self.keeper.stderr.take() {
                err.read_to_string(&mut why)?;
            }
            bail!("PostgreSQL does not start\n{}", why.trim());
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        if let Err(error) = self.keeper.wait() {
            report::note(format!("PostgreSQL's keeper did not end: {error}"));
        }
    }
}

/// Where commits can be durable: a folder on a disk that whoever PostgreSQL runs as can enter, which is not so of a checkout
/// in an administrator's home.
fn on_a_disk(as_user: &[String]) -> Result<PathBuf> {
    let candidates = [workspace::target()?.join("scratch"), std::env::temp_dir(), PathBuf::from("/var/tmp")];
    let mut reasons = Vec::new();
    for folder in candidates {
        let usable = std::fs::create_dir_all(&folder).map_err(Into::into);
        match usable.and_then(|()| is_on_a_disk(&folder)).and_then(|()| can_be_entered(&folder, as_user)) {
            Ok(()) => return Ok(folder),
            Err(reason) => reasons.push(format!("{reason:#}")),
        }
    }
    bail!("there is no folder for durable commits\n{}", reasons.join("\n"))
}

fn is_on_a_disk(folder: &Path) -> Result<()> {
    let kind = exec::quiet(Command::new("stat").args(["--file-system", "--format=%T"]).arg(folder))?;
    if ["tmpfs", "ramfs"].contains(&kind.trim()) {
        bail!("{} lies in memory ({})", folder.display(), kind.trim());
    }
    Ok(())
}

fn can_be_entered(folder: &Path, as_user: &[String]) -> Result<()> {
    let Some((program, words)) = as_user.split_first() else { return Ok(()) };
    let entered = exec::succeeds(Command::new(program).args(words).args(["test", "-x"]).arg(folder));
    if entered { Ok(()) } else { bail!("{} is closed to PostgreSQL's user", folder.display()) }
}

/// A port that nobody listens on now.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    /// A program that notes how it was called.
    fn program(dir: &Path, name: &str, last_line: &str) -> PathBuf {
        let path = dir.join(name);
        let calls = dir.join("calls");
        fs::write(&path, format!("#!/bin/sh\necho {name} \"$@\" >>{}\n{last_line}\n", calls.display())).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[test]
    fn memory_is_no_place_for_durable_commits() {
        let folder = on_a_disk(&[]).unwrap();
        is_on_a_disk(&folder).unwrap();
        let memory = Path::new("/dev/shm");
        if memory.is_dir() {
            let error = is_on_a_disk(memory).unwrap_err().to_string();
            assert!(error.contains("in memory"), "{error}");
        }
        // A user who can enter nothing finds no folder at all.
        let error = on_a_disk(&["false".to_owned()]).unwrap_err().to_string();
        assert_eq!(error.lines().count(), 4, "{error}");
    }

    #[test]
    fn the_end_of_this_process_stops_the_server_and_removes_its_files() {
        let tools = tempfile::tempdir().unwrap();
        let cluster = tempfile::tempdir().unwrap().keep();
        let initdb = program(tools.path(), "initdb", "mkdir -p \"$2\"");
        let pg_ctl = program(tools.path(), "pg_ctl", "exit 0");

        let postgres = Postgres::keep(&cluster, &initdb, &pg_ctl, Commits::Careless, &["env".to_owned()]).unwrap();
        assert!(cluster.join("data").is_dir());
        assert!(postgres.url().starts_with("postgres://postgres@127.0.0.1:"));
        // What the operating system does when this process dies.
        drop(postgres);

        assert!(!cluster.exists());
        let calls = fs::read_to_string(tools.path().join("calls")).unwrap();
        let calls: Vec<&str> = calls.lines().collect();
        assert_eq!(calls.len(), 3, "{calls:?}");
        assert!(
            calls[0].starts_with("initdb") && calls[1].ends_with("start") && calls[2].ends_with("stop"),
            "{calls:?}"
        );
    }

    #[test]
    fn a_server_that_does_not_start_says_why() {
        let tools = tempfile::tempdir().unwrap();
        let cluster = tempfile::tempdir().unwrap().keep();
        let initdb = program(tools.path(), "initdb", "mkdir -p \"$2\"");
        let pg_ctl = program(tools.path(), "pg_ctl", "echo no memory; exit 1");
        let error = Postgres::keep(&cluster, &initdb, &pg_ctl, Commits::Careless, &["env".to_owned()])
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("no memory"), "{error}");
        assert!(!cluster.exists());
    }
}
