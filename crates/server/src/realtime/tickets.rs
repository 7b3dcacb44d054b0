//! One-time tickets that open sockets: a token would end up in logs if it stood in the address.

use crate::auth::once::OnceGuard;
use crate::auth::signing::Key;
use crate::clock::Clock;
use crate::ids::Ids;
use crate::shared::Shared;
use std::sync::Arc;
use store::Visitor;
use types::auth::SocketTicket;
use types::id::{ChannelId, ContactId, OrgId, SessionId};
use types::time::Timestamp;
use uuid::Uuid;

/// Seconds that a ticket is good for.
pub const TICKET_SECONDS: u32 = 30;
/// Redeemed tickets that are remembered: those of 30 seconds with 10,000 connections each.
const REDEEMED_MAX: usize = 300_000;

/// For whom a ticket opens a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketHolder {
    /// An agent, in a login session.
    Agent {
        /// The organisation.
        org_id: OrgId,
        /// The login session.
        session_id: SessionId,
    },
    /// A visitor of a channel.
    Visitor(Visitor),
}

/// Issues tickets and takes each once.
pub struct Tickets {
    key: Key,
    clock: Arc<dyn Clock>,
    ids: Ids,
    redeemed: OnceGuard,
}

impl Tickets {
    /// Tickets signed with this key.
    #[must_use]
    pub fn new(key: Key, clock: Arc<dyn Clock>, ids: Ids) -> Self {
        Self { key, clock, ids, redeemed: OnceGuard::new(REDEEMED_MAX) }
    }

    /// A ticket for its holder.
    #[must_use]
    pub fn issue(&self, holder: TicketHolder) -> SocketTicket {
        let expires_at = self.clock.now().plus_seconds(i64::from(TICKET_SECONDS));
        let mut payload = Vec::with_capacity(PAYLOAD_MAX);
        payload.extend(self.ids.bytes::<16>());
        payload.extend(expires_at.0.to_be_bytes());
        match holder {
            TicketHolder::Agent { org_id, session_id } => {
                payload.push(AGENT);
                payload.extend(org_id.0.as_bytes());
                payload.extend(session_id.0.as_bytes());
            }
            TicketHolder::Visitor(visitor) => {
                payload.push(VISITOR);
                payload.extend(visitor.org_id.0.as_bytes());
                payload.extend(visitor.channel_id.0.as_bytes());
                payload.extend(visitor.contact_id.0.as_bytes());
            }
        }
        SocketTicket { ticket: self.key.seal(&payload), expires_in: TICKET_SECONDS }
    }

    /// Whose ticket it is; `None` when it is forged, expired or was redeemed before, here or at another server.
    pub async fn redeem(&self, shared: &Shared, ticket: &str) -> Option<TicketHolder> {
        let (id, expires_at, holder) = read(&self.key.open(ticket)?)?;
        let now = self.clock.now();
        if !self.redeemed.first_time(id, expires_at, now) {
            return None;
        }
        shared.first_time("ticket", &id, expires_at.millis_since(now)).await.then_some(holder)
    }
}

const AGENT: u8 = 1;
const VISITOR: u8 = 2;
const PAYLOAD_MAX: usize = 16 + 8 + 1 + 3 * 16;

fn read(payload: &[u8]) -> Option<([u8; 16], Timestamp, TicketHolder)> {
    let (id, rest) = payload.split_first_chunk::<16>()?;
    let (expires_at, rest) = rest.split_first_chunk::<8>()?;
    let (kind, rest) = rest.split_first()?;
    let (org, rest) = uuid(rest)?;
    let org_id = OrgId(org);
    let (second, rest) = uuid(rest)?;
    let holder = match (*kind, rest.is_empty()) {
        (AGENT, true) => TicketHolder::Agent { org_id, session_id: SessionId(second) },
        (VISITOR, false) => {
            let (third, rest) = uuid(rest)?;
            if !rest.is_empty() {
                return None;
            }
            TicketHolder::Visitor(Visitor { org_id, channel_id: ChannelId(second), contact_id: ContactId(third) })
        }
        _ => return None,
    };
    Some((*id, Timestamp(i64::from_be_bytes(*expires_at)), holder))
}

fn uuid(bytes: &[u8]) -> Option<(Uuid, &[u8])> {
    let (id, rest) = bytes.split_first_chunk::<16>()?;
    Some((Uuid::from_bytes(*id), rest))
}

#[cfg(test)]
mod tests {
    use super::super::test_clock::TokioClock;
    use super::*;
    use futures_util::FutureExt;
    use proptest::prelude::*;
    use std::time::Duration;

    fn tickets(secret: &[u8]) -> Tickets {
        let clock = Arc::new(TokioClock::new());
        Tickets::new(Key::from_secret(secret), clock.clone(), Ids::from_os(clock))
    }

    fn holders() -> [TicketHolder; 2] {
        let id = Uuid::from_u128;
        [
            TicketHolder::Agent { org_id: OrgId(id(1)), session_id: SessionId(id(3)) },
            TicketHolder::Visitor(Visitor {
                org_id: OrgId(id(1)),
                channel_id: ChannelId(id(2)),
                contact_id: ContactId(id(3)),
            }),
        ]
    }

    #[tokio::test(start_paused = true)]
    async fn a_ticket_opens_once_and_soon() {
        let tickets = tickets(b"secret");
        for holder in holders() {
            let ticket = tickets.issue(holder);
            assert_eq!(tickets.redeem(&Shared::default(), &ticket.ticket).await, Some(holder));
            assert_eq!(tickets.redeem(&Shared::default(), &ticket.ticket).await, None);
            let late = tickets.issue(holder);
            tokio::time::advance(Duration::from_secs(TICKET_SECONDS.into())).await;
            assert_eq!(tickets.redeem(&Shared::default(), &late.ticket).await, None);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn another_servers_ticket_is_refused() {
        let other = tickets(b"two").issue(holders()[0]).ticket;
        assert_eq!(tickets(b"one").redeem(&Shared::default(), &other).await, None);
    }

    proptest! {
        #[test]
        fn no_text_is_a_ticket(text in ".*", place in any::<proptest::sample::Index>()) {
            let tickets = tickets(b"secret");
            let redeem = |ticket: &str| tickets.redeem(&Shared::default(), ticket).now_or_never().unwrap();
            prop_assert_eq!(redeem(&text), None);
            let ticket = tickets.issue(holders()[0]).ticket;
            let mut changed = ticket.clone().into_bytes();
            let place = place.index(changed.len());
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            prop_assert_eq!(redeem(std::str::from_utf8(&changed).unwrap()), None);
            prop_assert_eq!(redeem(&ticket), Some(holders()[0]), "a forgery does not use up the real one");
        }

        #[test]
        fn no_payload_panics(payload in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _holder = read(&payload);
        }
    }
}
