//! What a person on a socket noted down, to be judged when all is over: nothing is shared while the load runs.

use crate::check::{Checker, Lane, Listener, Way};
use std::time::Duration;
use types::id::{ConversationId, Nonce};
use uuid::Uuid;

/// Who says what when, packed into the nonce: whoever hears it knows when it should have been sent, without looking
/// anything up. To the server it is a nonce like any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// The sender's queue.
    pub(crate) lane: u32,
    /// Counts the messages of the load, so that no two nonces are alike.
    pub(crate) number: u32,
    /// When it should be sent, after the load's beginning.
    pub(crate) at: Duration,
}

/// The lanes of messages that carry a file: they wait for their uploads and overtake nobody of their own.
const FILES: u32 = 1 << 31;

impl Stamp {
    /// The same for a message that carries a file.
    pub(crate) fn with_file(self) -> Self {
        Self { lane: self.lane | FILES, ..self }
    }

    /// Whether the message carries a file.
    pub(crate) fn has_file(self) -> bool {
        self.lane & FILES != 0
    }

    pub(crate) fn nonce(self) -> Nonce {
        let nanos = u64::try_from(self.at.as_nanos()).unwrap_or(u64::MAX);
        Nonce(Uuid::from_u128(u128::from(self.lane) << 96 | u128::from(self.number) << 64 | u128::from(nanos)))
    }

    pub(crate) fn of(nonce: Nonce) -> Self {
        let (high, nanos) = nonce.0.as_u64_pair();
        let part = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(0);
        Self { lane: part(high >> 32), number: part(high), at: Duration::from_nanos(nanos) }
    }
}

/// One thing that happened to a person.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Note {
    Intended { nonce: Nonce },
    Acked { nonce: Nonce, conversation: ConversationId, seq: i64, at: Duration },
    Refused { nonce: Nonce },
    Heard { way: Way, conversation: ConversationId, seq: i64, nonce: Nonce, at: Duration },
    LeftOut,
}

/// Tells the checker what a person noted.
pub(crate) fn tell(checker: &mut Checker, listener: Listener, notes: &[Note]) {
    for note in notes {
        match *note {
            Note::Intended { nonce } => checker.intended(Lane::from(Stamp::of(nonce).lane), nonce),
            Note::Acked { nonce, conversation, seq, .. } => checker.acknowledged(nonce, conversation, seq),
            Note::Refused { nonce } => checker.refused(nonce),
            Note::Heard { way, conversation, seq, nonce, .. } => checker.heard(listener, way, conversation, seq, nonce),
            Note::LeftOut => checker.left_out(listener),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_nonce_carries_its_stamp(lane: u32, number: u32, nanos: u64) {
            let stamp = Stamp { lane, number, at: Duration::from_nanos(nanos) };
            prop_assert_eq!(Stamp::of(stamp.nonce()), stamp);
        }
    }
}
