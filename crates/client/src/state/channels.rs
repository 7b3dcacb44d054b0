//! The organisation's channels.

use crate::state::ConsoleState;
use types::channels::Channel;
use types::id::{ChannelId, ConversationId};

impl ConsoleState {
    /// The channels, oldest first.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// One channel.
    #[must_use]
    pub fn channel(&self, id: ChannelId) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    /// Takes a channel as created, edited or fetched, unless a newer one is known.
    pub fn put_channel(&mut self, channel: Channel) {
        if self.is_deleted(channel.id) {
            return;
        }
        self.put_into_tree(channel.id);
        match self.channels.iter_mut().find(|known| known.id == channel.id) {
            Some(known) if known.updated_at <= channel.updated_at => *known = channel,
            Some(_) => {}
            None => self.channels.push(channel),
        }
        self.channels.sort_by_key(|channel| (channel.created_at, channel.id));
    }

    /// A channel is gone, with all its conversations.
    pub fn remove_channel(&mut self, id: ChannelId) {
        self.deleted.insert(id);
        self.channels.retain(|channel| channel.id != id);
        self.take_out_of_tree(id);
        self.listings.retain(|view, _| view.channel != Some(id));
        let gone = self.conversations.values().filter(|conversation| conversation.channel_id == id);
        let gone: Vec<ConversationId> = gone.map(|conversation| conversation.id).collect();
        for id in gone {
            self.drop_conversation(id);
            self.missing.insert(id);
        }
        self.contacts.retain(|_, contact| contact.channel_id != id);
    }

    /// Whether the channel was deleted while we looked.
    pub(crate) fn is_deleted(&self, channel: ChannelId) -> bool {
        self.deleted.contains(&channel)
    }
}
