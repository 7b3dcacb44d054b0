//! Whether what is told at any time is for whoever is told it.

use super::chronicle::{conversation_of, may_reach_visitors};
use super::deeds::AMONG_AGENTS;
use super::people::{Side, Tab};
use super::question::Answer;
use super::world::World;
use crate::auth::visitor;
use client::visitor::Frame;
use rules::masking;
use store::Visitor;
use types::events::Event;
use types::ws::ServerFrame;
use widget::live;

impl World {
    /// What a socket tells was committed, and for this client; a visitor hears of their own conversation only, and of no note.
    pub(super) fn check_told(&self, index: usize, seq: Option<i64>, event: &Event, text: &str) {
        let book = self.chronicle.book();
        let client = &self.clients[index];
        match (&client.side, seq) {
            (Side::Tab(tab), _) => {
                let own = |id| book.contact_of(id) == Some(self.visitor_of(tab).contact_id);
                let fits = may_reach_visitors(event) && conversation_of(event).is_none_or(own);
                assert!(fits && !text.contains(AMONG_AGENTS), "visitor {index} was told {text}");
            }
            (Side::Console(console), Some(seq)) => {
                let told = book.at(client.place.org_id, seq);
                let told = told.filter(|told| told.audience.agents.includes(console.viewer));
                // Who may not see contacts' details is told them masked.
                let same = |payload: &str| text.contains(payload) || masking::has_details(store::events::kind(event));
                let fits = told.is_some_and(|told| same(&told.payload));
                assert!(fits, "agent {index} was told what is not for them, or was not so: {text}");
            }
            (Side::Console(_), None) => {
                let passes = !matches!(event, Event::MessageCreated { .. } | Event::NoteCreated { .. });
                assert!(passes, "agent {index}, who is suspended, was told {text}");
            }
        }
    }

    pub(super) fn visitor_of(&self, tab: &Tab) -> Visitor {
        let token = self.browsers[tab.visitor].token.as_deref().unwrap();
        visitor::open(&self.keys.visitor, token).unwrap()
    }
}

/// No answer to a visitor holds a note.
pub(super) fn check_answered(is_visitor: bool, answer: &Answer) {
    let said = match answer {
        Answer::Session(session) => format!("{session:?}"),
        Answer::Tab(input) => format!("{input:?}"),
        _ => return,
    };
    assert!(is_visitor && !said.contains(AMONG_AGENTS), "a visitor was answered with {said}");
}

/// What a tab makes of a frame: all that visitors are told means something to them.
pub(super) fn heard(frame: ServerFrame) -> live::Input {
    live::Input::Frame(Box::new(Frame::of(frame).expect("a visitor is told what is for visitors")))
}
