//! WebSocket frames: two closed enums, JSON text, tagged by `type`. `openapi/asyncapi.yaml` describes them.
//!
//! The same frames serve agents (`/api/v1/socket`) and visitors (`/widget/v1/socket`). A visitor has one conversation and
//! leaves `conversation_id` out; an agent must name it.

#![expect(clippy::large_enum_variant, reason = "a frame is made, written and gone; almost every one is an event")]

use crate::error::Problem;
use crate::events::Event;
use crate::id::{ConversationId, MessageId, Nonce};
use crate::messages::{Author, NewContent};
use crate::object;
use crate::tagged::tagged;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a client says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// Stores a message. Answered by `ack` once it is durable, or by `rejected`.
    SendMessage {
        /// The sender's own id for it; sending again with the same nonce returns the first result.
        nonce: Nonce,
        /// Where; left out by visitors.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation_id: Option<ConversationId>,
        /// What it shall say.
        #[serde(deserialize_with = "object::only")]
        content: NewContent,
    },
    /// Moves the sender's read mark. Not answered; the mark comes back as an event.
    MarkRead {
        /// Where; left out by visitors.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation_id: Option<ConversationId>,
        /// The newest message read.
        #[serde(deserialize_with = "crate::number::whole")]
        seq: i64,
    },
    /// Says that the sender writes, or has stopped to. Not answered, and stored nowhere: whoever listens at this moment hears
    /// it. Said again every three seconds while it goes on; one that comes much oftener is dropped.
    Typing {
        /// Where; left out by visitors.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conversation_id: Option<ConversationId>,
        /// Whether they write; `false`: what stood in the field is gone.
        active: bool,
        /// Of visitors only, where the channel's `unsent_preview` says that agents see it: the end of what stands in the
        /// field, at most a thousand characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// Asks for a `pong`: browsers cannot send protocol pings.
    Ping {},
}

tagged! { "type", "ServerFrame":
/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    /// The first frame: from here on the connection receives every event after `cursor`. What lies between the client's
    /// own cursor and this one, the client fetches.
    Ready {
        /// The ledger's newest event; absent for visitors, whose order is the messages' `seq`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<i64>,
        /// Say something at least this often, or the server hangs up.
        heartbeat_seconds: u32,
        /// The server's clock.
        now: Timestamp,
    },
    /// Something happened.
    Event {
        /// Its place in the ledger; absent for visitors, and while an agent is suspended: the cursor must not pass what is
        /// not heard.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<i64>,
        /// What.
        event: Event,
    },
    /// The message is on disk.
    Ack {
        /// The sender's own id for it.
        nonce: Nonce,
        /// Where it was stored: a visitor's first message makes the conversation.
        conversation_id: ConversationId,
        /// The message.
        message_id: MessageId,
        /// Its place in the conversation.
        seq: i64,
        /// When it was stored.
        created_at: Timestamp,
    },
    /// A frame was refused and changed nothing.
    Rejected {
        /// The message it was about; absent when the frame could not be read, and for nothing else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
        /// Why.
        problem: Problem,
    },
    /// Somebody in a conversation writes, or has stopped to. Stored nowhere, and left out for a client that reads slowly: it
    /// is to be forgotten after eight seconds without another, and when a message of theirs comes.
    Typing {
        /// Where.
        conversation_id: ConversationId,
        /// Who.
        author: Author,
        /// Whether they write.
        active: bool,
        /// What stands in a visitor's field, for agents, where the channel's `unsent_preview` is on: the end of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// Where a visitor stands in the queue; goes to them alone. Stored nowhere, and left out for a client that reads slowly: the
    /// session tells it, too.
    Queue {
        /// Their conversation.
        conversation_id: ConversationId,
        /// How many visitors wait before them; absent when they do not wait, or wait no more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ahead: Option<i64>,
    },
    /// Events were left out (the client read too slowly, or may now see more): fetch what is missing after your cursor.
    Resync {},
    /// The answer to `ping`.
    Pong {},
}
}

/// Why the server closed a socket (RFC 6455 private codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseCode {
    /// 1001: the server stops; reconnect after a short random wait.
    GoingAway,
    /// 1009: a frame larger than the limit.
    TooLarge,
    /// 4400: frames that cannot be read, again and again.
    Malformed,
    /// 4401: the session was revoked or has expired; do not reconnect, sign in.
    Revoked,
    /// 4408: nothing was heard within the heartbeat.
    TimedOut,
    /// 4410: the channel is gone or disabled.
    Gone,
    /// 4413: the client does not read; reconnect and fetch what is missing.
    TooSlow,
    /// 4429: far more frames than are allowed, again and again; reconnect after a while.
    TooMany,
}

impl CloseCode {
    /// Every code there is.
    pub const ALL: [Self; 8] = [
        Self::GoingAway,
        Self::TooLarge,
        Self::Malformed,
        Self::Revoked,
        Self::TimedOut,
        Self::Gone,
        Self::TooSlow,
        Self::TooMany,
    ];

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::TooLarge => 1009,
            Self::Malformed => 4400,
            Self::Revoked => 4401,
            Self::TimedOut => 4408,
            Self::Gone => 4410,
            Self::TooSlow => 4413,
            Self::TooMany => 4429,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn frames() -> impl Strategy<Value = ClientFrame> {
        let conversation = || any::<Option<u128>>().prop_map(|id| id.map(|id| ConversationId(Uuid::from_u128(id))));
        prop_oneof![
            (any::<u128>(), conversation(), any::<String>()).prop_map(|(nonce, conversation_id, text)| {
                let nonce = Nonce(Uuid::from_u128(nonce));
                ClientFrame::SendMessage { nonce, conversation_id, content: NewContent::Text { text } }
            }),
            (conversation(), any::<i64>())
                .prop_map(|(conversation_id, seq)| ClientFrame::MarkRead { conversation_id, seq }),
            (conversation(), any::<bool>(), any::<Option<String>>())
                .prop_map(|(conversation_id, active, text)| ClientFrame::Typing { conversation_id, active, text }),
            Just(ClientFrame::Ping {}),
        ]
    }

    proptest! {
        #[test]
        fn a_frame_comes_back_as_it_was_sent(frame in frames()) {
            let text = serde_json::to_string(&frame).unwrap();
            prop_assert_eq!(serde_json::from_str::<ClientFrame>(&text).unwrap(), frame);
        }

        #[test]
        fn a_damaged_frame_is_a_frame_or_is_refused(
            frame in frames(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>(),
        ) {
            let mut bytes = serde_json::to_vec(&frame).unwrap();
            let place = at.index(bytes.len());
            if cut { bytes.truncate(place) } else { bytes[place] = byte }
            // What is still read must be all of what was said: writing it out and reading it changes nothing.
            if let Ok(read) = serde_json::from_slice::<ClientFrame>(&bytes) {
                let again: ClientFrame = serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap();
                prop_assert_eq!(again, read);
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,200}") {
            let (_client, _server) = (serde_json::from_str::<ClientFrame>(&text), serde_json::from_str::<ServerFrame>(&text));
        }

        #[test]
        fn a_field_too_many_is_refused(frame in frames(), name in "[a-z_]{1,12}") {
            let mut value = serde_json::to_value(&frame).unwrap();
            prop_assume!(!["type", "nonce", "conversation_id", "content", "seq", "active", "text"].contains(&name.as_str()));
            value[name.as_str()] = 1.into();
            prop_assert!(serde_json::from_value::<ClientFrame>(value).is_err());
        }
    }
}
