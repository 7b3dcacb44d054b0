//! My own view of the model's conversations.

use super::{ME, World};
use crate::samples;
use types::assignment::Standing;
use types::conversations::{Personal, PersonalPatch};
use types::events::Event;
use types::time::Timestamp;

impl World {
    /// I pin, mute or mark, the other way than it is, or look at what mentions me: one of the four.
    pub(crate) fn i_change_my_view(&mut self, number: u128, which: u128) {
        self.change_my_view(number, |before| {
            before.after(&match which % 4 {
                0 => PersonalPatch { pinned: Some(!before.pinned), ..PersonalPatch::default() },
                1 => PersonalPatch { muted: Some(!before.muted), ..PersonalPatch::default() },
                2 => PersonalPatch { marked_unread: Some(!before.marked_unread), ..PersonalPatch::default() },
                _ => PersonalPatch { mentioned: Some(false), ..PersonalPatch::default() },
            })
        });
    }

    /// Whoever has a conversation is gone: a colleague gets it, or I do, or nobody.
    pub(super) fn hand_on(&mut self, number: u128) {
        let conversation_id = samples::conversation_id(number);
        let Some(talk) = self.talks.get_mut(&number) else { return };
        talk.members_version += 1;
        talk.assignee = match talk.assignee {
            None => Some(samples::agent_id(ME)),
            Some(agent) if agent == samples::agent_id(ME) => Some(samples::agent_id(7)),
            Some(_) => None,
        };
        talk.members.retain(|member| Some(*member) != talk.assignee);
        let (assignee_id, members, members_version) = (talk.assignee, talk.members.clone(), talk.members_version);
        talk.snoozed_until = None;
        let standing = Standing {
            assignee_id,
            members,
            members_version,
            closed_at: None,
            queued_at: None,
            snoozed_until: None,
            assignment: None,
        };
        self.append(Event::ConversationAssigned { conversation_id, standing });
    }

    /// Whoever has a conversation puts it off, or it is back.
    pub(super) fn put_off(&mut self, number: u128) {
        let conversation_id = samples::conversation_id(number);
        let Some(talk) = self.talks.get_mut(&number).filter(|talk| talk.assignee.is_some()) else { return };
        talk.members_version += 1;
        talk.snoozed_until = if talk.snoozed_until.is_none() { Some(Timestamp(i64::MAX / 2)) } else { None };
        let standing = Standing {
            assignee_id: talk.assignee,
            members: talk.members.clone(),
            members_version: talk.members_version,
            closed_at: None,
            queued_at: None,
            snoozed_until: talk.snoozed_until,
            assignment: None,
        };
        let event = if standing.snoozed_until.is_some() {
            Event::ConversationSnoozed { conversation_id, standing }
        } else {
            Event::ConversationWoken { conversation_id, standing }
        };
        self.append(event);
    }

    pub(super) fn change_my_view(&mut self, number: u128, change: impl FnOnce(Personal) -> Personal) {
        let Some(talk) = self.talks.get_mut(&number) else { return };
        let after = change(talk.personal);
        if after == talk.personal {
            return;
        }
        talk.personal = after;
        let (conversation_id, personal) = (samples::conversation_id(number), after);
        self.append(Event::ConversationPersonalised { conversation_id, agent_id: samples::agent_id(ME), personal });
    }
}
