//! Hears what the other servers say, and tells this server's sockets.

use super::super::hub::UNKNOWN_KIND;
use super::senders::{Heard, Senders};
use super::wire::{self, Item, Unreadable};
use super::{Relay, again_after};
use crate::actions::visitors::Visit;
use crate::state::AppState;
use futures_util::future::BoxFuture;
use redis::{ErrorKind, RedisError};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

/// How long connecting may take.
const CONNECTING: Duration = Duration::from_secs(3);
/// What is said is heard by whoever says it as well: who hears nothing for so long is not connected any more.
const SILENT_MAX: Duration = Duration::from_secs(6);
/// How often it is looked who has fallen silent.
const TICK: Duration = Duration::from_millis(250);
/// Packets that cannot be read are logged once in so long.
const LOGGED_EVERY: Duration = Duration::from_secs(60);

/// Listens for as long as the server runs.
pub(crate) fn listen_to_others(state: AppState) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let Some(relay) = state.bus.relay() else { return };
        let mut failures: u32 = 0;
        let now = Instant::now();
        let mut ear = Ear { senders: Senders::listening_since(now), looked: now, logged: None };
        loop {
            let outcome = listen(&state, relay, &mut ear, &mut failures).await;
            let was_listening = relay.is_listening.send_replace(false);
            relay.metrics.bus.listening(false);
            if was_listening || failures == 0 {
                tracing::warn!(error.cause = %outcome, "Redis is not heard; what other servers' people say arrives by fetching");
                relay.doubt_everything();
            }
            failures = failures.saturating_add(1);
            sleep(again_after(failures, &state.ids)).await;
        }
    })
}

/// Listens until the connection is lost.
async fn listen(state: &AppState, relay: &Relay, ear: &mut Ear, failures: &mut u32) -> RedisError {
    let channel = relay.link.name("bus");
    let mut said = match relay.link.subscribe(&channel, CONNECTING).await {
        Ok(subscription) => subscription,
        Err(error) => return error,
    };
    let now = Instant::now();
    ear.senders.listening_again(now);
    relay.is_listening.send_replace(true);
    relay.metrics.bus.listening(true);
    if std::mem::take(failures) > 0 {
        tracing::info!("other servers are heard again");
    }
    // What was said before, nobody here has heard.
    relay.doubt_everything();
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard_at = now;
    loop {
        tokio::select! {
            biased;
            packet = said.next() => match packet {
                Some(packet) => {
                    heard_at = Instant::now();
                    ear.hear(state, relay, packet.get_payload_bytes());
                }
                None => return lost("the connection was closed"),
            },
            _ = tick.tick() => {}
        }
        // Also while packets come without end.
        let now = Instant::now();
        ear.look(relay, now);
        if now.saturating_duration_since(heard_at) > SILENT_MAX {
            return lost("nothing is heard");
        }
    }
}

fn lost(why: &'static str) -> RedisError {
    (ErrorKind::Io, why).into()
}

/// What was heard.
struct Ear {
    senders: Senders,
    /// When it was looked last who has fallen silent.
    looked: Instant,
    /// When a packet that cannot be read was logged last.
    logged: Option<Instant>,
}

impl Ear {
    /// A packet has come, of another server or of this one.
    fn hear(&mut self, state: &AppState, relay: &Relay, packet: &[u8]) {
        let read = wire::head(packet).and_then(|(head, rest)| {
            let others = head.node != relay.link.server();
            Ok((others, head, if others { wire::items(rest)? } else { Vec::new() }))
        });
        let (head, items) = match read {
            Ok((true, head, items)) => (head, items),
            Ok((false, ..)) => return,
            Err(error) => return self.cannot_read(relay, &error),
        };
        let now = Instant::now();
        let Heard { skip, gap } = self.senders.heard(head.node, head.first, items.len(), now);
        if gap {
            tracing::info!(server.id = %head.node, "something that another server said was missed; it is fetched");
            relay.metrics.bus.gap();
            relay.doubt_everything();
        }
        if let Some(agents) = head.agents {
            state.hub.elsewhere(head.node, agents, now);
        }
        let received = items.len();
        for item in items.into_iter().skip(skip) {
            carry_out(state, relay, item);
        }
        relay.metrics.bus.received(received);
        if head.leaving {
            self.senders.gone(head.node);
        }
    }

    /// What was in it is missing: the numbers of what comes next would tell as well, but not whose.
    fn cannot_read(&mut self, relay: &Relay, error: &Unreadable) {
        relay.metrics.bus.gap();
        relay.doubt_everything();
        let now = Instant::now();
        if self.logged.is_none_or(|at| now.saturating_duration_since(at) >= LOGGED_EVERY) {
            self.logged = Some(now);
            tracing::warn!(error.cause = %error, "what came over the bus cannot be read; is there a server of another version?");
        }
    }

    /// Looks now and then who has fallen silent.
    fn look(&mut self, relay: &Relay, now: Instant) {
        if now.saturating_duration_since(self.looked) >= TICK {
            self.looked = now;
            self.senders.forget(now);
            relay.are_silent(self.senders.silent(now));
            relay.metrics.bus.servers(self.senders.present(now));
        }
    }
}

/// Does what another server has said.
fn carry_out(state: &AppState, relay: &Relay, item: Item) {
    match item {
        Item::Event(event) => {
            // It may say who may listen.
            relay.doubt_if(event.kind == UNKNOWN_KIND);
            relay.deliver(&state.hub, event);
        }
        Item::Passing(passing) => {
            state.queues.places().told_elsewhere(passing.org_id, &passing.text);
            state.hub.pass(&passing);
        }
        Item::Uncertain => relay.doubt_everything(),
        Item::SessionsEnded(sessions) => {
            for session_id in sessions {
                state.sessions.forget(session_id);
                state.hub.close_session(session_id);
            }
        }
        Item::AgentChanged(agent_id) => state.sessions.forget_agent(agent_id),
        Item::Visit(visit) => {
            let Visit { contact_id, facts } = *visit;
            state.visits.remember(contact_id, facts);
        }
    }
}
