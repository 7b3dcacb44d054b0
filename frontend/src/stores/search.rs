//! The search: what was typed, and what has been found so far.

use crate::api::{ConsoleApi, use_api};
use client::rest::ApiError;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use types::limits::SEARCH_TEXT_MAX;
use types::search::SearchResults;

/// How long after the last key the server is asked.
const PAUSE: Duration = Duration::from_millis(160);
/// Pages that are asked for one after the other when they bring nothing: each has looked at its share of the history.
const EMPTY_PAGES: usize = 10;

/// How far the search has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing is looked for.
    Idle,
    /// The first page is on its way; what was found before is still shown.
    Searching,
    /// What is there is shown.
    Found,
    /// The next page is on its way.
    More,
    /// It could not be asked.
    Failed,
}

/// The search of the console. `Copy`; get it by [`use_search`].
#[derive(Clone, Copy)]
pub struct Search {
    /// What stands in the field.
    text: RwSignal<String>,
    /// What the results belong to.
    asked: RwSignal<String>,
    results: RwSignal<Option<SearchResults>>,
    progress: RwSignal<Progress>,
    /// Counts the questions: an answer to an earlier one is dropped.
    round: StoredValue<u64>,
    timer: StoredValue<Option<TimeoutHandle>>,
    api: StoredValue<ConsoleApi, LocalStorage>,
}

/// The search.
pub fn use_search() -> Search {
    expect_context()
}

impl Search {
    /// A search for nothing.
    pub fn new() -> Self {
        let search = Self {
            text: RwSignal::new(String::new()),
            asked: RwSignal::new(String::new()),
            results: RwSignal::new(None),
            progress: RwSignal::new(Progress::Idle),
            round: StoredValue::new(0),
            timer: StoredValue::new(None),
            api: StoredValue::new_local(use_api()),
        };
        on_cleanup(move || search.stop_timer());
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
        self.progress.get()
    }

    /// Reads what has been found.
    pub fn with_results<T>(self, read: impl FnOnce(Option<&SearchResults>) -> T) -> T {
        self.results.with(|results| read(results.as_ref()))
    }

    /// The person types. What an input method composes is looked for when it is done, or when it pauses as everything else.
    pub fn write(self, text: String) {
        let text: String = text.chars().take(SEARCH_TEXT_MAX).collect();
        let same = text.trim() == self.asked.get_untracked() && self.progress.get_untracked() != Progress::Failed;
        self.text.set(text);
        self.stop_timer();
        if !self.text.with_untracked(|text| !text.trim().is_empty()) {
            self.clear();
        } else if !same {
            self.progress.set(Progress::Searching);
            let timer = set_timeout_with_handle(move || self.ask(), PAUSE).ok();
            self.timer.set_value(timer);
        }
    }

    /// The person ends the search.
    pub fn clear(self) {
        self.stop_timer();
        self.round.update_value(|round| *round = round.wrapping_add(1));
        self.text.set(String::new());
        self.asked.set(String::new());
        self.results.set(None);
        self.progress.set(Progress::Idle);
    }

    /// Asks at once for what stands in the field: the person does not want to wait, or tries again.
    pub fn ask(self) {
        self.stop_timer();
        let text = self.text.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        self.asked.set(text.clone());
        self.progress.set(Progress::Searching);
        self.fetch(text, None);
    }

    /// The end of what was found is in sight.
    pub fn load_more(self) {
        let cursor = self.results.with_untracked(|results| results.as_ref()?.next_cursor.clone());
        let (Some(cursor), Progress::Found) = (cursor, self.progress.get_untracked()) else { return };
        self.progress.set(Progress::More);
        self.fetch(self.asked.get_untracked(), Some(cursor));
    }

    fn fetch(self, text: String, cursor: Option<String>) {
        let round = self.round.try_update_value(|round| {
            *round = round.wrapping_add(1);
            *round
        });
        let api = self.api.get_value();
        spawn_local(async move {
            let first = cursor.is_none();
            let answer = fetch(&api, &text, cursor).await;
            if self.round.try_get_value() != round {
                return;
            }
            match answer {
                Ok(page) if first => self.results.set(Some(page)),
                Ok(page) => self.results.update(|results| {
                    if let Some(results) = results {
                        results.messages.extend(page.messages);
                        results.next_cursor = page.next_cursor;
                    }
                }),
                Err(_) => {
                    self.progress.set(Progress::Failed);
                    return;
                }
            }
            self.progress.set(Progress::Found);
        });
    }

    fn stop_timer(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
    }
}

impl Default for Search {
    fn default() -> Self {
        Self::new()
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
