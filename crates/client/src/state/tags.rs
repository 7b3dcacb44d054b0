//! The organisation's tags, and what their deletion means for the contacts that are known.

use crate::state::{ConsoleState, Filter};
use types::id::{TagGroupId, TagId};
use types::tags::{Tag, TagGroup};

impl ConsoleState {
    /// Every group of tags, in their order.
    #[must_use]
    pub fn tag_groups(&self) -> &[TagGroup] {
        &self.tag_groups
    }

    /// These of a contact's tags that are there, in the order of the groups and within them.
    pub fn tags_of(&self, tag_ids: &[TagId]) -> impl Iterator<Item = &Tag> {
        self.tag_groups.iter().flat_map(|group| &group.tags).filter(|tag| tag_ids.contains(&tag.id))
    }

    /// Takes a group as added, changed or fetched, unless a newer one is known.
    pub fn put_tag_group(&mut self, group: TagGroup) {
        if self.gone_tag_groups.contains(&group.id) {
            return;
        }
        match self.tag_groups.iter_mut().find(|known| known.id == group.id) {
            Some(known) if known.version <= group.version => *known = group,
            Some(_) => {}
            None => self.tag_groups.push(group),
        }
        self.tag_groups.sort_by_key(|group| (group.rank, group.id));
    }

    /// A group is gone, with its tags.
    pub fn remove_tag_group(&mut self, id: TagGroupId) {
        self.gone_tag_groups.insert(id);
        if let Some(place) = self.tag_groups.iter().position(|group| group.id == id) {
            let group = self.tag_groups.remove(place);
            self.remove_tags(group.tags.iter().map(|tag| tag.id).collect());
        }
    }

    /// Tags are gone: nobody has them any more. Ids are never used twice.
    pub fn remove_tags(&mut self, ids: Vec<TagId>) {
        self.gone_tags.extend(ids);
        let gone = &self.gone_tags;
        for group in &mut self.tag_groups {
            group.tags.retain(|tag| !gone.contains(&tag.id));
        }
        for conversation in self.conversations.values_mut() {
            conversation.contact.tag_ids.retain(|id| !gone.contains(id));
        }
        for contact in self.contacts.values_mut() {
            contact.tag_ids.retain(|id| !gone.contains(id));
        }
        self.listings.retain(|view, _| view.tag.is_none_or(|tag| !gone.contains(&tag)));
    }

    /// Leaves out of a contact's tags, as they were read or told, what has been deleted since.
    pub(super) fn without_gone_tags(&self, tag_ids: &mut Vec<TagId>) {
        if !self.gone_tags.is_empty() {
            tag_ids.retain(|id| !self.gone_tags.contains(id));
        }
    }

    /// Whether a list that is filled, or chosen, is of one's own or of nobody's conversations.
    pub(super) fn lists_by_whose(&self) -> bool {
        let mut views = self.listings.keys().chain([&self.chosen]);
        views.any(|view| matches!(view.filter, Filter::Mine | Filter::Unassigned))
    }

    /// Whether a list that is filled, or chosen, is of one of these tags.
    pub(super) fn lists_any_of(&self, tag_ids: &[TagId]) -> bool {
        let mut tags = self.listings.keys().chain([&self.chosen]).filter_map(|view| view.tag);
        tags.any(|tag| tag_ids.contains(&tag))
    }
}
