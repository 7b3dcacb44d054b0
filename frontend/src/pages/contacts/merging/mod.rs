//! At a contact's details: merging somebody who is the same person into them, and what was merged, which can be undone.

pub mod choose;
pub mod preview;
pub mod undo;

use super::found::Found;
use crate::{
    components::inbox::names::contact_name,
    i18n::{errors::error_text, format, lang, t},
    stores::{live::use_connection, session::use_session},
    ui::{Button, ButtonSize, ButtonVariant, Dialog, ErrorState, Icon, use_toasts},
};
use choose::Choose;
use client::rest::ApiError;
use leptos::{html, prelude::*, task::spawn_local};
use preview::Preview;
use rules::permissions::Permission;
use std::rc::Rc;
use types::contact_merges::ContactMerge;
use types::events::Event;
use types::id::ContactId;
use undo::undo;

/// The button, its window, and what was merged. Nothing for whoever may not merge.
#[component]
pub fn Merging(
    /// The contacts of the page.
    found: Found,
    /// Whose details are open.
    id: ContactId,
) -> impl IntoView {
    let session = use_session();
    let may = session.may(Permission::SeeAllConversations) && session.may(Permission::AnswerConversations);
    may.then(|| view! { <Section found id /> })
}

#[component]
fn Section(found: Found, id: ContactId) -> impl IntoView {
    let merges = RwSignal::new(Vec::<ContactMerge>::new());
    let failed = RwSignal::new(None::<ApiError>);
    let load = move || {
        let api = found.api();
        spawn_local(async move {
            match api.list_contact_merges(id).await {
                Ok(known) => {
                    failed.try_set(None);
                    // What was merged into those who lead to them is undone with them, once they are there again.
                    merges.try_set(known.items.into_iter().filter(|merge| merge.survivor_id == id).collect());
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    load();
    use_connection().follow(Rc::new(move |event| match event {
        Some(Event::ContactMerged { survivor_id, .. } | Event::ContactMergeUndone { survivor_id, .. })
            if *survivor_id == id =>
        {
            load();
        }
        Some(_) => {}
        None => load(),
    }));
    let open = RwSignal::new(false);
    view! {
        <section class="merging" aria-label=t!(merge_list)>
            <Button size=ButtonSize::Small icon=Icon::User on:click=move |_| open.set(true)>
                {t!(merge_contacts)}
            </Button>
            {move || failed.get().map(|error| view! {
                <ErrorState
                    message=move || format!("{} {}", lang().merge_list_failed(), error_text(lang(), &error))
                    retry_label=t!(retry)
                    on_retry=Callback::new(move |()| load())
                />
            })}
            <ul class="merging__list">
                <For each=move || merges.get() key=|merge| merge.id let(merge)>
                    <Told found merge />
                </For>
            </ul>
            <MergeDialog found id open />
        </section>
    }
}

/// Who was merged, by whom and when; for as long as that can be undone, with the button.
#[component]
fn Told(found: Found, merge: ContactMerge) -> impl IntoView {
    let (id, merge_id) = (merge.survivor_id, merge.id);
    let is_late = format::now() > merge.undo_until;
    let busy = RwSignal::new(false);
    let toasts = use_toasts();
    let told = move || {
        lang().merge_told(&contact_name(&merge.merged), &merge.merged_by_name, &format::date_time(merge.merged_at))
    };
    view! {
        <li class="merging__told">
            <p>{told}</p>
            {(!is_late).then(|| view! {
                <Button
                    size=ButtonSize::Small
                    variant=ButtonVariant::Ghost
                    icon=Icon::Undo
                    busy
                    on:click=move |_| {
                        if !busy.get_untracked() {
                            busy.set(true);
                            let done = Callback::new(move |()| {
                                busy.try_set(false);
                            });
                            undo(found.api(), toasts, (id, merge_id), done);
                        }
                    }
                >
                    {t!(merge_undo)}
                </Button>
            })}
        </li>
    }
}

/// The window: who is the other one, then what becomes of the two.
#[component]
fn MergeDialog(found: Found, id: ContactId, open: RwSignal<bool>) -> impl IntoView {
    let chosen = RwSignal::new(None::<ContactId>);
    let close = Callback::new(move |()| {
        chosen.try_set(None);
    });
    // What was pressed goes with its step: who goes by the keyboard, or listens, is at the beginning of the other one.
    let step = NodeRef::<html::Div>::new();
    Effect::new(move |before: Option<bool>| {
        let is_chosen = chosen.get().is_some();
        if before.is_some_and(|before| before != is_chosen)
            && let Some(step) = step.get_untracked()
        {
            drop(step.focus());
        }
        is_chosen
    });
    view! {
        <Dialog open wide=true title=t!(merge_contacts) close_label=t!(close) on_close=close>
            <div node_ref=step class="merging__step" tabindex="-1">
                // Each by itself: of two erased views in one place the second would keep what the first does when it is pressed.
                {move || chosen.get().is_none().then(|| view! { <Choose found id chosen /> })}
                {move || chosen.get().map(|other| view! { <Preview found both=(id, other) chosen open /> })}
            </div>
        </Dialog>
    }
}
