//! Which conversations the list shows.

use crate::i18n::{Lang, lang, t};
use crate::routes;
use client::state::{Filter, View};
use leptos::prelude::*;
use types::id::ConversationId;

/// The filters, in their order.
const FILTERS: [Filter; 5] = [Filter::All, Filter::Mine, Filter::Unassigned, Filter::Waiting, Filter::Unread];

/// What a filter is called.
pub fn filter_name(lang: Lang, filter: Filter) -> &'static str {
    match filter {
        Filter::All => lang.filter_all(),
        Filter::Mine => lang.filter_mine(),
        Filter::Unassigned => lang.filter_unassigned(),
        Filter::Waiting => lang.needs_reply(),
        Filter::Unread => lang.filter_unread(),
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
                        </a>
                    }
                })
                .into_iter()
                .collect_view()}
        </nav>
    }
}
