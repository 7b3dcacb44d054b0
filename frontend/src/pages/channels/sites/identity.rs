//! The identity secret of a channel: whether there is one, making a new one, taking it away. It is shown once.

use super::samples::Samples;
use crate::api::use_api;
use crate::i18n::{errors::error_text, format, lang, lang_now, t};
use crate::ui::{Button, ButtonVariant, CopyField, CopyLabels, Dialog, ErrorState, Icon, Skeleton, use_toasts};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use types::channels::Channel;
use types::identity::ChannelIdentity;

/// What is asked before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Rotate,
    Remove,
}

/// The card of the identity secret.
#[component]
pub fn IdentityCard(
    /// The channel.
    #[prop(into)]
    channel: Signal<Channel>,
) -> impl IntoView {
    let api = StoredValue::new_local(use_api());
    let toasts = use_toasts();
    let id = channel.with_untracked(|channel| channel.id);
    let held = RwSignal::new(None::<Result<ChannelIdentity, ApiError>>);
    let secret = RwSignal::new(None::<String>);
    let (asking, shown, busy) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let asked = RwSignal::new(Asked::Rotate);
    let load = move || {
        held.set(None);
        let api = api.get_value();
        spawn_local(async move {
            let answer = api.get_channel_identity(id).await;
            held.try_set(Some(answer));
        });
    };
    load();
    let create = move || {
        busy.set(true);
        let api = api.get_value();
        spawn_local(async move {
            let answer = api.create_identity_secret(id).await;
            if busy.try_set(false).is_some() {
                return;
            }
            asking.set(false);
            match answer {
                Ok(made) => {
                    held.set(Some(Ok(made.identity)));
                    secret.set(Some(made.secret));
                    shown.set(true);
                }
                Err(error) => toasts.error(error_text(lang_now(), &error)),
            }
        });
    };
    let remove = move || {
        busy.set(true);
        let api = api.get_value();
        spawn_local(async move {
            let answer = api.delete_identity_secret(id).await;
            if busy.try_set(false).is_some() {
                return;
            }
            asking.set(false);
            match answer {
                Ok(()) => {
                    held.set(Some(Ok(ChannelIdentity::default())));
                    toasts.success(lang_now().identity_removed());
                }
                Err(error) => toasts.error(error_text(lang_now(), &error)),
            }
        });
    };
    let ask = move |what| {
        asked.set(what);
        asking.set(true);
    };
    let removes = move || asked.get() == Asked::Remove;
    view! {
        <section class="card channel-sites__card">
            <h2 class="card__title">{t!(identity_title)}</h2>
            <p class="card__text">{t!(identity_note)}</p>
            {move || match held.get() {
                None => view! { <div aria-busy="true"><Skeleton lines=2 /></div> }.into_any(),
                Some(Err(_)) => view! {
                    <ErrorState message=t!(load_failed) retry_label=t!(retry) on_retry=Callback::new(move |()| load()) />
                }
                .into_any(),
                Some(Ok(ChannelIdentity { secret_since: None, .. })) => view! {
                    <p class="card__text">{t!(identity_none)}</p>
                    <div class="form__actions">
                        <Button variant=ButtonVariant::Primary busy on:click=move |_| create()>{t!(identity_create)}</Button>
                    </div>
                }
                .into_any(),
                Some(Ok(ChannelIdentity { secret_since: Some(since), previous_until })) => view! {
                    <p class="card__text">
                        {move || lang().identity_since(format::date_time(since))}
                        {previous_until.map(|until| view! {
                            " "
                            {move || lang().identity_previous(format::date_time(until))}
                        })}
                    </p>
                    <div class="form__actions">
                        <Button on:click=move |_| ask(Asked::Rotate)>{t!(identity_rotate)}</Button>
                        <Button icon=Icon::Trash on:click=move |_| ask(Asked::Remove)>{t!(identity_remove)}</Button>
                    </div>
                }
                .into_any(),
            }}
            <Samples channel />
        </section>
        <Dialog
            open=asking
            title=move || if removes() { lang().identity_remove_question() } else { lang().identity_rotate_question() }
            close_label=t!(close)
        >
            <p class="dialog__text">
                {move || if removes() { lang().identity_remove_text() } else { lang().identity_rotate_text() }}
            </p>
            <div class="dialog__actions">
                <Button on:click=move |_| asking.set(false)>{t!(cancel)}</Button>
                {move || if removes() {
                    view! { <Button variant=ButtonVariant::Danger busy on:click=move |_| remove()>{t!(identity_remove)}</Button> }
                        .into_any()
                } else {
                    view! { <Button variant=ButtonVariant::Primary busy on:click=move |_| create()>{t!(identity_rotate)}</Button> }
                        .into_any()
                }}
            </div>
        </Dialog>
        <Dialog
            open=shown
            title=t!(identity_secret)
            close_label=t!(close)
            locked=shown
            on_close=Callback::new(move |()| secret.set(None))
        >
            <CopyField
                label=t!(identity_secret)
                hint=t!(identity_secret_note)
                text=Signal::derive(move || secret.get().unwrap_or_default())
                labels=CopyLabels {
                    copy: t!(identity_copy).into(),
                    copied: t!(copied).into(),
                    failed: t!(copy_failed).into(),
                }
                rows=2
            />
            <div class="dialog__actions">
                <Button variant=ButtonVariant::Primary on:click=move |_| shown.set(false)>{t!(identity_kept)}</Button>
            </div>
        </Dialog>
    }
}
