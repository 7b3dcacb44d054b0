//! Tags in the model: groups come and go, and contacts are given tags.

use super::World;
use types::events::Event;
use types::id::{TagGroupId, TagId};
use types::tags::{Tag, TagColor, TagGroup};
use uuid::Uuid;

/// As many groups, and tags in each, as there are at most.
const MOST: usize = 3;

impl World {
    pub(crate) fn tag_groups(&self) -> Vec<TagGroup> {
        let mut groups = self.tag_groups.clone();
        groups.sort_by_key(|group| (group.rank, group.id));
        groups
    }

    /// One of the tags that there are.
    pub(crate) fn some_tag(&self, pick: usize) -> Option<TagId> {
        let ids: Vec<TagId> = self.tag_groups.iter().flat_map(|group| &group.tags).map(|tag| tag.id).collect();
        ids.get(pick.checked_rem(ids.len())?).copied()
    }

    /// Somebody gives a contact a tag, or takes it away.
    pub(crate) fn tag(&mut self, number: u128, pick: usize) {
        let Some(tag) = self.some_tag(pick) else { return };
        let Some(talk) = self.talks.get_mut(&number) else { return };
        if talk.tags.contains(&tag) {
            talk.tags.retain(|id| *id != tag);
        } else {
            talk.tags.push(tag);
            talk.tags.sort_unstable();
        }
        talk.version += 1;
        self.contact_changed(number);
    }

    /// Groups and tags are added, changed, moved and deleted.
    pub(crate) fn change_tags(&mut self, pick: usize) {
        let new = Uuid::from_u128(u128::try_from(self.tick().0).unwrap());
        let at = (pick / 8).checked_rem(self.tag_groups.len());
        match (pick % 8, at) {
            (0..=1, _) if self.tag_groups.len() < MOST => {
                let rank = i64::try_from(pick).unwrap();
                let (name, id) = (format!("group {new}"), TagGroupId(new));
                let group = TagGroup { id, name, single_choice: false, rank, version: 0, tags: Vec::new() };
                self.tag_groups.push(group);
                self.save(self.tag_groups.len() - 1);
            }
            (2..=4, Some(at)) if self.tag_groups[at].tags.len() < MOST => {
                let tag = Tag { id: TagId(new), name: format!("tag {new}"), color: TagColor::Blue };
                self.tag_groups[at].tags.insert(0, tag);
                self.save(at);
            }
            (5, Some(at)) => {
                self.tag_groups[at].rank = i64::try_from(pick).unwrap() * 7 % 11;
                self.tag_groups[at].name = format!("renamed {new}");
                self.save(at);
            }
            (6, Some(at)) => {
                let gone = self.tag_groups[at].tags.pop();
                if let Some(tag) = gone {
                    self.forget(&[tag.id]);
                    self.save(at);
                }
            }
            (7, Some(at)) => {
                let group = self.tag_groups.remove(at);
                self.forget(&group.tags.iter().map(|tag| tag.id).collect::<Vec<_>>());
                self.append(Event::TagGroupDeleted { group_id: group.id });
            }
            _ => {}
        }
    }

    fn save(&mut self, at: usize) {
        self.tag_groups[at].version += 1;
        self.append(Event::TagGroupSaved { group: self.tag_groups[at].clone() });
    }

    /// Nobody has these any more, of which no event of a contact tells.
    fn forget(&mut self, tag_ids: &[TagId]) {
        for talk in self.talks.values_mut().chain(self.hidden.values_mut()) {
            talk.tags.retain(|id| !tag_ids.contains(id));
        }
        self.append(Event::TagsDeleted { tag_ids: tag_ids.to_vec() });
    }
}
