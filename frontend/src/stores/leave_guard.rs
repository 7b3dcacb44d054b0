//! Asks before unsaved changes are lost, of however many forms a page has: on a link, on a way that the console itself goes, on the browser's back button,
//! and on leaving the site.

use super::session::is_leaving;
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use wasm_bindgen::prelude::*;
use web_sys::HtmlAnchorElement;

/// Watches over whatever forms have unsaved changes. `Copy`.
#[derive(Clone, Copy)]
pub struct LeaveGuard {
    unsaved: StoredValue<Vec<Signal<bool>>>,
    /// What stays while one goes about in the console, and is lost with it.
    held: StoredValue<Vec<Signal<bool>>>,
    /// Where the forms stand, to go back to when the browser has already moved on.
    home: StoredValue<String>,
    wanted: RwSignal<Option<String>>,
}

/// The guard.
pub fn use_leave_guard() -> LeaveGuard {
    expect_context()
}

impl LeaveGuard {
    /// Makes the guard available and listens to the ways that lead out of a page. Call it before the router is made: a
    /// window calls its listeners in the order in which they came, and the router must not hear of what is held back.
    pub fn provide() {
        let guard = Self {
            unsaved: StoredValue::new(Vec::new()),
            held: StoredValue::new(Vec::new()),
            home: StoredValue::new(String::new()),
            wanted: RwSignal::new(None),
        };
        provide_context(guard);
        let leaving_site = window_event_listener(ev::beforeunload, move |event| {
            if guard.has_anything_unsaved() && !is_leaving() {
                event.prevent_default();
            }
        });
        let moving = window_event_listener(ev::popstate, move |event| guard.on_history(&event));
        // It goes with the present scope, and its listener with it.
        StoredValue::new_local(Captured::listen("click", move |event| guard.on_click(&event)));
        on_cleanup(move || {
            leaving_site.remove();
            moving.remove();
        });
    }

    /// Watches a form until the present scope ends.
    pub fn watch(self, unsaved: Signal<bool>) {
        self.unsaved.update_value(|all| all.push(unsaved));
        // The router shows a page before the browser's address bar does.
        let location = use_location();
        self.home.set_value(untrack(|| full_address(&location.pathname.get(), &location.search.get())));
        on_cleanup(move || {
            self.unsaved.try_update_value(|all| all.retain(|other| *other != unsaved));
        });
    }

    /// Watches what lies beside the pages, until the present scope ends: it is not in the way of going to another page.
    pub fn hold(self, unsaved: Signal<bool>) {
        self.held.update_value(|all| all.push(unsaved));
        on_cleanup(move || {
            self.held.try_update_value(|all| all.retain(|other| *other != unsaved));
        });
    }

    /// Where the person wants to go while changes are unsaved.
    pub fn question(self) -> RwSignal<Option<String>> {
        self.wanted
    }

    /// The changes may be lost.
    pub fn let_go(self) {
        self.unsaved.set_value(Vec::new());
    }

    /// Whether any form has unsaved changes, at this moment.
    pub fn has_unsaved(self) -> bool {
        self.unsaved.with_value(|all| all.iter().any(|unsaved| unsaved.try_get_untracked().unwrap_or(false)))
    }

    /// The same, and whether anything beside the pages has: what is lost with the console.
    pub fn has_anything_unsaved(self) -> bool {
        let held = self.held.with_value(|all| all.iter().any(|unsaved| unsaved.try_get_untracked().unwrap_or(false)));
        held || self.has_unsaved()
    }

    fn on_click(self, event: &web_sys::Event) {
        if !self.has_unsaved() {
            return;
        }
        let Some(link) = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .and_then(|element| element.closest("a[href]").ok().flatten())
            .and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok())
        else {
            return;
        };
        let with_key = event
            .dyn_ref::<web_sys::MouseEvent>()
            .is_some_and(|click| click.ctrl_key() || click.meta_key() || click.shift_key() || click.button() != 0);
        let elsewhere =
            !link.target().is_empty() || window().location().origin().ok().as_deref() != Some(&link.origin());
        let target = full_address(&link.pathname(), &link.search());
        if with_key || elsewhere || target == self.home.get_value() {
            return;
        }
        event.prevent_default();
        event.stop_immediate_propagation();
        self.wanted.set(Some(target));
    }

    fn on_history(self, event: &web_sys::Event) {
        if !self.has_unsaved() {
            return;
        }
        event.stop_immediate_propagation();
        let location = window().location();
        let target = full_address(&location.pathname().unwrap_or_default(), &location.search().unwrap_or_default());
        if let Ok(history) = window().history() {
            // An address of this site is always taken.
            drop(history.push_state_with_url(&JsValue::NULL, "", Some(&self.home.get_value())));
        }
        self.wanted.set(Some(target));
    }
}

/// Goes to a page of the console, unless unsaved changes are in the way; then the person is asked first.
pub fn use_guarded_navigate() -> impl Fn(&str) + Clone + Send + Sync + 'static {
    let guard = use_leave_guard();
    let navigate = use_navigate();
    move |target: &str| {
        if guard.has_unsaved() {
            guard.wanted.set(Some(target.to_owned()));
        } else {
            navigate(target, NavigateOptions::default());
        }
    }
}

/// Path and query, the query with or without its question mark.
fn full_address(path: &str, query: &str) -> String {
    match query.trim_start_matches('?') {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// A listener on the window's capture phase, removed when dropped.
struct Captured {
    name: &'static str,
    heard: Closure<dyn Fn(web_sys::Event)>,
}

impl Captured {
    fn listen(name: &'static str, heard: impl Fn(web_sys::Event) + 'static) -> Self {
        let heard = Closure::<dyn Fn(web_sys::Event)>::new(heard);
        // A window takes every listener.
        drop(window().add_event_listener_with_callback_and_bool(name, heard.as_ref().unchecked_ref(), true));
        Self { name, heard }
    }
}

impl Drop for Captured {
    fn drop(&mut self) {
        let heard = self.heard.as_ref().unchecked_ref();
        drop(window().remove_event_listener_with_callback_and_bool(self.name, heard, true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_however_its_query_is_given() {
        assert_eq!(full_address("/inbox", ""), "/inbox");
        assert_eq!(full_address("/channels/new", "kind=website"), full_address("/channels/new", "?kind=website"));
    }
}
