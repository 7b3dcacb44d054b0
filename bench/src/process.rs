//! A real `parlor` process: starts it, stops it in every way there is, and reads what it costs.

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::time::timeout;

mod usage;
pub use usage::{Usage, of_process, of_tree, parent_of};

/// How long a server may take to listen, or to end when it is told to.
const PATIENCE: Duration = Duration::from_secs(60);
/// Lines of the log that are kept.
const LOG_LINES: usize = 10_000;
/// What a server says when it serves.
pub const LISTENS: &str = "Parlor listens on http://";

/// Settings under which one machine can be many people: no limit counts against the load, and puzzles are no puzzles.
/// Durability and everything else stay as they are by default.
pub const FOR_LOAD: [(&str, &str); 19] = [
    ("PARLOR_DEVELOPMENT", "true"),
    ("PARLOR_LOG__FILTER", "warn"),
    ("PARLOR_REGISTRATION__CHALLENGE_BITS", "1"),
    ("PARLOR_REGISTRATION__CODES_PER_MOBILE_PER_DAY", "1000"),
    ("PARLOR_REGISTRATION__CODES_PER_IP_PER_DAY", "1000"),
    ("PARLOR_LIMITS__REQUESTS_PER_MINUTE", "100000000"),
    ("PARLOR_LIMITS__VISITOR_REQUESTS_PER_IP_PER_MINUTE", "100000000"),
    ("PARLOR_LIMITS__NEW_VISITORS_PER_IP_PER_MINUTE", "100000000"),
    ("PARLOR_LIMITS__VISITOR_MESSAGES_PER_MINUTE", "100000000"),
    ("PARLOR_LIMITS__VISITOR_UPLOADS_PER_IP_PER_MINUTE", "100000000"),
    ("PARLOR_LIMITS__VISITOR_UPLOAD_MEGABYTES_PER_IP_PER_HOUR", "1000000"),
    ("PARLOR_LIMITS__LOGIN_FAILURES_PER_ACCOUNT", "1000"),
    ("PARLOR_LIMITS__LOGIN_FAILURES_PER_IP", "1000"),
    ("PARLOR_LIMITS__SOCKETS__PER_VISITOR", "100000"),
    ("PARLOR_LIMITS__SOCKETS__PER_SESSION", "100000"),
    ("PARLOR_LIMITS__SOCKETS__PER_IP", "100000"),
    ("PARLOR_LIMITS__SOCKET_FRAMES_PER_10_SECONDS", "1000000"),
    ("PARLOR_LIMITS__AGENT_MESSAGES_PER_10_SECONDS", "1000000"),
    ("PARLOR_LIMITS__VISITOR_MESSAGES_PER_10_SECONDS", "1000000"),
];

/// What to start.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The `parlor` program, or another that says the same when it listens.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// `postgres://…`; without one, SQLite in the data folder.
    pub database_url: Option<String>,
    /// `PARLOR_*` variables; a later one wins over an earlier one of the same name.
    pub settings: Vec<(OsString, OsString)>,
}

impl Plan {
    /// This program on SQLite, with [`FOR_LOAD`].
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let settings = FOR_LOAD.iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { program: program.into(), arguments: Vec::new(), database_url: None, settings }
    }

    /// The same on PostgreSQL.
    #[must_use]
    pub fn on_postgres(mut self, url: impl Into<String>) -> Self {
        self.database_url = Some(url.into());
        self
    }
}

/// The program that tests run against: `PARLOR_SERVER_BIN`, which `cargo xtask test` sets.
///
/// # Panics
/// When it is not set and `PARLOR_TEST_REQUIRE_SERVER=1` demands it.
#[must_use]
pub fn program_of_tests() -> Option<PathBuf> {
    let program = std::env::var_os("PARLOR_SERVER_BIN").map(PathBuf::from);
    let demanded = std::env::var("PARLOR_TEST_REQUIRE_SERVER").as_deref() == Ok("1");
    assert!(
        program.is_some() || !demanded,
        "PARLOR_SERVER_BIN is not set, and PARLOR_TEST_REQUIRE_SERVER=1 asks for it"
    );
    program
}

/// A server on a data folder and a port of its own. Dropping it kills it and removes the folder.
#[derive(Debug)]
pub struct Server {
    plan: Plan,
    folder: TempDir,
    address: SocketAddr,
    child: Option<Child>,
    log: Log,
}

impl Server {
    /// Starts a server on a [folder on a disk](crate::disk::folder) and waits until it listens.
    ///
    /// # Errors
    /// When it cannot be started, or ends before it listens; the error holds what it said.
    pub async fn start(plan: Plan) -> Result<Self> {
        let folder = crate::disk::folder()?;
        let address = free_address()?;
        let mut server = Self { plan, folder, address, child: None, log: Log::default() };
        server.begin().await?;
        Ok(server)
    }

    /// Starts it again on the same data and port, after [`kill`](Self::kill) or [`terminate`](Self::terminate).
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn begin(&mut self) -> Result<()> {
        if self.child.is_some() {
            bail!("the server runs already");
        }
        let mut command = Command::new(&self.plan.program);
        // Whatever this process was told is not meant for the server.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PARLOR_")) {
            command.env_remove(name);
        }
        command.env("PARLOR_LISTEN", self.address.to_string()).env("PARLOR_PUBLIC_URL", self.url(""));
        command.env("PARLOR_DATA_DIR", self.data_dir());
        command.envs(self.plan.database_url.iter().map(|url| ("PARLOR_DATABASE__URL", url)));
        command.envs(self.plan.settings.iter().map(|(name, value)| (name, value)));
        command.args(&self.plan.arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            command.spawn().with_context(|| format!("cannot start {}", self.plan.program.to_string_lossy()))?;
        let (listens, listening) = oneshot::channel();
        if let Some(out) = child.stdout.take() {
            self.log.follow(out, Some(listens));
        }
        if let Some(err) = child.stderr.take() {
            self.log.follow(err, None);
        }
        self.child = Some(child);
        match timeout(PATIENCE, listening).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => {
                let status = self.ended().await?;
                bail!("the server ended before it listened ({status})\n{}", self.log())
            }
            Err(_) => bail!("the server does not listen after {PATIENCE:?}\n{}", self.log()),
        }
    }

    /// Ends it in the middle of whatever it does, as a power cut of the process would.
    ///
    /// # Errors
    /// When it does not run.
    pub async fn kill(&mut self) -> Result<()> {
        self.signal(Signal::KILL)?;
        self.ended().await.map(drop)
    }

    /// Asks it to stop and waits until it has.
    ///
    /// # Errors
    /// When it does not run, or not stop within a minute.
    pub async fn terminate(&mut self) -> Result<ExitStatus> {
        self.signal(Signal::TERM)?;
        self.ended().await
    }

    /// Sends it a signal; [`Signal::STOP`] and [`Signal::CONT`] freeze it and let it go on.
    ///
    /// # Errors
    /// When it does not run.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let pid = i32::try_from(self.pid()?).ok().and_then(Pid::from_raw).context("a process has an id")?;
        kill_process(pid, signal).context("the server takes no signal")
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// When it does not within a minute; it is then killed.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        let mut child = self.child.take().context("the server does not run")?;
        let pid = child.id();
        // Dropped without a word when the process outlives our patience: then it is killed below and the thread ends.
        let waiting = tokio::task::spawn_blocking(move || child.wait());
        match timeout(PATIENCE, waiting).await {
            Ok(status) => Ok(status??),
            Err(_) => {
                if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
                    kill_process(pid, Signal::KILL)?;
                }
                bail!("the server does not end after {PATIENCE:?}\n{}", self.log())
            }
        }
    }

    /// The process.
    ///
    /// # Errors
    /// When it does not run.
    pub fn pid(&self) -> Result<u32> {
        Ok(self.child.as_ref().context("the server does not run")?.id())
    }

    /// What the process has cost so far.
    ///
    /// # Errors
    /// When it does not run.
    pub fn usage(&self) -> Result<Usage> {
        of_process(self.pid()?)
    }

    /// Where it listens, running or not.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Its data folder, which holds `parlor.db` when it runs on SQLite.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    /// What it has said, of all its lives; the last lines only when it was much.
    #[must_use]
    pub fn log(&self) -> String {
        self.log.text()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself; then there is nothing left to do.
            let _ended = child.kill().and_then(|()| child.wait());
        }
    }
}

/// What a process says, on both of its outputs.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<VecDeque<String>>>);

impl Log {
    /// Collects lines on a thread of its own until the process closes its end. `listens` is told when it serves.
    fn follow(&self, out: impl Read + Send + 'static, mut listens: Option<oneshot::Sender<()>>) {
        let log = self.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if line.starts_with(LISTENS)
                    && let Some(listens) = listens.take()
                {
                    // Whoever waited may have given up.
                    let _told = listens.send(());
                }
                let mut lines = log.0.lock().unwrap_or_else(PoisonError::into_inner);
                if lines.len() >= LOG_LINES {
                    lines.pop_front();
                }
                lines.push_back(line);
            }
        });
    }

    fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

/// An address on which nobody listens now; restarts use it again.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port")?;
    Ok(listener.local_addr()?)
}

/// Lets this process, and those that it starts from here on, hold as many sockets and files as the system allows.
///
/// # Errors
/// When that is fewer than `wanted`.
pub fn raise_open_files(wanted: u64) -> Result<()> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if maximum.is_some_and(|maximum| maximum < wanted) {
        // Works only for an administrator.
        let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: Some(wanted) });
        return raised.with_context(|| format!("{wanted} open files are needed, {maximum:?} allowed: see `ulimit -n`"));
    }
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).context("the limit of open files stays")
}
