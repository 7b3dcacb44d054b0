//! The entries that the page shows: pages of the log, asked for as one goes on.

use super::wanted::Wanted;
use crate::api::{ConsoleApi, use_api};
use crate::i18n::format;
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use std::collections::HashSet;
use types::audit::{AuditEntry, AuditFilter};
use types::id::AuditId;

/// Pages that are asked for one after the other where they bring nothing: each looks at a bounded part of the log.
const EMPTY_PAGES: u8 = 20;

/// The entries. `Copy`.
#[derive(Clone, Copy)]
pub struct Found {
    api: StoredValue<ConsoleApi>,
    /// What is shown.
    pub wanted: Memo<Wanted>,
    /// The entries so far.
    pub items: RwSignal<Vec<AuditEntry>>,
    /// Where the next page begins.
    next: RwSignal<Option<String>>,
    /// A page is on its way.
    pub busy: RwSignal<bool>,
    /// The first page has come.
    pub loaded: RwSignal<bool>,
    /// Why the last page has not come.
    pub failed: RwSignal<Option<ApiError>>,
    /// Counts the lists: an answer about an earlier one is of no use.
    list: StoredValue<u64>,
}

impl Found {
    /// Nothing yet.
    pub fn new(wanted: Memo<Wanted>) -> Self {
        Self {
            api: StoredValue::new(use_api()),
            wanted,
            items: RwSignal::new(Vec::new()),
            next: RwSignal::new(None),
            busy: RwSignal::new(false),
            loaded: RwSignal::new(false),
            failed: RwSignal::new(None),
            list: StoredValue::new(0),
        }
    }

    /// The interface.
    pub fn api(self) -> ConsoleApi {
        self.api.get_value()
    }

    /// What the server is asked.
    pub fn filter(self) -> AuditFilter {
        let wanted = self.wanted.get_untracked();
        let dates = wanted.period().map(format::dates_now);
        let (since, before) = dates.map_or((None, None), |dates| (dates.since, dates.before));
        AuditFilter { since, before, ..wanted.filter() }
    }

    /// Begins anew, with what is wanted now.
    pub fn renew(self) {
        self.items.set(Vec::new());
        self.next.set(None);
        self.loaded.set(false);
        self.load();
    }

    /// Whether there are more than are here.
    pub fn has_more(self) -> bool {
        self.next.with(Option::is_some)
    }

    /// Asks for the next page.
    pub fn load(self) {
        let Some(list) = self.list.try_update_value(|list| {
            *list = list.wrapping_add(1);
            *list
        }) else {
            return;
        };
        self.busy.set(true);
        self.failed.set(None);
        let (api, filter) = (self.api(), self.filter());
        let mut cursor = self.next.get_untracked();
        spawn_local(async move {
            let mut pages = 0_u8;
            let answer = loop {
                let page = api.list_audit_entries(&filter, cursor.as_deref()).await;
                // The page may be gone by the time the answer is here, or show something else.
                if self.list.try_get_value() != Some(list) {
                    return;
                }
                pages = pages.saturating_add(1);
                match page {
                    Ok(page) if page.items.is_empty() && page.next_cursor.is_some() && pages < EMPTY_PAGES => {
                        cursor = page.next_cursor;
                    }
                    answer => break answer,
                }
            };
            match answer {
                Ok(page) => {
                    self.items.update(|items| {
                        let known: HashSet<AuditId> = items.iter().map(|item| item.id).collect();
                        items.extend(page.items.into_iter().filter(|item| !known.contains(&item.id)));
                    });
                    self.next.set(page.next_cursor);
                    self.loaded.set(true);
                }
                Err(error) => self.failed.set(Some(error)),
            }
            self.busy.set(false);
        });
    }
}
