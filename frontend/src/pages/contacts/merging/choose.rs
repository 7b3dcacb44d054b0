//! Who the other one is: likely duplicates, each with why, and whoever a search finds.

use crate::{
    components::inbox::names::contact_name,
    i18n::{Lang, errors::error_text, lang, t},
    pages::contacts::found::Found,
    stores::live::use_channels,
    ui::{ErrorState, SearchBox, Skeleton},
};
use client::rest::ApiError;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use types::contact_list::{ContactFilter, ContactSort, ListedContact};
use types::contact_merges::{DuplicateContact, DuplicateReason};
use types::id::ContactId;

/// How long one pauses before what one types is looked for.
const PAUSE: Duration = Duration::from_millis(250);
/// How many that a search finds are shown: whoever is not among them is looked for by more words.
const SHOWN: usize = 20;

type Answer<T> = RwSignal<Option<Result<Vec<T>, ApiError>>>;

/// The first step.
#[component]
pub fn Choose(
    /// The contacts of the page.
    found: Found,
    /// Whose details are open.
    id: ContactId,
    /// The other one.
    chosen: RwSignal<Option<ContactId>>,
) -> impl IntoView {
    let likely: Answer<DuplicateContact> = RwSignal::new(None);
    let load = move || {
        likely.set(None);
        let api = found.api();
        spawn_local(async move {
            let answer = api.list_duplicate_contacts(id).await;
            likely.try_set(Some(answer.map(|found| found.items)));
        });
    };
    load();
    view! {
        <p class="dialog__text">{t!(merge_choose_hint)}</p>
        <h3 class="merging__heading">{t!(merge_likely)}</h3>
        {move || match likely.get() {
            None => view! { <div aria-busy="true"><Skeleton lines=3 /></div> }.into_any(),
            Some(Err(error)) => view! {
                <ErrorState
                    message=move || error_text(lang(), &error)
                    retry_label=t!(retry)
                    on_retry=Callback::new(move |()| load())
                />
            }
            .into_any(),
            Some(Ok(items)) if items.is_empty() => {
                view! { <p class="merging__none">{t!(merge_likely_none)}</p> }.into_any()
            }
            Some(Ok(items)) => view! {
                <ul class="merging__people">
                    {items.into_iter().map(|item| view! {
                        <Person listed=item.contact reasons=item.reasons chosen />
                    }).collect_view()}
                </ul>
            }
            .into_any(),
        }}
        <Search found id chosen />
    }
}

#[component]
fn Search(found: Found, id: ContactId, chosen: RwSignal<Option<ContactId>>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let results: Answer<ListedContact> = RwSignal::new(None);
    let searches = RwSignal::new(false);
    let ask = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        let Some(q) = text.try_with_untracked(|text| text.trim().to_owned()) else { return };
        results.set(None);
        searches.set(!q.is_empty());
        if q.is_empty() {
            return;
        }
        let (api, filter) = (found.api(), ContactFilter { q: Some(q.clone()), ..ContactFilter::default() });
        spawn_local(async move {
            let page = api.list_contacts(&filter, (ContactSort::LastSeen, true), None).await;
            // Something else is looked for by now, or nothing any more.
            if text.try_with_untracked(|text| text.trim() == q) == Some(true) {
                let others = |page: types::page::Page<ListedContact>| {
                    page.items.into_iter().filter(|one| one.contact.id != id).take(SHOWN).collect()
                };
                results.try_set(Some(page.map(others)));
            }
        });
    };
    let write = move |typed: String| {
        text.set(typed);
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        timer.set_value(set_timeout_with_handle(ask, PAUSE).ok());
    };
    on_cleanup(move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    });
    view! {
        <SearchBox
            class="merging__search"
            label=t!(merge_search)
            hint=t!(contacts_search_hint)
            clear_label=t!(contacts_search_clear)
            text
            write=Callback::new(write)
            ask=Callback::new(move |()| ask())
            clear=Callback::new(move |()| {
                text.set(String::new());
                ask();
            })
        />
        <div aria-live="polite">
            {move || searches.get().then(|| match results.get() {
                None => view! { <div aria-busy="true"><Skeleton lines=2 /></div> }.into_any(),
                Some(Err(error)) => view! {
                    <ErrorState
                        message=move || error_text(lang(), &error)
                        retry_label=t!(retry)
                        on_retry=Callback::new(move |()| ask())
                    />
                }
                .into_any(),
                Some(Ok(items)) if items.is_empty() => {
                    view! { <p class="merging__none">{t!(merge_found_none)}</p> }.into_any()
                }
                Some(Ok(items)) => view! {
                    <ul class="merging__people" aria-label=t!(merge_found)>
                        {items.into_iter().map(|listed| view! {
                            <Person listed reasons=Vec::new() chosen />
                        }).collect_view()}
                    </ul>
                }
                .into_any(),
            })}
        </div>
    }
}

#[component]
fn Person(listed: ListedContact, reasons: Vec<DuplicateReason>, chosen: RwSignal<Option<ContactId>>) -> impl IntoView {
    let channels = use_channels();
    let (id, channel_id, phone) = (listed.contact.id, listed.channel_id, listed.phone.clone());
    let summary = StoredValue::new(listed.contact);
    let name = move || summary.with_value(contact_name);
    let details = move || {
        let parts =
            [channels.name(channel_id), phone.clone(), Some(format!("#{}", summary.with_value(|one| one.number)))];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    view! {
        <li>
            <button type="button" class="merging__person" on:click=move |_| chosen.set(Some(id))>
                <span class="merging__name">{name}</span>
                <span class="merging__details">{details}</span>
                {reasons.into_iter().map(|reason| view! {
                    <span class="merging__reason">{move || reason_text(lang(), reason)}</span>
                }).collect_view()}
            </button>
        </li>
    }
}

fn reason_text(lang: Lang, reason: DuplicateReason) -> &'static str {
    match reason {
        DuplicateReason::SameAccount => lang.merge_same_account(),
        DuplicateReason::SamePhone => lang.merge_same_phone(),
        DuplicateReason::SameName => lang.merge_same_name(),
    }
}
