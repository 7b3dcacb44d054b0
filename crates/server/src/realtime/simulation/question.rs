//! A client's question on its way to the server, in its work, and on its way back.

use super::deeds::{Doing, Done};
use client::sync;
use std::cell::RefCell;
use std::rc::Rc;
use types::agents::LoginState;
use types::error::Problem;
use types::id::{ConversationId, Nonce};
use types::messages::Message;
use types::visitors::VisitorSession;
use widget::live;

pub(super) struct Request {
    pub(super) client: usize,
    pub(super) page: u64,
    pub(super) what: What,
    pub(super) stage: Stage,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    Console(sync::Command),
    Session { call: u64, after_seq: Option<i64> },
    Earlier(i64),
    Dial { dial: u64, round: sync::Round, ticket: String },
    LoginState(LoginState),
    Rename(String),
    Post(ConversationId, Nonce),
    Do(Doing),
}

pub(super) enum Stage {
    Sent,
    Working(Rc<RefCell<Option<Answer>>>),
    Answered(Answer),
}

pub(super) enum Answer {
    Console(sync::Input),
    Session(Result<Box<VisitorSession>, Problem>),
    Tab(live::Input),
    Posted(Message),
    Done(Box<Done>),
    Nothing,
}

impl What {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Console(sync::Command::RequestTicket(_)) => "for a ticket",
            Self::Console(sync::Command::FetchEvents(..)) => "for events",
            Self::Console(sync::Command::FetchSnapshot(..)) => "for everything",
            Self::Console(_) => "for something",
            Self::Session { .. } => "for a session",
            Self::Earlier(_) => "for earlier messages",
            Self::Dial { .. } => "for a socket",
            Self::LoginState(_) => "to be suspended or not",
            Self::Rename(_) => "to rename the channel",
            Self::Post(..) => "to store a message",
            Self::Do(doing) => doing.name(),
        }
    }
}
