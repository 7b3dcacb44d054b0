//! What the search has found, in the place of the list.

use super::names::{contact_mark, contact_name};
use super::search_field::{focus_hit, focus_search};
use crate::i18n::{format, lang, t};
use crate::routes;
use crate::stores::inbox::use_inbox;
use crate::stores::search::{Progress, Search, use_search};
use crate::ui::{Avatar, EmptyState, ErrorState, Icon, Skeleton, Spinner};
use client::state::View;
use leptos::{ev, html, prelude::*, text_prop::TextProp};
use types::contacts::ContactSummary;
use types::id::{ContactId, ConversationId};
use types::messages::Author;
use types::search::{ContactHit, Highlight, MessageHit};
use wasm_bindgen::JsCast;

/// This close to the end the next page is fetched.
const NEAR_END: i32 = 400;

/// Contacts first, then messages, newest first; each leads to its conversation, a message to its place there.
#[component]
pub fn SearchResults(
    /// The list that it leads back to.
    view: Memo<View>,
) -> impl IntoView {
    let search = use_search();
    let panel = NodeRef::<html::Div>::new();
    let count = Memo::new(move |_| {
        search.with_results(|results| results.map(|results| results.contacts.len() + results.messages.len()))
    });
    let failed = Memo::new(move |_| search.progress() == Progress::Failed);
    let waiting = Memo::new(move |_| search.progress() == Progress::Searching);
    let more = Memo::new(move |_| has_more_messages(search) || has_more_people(search));
    let on_scroll = move |_| {
        if panel
            .get_untracked()
            .is_some_and(|panel| panel.scroll_height() - panel.scroll_top() - panel.client_height() < NEAR_END)
        {
            search.load_more();
        }
    };
    view! {
        <div
            node_ref=panel
            class="search-results"
            role="region"
            aria-label=t!(search_results)
            aria-busy=move || waiting.get().then_some("true")
            on:scroll=on_scroll
            on:keydown=move |event| on_key(search, &event)
        >
            <p class="visually-hidden" role="status">
                {move || count.get().filter(|_| !waiting.get() && !failed.get()).map(|count| match (count, more.get()) {
                    (0, true) => lang().search_nothing_so_far(search.text().trim()),
                    _ => lang().search_found(count),
                })}
            </p>
            {move || match (failed.get(), count.get()) {
                (true, _) => view! {
                    <ErrorState
                        message=t!(search_failed)
                        retry_label=t!(retry)
                        on_retry=Callback::new(move |()| search.ask())
                    />
                }
                .into_any(),
                (false, None) => (0..6).map(|_| view! { <Skeleton lines=2 avatar=true /> }).collect_view().into_any(),
                (false, Some(_)) => view! { <Found view /> }.into_any(),
            }}
        </div>
    }
}

/// Whether there is history that has not been looked through.
fn has_more_messages(search: Search) -> bool {
    search.with_results(|results| results.is_some_and(|results| results.next_cursor.is_some()))
}

/// Whether there are people who have not been looked through.
fn has_more_people(search: Search) -> bool {
    search.with_results(|results| results.is_some_and(|results| results.next_contacts_cursor.is_some()))
}

#[component]
fn Found(view: Memo<View>) -> impl IntoView {
    let search = use_search();
    let contacts = Memo::new(move |_| {
        search.with_results(|results| results.map(|results| results.contacts.clone()).unwrap_or_default())
    });
    let messages = Memo::new(move |_| {
        search.with_results(|results| results.map(|results| results.messages.clone()).unwrap_or_default())
    });
    let catching_up =
        Memo::new(move |_| search.with_results(|results| results.is_some_and(|results| results.catching_up)));
    let more = Memo::new(move |_| has_more_messages(search));
    let more_people = Memo::new(move |_| has_more_people(search));
    let nothing = Memo::new(move |_| contacts.with(Vec::is_empty) && messages.with(Vec::is_empty));
    view! {
        {move || catching_up.get().then(|| view! { <p class="search-results__note">{t!(search_catching_up)}</p> })}
        // Pages without a hit are nothing unusual: nothing is there only when everything was looked through.
        {move || nothing.get().then(|| view! {
            <EmptyState
                icon=Icon::Search
                title=move || match more.get() || more_people.get() {
                    true => lang().search_nothing_so_far(search.text().trim()),
                    false => lang().search_nothing(search.text().trim()),
                }
                hint=move || match more.get() || more_people.get() {
                    true => lang().search_nothing_so_far_hint(),
                    false => lang().search_nothing_hint(),
                }
            />
        })}
        // A page of people may be empty and not the last one.
        <Show when=move || contacts.with(|hits| !hits.is_empty()) || more_people.get()>
            <h2 class="search-results__heading">{t!(search_contacts)}</h2>
            <ul>
                <For each=move || contacts.get() key=drawn let(hit)>
                    <li><ContactRow hit view /></li>
                </For>
            </ul>
            <NextPage
                there=more_people
                progress=Memo::new(move |_| search.people_progress())
                label=t!(search_more_contacts)
                load=move || search.more_people()
            />
        </Show>
        <Show when=move || messages.with(|hits| !hits.is_empty())>
            <h2 class="search-results__heading">{t!(search_messages)}</h2>
            <ul>
                // What is highlighted changes with the words although the message stays.
                <For each=move || messages.get() key=|hit| (hit.message_id, hit.snippet.clone(), highlighted(&hit.highlights)) let(hit)>
                    <li><MessageRow hit view /></li>
                </For>
            </ul>
        </Show>
        <NextPage
            there=more
            progress=Memo::new(move |_| search.progress())
            label=t!(search_more)
            load=move || search.load_more()
        />
    }
}

/// The way to a list's next page, where there is one. The button stays while the page is on its way, and so does the focus on it.
#[component]
fn NextPage(
    /// Whether there is one.
    there: Memo<bool>,
    /// How far the list has come.
    progress: Memo<Progress>,
    /// What the button says.
    #[prop(into)]
    label: TextProp,
    /// Asks for it.
    load: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let label = StoredValue::new(label);
    let failed = Memo::new(move |_| progress.get() == Progress::MoreFailed);
    let waits = Memo::new(move |_| progress.get() == Progress::More);
    view! {
        <Show when=move || there.get()>
            <div class="search-results__more">
                {move || failed.get().then(|| view! { <span role="alert">{t!(search_failed)}</span> })}
                <button
                    type="button"
                    class="link-button"
                    aria-busy=move || waits.get().then_some("true")
                    on:click=move |_| load()
                >
                    {move || match failed.get() {
                        true => lang().retry().into_any(),
                        false => label.with_value(|label| label.get()).into_any(),
                    }}
                </button>
                {move || waits.get().then(|| view! { <Spinner /> })}
            </div>
        </Show>
    }
}

/// All that is drawn of a contact who was found: what is highlighted changes with the words although the contact stays.
fn drawn(hit: &ContactHit) -> (ContactId, Option<String>, Vec<(u32, u32)>) {
    (hit.contact.id, hit.contact.name.clone(), highlighted(&hit.highlights))
}

fn highlighted(highlights: &[Highlight]) -> Vec<(u32, u32)> {
    highlights.iter().map(|part| (part.start, part.end)).collect()
}

#[component]
fn ContactRow(hit: ContactHit, view: Memo<View>) -> impl IntoView {
    let id = hit.conversation_id;
    let inbox = use_inbox();
    let name = match &hit.contact.name {
        Some(name) => marked(name, &hit.highlights),
        None => contact_name(&hit.contact).into_any(),
    };
    view! {
        <a
            class="search-hit"
            data-hit=""
            href=move || routes::inbox(Some(id), view.get())
            on:click=move |_| inbox.set_browsing(false)
        >
            <Picture contact=hit.contact.clone() />
            <span class="search-hit__body"><span class="search-hit__name">{name}</span></span>
        </a>
    }
}

#[component]
fn MessageRow(hit: MessageHit, view: Memo<View>) -> impl IntoView {
    let inbox = use_inbox();
    let (id, seq): (ConversationId, i64) = (hit.conversation_id, hit.seq);
    let me = inbox.me();
    let said_by = match &hit.author {
        Author::Visitor => None,
        Author::Automatic => Some(lang().preview_by(lang().automatic_reply(), "")),
        Author::Agent { id, .. } if *id == me => Some(lang().preview_by_me("")),
        Author::Agent { name, .. } => Some(lang().preview_by(name, "")),
    };
    let name = contact_name(&hit.contact);
    let at = hit.created_at;
    view! {
        <a
            class="search-hit"
            data-hit=""
            href=move || routes::message(id, view.get(), seq)
            on:click=move |_| {
                inbox.set_browsing(false);
                // The address may be the same as before, and the message far away again.
                inbox.jump(id, seq);
            }
        >
            <Picture contact=hit.contact.clone() />
            <span class="search-hit__body">
                <span class="search-hit__line">
                    <span class="search-hit__name">{name}</span>
                    <time class="search-hit__time">{move || format::list_time(at, inbox.clock())}</time>
                </span>
                <span class="search-hit__snippet">{said_by}{marked(&hit.snippet, &hit.highlights)}</span>
            </span>
        </a>
    }
}

#[component]
fn Picture(contact: ContactSummary) -> impl IntoView {
    let (mark, seed) = (contact_mark(&contact), contact.number.to_string());
    view! { <span class="search-hit__picture"><Avatar name=Signal::stored(mark) seed /></span> }
}

/// A text with parts of it marked.
fn marked(text: &str, highlights: &[Highlight]) -> AnyView {
    let parts = parts(text, highlights).into_iter().map(|(is_marked, part)| match is_marked {
        true => view! { <mark class="search-hit__mark">{part}</mark> }.into_any(),
        false => part.into_any(),
    });
    parts.collect_view().into_any()
}

/// The parts of a text in order, and which are marked.
fn parts(text: &str, highlights: &[Highlight]) -> Vec<(bool, String)> {
    let mut parts: Vec<(bool, String)> = Vec::new();
    for (at, character) in (0_u32..).zip(text.chars()) {
        let is_marked = highlights.iter().any(|part| (part.start..part.end).contains(&at));
        match parts.last_mut() {
            Some((before, part)) if *before == is_marked => part.push(character),
            _ => parts.push((is_marked, character.to_string())),
        }
    }
    parts
}

/// The arrow keys walk through the hits, and back to the field above the first; Esc ends the search.
fn on_key(search: Search, event: &ev::KeyboardEvent) {
    match event.key().as_str() {
        "Escape" => {
            event.prevent_default();
            search.clear();
            focus_search();
        }
        key @ ("ArrowDown" | "ArrowUp") => {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let Some(place) = target.and_then(|target| place_of(&target)) else { return };
            event.prevent_default();
            match (key, place) {
                ("ArrowUp", 0) => {
                    focus_search();
                }
                ("ArrowUp", _) => focus_hit(place.saturating_sub(1)),
                _ => focus_hit(place.saturating_add(1)),
            }
        }
        _ => {}
    }
}

/// The place of a hit among all of them.
fn place_of(hit: &web_sys::Element) -> Option<u32> {
    let hits = document().query_selector_all("[data-hit]").ok()?;
    (0..hits.length()).find(|place| hits.item(*place).is_some_and(|other| other.is_same_node(Some(hit))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_parts_are_counted_in_characters() {
        let part = |is_marked, text: &str| (is_marked, text.to_owned());
        let highlights = [Highlight { start: 1, end: 3 }, Highlight { start: 4, end: 5 }];
        assert_eq!(
            parts("😀退款了吗", &highlights),
            [part(false, "😀"), part(true, "退款"), part(false, "了"), part(true, "吗")]
        );
        assert_eq!(parts("", &highlights), []);
        assert_eq!(parts("ab", &[]), [part(false, "ab")]);
    }
}
