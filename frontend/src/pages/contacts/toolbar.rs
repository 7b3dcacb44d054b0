//! Above the table: the search, what is left out, who is selected, and what can be done with them.

use super::{found::Found, importing::Importing, wanted::Wanted};
use crate::{
    components::inbox::tags_menu::TagItems,
    i18n::{errors::error_text, lang, lang_now, t},
    stores::{session::use_session, tags::use_tags},
    ui::{Button, ButtonSize, ButtonVariant, Icon, IconView, Menu, MenuItem, SearchBox, download, effect, use_toasts},
};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::{prelude::*, task::spawn_local};
use rules::permissions::Permission;
use std::time::Duration;
use types::contact_list::{ContactFilter, CreateContactExport, ListedContact, TableLanguage};
use types::limits::TAGGED_BY_NAME_MAX;

/// How long one pauses before what one types is looked for.
const PAUSE: Duration = Duration::from_millis(250);

/// The line above the table.
#[component]
pub fn Toolbar(
    /// The contacts.
    found: Found,
    /// Shows others.
    show: Callback<Wanted>,
    /// Whether tags are being chosen for those who are selected.
    is_tagging: RwSignal<bool>,
    /// Whether the custom fields are being set.
    sets_fields: RwSignal<bool>,
    /// What is imported.
    importing: Importing,
    /// Who is to be deleted, once that is confirmed.
    doomed: RwSignal<Option<ListedContact>>,
) -> impl IntoView {
    view! {
        <div class="contacts__tools">
            <SearchField found show />
            <StateMenu found show />
            <TagMenu found show />
            <ActionsMenu found is_tagging sets_fields importing doomed />
        </div>
        <Selection found is_tagging />
    }
}

#[component]
fn SearchField(found: Found, show: Callback<Wanted>) -> impl IntoView {
    let wanted = found.wanted;
    let text = RwSignal::new(wanted.with_untracked(|wanted| wanted.filter.q.clone().unwrap_or_default()));
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    on_cleanup(stop);
    let ask = move || {
        stop();
        let Some(typed) = text.try_get_untracked() else { return };
        let q = Some(typed.trim().to_owned()).filter(|q| !q.is_empty());
        let now = wanted.get_untracked();
        if now.filter.q != q {
            show.run(Wanted { filter: ContactFilter { q, ..now.filter.clone() }, ..now });
        }
    };
    let write = move |typed: String| {
        text.set(typed);
        stop();
        timer.set_value(set_timeout_with_handle(ask, PAUSE).ok());
    };
    // The way back brings an earlier search.
    effect(move || {
        let q = wanted.with(|wanted| wanted.filter.q.clone().unwrap_or_default());
        if text.with_untracked(|text| text.trim() != q) && timer.with_value(Option::is_none) {
            text.set(q);
        }
    });
    let clear = move |()| {
        text.set(String::new());
        ask();
    };
    view! {
        <SearchBox
            class="contacts__search"
            label=t!(contacts_search)
            hint=t!(contacts_search_hint)
            clear_label=t!(contacts_search_clear)
            text
            write=Callback::new(write)
            ask=Callback::new(move |()| ask())
            clear=Callback::new(clear)
        />
    }
}

/// Everybody, or only those on the blacklist, or those who are not.
#[component]
fn StateMenu(found: Found, show: Callback<Wanted>) -> impl IntoView {
    let wanted = found.wanted;
    let chosen = Memo::new(move |_| wanted.with(|wanted| wanted.filter.blocked));
    let words = |blocked: Option<bool>| match blocked {
        None => lang().contacts_everybody(),
        Some(false) => lang().contacts_not_blocked(),
        Some(true) => lang().contacts_blocked(),
    };
    view! {
        <span class="list-menu" class:list-menu--chosen=move || chosen.get().is_some()>
            <Menu
                label=t!(contacts_who)
                trigger_class="list-menu__trigger"
                trigger=Box::new(move || view! {
                    <IconView icon=Icon::Shield size=16 />
                    <span class="list-menu__name">{move || words(chosen.get())}</span>
                }.into_any())
            >
                {[None, Some(false), Some(true)]
                    .into_iter()
                    .map(|blocked| view! {
                        <MenuItem
                            chosen=Signal::derive(move || chosen.get() == blocked)
                            on:click=move |_| {
                                let now = wanted.get_untracked();
                                show.run(Wanted { filter: ContactFilter { blocked, ..now.filter.clone() }, ..now });
                            }
                        >
                            {move || words(blocked)}
                        </MenuItem>
                    })
                    .collect_view()}
            </Menu>
        </span>
    }
}

/// Only those with a tag.
#[component]
fn TagMenu(found: Found, show: Callback<Wanted>) -> impl IntoView {
    let (tags, wanted) = (use_tags(), found.wanted);
    let chosen = Memo::new(move |_| wanted.with(|wanted| wanted.filter.tag_id));
    let name = Memo::new(move |_| {
        let tag = chosen.get()?;
        Some(tags.get(tag).map_or_else(|| lang().tag_gone().to_owned(), |tag| tag.name))
    });
    let choose = Callback::new(move |tag_id| {
        let now = wanted.get_untracked();
        show.run(Wanted { filter: ContactFilter { tag_id, ..now.filter.clone() }, ..now });
    });
    view! {
        <Show when=move || chosen.get().is_some() || tags.are_there()>
            <span class="list-menu" class:list-menu--chosen=move || chosen.get().is_some()>
                <Menu
                    label=move || name.get().map_or_else(|| lang().tags().to_owned(), |name| lang().tag_chosen(&name))
                    trigger_class="list-menu__trigger"
                    placement="menu--end"
                    trigger=Box::new(move || view! {
                        <IconView icon=Icon::Tag size=16 />
                        <span class="list-menu__name">
                            {move || name.get().unwrap_or_else(|| lang().tag_any().to_owned())}
                        </span>
                    }.into_any())
                >
                    <TagItems chosen choose />
                </Menu>
            </span>
        </Show>
    }
}

/// What can be done with those who are selected, or with all.
#[component]
fn ActionsMenu(
    found: Found,
    is_tagging: RwSignal<bool>,
    sets_fields: RwSignal<bool>,
    importing: Importing,
    doomed: RwSignal<Option<ListedContact>>,
) -> impl IntoView {
    let (session, toasts) = (use_session(), use_toasts());
    let may_export = session.may(Permission::ExportContacts);
    let may_import = session.may(Permission::ImportContacts);
    let import = move |_| importing.begin(found.wanted.with_untracked(|wanted| wanted.filter.channel_id));
    let may_set_fields = session.may(Permission::ManageTags);
    let may_delete = session.may(Permission::DeleteContacts);
    let export_one = move |_| {
        let Some(one) = found.only_selected() else {
            toasts.error(lang_now().contact_select_one().to_owned());
            return;
        };
        let api = found.api();
        spawn_local(async move {
            match api.create_contact_data_export(one.contact.id).await {
                Ok(export) => {
                    download(&export.path);
                    toasts.success(lang_now().contact_data_exporting().to_owned());
                }
                Err(error) => toasts.error(error_text(lang_now(), &error)),
            }
        });
    };
    let delete_one = move |_| match found.only_selected() {
        Some(one) => doomed.set(Some(one)),
        None => toasts.error(lang_now().contact_select_one().to_owned()),
    };
    let tag = move |_| {
        if found.all_selected.get_untracked() || found.selected.with_untracked(|selected| !selected.is_empty()) {
            is_tagging.set(true);
        } else {
            toasts.error(lang_now().contacts_select_first().to_owned());
        }
    };
    let export = move |_| {
        let language = if lang_now().tag() == "en" { TableLanguage::English } else { TableLanguage::Chinese };
        let filter = found.wanted.with_untracked(|wanted| wanted.filter.clone());
        let api = found.api();
        spawn_local(async move {
            match api.create_contact_export(&CreateContactExport { filter, language }).await {
                Ok(export) => {
                    download(&export.path);
                    toasts.success(lang_now().contacts_exporting().to_owned());
                }
                Err(error) => toasts.error(error_text(lang_now(), &error)),
            }
        });
    };
    view! {
        <Menu
            label=t!(contacts_actions)
            trigger_class="icon-button"
            placement="menu--end"
            trigger=Box::new(|| view! { <IconView icon=Icon::More /> }.into_any())
        >
            <MenuItem on:click=tag>
                <IconView icon=Icon::Tag size=18 />
                {t!(batch_tagging)}
            </MenuItem>
            {may_import.then(|| view! {
                <MenuItem on:click=import>
                    <IconView icon=Icon::Upload size=18 />
                    {t!(import_contacts)}
                </MenuItem>
            })}
            {may_export.then(|| view! {
                <MenuItem on:click=export>
                    <IconView icon=Icon::Download size=18 />
                    {t!(contacts_export)}
                </MenuItem>
                <MenuItem on:click=export_one>
                    <IconView icon=Icon::Download size=18 />
                    {t!(contact_data_export)}
                </MenuItem>
            })}
            {may_delete.then(|| view! {
                <MenuItem on:click=delete_one>
                    <IconView icon=Icon::Trash size=18 />
                    {t!(contact_delete)}
                </MenuItem>
            })}
            {may_set_fields.then(|| view! {
                <MenuItem on:click=move |_| sets_fields.set(true)>
                    <IconView icon=Icon::Settings size=18 />
                    {t!(custom_fields)}
                </MenuItem>
            })}
        </Menu>
    }
}

/// Who is selected.
#[component]
fn Selection(found: Found, is_tagging: RwSignal<bool>) -> impl IntoView {
    let count = Memo::new(move |_| found.selected.with(std::collections::HashSet::len));
    let is_shown = Memo::new(move |_| count.get() > 0 || found.all_selected.get());
    // Everybody who is here was ticked, and there are more.
    let offers_all =
        Memo::new(move |_| !found.all_selected.get() && found.has_more() && count.get() >= found.items.with(Vec::len));
    let most = i64::try_from(TAGGED_BY_NAME_MAX).unwrap_or(i64::MAX);
    let is_too_many = move || !found.all_selected.get() && count.get() > TAGGED_BY_NAME_MAX;
    view! {
        <Show when=move || is_shown.get()>
            <div class="contacts__selection" role="status">
                <span>
                    {move || match found.all_selected.get() {
                        true => lang().contacts_all_selected().to_owned(),
                        false if is_too_many() => lang().contacts_too_many_selected(most),
                        false => lang().contacts_selected(count.get()),
                    }}
                </span>
                <Show when=move || offers_all.get()>
                    <Button
                        size=ButtonSize::Small
                        variant=ButtonVariant::Ghost
                        on:click=move |_| found.all_selected.set(true)
                    >
                        {t!(contacts_select_all)}
                    </Button>
                </Show>
                <Button
                    size=ButtonSize::Small
                    icon=Icon::Tag
                    disabled=Signal::derive(is_too_many)
                    on:click=move |_| is_tagging.set(true)
                >
                    {t!(batch_tagging)}
                </Button>
                <Button size=ButtonSize::Small variant=ButtonVariant::Ghost on:click=move |_| found.select_none()>
                    {t!(contacts_select_none)}
                </Button>
            </div>
        </Show>
    }
}
