//! The inbox as the pages see it: conversations, messages, drafts, and what the person does with them.

use crate::i18n::format;
use crate::realtime::{Live, new_nonce};
use client::outbox::Outgoing;
use client::state::Need;
use client::sync::{Input, Machine};
use leptos::leptos_dom::helpers::{WindowListenerHandle, set_interval_with_handle};
use leptos::prelude::*;
use std::collections::HashMap;
use std::time::Duration;
use types::contacts::Contact;
use types::conversations::Conversation;
use types::id::{AgentId, ChannelId, ConversationId, Nonce};
use types::messages::{Content, Message};
use types::time::Timestamp;

/// How often relative times are shown anew.
const CLOCK: Duration = Duration::from_secs(20);

/// How far something has come that is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loading {
    /// It is there.
    Ready,
    /// It is on its way.
    Pending,
    /// It did not come; the person can try again.
    Failed,
    /// It does not exist, or is not ours.
    Missing,
}

/// The messages of one conversation, stored and on their way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Thread {
    /// Stored ones, oldest first.
    pub stored: Vec<Message>,
    /// Those on their way, in the order of writing.
    pub outgoing: Vec<Outgoing>,
    /// Up to which `seq` the visitor has read.
    pub visitor_read_seq: i64,
    /// Whether there are earlier ones.
    pub has_earlier: bool,
}

/// The inbox. `Copy`; get it by [`use_inbox`].
#[derive(Clone, Copy)]
pub struct Inbox {
    live: Live,
    drafts: StoredValue<HashMap<ConversationId, String>>,
    attended: RwSignal<bool>,
    clock: RwSignal<Timestamp>,
    browsing: StoredValue<bool>,
}

/// The inbox.
pub fn use_inbox() -> Inbox {
    expect_context()
}

impl Inbox {
    /// The inbox over what is live, with a clock and an eye on whether anybody looks.
    pub fn new(live: Live) -> Self {
        let inbox = Self {
            live,
            drafts: StoredValue::new(HashMap::new()),
            attended: RwSignal::new(is_attended()),
            clock: RwSignal::new(format::now()),
            browsing: StoredValue::new(false),
        };
        let look = move || {
            let attended = is_attended();
            if inbox.attended.try_get_untracked().is_some_and(|before| before != attended) {
                inbox.attended.set(attended);
            }
        };
        let listeners: [WindowListenerHandle; 3] = [
            window_event_listener(leptos::ev::focus, move |_| look()),
            window_event_listener(leptos::ev::blur, move |_| look()),
            // It is fired at the document and bubbles to the window.
            window_event_listener(leptos::ev::visibilitychange, move |_| look()),
        ];
        let ticking = set_interval_with_handle(move || inbox.clock.set(format::now()), CLOCK);
        on_cleanup(move || {
            listeners.into_iter().for_each(WindowListenerHandle::remove);
            if let Ok(ticking) = ticking {
                ticking.clear();
            }
        });
        inbox
    }

    /// The time, every now and then.
    pub fn clock(self) -> Timestamp {
        self.clock.get()
    }

    /// Whether somebody looks at this page.
    pub fn is_attended(self) -> bool {
        self.attended.get()
    }

    /// Whether the person goes through the list by arrow keys, and wants the focus to stay there.
    pub fn is_browsing(self) -> bool {
        self.browsing.get_value()
    }

    /// The person goes through the list by arrow keys, or stops to.
    pub fn set_browsing(self, browsing: bool) {
        self.browsing.set_value(browsing);
    }

    /// The agent who is signed in.
    pub fn me(self) -> AgentId {
        self.live.now(|machine| machine.state().me().id)
    }

    /// Unread messages over all conversations.
    pub fn total_unread(self) -> i64 {
        self.live.on_state(|machine| machine.state().total_unread())
    }

    // The list.

    /// The conversations of the chosen channel, or of all: newest activity first.
    pub fn list(self, channel: Option<ChannelId>) -> Vec<ConversationId> {
        self.live.on_state(|machine| machine.state().list(channel).map(|conversation| conversation.id).collect())
    }

    /// How far the list has come.
    pub fn list_loading(self, channel: Option<ChannelId>) -> Loading {
        self.live.on_connection(|_| ());
        self.live.on_state(|machine| {
            if machine.state().listing(channel).is_some() {
                return Loading::Ready;
            }
            let failed = channel.is_some_and(|channel| machine.has_failed(Need::Listing(channel)));
            if failed || machine.start_has_failed() { Loading::Failed } else { Loading::Pending }
        })
    }

    /// How far the next page of the list has come; [`Loading::Missing`] when there is none.
    pub fn more_loading(self, channel: Option<ChannelId>) -> Loading {
        self.live.on_state(|machine| {
            let more = machine.state().listing(channel).is_some_and(|listing| listing.next_cursor().is_some());
            match (more, machine.page_has_failed(channel)) {
                (false, _) => Loading::Missing,
                (true, true) => Loading::Failed,
                (true, false) => Loading::Pending,
            }
        })
    }

    /// The person comes near the end of the list.
    pub fn load_more(self, channel: Option<ChannelId>) {
        self.live.handle(Input::LoadMore(channel));
    }

    /// The person tries again what failed to load.
    pub fn reload(self) {
        self.live.handle(Input::Reload);
    }

    /// The person chooses a channel's conversations, or those of all channels.
    pub fn choose(self, channel: Option<ChannelId>) {
        self.live.handle(Input::Choose(channel));
    }

    // One conversation.

    /// The person opens a conversation, or closes the open one.
    pub fn open(self, id: Option<ConversationId>) {
        self.live.handle(Input::Open(id));
    }

    /// A conversation.
    pub fn conversation(self, id: ConversationId) -> Option<Conversation> {
        self.live.on_state(|machine| machine.state().conversation(id).cloned())
    }

    /// A conversation's contact, with everything known.
    pub fn contact(self, id: ConversationId) -> Option<Contact> {
        self.live.on_state(|machine| {
            let contact = machine.state().conversation(id)?.contact.id;
            machine.state().contact(contact).cloned()
        })
    }

    /// How far a conversation's contact has come.
    pub fn contact_loading(self, id: ConversationId) -> Loading {
        self.live.on_state(|machine| {
            let Some(conversation) = machine.state().conversation(id) else { return Loading::Pending };
            let need = Need::Contact(conversation.contact.id);
            match machine.state().contact(conversation.contact.id) {
                Some(_) => Loading::Ready,
                None if machine.has_failed(need) => Loading::Failed,
                None => Loading::Pending,
            }
        })
    }

    /// How far a conversation and its messages have come.
    pub fn thread_loading(self, id: ConversationId) -> Loading {
        self.live.on_connection(|_| ());
        self.live.on_state(|machine| thread_loading(machine, id))
    }

    /// A conversation's messages.
    pub fn thread(self, id: ConversationId) -> Thread {
        self.live.on_state(|_| ());
        self.live.on_messages(|machine| {
            let timeline = machine.state().timeline(id);
            Thread {
                stored: timeline.map(|timeline| timeline.messages().to_vec()).unwrap_or_default(),
                outgoing: machine.outgoing(id).cloned().collect(),
                visitor_read_seq: machine.state().conversation(id).map_or(0, |one| one.visitor_read_seq),
                has_earlier: timeline.is_some_and(|timeline| timeline.has_earlier()),
            }
        })
    }

    /// Up to which `seq` the agent has read, at this moment, when something after it is unread.
    pub fn unread_after(self, id: ConversationId) -> Option<i64> {
        self.live.now(|machine| {
            let conversation = machine.state().conversation(id)?;
            // Where nothing was read before, everything is new, and a line would tell nothing.
            (conversation.unread > 0 && conversation.read_seq > 0).then_some(conversation.read_seq)
        })
    }

    /// How far the messages before the first have come; [`Loading::Missing`] when there are none.
    pub fn earlier_loading(self, id: ConversationId) -> Loading {
        self.live.on_messages(|machine| {
            if !machine.state().timeline(id).is_some_and(|timeline| timeline.has_earlier()) {
                Loading::Missing
            } else if machine.is_loading_earlier(id) {
                Loading::Pending
            } else if machine.earlier_has_failed(id) {
                Loading::Failed
            } else {
                Loading::Ready
            }
        })
    }

    /// The person comes near the beginning of what is shown.
    pub fn load_earlier(self, id: ConversationId) {
        self.live.handle(Input::LoadEarlier(id));
    }

    /// The person has seen everything of a conversation.
    pub fn mark_read(self, id: ConversationId) {
        self.live.handle(Input::Read(id));
    }

    /// The person sends a text.
    pub fn say(self, conversation_id: ConversationId, text: String) {
        self.live.handle(Input::Say { nonce: new_nonce(), conversation_id, content: Content::Text { text } });
    }

    /// The person tries a failed message again.
    pub fn retry(self, nonce: Nonce) {
        self.live.handle(Input::Retry(nonce));
    }

    /// The person gives a failed message up.
    pub fn discard(self, nonce: Nonce) {
        self.live.handle(Input::Discard(nonce));
    }

    /// What the person has written to a conversation without sending it.
    pub fn draft(self, id: ConversationId) -> String {
        self.drafts.with_value(|drafts| drafts.get(&id).cloned().unwrap_or_default())
    }

    /// Remembers what the person has written; it lives as long as the page.
    pub fn set_draft(self, id: ConversationId, text: String) {
        self.drafts.update_value(|drafts| {
            if text.is_empty() {
                drafts.remove(&id);
            } else {
                drafts.insert(id, text);
            }
        });
    }
}

fn thread_loading(machine: &Machine, id: ConversationId) -> Loading {
    let state = machine.state();
    if state.is_missing(id) {
        return Loading::Missing;
    }
    if state.conversation(id).is_some() && state.timeline(id).is_some() {
        return Loading::Ready;
    }
    let failed = [Need::Conversation(id), Need::Newest(id)].into_iter().any(|need| machine.has_failed(need));
    if failed || machine.start_has_failed() { Loading::Failed } else { Loading::Pending }
}

fn is_attended() -> bool {
    let document = document();
    !document.hidden() && document.has_focus().unwrap_or(true)
}
