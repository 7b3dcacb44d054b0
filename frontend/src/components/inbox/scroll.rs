//! Keeps what the person reads in its place while the log grows above, below or changes its width.
//!
//! The message at the top of the view is the anchor. Whenever the size of the content or of the view changes, the anchor
//! is put back to where it was; at the bottom, the bottom is. The browser's own anchoring is off (`overflow-anchor:
//! none`): it does not hold at the very top, which is where earlier messages come in.

use crate::ui::{SizeWatch, effect, focus_in_place};
use leptos::leptos_dom::helpers::set_timeout;
use leptos::{html, prelude::*};
use std::time::Duration;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// This close to the bottom counts as at the bottom.
const BOTTOM_SLACK: i32 = 40;
/// This close to the top, earlier messages are fetched.
const TOP_REACH: i32 = 800;
/// This close to the bottom, later messages are fetched where it is not the end.
const BOTTOM_REACH: i32 = 800;
/// How long a message that was jumped to stays marked; `message_list.css` fades it within this time.
const MARKED: Duration = Duration::from_millis(2_400);
/// How much of what was read before stays in sight above the line of new messages.
const ABOVE_LINE: i32 = 72;

/// The position of one log. `Copy`.
#[derive(Clone, Copy)]
pub struct Scroll {
    view: NodeRef<html::Div>,
    content: NodeRef<html::Div>,
    at_bottom: RwSignal<bool>,
    anchor: StoredValue<Option<Anchor>, LocalStorage>,
    /// The heights of the content and of the view at the last look.
    heights: StoredValue<(i32, i32)>,
    /// Where the view stood at the last look.
    top: StoredValue<i32>,
    placed: StoredValue<bool>,
    rested: RwSignal<bool>,
    sizes: StoredValue<Option<SizeWatch>, LocalStorage>,
    near_top: RwSignal<bool>,
    near_bottom: RwSignal<bool>,
    /// Whether the content is not higher than the view.
    room: RwSignal<bool>,
    /// Whether the bottom is the end: at the bottom, the view then stays there as more comes.
    follows: StoredValue<bool>,
    /// Whether the log is drawn at all: on a phone the contact panel takes its place.
    visible: RwSignal<bool>,
}

struct Anchor {
    row: HtmlElement,
    offset: i32,
}

impl Scroll {
    /// Watches a log. `view` scrolls, `content` lies in it with the rows as its children.
    pub fn watch(view: NodeRef<html::Div>, content: NodeRef<html::Div>) -> Self {
        let scroll = Self {
            view,
            content,
            at_bottom: RwSignal::new(true),
            anchor: StoredValue::new_local(None),
            heights: StoredValue::new((0, 0)),
            top: StoredValue::new(0),
            placed: StoredValue::new(false),
            rested: RwSignal::new(false),
            sizes: StoredValue::new_local(None),
            near_top: RwSignal::new(false),
            near_bottom: RwSignal::new(false),
            room: RwSignal::new(false),
            follows: StoredValue::new(true),
            visible: RwSignal::new(false),
        };
        effect(move || {
            let (Some(view), Some(content)) = (view.get(), content.get()) else { return };
            scroll.sizes.set_value(SizeWatch::of(&[&view, &content], move || scroll.hold()));
        });
        scroll
    }

    /// Whether the view is at the bottom.
    pub fn is_at_bottom(self) -> bool {
        self.at_bottom.get()
    }

    /// Whether the view rests near the beginning of what is there, which may be all that there is.
    pub fn is_near_top(self) -> bool {
        self.visible.get() && self.near_top.get()
    }

    /// The same at this moment; no for a log that is gone.
    pub fn is_near_top_now(self) -> bool {
        [self.visible, self.near_top].iter().all(|is| is.try_get_untracked() == Some(true))
    }

    /// Whether the view rests near the end of what is there.
    pub fn is_near_bottom(self) -> bool {
        self.visible.get() && self.near_bottom.get()
    }

    /// The same at this moment; no for a log that is gone.
    pub fn is_near_bottom_now(self) -> bool {
        [self.visible, self.near_bottom].iter().all(|is| is.try_get_untracked() == Some(true))
    }

    /// Whether the view has room for more than there is.
    pub fn has_room(self) -> bool {
        self.visible.get() && self.room.get()
    }

    /// Whether the view stays at the bottom as more comes.
    pub fn follow(self, follows: bool) {
        self.follows.set_value(follows);
        // Whether this is the end now, only its place tells, once the rows have theirs.
        request_animation_frame(move || request_animation_frame(move || self.scrolled()));
    }

    /// Brings a message before the person's eyes and marks it for a moment. No when it is not there.
    pub fn reveal(self, seq: i64) -> bool {
        let (Some(view), Some(content)) =
            (self.view.try_get_untracked().flatten(), self.content.try_get_untracked().flatten())
        else {
            return false;
        };
        let row = content.query_selector(&format!("[data-seq=\"{seq}\"]")).ok().flatten();
        let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) else { return false };
        self.placed.set_value(true);
        self.at_bottom.set(false);
        let offset = view.client_height().saturating_sub(row.offset_height()).max(0) / 3;
        self.anchor.set_value(Some(Anchor { row: row.clone(), offset }));
        self.hold();
        // Neither fails for a plain name.
        drop(row.set_attribute("data-found", ""));
        set_timeout(move || drop(row.remove_attribute("data-found")), MARKED);
        true
    }

    /// Whether the newest message is before the person's eyes: the log is drawn, the rows have their place, and the view is at
    /// the bottom.
    pub fn shows_the_end(self) -> bool {
        self.visible.get() && self.rested.get() && self.at_bottom.get()
    }

    /// Goes to the newest message, and stays there as more come.
    pub fn to_bottom(self) {
        self.at_bottom.set(true);
        self.hold();
    }

    /// Goes to the first row that there is.
    pub fn to_top(self) {
        let Some(view) = self.view.try_get_untracked().flatten().filter(|view| is_drawn(view)) else { return };
        self.at_bottom.set(false);
        view.set_scroll_top(0);
        self.rest(&view);
    }

    /// Takes the keyboard's focus, for what had it and goes.
    pub fn focus(self) {
        if let Some(view) = self.view.get_untracked() {
            focus_in_place(&view);
        }
    }

    /// Takes the person's scrolling.
    pub fn scrolled(self) {
        let Some(view) = self.view.try_get_untracked().flatten().filter(|view| is_drawn(view)) else { return };
        // The view was resized since the last look, or a row was, and that is what has moved it. Whoever has moved it themselves at that
        // moment, by a key or to a place, is where they wanted to be.
        if heights(&view) != self.heights.get_value() && view.scroll_top() == self.top.get_value() {
            self.hold();
            return;
        }
        let below = view.scroll_height().saturating_sub(view.scroll_top()).saturating_sub(view.client_height());
        let at_bottom = below <= BOTTOM_SLACK && self.follows.get_value();
        if at_bottom != self.at_bottom.get_untracked() {
            self.at_bottom.set(at_bottom);
        }
        self.rest(&view);
    }

    /// Rows have come, or gone: the view is put back at once, before anybody scrolls among them.
    pub fn rows_changed(self) {
        // The first ones get their place once they are laid out, with everything else that comes with them.
        if self.rested.try_get_untracked() == Some(true) {
            self.hold();
        }
    }

    /// Puts the view back to what the person was looking at.
    fn hold(self) {
        let (Some(view), Some(content)) =
            (self.view.try_get_untracked().flatten(), self.content.try_get_untracked().flatten())
        else {
            return;
        };
        let visible = is_drawn(&view);
        if visible != self.visible.get_untracked() {
            self.visible.set(visible);
        }
        // What is not drawn has no positions: its rows keep the place that they had.
        if !visible {
            return;
        }
        self.place(&view, &content);
        let kept = self.anchor.with_value(|anchor| {
            anchor
                .as_ref()
                .filter(|anchor| anchor.row.is_connected())
                .map(|anchor| anchor.row.offset_top().saturating_sub(anchor.offset))
        });
        match kept {
            _ if self.at_bottom.get_untracked() && self.follows.get_value() => {
                view.set_scroll_top(view.scroll_height())
            }
            Some(top) => view.set_scroll_top(top),
            None => {}
        }
        self.rest(&view);
    }

    /// The first time that there are rows: to the line above what is new, if it would be out of sight at the bottom.
    fn place(self, view: &HtmlElement, content: &HtmlElement) {
        if self.placed.get_value() || content.child_element_count() == 0 {
            return;
        }
        self.placed.set_value(true);
        let line =
            content.query_selector("[data-new]").ok().flatten().and_then(|line| line.dyn_into::<HtmlElement>().ok());
        let Some(line) = line else { return };
        let top = line.offset_top().saturating_sub(ABOVE_LINE);
        if top < view.scroll_height().saturating_sub(view.client_height()) {
            self.at_bottom.set(false);
            self.anchor.set_value(Some(Anchor { row: line, offset: ABOVE_LINE }));
        }
    }

    /// The view has come to rest.
    fn rest(self, view: &HtmlElement) {
        self.heights.set_value(heights(view));
        self.top.set_value(view.scroll_top());
        self.note(view);
        if self.placed.get_value() && !self.rested.get_untracked() {
            self.rested.set(true);
        }
        let below = view.scroll_height().saturating_sub(view.scroll_top()).saturating_sub(view.client_height());
        let near_top = self.placed.get_value() && view.scroll_top() < TOP_REACH;
        let near_bottom = self.placed.get_value() && below < BOTTOM_REACH;
        let room = self.placed.get_value() && view.scroll_height() <= view.client_height();
        for (is, near) in [(near_top, self.near_top), (near_bottom, self.near_bottom), (room, self.room)] {
            if is != near.get_untracked() {
                near.set(is);
            }
        }
    }

    /// Remembers the row at the top of the view.
    fn note(self, view: &HtmlElement) {
        let Some(content) = self.content.get_untracked() else { return };
        let rows = content.children();
        let top = view.scroll_top();
        let row_at = |at: u32| rows.item(at).and_then(|row| row.dyn_into::<HtmlElement>().ok());
        let (mut low, mut high) = (0, rows.length());
        while low < high {
            let middle = low.midpoint(high);
            match row_at(middle) {
                Some(row) if row.offset_top().saturating_add(row.offset_height()) <= top => {
                    low = middle.saturating_add(1)
                }
                _ => high = middle,
            }
        }
        // A day's heading is no hold: it moves up to the first message of its day when earlier ones come in.
        let hold = (low..rows.length()).filter_map(row_at).find(|row| !row.has_attribute("data-day"));
        self.anchor.set_value(hold.map(|row| Anchor { offset: row.offset_top().saturating_sub(top), row }));
    }
}

fn heights(view: &HtmlElement) -> (i32, i32) {
    (view.scroll_height(), view.client_height())
}

fn is_drawn(view: &HtmlElement) -> bool {
    view.client_height() > 0
}
