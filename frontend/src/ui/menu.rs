//! A button that opens a list of things to do.

use crate::ui::effect;
use leptos::{ev, html, prelude::*, text_prop::TextProp};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// How the menu is closed.
#[derive(Clone, Copy)]
struct MenuControl {
    open: RwSignal<bool>,
    trigger: NodeRef<html::Button>,
}

impl MenuControl {
    fn close(self, back_to_trigger: bool) {
        self.open.set(false);
        if back_to_trigger && let Some(trigger) = self.trigger.get_untracked() {
            // It fails only when the trigger is gone, and then there is nothing to return to.
            drop(trigger.focus());
        }
    }
}

/// A button with a menu. Arrow keys, Home, End and first letters move; Escape closes; leaving closes.
#[component]
pub fn Menu(
    /// What the button is called.
    #[prop(into)]
    label: TextProp,
    /// The button's look: classes.
    #[prop(into)]
    trigger_class: String,
    /// What the button shows.
    trigger: Children,
    /// Where the list opens, by a class of `menu.css`: `menu--up`, `menu--end`.
    #[prop(default = "")]
    placement: &'static str,
    /// The items.
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let control = MenuControl { open, trigger: button };
    let on_close = Callback::new(move |back_to_trigger| control.close(back_to_trigger));
    let name = StoredValue::new(label.clone());
    let children = StoredValue::new(children);
    view! {
        <div class=format!("menu {placement}")>
            <button
                node_ref=button
                type="button"
                class=trigger_class
                aria-label=move || label.get()
                aria-haspopup="menu"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                // A press on the trigger of an open menu would first take the focus out of the list, which closes it, and
                // then open it anew.
                on:mousedown=move |event| {
                    if open.get_untracked() {
                        event.prevent_default();
                    }
                }
                on:click=move |_| open.update(|open| *open = !*open)
                on:keydown=move |event| {
                    if matches!(event.key().as_str(), "ArrowDown" | "ArrowUp") {
                        event.prevent_default();
                        open.set(true);
                    }
                }
            >
                {trigger()}
            </button>
            <Show when=move || open.get()>
                <MenuList label=name.get_value() on_close>{children.with_value(|children| children())}</MenuList>
            </Show>
        </div>
    }
}

/// A place in the window, in pixels from its left and its top.
pub type Point = (i32, i32);

/// Room that a list wants to the right of its place and below it; where there is less, it opens to the other side.
const ROOM: Point = (240, 240);
/// How far it stays from the window's edges, in pixels.
const EDGE: f64 = 8.0;

/// A menu at a place of the window, for what has no button of its own there. It is open for as long as it is there.
#[component]
pub fn MenuAt(
    /// Where.
    point: Point,
    /// What it is called.
    #[prop(into)]
    label: TextProp,
    /// It is to go; whether the focus goes back to where it was.
    on_close: Callback<bool>,
    /// The items.
    children: Children,
) -> impl IntoView {
    let size = |length: Result<wasm_bindgen::JsValue, _>| length.ok().and_then(|length| length.as_f64());
    let beyond =
        |at: i32, room: i32, length| size(length).is_some_and(|length| f64::from(at.saturating_add(room)) > length);
    let (left, top) = point;
    let to_left = beyond(left, ROOM.0, window().inner_width());
    let up = beyond(top, ROOM.1, window().inner_height());
    let place = NodeRef::<html::Div>::new();
    effect(move || {
        // On a phone there may be room on neither side.
        let Some(place) = place.get() else { return };
        let (Some(list), Some(width)) = (place.first_element_child(), size(window().inner_width())) else { return };
        let list = list.get_bounding_client_rect();
        let inwards = (width - EDGE - list.right()).min(0.0).max(EDGE - list.left());
        if inwards.abs() >= 1.0 {
            // A length is always taken.
            let style = HtmlElement::style(&place);
            drop(style.set_property("left", &format!("{}px", f64::from(left) + inwards)));
        }
    });
    view! {
        <div
            node_ref=place
            class="menu-at"
            class:menu--end=to_left
            class:menu--up=up
            style:left=format!("{left}px")
            style:top=format!("{top}px")
        >
            <MenuList label on_close>{children()}</MenuList>
        </div>
    }
}

/// The list of an open menu.
#[component]
fn MenuList(#[prop(into)] label: TextProp, on_close: Callback<bool>, children: Children) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    effect(move || {
        if let Some(list) = list.get() {
            focus_item(&list, Move::First);
        }
    });
    let on_key = move |event: ev::KeyboardEvent| {
        let Some(list) = list.get() else { return };
        // With these a letter is the browser's or the system's shortcut.
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let key = event.key();
        let step = match key.as_str() {
            "ArrowDown" => Move::Next,
            "ArrowUp" => Move::Previous,
            "Home" => Move::First,
            "End" => Move::Last,
            "Escape" => {
                event.stop_propagation();
                let _gone = on_close.try_run(true);
                return;
            }
            "Tab" => {
                let _gone = on_close.try_run(false);
                return;
            }
            letter if letter.chars().count() == 1 && letter != " " => Move::Letter(letter.to_lowercase()),
            _ => return,
        };
        event.prevent_default();
        focus_item(&list, step);
    };
    let left = move |event: ev::FocusEvent| {
        let inside = event
            .related_target()
            .and_then(|target| target.dyn_into::<web_sys::Node>().ok())
            .is_some_and(|target| list.try_get_untracked().flatten().is_some_and(|list| list.contains(Some(&target))));
        if !inside {
            let _gone = on_close.try_run(false);
        }
    };
    view! {
        <div
            node_ref=list
            class="menu__list"
            role="menu"
            tabindex="-1"
            aria-label=move || label.get()
            on:keydown=on_key
            on:focusout=left
            on:mousedown=|event| event.prevent_default()
            // After the item's own handler: were the menu closed by the item, the item would be gone, and its
            // other handlers with it, before they ran.
            on:click=move |event| {
                if on_item(&event) {
                    // The item may have taken away where the whole menu stands.
                    let _gone = on_close.try_run(true);
                }
            }
        >
            {children()}
        </div>
    }
}

/// Something to do. `on:click` where it is used; the menu closes by itself.
// Transparent: an erased component keeps the first `on:` that it was given when its place is drawn anew (docs/decisions/0060).
#[component(transparent)]
pub fn MenuItem(
    /// One of several that exclude each other: whether it is the chosen one.
    #[prop(optional, into)]
    chosen: Option<Signal<bool>>,
    /// Something that is on or off: whether it is on.
    #[prop(optional, into)]
    checked: Option<Signal<bool>>,
    /// Destroys or ends something.
    #[prop(optional)]
    danger: bool,
    /// The words, with an icon if wanted.
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="menu__item"
            class:menu__item--danger=danger
            role=match (chosen, checked) {
                (Some(_), _) => "menuitemradio",
                (None, Some(_)) => "menuitemcheckbox",
                (None, None) => "menuitem",
            }
            aria-checked=move || chosen.or(checked).map(|is| if is.get() { "true" } else { "false" })
            tabindex="-1"
        >
            {children()}
        </button>
    }
}

/// A line between groups of items, with the next group's name.
#[component]
pub fn MenuSeparator(
    /// The name of the group below.
    #[prop(optional, into)]
    label: Option<TextProp>,
) -> impl IntoView {
    view! {
        <div class="menu__separator" role="separator"></div>
        {label.map(|label| view! { <div class="menu__heading" role="presentation">{move || label.get()}</div> })}
    }
}

fn on_item(event: &ev::MouseEvent) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|element| element.closest("[role^=menuitem]").ok().flatten().is_some())
}

enum Move {
    First,
    Last,
    Next,
    Previous,
    Letter(String),
}

fn focus_item(list: &HtmlElement, step: Move) {
    let Ok(nodes) = list.query_selector_all("[role^=menuitem]") else { return };
    let items: Vec<HtmlElement> =
        (0..nodes.length()).filter_map(|at| nodes.item(at)?.dyn_into::<HtmlElement>().ok()).collect();
    let active = document().active_element();
    let at = items.iter().position(|item| active.as_ref().is_some_and(|active| item.is_same_node(Some(active))));
    let count = items.len();
    let target = match step {
        Move::First => 0,
        Move::Last => count.saturating_sub(1),
        Move::Next => at.map_or(0, |at| (at + 1) % count.max(1)),
        Move::Previous => at.map_or(count.saturating_sub(1), |at| (at + count.saturating_sub(1)) % count.max(1)),
        Move::Letter(letter) => {
            let after = at.map_or(0, |at| at + 1);
            let found = (0..count).map(|step| (after + step) % count.max(1)).find(|&at| {
                items
                    .get(at)
                    .and_then(|item| item.text_content())
                    .is_some_and(|text| text.to_lowercase().starts_with(&letter))
            });
            let Some(found) = found else { return };
            found
        }
    };
    if let Some(item) = items.get(target) {
        // An item that has just gone cannot take the focus; the next key finds the others.
        drop(item.focus());
    }
}
