//! The devices one is signed in on.

use crate::{
    api::use_api,
    components::shell::sign_out::use_sign_out,
    i18n::{errors::error_text, format, lang, lang_now, t},
    ui::{Button, ButtonSize, ErrorState, Icon, IconView, Skeleton, use_toasts},
};
use leptos::{prelude::*, task::spawn_local};
use types::{agents::Session, error::ErrorCode};

/// The list, each with a button that signs it out.
#[component]
pub fn Devices(
    /// Counts what has changed them elsewhere on the page.
    #[prop(into)]
    changed: Signal<u32>,
) -> impl IntoView {
    let api = use_api();
    let sessions = LocalResource::new(move || {
        changed.track();
        let api = api.clone();
        async move { api.list_sessions().await }
    });
    let reload = Callback::new(move |()| sessions.refetch());
    view! {
        <section class="card" aria-labelledby="devices-title">
            <div class="card__head">
                <h2 class="card__title" id="devices-title">{t!(devices)}</h2>
                <p class="card__text">{t!(devices_note)}</p>
            </div>
            {move || match sessions.get() {
                None => view! { <Skeleton lines=2 avatar=true /> }.into_any(),
                Some(Ok(sessions)) => {
                    let has_others = sessions.items.iter().any(|device| !device.current);
                    view! {
                        <ul class="devices">
                            {sessions.items.into_iter().map(|device| view! { <DeviceRow device reload /> }).collect_view()}
                        </ul>
                        {has_others.then(|| view! { <SignOutOthers reload /> })}
                    }
                        .into_any()
                }
                Some(Err(error)) => {
                    view! {
                        <ErrorState message=move || error_text(lang(), &error) retry_label=t!(retry) on_retry=reload />
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

/// Signs out every device but this one.
#[component]
fn SignOutOthers(reload: Callback<()>) -> impl IntoView {
    let api = use_api();
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let sign_out = move |_| {
        let api = api.clone();
        busy.set(true);
        spawn_local(async move {
            match api.revoke_other_sessions().await {
                Ok(()) => {
                    toasts.success(lang_now().devices_others_signed_out());
                    reload.try_run(());
                }
                Err(error) => {
                    busy.try_set(false);
                    toasts.error(error_text(lang_now(), &error));
                }
            }
        });
    };
    view! {
        <div class="devices__others">
            <Button busy on:click=sign_out>
                {t!(devices_sign_out_others)}
            </Button>
        </div>
    }
}

#[component]
fn DeviceRow(device: Session, reload: Callback<()>) -> impl IntoView {
    let api = use_api();
    let toasts = use_toasts();
    let leave = use_sign_out();
    let busy = RwSignal::new(false);
    let Session { id, current, device: name, ip, place, last_used_at, .. } = device;
    let shown = Signal::derive(move || if name.is_empty() { lang().device_unknown().to_owned() } else { name.clone() });
    let sign_out = move |_| {
        if current {
            leave();
            return;
        }
        let api = api.clone();
        busy.set(true);
        spawn_local(async move {
            match api.revoke_session(id).await {
                // One that is gone already is as good as signed out.
                Err(error) if error.code() != Some(ErrorCode::NotFound) => {
                    busy.set(false);
                    toasts.error(error_text(lang_now(), &error));
                }
                _ => {
                    toasts.success(lang_now().device_signed_out());
                    // The page may be gone by the time the answer is here.
                    reload.try_run(());
                }
            }
        });
    };
    view! {
        <li class="devices__row">
            <span class="devices__icon">
                <IconView icon=Icon::Device />
            </span>
            <div class="devices__text">
                <p class="devices__name">
                    {move || shown.get()}
                    {current.then(|| view! { <span class="devices__current">{t!(device_current)}</span> })}
                </p>
                <p class="devices__when">
                    {move || {
                        let (time, ip) = (format::relative(last_used_at, format::now()), ip.clone());
                        match place.clone() {
                            Some(place) => lang().device_last_used_in(time, ip, place),
                            None => lang().device_last_used(time, ip),
                        }
                    }}
                </p>
            </div>
            <Button
                size=ButtonSize::Small
                busy
                attr:aria-label=move || lang().device_sign_out_named(shown.get())
                on:click=sign_out
            >
                {t!(device_sign_out)}
            </Button>
        </li>
    }
}
