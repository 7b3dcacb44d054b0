//! What is live: connection, channels, conversations. One source, three ways to look at it.

use super::agents::Agents;
use super::alerts::provide_alerts;
use super::channel_tree::Tree;
use super::composing::Composing;
use super::contact_edits::ContactEdits;
use super::conversation_settings::ConversationSettings;
use super::custom_fields::FieldList;
use super::files::Files;
use super::inbox::{Inbox, Loading, MANY, use_inbox};
use super::kept_views::KeptViews;
use super::notes::NoteWriting;
use super::search::Search;
use super::session::use_session;
use super::setup::Setup;
use super::tags::Tags;
use super::title::use_title;
use super::uploads::Uploads;
use super::web_push::provide_web_push;
use crate::api::use_api;
use crate::realtime::{Follower, Live};
use crate::ui::effect;
use client::sync::{Connection, Input, Machine};
use leptos::prelude::*;
use std::collections::HashMap;
use types::agents::Me;
use types::channels::Channel;
use types::id::{AvatarId, ChannelId};
use types::saved_views::SavedViews;

/// Starts what is live for the agent who is signed in, and ends it with the present scope. Call it once, where the
/// signed-in pages begin.
pub fn provide_live() {
    let session = use_session();
    let Some(me) = session.me_now() else { return };
    let live = Live::start(Machine::new(me), use_api(), session);
    provide_context(Channels { live });
    Tree::provide(live);
    provide_context(Link { live });
    provide_context(Account { live });
    KeptViews::provide();
    provide_context(Inbox::new(live, Composing::provide(live.now(|machine| machine.state().me().id), live)));
    NoteWriting::provide(live, use_inbox());
    provide_alerts(live);
    provide_web_push();
    Agents::provide(live);
    Setup::provide();
    ConversationSettings::provide();
    ContactEdits::provide(live);
    Tags::provide(live);
    FieldList::provide(live);
    Files::provide(live);
    Uploads::provide();
    provide_context(Search::new(live));
    let title = use_title();
    let inbox = use_inbox();
    effect(move || title.set_unread(inbox.total_unread()));
    on_cleanup(move || title.set_unread(0));
    // The account may be changed here or on another device; what is live knows of both, and in which order.
    effect(move || {
        let me = live.on_state(|machine| machine.state().me().clone());
        if session.me_now().is_some_and(|known| known.id == me.id && known != me) {
            session.set_me(me);
        }
    });
}

/// The channels, kept live.
#[derive(Clone, Copy)]
pub struct Channels {
    live: Live,
}

/// The channels, kept live.
pub fn use_channels() -> Channels {
    expect_context()
}

impl Channels {
    /// The channels, oldest first.
    pub fn list(self) -> Vec<Channel> {
        self.live.on_state(|machine| machine.state().channels().to_vec())
    }

    /// One channel.
    pub fn get(self, id: ChannelId) -> Option<Channel> {
        self.live.on_state(|machine| machine.state().channel(id).cloned())
    }

    /// These of the channels that are there, in this order.
    pub fn those(self, ids: &[ChannelId]) -> Vec<Channel> {
        self.live.on_state(|machine| {
            let known: HashMap<ChannelId, &Channel> =
                machine.state().channels().iter().map(|channel| (channel.id, channel)).collect();
            ids.iter().filter_map(|id| known.get(id).copied().cloned()).collect()
        })
    }

    /// What a channel is called.
    pub fn name(self, id: ChannelId) -> Option<String> {
        self.live.on_state(|machine| machine.state().channel(id).map(|channel| channel.name.clone()))
    }

    /// What a channel is called, and the picture that was chosen for it.
    pub fn face(self, id: ChannelId) -> Option<(String, Option<AvatarId>)> {
        self.live
            .on_state(|machine| machine.state().channel(id).map(|channel| (channel.name.clone(), channel.avatar_id)))
    }

    /// Whether the channels have been loaded.
    pub fn are_loaded(self) -> bool {
        self.loading() == Loading::Ready
    }

    /// How far they have come.
    pub fn loading(self) -> Loading {
        self.live.on_connection(|_| ());
        self.live.on_state(|machine| match machine.state().cursor() {
            Some(_) => Loading::Ready,
            None if machine.start_has_failed() => Loading::Failed,
            None => Loading::Pending,
        })
    }

    /// The person tries again what failed to load.
    pub fn reload(self) {
        self.live.handle(Input::Reload);
    }

    /// Takes a channel that was made or edited here, ahead of its event.
    pub fn put(self, channel: Channel) {
        self.live.handle(Input::ChannelSaved(Box::new(channel)));
    }

    /// Takes the deletion of a channel, ahead of its event.
    pub fn remove(self, id: ChannelId) {
        self.live.handle(Input::ChannelRemoved(id));
    }

    /// The visitor's messages of a channel that the agent has not read; many, where some are known and others are not.
    pub fn unread(self, id: ChannelId) -> i64 {
        self.live.on_state(|machine| {
            let known = machine.state().unread_of(id);
            if known > 0 && machine.state().has_unread_beyond() { known.max(MANY) } else { known }
        })
    }
}

/// The connection.
#[derive(Clone, Copy)]
pub struct Link {
    live: Live,
}

/// The connection.
pub fn use_connection() -> Link {
    expect_context()
}

impl Link {
    /// Tells, until the present scope ends, of what answers held beside the state have to follow; see [`Live::follow`].
    pub fn follow(self, tell: Follower) {
        self.live.follow(tell);
    }

    /// How it stands.
    pub fn state(self) -> Connection {
        self.live.on_connection(Machine::connection)
    }
}

/// One's own account, as what is live knows it.
#[derive(Clone, Copy)]
pub struct Account {
    live: Live,
}

/// One's own account, as what is live knows it.
pub fn use_account() -> Account {
    expect_context()
}

impl Account {
    /// The views of the list that the agent keeps.
    pub fn saved_views(self) -> SavedViews {
        self.live.on_state(|machine| machine.state().me().saved_views.clone())
    }

    /// The same, at this moment.
    pub fn saved_views_now(self) -> SavedViews {
        self.live.now(|machine| machine.state().me().saved_views.clone())
    }

    /// Takes the account as changed here, ahead of its event.
    pub fn put(self, me: Me) {
        self.live.handle(Input::MeSaved(Box::new(me)));
    }
}
