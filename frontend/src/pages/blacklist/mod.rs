//! Who is on the blacklist, with the way off it. The page follows what others do: whatever may change it, it asks anew for what it shows.

use crate::ui::effect;
use crate::{
    api::{ConsoleApi, use_api},
    components::{
        inbox::names::{contact_mark, contact_name},
        page_head::PageHead,
    },
    i18n::{errors::error_text, format, lang, t},
    stores::{
        conversation_settings::use_conversation_settings,
        live::{use_channels, use_connection},
        title::set_page_title,
    },
    ui::{Avatar, Button, ButtonSize, EmptyState, ErrorState, Icon, Skeleton, focus_instead, focus_is_in},
};
use client::rest::ApiError;
use leptos::{prelude::*, task::spawn_local};
use std::rc::Rc;
use types::contacts::BlockedContact;
use types::events::Event;

/// The blacklist, newest first.
#[component]
pub fn BlacklistPage() -> impl IntoView {
    set_page_title(t!(blacklist));
    let api = StoredValue::new(use_api());
    let items = RwSignal::new(None::<Vec<BlockedContact>>);
    let next = RwSignal::new(None::<String>);
    let failed = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    // Something has happened since what is shown was asked for.
    let stale = RwSignal::new(false);
    // Asks for so many rows, from the first on: what is there stays until they come.
    let load = move |more: usize| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        stale.set(false);
        failed.set(None);
        let api = api.get_value();
        let wanted = items.with_untracked(|items| items.as_ref().map_or(0, Vec::len)).saturating_add(more);
        spawn_local(async move {
            let answer = listed(&api, wanted).await;
            // The page may be gone by the time the answer is here.
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok((fresh, cursor)) => {
                    let is_here = focus_is_in(".blacklist");
                    items.set(Some(fresh));
                    next.set(cursor);
                    if is_here {
                        focus_instead(&["#content"]);
                    }
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    load(1);
    effect(move || {
        if stale.get() && !busy.get() {
            untrack(|| load(0));
        }
    });
    use_connection().follow(Rc::new(move |event| {
        let matters = match event {
            Some(Event::ContactUpdated { contact, .. }) => {
                items.with_untracked(|items| items.iter().flatten().any(|item| item.contact.id == contact.id))
            }
            // What of a conversation is said, recalled or cleared puts nobody on the list.
            Some(Event::MessageRecalled { .. } | Event::ConversationCleared { .. }) => false,
            _ => true,
        };
        if matters {
            stale.set(true);
        }
    }));
    // The last row may go while there is more.
    let is_empty = Memo::new(move |_| items.with(|items| items.as_ref().is_some_and(Vec::is_empty)));
    let more = Memo::new(move |_| next.with(Option::is_some));
    let fine = Memo::new(move |_| failed.with(Option::is_none));
    effect(move || {
        if is_empty.get() && more.get() && fine.get() {
            load(1);
        }
    });
    view! {
        <div class="page page--narrow">
            <PageHead title=t!(blacklist) hint=t!(blacklist_hint) back=true />
            <section class="card" aria-label=t!(blacklist)>
                {move || match (items.with(Option::is_none) || is_empty.get() && more.get(), is_empty.get()) {
                    (true, _) => fine.get().then(|| view! { <Skeleton lines=3 avatar=true /> }).into_any(),
                    (false, true) => view! {
                        <EmptyState icon=Icon::Shield title=t!(blacklist_empty) hint=t!(blacklist_empty_hint) />
                    }
                    .into_any(),
                    (false, false) => ().into_any(),
                }}
                <ul class="blacklist">
                    // Who is called otherwise meanwhile is another row.
                    <For each=move || items.get().unwrap_or_default() key=|item| (item.contact.id, item.contact.version) let(item)>
                        <BlockedRow item items />
                    </For>
                </ul>
                {move || failed.get().map(|error| view! {
                    <ErrorState
                        message=move || error_text(lang(), &error)
                        retry_label=t!(retry)
                        on_retry=Callback::new(move |()| load(1))
                    />
                })}
                {move || (more.get() && fine.get() && !is_empty.get()).then(|| view! {
                    <Button block=true busy on:click=move |_| load(1)>{t!(blacklist_more)}</Button>
                })}
            </section>
        </div>
    }
}

/// The first pages, as many as it takes to have so many rows, and where the next begins.
async fn listed(api: &ConsoleApi, wanted: usize) -> Result<(Vec<BlockedContact>, Option<String>), ApiError> {
    let (mut items, mut cursor) = (Vec::<BlockedContact>::new(), None);
    loop {
        let page = api.list_blacklist(cursor.as_deref()).await?;
        // Who was put on the list once more meanwhile is on two of them.
        for item in page.items {
            if items.iter().all(|known| known.contact.id != item.contact.id) {
                items.push(item);
            }
        }
        cursor = page.next_cursor;
        if cursor.is_none() || items.len() >= wanted {
            return Ok((items, cursor));
        }
    }
}

#[component]
fn BlockedRow(item: BlockedContact, items: RwSignal<Option<Vec<BlockedContact>>>) -> impl IntoView {
    let settings = use_conversation_settings();
    let channels = use_channels();
    let busy = RwSignal::new(false);
    let BlockedContact { contact, channel_id, blocked_at } = item;
    let id = contact.id;
    let seed = contact.number.to_string();
    let contact = StoredValue::new(contact);
    let name = move || contact.with_value(contact_name);
    let unblock = move |_| {
        busy.set(true);
        spawn_local(async move {
            let done = settings.set_blocked(id, false).await;
            let _gone = busy.try_set(false);
            if done {
                let _gone = items.try_update(|items| {
                    items.get_or_insert_default().retain(|item| item.contact.id != id);
                });
                focus_instead(&[".blacklist button", "#content"]);
            }
        });
    };
    view! {
        <li class="blacklist__row">
            <Avatar name=Signal::derive(move || contact.with_value(contact_mark)) seed />
            <div class="blacklist__text">
                <p class="blacklist__name">{name}</p>
                <p class="blacklist__when">
                    {move || channels.get(channel_id).map(|channel| view! { <span>{channel.name}</span> })}
                    <span>{move || lang().blacklist_since(format::relative(blocked_at, format::now()))}</span>
                </p>
            </div>
            <Button
                size=ButtonSize::Small
                busy
                attr:aria-label=move || lang().blacklist_remove_named(&name())
                on:click=unblock
            >
                {t!(blacklist_remove)}
            </Button>
        </li>
    }
}
