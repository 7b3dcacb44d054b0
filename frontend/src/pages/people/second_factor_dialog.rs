//! Asks before a colleague's second factor is taken off, who has lost it.

use super::People;
use crate::{
    i18n::{errors::error_text, lang, lang_now, t},
    ui::{Button, ButtonVariant, Dialog, effect},
};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use types::agents::Agent;

/// The question.
#[component]
pub fn SecondFactorDialog(
    /// What is done on the page; `unlocking` is who is asked about.
    people: People,
) -> impl IntoView {
    let open = RwSignal::new(false);
    // The title stays while the dialog closes.
    let asked = RwSignal::new(None::<Agent>);
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    effect(move || {
        if let Some(agent) = people.unlocking.get() {
            asked.set(Some(agent));
            failed.set(None);
            open.set(true);
        }
    });
    let name = move || asked.with(|agent| agent.as_ref().map(|agent| agent.name.clone()).unwrap_or_default());
    let take_off = move |_| {
        let Some(id) = asked.with_untracked(|agent| agent.as_ref().map(|agent| agent.id)) else { return };
        busy.set(true);
        failed.set(None);
        let api = people.api();
        spawn_local(async move {
            let done = api.remove_agent_second_factor(id).await;
            if busy.try_set(false).is_some() {
                // The page is not there any more.
                return;
            }
            match done {
                Ok(()) => {
                    if let Some(agent) = untrack(|| people.agents.get(id)) {
                        people.agents.put(Agent { second_factor: Some(false), ..agent });
                    }
                    people.toasts.success(lang_now().people_second_factor_off(&untrack(name)));
                    open.set(false);
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    view! {
        <Dialog
            open
            title=move || lang().people_second_factor_question(&name())
            close_label=t!(close)
            on_close=Callback::new(move |()| people.unlocking.set(None))
        >
            <div class="dialog__text">
                <p>{t!(people_second_factor_explained)}</p>
                <div aria-live="polite">
                    {move || failed.get().map(|error| view! {
                        <p class="form-error">{move || error_text(lang(), &error)}</p>
                    })}
                </div>
            </div>
            <div class="dialog__actions">
                <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                <Button variant=ButtonVariant::Danger busy on:click=take_off>{t!(people_second_factor_do)}</Button>
            </div>
        </Dialog>
    }
}
