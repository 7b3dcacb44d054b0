//! A way to Redis of one server's own, on which a test can lose what it likes while everybody else goes on.

use crate::Redis;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What happens on the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Trouble {
    #[default]
    None,
    /// Every connection breaks, and none comes about.
    Cut,
    /// What others publish does not arrive. It waits.
    Deaf,
    /// What is said does not arrive. It waits.
    Mute,
}

/// The way of one server to a Redis. It ends when this is dropped.
pub struct Way {
    address: SocketAddr,
    trouble: Arc<watch::Sender<Trouble>>,
    accepting: JoinHandle<()>,
}

impl Way {
    /// A way on which everything arrives.
    pub async fn to(redis: &Redis) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (trouble, to) = (Arc::new(watch::Sender::default()), redis.address());
        let seen = Arc::clone(&trouble);
        let accepting = tokio::spawn(async move {
            while let Ok((here, _)) = listener.accept().await {
                tokio::spawn(pass_on(here, to, Arc::clone(&seen)));
            }
        });
        Self { address, trouble, accepting }
    }

    /// Where the server finds Redis.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Breaks every connection and lets none come about.
    pub fn cut(&self) {
        self.trouble.send_replace(Trouble::Cut);
    }

    /// From now on what others publish waits.
    pub fn deafen(&self) {
        self.trouble.send_replace(Trouble::Deaf);
    }

    /// From now on what the server says waits.
    pub fn mute(&self) {
        self.trouble.send_replace(Trouble::Mute);
    }

    /// Lets everything arrive, also what has waited.
    pub fn mend(&self) {
        self.trouble.send_replace(Trouble::None);
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn pass_on(mut here: TcpStream, to: SocketAddr, trouble: Arc<watch::Sender<Trouble>>) {
    let Ok(mut there) = TcpStream::connect(to).await else { return };
    let subscribed = AtomicBool::new(false);
    let (mut from_server, mut to_server) = here.split();
    let (mut from_redis, mut to_redis) = there.split();
    let said = pump(&mut from_server, &mut to_redis, trouble.subscribe(), |trouble, bytes| {
        if bytes.windows(9).any(|word| word.eq_ignore_ascii_case(b"SUBSCRIBE")) {
            subscribed.store(true, Ordering::SeqCst);
        }
        trouble != Trouble::Mute
    });
    let heard = pump(&mut from_redis, &mut to_server, trouble.subscribe(), |trouble, _| {
        trouble != Trouble::Deaf || !subscribed.load(Ordering::SeqCst)
    });
    let mut troubles = trouble.subscribe();
    tokio::select! {
        () = said => {}
        () = heard => {}
        _ = troubles.wait_for(|trouble| *trouble == Trouble::Cut) => {}
    }
}

/// Passes on what may arrive, until one side ends.
async fn pump(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    mut trouble: watch::Receiver<Trouble>,
    may_arrive: impl Fn(Trouble, &[u8]) -> bool,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let bytes = buffer.get(..length).unwrap_or_default();
        if trouble.wait_for(|trouble| may_arrive(*trouble, bytes)).await.is_err() || to.write_all(bytes).await.is_err()
        {
            return;
        }
    }
}
