//! Giving tags to everybody who is selected: which tags are chosen as for one contact, then it goes on by itself.

use super::{found::Found, progress::Progress};
use crate::{
    components::inbox::contact_tags::Group,
    i18n::{errors::error_text, lang, lang_now, t},
    stores::tags::use_tags,
    ui::{Button, ButtonVariant, Dialog, EmptyState, Icon, use_toasts},
};
use leptos::{prelude::*, task::spawn_local};
use rules::tags::picked;
use types::contact_list::CreateTagging;
use types::error::ErrorCode;
use types::id::TagId;
use types::limits::CONTACT_TAGS_MAX;
use types::tags::Tag;

/// The dialog.
#[component]
pub fn TaggingDialog(
    /// Who is selected.
    found: Found,
    /// Shows how far it has come, once it has begun.
    progress: Progress,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Dialog open title=t!(batch_tagging) close_label=t!(close)>
            <Choice found progress open />
        </Dialog>
    }
}

#[component]
fn Choice(found: Found, progress: Progress, open: RwSignal<bool>) -> impl IntoView {
    let (tags, toasts) = (use_tags(), use_toasts());
    let chosen = RwSignal::new(Vec::<TagId>::new());
    let shown = Memo::new(move |_| -> Vec<Tag> {
        chosen.with(|chosen| chosen.iter().filter_map(|id| tags.get(*id)).collect())
    });
    let pick = Callback::new(move |tag: TagId| {
        let is_on = chosen.with_untracked(|chosen| !chosen.contains(&tag));
        let after = chosen.with_untracked(|chosen| picked(&tags.groups(), chosen, tag, is_on));
        if after.len() > CONTACT_TAGS_MAX {
            toasts.error(lang_now().tags_too_many(i64::try_from(CONTACT_TAGS_MAX).unwrap_or(i64::MAX)));
        } else {
            chosen.set(after);
        }
    });
    let groups = Memo::new(move |_| {
        let mut groups = tags.groups();
        groups.retain(|group| !group.tags.is_empty());
        groups
    });
    let busy = RwSignal::new(false);
    let start = move |_| {
        let tag_ids = chosen.get_untracked();
        if tag_ids.is_empty() {
            toasts.error(lang_now().batch_tagging_choose().to_owned());
            return;
        }
        let request = if found.all_selected.get_untracked() {
            let filter = found.wanted.with_untracked(|wanted| wanted.filter.clone());
            CreateTagging { tag_ids, contact_ids: None, filter: Some(filter) }
        } else {
            let contact_ids = found.selected.with_untracked(|selected| selected.iter().copied().collect());
            CreateTagging { tag_ids, contact_ids: Some(contact_ids), filter: None }
        };
        busy.set(true);
        let api = found.api();
        spawn_local(async move {
            let begun = api.create_tagging(&request).await;
            if busy.try_set(false).is_some() {
                // The page is not there any more; the tagging goes on all the same.
                return;
            }
            match begun {
                Ok(tagging) => {
                    open.set(false);
                    found.select_none();
                    progress.follow(tagging);
                }
                Err(error) if error.code() == Some(ErrorCode::Conflict) => {
                    toasts.error(lang_now().batch_tagging_busy().to_owned());
                }
                Err(error) => toasts.error(error_text(lang_now(), &error)),
            }
        });
    };
    let whom = move || match found.all_selected.get() {
        true => lang().contacts_all_selected().to_owned(),
        false => lang().contacts_selected(found.selected.with(std::collections::HashSet::len)),
    };
    view! {
        <div class="batch-tagging">
            <p>{whom}</p>
            <p class="card__text">{t!(batch_tagging_hint)}</p>
            <div class="tag-picker__groups batch-tagging__groups">
                <For each=move || groups.get() key=|group| (group.id, group.version) let(group)>
                    <Group group shown pick in_order=true />
                </For>
                <Show when=move || groups.with(Vec::is_empty)>
                    <EmptyState icon=Icon::Tag title=t!(tags_empty) hint=t!(tags_empty_ask) />
                </Show>
            </div>
            <div class="dialog__actions">
                <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                <Button
                    variant=ButtonVariant::Primary
                    busy
                    disabled=Signal::derive(move || chosen.with(Vec::is_empty))
                    on:click=start
                >
                    {t!(batch_tagging_start)}
                </Button>
            </div>
        </div>
    }
}
