//! The search: what was typed, and what has been found so far. What is recalled, cleared, deleted, withdrawn or blocked
//! meanwhile leaves it.

mod course;
mod pages;

pub use course::Progress;

use crate::api::{ConsoleApi, use_api};
use crate::realtime::Live;
use crate::ui::{focus_instead, focus_is_in};
use course::{Course, Typed};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use leptos::task::spawn_local;
use pages::{Asked, ends_hits, fetch, leave_out, next_of, put};
use std::rc::Rc;
use std::time::Duration;
use types::events::Event;
use types::limits::SEARCH_TEXT_MAX;
use types::search::SearchResults;

/// How long after the last key the server is asked.
const PAUSE: Duration = Duration::from_millis(160);
/// Where the focus goes when what had it has gone from the results.
const HITS: [&str; 2] = ["[data-hit]", ".search-field__input"];

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

    /// How far it has come, and its messages.
    pub fn progress(self) -> Progress {
        self.course.with(Course::progress)
    }

    /// How far the people beyond the first page have come.
    pub fn people_progress(self) -> Progress {
        self.course.with(Course::people)
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
            self.fetch(round, text, Asked::First, None);
        }
    }

    /// The end of what was found is in sight, or the person tries once more to see beyond it.
    pub fn load_more(self) {
        self.go_on(Asked::Messages, Course::more);
    }

    /// The person looks for somebody among more of the people who were found.
    pub fn more_people(self) {
        self.go_on(Asked::People, Course::more_people);
    }

    fn go_on(self, list: Asked, begin: fn(&mut Course) -> Option<u64>) {
        let cursor = self.results.with_untracked(|results| next_of(results.as_ref()?, list));
        let Some(cursor) = cursor else { return };
        if let Some(round) = self.course.try_update(begin).flatten() {
            let text = self.course.with_untracked(|course| course.text().to_owned());
            self.fetch(round, text, list, Some(cursor));
        }
    }

    fn fetch(self, round: u64, text: String, asked: Asked, cursor: Option<String>) {
        let api = self.api.get_value();
        spawn_local(async move {
            let ask = async |asked, cursor: Option<String>| {
                let (cursor, contacts_cursor) = if asked == Asked::People { (None, cursor) } else { (cursor, None) };
                api.search_history(&text, cursor.as_deref(), contacts_cursor.as_deref()).await
            };
            let is_open = || self.course.try_with_untracked(|course| course.since(round).is_some()).unwrap_or_default();
            let answer = fetch(ask, asked, cursor, is_open).await;
            // The results first: whoever is told of the progress reads them.
            if !is_open() {
                return;
            }
            let came = answer.is_ok();
            if let Ok(mut page) = answer {
                self.course.with_untracked(|course| {
                    course.since(round).into_iter().flatten().for_each(|event| leave_out(&mut page, event));
                });
                // The button for more may have gone with it.
                if asked != Asked::First && focus_is_in(".search-results") {
                    focus_instead(&HITS);
                }
                self.results.update(|results| put(results.get_or_insert_default(), asked, page));
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
                focus_instead(&HITS);
            }
            is_gone
        });
        self.course.update_untracked(|course| course.happened(event));
    }

    fn stop_timer(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
    }
}
