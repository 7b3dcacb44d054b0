//! What is published on a channel of Redis, as it comes.
//!
//! **Invariant**: what waits here is bounded, in number and in bytes. Who publishes is never kept waiting: what there is no room for
//! is left out, as if it had been lost on its way. (redis-rs' own subscription queues without a bound, so that Redis' limit for
//! subscribers who read too slowly would never strike.)

use redis::aio::{AsyncPushSender, MultiplexedConnection, SendError};
use redis::{AsyncConnectionConfig, Client, ErrorKind, Msg, PushInfo, RedisError};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Messages that wait at most.
const WAITING_MAX: usize = 4_096;
/// Bytes that wait at most, unless one message alone has more.
const BYTES_MAX: usize = 32 * 1024 * 1024;

/// What is published on a channel from now on. It ends when this is dropped, or the connection is lost.
pub(crate) struct Subscription {
    heard: Waiting,
    /// It lives for as long as somebody has it.
    _connection: MultiplexedConnection,
}

impl Subscription {
    /// Listens to a channel by a connection of its own, which may take so long.
    ///
    /// # Errors
    /// When Redis cannot be reached in time, does not speak its third protocol (before its version 6), or refuses.
    pub(crate) async fn open(client: &Client, channel: &str, patience: Duration) -> Result<Self, RedisError> {
        let (inlet, heard) = queue(WAITING_MAX, BYTES_MAX);
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None).set_push_sender(inlet);
        let subscribing = async {
            let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
            connection.subscribe(channel).await?;
            Ok(Self { heard, _connection: connection })
        };
        let nothing = |_elapsed| Err((ErrorKind::Io, "it does not answer").into());
        timeout(patience, subscribing).await.unwrap_or_else(nothing)
    }

    /// What was published next; none once the connection is lost. Nothing is lost of it when this is dropped before it is ready.
    pub(crate) async fn next(&mut self) -> Option<Msg> {
        self.heard.next().await
    }
}

/// Where the connection puts what it reads.
struct Inlet {
    queue: mpsc::Sender<Msg>,
    bytes: Arc<AtomicUsize>,
    bytes_max: usize,
}

/// What was read and is not taken yet.
struct Waiting {
    queue: mpsc::Receiver<Msg>,
    bytes: Arc<AtomicUsize>,
}

/// A queue for so many messages, and for so many bytes.
fn queue(messages_max: usize, bytes_max: usize) -> (Inlet, Waiting) {
    let (sender, receiver) = mpsc::channel(messages_max);
    let bytes = Arc::new(AtomicUsize::new(0));
    (Inlet { queue: sender, bytes: bytes.clone(), bytes_max }, Waiting { queue: receiver, bytes })
}

impl AsyncPushSender for Inlet {
    fn send(&self, info: PushInfo) -> Result<(), SendError> {
        // Confirmations come this way as well.
        let Some(message) = Msg::from_push_info(info) else { return Ok(()) };
        let length = message.get_payload_bytes().len();
        let waiting = self.bytes.fetch_add(length, Ordering::Relaxed);
        let has_room = waiting == 0 || waiting.saturating_add(length) <= self.bytes_max;
        if has_room && self.queue.try_send(message).is_ok() {
            return Ok(());
        }
        self.bytes.fetch_sub(length, Ordering::Relaxed);
        Err(SendError)
    }
}

impl Waiting {
    async fn next(&mut self) -> Option<Msg> {
        let message = self.queue.recv().await?;
        self.bytes.fetch_sub(message.get_payload_bytes().len(), Ordering::Relaxed);
        Some(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use redis::{PushKind, Value};

    fn said(what: &str) -> PushInfo {
        let text = |text: &str| Value::BulkString(text.as_bytes().to_vec());
        PushInfo { kind: PushKind::Message, data: vec![text("channel"), text(what)] }
    }

    /// What waits, taken out.
    fn all(waiting: &mut Waiting) -> Vec<String> {
        let next = || waiting.next().now_or_never().flatten();
        std::iter::from_fn(next).map(|message| message.get_payload().unwrap()).collect()
    }

    #[test]
    fn what_there_is_no_room_for_is_left_out_and_what_comes_after_it_is_heard() {
        let (inlet, mut waiting) = queue(2, 100);
        for what in ["one", "two", "three"] {
            assert_eq!(inlet.send(said(what)).is_ok(), what != "three");
        }
        assert_eq!(all(&mut waiting), ["one", "two"]);
        inlet.send(said("four")).unwrap();
        assert_eq!(all(&mut waiting), ["four"]);
    }

    #[test]
    fn bytes_are_bounded_and_the_room_comes_back() {
        let (inlet, mut waiting) = queue(10, 10);
        for _ in 0..3 {
            inlet.send(said("123456")).unwrap();
            assert!(inlet.send(said("12345")).is_err());
            inlet.send(said("1234")).unwrap();
            assert_eq!(all(&mut waiting), ["123456", "1234"]);
        }
    }

    #[test]
    fn one_that_is_longer_than_all_may_be_is_heard_alone() {
        let (inlet, mut waiting) = queue(10, 10);
        let long = "x".repeat(50);
        inlet.send(said(&long)).unwrap();
        assert!(inlet.send(said("x")).is_err());
        assert_eq!(all(&mut waiting), [long]);
        inlet.send(said("x")).unwrap();
        assert_eq!(all(&mut waiting), ["x"]);
    }

    #[test]
    fn a_confirmation_is_no_message_and_the_end_is_told_after_what_waits() {
        let (inlet, mut waiting) = queue(10, 10);
        inlet.send(PushInfo { kind: PushKind::Subscribe, data: vec![Value::Int(1)] }).unwrap();
        inlet.send(said("last")).unwrap();
        drop(inlet);
        assert_eq!(all(&mut waiting), ["last"]);
        assert!(waiting.next().now_or_never().is_some_and(|next| next.is_none()));
    }
}
