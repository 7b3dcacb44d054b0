//! Pages of what was found: how one is asked for and put to the others, and what leaves them meanwhile.

use client::rest::ApiError;
use types::events::Event;
use types::search::SearchResults;

/// Pages that are asked for one after the other when they bring nothing: each has looked at its share of the history.
const EMPTY_PAGES: usize = 10;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// The first page, of messages and of people.
    First,
    /// The next page of messages.
    Messages,
    /// The next page of people.
    People,
}

/// A page with something on it, or the last one; a first page, with messages. `is_open` tells whether somebody still waits.
pub(super) async fn fetch(
    ask: impl AsyncFn(Asked, Option<String>) -> Result<SearchResults, ApiError>,
    asked: Asked,
    cursor: Option<String>,
    is_open: impl Fn() -> bool,
) -> Result<SearchResults, ApiError> {
    let mut found = ask(asked, cursor).await?;
    let list = if asked == Asked::People { Asked::People } else { Asked::Messages };
    for _ in 0..EMPTY_PAGES {
        let is_empty = if list == Asked::People { found.contacts.is_empty() } else { found.messages.is_empty() };
        let Some(next) = next_of(&found, list).filter(|_| is_empty && is_open()) else { break };
        put(&mut found, list, ask(list, Some(next)).await?);
    }
    Ok(found)
}

/// Where the next page of a list begins.
pub(super) fn next_of(found: &SearchResults, list: Asked) -> Option<String> {
    match list {
        Asked::First => None,
        Asked::Messages => found.next_cursor.clone(),
        Asked::People => found.next_contacts_cursor.clone(),
    }
}

/// Puts a page to what has been found so far.
pub(super) fn put(found: &mut SearchResults, asked: Asked, page: SearchResults) {
    match asked {
        Asked::First => *found = page,
        Asked::Messages => {
            found.messages.extend(page.messages);
            found.next_cursor = page.next_cursor;
        }
        Asked::People => {
            found.contacts.extend(page.contacts);
            found.next_contacts_cursor = page.next_contacts_cursor;
        }
    }
}

/// Whether hits may be gone by it.
pub(super) fn ends_hits(event: &Event) -> bool {
    matches!(
        event,
        Event::MessageRecalled { .. }
            | Event::ConversationCleared { .. }
            | Event::ConversationDeleted { .. }
            | Event::ConversationWithdrawn { .. }
            | Event::ContactBlocked { blocked: true, .. }
            | Event::ContactMerged { .. }
            | Event::ChannelDeleted { .. }
    )
}

/// Takes out what is gone by an event.
pub(super) fn leave_out(results: &mut SearchResults, event: &Event) {
    let SearchResults { contacts, messages, .. } = results;
    match event {
        Event::MessageRecalled { message_id, .. } => messages.retain(|hit| hit.message_id != *message_id),
        Event::ConversationCleared { conversation_id, seq } => {
            messages.retain(|hit| hit.conversation_id != *conversation_id || hit.seq > *seq);
        }
        Event::ConversationDeleted { conversation_id } | Event::ConversationWithdrawn { conversation_id, .. } => {
            messages.retain(|hit| hit.conversation_id != *conversation_id);
            contacts.retain(|hit| hit.conversation_id != *conversation_id);
        }
        // Whoever is on the blacklist is found by nobody.
        Event::ContactBlocked { contact_id, blocked: true, .. } => {
            messages.retain(|hit| hit.contact.id != *contact_id);
            contacts.retain(|hit| hit.contact.id != *contact_id);
        }
        // What they said stays: it is said with the survivor by now.
        Event::ContactMerged { contact_id, .. } => contacts.retain(|hit| hit.contact.id != *contact_id),
        Event::ChannelDeleted { channel_id } => {
            messages.retain(|hit| hit.channel_id != *channel_id);
            contacts.retain(|hit| hit.channel_id != *channel_id);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use types::contacts::ContactSummary;
    use types::messages::Author;
    use types::search::{ContactHit, MessageHit};
    use types::time::Timestamp;

    fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(number: i64) -> T {
        format!("00000000-0000-0000-0000-{number:012}").parse().unwrap()
    }

    fn contact(number: i64) -> ContactSummary {
        ContactSummary { id: id(number), number, name: None, blocked: false, version: 1, tag_ids: Vec::new() }
    }

    /// A message of a conversation, whose contact and channel are told by its number.
    fn hit(conversation: i64, seq: i64) -> MessageHit {
        MessageHit {
            conversation_id: id(conversation),
            channel_id: id(conversation % 2),
            contact: contact(conversation + 10),
            message_id: id(conversation * 100 + seq),
            seq,
            author: Author::Visitor,
            created_at: Timestamp(0),
            snippet: String::new(),
            highlights: Vec::new(),
        }
    }

    fn person(conversation: i64) -> ContactHit {
        ContactHit {
            conversation_id: id(conversation),
            channel_id: id(conversation % 2),
            contact: contact(conversation + 10),
            highlights: Vec::new(),
        }
    }

    #[test]
    fn what_is_gone_leaves_the_results_and_nothing_else_does() {
        let mut results = SearchResults {
            contacts: vec![person(4), person(3), person(2), person(1)],
            messages: vec![hit(1, 9), hit(1, 4), hit(1, 3), hit(2, 5), hit(3, 1), hit(4, 4), hit(6, 2)],
            ..SearchResults::default()
        };
        let mut after = |event: Event| {
            assert!(ends_hits(&event), "{event:?}");
            leave_out(&mut results, &event);
            let place = |hit: &MessageHit| (hit.conversation_id, hit.seq);
            (results.contacts.len(), results.messages.iter().map(place).collect::<Vec<_>>())
        };
        let [late, second, third, fourth, sixth] =
            [(1, 9), (2, 5), (3, 1), (4, 4), (6, 2)].map(|(of, seq)| (id(of), seq));
        let recalled = Event::MessageRecalled { conversation_id: id(1), message_id: id(103), seq: 3, recalls: 1 };
        assert_eq!(after(recalled), (4, vec![late, (id(1), 4), second, third, fourth, sixth]));
        let cleared = Event::ConversationCleared { conversation_id: id(1), seq: 4 };
        assert_eq!(after(cleared), (4, vec![late, second, third, fourth, sixth]));
        let withdrawn = Event::ConversationWithdrawn { conversation_id: id(2), agent_id: id(7), members_version: 1 };
        assert_eq!(after(withdrawn), (3, vec![late, third, fourth, sixth]));
        let deleted = Event::ConversationDeleted { conversation_id: id(3) };
        assert_eq!(after(deleted), (2, vec![late, fourth, sixth]));
        // Also where the conversation is not told of.
        let blocked = Event::ContactBlocked { conversation_id: None, contact_id: id(14), blocked: true };
        assert_eq!(after(blocked), (1, vec![late, sixth]));
        let merged = Event::ContactMerged { contact_id: id(11), survivor_id: id(14) };
        assert_eq!(after(merged), (0, vec![late, sixth]));
        assert_eq!(after(Event::ChannelDeleted { channel_id: id(1) }), (0, vec![sixth]));
        let unblocked = Event::ContactBlocked { conversation_id: Some(id(6)), contact_id: id(16), blocked: false };
        assert!(!ends_hits(&unblocked));
        leave_out(&mut results, &unblocked);
        assert_eq!(results.messages.len(), 1, "whoever is taken off the blacklist stays");
    }

    /// What comes of it without any waiting.
    fn at_once<T>(work: impl Future<Output = T>) -> T {
        match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("it waits"),
        }
    }

    /// A page on which nothing is, and after which one begins.
    fn empty(next: &str) -> SearchResults {
        let next = Some(next.to_owned());
        SearchResults { next_cursor: next.clone(), next_contacts_cursor: next, ..SearchResults::default() }
    }

    #[test]
    fn pages_that_bring_nothing_are_passed_over_in_the_list_that_is_asked_for() {
        for (asked, list) in
            [(Asked::First, Asked::Messages), (Asked::Messages, Asked::Messages), (Asked::People, Asked::People)]
        {
            let questions = RefCell::new(Vec::new());
            let ask = async |asked, cursor: Option<String>| {
                questions.borrow_mut().push((asked, cursor));
                let last = SearchResults { contacts: vec![person(1)], messages: vec![hit(1, 1)], ..empty("d") };
                Ok(match questions.borrow().len() {
                    1 => empty("b"),
                    2 => empty("c"),
                    _ => last,
                })
            };
            let found = at_once(fetch(ask, asked, None, || true)).unwrap();
            let next = |cursor: &str| (list, Some(cursor.to_owned()));
            assert_eq!(questions.into_inner(), [(asked, None), next("b"), next("c")]);
            let counts = (found.messages.len(), found.contacts.len());
            assert_eq!(counts, if list == Asked::People { (0, 1) } else { (1, 0) });
            assert_eq!(next_of(&found, list).as_deref(), Some("d"));
        }
    }

    #[test]
    fn a_search_that_another_has_taken_the_place_of_asks_for_no_further_page() {
        let asked = Cell::new(0);
        let ask = async |_, _| {
            asked.set(asked.get() + 1);
            Ok(empty("on"))
        };
        // Another one begins while the second page is on its way.
        assert!(at_once(fetch(ask, Asked::First, None, || asked.get() < 2)).is_ok());
        assert_eq!(asked.replace(0), 2);
        assert!(at_once(fetch(ask, Asked::First, None, || true)).is_ok());
        assert_eq!(asked.get(), 1 + EMPTY_PAGES, "and one that nobody has is bounded");
    }
}
