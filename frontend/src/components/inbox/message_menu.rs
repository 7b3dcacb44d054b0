//! What can be done to a message, in one menu for the whole log (copy, quote, translate, recall): by the button that a message shows under the pointer or the
//! focus, by a right click, by a long press.
//!
//! A note has the same button, for copying. The log listens for its rows: a message costs a button and nothing else.

use crate::i18n::{lang, t};
use crate::stores::composing::use_composing;
use crate::stores::inbox::{Inbox, use_inbox};
use crate::stores::message_actions::use_message_actions;
use crate::stores::translations::{self, Translations};
use crate::ui::row_menu::{below, closest, element_of};
use crate::ui::{Icon, IconView, MenuAt, MenuItem, Point, RowMenu, focus_instead};
use client::emoji::is_emoji_only;
use leptos::{ev, html, prelude::*};
use rules::recalling::may_recall;
use types::id::{ConversationId, NoteId};
use types::messages::{Content, Message};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

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
    /// Whether it is open, and what presses on the log.
    pub rows: RowMenu<Open>,
}

/// The menu that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    row: Subject,
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

impl MessageMenu {
    /// A menu that is closed.
    pub fn new(conversation: ConversationId, translations: Translations) -> Self {
        Self { inbox: use_inbox(), conversation, translations, rows: RowMenu::closed() }
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
        let recallable = match &row {
            Subject::Message(message) => {
                may_recall(inbox.me(), &message.author, message.created_at, inbox.server_now()).is_ok()
            }
            Subject::Note(..) => false,
        };
        self.rows.show(Open { row, recallable }, at, opener);
        true
    }

    /// A click in the log: on a message's button it opens the menu, and closes it when it is that button's.
    pub fn clicked(self, event: &ev::MouseEvent) {
        let Some(button) = element_of(event).and_then(|target| closest(&target, BUTTON)) else { return };
        if self.rows.goes_back_to(&button) {
            self.rows.close(true);
            return;
        }
        if let Some(row) = closest(&button, ROW) {
            self.show(&row, below(&button), button.dyn_into().ok());
        }
    }

    /// A press on the button of an open menu would first take the focus out of it, which closes it, and then open it anew.
    pub fn held(self, event: &ev::MouseEvent) {
        let on_button = element_of(event).and_then(|target| closest(&target, BUTTON)).is_some();
        if on_button && self.rows.is_open_now() {
            event.prevent_default();
        }
    }

    /// A right click, or the key for it. Links, fields and selected words keep the browser's own menu.
    pub fn asked(self, event: &ev::MouseEvent) {
        let Some(target) = element_of(event) else { return };
        let selected = window().get_selection().ok().flatten().is_some_and(|selection| !selection.is_collapsed());
        if selected || event.shift_key() || closest(&target, "a, video").is_some() {
            return;
        }
        let (Some(row), button) = (closest(&target, ROW), closest(&target, BUTTON)) else { return };
        let at = match &button {
            // Of the keyboard's menu key the browser tells a place of its own.
            Some(button) => below(button),
            None => (event.client_x(), event.client_y()),
        };
        let opener = button.or_else(|| row.query_selector(BUTTON).ok().flatten());
        if self.show(&row, at, opener.and_then(|opener| opener.dyn_into().ok())) {
            event.prevent_default();
        }
    }

    /// A finger is put on the log.
    pub fn pressed(self, event: &ev::PointerEvent) {
        let row = element_of(event).and_then(|target| closest(&target, ROW));
        self.rows.pressed(event, move |at| {
            row.is_some_and(|row| {
                let opener = row.query_selector(BUTTON).ok().flatten().and_then(|opener| opener.dyn_into().ok());
                self.show(&row, at, opener)
            })
        });
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
        let Some(button) = element_of(event).filter(|target| target.matches(BUTTON).unwrap_or_default()) else {
            return;
        };
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
) -> impl IntoView {
    let (actions, composing) = (use_message_actions(), use_composing());
    let on_close = Callback::new(move |back| menu.rows.close(back));
    // The message is recalled, and what had the focus is gone.
    let on_gone = Callback::new(|()| focus_instead(&[".message-list__view"]));
    view! {
        {move || menu.rows.opened().map(|(Open { row, recallable }, at)| {
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
