//! The views that the agent keeps, as a menu above the list, and how one is saved.

use super::filter_bar::filter_name;
use super::view_list::ViewList;
use crate::components::part::{Draw, part};
use crate::i18n::{errors::error_text, errors::field_text, format, lang, lang_now, t};
use crate::realtime::new_nonce;
use crate::routes;
use crate::stores::inbox::use_inbox;
use crate::stores::kept_views::use_kept_views;
use crate::stores::live::{Channels, use_channels};
use crate::stores::tags::{Tags, use_tags};
use crate::ui::{Button, ButtonVariant, Dialog, Icon, IconView, Menu, MenuItem, MenuSeparator, TextField, use_toasts};
use client::saved_views::{Change, check_name, stands_for, view_of};
use client::state::View;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use types::id::{ConversationId, SavedViewId};
use types::limits::{SAVED_VIEW_NAME_MAX, SAVED_VIEWS_MAX};
use types::saved_views::SavedView;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// The chosen list, and whether the windows of the menu are open, for what comes with their part.
#[derive(Clone, Copy)]
struct Windows {
    view: Memo<View>,
    saving: RwSignal<bool>,
    managing: RwSignal<bool>,
}

/// Loads what draws the form that keeps a view, which is not needed before somebody wants to.
#[wasm_split(views, fallible)]
fn save_form() -> Result<Draw, SplitLoaderError> {
    let draw: Draw = || {
        let Windows { view, saving, .. } = expect_context();
        view! { <SaveForm view open=saving /> }.into_any()
    };
    Ok(draw)
}

/// Loads what draws the list in which views are managed.
#[wasm_split(views, fallible)]
fn view_list() -> Result<Draw, SplitLoaderError> {
    let draw: Draw = || {
        let Windows { view, managing, .. } = expect_context();
        view! { <ViewList view open=managing /> }.into_any()
    };
    Ok(draw)
}

/// The views as a menu. What is chosen is in the address: a view is the one of which the list is what it stands for.
#[component]
pub fn ViewsMenu(
    /// The chosen list.
    view: Memo<View>,
    /// The open conversation stays open.
    open: Memo<Option<ConversationId>>,
) -> impl IntoView {
    let kept = use_kept_views();
    let (channels, tags) = (use_channels(), use_tags());
    let navigate = use_navigate();
    let views = Memo::new(move |_| kept.list());
    // One whose channel or tag is gone shows nothing; it can be changed or deleted where views are managed.
    let usable = Memo::new(move |_| {
        let mut views = views.get();
        views.retain(|saved| saved.channel_id.is_none_or(|id| channels.get(id).is_some()));
        views.retain(|saved| saved.tag_id.is_none_or(|id| tags.get(id).is_some()));
        views
    });
    let chosen = Memo::new(move |_| {
        let view = view.get();
        usable.with(|views| views.iter().find(|saved| stands_for(saved, view)).map(|saved| saved.name.clone()))
    });
    let is_all = Memo::new(move |_| view.get() == View::default());
    let go = Callback::new(move |to: View| {
        navigate(&routes::inbox(open.get_untracked(), to), NavigateOptions::default());
    });
    let (saving, managing) = (RwSignal::new(false), RwSignal::new(false));
    provide_context(Windows { view, saving, managing });
    view! {
        <span class="list-menu list-menu--views" class:list-menu--chosen=move || chosen.get().is_some()>
            <Menu
                label=move || chosen.get().map_or_else(|| lang().views().to_owned(), |name| lang().views_chosen(&name))
                trigger_class="list-menu__trigger"
                placement="menu--end"
                trigger=Box::new(move || view! {
                    <IconView icon=Icon::Bookmark size=16 />
                    <span class="list-menu__name">
                        {move || chosen.get().unwrap_or_else(|| lang().views().to_owned())}
                    </span>
                }.into_any())
            >
                <MenuItem chosen=is_all on:click=move |_| go.run(View::default())>{t!(all_conversations)}</MenuItem>
                <For each=move || usable.get() key=|saved| saved.clone() let(saved)>
                    <ViewItem saved view go />
                </For>
                <Show when=move || views.with(Vec::is_empty) && is_all.get()>
                    <p class="list-menu__note" role="presentation">{t!(views_none)}</p>
                </Show>
                <Show when=move || !views.with(Vec::is_empty) || !is_all.get()>
                    <MenuSeparator />
                </Show>
                <Show when=move || !is_all.get() && chosen.get().is_none()>
                    <MenuItem on:click=move |_| saving.set(true)>
                        <IconView icon=Icon::Bookmark size=18 />
                        {t!(view_save)}
                    </MenuItem>
                </Show>
                <Show when=move || !views.with(Vec::is_empty)>
                    <MenuItem on:click=move |_| managing.set(true)>
                        <IconView icon=Icon::Settings size=18 />
                        {t!(views_manage)}
                    </MenuItem>
                </Show>
            </Menu>
        </span>
        <Dialog open=saving title=t!(view_save_title) close_label=t!(close)>
            {part(save_form)}
        </Dialog>
        <Dialog open=managing title=t!(views_manage_title) close_label=t!(close)>
            {part(view_list)}
        </Dialog>
    }
}

#[component]
fn ViewItem(saved: SavedView, view: Memo<View>, go: Callback<View>) -> impl IntoView {
    let name = saved.name.clone();
    let saved = StoredValue::new(saved);
    let chosen = Signal::derive(move || saved.with_value(|saved| stands_for(saved, view.get())));
    view! {
        <MenuItem chosen on:click=move |_| go.run(saved.with_value(|saved| view_of(saved, format::dates_now)))>
            <span class="list-menu__name">{name}</span>
        </MenuItem>
    }
}

/// What a list shows, in words: `我的 · 旗舰店 · 展会 · 近 7 天`.
pub fn summary_of((channels, tags): (Channels, Tags), view: View) -> String {
    let filter = filter_name(lang(), view.filter).to_owned();
    let channel = view
        .channel
        .map(|id| channels.get(id).map_or_else(|| lang().view_channel_gone().to_owned(), |channel| channel.name));
    let tag = view.tag.map(|id| tags.get(id).map_or_else(|| lang().tag_gone().to_owned(), |tag| tag.name));
    let period = view.dates.map(|dates| format::period(dates.period, format::now()));
    [Some(filter), channel, tag, period].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What is wrong with a name among the views, in words.
pub fn name_error(name: &str, views: &[SavedView], own: Option<SavedViewId>) -> Option<String> {
    let fault = check_name(name, views, own).err()?;
    Some(field_text(lang_now(), &fault.of("view_name")))
}

/// Asks for the name.
#[component]
fn SaveForm(view: Memo<View>, open: RwSignal<bool>) -> impl IntoView {
    let kept = use_kept_views();
    let named_by = (use_channels(), use_tags());
    let toasts = use_toasts();
    let inbox = use_inbox();
    let proposed = untrack(|| summary_of(named_by, view.get_untracked()));
    let name = RwSignal::new(proposed.chars().take(SAVED_VIEW_NAME_MAX).collect::<String>());
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let check = move || error.set(name_error(&name.get_untracked(), &kept.list_now(), None));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        check();
        if busy.get_untracked() || error.with_untracked(Option::is_some) {
            return;
        }
        busy.set(true);
        let id = SavedViewId(new_nonce().0);
        let change = Change::Add(id, name.get_untracked(), view.get_untracked());
        spawn_local(async move {
            let saved = kept.change(change).await;
            busy.try_set(false);
            match saved {
                Ok(()) => drop(open.try_set(false)),
                Err(failure) => toasts.error(error_text(lang_now(), &failure)),
            }
        });
    };
    let is_full = Memo::new(move |_| kept.list().len() >= usize::from(SAVED_VIEWS_MAX));
    view! {
        <Show
            when=move || !is_full.get() || busy.get()
            fallback=move || view! { <p class="dialog__text" role="alert">{t!(views_full(SAVED_VIEWS_MAX.into()))}</p> }
        >
            <form class="form" novalidate on:submit=submit>
                <p class="dialog__text">
                    {move || {
                        inbox.clock();
                        summary_of(named_by, view.get())
                    }}
                </p>
                <TextField
                    label=t!(view_name)
                    value=name
                    error=error
                    name="view_name"
                    required=true
                    autofocus=true
                    on_leave=Callback::new(move |()| check())
                />
                <div class="dialog__actions">
                    <Button on:click=move |_| open.set(false)>{t!(cancel)}</Button>
                    <Button variant=ButtonVariant::Primary submit=true busy>{t!(save)}</Button>
                </div>
            </form>
        </Show>
    }
}
