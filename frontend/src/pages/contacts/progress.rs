//! How far a tagging of many contacts has come, and what it came to: also after a reload, since the server goes on with it.

use crate::{
    api::ConsoleApi,
    i18n::{errors::error_text, format, lang, lang_now, t},
    ui::{Button, ButtonSize, ButtonVariant, Icon, IconButton, use_toasts},
};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use types::contact_list::{Tagging, TaggingState};

/// How often it is asked how far it has come.
const PAUSE: Duration = Duration::from_millis(700);
/// A result is shown to whoever comes back within so many milliseconds.
const SHOWN_FOR: i64 = 10 * 60 * 1000;

/// The tagging that is shown. `Copy`.
#[derive(Clone, Copy)]
pub struct Progress {
    api: StoredValue<ConsoleApi>,
    shown: RwSignal<Option<Tagging>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Progress {
    /// None yet.
    pub fn new(api: ConsoleApi) -> Self {
        let progress = Self { api: StoredValue::new(api), shown: RwSignal::new(None), timer: StoredValue::new(None) };
        on_cleanup(move || progress.rest());
        progress
    }

    /// Looks whether there is one that goes on, or has ended a moment ago.
    pub fn look(self) {
        let api = self.api.get_value();
        spawn_local(async move {
            // Without an answer there is nothing to show; the next one that is begun is followed.
            let Ok(all) = api.list_taggings().await else { return };
            let newest = all.items.into_iter().next();
            let is_recent = |ended| format::now().millis_since(ended) < SHOWN_FOR;
            if let Some(tagging) = newest.filter(|newest| newest.finished_at.is_none_or(is_recent))
                && self.shown.try_with_untracked(Option::is_none) == Some(true)
            {
                self.follow(tagging);
            }
        });
    }

    /// Shows this one, until it has ended.
    pub fn follow(self, tagging: Tagging) {
        let goes_on = tagging.state == TaggingState::Running;
        if self.shown.try_set(Some(tagging)).is_some() || !goes_on {
            return;
        }
        self.rest();
        self.timer.set_value(set_timeout_with_handle(move || self.ask(), PAUSE).ok());
    }

    fn ask(self) {
        let Some(api) = self.api.try_get_value() else { return };
        spawn_local(async move {
            let answer = api.list_taggings().await;
            let Some(Some(shown)) = self.shown.try_get_untracked() else { return };
            let newer = answer.ok().and_then(|all| all.items.into_iter().find(|tagging| tagging.id == shown.id));
            // Where there was no answer, the next one tells.
            self.follow(newer.unwrap_or(shown));
        });
    }

    fn rest(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}

/// The line that tells of it.
#[component]
pub fn TaggingProgress(
    /// The tagging that is shown.
    progress: Progress,
) -> impl IntoView {
    let toasts = use_toasts();
    let busy = RwSignal::new(false);
    let is_shown = Memo::new(move |_| progress.shown.with(Option::is_some));
    let is_running = Memo::new(move |_| {
        progress.shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.state == TaggingState::Running))
    });
    let percent = Memo::new(move |_| progress.shown.with(|shown| shown.as_ref().map_or(0, |shown| shown.percent)));
    let stop = move |_| {
        let Some(id) = progress.shown.with_untracked(|shown| shown.as_ref().map(|shown| shown.id)) else { return };
        busy.set(true);
        let api = progress.api.get_value();
        spawn_local(async move {
            let stopped = api.cancel_tagging(id).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match stopped {
                Ok(tagging) => progress.follow(tagging),
                Err(error) => toasts.error(error_text(lang_now(), &error)),
            }
        });
    };
    let result = move || {
        let shown = progress.shown.get()?;
        let words = lang();
        let mut parts = vec![words.batch_tagging_done(shown.tagged, shown.unchanged)];
        if shown.no_room > 0 {
            parts.push(words.batch_tagging_no_room(shown.no_room));
        }
        if shown.missing > 0 {
            parts.push(words.batch_tagging_missing(shown.missing));
        }
        let head = match shown.state {
            TaggingState::Running => words.batch_tagging_progress(shown.percent),
            TaggingState::Finished => words.batch_tagging_finished().to_owned(),
            TaggingState::Cancelled => words.batch_tagging_cancelled().to_owned(),
        };
        Some((head, parts.join(" · ")))
    };
    view! {
        <Show when=move || is_shown.get()>
            <section class="contacts__tagging" aria-label=t!(batch_tagging)>
                <div class="contacts__tagging-words" role="status">
                    {move || result().map(|(head, counts)| view! {
                        <p class="contacts__tagging-head">{head}</p>
                        <p class="contacts__tagging-counts">{counts}</p>
                    })}
                </div>
                <Show
                    when=move || is_running.get()
                    fallback=move || view! {
                        <IconButton
                            small=true
                            icon=Icon::Close
                            label=t!(dismiss)
                            on:click=move |_| progress.shown.set(None)
                        />
                    }
                >
                    <progress
                        class="contacts__bar"
                        max="100"
                        prop:value=move || f64::from(percent.get())
                        aria-label=t!(batch_tagging)
                    ></progress>
                    <Button size=ButtonSize::Small variant=ButtonVariant::Ghost busy on:click=stop>
                        {t!(batch_tagging_stop)}
                    </Button>
                </Show>
            </section>
        </Show>
    }
}
