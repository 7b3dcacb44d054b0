//! Which conversations the list shows.

use crate::i18n::{Lang, lang, t};
use crate::routes;
use crate::stores::inbox::use_inbox;
use client::state::{Filter, View};
use leptos::prelude::*;
use types::id::ConversationId;

/// The filters, in their order.
const FILTERS: [Filter; 7] =
    [Filter::All, Filter::Mine, Filter::Unassigned, Filter::Waiting, Filter::Unread, Filter::Snoozed, Filter::Closed];

/// What a filter is called.
pub fn filter_name(lang: Lang, filter: Filter) -> &'static str {
    match filter {
        Filter::All => lang.filter_all(),
        Filter::Mine => lang.filter_mine(),
        Filter::Unassigned => lang.filter_unassigned(),
        Filter::Waiting => lang.needs_reply(),
        Filter::Unread => lang.filter_unread(),
        Filter::Snoozed => lang.filter_snoozed(),
        Filter::Closed => lang.filter_closed(),
    }
}

/// The filters as links: what is chosen is in the address. The channel is chosen in the tree, the days in the menu above.
#[component]
pub fn FilterBar(
    /// The chosen list.
    view: Memo<View>,
    /// The open conversation stays open.
    open: Memo<Option<ConversationId>>,
) -> impl IntoView {
    view! {
        <nav class="filter-bar" aria-label=t!(filters)>
            {FILTERS
                .map(|filter| {
                    let is_chosen = Memo::new(move |_| view.get().filter == filter);
                    view! {
                        <a
                            class="filter-bar__filter"
                            class:filter-bar__filter--chosen=move || is_chosen.get()
                            href=move || routes::inbox(open.get(), View { filter, ..view.get() })
                            aria-current=move || is_chosen.get().then_some("true")
                        >
                            {move || filter_name(lang(), filter)}
                            {matches!(filter, Filter::Unassigned | Filter::Snoozed).then(|| view! { <Count filter /> })}
                        </a>
                    }
                })
                .into_iter()
                .collect_view()}
        </nav>
    }
}

/// How many visitors wait for somebody to take them, as far as is known here, or how many conversations the person has put off.
#[component]
fn Count(filter: Filter) -> impl IntoView {
    let inbox = use_inbox();
    let waits = filter == Filter::Unassigned;
    let count = Memo::new(move |_| if waits { inbox.queued() } else { inbox.snoozed() });
    view! {
        {move || Some(count.get()).filter(|count| *count > 0).map(|count| view! {
            <span class="filter-bar__count" aria-hidden="true" title=move || waits.then(|| lang().queue_count(count))>{count}</span>
        })}
    }
}
