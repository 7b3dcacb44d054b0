//! The socket's loop against a wire made of channels and a clock that stands still until somebody waits for it.

use super::super::queue::QUEUE_MAX;
use super::super::test_clock::TokioClock;
use super::*;
use proptest::prelude::*;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, LocalSet};
use types::id::{ConversationId, MessageId, Nonce};
use types::messages::NewContent;
use uuid::Uuid;

const FRAMES_MAX: u32 = 250;

struct ChannelReader(mpsc::UnboundedReceiver<Incoming>);

impl Reader for ChannelReader {
    async fn next(&mut self) -> Incoming {
        self.0.recv().await.unwrap_or(Incoming::Gone)
    }
}

/// A wire that holds four frames; whoever does not read it is a slow reader.
struct ChannelWriter(mpsc::Sender<Outgoing>);

impl Writer for ChannelWriter {
    async fn send(&mut self, out: Outgoing) -> Result<(), Gone> {
        self.0.send(out).await.map_err(|_unsent| Gone)
    }
}

/// Acknowledges every message after as long as a slow disk takes.
struct SlowDisk(Duration);

impl Dispatch for SlowDisk {
    fn dispatch(&mut self, frame: ClientFrame) -> LocalBoxFuture<'static, Answer> {
        let wait = tokio::time::sleep(self.0);
        Box::pin(async move {
            wait.await;
            match frame {
                ClientFrame::SendMessage { nonce, .. } => Answer::Frame(text_of(&ServerFrame::Ack {
                    nonce,
                    conversation_id: ConversationId(Uuid::nil()),
                    message_id: MessageId(Uuid::nil()),
                    seq: 1,
                    created_at: Timestamp(0),
                })),
                ClientFrame::Ping {} => Answer::Pong,
                ClientFrame::MarkRead { .. } | ClientFrame::Typing { .. } => Answer::Nothing,
            }
        })
    }
}

struct Peer {
    say: mpsc::UnboundedSender<Incoming>,
    hear: mpsc::Receiver<Outgoing>,
    queue: Arc<SocketQueue>,
    ended: JoinHandle<Option<CloseCode>>,
}

fn open(disk: Duration) -> Peer {
    let (say, from_peer) = mpsc::unbounded_channel();
    let (to_peer, hear) = mpsc::channel(4);
    let queue = Arc::new(SocketQueue::default());
    let session = Session {
        reader: ChannelReader(from_peer),
        writer: ChannelWriter(to_peer),
        dispatch: SlowDisk(disk),
        queue: queue.clone(),
        clock: Arc::new(TokioClock::new()),
        messages: Meter::new(20, 10_000),
        typing: Meter::new(15, 10_000),
        frames: Meter::new(FRAMES_MAX, 10_000),
        traffic: FrameCounters::default(),
    };
    let first = ServerFrame::Ready { cursor: Some(7), heartbeat_seconds: HEARTBEAT_SECONDS, now: Timestamp(0) };
    let ended = tokio::task::spawn_local(Box::new(session).run(text_of(&first)));
    Peer { say, hear, queue, ended }
}

fn message_of(nonce: u128) -> String {
    let nonce = Nonce(Uuid::from_u128(nonce));
    let content = NewContent::Text { text: "你好".into() };
    serde_json::to_string(&ClientFrame::SendMessage { nonce, conversation_id: None, content }).unwrap()
}

impl Peer {
    fn text(&self, text: &str) {
        self.say.send(Incoming::Text(text.into())).unwrap();
    }

    fn message(&self, nonce: u128) {
        self.text(&message_of(nonce));
    }

    /// The next thing heard, in short.
    async fn next(&mut self) -> String {
        match self.hear.recv().await.expect("the session says something") {
            Outgoing::Text(text) => {
                let value: serde_json::Value = serde_json::from_str(&text).unwrap();
                let kind = value["type"].as_str().unwrap().to_owned();
                value["problem"]["code"].as_str().map_or(kind.clone(), |code| format!("{kind} {code}"))
            }
            Outgoing::Pong(_) => "protocol pong".to_owned(),
            Outgoing::Close(code) => format!("close {}", code.number()),
            Outgoing::CloseToo => "close".to_owned(),
        }
    }
}

async fn in_a_session<F: Future<Output = ()>>(disk_millis: u64, story: impl FnOnce(Peer) -> F) {
    LocalSet::new()
        .run_until(async move {
            let mut peer = open(Duration::from_millis(disk_millis));
            assert_eq!(peer.next().await, "ready");
            story(peer).await;
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn silence_ends_the_socket_and_a_ping_prolongs_it() {
    in_a_session(0, |mut peer| async move {
        tokio::time::sleep(Duration::from_secs(89)).await;
        peer.text(r#"{"type":"ping"}"#);
        assert_eq!(peer.next().await, "pong");
        let quiet_since = tokio::time::Instant::now();
        assert_eq!(peer.next().await, "close 4408");
        assert_eq!(quiet_since.elapsed().as_secs(), 90);
        assert_eq!(peer.ended.await.unwrap(), Some(CloseCode::TimedOut));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_never_reads_is_given_up() {
    in_a_session(0, |peer| async move {
        let Peer { say: _say, hear: _unread, queue, ended } = peer;
        let started = tokio::time::Instant::now();
        for n in 0..QUEUE_MAX * 3 {
            queue.push(format!(r#"{{"type":"event","seq":{n}}}"#).into());
            tokio::task::yield_now().await;
        }
        assert_eq!(ended.await.unwrap(), Some(CloseCode::TooSlow));
        assert_eq!(started.elapsed().as_secs(), 31, "30 s for the frame and 1 s for the farewell");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_wakes_up_is_told_to_resync_and_goes_on() {
    in_a_session(0, |mut peer| async move {
        for n in 0..QUEUE_MAX * 3 {
            peer.queue.push(format!(r#"{{"type":"event","seq":{n}}}"#).into());
            tokio::task::yield_now().await;
        }
        let mut heard = Vec::new();
        while heard.last().map(String::as_str) != Some("resync") {
            heard.push(peer.next().await);
        }
        assert!(heard.len() < QUEUE_MAX);
        peer.text(r#"{"type":"ping"}"#);
        while peer.next().await != "pong" {}
        peer.say.send(Incoming::Gone).unwrap();
        assert_eq!(peer.ended.await.unwrap(), None);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn events_arrive_while_a_message_is_being_stored() {
    in_a_session(5_000, |mut peer| async move {
        peer.message(1);
        peer.message(2);
        tokio::time::sleep(Duration::from_secs(1)).await;
        peer.queue.push(r#"{"type":"event","seq":1}"#.into());
        assert_eq!(peer.next().await, "event");
        let at = tokio::time::Instant::now();
        assert_eq!(peer.next().await, "ack");
        assert_eq!(at.elapsed().as_secs(), 4);
        assert_eq!(peer.next().await, "ack");
        assert_eq!(at.elapsed().as_secs(), 9, "one at a time, in order");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn revocation_reaches_even_a_socket_that_does_not_read() {
    in_a_session(0, |peer| async move {
        let Peer { say: _say, hear: _unread, queue, ended } = peer;
        let started = tokio::time::Instant::now();
        for n in 0..10 {
            queue.push(format!(r#"{{"type":"event","seq":{n}}}"#).into());
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        queue.close(CloseCode::Revoked);
        assert_eq!(ended.await.unwrap(), Some(CloseCode::Revoked));
        assert!(started.elapsed().as_secs() <= 3);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn unreadable_frames_are_rejected_and_ten_in_a_row_end_it() {
    in_a_session(0, |mut peer| async move {
        for text in [
            "",
            "{",
            "[]",
            r#"["ping"]"#,
            r#"{"type":"shout"}"#,
            r#"{"type":"ping","extra":1}"#,
            r#"{"type":"mark_read","seq":"1"}"#,
        ] {
            peer.text(text);
            assert_eq!(peer.next().await, "rejected malformed_request", "{text}");
        }
        peer.say.send(Incoming::Binary).unwrap();
        assert_eq!(peer.next().await, "rejected malformed_request");
        peer.text(r#"{"type":"ping"}"#);
        assert_eq!(peer.next().await, "pong");
        for _ in 1..STRIKES_MAX {
            peer.text("nonsense");
            assert_eq!(peer.next().await, "rejected malformed_request");
        }
        peer.text("nonsense");
        assert_eq!(peer.next().await, "close 4400");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_burst_of_messages_is_limited_and_says_when_to_go_on() {
    in_a_session(0, |mut peer| async move {
        for nonce in 0..21 {
            peer.message(nonce);
        }
        for _ in 0..20 {
            assert_eq!(peer.next().await, "ack");
        }
        assert_eq!(peer.next().await, "rejected rate_limited");
        tokio::time::sleep(Duration::from_secs(1)).await;
        peer.message(21);
        assert_eq!(peer.next().await, "ack");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn frames_beyond_the_rate_are_refused_with_their_nonce_and_a_flood_ends_it() {
    in_a_session(0, |mut peer| async move {
        for _ in 0..FRAMES_MAX {
            peer.text(r#"{"type":"ping"}"#);
            assert_eq!(peer.next().await, "pong");
        }
        peer.message(7);
        match peer.hear.recv().await.unwrap() {
            Outgoing::Text(text) => match serde_json::from_str(&text).unwrap() {
                ServerFrame::Rejected { nonce, problem } => {
                    assert_eq!(nonce, Some(Nonce(Uuid::from_u128(7))), "a message knows that it was refused");
                    assert_eq!((problem.code, problem.retry_after), (ErrorCode::RateLimited, Some(1)));
                }
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
        // Not a strike: ten of them do not end it, and a second later it goes on.
        for nonce in 0..20 {
            peer.message(nonce);
            assert_eq!(peer.next().await, "rejected rate_limited");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        peer.text(r#"{"type":"ping"}"#);
        assert_eq!(peer.next().await, "pong");
        // Protocol pings count as well, and whoever does not stop is sent away.
        for _ in 0..FRAMES_MAX {
            peer.say.send(Incoming::Ping(Bytes::new())).unwrap();
        }
        let mut heard = peer.next().await;
        while heard == "protocol pong" {
            heard = peer.next().await;
        }
        assert_eq!(heard, "close 4429");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_flood_ends_it_whatever_it_is_made_of() {
    let kinds: [fn(u16) -> Incoming; 4] = [
        |_| Incoming::Pong,
        |_| Incoming::Ping(Bytes::new()),
        // Nine that nobody can read between two that are good never are ten in a row.
        |n| Incoming::Text(if n % 10 == 0 { r#"{"type":"ping"}"# } else { "nonsense" }.into()),
        |n| if n % 10 == 0 { Incoming::Text(r#"{"type":"mark_read","seq":1}"#.into()) } else { Incoming::Binary },
    ];
    for incoming in kinds {
        in_a_session(0, |mut peer| async move {
            for n in 0..1000 {
                peer.say.send(incoming(n)).unwrap();
            }
            let mut heard = 0_u32;
            while peer.next().await != "close 4429" {
                heard += 1;
            }
            assert!(heard <= FRAMES_MAX, "{heard} answers");
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_farewell_is_answered() {
    in_a_session(0, |mut peer| async move {
        peer.say.send(Incoming::Farewell).unwrap();
        assert_eq!(peer.next().await, "close");
        assert_eq!(peer.ended.await.unwrap(), None);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_breaks_the_protocol_ends_it_with_its_code() {
    for (incoming, close) in [(Incoming::TooLarge, "close 1009"), (Incoming::Broken, "close 4400")] {
        in_a_session(0, |mut peer| async move {
            peer.say.send(Incoming::Ping(Bytes::from_static(b"x"))).unwrap();
            assert_eq!(peer.next().await, "protocol pong");
            peer.say.send(Incoming::Pong).unwrap();
            peer.say.send(incoming).unwrap();
            assert_eq!(peer.next().await, close);
        })
        .await;
    }
}

fn incoming() -> impl Strategy<Value = Incoming> {
    let frame = r#"\{"type":"(send_message|mark_read|ping|shout)","(nonce|seq)":(1|"x"|null)[,}]{0,2}"#;
    prop_oneof![
        2 => ".{0,60}".prop_map(|text| Incoming::Text(text.into())),
        2 => frame.prop_map(|text| Incoming::Text(text.into())),
        3 => Just(Incoming::Text(r#"{"type":"ping"}"#.into())),
        3 => any::<u128>().prop_map(|nonce| Incoming::Text(message_of(nonce).into())),
        1 => any::<i64>().prop_map(|seq| Incoming::Text(format!(r#"{{"type":"mark_read","seq":{seq}}}"#).into())),
        1 => Just(Incoming::Binary),
        1 => prop::collection::vec(any::<u8>(), 0..125).prop_map(|bytes| Incoming::Ping(bytes.into())),
        1 => Just(Incoming::Pong),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_said_the_socket_answers_in_its_form_and_ends(
        said in prop::collection::vec(incoming(), 0..400),
        last in prop_oneof![Just(None), Just(Some(Incoming::TooLarge)), Just(Some(Incoming::Broken)), Just(Some(Incoming::Farewell))],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let count = said.len();
        runtime.block_on(in_a_session(0, |mut peer| async move {
            for one in said.into_iter().chain(last) {
                peer.say.send(one).unwrap();
            }
            // Nobody says any more: the connection is gone.
            drop(peer.say);
            let mut heard = 0;
            while let Some(out) = peer.hear.recv().await {
                if let Outgoing::Text(text) = &out {
                    serde_json::from_str::<ServerFrame>(text).expect("what is said has the documented form");
                }
                heard += 1;
            }
            peer.ended.await.expect("the loop ends and does not panic");
            assert!(heard <= count + 2, "{heard} answers to {count} frames");
        }));
    }
}

#[tokio::test(start_paused = true)]
async fn pongs_without_end_are_sent_away() {
    in_a_session(0, |mut peer| async move {
        for _ in 0..(FRAMES_MAX + u32::from(FLOOD_MAX)) {
            peer.say.send(Incoming::Pong).unwrap();
        }
        assert_eq!(peer.next().await, "close 4429");
    })
    .await;
}
