//! The real server, in this process.

use crate::caller::Anonymous;
use crate::clock::ManualClock;
use crate::database::{Db, Fresh};
use crate::organisation::Organisation;
use server::app::{self, Surroundings};
use server::assets::Assets;
use server::config::{self, Config};
use server::ids::Ids;
use server::state::AppState;
use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// A server that runs on a port of its own. Clones are the same server.
#[derive(Clone)]
pub struct TestServer {
    /// The server's clock; it stands still until the test moves it.
    pub clock: ManualClock,
    world: Arc<World>,
}

/// What outlives a restart of the server.
struct World {
    database: Arc<Fresh>,
    /// Others that were started beside it.
    others: Mutex<Vec<TestServer>>,
    config: Mutex<Config>,
    /// Made up per start: the same seed again would make the same ids again.
    seed: AtomicU64,
    running: Mutex<Option<Running>>,
}

impl World {
    fn of(database: Arc<Fresh>, config: Config, seed: u64) -> Arc<Self> {
        let (others, running) = (Mutex::default(), Mutex::default());
        Arc::new(Self { database, others, config: Mutex::new(config), seed: AtomicU64::new(seed), running })
    }
}

struct Running {
    address: SocketAddr,
    state: AppState,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

/// How long a whole test may take, and then the server's end. Nothing here waits for time: what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs a test on a fresh server and takes the server down afterwards, whatever the outcome.
///
/// # Panics
/// When the test does, or has not ended after five minutes.
pub fn run<F, T>(db: Db, test: T)
where
    T: FnOnce(TestServer) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    run_within(PATIENCE, db, test);
}

fn run_within<F, T>(patience: Duration, db: Db, test: T)
where
    T: FnOnce(TestServer) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let outcome = runtime.block_on(async {
        let Some(server) = TestServer::start(db).await else { return Ok((Ok(()), Ok(()))) };
        let mut test = tokio::spawn(test(server.clone()));
        let outcome = timeout(patience, &mut test).await;
        // A test that hangs holds on to what it has, until it is gone.
        test.abort();
        let taken_down = timeout(PATIENCE, async {
            server.stop_all().await;
            server.world.database.remove().await;
        })
        .await;
        outcome.map(|outcome| (outcome, taken_down))
    });
    // What blocks a thread for ever must not block this one, too.
    runtime.shutdown_background();
    match outcome {
        Ok((Ok(()), taken_down)) => taken_down.expect("the server ends in time"),
        Ok((Err(failure), _)) => std::panic::resume_unwind(failure.into_panic()),
        Err(_elapsed) => panic!("the test hangs: it has not ended after {patience:?}"),
    }
}

impl TestServer {
    /// Starts a server on a fresh database; `None` when there is no PostgreSQL and none is demanded.
    pub async fn start(db: Db) -> Option<Self> {
        let database = Fresh::for_server(db).await?;
        let mut config = config::load(None).expect("the defaults are valid").config;
        config.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        config.data_dir = database.folder.path().to_owned();
        config.database.url = database.url.clone().into();
        config.database.read_connections = 4;
        config.registration.challenge_bits = 4;
        config.workers = 2;
        config.shutdown_seconds = 5;
        config.development = true;
        // The clock stands still, so a test's visitors all come within one minute. Tests of these limits set them.
        config.limits.login_failures_before_proof = 1_000;
        config.limits.login_failures_before_proof_per_ip = 1_000;
        config.limits.new_visitors_per_ip_per_minute = 100_000;
        config.limits.visitor_requests_per_ip_per_minute = 1_000_000;
        config.limits.visitor_messages_per_minute = 100_000;
        let server = Self { clock: ManualClock::default(), world: World::of(Arc::new(database), config, 1) };
        server.begin().await;
        Some(server)
    }

    /// Another server of the same installation: same database, same secret, same clock, same settings, an address of its own.
    pub async fn beside(&self) -> Self {
        self.beside_with(|_| {}).await
    }

    /// The same, with changed settings.
    pub async fn beside_with(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.world.config.lock().expect("no test panicked here").clone();
        change(&mut config);
        config.listen = SocketAddr::from(([127, 0, 0, 1], 0));
        // From the same seed it would make the same ids.
        let seed = 1_000_000 + self.world.seed.load(Ordering::Relaxed);
        let server = Self { clock: self.clock.clone(), world: World::of(self.world.database.clone(), config, seed) };
        server.begin().await;
        self.world.others.lock().expect("no test panicked here").push(server.clone());
        server
    }

    /// Stops it and all that were started beside it.
    async fn stop_all(&self) {
        self.stop().await;
        let others = std::mem::take(&mut *self.world.others.lock().expect("no test panicked here"));
        for other in others {
            other.stop().await;
        }
    }

    async fn begin(&self) {
        let config = self.world.config.lock().expect("no test panicked here").clone();
        let seed = self.world.seed.fetch_add(1, Ordering::Relaxed);
        let clock = Arc::new(self.clock.clone());
        let surroundings =
            Surroundings { ids: Ids::from_seed(clock.clone(), seed), clock, assets: Assets::Memory(assets()) };
        let state = app::build(config, surroundings).await.expect("the server is built");
        let running = app::start(state.clone()).expect("the server starts");
        let address = running.address;
        // The same port again after a restart, so that clients find the way back.
        let mut config = self.world.config.lock().expect("no test panicked here");
        config.listen = address;
        drop(config);
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(async move {
            let until = async {
                // Dropped without a word counts as being told to stop.
                let _told = stopped.await;
            };
            running.until(until).await.expect("the server ends well");
        });
        *self.world.running.lock().expect("no test panicked here") = Some(Running { address, state, stop, ended });
    }

    /// Stops the server as SIGTERM would.
    pub async fn stop(&self) {
        let running = self.world.running.lock().expect("no test panicked here").take();
        if let Some(Running { state, stop, ended, .. }) = running {
            // Whatever else holds on to the state would hold the database open.
            drop(state);
            let _gone_already = stop.send(());
            ended.await.expect("the server ends well");
        }
    }

    /// Stops the server and starts it again: same database, same port.
    pub async fn restart(&self) {
        self.stop().await;
        self.begin().await;
    }

    /// Restarts with changed settings.
    pub async fn reconfigure(&self, change: impl FnOnce(&mut Config)) {
        self.stop().await;
        change(&mut self.world.config.lock().expect("no test panicked here"));
        self.begin().await;
    }

    /// The running server's parts: for builders, and to look at what no caller can see.
    #[must_use]
    pub fn state(&self) -> AppState {
        self.with_running(|running| running.state.clone())
    }

    /// Whether it runs on SQLite.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.world.database.url.starts_with("sqlite:")
    }

    /// The folder with the database file and the secret key.
    #[must_use]
    pub fn data_dir(&self) -> &std::path::Path {
        self.world.database.folder.path()
    }

    /// The database's URL, for a second server on the same data.
    #[must_use]
    pub fn database_url(&self) -> &str {
        &self.world.database.url
    }

    /// The address of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// The address of a path for sockets.
    #[must_use]
    pub fn socket_url(&self, path: &str) -> String {
        format!("ws://{}{path}", self.address())
    }

    /// Where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.with_running(|running| running.address)
    }

    fn with_running<T>(&self, look: impl FnOnce(&Running) -> T) -> T {
        let running = self.world.running.lock().expect("no test panicked here");
        look(running.as_ref().expect("the server runs"))
    }

    /// A caller without an identity, with a cookie jar of their own.
    #[must_use]
    pub fn anonymous(&self) -> Anonymous {
        Anonymous::new(self.clone())
    }

    /// A fresh organisation with one admin, who is signed in.
    pub async fn organisation(&self) -> Organisation {
        Organisation::create(self).await
    }
}

/// A console and a widget that are just big enough to be served.
fn assets() -> HashMap<String, Vec<u8>> {
    let manifest = r#"{
        "console": {"html": "console.html", "js": "/assets/console-1.js", "wasm": "/assets/console-1.wasm", "css": "/assets/console-1.css"},
        "widget": {"js": "/assets/widget-1.js", "wasm": "/assets/widget-1.wasm", "api": "/assets/widget-1-api.js",
            "app": "/assets/widget-1-app.js"},
        "loader": "loader.js"
    }"#;
    let files: [(&str, &[u8]); 9] = [
        ("manifest.json", manifest.as_bytes()),
        ("console.html", b"<!doctype html><title>console</title>"),
        ("console.html.br", b"brotli console"),
        ("service-worker.js", b"addEventListener('push', () => {})"),
        ("assets/console-1.js", b"console.log('console')"),
        ("assets/console-1.js.br", b"brotli script"),
        ("assets/console-1.js.gz", b"gzip script"),
        ("assets/widget-1.wasm", b"\0asm"),
        ("loader.js", b"(function(c){window.Parlor=c})(\"__PARLOR_CONFIG__\")"),
    ];
    files.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "the test hangs")]
    fn a_test_that_hangs_fails() {
        run_within(Duration::from_millis(1), Db::Sqlite, |_| std::future::pending());
    }

    #[test]
    #[should_panic(expected = "wrong")]
    fn a_test_that_fails_fails_with_its_own_words() {
        run(Db::Sqlite, |_| async { panic!("wrong") });
    }
}
