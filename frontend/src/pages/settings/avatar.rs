//! Changing one's own picture: a file is chosen or dropped, a square is cut out of it, and saved.

use crate::{
    api::{use_api, use_identity},
    components::inbox::attach::listed,
    i18n::{errors::error_text, lang, lang_now, t},
    stores::avatar::{Cutter, own_picture},
    stores::{live::use_account, session::use_session},
    ui::{Button, ButtonSize, ButtonVariant, Dialog, focus_in_place, use_toasts},
};
use leptos::{ev, html, prelude::*, task::spawn_local};
use types::agents::Me;
use web_sys::File;

/// The button below one's own picture, and the dialog that it opens.
#[component]
pub fn ChangeAvatar() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <Button size=ButtonSize::Small on:click=move |_| open.set(true)>{t!(avatar_change)}</Button>
        <Dialog open title=t!(avatar_change) close_label=t!(close)>
            {editor(open)}
        </Dialog>
    }
}

fn editor(open: RwSignal<bool>) -> AnyView {
    let (api, account, session, toasts) = (StoredValue::new(use_api()), use_account(), use_session(), use_toasts());
    let (identity, own) = (use_identity(), own_picture());
    let cutter = Cutter::default();
    let chooser = NodeRef::<html::Input>::new();
    let problem = RwSignal::new(None::<String>);
    // Whether there is something to save; whether removing was asked for; whether the server is.
    let (cutting, removing, busy) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let show = move |file: Option<File>| {
        let Some(file) = file else { return };
        removing.set(false);
        spawn_local(async move {
            let shown = cutter.show(file).await;
            cutting.try_update(|cutting| *cutting |= shown.is_ok());
            problem.try_set(shown.err());
            // By the second frame it can take the focus.
            request_animation_frame(move || {
                request_animation_frame(move || {
                    if let Some(Some(canvas)) = cutter.canvas.try_get_untracked() {
                        focus_in_place(&canvas);
                    }
                });
            });
        });
    };
    let done = move |outcome: Result<Me, String>, words: &'static str| {
        if busy.try_set(false).is_some() {
            return;
        }
        match outcome {
            Ok(me) => {
                account.put(me);
                toasts.success(words);
                open.set(false);
            }
            Err(words) => problem.set(Some(words)),
        }
    };
    let save = move |_| {
        busy.set(true);
        spawn_local(async move {
            let saved = cutter.save(identity).await;
            done(saved, lang_now().avatar_saved());
        });
    };
    let remove = move |_| {
        let Some(me) = session.me_now() else { return };
        busy.set(true);
        let api = api.get_value();
        spawn_local(async move {
            let removed = api.remove_avatar().await.map(|()| Me { avatar_id: None, ..me });
            done(removed.map_err(|error| error_text(lang_now(), &error)), lang_now().avatar_removed());
        });
    };
    let drop = move |event: ev::DragEvent| {
        event.prevent_default();
        show(listed(event.data_transfer().and_then(|data| data.files())).into_iter().next());
    };
    let choose = move |_| {
        if let Some(chooser) = chooser.get_untracked() {
            chooser.click();
        }
    };
    view! {
        <div class="avatar-cut" on:dragover=move |event| event.prevent_default() on:drop=drop>
            <div class="avatar-cut__stage">
                <canvas
                    node_ref=cutter.canvas
                    class="avatar-cut__canvas"
                    class:avatar-cut__canvas--empty=move || !cutting.get()
                    width="512"
                    height="512"
                    role="application"
                    tabindex=move || if cutting.get() { "0" } else { "-1" }
                    aria-label=t!(avatar_stage)
                ></canvas>
                {move || (!cutting.get()).then(|| view! { <p class="avatar-cut__hint">{t!(avatar_hint)}</p> })}
            </div>
            <label class="avatar-cut__zoom" class:avatar-cut__zoom--off=move || !cutting.get()>
                <span>{t!(avatar_zoom)}</span>
                <input node_ref=cutter.slider type="range" min="0" max="100" step="any" value="0" />
            </label>
            <p class="avatar-cut__problem" role="alert">
                {move || problem.get().or_else(|| removing.get().then(|| lang().avatar_remove_explained().to_owned()))}
            </p>
            <input
                node_ref=chooser
                type="file"
                hidden
                accept="image/png,image/jpeg,image/webp"
                on:change=move |_| {
                    let Some(chooser) = chooser.get_untracked() else { return };
                    show(listed(chooser.files()).into_iter().next());
                    // The same file can be chosen again.
                    chooser.set_value("");
                }
            />
            <div class="dialog__actions">
                // Each by itself: of two erased views in one place the second would keep what the first does when it is pressed.
                {move || cutting.get().then(|| view! {
                    <Button on:click=choose>{t!(avatar_other)}</Button>
                    <Button variant=ButtonVariant::Primary busy on:click=save>{t!(save)}</Button>
                })}
                {move || (!cutting.get() && removing.get()).then(|| view! {
                    <Button on:click=move |_| removing.set(false)>{t!(cancel)}</Button>
                    <Button variant=ButtonVariant::Danger busy on:click=remove>{t!(avatar_remove)}</Button>
                })}
                {move || (!cutting.get() && !removing.get() && own.get().is_some()).then(|| view! {
                    <Button variant=ButtonVariant::Ghost on:click=move |_| removing.set(true)>{t!(avatar_remove)}</Button>
                })}
                {move || (!cutting.get() && !removing.get()).then(|| view! {
                    <Button variant=ButtonVariant::Primary on:click=choose>{t!(avatar_choose)}</Button>
                })}
            </div>
        </div>
    }
    .into_any()
}
