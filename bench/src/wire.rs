//! What the server says on a socket, read without decoding it: the load and the server share the machine's cores.
//!
//! The frames that come by the ten thousand, `ack` and a message's `event`, are looked at in the places where the server's
//! serialiser puts things; whatever looks different goes through the documented types.

use types::error::Problem;
use types::events::Event;
use types::id::{ConversationId, Nonce};
use types::ws::ServerFrame;
use uuid::Uuid;

/// A frame, as far as the load cares.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Said {
    /// The socket is open; agents get the ledger's newest seq.
    Ready { cursor: Option<i64> },
    /// A message was stored. `ledger` is absent for visitors.
    Message { ledger: Option<i64>, conversation: ConversationId, seq: i64, nonce: Nonce },
    /// Something else happened.
    Other { ledger: Option<i64> },
    /// Our message is on disk.
    Ack { nonce: Nonce, conversation: ConversationId, seq: i64 },
    /// Our message, or a frame that could not be read, was refused.
    Rejected { nonce: Option<Nonce>, problem: Box<Problem> },
    /// Fetch what is missing.
    Resync,
    /// All before our ping has been heard.
    Pong,
}

/// Reads a frame. The error says what is no frame of the protocol.
pub(crate) fn read(text: &str) -> Result<Said, serde_json::Error> {
    if let Some(said) = quick(text) {
        return Ok(said);
    }
    Ok(match serde_json::from_str(text)? {
        ServerFrame::Ready { cursor, .. } => Said::Ready { cursor },
        ServerFrame::Event { seq, event: Event::MessageCreated { message } } => {
            Said::Message { ledger: seq, conversation: message.conversation_id, seq: message.seq, nonce: message.nonce }
        }
        ServerFrame::Event { seq, .. } => Said::Other { ledger: seq },
        // The load does not write before it sends.
        ServerFrame::Typing { .. } | ServerFrame::Queue { .. } => Said::Other { ledger: None },
        ServerFrame::Ack { nonce, conversation_id, seq, .. } => Said::Ack { nonce, conversation: conversation_id, seq },
        ServerFrame::Rejected { nonce, problem } => Said::Rejected { nonce, problem: Box::new(problem) },
        ServerFrame::Resync {} => Said::Resync,
        ServerFrame::Pong {} => Said::Pong,
    })
}

fn quick(text: &str) -> Option<Said> {
    let rest = text.strip_prefix("{\"type\":\"")?;
    if let Some(rest) = rest.strip_prefix("ack\",\"nonce\":\"") {
        let (nonce, rest) = id(rest)?;
        let (conversation, rest) = id(rest.strip_prefix("\",\"conversation_id\":\"")?)?;
        let (_message, rest) = id(rest.strip_prefix("\",\"message_id\":\"")?)?;
        let (seq, _) = number(rest.strip_prefix("\",\"seq\":")?)?;
        return Some(Said::Ack { nonce: Nonce(nonce), conversation: ConversationId(conversation), seq });
    }
    let rest = rest.strip_prefix("event\",")?;
    let (ledger, rest) = match rest.strip_prefix("\"seq\":") {
        Some(rest) => {
            let (seq, rest) = number(rest)?;
            (Some(seq), rest.strip_prefix(',')?)
        }
        None => (None, rest),
    };
    let rest = rest.strip_prefix("\"event\":{\"type\":\"message_created\",\"message\":{\"id\":\"")?;
    let (_message, rest) = id(rest)?;
    let (conversation, rest) = id(rest.strip_prefix("\",\"conversation_id\":\"")?)?;
    let (seq, rest) = number(rest.strip_prefix("\",\"seq\":")?)?;
    // Quotes inside a text are escaped, so nothing that somebody wrote looks like this; it stands near the end.
    let (_, after) = rest.rsplit_once("\"nonce\":\"")?;
    let (nonce, _) = id(after)?;
    Some(Said::Message { ledger, conversation: ConversationId(conversation), seq, nonce: Nonce(nonce) })
}

fn id(text: &str) -> Option<(Uuid, &str)> {
    let (id, rest) = text.split_at_checked(36)?;
    Some((Uuid::try_parse(id).ok()?, rest))
}

fn number(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, rest) = text.split_at_checked(end)?;
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::id::{AgentId, MessageId};
    use types::messages::{Author, Content, Message};
    use types::time::Timestamp;

    fn uuid(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn message(text: &str) -> Message {
        Message {
            id: MessageId(uuid(1)),
            conversation_id: ConversationId(uuid(2)),
            seq: 31,
            author: Author::Agent {
                id: AgentId(uuid(3)),
                name: "\"nonce\":\"00000000-0000-0000-0000-000000000009\"".into(),
            },
            content: Content::Text { text: text.to_owned() },
            nonce: Nonce(uuid(4)),
            created_at: Timestamp(1_795_334_400_000),
        }
    }

    #[test]
    fn what_the_server_writes_is_read_quickly_and_as_the_types_read_it() {
        let event =
            Event::MessageCreated { message: message("好\"nonce\":\"00000000-0000-0000-0000-000000000008\" 👋") };
        for seq in [None, Some(77)] {
            let text = serde_json::to_string(&ServerFrame::Event { seq, event: event.clone() }).unwrap();
            let expected =
                Said::Message { ledger: seq, conversation: ConversationId(uuid(2)), seq: 31, nonce: Nonce(uuid(4)) };
            assert_eq!(quick(&text), Some(expected.clone()), "{text}");
            assert_eq!(read(&text).unwrap(), expected);
            // The same with its keys in another order takes the other way to the same result.
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            let sorted = value.to_string();
            assert_eq!(quick(&sorted), None, "{sorted}");
            assert_eq!(read(&sorted).unwrap(), expected);
        }
        let ack = ServerFrame::Ack {
            nonce: Nonce(uuid(4)),
            conversation_id: ConversationId(uuid(2)),
            message_id: MessageId(uuid(1)),
            seq: 31,
            created_at: Timestamp(5),
        };
        let text = serde_json::to_string(&ack).unwrap();
        let expected = Said::Ack { nonce: Nonce(uuid(4)), conversation: ConversationId(uuid(2)), seq: 31 };
        assert_eq!(quick(&text), Some(expected));
    }

    #[test]
    fn other_frames_are_read_too() {
        assert_eq!(read(r#"{"type":"pong"}"#).unwrap(), Said::Pong);
        assert_eq!(read(r#"{"type":"resync"}"#).unwrap(), Said::Resync);
        let ready = r#"{"type":"ready","cursor":9,"heartbeat_seconds":30,"now":"2026-11-22T08:00:00Z"}"#;
        assert_eq!(read(ready).unwrap(), Said::Ready { cursor: Some(9) });
        let read_mark = ServerFrame::Event {
            seq: Some(3),
            event: Event::AgentsRead { conversation_id: ConversationId(uuid(2)), seq: 1 },
        };
        let text = serde_json::to_string(&read_mark).unwrap();
        assert_eq!(read(&text).unwrap(), Said::Other { ledger: Some(3) });
        assert!(read("{}").is_err());
    }
}
