//! The organisation's tags, and giving them to contacts: what one picks is shown at once and saved in its order.

use super::conversation_settings::{ConversationSettings, use_conversation_settings};
use super::inbox::{Inbox, use_inbox};
use crate::api::{ConsoleApi, use_api};
use crate::i18n::{errors::error_text, lang_now};
use crate::realtime::Live;
use crate::ui::{Toasts, use_toasts};
use client::rest::ApiError;
use client::sync::Input;
use leptos::{prelude::*, task::spawn_local};
use rules::tags::picked;
use std::collections::HashMap;
use types::contacts::Contact;
use types::error::ErrorCode;
use types::id::{ContactId, TagGroupId, TagId};
use types::limits::CONTACT_TAGS_MAX;
use types::tags::{SetContactTags, Tag, TagGroup};

/// How often picks are offered anew because somebody else was faster.
const TRIES: usize = 3;

/// The tags. `Copy`; get it by [`use_tags`].
#[derive(Clone, Copy)]
pub struct Tags {
    live: Live,
    /// What was picked for a contact, or taken back, and is not saved yet.
    picks: RwSignal<HashMap<ContactId, Vec<(TagId, bool)>>>,
    inbox: Inbox,
    settings: ConversationSettings,
    api: StoredValue<ConsoleApi, LocalStorage>,
    toasts: Toasts,
}

/// The tags.
pub fn use_tags() -> Tags {
    expect_context()
}

impl Tags {
    /// Makes them available to everything below, for the agent who is signed in: what was picked outlives the picker.
    pub fn provide(live: Live) {
        provide_context(Self {
            live,
            picks: RwSignal::new(HashMap::new()),
            inbox: use_inbox(),
            settings: use_conversation_settings(),
            api: StoredValue::new_local(use_api()),
            toasts: use_toasts(),
        });
    }

    /// Every group, in their order.
    pub fn groups(self) -> Vec<TagGroup> {
        self.live.on_state(|machine| machine.state().tag_groups().to_vec())
    }

    /// One tag.
    pub fn get(self, id: TagId) -> Option<Tag> {
        self.live.on_state(|machine| machine.state().tags_of(&[id]).next().cloned())
    }

    /// Whether there are any.
    pub fn are_there(self) -> bool {
        self.live.on_state(|machine| machine.state().tag_groups().iter().any(|group| !group.tags.is_empty()))
    }

    /// These of a contact's tags that are there, in their order, with what was picked meanwhile.
    pub fn of(self, id: ContactId, tag_ids: &[TagId]) -> Vec<Tag> {
        let shown = self.picks.with(|picks| {
            let picks = picks.get(&id)?;
            Some(self.live.on_state(|machine| with_picks(machine.state().tag_groups(), tag_ids, picks)))
        });
        let tag_ids = shown.as_deref().unwrap_or(tag_ids);
        self.live.on_state(|machine| machine.state().tags_of(tag_ids).cloned().collect())
    }

    /// Gives a contact a tag, or takes it back.
    pub fn pick(self, id: ContactId, tag: TagId, is_on: bool) {
        let has = self.inbox.contact_now(id).map(|contact| contact.tag_ids).unwrap_or_default();
        let picks = self.picks.with_untracked(|picks| picks.get(&id).cloned().unwrap_or_default());
        let count = self.live.now(|machine| {
            let groups = machine.state().tag_groups();
            picked(groups, &with_picks(groups, &has, &picks), tag, is_on).len()
        });
        if count > CONTACT_TAGS_MAX {
            let most = i64::try_from(CONTACT_TAGS_MAX).unwrap_or(i64::MAX);
            self.toasts.error(lang_now().tags_too_many(most));
            return;
        }
        let is_first = self.picks.try_update(|all| {
            let picks = all.entry(id).or_default();
            picks.push((tag, is_on));
            picks.len() == 1
        });
        if is_first == Some(true) {
            spawn_local(self.save(id));
        }
    }

    /// Saves what was picked for a contact, until nothing is left.
    async fn save(self, id: ContactId) {
        let (mut tries, mut afresh) = (0, false);
        loop {
            let picks = self.picks.try_with_untracked(|picks| picks.get(&id).cloned()).flatten();
            // Signed out meanwhile, or nothing is left.
            let Some(picks) = picks.filter(|picks| !picks.is_empty()) else { break };
            match self.offer(id, &picks, afresh).await {
                Ok(contact) => {
                    self.inbox.put_contact(contact);
                    (tries, afresh) = (0, false);
                    self.picks.try_update(|all| all.get_mut(&id).map(|left| drop(left.drain(..picks.len()))));
                }
                Err(error) if error.code() == Some(ErrorCode::Conflict) && tries < TRIES => {
                    (tries, afresh) = (tries.saturating_add(1), true);
                }
                Err(error) => {
                    self.toasts.error(error_text(lang_now(), &error));
                    break;
                }
            }
        }
        self.picks.try_update(|all| all.remove(&id));
    }

    async fn offer(self, id: ContactId, picks: &[(TagId, bool)], afresh: bool) -> Result<Contact, ApiError> {
        let known = self.inbox.contact_now(id).filter(|_| !afresh);
        let known = match known {
            Some(contact) => contact,
            None => self.settings.fetch(id).await?,
        };
        let tag_ids = self.live.now(|machine| with_picks(machine.state().tag_groups(), &known.tag_ids, picks));
        let api = self.api.get_value();
        api.set_contact_tags(id, &SetContactTags { version: known.version, tag_ids }).await
    }

    // What admins change.

    /// The API, for what is changed of tags themselves.
    pub fn api(self) -> ConsoleApi {
        self.api.get_value()
    }

    /// Takes a group as added or changed here, ahead of its event.
    pub fn put_group(self, group: TagGroup) {
        self.live.handle(Input::TagGroupSaved(Box::new(group)));
    }

    /// Takes the deletion of a group, ahead of its event.
    pub fn remove_group(self, id: TagGroupId) {
        self.live.handle(Input::TagGroupRemoved(id));
    }

    /// Takes the deletion of a tag, ahead of its event.
    pub fn remove_tag(self, id: TagId) {
        self.live.handle(Input::TagRemoved(id));
    }
}

fn with_picks(groups: &[TagGroup], tag_ids: &[TagId], picks: &[(TagId, bool)]) -> Vec<TagId> {
    // What was deleted is not sent, though nothing was picked in its place.
    let is_there = |id: &TagId| groups.iter().any(|group| group.tags.iter().any(|tag| tag.id == *id));
    let known: Vec<TagId> = tag_ids.iter().filter(|id| is_there(id)).copied().collect();
    picks.iter().fold(known, |ids, (tag, is_on)| picked(groups, &ids, *tag, *is_on))
}
