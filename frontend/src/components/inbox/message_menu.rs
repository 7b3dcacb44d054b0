//! What can be done to a message, in one menu for the whole log (copy, quote, translate, recall): by the button that a message shows under the pointer or the
//! focus, by a right click, by a long press.
//!
//! A note has the same button, for copying. The log listens for its rows: a message costs a button and nothing else.

use crate::i18n::{lang, t};
use crate::stores::composing::use_composing;
use crate::stores::inbox::{Inbox, use_inbox};
use crate::stores::message_actions::use_message_actions;
use crate::stores::translations::{self, Translations};
use crate::ui::{Icon, IconView, MenuAt, MenuItem, Point};
use client::emoji::is_emoji_only;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::{ev, html, prelude::*};
use rules::recalling::may_recall;
use std::time::Duration;
use types::id::{ConversationId, NoteId};
use types::messages::{Content, Message};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// How long a finger rests on a message to open its menu.
const LONG_PRESS: Duration = Duration::from_millis(450);
/// How far it may move meanwhile, in pixels.
const STEADY: i32 = 10;
/// The buttons of the messages.
const BUTTON: &str = "button.message__more";
/// The rows that have one.
const ROW: &str = "[data-seq], [data-note]";

/// The menu of a log. `Copy`.
#[derive(Clone, Copy)]
pub struct MessageMenu {
    inbox: Inbox,
    conversation: ConversationId,
    translations: Translations,
    open: RwSignal<Option<Open>>,
    /// What gets the focus back.
    opener: StoredValue<Option<HtmlElement>, LocalStorage>,
    pressed: StoredValue<Option<Press>, LocalStorage>,
}

/// The menu that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Open {
    row: Subject,
    at: Point,
    /// Whether it can be recalled now.
    recallable: bool,
}

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    Message(Box<Message>),
    /// A note's text.
    Note(NoteId, String),
}

/// A finger that rests on a message.
struct Press {
    at: Point,
    timer: TimeoutHandle,
    /// It has rested for long, and opened the menu.
    opened: bool,
}

impl MessageMenu {
    /// A menu that is closed.
    pub fn new(conversation: ConversationId, translations: Translations) -> Self {
        let (opener, pressed) = (StoredValue::new_local(None), StoredValue::new_local(None));
        Self { inbox: use_inbox(), conversation, translations, open: RwSignal::new(None), opener, pressed }
    }

    /// Closes it.
    pub fn close(self, back: bool) {
        let opener = self.opener.try_update_value(Option::take).flatten();
        if self.open.try_update(|open| open.take().is_some()) != Some(true) {
            return;
        }
        if let Some(opener) = opener {
            drop(opener.set_attribute("aria-expanded", "false"));
            if back {
                // It fails only when it is gone.
                drop(opener.focus());
            }
        }
    }

    fn show(self, row: &Element, at: Point, opener: Option<HtmlElement>) -> bool {
        let inbox = self.inbox;
        let number = |name: &str| row.get_attribute(name).and_then(|number| number.parse::<i64>().ok());
        let (seq, note) = (number("data-seq"), number("data-note"));
        let found = inbox.read_thread(self.conversation, |thread| {
            let said = thread.stored.iter().find(|message| Some(message.seq) == seq);
            let said = said.filter(|message| message.content != (Content::Recalled {}));
            let noted = || thread.notes.iter().find(|one| Some(one.number) == note);
            let message = said.map(|message| Subject::Message(Box::new(message.clone())));
            message.or_else(|| noted().map(|note| Subject::Note(note.id, note.text.clone())))
        });
        let Some(row) = found else { return false };
        if self.open.with_untracked(|open| open.as_ref().is_some_and(|open| open.row == row)) {
            return true;
        }
        let recallable = match &row {
            Subject::Message(message) => {
                may_recall(inbox.me(), &message.author, message.created_at, inbox.server_now()).is_ok()
            }
            Subject::Note(..) => false,
        };
        self.close(false);
        if let Some(opener) = &opener {
            drop(opener.set_attribute("aria-expanded", "true"));
        }
        self.opener.set_value(opener);
        self.open.set(Some(Open { row, at, recallable }));
        true
    }

    /// A click in the log: on a message's button it opens the menu, and closes it when it is that button's.
    pub fn clicked(self, event: &ev::MouseEvent) {
        let Some(button) = element(event).and_then(|target| closest(&target, BUTTON)) else { return };
        let own = self.opener.with_value(|opener| opener.as_ref().is_some_and(|own| own.is_same_node(Some(&button))));
        if own {
            self.close(true);
            return;
        }
        let place = button.get_bounding_client_rect();
        if let Some(row) = closest(&button, ROW) {
            self.show(&row, (whole(place.left()), whole(place.bottom())), button.dyn_into().ok());
        }
    }

    /// A press on the button of an open menu would first take the focus out of it, which closes it, and then open it anew.
    pub fn held(self, event: &ev::MouseEvent) {
        let on_button = element(event).and_then(|target| closest(&target, BUTTON)).is_some();
        if on_button && self.open.with_untracked(Option::is_some) {
            event.prevent_default();
        }
    }

    /// A right click, or the key for it. Links, fields and selected words keep the browser's own menu.
    pub fn asked(self, event: &ev::MouseEvent) {
        let Some(target) = element(event) else { return };
        let selected = window().get_selection().ok().flatten().is_some_and(|selection| !selection.is_collapsed());
        if selected || event.shift_key() || closest(&target, "a, video").is_some() {
            return;
        }
        let (Some(row), button) = (closest(&target, ROW), closest(&target, BUTTON)) else { return };
        let at = match &button {
            // Of the keyboard's menu key the browser tells a place of its own.
            Some(button) => {
                let place = button.get_bounding_client_rect();
                (whole(place.left()), whole(place.bottom()))
            }
            None => (event.client_x(), event.client_y()),
        };
        let opener = button.or_else(|| row.query_selector(BUTTON).ok().flatten());
        if self.show(&row, at, opener.and_then(|opener| opener.dyn_into().ok())) {
            event.prevent_default();
        }
    }

    /// A finger is put on the log.
    pub fn pressed(self, event: &ev::PointerEvent) {
        self.released();
        if event.pointer_type() != "touch" || !event.is_primary() {
            return;
        }
        let row = element(event).and_then(|target| closest(&target, ROW));
        let (Some(row), at) = (row, (event.client_x(), event.client_y())) else { return };
        let opened = move || {
            let opener = row.query_selector(BUTTON).ok().flatten().and_then(|opener| opener.dyn_into().ok());
            if self.show(&row, at, opener) {
                self.pressed.update_value(|press| {
                    if let Some(press) = press {
                        press.opened = true;
                    }
                });
            }
        };
        if let Ok(timer) = set_timeout_with_handle(opened, LONG_PRESS) {
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

    /// It is lifted: after a long press that is no click, which would take the focus from the menu, or open a picture.
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

    /// Makes the newest button the one that Tab leads to, of all in this log.
    pub fn stop_at_newest(self, rows: NodeRef<html::Div>) {
        let Some(rows) = rows.try_get_untracked().flatten() else { return };
        let before = rows.query_selector(&format!("{BUTTON}[tabindex=\"0\"]")).ok().flatten();
        let all = rows.query_selector_all(BUTTON).ok();
        let newest = all.and_then(|all| all.item(all.length().checked_sub(1)?)?.dyn_into::<Element>().ok());
        for (button, stop) in [(before, "-1"), (newest, "0")] {
            if let Some(button) = button {
                // The name is valid, and nothing else can fail.
                drop(button.set_attribute("tabindex", stop));
            }
        }
    }

    /// Arrow keys on a message's button lead to those of the others, of which one is a stop for Tab.
    pub fn key(self, event: &ev::KeyboardEvent) {
        let Some(button) = element(event).filter(|target| target.matches(BUTTON).unwrap_or_default()) else { return };
        let Some(rows) = closest(&button, ".message-list__rows") else { return };
        let Ok(buttons) = rows.query_selector_all(BUTTON) else { return };
        let all: Vec<HtmlElement> =
            (0..buttons.length()).filter_map(|at| buttons.item(at)?.dyn_into::<HtmlElement>().ok()).collect();
        let at = all.iter().position(|one| one.is_same_node(Some(&button))).unwrap_or_default();
        let to = match event.key().as_str() {
            "ArrowUp" => at.saturating_sub(1),
            "ArrowDown" => at.saturating_add(1).min(all.len().saturating_sub(1)),
            "Home" => 0,
            "End" => all.len().saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = all.get(to) {
            drop(next.focus());
        }
    }
}

/// The menu that is open over a log.
#[component]
pub fn OpenMessageMenu(
    /// Of which log.
    menu: MessageMenu,
    /// The message is recalled, and what had the focus is gone.
    on_gone: Callback<()>,
) -> impl IntoView {
    let (actions, composing) = (use_message_actions(), use_composing());
    let on_close = Callback::new(move |back| menu.close(back));
    view! {
        {move || menu.open.get().map(|Open { row, at, recallable }| {
            let (text, message) = match row {
                Subject::Message(message) => (message.content.text().map(str::to_owned), Some(*message)),
                Subject::Note(_, text) => (Some(text), None),
            };
            let copied = text.clone();
            view! {
                <MenuAt point=at label=t!(message_actions) on_close>
                    {copied.map(|text| view! {
                        <MenuItem on:click=move |_| actions.copy(text.clone())>
                            <IconView icon=Icon::Copy size=18 />
                            {t!(copy_message)}
                        </MenuItem>
                    })}
                    {message.map(|message| {
                        let (quote, conversation) = (message.to_quote(), message.conversation_id);
                        let (translations, id, seq) = (menu.translations, message.id, message.seq);
                        // In no language do faces say anything else.
                        let words = text.filter(|text| translations::is_available() && !is_emoji_only(text));
                        let shows = translations.shows(seq);
                        view! {
                            <MenuItem on:click=move |_| composing.set_quote(conversation, quote.clone())>
                                <IconView icon=Icon::Quote size=18 />
                                {t!(quote_message)}
                            </MenuItem>
                            {words.map(|words| view! {
                                <MenuItem on:click=move |_| match shows {
                                    true => translations.hide(seq),
                                    false => translations.show(id, seq, words.clone()),
                                }>
                                    <IconView icon=Icon::Language size=18 />
                                    {move || if shows { lang().hide_translation() } else { lang().translate_message() }}
                                </MenuItem>
                            })}
                            {translations.said(seq).map(|said| view! {
                                <MenuItem on:click=move |_| actions.copy(said.clone())>
                                    <IconView icon=Icon::Copy size=18 />
                                    {t!(copy_translation)}
                                </MenuItem>
                            })}
                            {recallable.then(|| view! {
                                <MenuItem on:click=move |_| actions.recall(message.clone(), on_gone)>
                                    <IconView icon=Icon::Undo size=18 />
                                    {t!(recall_message)}
                                </MenuItem>
                            })}
                        }
                    })}
                </MenuAt>
            }
        })}
    }
}

/// The button of the message that an element stands in.
pub fn button_of(part: &Element) -> Option<HtmlElement> {
    closest(part, "[data-seq]")?.query_selector(BUTTON).ok().flatten()?.dyn_into().ok()
}

fn element(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn closest(from: &Element, selector: &str) -> Option<Element> {
    from.closest(selector).ok().flatten()
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "a place in a window")]
fn whole(pixels: f64) -> i32 {
    pixels as i32
}
