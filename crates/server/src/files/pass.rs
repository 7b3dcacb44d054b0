//! The signed beginning of a file's address: whoever was allowed to read a conversation gets one for its files, good for an hour
//! or two.
//!
//! A browser fetches pictures and videos by address alone, without any header of ours. The pass names the conversation's
//! contact, the agent whom it was given to, and when it ends; within an hour one gets the same one, so that browsers find what they
//! have fetched before. An agent's is good only as long as they see the conversation, and one that was given through a view only as long as
//! that lasts.

use crate::auth::signing::Key;
use types::id::{AgentId, ContactId, OrgId, SessionId};
use types::time::Timestamp;
use uuid::Uuid;

/// Passes end at whole hours: the one after the next.
const PERIOD_MILLIS: i64 = 60 * 60 * 1000;

/// The agent whom a pass was given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassReader {
    /// The agent.
    pub agent_id: AgentId,
    /// The view of the agent's console through which it was given, if somebody else looked.
    pub view: Option<SessionId>,
}

/// What a pass opens, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// The organisation.
    pub org_id: OrgId,
    /// Whose conversation.
    pub contact_id: ContactId,
    /// The agent whom it was given to; absent for the contact's own.
    pub reader: Option<PassReader>,
    /// Until when.
    pub expires_at: Timestamp,
}

impl Pass {
    /// A pass that begins now.
    #[must_use]
    pub fn new(org_id: OrgId, contact_id: ContactId, reader: Option<PassReader>, now: Timestamp) -> Self {
        let period = now.0.div_euclid(PERIOD_MILLIS);
        let expires_at = Timestamp(period.saturating_add(2).saturating_mul(PERIOD_MILLIS));
        Self { org_id, contact_id, reader, expires_at }
    }

    /// The pass as a text for addresses.
    #[must_use]
    pub fn seal(&self, key: &Key) -> String {
        let mut payload = Vec::with_capacity(72);
        payload.extend_from_slice(self.org_id.0.as_bytes());
        payload.extend_from_slice(self.contact_id.0.as_bytes());
        payload.extend_from_slice(&self.expires_at.0.to_be_bytes());
        if let Some(PassReader { agent_id, view }) = self.reader {
            payload.extend_from_slice(agent_id.0.as_bytes());
            payload.extend(view.iter().flat_map(|view| view.0.as_bytes()));
        }
        key.seal(&payload)
    }

    /// The pass of a text, if we sealed it and it has not ended.
    #[must_use]
    pub fn open(key: &Key, text: &str, now: Timestamp) -> Option<Self> {
        let payload = key.open(text)?;
        let (org, rest) = payload.split_first_chunk::<16>()?;
        let (contact, rest) = rest.split_first_chunk::<16>()?;
        let (expires_at, reader) = rest.split_first_chunk::<8>()?;
        let expires_at = Timestamp(i64::from_be_bytes(*expires_at));
        let (ids, rest) = reader.as_chunks::<16>();
        let agent = |id: &[u8; 16]| AgentId(Uuid::from_bytes(*id));
        let reader = match (ids, rest) {
            ([], []) => None,
            ([id], []) => Some(PassReader { agent_id: agent(id), view: None }),
            ([id, view], []) => {
                Some(PassReader { agent_id: agent(id), view: Some(SessionId(Uuid::from_bytes(*view))) })
            }
            _ => return None,
        };
        let pass = Self {
            org_id: OrgId(Uuid::from_bytes(*org)),
            contact_id: ContactId(Uuid::from_bytes(*contact)),
            reader,
            expires_at,
        };
        (now < expires_at).then_some(pass)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> Key {
        Key::from_secret(b"secret")
    }

    proptest! {
        #[test]
        fn a_pass_is_good_for_an_hour_and_at_most_two_and_for_nothing_else(
            ids in any::<[u128; 2]>(), agent in any::<Option<(u128, Option<u128>)>>(), now in 0_i64..4_000_000_000_000, place in any::<prop::sample::Index>(), text in ".*",
        ) {
            let [org, contact] = ids.map(Uuid::from_u128);
            let reader = agent.map(|(agent, view)| PassReader {
                agent_id: AgentId(Uuid::from_u128(agent)),
                view: view.map(|view| SessionId(Uuid::from_u128(view))),
            });
            let pass = Pass::new(OrgId(org), ContactId(contact), reader, Timestamp(now));
            let sealed = pass.seal(&key());
            let after = |millis| Pass::open(&key(), &sealed, Timestamp(now + millis));
            prop_assert_eq!(after(0), Some(pass));
            prop_assert_eq!(after(PERIOD_MILLIS - 1), Some(pass));
            prop_assert_eq!(after(2 * PERIOD_MILLIS), None);
            prop_assert_eq!(Pass::open(&Key::from_secret(b"another"), &sealed, Timestamp(now)), None);
            let mut changed = sealed.into_bytes();
            let place = place.index(changed.len());
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            prop_assert_eq!(Pass::open(&key(), std::str::from_utf8(&changed).unwrap(), Timestamp(now)), None);
            prop_assert_eq!(Pass::open(&key(), &text, Timestamp(now)), None);
        }
    }

    #[test]
    fn a_pass_is_the_same_for_a_whole_hour() {
        let sealed = |now| Pass::new(OrgId(Uuid::nil()), ContactId(Uuid::nil()), None, Timestamp(now)).seal(&key());
        assert_eq!(sealed(0), sealed(PERIOD_MILLIS - 1));
        assert_ne!(sealed(0), sealed(PERIOD_MILLIS));
    }
}
