//! Keyboard shortcuts of the whole console, and the sheet that shows them.

use crate::{
    components::inbox::search_field::focus_search,
    i18n::{Lang, lang, t},
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

/// What a key means outside of text fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stroke {
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
}

/// What a key means, after `g` or alone.
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

/// A row of the sheet: keys and what they do.
type Row = (&'static [&'static str], fn(Lang) -> &'static str);

/// The rows, with the key that sends as it was chosen.
fn rows(key: SendKey) -> [Row; 10] {
    let (enter, ctrl_enter): (&[&str], &[&str]) = (&["Enter"], &["Ctrl + Enter"]);
    let (sends, breaks) = match key {
        SendKey::CtrlEnter => (ctrl_enter, enter),
        SendKey::Enter => (enter, ctrl_enter),
    };
    [
        (&["?"], Lang::shortcut_open_sheet),
        (&["G", "C"], Lang::shortcut_conversations),
        (&["G", "A"], Lang::shortcut_account),
        (&["/"], Lang::shortcut_search),
        (&["N"], Lang::shortcut_next_unread),
        (sends, Lang::shortcut_send),
        (breaks, Lang::shortcut_newline),
        (&["↑"], Lang::shortcut_up),
        (&["↓"], Lang::shortcut_down),
        (&["Esc"], Lang::shortcut_close),
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
    let listening = window_event_listener(ev::keydown, move |event| {
        let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key() && !event.is_composing();
        if !plain || event.default_prevented() || is_writing(&event) || modal_is_open() {
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
            Some(Stroke::NextUnread) => {
                let view = location.query.with_untracked(|query| routes::view_in(|name| query.get(name)));
                let open = location.pathname.with_untracked(|path| routes::conversation_in(path));
                if let Some(next) = inbox.next_unread(view, open) {
                    inbox.set_browsing(false);
                    navigate(&routes::inbox(Some(next), view));
                }
            }
            Some(Stroke::Go) | None => {}
        }
    });
    on_cleanup(move || listening.remove());
    view! {
        <Dialog open title=t!(shortcuts) close_label=t!(close)>
            <dl class="shortcuts">
                {move || rows(preferences.send_key())
                    .map(|(keys, words)| {
                        view! {
                            <div class="shortcuts__row">
                                <dt>{move || words(lang())}</dt>
                                <dd>
                                    {keys
                                        .iter()
                                        .enumerate()
                                        .map(|(at, key)| {
                                            view! {
                                                {(at > 0).then(|| view! { <span class="shortcuts__then">{t!(shortcut_then)}</span> })}
                                                <kbd>{key.replace("Ctrl", send_key())}</kbd>
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
        </Dialog>
    }
}

/// Where a letter is a letter. A radio button or a switch is an `input` too, but takes none.
const TEXT_FIELDS: &str = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

/// Whether the key goes into a text.
fn is_writing(event: &ev::KeyboardEvent) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|element| element.closest(TEXT_FIELDS).ok().flatten().is_some())
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
    fn the_sheet_opens_with_either_width_of_question_mark() {
        assert_eq!([meaning(false, "?"), meaning(true, "？")], [Some(Stroke::Sheet); 2]);
    }
}
