//! What the picture asks of the session, and what the visitor does there.
//!
//! Whoever asks for something that changes, inside a closure of the picture, is asked again when it has changed.

use super::{Session, bump};
use crate::live::{Input, Link, Machine};
use crate::platform;
use crate::rows::{Look, Place, Row};
use client::files::size_text;
use leptos::prelude::*;
use types::attachments::FileAccess;
use types::id::Nonce;
use types::limits;
use types::messages::Content;
use types::time::Timestamp;

impl Session {
    /// The messages.
    pub(crate) fn rows(self) -> Vec<Row> {
        self.moves.track();
        self.inner().rows.borrow().clone()
    }

    /// How a row looks now.
    pub(crate) fn look(self, place: &mut Place) -> Option<Look> {
        self.changes.track();
        place.find(&self.inner().rows.borrow()).map(|row| row.look)
    }

    /// Whether a message came while the visitor was here.
    pub(crate) fn is_news(self, row: &Row) -> bool {
        self.inner().news_after.get().is_some_and(|after| row.look.at > after)
    }

    /// Reads the machine.
    pub(crate) fn read<T>(self, read: impl FnOnce(&Machine) -> T) -> T {
        self.changes.track();
        read(&self.inner().machine.borrow())
    }

    /// The channel's name.
    pub(crate) fn name(self) -> String {
        self.read(|machine| machine.channel().map(|channel| channel.name.clone()))
            .unwrap_or_else(|| self.inner().bridge.config().name())
    }

    /// Whether the log stands at its end.
    pub(crate) fn is_at_end(self) -> bool {
        self.changes.track();
        self.inner().at_end.get()
    }

    /// Whether the sound is off.
    pub(crate) fn is_muted(self) -> bool {
        self.changes.track();
        self.muted(None)
    }

    /// Something that only the picture knows has changed.
    pub(crate) fn redraw(self) {
        bump(self.changes);
    }

    /// The visitor sends what the field holds.
    pub(crate) fn send(self) {
        if !self.is_sendable() {
            return;
        }
        self.inner().machine.borrow_mut().written();
        let text = platform::take_text();
        self.say(Content::Text { text: text.trim().to_owned() });
        self.pick_from(None);
    }

    /// The visitor sends a text, or a file that is uploaded.
    pub(super) fn say(self, content: Content) {
        let nonce = Nonce(uuid::Builder::from_random_bytes(platform::random_bytes()).into_uuid());
        self.feed(Input::Say(nonce, content));
        platform::to_end();
    }

    /// The address of a file as `path` makes it, from the server's origin on; empty while nobody knows it.
    pub(crate) fn address(self, path: impl Fn(&FileAccess) -> Option<String>) -> String {
        let path = self.read(|machine| machine.files().and_then(path));
        path.map(|path| [self.inner().origin.as_str(), &path].concat()).unwrap_or_default()
    }

    /// The largest file, in words.
    pub(crate) fn most(self) -> String {
        self.read(|machine| machine.files().map(|files| size_text(files.max_bytes))).unwrap_or_default()
    }

    /// Whether what the field holds can be sent.
    pub(crate) fn is_sendable(self) -> bool {
        (1..=limits::MESSAGE_TEXT_MAX).contains(&self.typed()) && !self.is_closed()
    }

    /// Whether the channel is closed.
    pub(crate) fn is_closed(self) -> bool {
        self.read(|machine| machine.link() == Link::Closed)
    }

    /// Characters in the field.
    pub(crate) fn typed(self) -> usize {
        self.typing.track();
        self.inner().typed.get()
    }

    /// The emoji on which the arrow keys stand, while they are shown.
    pub(crate) fn picking(self) -> Option<usize> {
        self.changes.track();
        self.inner().picking.get()
    }

    /// Shows the emoji and stands on one, or hides them and goes back to the field.
    pub(crate) fn pick_from(self, at: Option<usize>) {
        self.inner().picking.set(at);
        self.redraw();
        match at {
            Some(at) => platform::stand_on(at),
            None => platform::focus_field(),
        }
    }

    /// Closes the panel.
    pub(crate) fn close(self) {
        self.inner().bridge.close();
    }

    /// Whether the chat is the whole page.
    pub(crate) fn is_page(self) -> bool {
        self.inner().bridge.page()
    }

    /// The time of day.
    pub(crate) fn clock(self, at: Timestamp) -> String {
        platform::clock(&self.inner().lang, platform::float(at.0))
    }

    /// The day in words.
    pub(crate) fn day_name(self, at: Timestamp) -> String {
        platform::day_name(&self.inner().lang, platform::float(at.0))
    }

    /// Whether the sound is off; with a value, sets it.
    pub(crate) fn muted(self, value: Option<bool>) -> bool {
        platform::muted(&self.inner().key, value)
    }
}
