//! The contacts that the page shows: pages in their order, asked for as one goes on, and what others do to them meanwhile.

use super::wanted::Wanted;
use crate::api::{ConsoleApi, use_api};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use std::collections::HashSet;
use types::contact_list::{ContactFilter, ListedContact};
use types::contacts::Contact;
use types::error::ErrorCode;
use types::id::{ContactId, ConversationId};

/// Pages that are asked for one after the other where they bring nobody: each looks at a bounded part of the list.
const EMPTY_PAGES: u8 = 20;

/// The contacts. `Copy`.
#[derive(Clone, Copy)]
pub struct Found {
    api: StoredValue<ConsoleApi>,
    /// What is shown.
    pub wanted: Memo<Wanted>,
    /// The contacts so far.
    pub items: RwSignal<Vec<ListedContact>>,
    /// Where the next page begins.
    next: RwSignal<Option<String>>,
    /// A page is on its way.
    pub busy: RwSignal<bool>,
    /// The first page has come.
    pub loaded: RwSignal<bool>,
    /// Why the last page has not come.
    pub failed: RwSignal<Option<ApiError>>,
    /// Who is selected.
    pub selected: RwSignal<HashSet<ContactId>>,
    /// All that match are, whether they are here or not.
    pub all_selected: RwSignal<bool>,
    /// Counts the lists: an answer about an earlier one is of no use.
    list: StoredValue<u64>,
}

impl Found {
    /// Nobody yet.
    pub fn new(wanted: Memo<Wanted>) -> Self {
        Self {
            api: StoredValue::new(use_api()),
            wanted,
            items: RwSignal::new(Vec::new()),
            next: RwSignal::new(None),
            busy: RwSignal::new(false),
            loaded: RwSignal::new(false),
            failed: RwSignal::new(None),
            selected: RwSignal::new(HashSet::new()),
            all_selected: RwSignal::new(false),
            list: StoredValue::new(0),
        }
    }

    /// The interface.
    pub fn api(self) -> ConsoleApi {
        self.api.get_value()
    }

    /// Begins anew, with what is wanted now.
    pub fn begin(self) {
        self.select_none();
        self.renew();
    }

    /// Fetches the same anew. Who is selected stays so: whoever is gone is missing in what is done with them, and counted.
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

    /// Nobody is selected any more.
    pub fn select_none(self) {
        self.selected.set(HashSet::new());
        self.all_selected.set(false);
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
        let (api, wanted) = (self.api(), self.wanted.get_untracked());
        let mut cursor = self.next.get_untracked();
        spawn_local(async move {
            let order = (wanted.sort, wanted.descending);
            let mut pages = 0_u8;
            let answer = loop {
                let page = api.list_contacts(&wanted.filter, order, cursor.as_deref()).await;
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
                        let known: HashSet<ContactId> = items.iter().map(|item| item.contact.id).collect();
                        // Whoever has moved in the order meanwhile is on two pages.
                        items.extend(page.items.into_iter().filter(|item| !known.contains(&item.contact.id)));
                    });
                    self.next.set(page.next_cursor);
                    self.loaded.set(true);
                }
                Err(error) => self.failed.set(Some(error)),
            }
            self.busy.set(false);
        });
    }

    /// A conversation is gone, or not the agent's any more, and its contact with it, unless they have another one, because somebody was
    /// merged into them: only the server knows.
    pub fn remove(self, id: ConversationId) {
        let is_gone = |item: &ListedContact| item.conversation_id == Some(id);
        let gone =
            self.items.with_untracked(|items| items.iter().find(|item| is_gone(item)).map(|item| item.contact.id));
        let Some(gone) = gone else { return };
        let api = self.api();
        spawn_local(async move {
            match api.list_contact_merges(gone).await {
                Ok(merges) if !merges.items.is_empty() => self.try_renew(),
                Ok(_) => self.remove_contact(gone),
                // Agents who may not ask see nobody without a conversation of theirs.
                Err(error) if matches!(error.code(), Some(ErrorCode::NotFound | ErrorCode::Forbidden)) => {
                    self.remove_contact(gone);
                }
                // Who they are is not known, but that something has changed is.
                Err(_) => self.try_renew(),
            }
        });
    }

    /// Somebody has been taken apart from a contact, and has a place in the list, which only the server knows. Of all that there are, in
    /// their order, they are not missed for as long as that contact is further on.
    pub fn separate(self, survivor: ContactId) {
        let is_here = self.items.with_untracked(|items| items.iter().any(|item| item.contact.id == survivor));
        let is_all = self.wanted.with_untracked(|wanted| wanted.filter == ContactFilter::default());
        if is_here || !is_all || !self.loaded.get_untracked() {
            self.renew();
        }
    }

    /// The same as [`renew`](Self::renew), once the page may be gone.
    fn try_renew(self) {
        if self.items.try_get_untracked().is_some() {
            self.renew();
        }
    }

    /// A contact is gone with all that was kept of them.
    pub fn remove_contact(self, id: ContactId) {
        self.items.try_update(|items| items.retain(|item| item.contact.id != id));
        self.selected.try_update(|selected| {
            selected.remove(&id);
        });
    }

    /// The only one who is selected.
    pub fn only_selected(self) -> Option<ListedContact> {
        let id = self.selected.with_untracked(|selected| match selected.len() {
            1 => selected.iter().next().copied(),
            _ => None,
        })?;
        let is_one = !self.all_selected.get_untracked();
        let found = self.items.with_untracked(|items| items.iter().find(|item| item.contact.id == id).cloned());
        found.filter(|_| is_one)
    }

    /// Somebody has changed a contact, of this conversation, where they have one.
    pub fn put(self, contact: &Contact, conversation_id: Option<ConversationId>) {
        let is_here = |item: &ListedContact| item.contact.id == contact.id;
        if !self.items.with_untracked(|items| items.iter().any(is_here)) {
            return;
        }
        self.items.update(|items| {
            for item in items.iter_mut().filter(|item| is_here(item) && item.contact.version <= contact.version) {
                item.contact = contact.summary();
                item.phone.clone_from(&contact.phone);
                item.remark.clone_from(&contact.remark);
                item.region.clone_from(&contact.region);
                item.last_seen_at = contact.last_seen_at;
                // Who had none has got that of who was merged into them.
                item.conversation_id = item.conversation_id.or(conversation_id);
            }
        });
    }
}
