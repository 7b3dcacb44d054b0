//! The table of contacts: its heads sort, its rows are ticked, and lead to details and to the conversation.

use super::{found::Found, wanted::Wanted};
use crate::{
    components::{
        inbox::names::{contact_mark, contact_name},
        tag_chip::few_tags,
    },
    i18n::{errors::error_text, format, lang, t},
    routes,
    stores::{inbox::use_inbox, live::use_channels, tags::use_tags},
    ui::{Avatar, AvatarSize, Button, EmptyState, ErrorState, Icon, IconView, Skeleton},
};
use client::state::View;
use leptos::{prelude::*, text_prop::TextProp};
use types::contact_list::{ContactSort, ListedContact};
use types::id::{ContactId, ConversationId};

/// Tags of a row; how many more there are is said.
const TAGS_SHOWN: usize = 3;

/// The table, or why there is none.
#[component]
pub fn ContactTable(
    /// The contacts.
    found: Found,
    /// Shows them in another order.
    show: Callback<Wanted>,
    /// Whose details are open.
    open: RwSignal<Option<ConversationId>>,
    /// Whose are instead, who has no conversation.
    lone: RwSignal<Option<ContactId>>,
) -> impl IntoView {
    let ids = Memo::new(move |_| {
        found.items.with(|items| items.iter().map(|item| item.contact.id).collect::<Vec<ContactId>>())
    });
    let is_empty = Memo::new(move |_| ids.with(Vec::is_empty));
    let is_done = Memo::new(move |_| found.loaded.get() && is_empty.get() && !found.has_more());
    let is_filtered = Memo::new(move |_| found.wanted.with(Wanted::is_filtered));
    view! {
        <section class="card contacts__card" aria-label=t!(contacts) aria-busy=move || found.busy.get().to_string()>
            <Show when=move || !is_empty.get()>
                <table class="contacts__table">
                    <thead>
                        <tr>
                            <th class="contacts__tick"><TickAll found ids /></th>
                            <SortHead found show sort=ContactSort::Name label=t!(contact_column_name) />
                            <th scope="col" class="contacts__detail">{t!(contact_phone)}</th>
                            <th scope="col">{t!(tags)}</th>
                            <th scope="col" class="contacts__detail">{t!(contact_channel)}</th>
                            <th scope="col" class="contacts__detail contacts__remark">{t!(contact_remark)}</th>
                            <SortHead found show sort=ContactSort::Number label=t!(contact_column_first_seen) detail=true />
                            <SortHead found show sort=ContactSort::LastSeen label=t!(contact_column_last_seen) />
                            <th scope="col" class="contacts__go">
                                <span class="visually-hidden">{t!(contact_column_conversation)}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || ids.get() key=|id| *id let(id)>
                            <Row id found open lone />
                        </For>
                    </tbody>
                </table>
            </Show>
            {move || (is_done.get()).then(|| match is_filtered.get() {
                true => view! {
                    <EmptyState icon=Icon::Search title=t!(contacts_none_found) hint=t!(contacts_none_found_hint) />
                }
                .into_any(),
                false => view! {
                    <EmptyState icon=Icon::User title=t!(contacts_empty) hint=t!(contacts_empty_hint) />
                }
                .into_any(),
            })}
            <Show when=move || is_empty.get() && found.busy.get()>
                <Skeleton lines=6 avatar=true />
            </Show>
            {move || found.failed.get().map(|error| view! {
                <ErrorState
                    message=move || error_text(lang(), &error)
                    retry_label=t!(retry)
                    on_retry=Callback::new(move |()| found.load())
                />
            })}
            <Show when=move || found.has_more() && found.failed.with(Option::is_none) && found.loaded.get()>
                <Button block=true busy=found.busy on:click=move |_| found.load()>{t!(contacts_more)}</Button>
            </Show>
        </section>
    }
}

/// A head that sorts.
#[component]
fn SortHead(
    found: Found,
    show: Callback<Wanted>,
    sort: ContactSort,
    #[prop(into)] label: TextProp,
    /// There is no room for it on a phone.
    #[prop(optional)]
    detail: bool,
) -> impl IntoView {
    let wanted = found.wanted;
    let order = Memo::new(move |_| wanted.with(|wanted| (wanted.sort == sort).then_some(wanted.descending)));
    view! {
        <th
            scope="col"
            class:contacts__detail=detail
            aria-sort=move || order.get().map(|descending| if descending { "descending" } else { "ascending" })
        >
            <button
                type="button"
                class="contacts__sort"
                on:click=move |_| show.run(wanted.with_untracked(|wanted| wanted.sorted_by(sort)))
            >
                {move || label.get()}
                {move || order.get().map(|descending| view! {
                    <IconView icon=if descending { Icon::ArrowDown } else { Icon::ArrowUp } size=14 />
                })}
            </button>
        </th>
    }
}

/// Ticks everybody who is here.
#[component]
fn TickAll(found: Found, ids: Memo<Vec<ContactId>>) -> impl IntoView {
    let are_all = Memo::new(move |_| {
        found.all_selected.get()
            || found.selected.with(|selected| ids.with(|ids| ids.iter().all(|id| selected.contains(id))))
    });
    let tick = move |event| {
        found.all_selected.set(false);
        if event_target_checked(&event) {
            found.selected.set(ids.with_untracked(|ids| ids.iter().copied().collect()));
        } else {
            found.select_none();
        }
    };
    view! {
        <label class="contacts__check">
            <input
                type="checkbox"
                aria-label=t!(contacts_select_page)
                prop:checked=move || are_all.get()
                on:change=tick
            />
        </label>
    }
}

#[component]
fn Row(
    id: ContactId,
    found: Found,
    open: RwSignal<Option<ConversationId>>,
    lone: RwSignal<Option<ContactId>>,
) -> impl IntoView {
    let (channels, tags, inbox) = (use_channels(), use_tags(), use_inbox());
    let item = Memo::new(move |_| found.items.with(|items| items.iter().find(|item| item.contact.id == id).cloned()));
    let of =
        move |read: fn(&ListedContact) -> String| move || item.with(|item| item.as_ref().map(read).unwrap_or_default());
    let name = of(|item| contact_name(&item.contact));
    let is_ticked =
        Memo::new(move |_| found.all_selected.get() || found.selected.with(|selected| selected.contains(&id)));
    let tick = move |event| {
        let is_on = event_target_checked(&event);
        if found.all_selected.get_untracked() {
            // Of all that match only those who are here can be left out one by one.
            let here = found.items.with_untracked(|items| items.iter().map(|item| item.contact.id).collect());
            found.all_selected.set(false);
            found.selected.set(here);
        }
        found.selected.update(|selected| {
            if is_on {
                selected.insert(id);
            } else {
                selected.remove(&id);
            }
        });
    };
    let conversation = Memo::new(move |_| item.with(|item| item.as_ref().and_then(|item| item.conversation_id)));
    let seed =
        item.with_untracked(|item| item.as_ref().map(|item| item.contact.number.to_string()).unwrap_or_default());
    let is_blocked = Memo::new(move |_| item.with(|item| item.as_ref().is_some_and(|item| item.contact.blocked)));
    let channel = move || {
        item.with(|item| item.as_ref().map(|item| item.channel_id)).and_then(|id| channels.name(id)).unwrap_or_default()
    };
    let shown = move || item.with(|item| item.as_ref().map(|item| item.contact.tag_ids.clone()).unwrap_or_default());
    let first = move || item.with(|item| item.as_ref().map(|item| format::date_time(item.first_seen_at)));
    let last = move || item.with(|item| item.as_ref().map(|item| format::relative(item.last_seen_at, inbox.clock())));
    let is_open = move || lone.get() == Some(id) || open.get().is_some() && open.get() == conversation.get();
    let choose = move |_| {
        let conversation = conversation.get_untracked();
        open.set(conversation);
        lone.set(conversation.is_none().then_some(id));
    };
    view! {
        <tr class="contacts__row" class:contacts__row--open=is_open>
            <td class="contacts__tick">
                <label class="contacts__check">
                    <input
                        type="checkbox"
                        aria-label=move || lang().contacts_select(&name())
                        prop:checked=move || is_ticked.get()
                        on:change=tick
                    />
                </label>
            </td>
            <th scope="row" class="contacts__name">
                <div class="contacts__person">
                    <Avatar name=Signal::derive(of(|item| contact_mark(&item.contact))) seed size=AvatarSize::Small />
                    <button
                        type="button"
                        class="contacts__who"
                        title=move || lang().contact_details_of(&name())
                        on:click=choose
                    >
                        {name}
                    </button>
                    <Show when=move || is_blocked.get()>
                        <span class="contacts__mark">{t!(contact_is_blocked)}</span>
                    </Show>
                    <Show when=move || conversation.get().is_none()>
                        <span class="contacts__mark">{t!(contact_without_conversation)}</span>
                    </Show>
                </div>
            </th>
            <td class="contacts__detail contacts__phone">{of(|item| item.phone.clone().unwrap_or_default())}</td>
            <td>{move || few_tags(tags.of(id, &shown()), TAGS_SHOWN)}</td>
            <td class="contacts__detail">{channel}</td>
            <td class="contacts__detail contacts__remark" title=of(|item| item.remark.clone().unwrap_or_default())>
                {of(|item| item.remark.clone().unwrap_or_default())}
            </td>
            <td class="contacts__detail contacts__time">{first}</td>
            <td class="contacts__time">{last}</td>
            <td class="contacts__go">
                {move || conversation.get().map(|conversation| view! {
                    <a
                        class="contacts__link"
                        href=routes::inbox(Some(conversation), View::default())
                        title=t!(contact_open_conversation)
                        aria-label=move || lang().contact_open_conversation_of(&name())
                    >
                        <IconView icon=Icon::Chat size=18 />
                    </a>
                })}
            </td>
        </tr>
    }
}
