//! What the person sets of a conversation for themselves: items of its own menu, and of its row's.

use crate::i18n::{lang, t};
use crate::stores::conversation_settings::use_conversation_settings;
use crate::stores::inbox::use_inbox;
use crate::ui::{Icon, IconView, MenuItem};
use leptos::{prelude::*, task::spawn_local};
use types::conversations::{Conversation, PersonalPatch};
use types::id::ConversationId;

/// Pinned or not, muted or not, read or not.
#[component]
pub fn PersonalItems(
    /// The conversation.
    id: ConversationId,
    /// It is set, or could not be. The menu is closed by then.
    #[prop(optional)]
    on_done: Option<Callback<ConversationId>>,
) -> impl IntoView {
    let inbox = use_inbox();
    let settings = use_conversation_settings();
    let conversation = Memo::new(move |_| inbox.conversation(id));
    let is = move |read: fn(&Conversation) -> bool| {
        Signal::derive(move || conversation.with(|one| one.as_ref().is_some_and(read)))
    };
    let (pinned, muted) = (is(|one| one.pinned), is(|one| one.muted));
    // As it was when the menu was opened: what is written there is done, whatever has come meanwhile.
    let reads = inbox.conversation_now(id).is_some_and(|one| one.is_unread());
    let done = move || {
        if let Some(on_done) = on_done {
            on_done.try_run(id);
        }
    };
    let set = move |patch: PersonalPatch| {
        spawn_local(async move {
            settings.set_personal(id, patch).await;
            done();
        });
    };
    let mark = move |_| {
        spawn_local(async move {
            settings.set_read(id, reads).await;
            done();
        });
    };
    let patch = PersonalPatch::default();
    view! {
        <MenuItem
            checked=pinned
            on:click=move |_| set(PersonalPatch { pinned: Some(!pinned.get_untracked()), ..patch })
        >
            <IconView icon=Icon::Pin size=18 />
            {t!(pin_chat)}
        </MenuItem>
        <MenuItem checked=muted on:click=move |_| set(PersonalPatch { muted: Some(!muted.get_untracked()), ..patch })>
            <IconView icon=Icon::Mute size=18 />
            {t!(mute_chat)}
        </MenuItem>
        <MenuItem on:click=mark>
            <IconView icon=Icon::Chat size=18 />
            {move || if reads { lang().mark_as_read() } else { lang().mark_unread() }}
        </MenuItem>
    }
}
