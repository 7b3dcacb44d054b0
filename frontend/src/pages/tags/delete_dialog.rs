//! Asks before a tag or a group goes, and says how many contacts lose it.

use super::{Managing, focus, words};
use crate::{
    i18n::{errors::error_text, lang, lang_now, t},
    ui::{Button, ButtonVariant, Dialog, Skeleton, effect},
};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use types::error::ErrorCode;
use types::tags::{Tag, TagGroup};

/// What is to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doomed {
    /// A tag.
    Tag(Tag),
    /// A group with its tags.
    Group(TagGroup),
}

impl Doomed {
    fn name(&self) -> &str {
        match self {
            Self::Tag(tag) => &tag.name,
            Self::Group(group) => &group.name,
        }
    }
}

/// The question.
#[component]
pub fn DeleteDialog(
    /// What is done on the page; `doomed` is what is asked about.
    managing: Managing,
) -> impl IntoView {
    let open = RwSignal::new(false);
    // The title stays while the dialog closes.
    let asked = RwSignal::new(None::<Doomed>);
    effect(move || {
        if let Some(doomed) = managing.doomed.get() {
            asked.set(Some(doomed));
            open.set(true);
        }
    });
    let title = move || {
        asked.with(|asked| match asked {
            Some(Doomed::Tag(tag)) => lang().tag_delete_question(&tag.name),
            Some(Doomed::Group(group)) => lang().tag_group_delete_question(&group.name),
            None => String::new(),
        })
    };
    view! {
        <Dialog
            open
            title
            close_label=t!(close)
            on_close=Callback::new(move |()| managing.doomed.set(None))
        >
            {move || asked.get().map(|doomed| view! { <Question doomed open managing /> })}
        </Dialog>
    }
}

#[component]
fn Question(doomed: Doomed, open: RwSignal<bool>, managing: Managing) -> impl IntoView {
    let doomed = StoredValue::new(doomed);
    let loses = LocalResource::new(move || {
        let (api, doomed) = (managing.tags.api(), doomed.get_value());
        async move {
            match doomed {
                Doomed::Tag(tag) => api.get_tag_contents(tag.id).await.map(|contents| contents.contacts),
                Doomed::Group(group) => api.get_tag_group_contents(group.id).await.map(|contents| contents.contacts),
            }
        }
    });
    let busy = RwSignal::new(false);
    let answer = move |_| {
        busy.set(true);
        spawn_local(async move {
            let (api, gone) = (managing.tags.api(), doomed.get_value());
            let deleted: Result<(), ApiError> = match &gone {
                Doomed::Tag(tag) => api.delete_tag(tag.id).await,
                Doomed::Group(group) => api.delete_tag_group(group.id).await,
            };
            match deleted {
                // Somebody else was faster.
                Err(error) if error.code() != Some(ErrorCode::NotFound) => {
                    managing.toasts.error(words(&error, "tag_name"));
                }
                _ => {
                    match &gone {
                        Doomed::Tag(tag) => managing.tags.remove_tag(tag.id),
                        Doomed::Group(group) => managing.tags.remove_group(group.id),
                    }
                    managing.toasts.success(lang_now().tag_deleted(gone.name()));
                    focus(vec!["#content".to_owned()]);
                }
            }
            busy.try_set(false);
            open.try_set(false);
        });
    };
    let in_words = move |count: u64| {
        let is_tag = doomed.with_value(|doomed| matches!(doomed, Doomed::Tag(_)));
        if is_tag { lang().tag_delete_loses(count) } else { lang().tag_group_delete_loses(count) }
    };
    view! {
        <div class="dialog__text" aria-live="polite">
            {move || match loses.get() {
                None => view! { <Skeleton lines=1 /> }.into_any(),
                Some(Ok(count)) => view! { <p>{move || in_words(count)}</p> }.into_any(),
                Some(Err(error)) => view! { <p class="form-error">{move || error_text(lang(), &error)}</p> }.into_any(),
            }}
        </div>
        <div class="dialog__actions">
            <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
            <Button variant=ButtonVariant::Danger busy on:click=answer>{t!(delete)}</Button>
        </div>
    }
}
