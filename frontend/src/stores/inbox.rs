//! The inbox as the pages see it: conversations, messages, drafts, and what the person does with them.

mod members;
mod thread;

pub use thread::{Thread, ThreadMark};

use crate::i18n::format;
use crate::realtime::{Live, new_nonce};
use crate::stores::composing::Composing;
use crate::stores::drafts::{Drafts, Kind};
use crate::stores::session::use_session;
use client::outbox::{Delivery, Outgoing};
use client::state::{Need, View};
use client::sync::{Input, Machine};
use leptos::leptos_dom::helpers::{WindowListenerHandle, set_interval_with_handle};
use leptos::prelude::*;
use std::time::Duration;
use thread::{thread, thread_mark};
use types::contacts::Contact;
use types::conversations::Conversation;
use types::id::{AgentId, ContactId, ConversationId, Nonce};
use types::messages::{Content, Message};
use types::time::Timestamp;

/// How often relative times are shown anew.
const CLOCK: Duration = Duration::from_secs(20);

/// What counts as many: badges say so from here on.
pub const MANY: i64 = 100;

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

/// How it stands with messages that the server does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsent {
    /// Some wait to be sent.
    Waiting,
    /// Some were refused.
    Failed,
}

/// The inbox. `Copy`; get it by [`use_inbox`].
#[derive(Clone, Copy)]
pub struct Inbox {
    live: Live,
    composing: Composing,
    drafts: StoredValue<Drafts>,
    /// The draft that another tab has changed last.
    heard: RwSignal<Option<(ConversationId, String)>>,
    /// What was said here last: the person wants to see it.
    said: StoredValue<Option<Nonce>>,
    /// The message to bring before the person's eyes.
    target: RwSignal<Option<(ConversationId, i64)>>,
    attended: RwSignal<bool>,
    clock: RwSignal<Timestamp>,
    browsing: RwSignal<bool>,
    led_to: RwSignal<Option<ConversationId>>,
    /// A colleague's is looked at: nothing is read or written by it.
    is_view: bool,
}

/// The inbox.
pub fn use_inbox() -> Inbox {
    expect_context()
}

impl Inbox {
    /// The inbox over what is live, with a clock and an eye on whether anybody looks.
    pub fn new(live: Live, composing: Composing) -> Self {
        let inbox = Self {
            live,
            composing,
            drafts: StoredValue::new(Drafts::load(live.now(|machine| machine.state().me().id), Kind::Answer)),
            heard: RwSignal::new(None),
            said: StoredValue::new(None),
            target: RwSignal::new(None),
            attended: RwSignal::new(is_attended()),
            clock: RwSignal::new(format::now()),
            browsing: RwSignal::new(false),
            led_to: RwSignal::new(None),
            is_view: use_session().is_view(),
        };
        inbox.watch_drafts();
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

    /// The server's time at this moment.
    pub fn server_now(self) -> Timestamp {
        self.live.now(|machine| machine.server_time(format::now()))
    }

    /// Whether somebody looks at this page.
    pub fn is_attended(self) -> bool {
        self.attended.get()
    }

    /// Whether the person goes through the list by arrow keys, and wants the focus to stay there. Whoever reads it is told
    /// again whenever the person chooses a conversation, be it the open one.
    pub fn is_browsing(self) -> bool {
        self.browsing.get()
    }

    /// The person goes through the list by arrow keys, or stops to.
    pub fn set_browsing(self, browsing: bool) {
        self.browsing.set(browsing);
    }

    /// The conversation that a key has led the person to from anywhere, until the list has taken note of it.
    pub fn led_to(self) -> Option<ConversationId> {
        self.led_to.get()
    }

    /// A key leads the person to a conversation, or the list has taken note of it.
    pub fn set_led_to(self, id: Option<ConversationId>) {
        self.led_to.set(id);
    }

    /// The agent who is signed in.
    pub fn me(self) -> AgentId {
        self.live.now(|machine| machine.state().me().id)
    }

    /// Unread messages over all conversations; where they are not all known, more than any badge says.
    pub fn total_unread(self) -> i64 {
        self.live.on_state(|machine| {
            let known = machine.state().total_unread();
            if machine.state().has_unread_beyond() { known.max(MANY) } else { known }
        })
    }

    // The list.

    /// The conversations of a list: newest activity first.
    pub fn list(self, view: View) -> Vec<ConversationId> {
        self.live.on_state(|machine| machine.state().list(view).map(|conversation| conversation.id).collect())
    }

    /// The next conversation of a list with something unread, after the open one or from the beginning.
    pub fn next_unread(self, view: View, open: Option<ConversationId>) -> Option<ConversationId> {
        self.live.now(|machine| machine.state().next_unread(view, open))
    }

    /// How far the list has come.
    pub fn list_loading(self, view: View) -> Loading {
        self.live.on_connection(|_| ());
        self.live.on_state(|machine| {
            if machine.state().listing(view).is_some() {
                return Loading::Ready;
            }
            let failed = machine.has_failed(Need::Listing(view));
            if failed || machine.start_has_failed() { Loading::Failed } else { Loading::Pending }
        })
    }

    /// How far the next page of the list has come; [`Loading::Missing`] when there is none.
    pub fn more_loading(self, view: View) -> Loading {
        self.live.on_state(|machine| {
            let more = machine.state().listing(view).is_some_and(|listing| listing.next_cursor().is_some());
            match (more, machine.page_has_failed(view)) {
                (false, _) => Loading::Missing,
                (true, true) => Loading::Failed,
                (true, false) => Loading::Pending,
            }
        })
    }

    /// The person comes near the end of the list.
    pub fn load_more(self, view: View) {
        self.live.handle(Input::LoadMore(view));
    }

    /// The person tries again what failed to load.
    pub fn reload(self) {
        self.live.handle(Input::Reload);
    }

    /// The person chooses which conversations to list.
    pub fn choose(self, view: View) {
        self.live.handle(Input::Choose(view));
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

    /// A conversation at this moment.
    pub fn conversation_now(self, id: ConversationId) -> Option<Conversation> {
        self.live.now(|machine| machine.state().conversation(id).cloned())
    }

    /// Whether the conversation is open, at this moment.
    pub fn is_open_now(self, id: ConversationId) -> bool {
        self.live.now(|machine| machine.state().open_conversation() == Some(id))
    }

    /// Those of these conversations that are gone.
    pub fn gone(self, ids: &[ConversationId]) -> Vec<ConversationId> {
        self.live.on_state(|machine| ids.iter().copied().filter(|id| machine.state().is_missing(*id)).collect())
    }

    /// Takes a conversation as the server has it after something was done to it here.
    pub fn put_fetched(self, conversation: Conversation) {
        self.live.handle(Input::ConversationFetched(Box::new(conversation)));
    }

    /// A contact at this moment.
    pub fn contact_now(self, id: ContactId) -> Option<Contact> {
        self.live.now(|machine| machine.state().contact(id).cloned())
    }

    /// Takes a conversation as changed here, ahead of its event.
    pub fn put(self, conversation: Conversation) {
        self.live.handle(Input::ConversationSaved(Box::new(conversation)));
    }

    /// Takes a message as recalled here, ahead of its event.
    pub fn put_recalled(self, message: Message) {
        self.live.handle(Input::MessageRecalled(Box::new(message)));
    }

    /// Takes the deletion of a conversation, ahead of its event.
    pub fn remove(self, id: ConversationId) {
        self.live.handle(Input::ConversationRemoved(id));
    }

    /// Takes a contact as changed here, ahead of its event.
    pub fn put_contact(self, contact: Contact) {
        self.live.handle(Input::ContactSaved(Box::new(contact)));
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

    /// Changes when a conversation's messages do; whoever reads it is told more often, so keep it in a memo.
    pub fn thread_mark(self, id: ConversationId) -> ThreadMark {
        self.live.on_state(|_| ());
        self.live.on_messages(|machine| thread_mark(&thread(machine, id)))
    }

    /// Reads a conversation's messages as they are.
    pub fn read_thread<T>(self, id: ConversationId, read: impl FnOnce(&Thread<'_>) -> T) -> T {
        self.live.now(|machine| read(&thread(machine, id)))
    }

    /// Whether a message that is held was recalled.
    pub fn was_recalled(self, id: ConversationId, seq: i64) -> bool {
        self.live.on_messages(|machine| {
            let held = machine.state().timeline(id).map(|timeline| timeline.messages()).unwrap_or_default();
            let place = held.binary_search_by_key(&seq, |message| message.seq);
            place.ok().and_then(|place| held.get(place)).is_some_and(|message| message.content == Content::Recalled {})
        })
    }

    /// What the agent wrote to a conversation and the server does not have.
    pub fn unsent(self, id: ConversationId) -> Option<Unsent> {
        self.live.on_messages(|machine| unsent(machine.outgoing(id)))
    }

    /// What the agent wrote last to a conversation, while the server does not have it.
    pub fn newest_unsent(self, id: ConversationId) -> Option<Content> {
        self.live.on_messages(|machine| machine.outgoing(id).last().map(|message| message.content.clone()))
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
            if !machine.state().shown(id).is_some_and(|timeline| timeline.has_earlier()) {
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

    /// Whether it is a colleague's that is looked at.
    pub fn is_view(self) -> bool {
        self.is_view
    }

    /// The person has seen everything of a conversation.
    pub fn mark_read(self, id: ConversationId) {
        if self.is_view {
            return;
        }
        self.live.handle(Input::Read(id));
    }

    /// The person sends a text, which answers to what they have chosen to quote.
    pub fn say(self, conversation_id: ConversationId, text: String) {
        self.send_content(
            conversation_id,
            match self.composing.drop_quote(conversation_id) {
                Some(quote) => Content::Reply { text, quote: Box::new(quote) },
                None => Content::Text { text },
            },
        );
    }

    /// The person sends a text, or something else that they have before their eyes.
    pub fn send_content(self, conversation_id: ConversationId, content: Content) {
        let nonce = new_nonce();
        self.shows_own(conversation_id, nonce);
        self.live.handle(Input::Say { nonce, conversation_id, content });
    }

    /// The person tries a failed message again.
    pub fn retry(self, nonce: Nonce) {
        self.live.handle(Input::Retry(nonce));
    }

    /// The person gives a failed message up.
    pub fn discard(self, nonce: Nonce) {
        self.live.handle(Input::Discard(nonce));
    }
}

fn unsent<'a>(outgoing: impl Iterator<Item = &'a Outgoing>) -> Option<Unsent> {
    outgoing
        .map(
            |message| {
                if matches!(message.delivery, Delivery::Failed { .. }) { Unsent::Failed } else { Unsent::Waiting }
            },
        )
        .max()
}

fn thread_loading(machine: &Machine, id: ConversationId) -> Loading {
    let state = machine.state();
    if state.is_missing(id) {
        return Loading::Missing;
    }
    let jump = state.needs_around(id);
    if state.conversation(id).is_some() && state.shown(id).is_some() && jump.is_none() {
        return Loading::Ready;
    }
    let needs = [Some(Need::Conversation(id)), Some(Need::Newest(id)), jump];
    let failed = needs.into_iter().flatten().any(|need| machine.has_failed(need));
    if failed || machine.start_has_failed() { Loading::Failed } else { Loading::Pending }
}

fn is_attended() -> bool {
    let document = document();
    !document.hidden() && document.has_focus().unwrap_or(true)
}

mod place;
mod writing;

#[cfg(test)]
mod tests;
