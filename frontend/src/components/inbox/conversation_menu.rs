//! What the person sets of a conversation from its row in the list, without opening it: by a right click, by a long press, by the
//! keyboard's menu key or Shift+F10.
//!
//! The list listens for its rows: a row costs nothing more.

use super::conversation_row::{ROW, row_of, row_with};
use super::personal_items::PersonalItems;
use crate::i18n::t;
use crate::ui::row_menu::{below, element_of};
use crate::ui::{MenuAt, Point, RowMenu, focus_found};
use leptos::{ev, html, prelude::*};
use types::id::ConversationId;
use wasm_bindgen::JsCast;

/// The menu of the list. `Copy`.
#[derive(Clone, Copy)]
pub struct ConversationMenu {
    list: NodeRef<html::Div>,
    /// Whether it is open, and what presses on the list.
    pub rows: RowMenu<ConversationId>,
}

impl ConversationMenu {
    /// A menu that is closed, for the rows in this element.
    pub fn of(list: NodeRef<html::Div>) -> Self {
        Self { list, rows: RowMenu::closed() }
    }

    fn show(self, id: ConversationId, at: Point) {
        self.rows.show(id, at, row_with(self.list, id));
    }

    /// A right click, or the key for it, with the row that was aimed at when that is another one. With Shift the browser's own menu
    /// opens.
    pub fn asked(self, event: &ev::MouseEvent, aimed: Option<ConversationId>) {
        let hit = element_of(event).and_then(|target| row_of(&target));
        if let Some(hit) = hit.filter(|_| !event.shift_key()) {
            event.prevent_default();
            self.show(aimed.unwrap_or(hit), (event.client_x(), event.client_y()));
        }
    }

    /// A finger is put on the list, where it means this row.
    pub fn pressed(self, event: &ev::PointerEvent, id: Option<ConversationId>) {
        self.rows.pressed(event, move |at| {
            if let Some(id) = id {
                self.show(id, at);
            }
            id.is_some()
        });
    }

    /// Shift+F10 on a row, which not every system takes for its menu key.
    pub fn key(self, event: &ev::KeyboardEvent) {
        let target = element_of(event).filter(|_| event.key() == "F10" && event.shift_key());
        if let Some((row, id)) = target.and_then(|row| row_of(&row).map(|id| (row, id))) {
            event.prevent_default();
            self.show(id, below(&row));
        }
    }

    /// Closes it when the row that it is about is none of these.
    pub fn goes_without_row(self, there: impl FnOnce() -> Vec<ConversationId>) {
        if let Some((id, _)) = self.rows.opened()
            && !there().contains(&id)
        {
            self.rows.close(false);
            self.keep_focus(id);
        }
    }

    /// Closes it when its row moves away below it.
    pub fn scrolled(self) {
        if let Some((id, _)) = untrack(|| self.rows.opened()) {
            self.rows.close(false);
            self.keep_focus(id);
        }
    }

    /// A row that moves, or goes, loses the focus that the menu has given back to it.
    fn keep_focus(self, id: ConversationId) {
        focus_found(move || {
            let first = || self.list.try_get_untracked().flatten()?.query_selector(ROW).ok().flatten()?.dyn_into().ok();
            row_with(self.list, id).or_else(first)
        });
    }
}

/// The menu that is open over the list.
#[component]
pub fn OpenConversationMenu(
    /// Of which list.
    menu: ConversationMenu,
) -> impl IntoView {
    let on_close = Callback::new(move |back| menu.rows.close(back));
    let on_done = Callback::new(move |id| menu.keep_focus(id));
    view! {
        {move || menu.rows.opened().map(|(id, at)| view! {
            <MenuAt point=at label=t!(conversation_settings) on_close>
                <PersonalItems id on_done />
            </MenuAt>
        })}
    }
}
