//! The effects: carries out what the machine commands, feeds it with what happens, and keeps the picture's signals current.

mod picture;

use crate::bridge::Bridge;
use crate::live::{Command, Input, Link, Machine};
use crate::platform::{self, Heard};
use crate::rows::{self, Row};
use crate::texts::Texts;
use crate::wire::{self, Json};
use client::outbox::{Delivery, Outgoing};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use types::error::ErrorCode;
use types::id::Nonce;
use types::limits;
use types::messages::Content;
use types::time::Timestamp;
use types::visitors::PageVisit;
use wasm_bindgen::{JsValue, closure::Closure};

/// The running chat. A handle: copies are the same chat.
///
/// The picture has three signals, all counters: every kind of signal costs kilobytes of its own, and what they announce can
/// be read from here.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    inner: StoredValue<Rc<Inner>, LocalStorage>,
    pub(crate) texts: &'static Texts,
    /// Something changed.
    changes: RwSignal<u32>,
    /// The text in the field changed: nothing that the messages show.
    typing: RwSignal<u32>,
    /// Messages came, went or moved.
    moves: RwSignal<u32>,
}

struct Inner {
    bridge: Bridge,
    key: String,
    origin: String,
    lang: String,
    machine: RefCell<Machine>,
    /// Counts the session calls: an answer to an earlier one is stale.
    calls: Cell<u32>,
    /// What the newest call asks for.
    after_seq: Cell<Option<i64>>,
    rows: RefCell<Vec<Row>>,
    /// Whether the stored outbox was read once: the chat has begun.
    begun: Cell<bool>,
    /// When the newest of the first rows was written: what comes later is news.
    news_after: Cell<Option<Timestamp>>,
    /// Up to where the visitor had read when the panel was opened.
    unread_after: Cell<Option<i64>>,
    /// Whether the log stands at its end.
    at_end: Cell<bool>,
    /// What the machine was told last: whether the newest message can be seen.
    sees: Cell<bool>,
    /// What the picture shows beside the rows and the channel, as it was drawn last.
    shown: Cell<Option<Shown>>,
    /// The day of the quarters of an hour that were asked for: clocks are set by whole quarters everywhere.
    days: RefCell<Vec<(i64, i64)>>,
    /// Characters in the text field, without white space at its ends.
    typed: Cell<usize>,
    /// Whether the emoji are shown, and on which the arrow keys stand.
    picking: Cell<Option<usize>>,
}

/// What the picture shows of the machine beside the rows and the channel.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Shown {
    link: Link,
    unread: i64,
    has_earlier: bool,
    is_fetching: bool,
    has_failed: bool,
    is_typing: bool,
    ahead: Option<i64>,
    /// The days' names follow it.
    today: i64,
}

impl Session {
    pub(crate) fn new(bridge: Bridge) -> Self {
        let config = bridge.config();
        let seed = u64::from_le_bytes(platform::random_bytes().first_chunk().copied().unwrap_or_default());
        let lang = bridge.lang();
        let inner = Inner {
            key: config.key(),
            origin: config.origin(),
            machine: RefCell::new(Machine::new(seed)),
            calls: Cell::new(0),
            after_seq: Cell::new(None),
            rows: RefCell::new(Vec::new()),
            begun: Cell::new(false),
            news_after: Cell::new(None),
            unread_after: Cell::new(None),
            at_end: Cell::new(true),
            sees: Cell::new(false),
            shown: Cell::new(None),
            days: RefCell::new(Vec::new()),
            typed: Cell::new(0),
            picking: Cell::new(None),
            lang,
            bridge,
        };
        Self {
            texts: Texts::of(&inner.lang),
            changes: RwSignal::new(0),
            typing: RwSignal::new(0),
            moves: RwSignal::new(0),
            inner: StoredValue::new_local(Rc::new(inner)),
        }
    }

    fn inner(self) -> Rc<Inner> {
        self.inner.get_value()
    }

    /// Begins: listens to the page, takes up the stored outbox and, with that, connects.
    pub(crate) fn start(self) {
        let inner = self.inner();
        let listener = move |what: u32, value: JsValue| {
            if let Some(what) = Heard::of(what) {
                self.hear(what, &value);
            }
        };
        // The page is the owner: it listens for as long as the page lives. `Fn`, because what is heard may lead to something
        // that is heard at once.
        let listener = Closure::<dyn Fn(u32, JsValue)>::new(listener).into_js_value();
        platform::listen(&inner.bridge, &listener, self.texts.lack);
        platform::follow(&inner.bridge, self.texts.back, self.texts.on, self.texts.shut);
        platform::take_up(&inner.key);
    }

    fn hear(self, what: Heard, value: &JsValue) {
        let inner = self.inner();
        match what {
            Heard::Kept => {
                let kept = value.items().unwrap_or_default().iter().filter_map(read_kept).collect();
                if inner.begun.replace(true) {
                    self.feed(Input::Kept(kept));
                } else {
                    self.feed(Input::Start(kept));
                    self.moved();
                }
            }
            Heard::Locked => open_session(&inner, value),
            Heard::Answered => self.answered(&inner, value),
            Heard::Frame => {
                if let Some(frame) = wire::frame(value) {
                    self.feed(Input::Frame(Box::new(frame)));
                }
            }
            Heard::Closed => {
                let code = value.integer().and_then(|code| u16::try_from(code).ok());
                self.feed(Input::SocketClosed(code.unwrap_or_default()));
            }
            Heard::Tick => self.feed(Input::Tick),
            Heard::Wake => {
                self.watching();
                self.feed(Input::Wake);
            }
            Heard::Offline => self.feed(Input::Offline),
            Heard::Suspend => self.feed(Input::Suspend),
            Heard::Renew => self.feed(Input::Renew),
            Heard::Hidden => self.watching(),
            Heard::Moved => self.moved(),
            Heard::Scrolled => self.scrolled(),
            Heard::Uploaded => {
                if let Some(content) = wire::content(value) {
                    self.say(content);
                }
            }
            Heard::Typed => {
                let text = value.text().unwrap_or_default();
                inner.typed.set(text.trim().chars().count());
                let told = inner.machine.borrow_mut().edited(&text, platform::now());
                if let Some(frame) = told {
                    platform::say(&wire::send(&frame));
                }
                self.schedule(&inner);
                bump(self.typing);
            }
        }
    }

    /// Takes an input and does what follows from it.
    pub(crate) fn feed(self, input: Input) {
        let inner = self.inner();
        let commands = inner.machine.borrow_mut().handle(input, platform::now());
        for command in commands {
            self.perform(&inner, command);
        }
        self.schedule(&inner);
        self.show(&inner);
    }

    fn perform(self, inner: &Rc<Inner>, command: Command) {
        match command {
            Command::OpenSession { after_seq } => {
                inner.calls.set(inner.calls.get().wrapping_add(1));
                inner.after_seq.set(after_seq);
                // Two tabs that open for the first time at once must become one visitor: the second waits for the token of
                // the first.
                platform::lock(&inner.key, inner.calls.get());
            }
            Command::OpenSocket(ticket) => {
                let origin = inner.origin.strip_prefix("http").unwrap_or_default();
                platform::dial(&["ws", origin, "/widget/v1/socket?ticket=", &ticket].concat());
            }
            Command::CloseSocket => platform::hang_up(),
            Command::Send(frame) => platform::say(&wire::send(&frame)),
            Command::FetchEarlier { before_seq } => {
                let path = ["messages?before_seq=", &before_seq.to_string()].concat();
                platform::request(&url(inner, &path), "GET", inner.bridge.token(), None, &JsValue::UNDEFINED);
            }
            Command::Keep(entry) => {
                inner.bridge.active();
                let text = match &entry.content {
                    Content::Text { text } => text.as_str(),
                    _ => "",
                };
                let failed = match entry.delivery {
                    Delivery::Failed { code } => code.as_str(),
                    Delivery::Waiting | Delivery::InFlight { .. } => "",
                };
                let at = platform::float(entry.created_at.0);
                let file = wire::stored(&entry.content);
                platform::keep(&inner.key, &entry.nonce.to_string(), at, text, failed, file);
            }
            Command::TakeUp => platform::take_up(&inner.key),
            Command::Forget(nonce) => platform::forget(&nonce.to_string()),
            Command::Announce => {
                if !platform::muted(&inner.key, None) {
                    platform::chime();
                }
            }
        }
    }

    /// An answer: about a lock it is a session, about nothing earlier messages.
    fn answered(self, inner: &Inner, answer: &JsValue) {
        let status = answer.get("status").and_then(|status| status.integer());
        let body = answer.get("body");
        let good = body.as_ref().filter(|_| status.is_some_and(|status| (200..300).contains(&status)));
        let Some(lock) = answer.get("about") else {
            self.feed(Input::Earlier(good.and_then(wire::window)));
            return;
        };
        let opened = good.and_then(wire::session);
        if let Some(session) = &opened {
            inner.bridge.keep(&session.visitor_token);
        }
        platform::release(&lock);
        if is_present(inner, &lock) {
            self.feed(match opened {
                Some(session) => Input::Opened(Box::new(session)),
                None => Input::OpenFailed(body.as_ref().and_then(wire::problem)),
            });
        }
    }

    fn schedule(self, inner: &Inner) {
        let wake_at = inner.machine.borrow().wake_at();
        platform::wake_in(wake_at.map_or(-1.0, |at| platform::float(at.millis_since(platform::now()).max(0))));
    }

    /// Brings the picture up to the machine's state.
    fn show(self, inner: &Inner) {
        let heard = inner.machine.borrow_mut().take_heard();
        let machine = inner.machine.borrow();
        let unread = machine.chat().unread();
        inner.bridge.unread(platform::float(unread));
        // A closed channel takes no files, and before a session is open nobody knows how large they may be.
        let files = machine.files().filter(|_| machine.link() != Link::Closed);
        let live = machine.link() == Link::Live;
        platform::allow(platform::float(files.map_or(0, |files| files.max_bytes)), live);
        platform::ask(machine.asks());
        let mut changed = false;
        if heard && let Some(channel) = machine.channel() {
            changed = true;
            inner.bridge.dress(&channel.name, &channel.style.look, &channel.style.launcher_text);
        }
        let rows = rows::rows(&machine, inner.unread_after.get(), |at| day(inner, at));
        if inner.news_after.get().is_none() && machine.channel().is_some() {
            inner.news_after.set(Some(rows.last().map_or(Timestamp(0), |row| row.look.at)));
        }
        let old = inner.rows.replace(rows);
        let rows = inner.rows.borrow();
        if *old != *rows {
            changed = true;
            platform::anchor(old.first().map(|row| row.nonce) != rows.first().map(|row| row.nonce));
            if !old.iter().map(Row::key).eq(rows.iter().map(Row::key)) {
                bump(self.moves);
            }
        }
        let shown = Some(Shown {
            link: machine.link(),
            unread,
            has_earlier: machine.chat().earlier_before().is_some(),
            is_fetching: machine.is_fetching_earlier(),
            has_failed: machine.earlier_failed(),
            is_typing: machine.is_agent_typing(),
            ahead: machine.ahead(),
            today: day(inner, platform::now()),
        });
        if inner.shown.replace(shown) != shown || changed {
            bump(self.changes);
        }
    }

    /// The panel was opened or closed.
    fn moved(self) {
        let inner = self.inner();
        let unread_after = {
            let machine = inner.machine.borrow();
            let chat = machine.chat();
            (inner.bridge.is_open() && chat.unread() > 0).then(|| chat.read_seq())
        };
        inner.unread_after.set(unread_after);
        if inner.bridge.is_open() {
            platform::to_end();
            platform::offer_field();
        }
        self.watching();
        // The line above what is new has come or gone.
        self.show(&inner);
    }

    /// The log was scrolled, or its height has changed. It is heard in every frame of a movement, so nothing is done that
    /// nothing calls for.
    fn scrolled(self) {
        let inner = self.inner();
        let end = platform::from_end();
        let at_end = end < 48.0;
        if inner.at_end.replace(at_end) != at_end {
            bump(self.changes);
        }
        self.watching();
        let may_ask = {
            let machine = inner.machine.borrow();
            machine.chat().earlier_before().is_some() && !machine.is_fetching_earlier()
        };
        if may_ask && end > 48.0 && platform::from_start() < 200.0 {
            self.feed(Input::WantEarlier);
        }
    }

    /// Tells the machine whether the newest message can be seen, when that has changed.
    fn watching(self) {
        let inner = self.inner();
        let sees = inner.bridge.is_open() && !platform::hidden() && inner.at_end.get();
        if inner.sees.replace(sees) != sees {
            self.feed(Input::Watching(sees));
        }
    }
}

/// The local day of a time. It costs a call into the browser, so the answers are kept.
fn day(inner: &Inner, at: Timestamp) -> i64 {
    const QUARTER_MILLIS: i64 = 15 * 60 * 1000;
    const MOST: usize = 4_096;
    let quarter = at.0.div_euclid(QUARTER_MILLIS);
    let mut days = inner.days.borrow_mut();
    match days.binary_search_by_key(&quarter, |(quarter, _)| *quarter) {
        Ok(place) => days.get(place).map_or(0, |(_, day)| *day),
        Err(place) => {
            let day = platform::whole(platform::day(platform::float(at.0)));
            if days.len() < MOST {
                days.insert(place, (quarter, day));
            }
            day
        }
    }
}

fn bump(signal: RwSignal<u32>) {
    signal.update(|count| *count = count.wrapping_add(1));
}

fn url(inner: &Inner, path: &str) -> String {
    [inner.origin.as_str(), "/widget/v1/", path].concat()
}

/// Whether the lock was taken for the newest session call. An answer to an earlier one is stale.
fn is_present(inner: &Inner, lock: &JsValue) -> bool {
    lock.get("call").and_then(|call| call.integer()) == Some(i64::from(inner.calls.get()))
}

fn open_session(inner: &Inner, lock: &JsValue) {
    if !is_present(inner, lock) {
        platform::release(lock);
        return;
    }
    let mut facts = platform::page_facts().into_iter();
    // Where the visitor is, cut to what the server takes.
    let mut next = |max| crate::text::cut(&facts.next().unwrap_or_default(), max);
    let page =
        PageVisit { url: next(limits::URL_MAX), title: next(limits::PAGE_TITLE_MAX), referrer: next(limits::URL_MAX) };
    let token = inner.bridge.token();
    let body = wire::open_session(&inner.key, token.as_deref(), inner.after_seq.get(), &page, &next(35));
    platform::request(&url(inner, "sessions"), "POST", None, Some(body), lock);
}

/// Reads an entry of the stored outbox.
fn read_kept(row: &JsValue) -> Option<Outgoing> {
    let nonce = Nonce(wire::uuid(&row.get("nonce")?.text()?)?);
    let content = match row.get("file") {
        Some(file) => wire::content(&file)?,
        None => Content::Text { text: row.get("text")?.text()? },
    };
    let failed = row.get("failed")?.text()?;
    let delivery = match ErrorCode::ALL.iter().copied().find(|code| code.as_str() == failed) {
        Some(code) => Delivery::Failed { code },
        None => Delivery::Waiting,
    };
    Some(Outgoing { delivery, ..Outgoing::new(nonce, None, content, Timestamp(row.get("at")?.integer()?)) })
}
