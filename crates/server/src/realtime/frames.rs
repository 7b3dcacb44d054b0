//! Frames as text. An event is serialised once, in the ledger; a frame only wraps it.

use bytestring::ByteString;
use std::cell::OnceCell;
use types::ws::ServerFrame;

/// The two frames that one event can become, each made when first asked for and then shared by every socket.
pub(super) struct EventFrames<'a> {
    seq: i64,
    payload: &'a str,
    placed: OnceCell<ByteString>,
    unplaced: OnceCell<ByteString>,
}

impl<'a> EventFrames<'a> {
    /// The frames of an event whose JSON is `payload`.
    pub(super) fn new(seq: i64, payload: &'a str) -> Self {
        Self { seq, payload, placed: OnceCell::new(), unplaced: OnceCell::new() }
    }

    /// With its place in the ledger, which moves the reader's cursor.
    pub(super) fn placed(&self) -> ByteString {
        let text = || format!(r#"{{"type":"event","seq":{},"event":{}}}"#, self.seq, self.payload).into();
        self.placed.get_or_init(text).clone()
    }

    /// Without it: visitors have no cursor, and a suspended agent's must stay before what they do not hear.
    pub(super) fn unplaced(&self) -> ByteString {
        let text = || format!(r#"{{"type":"event","event":{}}}"#, self.payload).into();
        self.unplaced.get_or_init(text).clone()
    }
}

/// Any other frame as text.
pub(super) fn text_of(frame: &ServerFrame) -> ByteString {
    // Frames are plain data: strings, numbers and ids always serialise.
    serde_json::to_string(frame).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::events::Event;
    use types::id::ConversationId;
    use uuid::Uuid;

    #[test]
    fn wrapped_frames_are_what_the_wire_type_says() {
        let event = Event::AgentsRead { conversation_id: ConversationId(Uuid::from_u128(7)), seq: 3 };
        let payload = serde_json::to_string(&event).unwrap();
        let frames = EventFrames::new(42, &payload);
        for (text, seq) in [(frames.placed(), Some(42)), (frames.unplaced(), None)] {
            let frame = ServerFrame::Event { seq, event: event.clone() };
            assert_eq!(serde_json::from_str::<ServerFrame>(&text).unwrap(), frame);
            assert_eq!(text, text_of(&frame));
        }
    }
}
