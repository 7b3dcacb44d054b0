//! The list of conversations: only the rows in sight exist, so that it stays smooth with many thousands.

use super::conversation_menu::{ConversationMenu, OpenConversationMenu};
use super::conversation_row::{ConversationRow, row_of, row_with};
use super::dates_menu::DatesMenu;
use super::filter_bar::FilterBar;
use super::held_order::HeldOrder;
use super::search_field::SearchField;
use super::search_results::SearchResults;
use super::tags_menu::TagsMenu;
use super::views_menu::ViewsMenu;
use crate::components::shell::shortcuts::{Stroke, chord_of};
use crate::i18n::{lang, t};
use crate::routes;
use crate::stores::inbox::{Loading, use_inbox};
use crate::stores::live::use_channels;
use crate::stores::search::use_search;
use crate::ui::row_menu::element_of;
use crate::ui::{ErrorState, Icon, IconButton, SizeWatch, Skeleton, Spinner, effect};
use client::state::{Filter, View};
use leptos::leptos_dom::helpers::{WindowListenerHandle, set_timeout};
use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::ops::Range;
use std::time::Duration;
use types::id::ConversationId;

/// The height of a row in pixels; `conversation_list.css` has the same.
const ROW: usize = 68;
/// After the pointer is let go, rows stay for so long.
const AFTER_RELEASE: Duration = Duration::from_millis(60);
/// Rows kept above and below those in sight.
const MARGIN: usize = 6;

/// The list of conversations, or what a search has found.
#[component]
pub fn ConversationList(
    /// The open conversation.
    open: Memo<Option<ConversationId>>,
    /// The chosen list.
    chosen: Memo<View>,
) -> impl IntoView {
    let inbox = use_inbox();
    let channels = use_channels();
    let search = use_search();
    let channel = Memo::new(move |_| chosen.get().channel);
    let ids = HeldOrder::of(chosen, Memo::new(move |_| inbox.list(chosen.get())));
    let loading = Memo::new(move |_| inbox.list_loading(chosen.get()));
    let several_channels = Memo::new(move |_| channel.get().is_none() && channels.list().len() > 1);
    // A list without rows is empty only when no page is left that could bring some.
    let empty_loading = Memo::new(move |_| match (loading.get(), inbox.more_loading(chosen.get())) {
        (Loading::Ready, more @ (Loading::Pending | Loading::Failed)) => more,
        (loading, _) => loading,
    });
    let title = move || {
        let channel = channel.get().and_then(|id| channels.get(id));
        channel.map_or_else(|| lang().all_conversations().to_owned(), |channel| channel.name)
    };
    let navigate = use_navigate();
    let show_all = {
        let navigate = navigate.clone();
        move |_| {
            let all = View { channel: None, ..chosen.get_untracked() };
            navigate(&routes::inbox(open.get_untracked(), all), NavigateOptions::default());
        }
    };

    let view = NodeRef::<html::Div>::new();
    let window = RwSignal::new((0_usize, 12_usize));
    let look = move || {
        // While a phone shows the conversation, the list is not drawn: it has no height, and keeps the rows that it had.
        let Some(view) = view.try_get_untracked().flatten().filter(|view| view.client_height() > 0) else { return };
        let pixels = |value: i32| usize::try_from(value).unwrap_or(0);
        let seen = (pixels(view.scroll_top()) / ROW, pixels(view.client_height()) / ROW + 1);
        if seen != window.get_untracked() {
            window.set(seen);
        }
    };
    let sizes = StoredValue::new_local(None);
    effect(move || {
        if let Some(view) = view.get() {
            sizes.set_value(SizeWatch::of(&[&view], look));
        }
    });

    let range = Memo::new(move |_| {
        let (first, count) = window.get();
        in_sight(first, count, ids.with(Vec::len))
    });
    let visible = move || ids.with(|ids| ids.get(range.get()).map(<[_]>::to_vec).unwrap_or_default());
    // Not only scrolling brings the end into sight: a deleted channel takes rows away, and an interrupted connection the page
    // that was on its way. `more_loading` is read anew after every change of the state, so the end never stays in sight unasked.
    effect(move || {
        let near_end = is_near_end(&range.get(), ids.with(Vec::len));
        if near_end && inbox.more_loading(chosen.get()) == Loading::Pending {
            untrack(|| inbox.load_more(chosen.get_untracked()));
        }
    });
    let menu = ConversationMenu::of(view);
    effect(move || menu.goes_without_row(visible));
    // By a click, or by Enter on the row that the arrow keys have reached, the person goes from the list to writing.
    let pressed_on = StoredValue::new(None::<ConversationId>);
    let on_press = move |event: ev::PointerEvent| {
        // Asked when it is pressed: holding the rows still comes after.
        let hit = element_of(&event).and_then(|target| row_of(&target));
        let aimed = hit.and_then(|hit| ids.aimed_at(hit));
        pressed_on.set_value(aimed);
        menu.pressed(&event, aimed.or(hit));
        ids.press(true);
    };
    let open_aimed = {
        let navigate = navigate.clone();
        move |id| navigate(&routes::inbox(Some(id), chosen.get_untracked()), NavigateOptions::default())
    };
    let on_click = move |event: ev::MouseEvent| {
        if element_of(&event).and_then(|target| row_of(&target)).is_none() {
            return;
        }
        inbox.set_browsing(false);
        if let Some(aimed) = pressed_on.try_update_value(Option::take).flatten() {
            event.prevent_default();
            open_aimed(aimed);
        }
    };
    // Wherever the pointer is let go; the click comes right after, and finds the rows where they were.
    let let_go = move || set_timeout(move || ids.press(false), AFTER_RELEASE);
    let listeners = [
        window_event_listener(ev::pointerup, move |_| let_go()),
        window_event_listener(ev::pointercancel, move |_| let_go()),
    ];
    on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
    // By the arrows in the list the focus stays there; from what they write people go on writing in the next conversation.
    let step_by = move |step: isize, browsing: bool, event: &ev::KeyboardEvent| {
        let target = ids.with_untracked(|ids| neighbour(ids, open.get_untracked(), step));
        let Some((place, id)) = target else { return };
        event.prevent_default();
        inbox.set_browsing(browsing);
        navigate(
            &routes::inbox(Some(id), chosen.get_untracked()),
            NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() },
        );
        bring_into_view(view, place, id, browsing);
    };
    let on_key = {
        let step_by = step_by.clone();
        move |event: ev::KeyboardEvent| match event.key().as_str() {
            _ if event.alt_key() => {}
            "ArrowDown" => step_by(1, true, &event),
            "ArrowUp" => step_by(-1, true, &event),
            _ => menu.key(&event),
        }
    };
    // However far down it is, the row that a key has led to comes before the person's eyes, where the list has it.
    effect(move || {
        let Some(id) = inbox.led_to().filter(|_| view.get().is_some()) else { return };
        inbox.set_led_to(None);
        // Whatever it has changed in the list it has by then.
        request_animation_frame(move || {
            request_animation_frame(move || {
                if view.try_get_untracked().flatten().is_some()
                    && let Some(place) = ids.with_untracked(|ids| ids.iter().position(|one| *one == id))
                {
                    bring_into_view(view, place, id, false);
                }
            });
        });
    });
    let chords = window_event_listener(ev::keydown, move |event| {
        if let Some(Stroke::Step(step)) = chord_of(&event) {
            step_by(step, false, &event);
        }
    });
    on_cleanup(move || chords.remove());

    view! {
        <section class="conversation-list" aria-label=t!(conversation_list) aria-busy=move || {
            (loading.get() == Loading::Pending).then_some("true")
        }>
            <header class="conversation-list__header">
                <h1 class="conversation-list__title">{title}</h1>
                {move || channel.get().map(|_| {
                    let show_all = show_all.clone();
                    view! {
                        <IconButton small=true icon=Icon::Close label=t!(show_all_conversations) on:click=show_all />
                    }
                })}
                <div class="conversation-list__menus">
                    <TagsMenu view=chosen open />
                    <DatesMenu view=chosen open />
                    <ViewsMenu view=chosen open />
                </div>
            </header>
            <SearchField />
            <Show when=move || search.is_on()>
                <SearchResults view=chosen />
            </Show>
            <div class="conversation-list__listed" class:conversation-list__listed--covered=move || search.is_on()>
            <FilterBar view=chosen open />
            <div
                node_ref=view
                class="conversation-list__view"
                on:scroll=move |_| {
                    look();
                    menu.scrolled();
                }
                on:keydown=on_key
                on:click=on_click
                on:contextmenu=move |event| menu.asked(&event, pressed_on.try_update_value(Option::take).flatten())
                on:pointermove=move |event| {
                    ids.aim();
                    menu.rows.moved(&event);
                }
                on:pointerleave=move |_| ids.leave()
                on:pointerdown=on_press
                on:touchend=move |event| menu.rows.lifted(&event)
                on:pointercancel=move |_| menu.rows.released()
            >
                {move || match (empty_loading.get(), ids.with(Vec::is_empty)) {
                    (Loading::Pending, true) => (0..8).map(|_| view! { <Skeleton lines=2 avatar=true /> }).collect_view().into_any(),
                    (Loading::Failed, true) => view! {
                        <ErrorState
                            message=t!(conversations_failed)
                            retry_label=t!(retry)
                            on_retry=Callback::new(move |()| {
                                inbox.reload();
                                inbox.load_more(chosen.get_untracked());
                            })
                        />
                    }
                    .into_any(),
                    (_, true) if chosen.get().filter != Filter::All || chosen.get().dates.is_some() => {
                        view! { <p class="conversation-list__empty">{t!(no_conversations_of_filter)}</p> }.into_any()
                    }
                    (_, true) if channel.get().is_some() => {
                        view! { <p class="conversation-list__empty">{t!(no_conversations_of_channel)}</p> }.into_any()
                    }
                    // What brings the first one stands beside it: `GettingStarted`.
                    (_, true) => view! { <p class="conversation-list__empty">{t!(no_conversations)}</p> }.into_any(),
                    (_, false) => ().into_any(),
                }}
                <ul
                    class="conversation-list__rows"
                    style:padding-top=move || format!("{}px", range.get().start.saturating_mul(ROW))
                    style:padding-bottom=move || {
                        format!("{}px", ids.with(Vec::len).saturating_sub(range.get().end).saturating_mul(ROW))
                    }
                >
                    <For each=visible key=|id| *id let(id)>
                        <li class="conversation-list__row">
                            <ConversationRow
                                id
                                href=Signal::derive(move || routes::inbox(Some(id), chosen.get()))
                                current=Signal::derive(move || open.get() == Some(id))
                                with_channel=several_channels
                            />
                        </li>
                    </For>
                </ul>
                {move || match (inbox.more_loading(chosen.get()), ids.with(Vec::is_empty)) {
                    (Loading::Pending, false) => Some(view! {
                        <div class="conversation-list__more"><Spinner /></div>
                    }.into_any()),
                    (Loading::Failed, false) => Some(view! {
                        <div class="conversation-list__more">
                            <span>{t!(load_failed)}</span>
                            <button type="button" class="link-button" on:click=move |_| {
                                inbox.load_more(chosen.get_untracked());
                            }>{t!(retry)}</button>
                        </div>
                    }.into_any()),
                    _ => None,
                }}
            </div>
            </div>
            <OpenConversationMenu menu />
        </section>
    }
}

/// The rows that exist: those in sight with a margin.
fn in_sight(first: usize, count: usize, total: usize) -> Range<usize> {
    let end = first.saturating_add(count).saturating_add(MARGIN).min(total);
    // A list that has become shorter may end above the old position.
    first.saturating_sub(MARGIN).min(end)..end
}

/// Whether the rows that exist come so near to the end of the list that the next page should be there.
fn is_near_end(rows: &Range<usize>, total: usize) -> bool {
    rows.end.saturating_add(MARGIN) >= total
}

/// The conversation above or below the open one, and its place; the first when none is open.
fn neighbour(ids: &[ConversationId], open: Option<ConversationId>, step: isize) -> Option<(usize, ConversationId)> {
    let place = match open.and_then(|open| ids.iter().position(|id| *id == open)) {
        Some(place) => place.checked_add_signed(step)?,
        None => 0,
    };
    ids.get(place).map(|id| (place, *id))
}

/// Scrolls to a row and, where that is wanted, gives it the focus.
fn bring_into_view(view: NodeRef<html::Div>, place: usize, id: ConversationId, focus: bool) {
    let Some(list) = view.try_get_untracked().flatten() else { return };
    let pixels = |rows: usize| i32::try_from(rows.saturating_mul(ROW)).unwrap_or(i32::MAX);
    let (top, bottom) = (pixels(place), pixels(place.saturating_add(1)));
    if top < list.scroll_top() {
        list.set_scroll_top(top);
    } else if bottom > list.scroll_top().saturating_add(list.client_height()) {
        list.set_scroll_top(bottom.saturating_sub(list.client_height()));
    }
    if !focus {
        return;
    }
    // The row may come into being only by this scrolling.
    request_animation_frame(move || {
        request_animation_frame(move || {
            if let Some(row) = row_with(view, id) {
                // It fails only for what cannot take the focus.
                drop(row.focus());
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rows_in_sight_exist() {
        assert_eq!(in_sight(0, 10, 10_000), 0..16);
        assert_eq!(in_sight(5_000, 10, 10_000), 4_994..5_016);
        assert_eq!(in_sight(9_995, 10, 10_000), 9_989..10_000);
        assert_eq!(in_sight(500, 10, 3), 3..3);
        assert_eq!(in_sight(0, 10, 0), 0..0);
    }

    #[test]
    fn the_end_is_near_wherever_the_rows_reach_it() {
        let is_near = |first, count, total| is_near_end(&in_sight(first, count, total), total);
        assert!(!is_near(0, 10, 50), "a full first page");
        assert!(is_near(30, 10, 50), "scrolled to the end");
        assert!(is_near(0, 10, 7), "fewer rows than there is room for");
        assert!(is_near(30, 10, 7), "shorter than where it was scrolled to");
        assert!(is_near(0, 10, 0), "no row is left");
    }

    #[test]
    fn the_row_height_is_that_of_the_style_sheet() {
        assert!(include_str!("conversation_list.css").contains(&format!("--conversation-row-height: {ROW}px")));
    }

    #[test]
    fn the_arrows_move_through_the_list_and_stop_at_its_ends() {
        let ids: Vec<ConversationId> =
            (1..=3).map(|number| format!("00000000-0000-0000-0000-00000000000{number}").parse().unwrap()).collect();
        assert_eq!(neighbour(&ids, None, 1), Some((0, ids[0])));
        assert_eq!(neighbour(&ids, Some(ids[0]), 1), Some((1, ids[1])));
        assert_eq!(neighbour(&ids, Some(ids[0]), -1), None);
        assert_eq!(neighbour(&ids, Some(ids[2]), 1), None);
        assert_eq!(neighbour(&[], None, 1), None);
    }
}
