//! Naming: a new group or tag, or one that is called otherwise from now on.

use super::{Managing, is_taken, words};
use crate::{
    i18n::{errors::field_text, lang_now, t},
    ui::{Button, ButtonSize, ButtonVariant, TextField, is_composing},
};
use client::rest::ApiError;
use leptos::{ev, prelude::*, task::spawn_local, text_prop::TextProp};
use std::pin::Pin;
use types::error::FieldCode;
use types::limits::TAG_NAME_MAX;
use types::tags::{TagGroup, comparable};
use types::validate::{self, Fault};

/// Adds something and answers the group as it is then.
pub type Adding = Pin<Box<dyn Future<Output = Result<TagGroup, ApiError>>>>;

/// What is wrong with a name among others, in words.
fn name_error(name: &str, others: &[String], field: &'static str) -> Option<String> {
    let wanted = comparable(name);
    let taken = others.iter().any(|other| comparable(other) == wanted);
    let fault = match validate::line(name, 1, TAG_NAME_MAX) {
        Err(fault) => fault,
        Ok(()) if taken => Fault::new(FieldCode::Taken, ""),
        Ok(()) => return None,
    };
    Some(field_text(lang_now(), &fault.of(field)))
}

/// Adds a group or a tag; the field is empty afterwards, for the next one.
#[component]
pub fn AddForm(
    /// What is asked.
    #[prop(into)]
    label: TextProp,
    /// What errors call it.
    field: &'static str,
    /// The button's words.
    #[prop(into)]
    action: TextProp,
    /// The names that are taken.
    others: Signal<Vec<String>>,
    /// Adds it.
    add: Callback<String, Adding>,
    /// What is done on the page.
    managing: Managing,
) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let busy = managing.busy;
    let check = move || {
        // Nothing is wrong with a field in which nobody has begun to write.
        let written = name.with_untracked(|name| !name.trim().is_empty());
        error.set(name_error(&name.get_untracked(), &others.get_untracked(), field).filter(|_| written));
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        error.set(name_error(&name.get_untracked(), &others.get_untracked(), field));
        if busy.get_untracked() || error.with_untracked(Option::is_some) {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let added = add.run(name.get_untracked().trim().to_owned()).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match added {
                Ok(group) => {
                    managing.tags.put_group(group);
                    name.set(String::new());
                }
                Err(problem) if is_taken(&problem) => error.set(Some(words(&problem, field))),
                Err(problem) => managing.toasts.error(words(&problem, field)),
            }
        });
    };
    view! {
        <form class="tag-add" novalidate on:submit=submit>
            <TextField label value=name error name=field on_leave=Callback::new(move |()| check()) />
            <Button submit=true busy>{move || action.get()}</Button>
        </form>
    }
}

/// Gives a group or a tag another name, in its place. Esc leaves it as it was.
#[component]
pub fn RenameForm(
    /// What is asked.
    #[prop(into)]
    label: TextProp,
    /// What errors call it.
    field: &'static str,
    /// What it is called now.
    is: String,
    /// The names that are taken.
    others: Signal<Vec<String>>,
    /// Takes the name, or nothing when it stays.
    done: Callback<Option<String>>,
) -> impl IntoView {
    let name = RwSignal::new(is.clone());
    let error = RwSignal::new(None::<String>);
    let check = move || error.set(name_error(&name.get_untracked(), &others.get_untracked(), field));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        check();
        if error.with_untracked(Option::is_none) {
            let wanted = name.get_untracked().trim().to_owned();
            done.run(Some(wanted).filter(|wanted| *wanted != is));
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !is_composing(&event) {
            event.prevent_default();
            event.stop_propagation();
            done.run(None);
        }
    };
    view! {
        <form class="tag-rename" novalidate on:submit=submit on:keydown=on_key>
            <TextField label value=name error name=field autofocus=true on_leave=Callback::new(move |()| check()) />
            <div class="tag-rename__answers">
                <Button size=ButtonSize::Small on:click=move |_| done.run(None)>{t!(cancel)}</Button>
                <Button size=ButtonSize::Small variant=ButtonVariant::Primary submit=true>{t!(save)}</Button>
            </div>
        </form>
    }
}
