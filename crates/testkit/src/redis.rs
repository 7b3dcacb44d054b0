//! A Redis of a test's own: a real one, which can be frozen, killed and started again.

use crate::{in_time, until};
use rustix::process::{Pid, Signal, kill_process};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A Redis on a port of its own. It ends when this is dropped.
pub struct Redis {
    port: u16,
    folder: TempDir,
    server: Mutex<Option<Child>>,
}

impl Redis {
    /// Starts one. Without the program the test fails: what several servers do together can be seen in no other way.
    pub async fn start() -> Self {
        let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr()).expect("a free port");
        let folder = tempfile::tempdir().expect("a folder for Redis");
        let redis = Self { port: free.port(), folder, server: Mutex::default() };
        redis.start_again().await;
        redis
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// Hears everything that is published from now on.
    pub async fn ear(&self) -> Ear {
        let mut stream = BufReader::new(TcpStream::connect(self.address()).await.expect("Redis listens"));
        stream.write_all(b"PSUBSCRIBE *\r\n").await.expect("Redis hears");
        let mut ear = Ear(stream);
        // *3, the word, the pattern, and how many there are.
        for _ in 0..6 {
            ear.line().await;
        }
        ear
    }

    /// Starts it on the same port, once it has been killed. It remembers nothing.
    pub async fn start_again(&self) {
        let server = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string(), "--save", "", "--appendonly", "no"])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        let server = server.expect("redis-server is needed\nby hand: apt-get install redis-server");
        *self.lock() = Some(server);
        in_time("Redis answers", async {
            while !self.answers().await {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Kills it.
    pub fn kill(&self) {
        if let Some(mut server) = self.lock().take() {
            server.kill().expect("it runs");
            server.wait().expect("it ends");
        }
    }

    /// Stops it from doing anything, with its connections open.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Everything that it remembers, by name.
    pub async fn names(&self) -> Vec<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.expect("Redis listens");
        stream.write_all(b"KEYS *\r\nQUIT\r\n").await.expect("Redis hears");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("Redis answers");
        answer.lines().filter(|line| !line.starts_with(['*', '$', '+'])).map(str::to_owned).collect()
    }

    /// Publishes on every channel that somebody listens to.
    pub async fn publish(&self, message: &str) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.expect("Redis listens");
        let script =
            "for _, c in ipairs(redis.call('PUBSUB', 'CHANNELS')) do redis.call('PUBLISH', c, ARGV[1]) end return 1";
        let parts = ["EVAL", script, "0", message];
        let mut command = format!("*{}\r\n", parts.len());
        for part in parts {
            command.push_str(&format!("${}\r\n{part}\r\n", part.len()));
        }
        stream.write_all(command.as_bytes()).await.expect("Redis hears");
        let mut answer = [0; 64];
        let length = stream.read(&mut answer).await.expect("Redis answers");
        assert_eq!(answer.get(..length), Some(b":1\r\n".as_slice()), "it was published");
    }

    async fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)).await else { return false };
        let mut answer = [0; 7];
        stream.write_all(b"PING\r\n").await.is_ok()
            && stream.read_exact(&mut answer).await.is_ok()
            && &answer == b"+PONG\r\n"
    }

    fn signal(&self, signal: Signal) {
        let id = self.lock().as_ref().map(Child::id).expect("it runs");
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw).expect("a process");
        kill_process(pid, signal).expect("it is ours");
    }

    fn lock(&self) -> MutexGuard<'_, Option<Child>> {
        self.server.lock().expect("no test panicked here")
    }
}

/// Hears what is published.
pub struct Ear(BufReader<TcpStream>);

impl Ear {
    /// Waits for what is published next.
    pub async fn hear(&mut self) -> String {
        in_time("something is published", async {
            // *4, the word, the pattern and the channel, each behind its length.
            for _ in 0..7 {
                self.line().await;
            }
            let length = self.line().await;
            let length: usize = length.trim_start_matches('$').parse().expect("a length");
            let mut bytes = vec![0; length];
            self.0.read_exact(&mut bytes).await.expect("what was published");
            self.line().await;
            String::from_utf8(bytes).expect("text")
        })
        .await
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.expect("a line");
        line.trim_end().to_owned()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // A test that failed may have poisoned the lock; the process must end all the same.
        let mut server = self.server.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(mut server) = server.take() {
            let _gone_already = server.kill();
            let _status = server.wait();
        }
    }
}

/// Two servers that listen to each other.
pub async fn listening(servers: [&crate::TestServer; 2]) {
    for server in servers {
        let state = server.state();
        let relay = state.bus.relay().expect("the server has a Redis");
        in_time("it listens", relay.listens(true)).await;
    }
    // Each has heard the other.
    for server in servers {
        let state = server.state();
        until("it has heard the other", || state.metrics.bus.heard_of() > 0).await;
        let relay = state.bus.relay().expect("the server has a Redis");
        in_time("what it has missed is looked up", relay.is_settled()).await;
    }
}

/// Waits until each of two servers, which are all there are, has heard everything that the other has said so far.
///
/// # Panics
/// When it takes too long.
pub async fn everything_is_heard(servers: [&crate::TestServer; 2]) {
    let [one, two] = servers.map(crate::TestServer::state);
    for state in [&one, &two] {
        let relay = state.bus.relay().expect("the server has a Redis");
        in_time("everything is said", relay.said()).await;
    }
    let [(told_by_one, _), (told_by_two, _)] = [&one, &two].map(|state| state.metrics.bus.told_and_heard());
    until("everything is heard", || {
        one.metrics.bus.told_and_heard().1 >= told_by_two && two.metrics.bus.told_and_heard().1 >= told_by_one
    })
    .await;
}
