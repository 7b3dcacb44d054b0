//! Several servers of one installation, on one PostgreSQL and one Redis: what is said at one is heard at the other, what ends at one has
//! ended at the other, and what Redis loses is fetched.

mod assigning;
mod lost;
mod silent;
mod together;

use client::rest::{Api, Native};
use std::future::Future;
use std::sync::Arc;
use testkit::redis::listening;
use testkit::{AgentCaller, Db, Redis, TestServer, Way, WsClient, run};
use types::events::Event;
use types::id::ConversationId;
use types::ws::ServerFrame;

/// Two servers and their Redis; the second has a way of its own to it.
#[derive(Clone)]
struct Two {
    one: TestServer,
    two: TestServer,
    redis: Arc<Redis>,
    way: Arc<Way>,
}

/// Runs a test on two servers that hear each other.
fn run_on_two<F, T>(test: T)
where
    T: FnOnce(Two) -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    run(Db::Postgres, move |one| async move {
        let redis = Arc::new(Redis::start().await);
        let url = redis.url();
        // All that an agent can do comes in one minute of a clock that stands still.
        one.reconfigure(|config| {
            config.redis.url = url.into();
            config.limits.requests_per_minute = 100_000;
        })
        .await;
        let way = Arc::new(Way::to(&redis).await);
        let url = way.url();
        let two = one.beside_with(|config| config.redis.url = url.into()).await;
        listening([&one, &two]).await;
        test(Two { one, two, redis, way }).await;
    });
}

/// Runs each of these functions on two servers.
macro_rules! on_two {
    ($($name:ident),+ $(,)?) => {
        mod on_two_servers {
            $(#[test] fn $name() { $crate::servers::run_on_two(super::$name); })+
        }
    };
}
use on_two;

/// A console that only listens, and fetches when it is told to: as `client::sync` does, but so plainly that it can be seen.
struct Follower {
    api: Api<Native>,
    socket: WsClient,
    cursor: i64,
    conversation_id: ConversationId,
    /// The messages of the conversation, in the order in which they were heard.
    messages: Vec<(i64, String)>,
    /// How often it was told to fetch.
    resyncs: usize,
}

impl Follower {
    /// Of a conversation in which nothing has been said since the socket was opened.
    async fn open(agent: &AgentCaller, conversation_id: ConversationId) -> Self {
        let (socket, cursor) = agent.socket().await;
        let (messages, resyncs) = (Vec::new(), 0);
        Self { api: agent.api(), socket, cursor, conversation_id, messages, resyncs }
    }

    /// Hears one thing.
    async fn hear(&mut self) {
        match self.socket.frame().await {
            ServerFrame::Event { seq, event } => self.take(seq.expect("an agent's event has its place"), event),
            ServerFrame::Resync {} => {
                self.resyncs += 1;
                self.fetch().await;
            }
            _ => {}
        }
    }

    /// Hears until it has so many messages.
    async fn hear_messages(&mut self, number: usize) {
        while self.messages.len() < number {
            self.hear().await;
        }
    }

    /// Fetches what it has missed.
    async fn fetch(&mut self) {
        loop {
            let answer = self.api.list_events(Some(self.cursor), None).await.unwrap();
            assert!(!answer.resync);
            for item in answer.items {
                self.take(item.seq, item.event);
            }
            self.cursor = answer.cursor;
            if !answer.has_more {
                return;
            }
        }
    }

    fn take(&mut self, seq: i64, event: Event) {
        // What it has fetched already.
        if seq <= self.cursor {
            return;
        }
        self.cursor = seq;
        if let Event::MessageCreated { message } = event
            && message.conversation_id == self.conversation_id
        {
            self.messages.push((message.seq, message.content.text().unwrap_or_default().to_owned()));
        }
    }

    /// Whether it has every message after `before` once and in order.
    fn check(&self, before: i64) {
        let heard: Vec<i64> = self.messages.iter().map(|(seq, _)| *seq).collect();
        let number = i64::try_from(heard.len()).unwrap();
        assert_eq!(heard, (before + 1..=before + number).collect::<Vec<_>>());
    }
}
