//! What the model of the server is asked.

use super::{World, unread};
use crate::rest::Stretch;
use crate::samples;
use crate::state::{Filter, Snapshot, View};
use types::contacts::{Contact, ContactSummary};
use types::conversations::{Conversation, MessagePreview};
use types::custom_fields::CustomFields;
use types::events::{Event, EventsAfter, LedgerEvent};
use types::id::{ContactId, ConversationId};
use types::messages::{Author, Message, MessageWindow};
use types::page::Page;
use types::time::Timestamp;

impl World {
    pub(crate) fn conversation(&self, id: ConversationId) -> Option<Conversation> {
        let talk = self.talks.get(&id.0.as_u128())?;
        let last = talk.messages.last();
        let kept = |message: &&Message| message.seq > talk.cleared;
        // Whoever waits has waited since the first message after the last answer.
        let people = talk.messages.iter().filter(kept).filter(|message| message.author != Author::Automatic);
        let waiting = people.rev().take_while(|message| message.author.is_visitor()).last();
        Some(Conversation {
            id,
            channel_id: talk.channel,
            contact: self.summary(id.0.as_u128()),
            assignee_id: talk.assignee,
            members: talk.members.clone(),
            members_version: talk.members_version,
            closed_at: None,
            queued_at: None,
            snoozed_until: talk.snoozed_until,
            assignment: None,
            last_seq: last.map_or(0, |message| message.seq),
            last_message: last.filter(kept).map(|message| MessagePreview {
                seq: message.seq,
                author: message.author.clone(),
                content: message.content.shortened(MessagePreview::TEXT_MAX),
                created_at: message.created_at,
            }),
            unread: unread(talk),
            read_seq: talk.my_read.max(talk.cleared),
            pinned: talk.personal.pinned,
            muted: talk.personal.muted,
            marked_unread: talk.personal.marked_unread,
            mentioned: talk.personal.mentioned,
            personal_revision: talk.personal.revision,
            cleared_seq: talk.cleared,
            recalls: talk.recalls,
            notes: talk.notes_written,
            cleared_notes: talk.notes_cleared,
            agents_read_seq: talk.agents_read,
            visitor_read_seq: talk.visitor_read,
            waiting_since: waiting.map(|message| message.created_at),
            last_activity_at: last.map_or(talk.created_at, |message| message.created_at),
            created_at: talk.created_at,
        })
    }

    fn summary(&self, number: u128) -> ContactSummary {
        self.contact(samples::contact_id(number)).unwrap().summary()
    }

    pub(crate) fn contact(&self, id: ContactId) -> Option<Contact> {
        let talk = self.talks.get(&id.0.as_u128())?;
        Some(Contact {
            id,
            number: i64::try_from(id.0.as_u128()).unwrap(),
            name: talk.name.clone(),
            external_id: None,
            channel_id: talk.channel,
            ip: None,
            region: None,
            device: None,
            os: None,
            browser: None,
            locale: None,
            referrer: None,
            landing_page: None,
            landing_title: None,
            first_seen_at: talk.created_at,
            last_seen_at: talk.seen_at,
            phone: None,
            remark: None,
            blocked_at: talk.blocked_at,
            version: talk.version,
            tag_ids: talk.tags.clone(),
            custom_values: Vec::new(),
            masked: Vec::new(),
        })
    }

    pub(crate) fn page(&self, view: impl Into<View>, cursor: Option<&str>, limit: usize) -> Page<Conversation> {
        let View { channel, filter, dates, tag } = view.into();
        let mut all: Vec<Conversation> =
            self.talks.keys().filter_map(|number| self.conversation(samples::conversation_id(*number))).collect();
        all.retain(|one| !one.contact.blocked && channel.is_none_or(|channel| one.channel_id == channel));
        let (since, before) = dates.map_or((None, None), |dates| (dates.since, dates.before));
        all.retain(|one| since.is_none_or(|since| one.last_activity_at >= since));
        all.retain(|one| before.is_none_or(|before| one.last_activity_at < before));
        all.retain(|one| tag.is_none_or(|tag| one.contact.tag_ids.contains(&tag)));
        all.retain(|one| match filter {
            Filter::All => one.snoozed_until.is_none(),
            Filter::Mine => one.belongs_to(self.me().id) && one.closed_at.is_none() && one.snoozed_until.is_none(),
            Filter::Unassigned => one.assignee_id.is_none() && one.closed_at.is_none(),
            Filter::Closed => one.closed_at.is_some(),
            Filter::Snoozed => one.snoozed_until.is_some(),
            Filter::Waiting => one.waiting_since.is_some() && one.snoozed_until.is_none(),
            Filter::Unread => one.is_unread(),
        });
        all.sort_by_key(|one| std::cmp::Reverse((one.last_activity_at, one.id)));
        if let Some((at, id)) = cursor.and_then(|cursor| cursor.split_once(' ')) {
            let below = (Timestamp(at.parse().unwrap()), id.parse().unwrap());
            all.retain(|one| (one.last_activity_at, one.id) < below);
        }
        let more = all.len() > limit;
        all.truncate(limit);
        let next_cursor = all.last().filter(|_| more).map(|one| format!("{} {}", one.last_activity_at.0, one.id));
        Page { items: all, next_cursor }
    }

    pub(crate) fn unread(&self) -> Vec<Conversation> {
        let mut all = self.page(None, None, usize::MAX).items;
        all.retain(Conversation::is_unread);
        all
    }

    fn pinned(&self) -> Vec<Conversation> {
        let mut all = self.page(None, None, usize::MAX).items;
        all.retain(|one| one.pinned);
        all
    }

    pub(crate) fn window(&self, id: ConversationId, stretch: Stretch, limit: usize) -> Option<MessageWindow> {
        let talk = self.talks.get(&id.0.as_u128())?;
        let (all, cleared) = (&talk.messages, usize::try_from(talk.cleared).unwrap());
        let range = match stretch {
            Stretch::Newest => all.len().saturating_sub(limit)..all.len(),
            Stretch::Before(seq) => {
                let end = usize::try_from(seq - 1).unwrap().min(all.len());
                end.saturating_sub(limit)..end
            }
            Stretch::Around(seq) => {
                let start = usize::try_from(seq - 1).unwrap().saturating_sub(limit / 2).min(all.len());
                start..(start + limit).min(all.len())
            }
            Stretch::After(seq) => {
                let start = usize::try_from(seq).unwrap().min(all.len());
                start..(start + limit).min(all.len())
            }
        };
        let range = range.start.max(cleared)..range.end.max(cleared);
        let range = match stretch {
            Stretch::After(_) => range.start..(range.start + limit).min(all.len()),
            _ => range,
        };
        Some(MessageWindow {
            has_earlier: range.start > cleared && all.len() > cleared,
            has_later: range.end < all.len(),
            cleared_seq: talk.cleared,
            recalls: talk.recalls,
            items: all[range].to_vec(),
        })
    }

    pub(crate) fn events(&self, after: i64, limit: usize) -> EventsAfter {
        let start = usize::try_from(after).unwrap();
        let end = (start + limit).min(self.ledger.len());
        let items = (after + 1..).zip(self.ledger[start..end].iter().cloned());
        // What was for me while I saw a conversation is so no more.
        let seen = |event: &Event| about(event).is_none_or(|id| !self.hidden.contains_key(&id.0.as_u128()));
        let items = items.filter(|(_, event)| seen(event));
        EventsAfter {
            items: items.map(|(seq, event)| LedgerEvent { seq, event }).collect(),
            cursor: i64::try_from(end).unwrap(),
            has_more: end < self.ledger.len(),
            resync: false,
        }
    }

    pub(crate) fn snapshot(&self, cursor: i64, limit: usize) -> Snapshot {
        let channels = self.channels.values().cloned().collect();
        let (conversations, pinned) = (self.page(None, None, limit), self.pinned());
        let (channel_tree, tag_groups) = (self.channel_tree(), self.tag_groups());
        let custom_fields = CustomFields::default();
        Snapshot { cursor, me: self.me(), channels, channel_tree, tag_groups, custom_fields, conversations, pinned }
    }

    pub(crate) fn messages(&self, id: ConversationId) -> &[Message] {
        self.talks.get(&id.0.as_u128()).map_or(&[], |talk| &talk.messages)
    }

    /// Up to which `seq` the messages of a conversation were cleared.
    pub(crate) fn cleared(&self, id: ConversationId) -> i64 {
        self.talks.get(&id.0.as_u128()).map_or(0, |talk| talk.cleared)
    }

    pub(crate) fn conversation_ids(&self) -> Vec<ConversationId> {
        self.talks.keys().map(|number| samples::conversation_id(*number)).collect()
    }
}

/// The conversation whose event it is: it is for whoever sees that.
fn about(event: &Event) -> Option<ConversationId> {
    match event {
        Event::ConversationCreated { conversation } => Some(conversation.id),
        Event::MessageCreated { message } => Some(message.conversation_id),
        Event::NoteCreated { note } => Some(note.conversation_id),
        Event::MessageRecalled { conversation_id, .. }
        | Event::AgentsRead { conversation_id, .. }
        | Event::VisitorRead { conversation_id, .. }
        | Event::ConversationCleared { conversation_id, .. }
        | Event::NotesCleared { conversation_id, .. }
        | Event::AgentJoined { conversation_id, .. }
        | Event::ConversationAssigned { conversation_id, .. }
        | Event::ConversationClosed { conversation_id, .. }
        | Event::ConversationReopened { conversation_id, .. }
        | Event::ConversationSnoozed { conversation_id, .. }
        | Event::ConversationWoken { conversation_id, .. }
        | Event::AgentLeft { conversation_id, .. } => Some(*conversation_id),
        Event::ContactUpdated { conversation_id, .. } | Event::ContactBlocked { conversation_id, .. } => {
            *conversation_id
        }
        _ => None,
    }
}
