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
    id: ConversationId,
) -> impl IntoView {
    let inbox = use_inbox();
    let settings = use_conversation_settings();
    let busy = RwSignal::new(false);
    let blocked = Memo::new(move |_| {
        inbox.conversation(id).filter(|one| one.contact.blocked).map(|conversation| conversation.contact.id)
    });
    let unblock = move |id: ContactId| {
        busy.set(true);
        spawn_local(async move {
            settings.set_blocked(id, false).await;
            let _gone = busy.try_set(false);
            focus_conversation();
        });
    };
    move || {
        blocked.get().map(|contact| {
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
