//! What is changed elsewhere, or on this page, which then knows before the event comes.

use super::*;

impl Simulation {
    /// A conversation or its contact is changed: elsewhere, or on this page, which then knows before the event comes.
    pub(super) fn settle_something(&mut self, kind: u8, number: u128, pick: usize) {
        let (id, here) = (samples::conversation_id(number), pick.is_multiple_of(2));
        if self.world.conversation(id).is_none() {
            return;
        }
        match kind {
            44 => self.world.i_change_my_view(number, u128::try_from(pick / 2).unwrap()),
            45 => self.world.name_contact(number),
            53 => self.world.tag(number, pick),
            46 if pick % 4 < 2 => self.world.block(number),
            47 => self.world.clear(number),
            48 if pick % 8 < 2 => self.world.delete(number),
            _ => return,
        }
        let (conversation, contact) = (self.world.conversation(id), self.world.contact(samples::contact_id(number)));
        match (kind, conversation.map(Box::new), contact.map(Box::new)) {
            _ if !here => {}
            (44, Some(conversation), _) => self.give(Input::ConversationSaved(conversation)),
            (45 | 46 | 53, _, Some(contact)) => self.give(Input::ContactSaved(contact)),
            (47, Some(conversation), _) => self.give(Input::ConversationFetched(conversation)),
            (48, ..) => self.give(Input::ConversationRemoved(id)),
            _ => {}
        }
    }

    /// A channel is deleted: elsewhere, or on this page, which then knows before the event comes.
    pub(super) fn delete_channel(&mut self, number: u128, here: bool) {
        self.world.delete_channel(number);
        if here {
            self.give(Input::ChannelRemoved(samples::channel_id(number)));
        }
    }
}
