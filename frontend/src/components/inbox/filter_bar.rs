//! Which conversations the list shows.

use crate::i18n::{Lang, lang, t};
use crate::routes;
use client::state::{Filter, View};
use leptos::prelude::*;
use types::id::ConversationId;

/// What a filter is called.
type Name = fn(Lang) -> &'static str;

/// The filters, each with its name.
const FILTERS: [(Filter, Name); 5] = [
    (Filter::All, Lang::filter_all),
    (Filter::Mine, Lang::filter_mine),
    (Filter::Unassigned, Lang::filter_unassigned),
    (Filter::Waiting, Lang::needs_reply),
    (Filter::Unread, Lang::filter_unread),
];

/// The filters as links: what is chosen is in the address. The channel is chosen in the tree.
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
                .map(|(filter, name)| {
                    let is_chosen = Memo::new(move |_| view.get().filter == filter);
                    view! {
                        <a
                            class="filter-bar__filter"
                            class:filter-bar__filter--chosen=move || is_chosen.get()
                            href=move || routes::inbox(open.get(), View { filter, ..view.get() })
                            aria-current=move || is_chosen.get().then_some("true")
                        >
                            {move || name(lang())}
                        </a>
                    }
                })
                .into_iter()
                .collect_view()}
        </nav>
    }
}
