//! One socket's loop: what comes in, what goes out, and when to hang up.
//!
//! **Invariants**: one frame of a client is worked on at a time, so its messages keep their order; while one is being
//! stored the socket goes on receiving events; whatever the other side does or does not do, every wait here ends.

use super::frames::text_of;
use super::meter::Meter;
use super::queue::{Next, SocketQueue};
use crate::clock::Clock;
use crate::error::ApiError;
use crate::metrics::FrameCounters;
use actix_web::web::Bytes;
use bytestring::ByteString;
use futures_util::future::LocalBoxFuture;
use std::pin::pin;
use std::sync::Arc;
use types::error::ErrorCode;
use types::id::Nonce;
use types::time::Timestamp;
use types::ws::{ClientFrame, CloseCode, ServerFrame};

/// How often clients are told to say something.
pub(super) const HEARTBEAT_SECONDS: u32 = 30;
/// Silence after which the server hangs up: three missed heartbeats. Browsers let the timers of a hidden page run only once
/// a minute, so two would cut off every tab in the background.
const SILENCE_MILLIS: i64 = 90_000;
/// How long one frame may take to leave.
const SEND_MILLIS: i64 = 30_000;
/// How long a farewell may take to leave.
const FAREWELL_MILLIS: i64 = 1_000;
/// Refused frames in a row after which the server hangs up.
const STRIKES_MAX: u8 = 10;
/// Frames beyond the rate in a row after which the server hangs up.
const FLOOD_MAX: u8 = 100;

/// What came from the other side.
#[derive(Debug, Clone)]
pub(super) enum Incoming {
    /// A whole text message.
    Text(ByteString),
    /// A binary message, which the protocol does not have.
    Binary,
    /// A protocol ping.
    Ping(Bytes),
    /// A protocol pong.
    Pong,
    /// More than the limit.
    TooLarge,
    /// Not WebSocket, or text that is no UTF-8.
    Broken,
    /// They said farewell.
    Farewell,
    /// The connection is gone.
    Gone,
}

/// What goes to the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outgoing {
    /// A frame.
    Text(ByteString),
    /// The answer to a protocol ping.
    Pong(Bytes),
    /// Farewell.
    Close(CloseCode),
    /// Farewell in return.
    CloseToo,
}

/// The connection is gone.
#[derive(Debug)]
pub(super) struct Gone;

/// The receiving half. Dropping a wait loses nothing.
pub(super) trait Reader {
    async fn next(&mut self) -> Incoming;
}

/// The sending half.
pub(super) trait Writer {
    async fn send(&mut self, out: Outgoing) -> Result<(), Gone>;
}

/// What became of a client's frame.
pub(super) enum Answer {
    /// Nothing is said.
    Nothing,
    /// This is.
    Frame(ByteString),
    /// The answer to a ping, behind everything that waits already: it proves that all before the ping has been heard.
    Pong,
    /// The identity behind the socket is no longer good.
    Close(CloseCode),
}

/// Carries out client frames.
pub(super) trait Dispatch {
    fn dispatch(&mut self, frame: ClientFrame) -> LocalBoxFuture<'static, Answer>;
}

/// One open socket.
pub(super) struct Session<R, W, D> {
    pub(super) reader: R,
    pub(super) writer: W,
    pub(super) dispatch: D,
    pub(super) queue: Arc<SocketQueue>,
    pub(super) clock: Arc<dyn Clock>,
    /// How many messages it may send.
    pub(super) messages: Meter,
    /// How often it may say that somebody writes.
    pub(super) typing: Meter,
    /// How many frames of any kind, protocol pings among them.
    pub(super) frames: Meter,
    /// What goes through it.
    pub(super) traffic: FrameCounters,
}

/// What the loop does next.
enum Step {
    Say(Outgoing),
    Work(LocalBoxFuture<'static, Answer>),
    Nothing,
    End,
}

impl<R: Reader, W: Writer, D: Dispatch> Session<R, W, D> {
    /// Runs until either side hangs up; the answer is why we did. `first` is said before anything else.
    ///
    /// Boxed and as text, because ten thousand of these wait at the same time: a future holds its arguments twice, and a
    /// frame not yet written is as large as the largest there is.
    pub(super) async fn run(mut self: Box<Self>, first: ByteString) -> Option<CloseCode> {
        let mut conduct = Conduct { meter: self.frames.clone(), strikes: 0, floods: 0 };
        let mut heard_at = self.clock.now();
        self.queue.heard(heard_at);
        let mut silence = self.clock.sleep_until(heard_at.plus_millis(SILENCE_MILLIS));
        let mut work: Option<LocalBoxFuture<'static, Answer>> = None;
        let mut step = Step::Say(Outgoing::Text(first));
        // Turns are taken by rule and not by chance, so that a simulation can replay them: what waits to be said and what is
        // heard go first in alternation, and neither can starve the other.
        let mut said_last = false;
        loop {
            match step {
                Step::Say(Outgoing::Close(code)) => {
                    self.farewell(Outgoing::Close(code)).await;
                    return Some(code);
                }
                Step::Say(Outgoing::CloseToo) => {
                    self.farewell(Outgoing::CloseToo).await;
                    return None;
                }
                Step::Say(out) => match self.send(out).await {
                    Ok(()) => {}
                    Err(Some(code)) => {
                        self.farewell(Outgoing::Close(code)).await;
                        return Some(code);
                    }
                    Err(None) => return None,
                },
                Step::Work(future) => work = Some(future),
                Step::Nothing => {}
                Step::End => return None,
            }
            let from_queue = !said_last;
            said_last = false;
            step = tokio::select! {
                biased;
                next = self.queue.next(), if from_queue => {
                    said_last = true;
                    if next == Next::Resync {
                        self.traffic.resyncs.inc();
                    }
                    say(next)
                }
                answer = answer_of(&mut work) => {
                    work = None;
                    match answer {
                        Answer::Nothing => Step::Nothing,
                        Answer::Frame(text) => Step::Say(Outgoing::Text(text)),
                        Answer::Pong => {
                            self.queue.push(text_of(&ServerFrame::Pong {}));
                            Step::Nothing
                        }
                        Answer::Close(code) => Step::Say(Outgoing::Close(code)),
                    }
                }
                incoming = self.reader.next(), if work.is_none() => {
                    heard_at = self.clock.now();
                    self.queue.heard(heard_at);
                    self.hear(incoming, heard_at, &mut conduct)
                }
                next = self.queue.next() => {
                    said_last = true;
                    say(next)
                }
                () = &mut silence => {
                    let until = heard_at.plus_millis(SILENCE_MILLIS);
                    if until <= self.clock.now() {
                        Step::Say(Outgoing::Close(CloseCode::TimedOut))
                    } else {
                        silence = self.clock.sleep_until(until);
                        Step::Nothing
                    }
                }
            };
        }
    }

    fn hear(&mut self, incoming: Incoming, now: Timestamp, conduct: &mut Conduct) -> Step {
        match incoming {
            Incoming::TooLarge => return Step::Say(Outgoing::Close(CloseCode::TooLarge)),
            Incoming::Broken => return Step::Say(Outgoing::Close(CloseCode::Malformed)),
            Incoming::Farewell => return Step::Say(Outgoing::CloseToo),
            Incoming::Gone => return Step::End,
            Incoming::Text(_) => {
                self.traffic.received.inc();
            }
            Incoming::Binary | Incoming::Ping(_) | Incoming::Pong => {}
        }
        if let Err(millis) = conduct.meter.take(now) {
            self.traffic.refused.inc();
            // What is not answered when all goes well is not answered now either.
            return conduct.flood(match incoming {
                Incoming::Text(text) => match read(&text) {
                    Ok(ClientFrame::SendMessage { nonce, .. }) => refuse(Some(nonce), &ApiError::rate_limited(millis)),
                    Ok(ClientFrame::MarkRead { .. } | ClientFrame::Typing { .. } | ClientFrame::Ping {}) | Err(_) => {
                        Step::Nothing
                    }
                },
                _ => Step::Nothing,
            });
        }
        conduct.floods = 0;
        let text = match incoming {
            Incoming::Text(text) => text,
            Incoming::Ping(bytes) => return Step::Say(Outgoing::Pong(bytes)),
            Incoming::Binary => return conduct.unreadable("Frames are JSON text"),
            _ => return Step::Nothing,
        };
        let frame = match read(&text) {
            Ok(frame) => frame,
            Err(detail) => return conduct.unreadable(&detail),
        };
        conduct.strikes = 0;
        match frame {
            ClientFrame::SendMessage { nonce, .. } => match self.messages.take(now) {
                Ok(()) => Step::Work(self.dispatch.dispatch(frame)),
                Err(millis) => {
                    self.traffic.refused.inc();
                    refuse(Some(nonce), &ApiError::rate_limited(millis))
                }
            },
            // Nobody misses one: it is said again.
            ClientFrame::Typing { .. } if self.typing.take(now).is_err() => Step::Nothing,
            ClientFrame::MarkRead { .. } | ClientFrame::Typing { .. } | ClientFrame::Ping {} => {
                Step::Work(self.dispatch.dispatch(frame))
            }
        }
    }

    /// Sends, and waits for a slow reader no longer than it may take. An error says why the socket ends.
    async fn send(&mut self, out: Outgoing) -> Result<(), Option<CloseCode>> {
        if matches!(out, Outgoing::Text(_)) {
            self.traffic.sent.inc();
        }
        let mut sending = pin!(self.writer.send(out));
        // Nearly always there is room, and no timer is needed.
        if let std::task::Poll::Ready(sent) = futures_util::poll!(sending.as_mut()) {
            return sent.map_err(|Gone| None);
        }
        tokio::select! {
            biased;
            sent = sending => sent.map_err(|Gone| None),
            code = self.queue.closed() => Err(Some(code)),
            () = self.clock.sleep_until(self.clock.now().plus_millis(SEND_MILLIS)) => Err(Some(CloseCode::TooSlow)),
        }
    }

    /// Says it if the other side still takes it.
    async fn farewell(&mut self, out: Outgoing) {
        let give_up = self.clock.sleep_until(self.clock.now().plus_millis(FAREWELL_MILLIS));
        tokio::select! {
            biased;
            _sent = self.writer.send(out) => {}
            () = give_up => {}
        }
    }
}

/// What was waiting to be said.
fn say(next: Next) -> Step {
    Step::Say(match next {
        Next::Frame(text) => Outgoing::Text(text),
        Next::Resync => Outgoing::Text(text_of(&ServerFrame::Resync {})),
        Next::Close(code) => Outgoing::Close(code),
    })
}

async fn answer_of(work: &mut Option<LocalBoxFuture<'static, Answer>>) -> Answer {
    match work {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}

/// How the other side behaves.
struct Conduct {
    meter: Meter,
    /// Unreadable frames in a row.
    strikes: u8,
    /// Frames beyond the rate in a row.
    floods: u8,
}

impl Conduct {
    /// A frame that nobody can read is rejected without a nonce; too many in a row end the socket.
    fn unreadable(&mut self, detail: &str) -> Step {
        self.strikes = self.strikes.saturating_add(1);
        if self.strikes >= STRIKES_MAX {
            return Step::Say(Outgoing::Close(CloseCode::Malformed));
        }
        refuse(None, &ApiError::new(ErrorCode::MalformedRequest, detail))
    }

    /// A frame beyond the rate; whoever does not stop is sent away.
    fn flood(&mut self, answer: Step) -> Step {
        self.floods = self.floods.saturating_add(1);
        if self.floods >= FLOOD_MAX { Step::Say(Outgoing::Close(CloseCode::TooMany)) } else { answer }
    }
}

/// Reads a frame; the error is for whoever sent it.
fn read(text: &str) -> Result<ClientFrame, String> {
    // Serde would read an array as the fields in their order; the contract says an object.
    if !text.trim_ascii_start().starts_with('{') {
        return Err("Frame: expected a JSON object".to_owned());
    }
    serde_json::from_str(text).map_err(|error| format!("Frame: {error}"))
}

/// Says that a frame changed nothing.
fn refuse(nonce: Option<Nonce>, error: &ApiError) -> Step {
    let problem = error.problem().clone();
    Step::Say(Outgoing::Text(text_of(&ServerFrame::Rejected { nonce, problem })))
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
