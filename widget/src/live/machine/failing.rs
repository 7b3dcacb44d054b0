//! Messages that the server does not take.

use super::{Command, Machine};
use crate::live::Link;
use client::outbox::Delivery;
use types::error::{ErrorCode, Problem};
use types::id::Nonce;
use types::time::Timestamp;

impl Machine {
    pub(super) fn rejected(&mut self, nonce: Option<Nonce>, problem: &Problem, now: Timestamp, out: &mut Vec<Command>) {
        let lacks_form = problem.code == ErrorCode::FormRequired;
        // Without a nonce it is about no message that we know of. What is in flight has an answer of its own coming, or is
        // sent again over the next connection.
        if let Some(nonce) = nonce {
            let outbox = self.chat.outbox_mut();
            let refused = outbox.rejected(nonce, problem, now).cloned();
            if lacks_form && self.form.refuses() {
                outbox.retry(nonce);
            } else {
                out.extend(refused.map(Command::Keep));
            }
        }
        if lacks_form {
            // It was published since the session was opened, or this message is one of before.
            self.open_session(out);
        }
    }

    /// Nothing more is sent to a closed channel, so nothing waits there: the visitor is told, and may try again later.
    pub(super) fn fail_in_vain(&mut self, now: Timestamp, out: &mut Vec<Command>) {
        if self.link() != Link::Closed {
            return;
        }
        let outbox = self.chat.outbox_mut();
        let waiting: Vec<Nonce> = outbox
            .entries()
            .iter()
            .filter(|entry| entry.delivery == Delivery::Waiting)
            .map(|entry| entry.nonce)
            .collect();
        let problem = Problem::new(ErrorCode::ChannelDisabled, "");
        for nonce in waiting {
            out.extend(outbox.rejected(nonce, &problem, now).cloned().map(Command::Keep));
        }
    }
}
