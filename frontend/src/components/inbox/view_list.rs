//! The views that the agent keeps, one under the other: moved, renamed, changed and deleted.

use super::views_menu::{name_error, summary_of};
use crate::i18n::{errors::error_text, format, lang, lang_now, t};
use crate::stores::kept_views::use_kept_views;
use crate::stores::live::use_channels;
use crate::stores::tags::use_tags;
use crate::ui::{
    Button, ButtonSize, ButtonVariant, Icon, IconButton, TextField, effect, focus_in_place, is_composing, use_toasts,
};
use client::saved_views::{Change, stands_for, view_of};
use client::state::View;
use leptos::{ev, prelude::*, task::spawn_local};
use types::id::SavedViewId;
use types::saved_views::SavedView;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// What is being done to one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Renaming,
    Replacing,
    Deleting,
}

/// The list, as what is done to it sees it. `Copy`.
#[derive(Clone, Copy)]
struct Managed {
    views: Memo<Vec<SavedView>>,
    doing: RwSignal<Option<(SavedViewId, Doing)>>,
    busy: RwSignal<bool>,
    change: Callback<(Change, SavedViewId, &'static str)>,
}

impl Managed {
    /// Begins something; the focus goes to what it asks.
    fn begin(self, id: SavedViewId, doing: Doing) {
        self.doing.set(Some((id, doing)));
        focus_row(id, "ask");
    }

    /// The person has thought better of it; the focus goes back to what began it.
    fn stop(self, id: SavedViewId, doing: Doing) {
        self.doing.set(None);
        focus_row(id, step_of(doing));
    }
}

fn step_of(doing: Doing) -> &'static str {
    match doing {
        Doing::Renaming => "rename",
        Doing::Replacing => "replace",
        Doing::Deleting => "delete",
    }
}

/// All views, in their order.
#[component]
pub fn ViewList(
    /// The chosen list, which a view can be changed to.
    view: Memo<View>,
    /// Closes it when the last one is gone.
    open: RwSignal<bool>,
) -> impl IntoView {
    let kept = use_kept_views();
    let toasts = use_toasts();
    let views = Memo::new(move |_| kept.list());
    let (doing, busy) = (RwSignal::new(None), RwSignal::new(false));
    let change = Callback::new(move |(change, id, then): (Change, SavedViewId, &'static str)| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let begun = doing.get_untracked();
        spawn_local(async move {
            let changed = kept.change(change).await;
            if busy.try_set(false).is_some() {
                // The list is not there any more.
                return;
            }
            match changed {
                // Something else was begun before the answer came, or it was thought better of.
                Ok(()) if doing.get_untracked() != begun => {}
                Ok(()) => {
                    doing.set(None);
                    focus_row(id, then);
                }
                Err(error) => toasts.error(error_text(lang_now(), &error)),
            }
        });
    });
    let managed = Managed { views, doing, busy, change };
    effect(move || {
        if views.with(Vec::is_empty) {
            open.set(false);
        }
    });
    view! {
        <ul class="view-list">
            <For each=move || views.get() key=|saved| saved.id let(saved)>
                <ViewRow id=saved.id view managed />
            </For>
        </ul>
    }
}

#[component]
fn ViewRow(id: SavedViewId, view: Memo<View>, managed: Managed) -> impl IntoView {
    let named_by = (use_channels(), use_tags());
    let Managed { views, doing, change, .. } = managed;
    let saved = Memo::new(move |_| views.with(|views| views.iter().find(|saved| saved.id == id).cloned()));
    let name =
        Memo::new(move |_| saved.with(|saved| saved.as_ref().map(|saved| saved.name.clone()).unwrap_or_default()));
    let filters = Memo::new(move |_| {
        let saved = saved.get();
        saved.map(|saved| summary_of(named_by, view_of(&saved, format::dates_now))).unwrap_or_default()
    });
    let is_current =
        Memo::new(move |_| saved.with(|saved| saved.as_ref().is_some_and(|saved| stands_for(saved, view.get()))));
    let place = Memo::new(move |_| views.with(|views| views.iter().position(|saved| saved.id == id)));
    let is_first = Memo::new(move |_| place.get() == Some(0));
    let is_last = Memo::new(move |_| place.get().is_none_or(|place| place.saturating_add(1) == views.with(Vec::len)));
    let asked = Memo::new(move |_| doing.get().filter(|(of, _)| *of == id).map(|(_, doing)| doing));
    view! {
        <li class="view-list__row" data-view=id.to_string()>
            {move || match asked.get() {
                Some(Doing::Renaming) => view! { <RenameForm id managed /> }.into_any(),
                Some(what @ (Doing::Replacing | Doing::Deleting)) => {
                    view! { <Question id what name view managed /> }.into_any()
                }
                None => view! {
                    <span class="view-list__what">
                        <span class="view-list__name">{move || name.get()}</span>
                        <span class="view-list__filters">{move || filters.get()}</span>
                    </span>
                    <span class="view-list__tools">
                        <span data-step="up">
                            <IconButton
                                small=true
                                icon=Icon::ArrowUp
                                label=move || lang().view_up(&name.get())
                                disabled=is_first
                                on:click=move |_| change.run((Change::Up(id), id, "up"))
                            />
                        </span>
                        <span data-step="down">
                            <IconButton
                                small=true
                                icon=Icon::ArrowDown
                                label=move || lang().view_down(&name.get())
                                disabled=is_last
                                on:click=move |_| change.run((Change::Down(id), id, "down"))
                            />
                        </span>
                        <span data-step="rename">
                            <IconButton
                                small=true
                                icon=Icon::Pencil
                                label=move || lang().view_rename(&name.get())
                                on:click=move |_| managed.begin(id, Doing::Renaming)
                            />
                        </span>
                        <span data-step="replace">
                            <IconButton
                                small=true
                                icon=Icon::Refresh
                                label=move || lang().view_replace(&name.get())
                                disabled=is_current
                                on:click=move |_| managed.begin(id, Doing::Replacing)
                            />
                        </span>
                        <span data-step="delete">
                            <IconButton
                                small=true
                                icon=Icon::Trash
                                label=move || lang().view_delete(&name.get())
                                on:click=move |_| managed.begin(id, Doing::Deleting)
                            />
                        </span>
                    </span>
                }
                .into_any(),
            }}
        </li>
    }
}

/// Asks for another name.
#[component]
fn RenameForm(id: SavedViewId, managed: Managed) -> impl IntoView {
    let Managed { views, busy, change, .. } = managed;
    let before =
        views.with_untracked(|views| views.iter().find(|saved| saved.id == id).map(|saved| saved.name.clone()));
    let name = RwSignal::new(before.unwrap_or_default());
    let error = RwSignal::new(None::<String>);
    let check = move || error.set(views.with_untracked(|views| name_error(&name.get_untracked(), views, Some(id))));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        check();
        if error.with_untracked(Option::is_none) {
            change.run((Change::Rename(id, name.get_untracked()), id, "rename"));
        }
    };
    view! {
        <form
            class="view-list__ask"
            novalidate
            data-step="ask"
            on:submit=submit
            on:keydown=move |event| on_escape(&event, managed, id, Doing::Renaming)
        >
            <TextField label=t!(view_name) value=name error=error name="view_name" required=true />
            <div class="view-list__answers">
                <Button size=ButtonSize::Small on:click=move |_| managed.stop(id, Doing::Renaming)>{t!(cancel)}</Button>
                <Button size=ButtonSize::Small variant=ButtonVariant::Primary submit=true busy>{t!(save)}</Button>
            </div>
        </form>
    }
}

/// Asks before a view is lost, or what it was.
#[component]
fn Question(id: SavedViewId, what: Doing, name: Memo<String>, view: Memo<View>, managed: Managed) -> impl IntoView {
    let named_by = (use_channels(), use_tags());
    let is_deletion = what == Doing::Deleting;
    let question = move || {
        if is_deletion {
            lang().view_delete_question(&name.get())
        } else {
            lang().view_replace_question(&name.get(), &summary_of(named_by, view.get()))
        }
    };
    let answer = move |_| {
        let change = if is_deletion { Change::Remove(id) } else { Change::Replace(id, view.get_untracked()) };
        managed.change.run((change, id, step_of(what)));
    };
    view! {
        <div class="view-list__ask" on:keydown=move |event| on_escape(&event, managed, id, what)>
            <p role="alert">{question}</p>
            <div class="view-list__answers">
                <Button size=ButtonSize::Small on:click=move |_| managed.stop(id, what)>{t!(cancel)}</Button>
                <span data-step="ask">
                    <Button
                        size=ButtonSize::Small
                        variant=if is_deletion { ButtonVariant::Danger } else { ButtonVariant::Primary }
                        busy=managed.busy
                        on:click=answer
                    >
                        {move || if is_deletion { lang().delete() } else { lang().view_replace_do() }}
                    </Button>
                </span>
            </div>
        </div>
    }
}

/// Esc ends what is asked, and not the whole dialog.
fn on_escape(event: &ev::KeyboardEvent, managed: Managed, id: SavedViewId, doing: Doing) {
    if event.key() == "Escape" && !is_composing(event) {
        event.prevent_default();
        event.stop_propagation();
        managed.stop(id, doing);
    }
}

/// Gives the focus to a row's control, which may have been drawn anew or moved: this one, or the first that can be pressed; in the row
/// that is left when this one is gone.
fn focus_row(id: SavedViewId, step: &'static str) {
    let give = move || {
        let page = document();
        let selectors = [
            format!("[data-view=\"{id}\"] [data-step=\"{step}\"] :is(input, button):not(:disabled)"),
            format!("[data-view=\"{id}\"] button:not(:disabled)"),
            ".view-list button:not(:disabled)".to_owned(),
        ];
        let found = selectors.iter().find_map(|selector| page.query_selector(selector).ok().flatten());
        if let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            focus_in_place(&element);
        }
    };
    // By the second frame the page has changed.
    request_animation_frame(move || request_animation_frame(give));
}
