//! A visitor who asks again and again over REST what a person would notice: is it stored, is it refused, does anything answer.

use crate::people::{Organisation, Visitor};
use anyhow::{Context, Result, ensure};
use client::rest::{ApiError, Stretch};
use futures_util::future::try_join_all;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use types::error::ErrorCode;
use types::id::Nonce;
use types::limits::MESSAGE_TEXT_MAX;
use types::messages::{NewContent, SendMessage};
use uuid::Uuid;

/// How long something that must come may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked whether it has come.
pub(super) const AGAIN: Duration = Duration::from_millis(100);

/// Messages that are sent at once to press.
const PRESS: usize = 32;

/// What a message was answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Heard {
    /// It is on disk.
    Stored,
    /// 503 `busy`, with when to try again: nothing was stored.
    Busy,
    /// 503 `unavailable`, with when to try again: whether it was stored is not known.
    Unavailable,
    /// Nobody answered.
    Silence,
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stored => "stored",
            Self::Busy => "refused as busy",
            Self::Unavailable => "answered with unavailable",
            Self::Silence => "unanswered",
        })
    }
}

/// The visitor.
pub(super) struct Probe {
    visitor: Visitor,
    sent: HashMap<Nonce, bool>,
    /// How often each was heard.
    pub(super) heard: BTreeMap<Heard, usize>,
}

impl Probe {
    pub(super) async fn open(organisation: &Organisation) -> Result<Self> {
        Ok(Self { visitor: organisation.visitor().await?, sent: HashMap::new(), heard: BTreeMap::new() })
    }

    /// Sends one message, once.
    ///
    /// # Errors
    /// When the answer is one that no fault of the database or the process explains.
    pub(super) async fn ask(&mut self) -> Result<Heard> {
        let nonce = self.next_nonce(0)?;
        let heard = self.send(nonce, "还在吗？").await?;
        self.note(nonce, heard);
        Ok(heard)
    }

    /// Sends many large messages at once, until one of them hears this: what has room left somewhere is filled.
    pub(super) async fn press_until(&mut self, wanted: Heard) -> Result<()> {
        let (begin, text) = (Instant::now(), "满".repeat(MESSAGE_TEXT_MAX));
        loop {
            let nonces = (0..PRESS).map(|ahead| self.next_nonce(ahead)).collect::<Result<Vec<_>>>()?;
            let heard = try_join_all(nonces.iter().map(|nonce| self.send(*nonce, &text))).await?;
            nonces.into_iter().zip(&heard).for_each(|(nonce, heard)| self.note(nonce, *heard));
            if heard.contains(&wanted) {
                return Ok(());
            }
            ensure!(begin.elapsed() < PATIENCE, "no message was {wanted} within {PATIENCE:?}: {:?}", self.heard);
        }
    }

    /// Sends so many large messages, each of which must be stored: what whoever hears them has to take.
    pub(super) async fn press(&mut self, messages: usize) -> Result<()> {
        let text = "满".repeat(MESSAGE_TEXT_MAX);
        let mut stored = 0;
        while stored < messages {
            let nonces = (0..PRESS).map(|ahead| self.next_nonce(ahead)).collect::<Result<Vec<_>>>()?;
            let heard = try_join_all(nonces.iter().map(|nonce| self.send(*nonce, &text))).await?;
            for (nonce, heard) in nonces.into_iter().zip(heard) {
                self.note(nonce, heard);
                ensure!(heard == Heard::Stored, "a message was {heard}");
                stored += 1;
            }
        }
        Ok(())
    }

    /// Not a stamp of the load's: those begin with a small lane.
    fn next_nonce(&self, ahead: usize) -> Result<Nonce> {
        Ok(Nonce(Uuid::from_u128(u128::MAX - u128::try_from(self.sent.len() + ahead)?)))
    }

    fn note(&mut self, nonce: Nonce, heard: Heard) {
        self.sent.insert(nonce, heard == Heard::Stored);
        *self.heard.entry(heard).or_default() += 1;
    }

    async fn send(&self, nonce: Nonce, text: &str) -> Result<Heard> {
        let request = SendMessage { nonce, content: NewContent::Text { text: text.to_owned() } };
        match self.visitor.api.send_visitor_message(&self.visitor.session.visitor_token, &request).await {
            Ok(_) => Ok(Heard::Stored),
            Err(ApiError::Network(_)) => Ok(Heard::Silence),
            Err(error) => refusal(&error).with_context(|| format!("a message was answered with {error}")),
        }
    }

    /// Asks until it hears this.
    pub(super) async fn ask_until(&mut self, wanted: Heard) -> Result<()> {
        let begin = Instant::now();
        while self.ask().await? != wanted {
            ensure!(begin.elapsed() < PATIENCE, "no message was {wanted} within {PATIENCE:?}: {:?}", self.heard);
            sleep(AGAIN).await;
        }
        Ok(())
    }

    /// Whether what was stored before can be read.
    pub(super) async fn can_read(&self) -> Result<()> {
        let token = &self.visitor.session.visitor_token;
        self.visitor
            .api
            .list_visitor_messages(token, Stretch::Newest, None)
            .await
            .context("reading fails, too")
            .map(drop)
    }

    /// Uploads a file of so many bytes, which must be answered like this.
    pub(super) async fn upload_hears(&self, bytes: usize, wanted: Heard) -> Result<()> {
        let Visitor { site, session, .. } = &self.visitor;
        let path = "/widget/v1/attachments?name=probe.bin";
        let heard = match site.upload(path, &session.visitor_token, vec![b'x'; bytes]).await {
            Err(_) => Heard::Silence,
            Ok(answer) if answer.status().is_success() => Heard::Stored,
            Ok(answer) => {
                let text = answer.text().await?;
                let problem =
                    serde_json::from_str(&text).with_context(|| format!("an upload was answered with {text}"))?;
                refusal(&ApiError::Problem(problem)).with_context(|| format!("an upload was answered with {text}"))?
            }
        };
        ensure!(heard == wanted, "an upload was {heard} and should have been {wanted}");
        Ok(())
    }

    /// Presses until `/healthz` says 503. A batch that found no room leaves what it had taken of it to a smaller one, and
    /// the server's own trial is the smallest: as long as that fits, healthy is the truth.
    pub(super) async fn press_until_unhealthy(&mut self) -> Result<()> {
        let begin = Instant::now();
        loop {
            self.press_until(Heard::Unavailable).await?;
            let heard = self.health().await?;
            if heard == Heard::Unavailable {
                return Ok(());
            }
            ensure!(begin.elapsed() < PATIENCE, "/healthz is {heard} though no message finds room");
        }
    }

    /// `/healthz` must say 503 now.
    pub(super) async fn is_unhealthy(&self) -> Result<()> {
        let heard = self.health().await?;
        ensure!(heard == Heard::Unavailable, "/healthz is {heard} while the database is away");
        Ok(())
    }

    /// What `/healthz` says: good, that the database is away, or nothing.
    pub(super) async fn health(&self) -> Result<Heard> {
        match self.visitor.api.get_health().await {
            Ok(_) => Ok(Heard::Stored),
            Err(ApiError::Network(_)) => Ok(Heard::Silence),
            Err(error) => refusal(&error).with_context(|| format!("/healthz answers {error}")),
        }
    }

    /// Waits until `/healthz` is good again.
    pub(super) async fn until_healthy(&self) -> Result<()> {
        let begin = Instant::now();
        while self.health().await? != Heard::Stored {
            ensure!(begin.elapsed() < PATIENCE, "not healthy within {PATIENCE:?}");
            sleep(AGAIN).await;
        }
        Ok(())
    }

    /// Every message that was said to be stored is there, and none is there twice.
    pub(super) async fn check(&self) -> Result<()> {
        let mut found: HashMap<Nonce, usize> = HashMap::new();
        let mut after = 0;
        loop {
            let (token, stretch) = (&self.visitor.session.visitor_token, Stretch::After(after));
            let window = self.visitor.api.list_visitor_messages(token, stretch, Some(100)).await?;
            for message in &window.items {
                ensure!(message.seq == after + 1, "message {} follows message {after}", message.seq);
                after = message.seq;
                *found.entry(message.nonce).or_default() += 1;
            }
            if !window.has_later {
                break;
            }
        }
        for (nonce, stored) in &self.sent {
            let times = found.get(nonce).copied().unwrap_or(0);
            ensure!(times <= 1, "{nonce} is stored {times} times");
            ensure!(!stored || times == 1, "{nonce} was acknowledged and is gone");
        }
        Ok(())
    }
}

/// What a refusal says that a fault of the database or the process explains; `None` for every other.
fn refusal(error: &ApiError) -> Option<Heard> {
    let ApiError::Problem(problem) = error else { return None };
    let said = match problem.code {
        ErrorCode::Busy => Heard::Busy,
        ErrorCode::Unavailable => Heard::Unavailable,
        _ => return None,
    };
    // Both must say when to come back.
    (problem.status == 503 && problem.retry_after.is_some()).then_some(said)
}
