//! Who may recall a message, and for how long.

use std::fmt;
use types::id::AgentId;
use types::limits;
use types::messages::Author;
use types::time::Timestamp;

/// Why a message cannot be recalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRecalled {
    /// Somebody else wrote it: what somebody has said only they take back, whatever the role.
    NotTheAuthor,
    /// It was sent too long ago.
    TooLate,
}

impl fmt::Display for NotRecalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotTheAuthor => f.write_str("Only the author of a message can recall it"),
            Self::TooLate => write!(f, "A message can be recalled within {} seconds", limits::RECALL_SECONDS),
        }
    }
}

impl std::error::Error for NotRecalled {}

/// Until when a message that was sent at this time can be recalled.
#[must_use]
pub fn recallable_until(sent_at: Timestamp) -> Timestamp {
    sent_at.plus_seconds(limits::RECALL_SECONDS)
}

/// Whether an agent may recall a message at this moment.
///
/// # Errors
/// [`NotRecalled`] when they may not.
pub fn may_recall(agent: AgentId, author: &Author, sent_at: Timestamp, now: Timestamp) -> Result<(), NotRecalled> {
    match author {
        Author::Agent { id, .. } if *id == agent => {}
        _ => return Err(NotRecalled::NotTheAuthor),
    }
    if now <= recallable_until(sent_at) { Ok(()) } else { Err(NotRecalled::TooLate) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: Timestamp = Timestamp(1_000_000);

    fn agent(number: u128) -> AgentId {
        format!("00000000-0000-0000-0000-{number:012}").parse().unwrap()
    }

    fn by(number: u128) -> Author {
        Author::Agent { id: agent(number), name: String::new() }
    }

    #[test]
    fn two_minutes_and_not_a_moment_longer() {
        for (millis, allowed) in [(0, true), (119_999, true), (120_000, true), (120_001, false), (i64::MAX / 2, false)]
        {
            let asked = may_recall(agent(1), &by(1), SENT, SENT.plus_millis(millis));
            assert_eq!(asked, if allowed { Ok(()) } else { Err(NotRecalled::TooLate) }, "{millis}");
        }
        // A clock that has gone back makes nothing late.
        assert_eq!(may_recall(agent(1), &by(1), SENT, Timestamp(0)), Ok(()));
    }

    #[test]
    fn only_the_author_takes_back_what_was_said() {
        for author in [by(2), Author::Visitor, Author::Automatic] {
            assert_eq!(may_recall(agent(1), &author, SENT, SENT), Err(NotRecalled::NotTheAuthor));
        }
    }
}
