//! To whom a channel's conversations come: by themselves or not, and which groups serve it. Set at once, apart from the form.

use crate::api::use_api;
use crate::i18n::{errors::error_text, lang, lang_now, t};
use crate::ui::{Button, ErrorState, Skeleton, Switch, use_toasts};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use std::collections::BTreeSet;
use types::assignment::{ChannelAssignment, SetChannelAssignment};
use types::id::{AgentGroupId, ChannelId};

/// The card beside the channel's form, for those who may edit it.
#[component]
pub fn AssignmentCard(
    /// The channel.
    id: ChannelId,
) -> impl IntoView {
    let api = StoredValue::new_local(use_api());
    let toasts = use_toasts();
    let held = RwSignal::new(None::<Result<ChannelAssignment, ApiError>>);
    let automatic = RwSignal::new(true);
    let chosen = RwSignal::new(BTreeSet::<AgentGroupId>::new());
    let busy = RwSignal::new(false);
    let show = move |assignment: ChannelAssignment| {
        automatic.set(assignment.automatic);
        chosen.set(assignment.group_ids.iter().copied().collect());
        held.set(Some(Ok(assignment)));
    };
    let load = move || {
        held.set(None);
        let api = api.get_value();
        spawn_local(async move {
            let answer = api.get_channel_assignment(id).await;
            // The page may be gone by the time the answer is here.
            if held.is_disposed() {
                return;
            }
            match answer {
                Ok(assignment) => show(assignment),
                Err(error) => held.set(Some(Err(error))),
            }
        });
    };
    load();
    let changed = Memo::new(move |_| {
        held.with(|held| match held {
            Some(Ok(held)) => {
                held.automatic != automatic.get()
                    || chosen.with(|chosen| !held.group_ids.iter().copied().collect::<BTreeSet<_>>().eq(chosen))
            }
            _ => false,
        })
    });
    let save = move |_| {
        let group_ids = chosen.with_untracked(|chosen| chosen.iter().copied().collect());
        let request = SetChannelAssignment { automatic: automatic.get_untracked(), group_ids };
        busy.set(true);
        let api = api.get_value();
        spawn_local(async move {
            let answer = api.set_channel_assignment(id, &request).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(assignment) => {
                    show(assignment);
                    toasts.success(lang_now().channel_saved());
                }
                Err(error) => toasts.error(error_text(lang_now(), &error)),
            }
        });
    };
    view! {
        <section class="card channel-page__serving">
            <h2 class="card__title">{t!(serving_groups)}</h2>
            {move || match held.get() {
                None => view! { <div aria-busy="true"><Skeleton lines=3 /></div> }.into_any(),
                Some(Err(_)) => view! {
                    <ErrorState message=t!(load_failed) retry_label=t!(retry) on_retry=Callback::new(move |()| load()) />
                }
                .into_any(),
                Some(Ok(assignment)) => view! {
                    <Switch label=t!(assign_automatically) note=t!(assign_automatically_note) checked=automatic />
                    <fieldset class="channel-page__groups" disabled=move || !automatic.get()>
                        <legend class="field__label">{t!(serving_groups_ask)}</legend>
                        <p class="field__note">
                            {move || if chosen.with(BTreeSet::is_empty) {
                                lang().serving_everybody()
                            } else {
                                lang().serving_chosen()
                            }}
                        </p>
                        {assignment
                            .groups
                            .into_iter()
                            .map(|group| {
                                let group_id = group.id;
                                view! {
                                    <label class="checkbox__row">
                                        <input
                                            class="checkbox__input"
                                            type="checkbox"
                                            prop:checked=move || chosen.with(|chosen| chosen.contains(&group_id))
                                            on:change:target=move |event| {
                                                let is_on = event.target().checked();
                                                chosen.update(|chosen| {
                                                    if is_on {
                                                        chosen.insert(group_id);
                                                    } else {
                                                        chosen.remove(&group_id);
                                                    }
                                                });
                                            }
                                        />
                                        <span class="checkbox__label">{group.name}</span>
                                    </label>
                                }
                            })
                            .collect_view()}
                    </fieldset>
                    <div class="form__actions">
                        <Button busy disabled=Signal::derive(move || !changed.get()) on:click=save>
                            {t!(serving_save)}
                        </Button>
                    </div>
                }
                .into_any(),
            }}
        </section>
    }
}
