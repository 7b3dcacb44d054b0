//! The settings of the open conversation: "…" at the window's top right.

use super::members::{Members, MembersDialogs, MembersItems};
use super::personal_items::PersonalItems;
use super::standing::{HandingOn, SnoozeDialog, Snoozing, StandingItems, TransferDialog};
use crate::components::form::ErrorPlace;
use crate::i18n::{errors::error_text, lang_now, t};
use crate::routes;
use crate::stores::conversation_settings::use_conversation_settings;
use crate::ui::{Button, ButtonVariant, Dialog, Icon, IconView, Menu, MenuItem, MenuSeparator, use_toasts};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local, text_prop::TextProp};
use leptos_router::hooks::use_location;
use types::id::ConversationId;

/// What the person can set of a conversation: for themselves, and, after a question, for everybody.
#[component]
pub fn SettingsMenu(
    /// The conversation.
    id: ConversationId,
    /// Leaves it, once it is deleted.
    on_gone: Callback<()>,
) -> impl IntoView {
    let settings = use_conversation_settings();
    let toasts = use_toasts();
    let path = use_location().pathname;
    let members = Members::of(id);
    let handing_on = HandingOn { id, open: RwSignal::new(false) };
    let snoozing = Snoozing { id, open: RwSignal::new(false) };
    let (clearing, deleting, busy) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let failed = RwSignal::new(None::<String>);
    // Where the person looks: in the window that asked, or, once they have closed it, on the page.
    let fails = move |question: RwSignal<bool>, error: &ApiError| {
        let text = error_text(lang_now(), error);
        if question.try_get_untracked() == Some(true) {
            failed.set(Some(text));
        } else {
            toasts.error(text);
        }
    };
    let clear = move |_| {
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let cleared = settings.clear(id).await;
            let _done = busy.try_set(false);
            match cleared {
                Ok(()) => drop(clearing.try_set(false)),
                Err(error) => fails(clearing, &error),
            }
        });
    };
    let delete = move |_| {
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let deleted = settings.delete(id).await;
            let _done = busy.try_set(false);
            match deleted {
                Ok(()) => {
                    let _closed = deleting.try_set(false);
                    // Whoever has opened another one meanwhile stays there.
                    if path.with_untracked(|path| routes::conversation_in(path)) == Some(id) {
                        on_gone.try_run(());
                    }
                }
                Err(error) => fails(deleting, &error),
            }
        });
    };
    view! {
        <Menu
            label=t!(conversation_settings)
            trigger_class="icon-button"
            placement="menu--end"
            trigger=Box::new(|| view! { <IconView icon=Icon::More /> }.into_any())
        >
            <MembersItems members />
            <StandingItems members handing_on snoozing />
            <MenuSeparator />
            <PersonalItems id />
            <Show when=move || members.may_change.get()>
                <MenuSeparator />
                <MenuItem danger=true on:click=move |_| clearing.set(true)>
                    <IconView icon=Icon::Refresh size=18 />
                    {t!(clear_history)}
                </MenuItem>
                <MenuItem danger=true on:click=move |_| deleting.set(true)>
                    <IconView icon=Icon::Trash size=18 />
                    {t!(delete_and_leave)}
                </MenuItem>
            </Show>
        </Menu>
        <MembersDialogs members on_gone />
        <TransferDialog handing_on />
        <SnoozeDialog snoozing />
        <Question
            open=clearing
            title=t!(clear_question)
            text=t!(clear_explained)
            confirm=t!(clear_confirm)
            busy
            failed
            on_confirm=Callback::new(clear)
        />
        <Question
            open=deleting
            title=t!(delete_chat_question)
            text=t!(delete_chat_explained)
            confirm=t!(delete_and_leave)
            busy
            failed
            on_confirm=Callback::new(delete)
        />
    }
}

/// Asks before something is taken away for good.
#[component]
fn Question(
    open: RwSignal<bool>,
    #[prop(into)] title: TextProp,
    #[prop(into)] text: TextProp,
    #[prop(into)] confirm: TextProp,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<String>>,
    on_confirm: Callback<()>,
) -> impl IntoView {
    let (text, confirm) = (StoredValue::new(text), StoredValue::new(confirm));
    view! {
        <Dialog open title close_label=t!(close) on_close=Callback::new(move |()| failed.set(None))>
            <p class="dialog__text">{move || text.with_value(TextProp::get)}</p>
            <ErrorPlace text=failed />
            <div class="dialog__actions">
                <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                <Button variant=ButtonVariant::Danger busy on:click=move |_| on_confirm.run(())>
                    {move || confirm.with_value(TextProp::get)}
                </Button>
            </div>
        </Dialog>
    }
}
