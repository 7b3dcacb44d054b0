//! An order of channels that is being made: what is moved, what others do meanwhile, and saving it.

use crate::{
    api::{ConsoleApi, use_api},
    i18n::{errors::error_text, lang_now},
    stores::{
        channel_tree::{Tree, use_tree},
        live::{Channels, use_channels},
    },
    ui::{Toasts, focus_instead, use_toasts},
};
use leptos::{html, prelude::*, task::spawn_local};
use rules::channel_tree::{Row, carried_over, group_of, is_rearranged, moved, rows, stepped};
use types::channel_tree::{ArrangeChannels, ChannelGroup, ChannelTree};
use types::error::ErrorCode;
use types::id::ChannelGroupId;
use wasm_bindgen::JsCast;

/// How near to the list's edge a pointer makes it scroll, in pixels; and how far it does.
const EDGE: f64 = 28.0;
const SCROLL: i32 = 10;

/// How something is moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// By a pointer; it would land before this row.
    Dragged(Row, Option<usize>),
    /// By the keyboard; it goes back to this order.
    Grabbed(Row, Box<ChannelTree>),
}

/// The order that is being made. `Copy`.
#[derive(Clone, Copy)]
pub struct Arranging {
    tree: Tree,
    channels: Channels,
    api: StoredValue<ConsoleApi, LocalStorage>,
    toasts: Toasts,
    /// As the tree stood, or stands by now without anybody's order in it.
    base: RwSignal<ChannelTree>,
    /// The order.
    pub draft: RwSignal<ChannelTree>,
    /// What is being moved.
    pub held: RwSignal<Option<Held>>,
    /// What a screen reader is told.
    pub said: RwSignal<String>,
    /// Somebody else has arranged the channels meanwhile.
    pub clash: RwSignal<bool>,
    /// The server is asked.
    pub busy: RwSignal<bool>,
    /// The group that is asked about.
    pub doomed: RwSignal<Option<ChannelGroup>>,
    /// The group that is being renamed.
    pub renaming: RwSignal<Option<ChannelGroupId>>,
    /// What the rows lie in.
    pub list: NodeRef<html::Ul>,
}

impl Arranging {
    /// Begins with the tree as it is.
    pub fn begin() -> Self {
        let tree = use_tree();
        let now = tree.now();
        Self {
            tree,
            channels: use_channels(),
            api: StoredValue::new_local(use_api()),
            toasts: use_toasts(),
            base: RwSignal::new(now.clone()),
            draft: RwSignal::new(now),
            held: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            clash: RwSignal::new(false),
            busy: RwSignal::new(false),
            doomed: RwSignal::new(None),
            renaming: RwSignal::new(None),
            list: NodeRef::new(),
        }
    }

    /// The API.
    pub fn api(self) -> ConsoleApi {
        self.api.get_value()
    }

    /// Where short notes go.
    pub fn toasts(self) -> Toasts {
        self.toasts
    }

    /// Whether the order is another one than there is; followed by whoever reads it.
    pub fn is_changed(self) -> bool {
        self.draft.with(|draft| self.base.with(|base| ArrangeChannels::from(draft) != ArrangeChannels::from(base)))
    }

    /// Takes in what has become of the tree.
    pub fn hear(self, newest: ChannelTree) {
        let base = self.base.get_untracked();
        if base == newest {
            return;
        }
        if !untrack(|| self.is_changed()) {
            self.take(newest.clone(), newest);
        } else if is_rearranged(&base, &newest) {
            self.clash.set(true);
        } else {
            self.take(carried_over(&self.draft.get_untracked(), &newest), newest);
        }
    }

    fn take(self, order: ChannelTree, newest: ChannelTree) {
        self.base.set(newest);
        self.draft.set(order);
        self.clash.set(false);
    }

    /// Goes on from the order that somebody else has made.
    pub fn take_theirs(self) {
        let newest = self.tree.now();
        self.take(newest.clone(), newest);
    }

    /// Goes on with one's own order, which takes the place of theirs when it is saved.
    pub fn keep_mine(self) {
        let newest = self.tree.now();
        self.take(carried_over(&self.draft.get_untracked(), &newest), newest);
    }

    /// What a row is called.
    pub fn name(self, row: Row) -> String {
        let name = match row {
            Row::Channel(id) => self.channels.name(id),
            Row::Group(id) => {
                self.draft.with(|draft| draft.groups.iter().find(|one| one.id == id).map(|one| one.name.clone()))
            }
        };
        name.unwrap_or_default()
    }

    /// Saves the order, and ends.
    pub fn finish(self) {
        if self.busy.get_untracked() || self.clash.get_untracked() {
            return;
        }
        self.put_down();
        if !untrack(|| self.is_changed()) {
            self.leave();
            return;
        }
        self.busy.set(true);
        let (api, order) = (self.api(), ArrangeChannels::from(&self.draft.get_untracked()));
        spawn_local(async move {
            let saved = api.arrange_channels(&order).await;
            let is_here = self.busy.try_set(false).is_none();
            match saved {
                Ok(tree) => {
                    self.tree.put(tree);
                    self.leave();
                    self.toasts.success(lang_now().tree_saved());
                }
                // Channels were arranged, added or deleted, and their event is not here yet.
                Err(error) if is_here && matches!(error.code(), Some(ErrorCode::Conflict | ErrorCode::Invalid)) => {
                    if let Ok(newest) = api.get_channel_tree().await {
                        self.tree.put(newest);
                    }
                    self.clash.try_set(true);
                }
                Err(error) => self.toasts.error(error_text(lang_now(), &error)),
            }
        });
    }

    /// Ends without saving.
    pub fn leave(self) {
        self.tree.editing.set(false);
        focus_instead(&[".channel-tree__add"]);
    }

    // By pointer.

    /// A pointer takes a row.
    pub fn drag(self, row: Row) {
        self.put_down();
        self.held.set(Some(Held::Dragged(row, None)));
    }

    /// The pointer has moved to this height of the window.
    pub fn drag_to(self, y: f64) {
        let Some(Held::Dragged(row, _)) = self.held.get_untracked() else { return };
        let Some(list) = self.list.get_untracked() else { return };
        let edges = list.get_bounding_client_rect();
        if y < edges.top() + EDGE {
            list.set_scroll_top(list.scroll_top().saturating_sub(SCROLL));
        } else if y > edges.bottom() - EDGE {
            list.set_scroll_top(list.scroll_top().saturating_add(SCROLL));
        }
        let children = list.children();
        let is_above = |at: &u32| {
            let middle = children.item(*at).map(|item| {
                let place = item.get_bounding_client_rect();
                place.top() + place.height() / 2.0
            });
            middle.is_some_and(|middle| middle < y)
        };
        let gap = (0..children.length()).filter(is_above).count();
        let now = Some(Held::Dragged(row, Some(gap)));
        if self.held.with_untracked(|held| *held != now) {
            self.held.set(now);
        }
    }

    /// The pointer lets go.
    pub fn drop_dragged(self) {
        let Some(Held::Dragged(row, gap)) = self.held.get_untracked() else { return };
        self.held.set(None);
        if let Some(gap) = gap {
            self.draft.update(|draft| *draft = moved(draft, row, gap));
            self.said.set(lang_now().tree_dropped(&untrack(|| self.name(row)), &self.place(row)));
        }
    }

    /// Whether what is dragged would land before this row: `None` of the end.
    pub fn lands_before(self, row: Option<Row>) -> bool {
        self.held.with(|held| match held {
            Some(Held::Dragged(_, Some(gap))) => self.draft.with(|draft| rows(draft).get(*gap).copied() == row),
            _ => false,
        })
    }

    /// Whether a row is being moved.
    pub fn holds(self, row: Row) -> bool {
        self.held.with(|held| matches!(held, Some(Held::Dragged(one, _) | Held::Grabbed(one, _)) if *one == row))
    }

    // By keyboard.

    /// A key on a row's handle; whether it meant something.
    pub fn key(self, row: Row, key: &str) -> bool {
        let name = untrack(|| self.name(row));
        match (key, self.held.get_untracked()) {
            (" " | "Enter", None) => {
                self.held.set(Some(Held::Grabbed(row, Box::new(self.draft.get_untracked()))));
                self.said.set(lang_now().tree_grabbed(&name, &self.place(row)));
            }
            (" " | "Enter", Some(Held::Grabbed(..))) => self.put_down(),
            ("ArrowUp" | "ArrowDown", Some(Held::Grabbed(grabbed, _))) if grabbed == row => {
                self.draft.update(|draft| *draft = stepped(draft, row, key == "ArrowDown"));
                self.said.set(lang_now().tree_moved(&name, &self.place(row)));
                focus_handle(row);
            }
            ("Escape", Some(held)) => {
                self.held.set(None);
                if let Held::Grabbed(_, before) = held {
                    self.draft.set(carried_over(&before, &self.base.get_untracked()));
                    focus_handle(row);
                }
                self.said.set(lang_now().tree_returned(&name, &self.place(row)));
            }
            // It goes on with what is next; what was moved stays where it is.
            ("Tab", Some(_)) => {
                self.put_down();
                return false;
            }
            _ => return false,
        }
        true
    }

    fn put_down(self) {
        if let Some(Held::Grabbed(row, _)) = self.held.get_untracked() {
            self.said.set(lang_now().tree_dropped(&untrack(|| self.name(row)), &self.place(row)));
        }
        self.held.set(None);
    }

    /// Where a row stands, in words.
    fn place(self, row: Row) -> String {
        let draft = self.draft.get_untracked();
        let nth = |at: Option<usize>| at.map_or(0, |at| at.saturating_add(1));
        match row {
            Row::Group(id) => {
                let at = draft.groups.iter().position(|group| group.id == id);
                lang_now().tree_group_place(nth(at), draft.groups.len())
            }
            Row::Channel(id) => {
                let section = group_of(&draft, id).and_then(|id| draft.groups.iter().find(|group| group.id == id));
                let (ids, name) = match section {
                    Some(group) => (&group.channel_ids, group.name.as_str()),
                    None => (&draft.channel_ids, lang_now().tree_top()),
                };
                lang_now().tree_place(name, nth(ids.iter().position(|other| *other == id)), ids.len())
            }
        }
    }
}

/// The id of a row's handle.
pub fn handle_id(row: Row) -> String {
    match row {
        Row::Group(id) => format!("arrange-{id}"),
        Row::Channel(id) => format!("arrange-{id}"),
    }
}

/// A row that is moved in the page loses the focus on the way.
pub fn focus_handle(row: Row) {
    request_animation_frame(move || {
        let handle = document().get_element_by_id(&handle_id(row));
        if let Some(handle) = handle.and_then(|handle| handle.dyn_into::<web_sys::HtmlElement>().ok()) {
            // A handle can always take it.
            drop(handle.focus());
        }
    });
}
