//! The cards: what is told on the page itself, for a while.

use super::Alerts;
use super::news::{Mention, Topic};
use leptos::prelude::*;
use std::time::Duration;
use types::id::ConversationId;
use types::notes::Note;

/// Cards shown at once; the oldest make room.
const CARDS: usize = 3;
/// How long a card stays when nobody touches it.
const CARD_LASTS: Duration = Duration::from_secs(8);

/// A card: somebody has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    conversation_id: ConversationId,
    /// The note in which a colleague mentions the agent, if that is what it tells.
    mention: Option<Mention>,
    /// Which turn of the clock takes it away.
    turn: u32,
}

impl Card {
    /// Where somebody has written.
    pub fn id(&self) -> ConversationId {
        self.conversation_id
    }

    /// What it tells of.
    pub(super) fn topic(&self) -> Topic {
        Topic::of(self.conversation_id, self.mention.as_ref())
    }
}

impl Alerts {
    /// The cards on show, oldest first.
    pub fn cards(self) -> Vec<Card> {
        self.cards.get()
    }

    /// The note that a conversation's card tells of.
    pub fn mention(self, id: ConversationId) -> Option<Note> {
        let mention = |card: &Card| card.mention.as_ref().map(|mention| mention.note.clone());
        self.cards.with(|cards| cards.iter().find(|card| card.conversation_id == id).and_then(mention))
    }

    /// Takes a card away.
    pub fn dismiss(self, id: ConversationId) {
        self.cards.update(|cards| cards.retain(|card| card.conversation_id != id));
    }

    pub(super) fn put_card(self, id: ConversationId, mention: Option<Mention>) {
        let turn = self.next_turn();
        self.cards.update(|cards| {
            // That a colleague asks for the person stays said although the visitor goes on writing.
            let before = cards.iter_mut().find(|card| card.conversation_id == id).and_then(|card| card.mention.take());
            cards.retain(|card| card.conversation_id != id);
            cards.push(Card { conversation_id: id, mention: mention.or(before), turn });
            let surplus = cards.len().saturating_sub(CARDS);
            cards.drain(..surplus);
        });
        self.take_away_later(id);
    }

    /// Takes a card away after a while, unless it is renewed before.
    pub fn take_away_later(self, id: ConversationId) {
        let turn_of =
            move |cards: &Vec<Card>| cards.iter().find(|card| card.conversation_id == id).map(|card| card.turn);
        let turn = self.cards.with_untracked(turn_of);
        set_timeout(
            move || {
                let Some(now) = self.cards.try_with_untracked(turn_of) else { return };
                if now.is_some() && now == turn {
                    self.dismiss(id);
                }
            },
            CARD_LASTS,
        );
    }

    /// Keeps a card for as long as somebody is at it.
    pub fn hold(self, id: ConversationId) {
        let turn = self.next_turn();
        self.cards.update(|cards| {
            for card in cards.iter_mut().filter(|card| card.conversation_id == id) {
                card.turn = turn;
            }
        });
    }

    fn next_turn(self) -> u32 {
        let turn = self.turns.get_value().wrapping_add(1);
        self.turns.set_value(turn);
        turn
    }
}
