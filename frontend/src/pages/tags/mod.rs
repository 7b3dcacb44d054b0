//! Managing tags: groups and their tags are added, renamed, coloured, ordered and deleted.

pub mod delete_dialog;
pub mod group_card;
pub mod name_form;
pub mod row_tools;
pub mod tag_row;

use crate::{
    components::page_head::PageHead,
    i18n::{errors::error_text, lang_now, t},
    stores::{
        live::use_channels,
        session::use_session,
        tags::{Tags, use_tags},
        title::set_page_title,
    },
    ui::{EmptyState, Icon, Skeleton, Toasts, focus_in_place, use_toasts},
};
use client::rest::ApiError;
use delete_dialog::{DeleteDialog, Doomed};
use group_card::GroupCard;
use leptos::{prelude::*, task::spawn_local};
use name_form::AddForm;
use rules::permissions::Permission;
use types::error::{ErrorCode, FieldCode};
use types::id::{TagGroupId, TagId};
use types::limits::TAG_GROUPS_MAX;
use types::tags::{CreateTagGroup, TagGroup, TagGroupPatch, TagPatch};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// What is being dragged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dragged {
    /// A tag of a group.
    Tag(TagGroupId, TagId),
    /// A group.
    Group(TagGroupId),
}

/// What is done on the page, one thing at a time. `Copy`.
#[derive(Clone, Copy)]
pub struct Managing {
    /// The tags.
    pub tags: Tags,
    /// Something is on its way.
    pub busy: RwSignal<bool>,
    /// What is being dragged.
    pub dragged: RwSignal<Option<Dragged>>,
    /// What is to be deleted, once that is confirmed.
    pub doomed: RwSignal<Option<Doomed>>,
    /// Tells what went wrong.
    pub toasts: Toasts,
}

impl Managing {
    /// Does something to a group; `then` is what gets the focus afterwards.
    pub fn change<F>(self, work: F, then: Vec<String>)
    where
        F: Future<Output = Result<TagGroup, ApiError>> + 'static,
    {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let changed = work.await;
            if self.busy.try_set(false).is_some() {
                // The page is not there any more.
                return;
            }
            match changed {
                Ok(group) => {
                    self.tags.put_group(group);
                    focus(then);
                }
                Err(error) => self.toasts.error(words(&error, "tag_name")),
            }
        });
    }

    /// Changes a tag.
    pub fn change_tag(self, id: TagId, patch: TagPatch, then: Vec<String>) {
        let api = self.tags.api();
        self.change(async move { api.update_tag(id, &patch).await }, then);
    }

    /// Changes a group.
    pub fn change_group(self, id: TagGroupId, patch: TagGroupPatch, then: Vec<String>) {
        let api = self.tags.api();
        self.change(async move { api.update_tag_group(id, &patch).await }, then);
    }

    /// A group is to be single-choice, or not any more. Answers whether it is so now.
    pub async fn set_single(self, id: TagGroupId, single_choice: bool) -> bool {
        let api = self.tags.api();
        let patch = TagGroupPatch { single_choice: Some(single_choice), ..TagGroupPatch::default() };
        match api.update_tag_group(id, &patch).await {
            Ok(group) => {
                self.tags.put_group(group);
                return true;
            }
            Err(error) if error.code() == Some(ErrorCode::Conflict) => {
                let contents = api.get_tag_group_contents(id).await;
                let several = contents.map(|contents| contents.contacts_with_several).unwrap_or_default();
                self.toasts.error(lang_now().tag_group_several(several));
            }
            Err(error) => self.toasts.error(words(&error, "tag_group_name")),
        }
        false
    }
}

/// What went wrong, in words; the name at fault is that of a tag or of a group.
pub fn words(error: &ApiError, name: &'static str) -> String {
    let mut error = error.clone();
    if let ApiError::Problem(problem) = &mut error {
        for fault in &mut problem.errors {
            if fault.field == "name" {
                name.clone_into(&mut fault.field);
            }
        }
    }
    error_text(lang_now(), &error)
}

/// Whether a name was refused because another one has it.
pub fn is_taken(error: &ApiError) -> bool {
    matches!(error, ApiError::Problem(problem) if problem.errors.iter().any(|fault| fault.code == FieldCode::Taken))
}

/// Gives the focus to the first of these that there is, once the page has changed.
pub fn focus(selectors: Vec<String>) {
    let give = move || {
        let page = document();
        let found = selectors.iter().find_map(|selector| page.query_selector(selector).ok().flatten());
        if let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            focus_in_place(&element);
        }
    };
    request_animation_frame(move || request_animation_frame(give));
}

/// The buttons of a row to give the focus to after a step: the one that was pressed, or, where that has become useless, another.
pub fn after_step(row: &str, step: &str) -> Vec<String> {
    let button = |step: &str| format!("{row} [data-step{step}] button:not(:disabled)");
    vec![button(&format!("=\"{step}\"")), button("")]
}

/// A place as the API takes it.
pub fn place_of(place: usize) -> Option<u16> {
    u16::try_from(place).ok()
}

/// The page.
#[component]
pub fn TagsPage() -> impl IntoView {
    set_page_title(t!(tags_manage));
    let (tags, session, channels) = (use_tags(), use_session(), use_channels());
    let managing = Managing {
        tags,
        busy: RwSignal::new(false),
        dragged: RwSignal::new(None),
        doomed: RwSignal::new(None),
        toasts: use_toasts(),
    };
    let groups = Memo::new(move |_| tags.groups());
    let ids = Memo::new(move |_| groups.with(|groups| groups.iter().map(|group| group.id).collect::<Vec<_>>()));
    let is_empty = Memo::new(move |_| groups.with(Vec::is_empty));
    let is_full = Memo::new(move |_| groups.with(Vec::len) >= TAG_GROUPS_MAX);
    let add = Callback::new(move |name: String| {
        let api = tags.api();
        let request = CreateTagGroup { name, single_choice: false };
        let adding: name_form::Adding = Box::pin(async move { api.create_tag_group(&request).await });
        adding
    });
    let others = Signal::derive(move || groups.with(|groups| groups.iter().map(|group| group.name.clone()).collect()));
    view! {
        <div class="page page--narrow">
            <PageHead title=t!(tags_manage) hint=t!(tags_manage_hint) back=true />
            {if session.may(Permission::ManageTags) {
                view! {
                    <div class="tag-groups">
                        <Show when=move || channels.are_loaded() fallback=|| view! { <Skeleton lines=4 /> }>
                            <ul class="tag-groups__list">
                                <For each=move || ids.get() key=|id| *id let(id)>
                                    <GroupCard id groups managing />
                                </For>
                            </ul>
                            <Show when=move || is_empty.get()>
                                <EmptyState icon=Icon::Tag title=t!(tags_empty) hint=t!(tag_group_none) />
                            </Show>
                            <Show when=move || !is_full.get()>
                                <section class="card" aria-label=t!(tag_group_add)>
                                    <AddForm
                                        label=t!(tag_group_name)
                                        field="tag_group_name"
                                        action=t!(tag_group_add)
                                        others
                                        add
                                        managing
                                    />
                                </section>
                            </Show>
                        </Show>
                    </div>
                    <DeleteDialog managing />
                }
                .into_any()
            } else {
                view! { <EmptyState icon=Icon::Tag title=t!(tags_admins_only) hint=t!(tags_empty_ask) /> }.into_any()
            }}
        </div>
    }
}
