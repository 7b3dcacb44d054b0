//! What servers of one installation tell each other: packets of numbered items, as lines of text.
//!
//! The first line is the packet's head, then comes a line for each item; an event's JSON, and the frame of what is only
//! passing, follow on a line of their own, byte for byte: they are serialised once, wherever they go.

use super::super::bus::Passing;
use super::super::hub::UNKNOWN_KIND;
use crate::actions::visitors::Visit;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use store::{Audience, CommittedEvent};
use types::id::{AgentId, ConversationId, OrgId, SessionId};
use types::time::Timestamp;
use types::ws::ServerFrame;
use uuid::Uuid;

/// Of which form packets are. A server that reads another one has its clients fetch.
const VERSION: u16 = 1;
/// The longest packet that is read.
pub(super) const PACKET_MAX: usize = 8 * 1024 * 1024;

/// Something that the other servers have to know.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::realtime) enum Item {
    /// An event was committed.
    Event(CommittedEvent),
    /// Something is to be told to whoever listens now.
    Passing(Passing),
    /// Events may have been committed of which nobody was told.
    Uncertain,
    /// Login sessions have ended.
    SessionsEnded(Vec<SessionId>),
    /// An agent's identity has changed.
    AgentChanged(AgentId),
    /// A visitor was here who has not written yet.
    Visit(Box<Visit>),
}

impl Item {
    /// Takes the place of what need not be said any more, in words that every version understands.
    pub(super) fn nothing() -> Self {
        Self::SessionsEnded(Vec::new())
    }

    /// About as many bytes as it takes, in memory and on the way.
    pub(super) fn bytes(&self) -> usize {
        const BESIDE: usize = 256;
        BESIDE.saturating_add(match self {
            Self::Event(event) => event.payload.len(),
            Self::Passing(passing) => passing.text.len(),
            Self::SessionsEnded(sessions) => sessions.len().saturating_mul(40),
            Self::Visit(_) => 1024,
            Self::Uncertain | Self::AgentChanged(_) => 0,
        })
    }
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::realtime) struct Head {
    version: u16,
    /// Who says it; another one after each start.
    pub(super) node: Uuid,
    /// The number of the first item; of a packet without any, the number that comes next.
    pub(super) first: u64,
    /// The agents who have a console there, and when it was heard last; absent when nothing is said of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) agents: Option<Vec<(AgentId, Timestamp)>>,
    /// Nothing more will be said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) leaving: bool,
}

impl Head {
    pub(super) fn new(node: Uuid, first: u64) -> Self {
        Self { version: VERSION, node, first, agents: None, leaving: false }
    }

    /// The head of the last packet that a server says; `first` is the number that would come next.
    pub(super) fn farewell(node: Uuid, first: u64) -> Self {
        Self { agents: Some(Vec::new()), leaving: true, ..Self::new(node, first) }
    }
}

/// The line of an item.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum Line {
    Event { org_id: OrgId, seq: i64, conversation_id: Option<ConversationId>, audience: String, kind: String },
    Passing { org_id: OrgId, audience: String, said_by: Option<AgentId> },
    Uncertain {},
    SessionsEnded { sessions: Vec<SessionId> },
    AgentChanged { agent_id: AgentId },
    Visit { visit: Box<Visit> },
}

/// A packet that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("a packet of {0} bytes")]
    TooLong(usize),
    #[error("a packet of another version")]
    Version,
    #[error("no packet: {0}")]
    Malformed(&'static str),
}

/// Writes a packet.
pub(super) fn write<'a>(head: &Head, items: impl IntoIterator<Item = &'a Item>) -> Vec<u8> {
    let mut packet = Vec::with_capacity(4096);
    line(&mut packet, head);
    for item in items {
        match item {
            Item::Event(event) => {
                line(
                    &mut packet,
                    &Line::Event {
                        org_id: event.org_id,
                        seq: event.seq,
                        conversation_id: event.conversation_id,
                        audience: event.audience.to_string(),
                        kind: event.kind.to_owned(),
                    },
                );
                raw(&mut packet, &event.payload);
            }
            Item::Passing(passing) => {
                let Passing { org_id, audience, said_by, text } = passing;
                line(
                    &mut packet,
                    &Line::Passing { org_id: *org_id, audience: audience.to_string(), said_by: *said_by },
                );
                raw(&mut packet, text);
            }
            Item::Uncertain => line(&mut packet, &Line::Uncertain {}),
            Item::SessionsEnded(sessions) => line(&mut packet, &Line::SessionsEnded { sessions: sessions.clone() }),
            Item::AgentChanged(agent_id) => line(&mut packet, &Line::AgentChanged { agent_id: *agent_id }),
            Item::Visit(visit) => line(&mut packet, &Line::Visit { visit: visit.clone() }),
        }
    }
    packet
}

fn line(packet: &mut Vec<u8>, value: &impl Serialize) {
    // Plain data: ids, numbers and texts always serialise.
    packet.extend(serde_json::to_vec(value).unwrap_or_default());
    packet.push(b'\n');
}

/// JSON of ours is on one line.
fn raw(packet: &mut Vec<u8>, json: &str) {
    packet.extend_from_slice(json.as_bytes());
    packet.push(b'\n');
}

/// Reads the head of a packet, and returns what follows.
///
/// # Errors
/// [`Unreadable`] says why it is none.
pub(super) fn head(packet: &[u8]) -> Result<(Head, &str), Unreadable> {
    if packet.len() > PACKET_MAX {
        return Err(Unreadable::TooLong(packet.len()));
    }
    let text = std::str::from_utf8(packet).map_err(|_not_text| Unreadable::Malformed("it is not text"))?;
    let (first, rest) = text.split_once('\n').ok_or(Unreadable::Malformed("it has no head"))?;
    let head: Head = read(first, "its head")?;
    if head.version == VERSION { Ok((head, rest)) } else { Err(Unreadable::Version) }
}

/// Reads the items of a packet.
///
/// # Errors
/// [`Unreadable`] when one of them cannot be read.
pub(super) fn items(text: &str) -> Result<Vec<Item>, Unreadable> {
    let mut lines = text.lines();
    let mut items = Vec::new();
    while let Some(text) = lines.next() {
        let item = match read::<Line>(text, "an item")? {
            Line::Event { org_id, seq, conversation_id, audience, kind } => {
                let payload = lines.next().ok_or(Unreadable::Malformed("an event is missing"))?;
                // It goes to clients as it stands.
                read::<IgnoredAny>(payload, "an event")?;
                Item::Event(CommittedEvent {
                    org_id,
                    seq,
                    conversation_id,
                    audience: heard_by(&audience)?,
                    // While servers are brought up to date one after the other, a newer one says what this one does not know.
                    kind: store::events::kind_named(&kind).unwrap_or(UNKNOWN_KIND),
                    payload: payload.into(),
                })
            }
            Line::Passing { org_id, audience, said_by } => {
                let text = lines.next().ok_or(Unreadable::Malformed("a frame is missing"))?;
                let frame = read::<ServerFrame>(text, "a frame")?;
                if !matches!(frame, ServerFrame::Typing { .. } | ServerFrame::Queue { .. }) {
                    return Err(Unreadable::Malformed("a frame that is not only passing"));
                }
                Item::Passing(Passing { org_id, audience: heard_by(&audience)?, said_by, text: text.into() })
            }
            Line::Uncertain {} => Item::Uncertain,
            Line::SessionsEnded { sessions } => Item::SessionsEnded(sessions),
            Line::AgentChanged { agent_id } => Item::AgentChanged(agent_id),
            Line::Visit { visit } => Item::Visit(visit),
        };
        items.push(item);
    }
    Ok(items)
}

/// What a text says is never repeated in an error: it may hold what people wrote.
fn read<'a, T: Deserialize<'a>>(text: &'a str, what: &'static str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|_cause| Unreadable::Malformed(what))
}

fn heard_by(text: &str) -> Result<Audience, Unreadable> {
    text.parse().map_err(|_cause| Unreadable::Malformed("an audience"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use store::contacts::VisitFacts;
    use store::{AgentAudience, VisitorAudience};
    use types::events::Event;
    use types::id::ContactId;
    use types::messages::Author;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn event(seq: i64) -> Item {
        let happened = Event::AgentsRead { conversation_id: ConversationId(id(3)), seq };
        Item::Event(CommittedEvent {
            org_id: OrgId(id(1)),
            seq,
            conversation_id: Some(ConversationId(id(3))),
            audience: Audience { agents: AgentAudience::Everyone, visitors: VisitorAudience::One(ContactId(id(4))) },
            kind: store::events::kind(&happened),
            payload: serde_json::to_string(&happened).unwrap().into(),
        })
    }

    fn all() -> Vec<Item> {
        let typing = ServerFrame::Typing {
            conversation_id: ConversationId(id(3)),
            author: Author::Visitor,
            active: true,
            text: Some("一\n二".to_owned()),
        };
        let facts = VisitFacts { locale: Some("zh-CN".to_owned()), ..VisitFacts::default() };
        vec![
            event(7),
            Item::Passing(Passing::new(
                OrgId(id(1)),
                Audience::agents(AgentAudience::One(AgentId(id(2)))),
                Some(AgentId(id(2))),
                &typing,
            )),
            Item::Uncertain,
            Item::SessionsEnded(vec![SessionId(id(5)), SessionId(id(6))]),
            Item::AgentChanged(AgentId(id(2))),
            Item::Visit(Box::new(Visit { contact_id: ContactId(id(4)), facts })),
            event(8),
        ]
    }

    #[test]
    fn what_is_written_is_read() {
        let mut said = Head::new(id(9), 41);
        said.agents = Some(vec![(AgentId(id(2)), Timestamp(1_000))]);
        let packet = write(&said, &all());
        let (read, rest) = head(&packet).unwrap();
        assert_eq!(read, said);
        assert_eq!(items(rest).unwrap(), all());
        let farewell = Head::farewell(id(9), 48);
        assert_eq!(head(&write(&farewell, &[])), Ok((farewell, "")));
    }

    #[test]
    fn an_event_is_not_serialised_again() {
        let Item::Event(event) = event(7) else { unreachable!() };
        let packet = write(&Head::new(id(9), 1), &[Item::Event(event.clone())]);
        assert!(String::from_utf8(packet).unwrap().contains(&format!("\n{}\n", event.payload)));
    }

    #[test]
    fn an_event_that_only_a_newer_version_knows_is_an_event() {
        let Item::Event(event) = event(7) else { unreachable!() };
        let newer =
            Item::Event(CommittedEvent { kind: "conversation_frozen", payload: r#"{"type":"x"}"#.into(), ..event });
        let packet = write(&Head::new(id(9), 1), &[newer.clone(), Item::Uncertain]);
        let (_, rest) = head(&packet).unwrap();
        let Item::Event(expected) = newer else { unreachable!() };
        let expected = CommittedEvent { kind: UNKNOWN_KIND, ..expected };
        assert_eq!(items(rest).unwrap(), [Item::Event(expected), Item::Uncertain]);
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        let packet = |text: &str| write(&Head::new(id(9), 1), &[]).into_iter().chain(text.bytes()).collect::<Vec<u8>>();
        for text in ["x", "{}", r#"{"what":"event"}"#, r#"{"what":"nothing"}"#, "\n"] {
            let packet = packet(text);
            let (_, rest) = head(&packet).unwrap();
            assert!(items(rest).is_err(), "{text:?}");
        }
        // A frame that would change what clients believe does not come this way.
        let passing =
            r#"{"what":"passing","org_id":"00000000-0000-0000-0000-000000000001","audience":"*","said_by":null}"#;
        for frame in [r#"{"type":"resync"}"#, "nonsense", ""] {
            assert!(items(&format!("{passing}\n{frame}\n")).is_err(), "{frame:?}");
        }
        assert_eq!(head(b"{}"), Err(Unreadable::Malformed("it has no head")));
        assert_eq!(head(b"\xff\n"), Err(Unreadable::Malformed("it is not text")));
        let other = format!("{{\"version\":2,\"node\":\"{}\",\"first\":1}}\n", id(9));
        assert_eq!(head(other.as_bytes()), Err(Unreadable::Version));
        assert_eq!(head(&vec![b' '; PACKET_MAX + 1]), Err(Unreadable::TooLong(PACKET_MAX + 1)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok((_, rest)) = head(&bytes) { let _items = items(rest); }
        }

        #[test]
        fn a_damaged_packet_is_read_or_refused(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut packet = write(&Head::new(id(9), 1), &all());
            let place = at.index(packet.len());
            packet[place] = byte;
            if let Ok((_, rest)) = head(&packet) { let _items = items(rest); }
        }
    }
}
