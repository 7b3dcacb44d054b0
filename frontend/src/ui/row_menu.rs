//! A menu for the rows of a list: by a right click, by a long press, by the keyboard. At most one is open, and it is part of no row. The
//! list listens for its rows, which cost nothing more.

use super::menu::Point;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::{ev, prelude::*};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// How long a finger rests on a row to open its menu.
const LONG_PRESS: Duration = Duration::from_millis(450);
/// How far it may move meanwhile, in pixels.
const STEADY: i32 = 10;

/// The menu of a list, which is about one of these when it is open. `Copy`.
pub struct RowMenu<T: Send + Sync + 'static> {
    open: RwSignal<Option<(T, Point)>>,
    /// What gets the focus back.
    opener: StoredValue<Option<HtmlElement>, LocalStorage>,
    pressed: StoredValue<Option<Press>, LocalStorage>,
}

/// A finger that rests on a row.
struct Press {
    at: Point,
    timer: TimeoutHandle,
    /// It has rested for long, and opened the menu.
    opened: bool,
}

impl<T: Send + Sync + 'static> Clone for RowMenu<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for RowMenu<T> {}

impl<T: Clone + PartialEq + Send + Sync + 'static> RowMenu<T> {
    /// A menu that is closed, of the present scope.
    pub fn closed() -> Self {
        let (opener, pressed) = (StoredValue::new_local(None), StoredValue::new_local(None));
        let menu = Self { open: RwSignal::new(None), opener, pressed };
        on_cleanup(move || menu.released());
        menu
    }

    /// What the open menu is about, and where it stands.
    pub fn opened(self) -> Option<(T, Point)> {
        self.open.get()
    }

    /// Whether one is open, at this moment.
    pub fn is_open_now(self) -> bool {
        self.open.with_untracked(Option::is_some)
    }

    /// Whether it is this element that gets the focus back.
    pub fn goes_back_to(self, element: &Element) -> bool {
        self.opener.with_value(|opener| opener.as_ref().is_some_and(|own| own.is_same_node(Some(element))))
    }

    /// Opens it, in place of another one that is open.
    pub fn show(self, about: T, at: Point, opener: Option<HtmlElement>) {
        if self.open.with_untracked(|open| open.as_ref().is_some_and(|(known, _)| *known == about)) {
            return;
        }
        self.close(false);
        if let Some(opener) = &opener {
            tell(opener, true);
        }
        self.opener.set_value(opener);
        self.open.set(Some((about, at)));
    }

    /// Closes it; whether the focus goes back to where it was.
    pub fn close(self, back: bool) {
        let opener = self.opener.try_update_value(Option::take).flatten();
        if self.open.try_update(|open| open.take().is_some()) != Some(true) {
            return;
        }
        if let Some(opener) = opener {
            tell(&opener, false);
            if back {
                // It fails only when it is gone.
                drop(opener.focus());
            }
        }
    }

    /// A finger is put on the list. Once it has rested there, `show` opens the menu, and says whether there was one to open.
    pub fn pressed(self, event: &ev::PointerEvent, show: impl FnOnce(Point) -> bool + 'static) {
        self.released();
        // A pen rests like a finger; a mouse has a second button.
        if !matches!(event.pointer_type().as_str(), "touch" | "pen") || !event.is_primary() {
            return;
        }
        let at = (event.client_x(), event.client_y());
        let rested = move || {
            if show(at) {
                self.pressed.update_value(|press| {
                    if let Some(press) = press {
                        press.opened = true;
                    }
                });
            }
        };
        if let Ok(timer) = set_timeout_with_handle(rested, LONG_PRESS) {
            self.pressed.set_value(Some(Press { at, timer, opened: false }));
        }
    }

    /// It moves: whoever scrolls presses nothing.
    pub fn moved(self, event: &ev::PointerEvent) {
        let moved = self.pressed.with_value(|press| {
            press.as_ref().is_some_and(|press| {
                let far = |from: i32, to: i32| from.saturating_sub(to).saturating_abs() > STEADY;
                far(press.at.0, event.client_x()) || far(press.at.1, event.client_y())
            })
        });
        if moved {
            self.released();
        }
    }

    /// It is lifted: after a long press that is no click, which would take the focus from the menu, or open what was pressed.
    pub fn lifted(self, event: &ev::TouchEvent) {
        let opened = self.pressed.with_value(|press| press.as_ref().is_some_and(|press| press.opened));
        self.released();
        if opened {
            event.prevent_default();
        }
    }

    /// It presses nothing any more.
    pub fn released(self) {
        if let Some(press) = self.pressed.try_update_value(Option::take).flatten() {
            press.timer.clear();
        }
    }
}

/// Says at what has opened the menu whether it is open, where that says so at all.
fn tell(opener: &HtmlElement, is_open: bool) {
    if opener.has_attribute("aria-expanded") {
        // The name is valid, and nothing else can fail.
        drop(opener.set_attribute("aria-expanded", if is_open { "true" } else { "false" }));
    }
}

/// What an event happened to.
pub fn element_of(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// The element, or the nearest around it, that this selects.
pub fn closest(from: &Element, selector: &str) -> Option<Element> {
    from.closest(selector).ok().flatten()
}

/// Where a menu stands that opens below an element.
pub fn below(element: &Element) -> Point {
    let place = element.get_bounding_client_rect();
    (whole(place.left()), whole(place.bottom()))
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a place in a window")]
fn whole(pixels: f64) -> i32 {
    pixels as i32
}
