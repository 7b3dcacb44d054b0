//! Faults of the kind that the simulation exists to find, put in on purpose: a simulation that cannot fail proves nothing.

use super::dice::Dice;
use types::events::Event;
use types::id::Nonce;
use types::ws::{ClientFrame, ServerFrame};

/// What is put in, once, when its turn comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sabotage {
    /// An event is lost on the way to one client, without a resync.
    DropEvent,
    /// An event is delivered twice to one client.
    DoubleEvent,
    /// Two events of one client change places.
    SwapEvents,
    /// A message is sent again as a new one.
    ResendAsNew,
    /// A message that was acknowledged is gone from the database.
    LoseAcknowledged,
    /// Two messages of a conversation change places in the database.
    SwapStored,
    /// A counter of the database is wrong by one.
    Miscount,
}

#[derive(Default)]
pub(super) struct Saboteur {
    sabotage: Option<Sabotage>,
    /// Chances to let pass before it strikes.
    wait: usize,
    struck: bool,
    /// It strikes once it has been at rest: before, what it does could be taken for the network's doing, and be repaired.
    awake: bool,
    held: Option<(usize, ServerFrame)>,
    forged: Option<Nonce>,
}

impl Saboteur {
    pub(super) fn new(sabotage: Sabotage, wait: usize) -> Self {
        Self { sabotage: Some(sabotage), wait, ..Self::default() }
    }

    /// It has been at rest.
    pub(super) fn wake(&mut self) {
        self.awake = true;
    }

    /// Whether it has done its work.
    pub(super) fn has_struck(&self) -> bool {
        self.struck
    }

    fn strikes(&mut self, with: Sabotage) -> bool {
        if self.sabotage != Some(with) || self.struck || !self.awake {
            return false;
        }
        if self.wait > 0 {
            self.wait -= 1;
            return false;
        }
        self.struck = true;
        true
    }

    /// Frames that reach the server besides this one.
    pub(super) fn frames_again(&mut self, frame: &ClientFrame, dice: &mut Dice) -> Vec<ClientFrame> {
        match frame {
            ClientFrame::SendMessage { conversation_id, content, .. } if self.strikes(Sabotage::ResendAsNew) => {
                let nonce = Nonce(dice.uuid());
                self.forged = Some(nonce);
                let (conversation_id, content) = (*conversation_id, content.clone());
                vec![ClientFrame::SendMessage { nonce, conversation_id, content }]
            }
            _ => Vec::new(),
        }
    }

    /// The server has refused a message; if it was forged, the blow was struck in vain.
    pub(super) fn refused(&mut self, nonce: Nonce) {
        if self.forged == Some(nonce) {
            self.struck = false;
        }
    }

    /// What reaches a client in place of a frame.
    pub(super) fn frames_instead(&mut self, client: usize, frame: ServerFrame) -> Vec<ServerFrame> {
        // What a tap can tell: an agent's placed events, and the messages of a visitor.
        let counts = matches!(
            frame,
            ServerFrame::Event { seq: Some(_), .. } | ServerFrame::Event { event: Event::MessageCreated { .. }, .. }
        );
        if let Some((to, held)) = self.held.take() {
            if to == client && counts {
                return vec![frame, held];
            }
            self.held = Some((to, held));
            return vec![frame];
        }
        if !counts {
            return vec![frame];
        }
        if self.strikes(Sabotage::DropEvent) {
            return Vec::new();
        }
        if self.strikes(Sabotage::DoubleEvent) {
            return vec![frame.clone(), frame];
        }
        if self.strikes(Sabotage::SwapEvents) {
            self.held = Some((client, frame));
            return Vec::new();
        }
        vec![frame]
    }

    /// What is done to the database once everything is at rest.
    pub(super) fn statements(&mut self) -> &'static [&'static str] {
        let statements: &[&str] = match self.sabotage {
            Some(Sabotage::LoseAcknowledged) => &["DELETE FROM message WHERE seq = 1"],
            Some(Sabotage::SwapStored) => &[
                "UPDATE message SET seq = -seq WHERE seq IN (1, 2) \
                 AND conversation_id IN (SELECT conversation_id FROM message WHERE seq = 2)",
                "UPDATE message SET seq = 3 + seq WHERE seq IN (-1, -2)",
            ],
            Some(Sabotage::Miscount) => &["UPDATE read_mark SET inbound_count = inbound_count + 1"],
            _ => &[],
        };
        self.struck |= !statements.is_empty();
        statements
    }
}
