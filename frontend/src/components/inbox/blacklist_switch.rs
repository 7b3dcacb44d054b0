//! The blacklist: the switch in the contact panel, and what stands above the conversation of whoever is on it.

use crate::i18n::t;
use crate::routes;
use crate::stores::conversation_settings::use_conversation_settings;
use crate::stores::inbox::use_inbox;
use crate::ui::{Button, ButtonSize, Icon, IconView, Switch, focus_conversation};
use leptos::{prelude::*, task::spawn_local};
use types::id::{ContactId, ConversationId};

/// On the blacklist or not. It takes effect at once and can be taken back, here and on the blacklist's page.
#[component]
pub fn BlacklistSwitch(
    /// Who.
    id: ContactId,
    /// Whether they are on it.
    blocked: Signal<bool>,
) -> impl IntoView {
    let settings = use_conversation_settings();
    let checked = RwSignal::new(blocked.get_untracked());
    let busy = RwSignal::new(false);
    Effect::new(move |_| checked.set(blocked.get()));
    Effect::new(move |_| {
        let wanted = checked.get();
        if wanted == blocked.get_untracked() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let done = settings.set_blocked(id, wanted).await;
            let _gone = busy.try_set(false);
            if !done {
                let _gone = checked.try_set(!wanted);
            }
        });
    });
    view! {
        <div class="contact-panel__blacklist">
            <Switch label=t!(blacklist) note=t!(blacklist_note) checked disabled=busy />
            <a class="contact-panel__blacklist-link" href=routes::BLACKLIST>{t!(see_blacklist)}</a>
        </div>
    }
}

/// Says that nothing is received here, with the way back.
#[component]
pub fn BlacklistBanner(
    /// The conversation.
    id: Signal<ConversationId>,
) -> impl IntoView {
    let inbox = use_inbox();
    let settings = use_conversation_settings();
    // Who is just being taken off it.
    let asked = RwSignal::new(None::<ContactId>);
    let blocked = Memo::new(move |_| {
        inbox.conversation(id.get()).filter(|one| one.contact.blocked).map(|conversation| conversation.contact.id)
    });
    let unblock = move |contact: ContactId| {
        let here = id.get_untracked();
        asked.set(Some(contact));
        spawn_local(async move {
            settings.set_blocked(contact, false).await;
            if asked.try_get_untracked() == Some(Some(contact)) {
                asked.set(None);
            }
            // Whoever has opened another conversation meanwhile stays where they are.
            if id.try_get_untracked() == Some(here) {
                focus_conversation();
            }
        });
    };
    move || {
        blocked.get().map(|contact| {
            let busy = Signal::derive(move || asked.get() == Some(contact));
            view! {
                <div class="chat-window__blocked" role="status">
                    <IconView icon=Icon::Shield size=16 />
                    <span>{t!(blacklist_banner)}</span>
                    <Button size=ButtonSize::Small busy on:click=move |_| unblock(contact)>{t!(blacklist_remove)}</Button>
                </div>
            }
        })
    }
}
