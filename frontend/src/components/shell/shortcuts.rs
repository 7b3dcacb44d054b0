//! Keyboard shortcuts of the whole console, and the sheet that shows them.

use crate::{
    components::inbox::search_field::focus_search,
    i18n::{Lang, format, lang, t},
    routes,
    stores::{
        inbox::use_inbox,
        leave_guard::use_guarded_navigate,
        preferences::{SendKey, use_preferences},
    },
    ui::{Dialog, send_key},
};
use leptos::{ev, prelude::*};
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

/// What a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stroke {
    /// Waits for the place to go.
    Go,
    /// Shows the sheet.
    Sheet,
    /// Goes somewhere.
    To(&'static str),
    /// Goes to the field of the search.
    Search,
    /// Goes to the next conversation with something unread.
    NextUnread,
    /// Goes so many rows down in the list of conversations.
    Step(isize),
}

/// What a key with Alt, or with the machine's main key (Ctrl, on a Mac ⌘), means: also while somebody writes. With Alt a Mac
/// writes another letter, so that the key's place tells which it is.
fn chord(key: &str, code: &str, alt: bool, main: bool) -> Option<Stroke> {
    let is = |letter: &str, place: &str| key.eq_ignore_ascii_case(letter) || !key.is_ascii() && code == place;
    match (alt, main) {
        (true, false) if key == "ArrowUp" => Some(Stroke::Step(-1)),
        (true, false) if key == "ArrowDown" => Some(Stroke::Step(1)),
        (true, false) if is("n", "KeyN") || key == "Dead" && code == "KeyN" => Some(Stroke::NextUnread),
        (false, true) if is("k", "KeyK") => Some(Stroke::Search),
        _ => None,
    }
}

/// The chord that was pressed, unless it means something else there: to an input method, a window, or a field that opens by it.
pub fn chord_of(event: &ev::KeyboardEvent) -> Option<Stroke> {
    let (main, other) = match send_key() {
        "Ctrl" => (event.ctrl_key(), event.meta_key()),
        _ => (event.meta_key(), event.ctrl_key()),
    };
    let others = other || event.shift_key() || event.is_composing() || event.default_prevented();
    let stroke = (!others).then(|| chord(&event.key(), &event.code(), event.alt_key(), main)).flatten()?;
    let opens = matches!(stroke, Stroke::Step(_)) && is_in(event, "select, [type=time], [type=date]");
    (!opens && !modal_is_open()).then_some(stroke)
}

/// What a key means outside of text fields, after `g` or alone.
fn meaning(after_go: bool, key: &str) -> Option<Stroke> {
    match (after_go, key) {
        (true, "c") => Some(Stroke::To(routes::INBOX)),
        (true, "a") => Some(Stroke::To(routes::ACCOUNT)),
        (false, "g") => Some(Stroke::Go),
        (false, "/") => Some(Stroke::Search),
        (false, "n") => Some(Stroke::NextUnread),
        (_, "?" | "？") => Some(Stroke::Sheet),
        _ => None,
    }
}

/// What stands between two keys of a row: one after the other, or either.
type Between = fn(Lang) -> &'static str;
/// A row of the sheet: keys and what they do.
type Row = (&'static [&'static str], Between, fn(Lang) -> &'static str);

/// The rows, with the key that sends as it was chosen.
fn rows(key: SendKey) -> [Row; 12] {
    let (enter, ctrl_enter): (&[&str], &[&str]) = (&["Enter"], &["Ctrl + Enter"]);
    let (sends, breaks) = match key {
        SendKey::CtrlEnter => (ctrl_enter, enter),
        SendKey::Enter => (enter, ctrl_enter),
    };
    let (then, or): (Between, Between) = (Lang::shortcut_then, Lang::shortcut_or);
    [
        (&["?"], or, Lang::shortcut_open_sheet),
        (&["G", "C"], then, Lang::shortcut_conversations),
        (&["G", "A"], then, Lang::shortcut_account),
        (&["Alt + ↑"], or, Lang::shortcut_previous),
        (&["Alt + ↓"], or, Lang::shortcut_next),
        (&["N", "Alt + N"], or, Lang::shortcut_next_unread),
        (&["/", "Ctrl + K"], or, Lang::shortcut_search),
        (sends, or, Lang::shortcut_send),
        (breaks, or, Lang::shortcut_newline),
        (&["↑"], or, Lang::shortcut_up),
        (&["↓"], or, Lang::shortcut_down),
        (&["Esc"], or, Lang::shortcut_close),
    ]
}

/// Listens for the shortcuts and shows them.
#[component]
pub fn ShortcutSheet(
    /// Whether the sheet is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let navigate = use_guarded_navigate();
    let inbox = use_inbox();
    let location = use_location();
    let preferences = use_preferences();
    let after_go = StoredValue::new(false);
    let search = {
        let navigate = navigate.clone();
        move || {
            if !focus_search() {
                navigate(routes::INBOX);
                // The page has its field two frames later.
                request_animation_frame(|| {
                    request_animation_frame(|| {
                        focus_search();
                    });
                });
            }
        }
    };
    let next_unread = {
        let navigate = navigate.clone();
        move || {
            let view =
                location.query.with_untracked(|query| routes::view_in(|name| query.get(name), format::dates_now));
            let open = location.pathname.with_untracked(|path| routes::conversation_in(path));
            if let Some(next) = inbox.next_unread(view, open) {
                inbox.set_browsing(false);
                inbox.set_led_to(Some(next));
                navigate(&routes::inbox(Some(next), view));
            }
        }
    };
    let listening = window_event_listener(ev::keydown, move |event| {
        match chord_of(&event) {
            Some(Stroke::Search) => {
                event.prevent_default();
                search();
                return;
            }
            Some(Stroke::NextUnread) => {
                event.prevent_default();
                // A key that is held down would read one conversation after the other.
                if !event.repeat() {
                    next_unread();
                }
                return;
            }
            _ => {}
        }
        let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key() && !event.is_composing();
        if !plain || event.default_prevented() || is_in(&event, TEXT_FIELDS) || modal_is_open() {
            after_go.set_value(false);
            return;
        }
        // Shift comes as a key of its own before `?` and is no answer to `g`.
        if event.key() == "Shift" {
            return;
        }
        let stroke = meaning(after_go.get_value(), &event.key());
        after_go.set_value(stroke == Some(Stroke::Go));
        match stroke {
            Some(Stroke::Sheet) => open.set(true),
            Some(Stroke::To(place)) => navigate(place),
            // The letter must not land in the field that it leads to.
            Some(Stroke::Search) => {
                event.prevent_default();
                search();
            }
            Some(Stroke::NextUnread) => next_unread(),
            Some(Stroke::Go | Stroke::Step(_)) | None => {}
        }
    });
    on_cleanup(move || listening.remove());
    view! {
        <Dialog open title=t!(shortcuts) close_label=t!(close)>
            <dl class="shortcuts">
                {move || rows(preferences.send_key())
                    .map(|(keys, between, words)| {
                        view! {
                            <div class="shortcuts__row">
                                <dt>{move || words(lang())}</dt>
                                <dd>
                                    {keys
                                        .iter()
                                        .enumerate()
                                        .map(|(at, key)| {
                                            view! {
                                                {(at > 0).then(|| view! { <span class="shortcuts__then">{move || between(lang())}</span> })}
                                                <kbd>{printed(key)}</kbd>
                                            }
                                        })
                                        .collect_view()}
                                </dd>
                            </div>
                        }
                    })
                    .into_iter()
                    .collect_view()}
            </dl>
            <p class="shortcuts__note">{move || lang().shortcuts_while_writing(&printed("Alt"), &printed("Ctrl"))}</p>
        </Dialog>
    }
}

/// Where a letter is a letter. A radio button or a switch is an `input` too, but takes none.
const TEXT_FIELDS: &str = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

/// Whether the key goes into one of these.
fn is_in(event: &ev::KeyboardEvent, places: &str) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|element| element.closest(places).ok().flatten().is_some())
}

/// A key as it is printed on this machine's keyboard.
fn printed(key: &str) -> String {
    match send_key() {
        "Ctrl" => key.to_owned(),
        main => key.replace("Ctrl", main).replace("Alt", "⌥"),
    }
}

fn modal_is_open() -> bool {
    document().query_selector("dialog[open]").ok().flatten().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_reached_in_two_strokes() {
        assert_eq!(meaning(false, "g"), Some(Stroke::Go));
        assert_eq!(meaning(true, "c"), Some(Stroke::To(routes::INBOX)));
        assert_eq!(meaning(false, "c"), None);
        assert_eq!(meaning(true, "x"), None);
        assert_eq!((meaning(false, "n"), meaning(true, "n")), (Some(Stroke::NextUnread), None));
        assert_eq!(meaning(false, "/"), Some(Stroke::Search));
    }

    #[test]
    fn chords_hold_while_somebody_writes_and_are_no_letters() {
        assert_eq!(chord("ArrowUp", "ArrowUp", true, false), Some(Stroke::Step(-1)));
        assert_eq!(chord("ArrowDown", "ArrowDown", true, false), Some(Stroke::Step(1)));
        for (key, code) in [("n", "KeyN"), ("N", "KeyN"), ("˜", "KeyN"), ("Dead", "KeyN"), ("n", "KeyL")] {
            assert_eq!(chord(key, code, true, false), Some(Stroke::NextUnread), "{key}");
        }
        assert_eq!(chord("k", "KeyK", false, true), Some(Stroke::Search));
        // Of a keyboard that has another letter in that place.
        assert_eq!(chord("b", "KeyN", true, false), None);
        for (key, code) in [("n", "KeyN"), ("ArrowUp", "ArrowUp"), ("k", "KeyK")] {
            assert_eq!([chord(key, code, false, false), chord(key, code, true, true)], [None; 2], "{key}");
        }
    }

    #[test]
    fn the_sheet_opens_with_either_width_of_question_mark() {
        assert_eq!([meaning(false, "?"), meaning(true, "？")], [Some(Stroke::Sheet); 2]);
    }
}
