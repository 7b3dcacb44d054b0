//! The search: what was typed, and what has been found so far. What is recalled, cleared, deleted or withdrawn meanwhile leaves it.

use crate::api::{ConsoleApi, use_api};
use crate::realtime::Live;
use crate::ui::{focus_instead, focus_is_in};
use client::rest::ApiError;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;
use std::time::Duration;
use types::events::Event;
use types::limits::SEARCH_TEXT_MAX;
use types::search::SearchResults;

/// How long after the last key the server is asked.
const PAUSE: Duration = Duration::from_millis(160);
/// Pages that are asked for one after the other when they bring nothing: each has looked at its share of the history.
const EMPTY_PAGES: usize = 10;

/// How far the search has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Progress {
    /// Nothing is looked for.
    #[default]
    Idle,
    /// The first page is on its way, or will be; what was found before is still shown.
    Searching,
    /// What is there is shown.
    Found,
    /// The next page is on its way.
    More,
    /// It could not be asked.
    Failed,
    /// What is there is shown; the next page could not be asked for.
    MoreFailed,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    First,
    Next,
}

/// What typing means for the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Typed {
    /// Nothing is looked for.
    Nothing,
    /// It is what was asked for already.
    Same,
    /// It is asked for after a pause.
    Other,
}

/// The course of a search: which question is open, and how far it has come. Pure.
#[derive(Debug, Clone, Default)]
struct Course {
    /// What the results belong to.
    asked: String,
    progress: Progress,
    /// What is on its way.
    under_way: Option<Asked>,
    /// Something else stands in the field, and is asked for after a pause.
    pausing: bool,
    /// What has happened while it is: the answer may be older.
    happened: Vec<Event>,
    /// Counts the questions: an answer to an earlier one is dropped.
    round: u64,
}

impl Course {
    /// This stands in the field now.
    fn typed(&mut self, text: &str) -> Typed {
        let text = text.trim();
        self.pausing = false;
        if text.is_empty() {
            *self = Self { round: self.round.wrapping_add(1), ..Self::default() };
            return Typed::Nothing;
        }
        if text != self.asked || self.progress == Progress::Failed {
            self.pausing = true;
            self.progress = Progress::Searching;
            return Typed::Other;
        }
        // Typed and taken back: what was found is there, and what was on its way still is.
        if self.progress == Progress::Searching {
            self.progress = match self.under_way {
                Some(Asked::First) => Progress::Searching,
                Some(Asked::Next) => Progress::More,
                None => Progress::Found,
            };
        }
        Typed::Same
    }

    /// It is asked for. Answers the round.
    fn ask(&mut self, text: &str) -> u64 {
        text.clone_into(&mut self.asked);
        self.pausing = false;
        self.progress = Progress::Searching;
        self.begin(Asked::First)
    }

    /// The next page is asked for, if it can be. Answers the round.
    fn more(&mut self) -> Option<u64> {
        if !matches!(self.progress, Progress::Found | Progress::MoreFailed) {
            return None;
        }
        self.progress = Progress::More;
        Some(self.begin(Asked::Next))
    }

    fn begin(&mut self, asked: Asked) -> u64 {
        self.under_way = Some(asked);
        self.happened.clear();
        self.round = self.round.wrapping_add(1);
        self.round
    }

    /// An answer has come, or not. Answers whether it is taken.
    fn answered(&mut self, round: u64, came: bool) -> bool {
        let Some(asked) = self.under_way.filter(|_| round == self.round) else { return false };
        self.under_way = None;
        if !came && asked == Asked::First {
            // Nothing is there that belongs to it: going back to it asks again.
            self.asked.clear();
        }
        self.progress = match (self.pausing, came, asked) {
            (true, ..) => Progress::Searching,
            (false, true, _) => Progress::Found,
            (false, false, Asked::First) => Progress::Failed,
            (false, false, Asked::Next) => Progress::MoreFailed,
        };
        true
    }
}

/// The search of the console. `Copy`; get it by [`use_search`].
#[derive(Clone, Copy)]
pub struct Search {
    /// What stands in the field.
    text: RwSignal<String>,
    results: RwSignal<Option<SearchResults>>,
    course: RwSignal<Course>,
    timer: StoredValue<Option<TimeoutHandle>>,
    api: StoredValue<ConsoleApi, LocalStorage>,
}

/// The search.
pub fn use_search() -> Search {
    expect_context()
}

impl Search {
    /// A search for nothing, which follows what happens.
    pub fn new(live: Live) -> Self {
        let search = Self {
            text: RwSignal::new(String::new()),
            results: RwSignal::new(None),
            course: RwSignal::new(Course::default()),
            timer: StoredValue::new(None),
            api: StoredValue::new_local(use_api()),
        };
        on_cleanup(move || search.stop_timer());
        live.follow(Rc::new(move |event| match event {
            Some(event) => search.follow(event),
            None => search.ask(),
        }));
        search
    }

    /// What stands in the field.
    pub fn text(self) -> String {
        self.text.get()
    }

    /// Whether results take the list's place.
    pub fn is_on(self) -> bool {
        self.text.with(|text| !text.trim().is_empty())
    }

    /// How far it has come.
    pub fn progress(self) -> Progress {
        self.course.with(|course| course.progress)
    }

    /// Reads what has been found.
    pub fn with_results<T>(self, read: impl FnOnce(Option<&SearchResults>) -> T) -> T {
        self.results.with(|results| read(results.as_ref()))
    }

    /// The person types. What an input method composes is looked for when it is done, or when it pauses as everything else.
    pub fn write(self, text: String) {
        let text: String = text.chars().take(SEARCH_TEXT_MAX).collect();
        self.stop_timer();
        let typed = self.course.try_update(|course| course.typed(&text));
        self.text.set(text);
        match typed {
            Some(Typed::Nothing) => self.results.set(None),
            Some(Typed::Other) => self.timer.set_value(set_timeout_with_handle(move || self.ask(), PAUSE).ok()),
            Some(Typed::Same) | None => {}
        }
    }

    /// The person ends the search.
    pub fn clear(self) {
        self.write(String::new());
    }

    /// Asks at once for what stands in the field: the person does not want to wait, or tries again.
    pub fn ask(self) {
        self.stop_timer();
        let text = self.text.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        if let Some(round) = self.course.try_update(|course| course.ask(&text)) {
            self.fetch(round, text, None);
        }
    }

    /// The end of what was found is in sight, or the person tries once more to see beyond it.
    pub fn load_more(self) {
        let cursor = self.results.with_untracked(|results| results.as_ref()?.next_cursor.clone());
        let Some(cursor) = cursor else { return };
        if let Some(round) = self.course.try_update(Course::more).flatten() {
            self.fetch(round, self.course.with_untracked(|course| course.asked.clone()), Some(cursor));
        }
    }

    fn fetch(self, round: u64, text: String, cursor: Option<String>) {
        let api = self.api.get_value();
        spawn_local(async move {
            let first = cursor.is_none();
            let answer = fetch(&api, &text, cursor).await;
            // The results first: whoever is told of the progress reads them.
            let is_open = self.course.try_with_untracked(|course| course.round == round);
            if is_open != Some(true) {
                return;
            }
            let came = answer.is_ok();
            let answer = answer.map(|mut page| {
                self.course.with_untracked(|course| {
                    course.happened.iter().for_each(|event| leave_out(&mut page, event));
                });
                page
            });
            match answer {
                Ok(page) if first => self.results.set(Some(page)),
                Ok(page) => self.results.update(|results| {
                    if let Some(results) = results {
                        results.messages.extend(page.messages);
                        results.next_cursor = page.next_cursor;
                    }
                }),
                Err(_) => {}
            }
            self.course.update(|course| {
                course.answered(round, came);
            });
        });
    }

    /// Something has happened: what is gone by it leaves the results, and those that are on their way.
    fn follow(self, event: &Event) {
        if !ends_hits(event) {
            return;
        }
        let count = |results: &SearchResults| results.contacts.len().saturating_add(results.messages.len());
        self.results.maybe_update(|results| {
            let Some(results) = results else { return false };
            let before = count(results);
            leave_out(results, event);
            let is_gone = count(results) != before;
            if is_gone && focus_is_in(".search-results") {
                focus_instead(&["[data-hit]", ".search-field__input"]);
            }
            is_gone
        });
        self.course.update_untracked(|course| {
            if course.under_way.is_some() {
                course.happened.push(event.clone());
            }
        });
    }

    fn stop_timer(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
    }
}

/// Whether hits may be gone by it.
fn ends_hits(event: &Event) -> bool {
    matches!(
        event,
        Event::MessageRecalled { .. }
            | Event::ConversationCleared { .. }
            | Event::ConversationDeleted { .. }
            | Event::ConversationWithdrawn { .. }
            | Event::ChannelDeleted { .. }
    )
}

/// Takes out what is gone by an event.
fn leave_out(results: &mut SearchResults, event: &Event) {
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
        Event::ChannelDeleted { channel_id } => {
            messages.retain(|hit| hit.channel_id != *channel_id);
            contacts.retain(|hit| hit.channel_id != *channel_id);
        }
        _ => {}
    }
}

/// A page with something on it, or the last one.
async fn fetch(api: &ConsoleApi, text: &str, mut cursor: Option<String>) -> Result<SearchResults, ApiError> {
    let mut found = api.search_history(text, cursor.as_deref()).await?;
    for _ in 0..EMPTY_PAGES {
        if !found.messages.is_empty() || found.next_cursor.is_none() {
            break;
        }
        cursor = found.next_cursor.take();
        let next = api.search_history(text, cursor.as_deref()).await?;
        found.messages = next.messages;
        found.next_cursor = next.next_cursor;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::contacts::ContactSummary;
    use types::messages::Author;
    use types::search::{ContactHit, MessageHit};
    use types::time::Timestamp;

    fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(number: i64) -> T {
        format!("00000000-0000-0000-0000-{number:012}").parse().unwrap()
    }

    #[test]
    fn what_is_gone_leaves_the_results_and_nothing_else_does() {
        let contact =
            ContactSummary { id: id(1), number: 1, name: None, blocked: false, version: 1, tag_ids: Vec::new() };
        let hit = |conversation: i64, seq: i64| MessageHit {
            conversation_id: id(conversation),
            channel_id: id(conversation % 2),
            contact: contact.clone(),
            message_id: id(conversation * 100 + seq),
            seq,
            author: Author::Visitor,
            created_at: Timestamp(0),
            snippet: String::new(),
            highlights: Vec::new(),
        };
        let person = |conversation: i64| ContactHit {
            conversation_id: id(conversation),
            channel_id: id(conversation % 2),
            contact: contact.clone(),
            highlights: Vec::new(),
        };
        let mut results = SearchResults {
            contacts: vec![person(3), person(2), person(1)],
            more_contacts: false,
            messages: vec![hit(1, 9), hit(1, 4), hit(1, 3), hit(2, 5), hit(3, 1), hit(4, 4)],
            next_cursor: None,
            catching_up: false,
        };
        let mut after = |event: Event| {
            leave_out(&mut results, &event);
            let place = |hit: &MessageHit| (hit.conversation_id, hit.seq);
            (results.contacts.len(), results.messages.iter().map(place).collect::<Vec<_>>())
        };
        let recalled = Event::MessageRecalled { conversation_id: id(1), message_id: id(103), seq: 3, recalls: 1 };
        assert_eq!(after(recalled), (3, vec![(id(1), 9), (id(1), 4), (id(2), 5), (id(3), 1), (id(4), 4)]));
        let cleared = Event::ConversationCleared { conversation_id: id(1), seq: 4 };
        assert_eq!(after(cleared), (3, vec![(id(1), 9), (id(2), 5), (id(3), 1), (id(4), 4)]));
        let withdrawn = Event::ConversationWithdrawn { conversation_id: id(2), agent_id: id(7), members_version: 1 };
        assert_eq!(after(withdrawn), (2, vec![(id(1), 9), (id(3), 1), (id(4), 4)]));
        assert_eq!(after(Event::ConversationDeleted { conversation_id: id(3) }), (1, vec![(id(1), 9), (id(4), 4)]));
        assert_eq!(after(Event::ChannelDeleted { channel_id: id(1) }), (0, vec![(id(4), 4)]));
    }

    #[test]
    fn what_is_typed_and_taken_back_shows_what_was_found() {
        let mut course = Course::default();
        assert_eq!(course.typed("ab"), Typed::Other);
        let round = course.ask("ab");
        assert!(course.answered(round, true));
        assert_eq!((course.typed("abc"), course.progress), (Typed::Other, Progress::Searching));
        assert_eq!((course.typed(" ab "), course.progress), (Typed::Same, Progress::Found));
        // While the next page is on its way it still is.
        let round = course.more().unwrap();
        course.typed("abc");
        assert_eq!((course.typed("ab"), course.progress), (Typed::Same, Progress::More));
        course.typed("abc");
        assert!(course.answered(round, true));
        assert_eq!(course.progress, Progress::Searching, "something else is asked for in a moment");
        assert_eq!((course.typed("ab"), course.progress), (Typed::Same, Progress::Found));
        // And while the first one is.
        let round = course.ask("ab");
        course.typed("abc");
        assert_eq!((course.typed("ab"), course.progress), (Typed::Same, Progress::Searching));
        assert!(course.answered(round, true));
        assert_eq!(course.progress, Progress::Found);
    }

    #[test]
    fn a_next_page_that_fails_takes_nothing_away_and_is_asked_for_again() {
        let mut course = Course::default();
        let round = course.ask("ab");
        assert_eq!(course.more(), None, "nothing is there yet");
        assert!(course.answered(round, true));
        let round = course.more().unwrap();
        assert!(course.answered(round, false));
        assert_eq!(course.progress, Progress::MoreFailed);
        assert!(course.more().is_some());
    }

    #[test]
    fn a_first_page_that_fails_is_asked_for_again_and_late_answers_are_dropped() {
        let mut course = Course::default();
        let late = course.ask("ab");
        let round = course.ask("abc");
        assert!(!course.answered(late, true));
        assert!(course.answered(round, false));
        assert_eq!((course.progress, course.typed("abc")), (Progress::Failed, Typed::Other));
        let round = course.ask("abc");
        course.typed("");
        assert_eq!((course.answered(round, true), course.progress), (false, Progress::Idle));
    }
}
