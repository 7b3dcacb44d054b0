//! How a new message is told: by a card on the page, by the system's notification, by a sound.
//!
//! Several tabs tell it once: the one before the person does and says so; where none is, the one that holds the browser's turn.

use super::exclusive::Turn;
use super::inbox::use_inbox;
use super::leave_guard::use_guarded_navigate;
use super::live::use_channels;
use super::storage::{self, Key};
use crate::i18n::format;
use crate::realtime::Live;
use crate::routes;
use crate::ui::effect;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use rules::alerts::{Circumstances, is_quiet};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use types::id::ConversationId;
use types::notes::Note;
use types::push::QuietHours;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/stores/alerts.js")]
extern "C" {
    fn permission() -> String;
    async fn ask();
    fn watch(changed: &Closure<dyn FnMut()>);
    async fn show(title: &str, body: &str, id: &str, key: &str, sound: bool, clicked: &JsValue);
    fn chime() -> bool;
    async fn audition() -> JsValue;
    fn taken(id: &str, seq: f64);
    #[wasm_bindgen(js_name = unlessTaken)]
    fn unless_taken(id: &str, seq: f64, run: &JsValue);
}

/// Cards shown at once; the oldest make room.
const CARDS: usize = 3;
/// How long a card stays when nobody touches it.
const CARD_LASTS: Duration = Duration::from_secs(8);

/// What the person wants to be told, on this browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// New messages are told at all.
    pub enabled: bool,
    /// With a sound.
    pub sound: bool,
    /// Also while no console is open in this browser: see [`web_push`](super::web_push).
    pub push: bool,
    /// Only of conversations that are the person's or nobody's. Whoever does not oversee others sees no others.
    pub mine_only: bool,
    /// Quiet hours, from and to in minutes of the day: no sound and no system notification.
    pub quiet: Option<(u16, u16)>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { enabled: true, sound: true, push: false, mine_only: true, quiet: None }
    }
}

/// What was kept, if it can be read.
fn read_wanted(kept: Option<&str>) -> Wanted {
    kept.and_then(|text| types::json::from_str(text).ok()).unwrap_or_default()
}

/// What the browser allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Notifications may be shown.
    Granted,
    /// Nobody has asked the person yet.
    Unasked,
    /// The person, or the browser for them, has refused: only its own settings change that.
    Denied,
    /// This browser has none.
    Unsupported,
}

fn permitted() -> Permission {
    match permission().as_str() {
        "granted" => Permission::Granted,
        "default" => Permission::Unasked,
        "denied" => Permission::Denied,
        _ => Permission::Unsupported,
    }
}

/// Where the person is when a message comes.
#[derive(Debug, Clone, Copy)]
struct Moment {
    wanted: Wanted,
    /// The agent receives messages and has not muted the conversation, and the channel's alert is on.
    receives: bool,
    /// This tab has the keyboard.
    focused: bool,
    /// This tab can be seen.
    visible: bool,
    /// The conversation's newest messages are open in this tab.
    open: bool,
    minute: u16,
}

/// How a message is told by this tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Told {
    card: bool,
    sound: bool,
    system: bool,
}

/// What the tab before the person does (`focused`), and what one does behind which the person is elsewhere.
fn told(moment: Moment) -> Told {
    let Moment { wanted, receives, focused, visible, open, minute } = moment;
    if !wanted.enabled || !receives || (focused && open) {
        return Told::default();
    }
    let loud = !is_quiet(wanted.quiet.map(|(from, to)| QuietHours { from, to }), minute);
    Told { card: visible && !open, sound: wanted.sound && loud, system: !focused && loud }
}

/// A card: somebody has written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    conversation_id: ConversationId,
    /// The note in which a colleague mentions the agent, if that is what it tells.
    mention: Option<Note>,
    /// Which turn of the clock takes it away.
    turn: u32,
}

impl Card {
    /// Where somebody has written.
    pub fn id(&self) -> ConversationId {
        self.conversation_id
    }
}

/// What is told of new messages. `Copy`.
#[derive(Clone, Copy)]
pub struct Alerts {
    live: Live,
    wanted: RwSignal<Wanted>,
    permission: RwSignal<Permission>,
    asked: RwSignal<bool>,
    /// A sound was due that the browser did not allow.
    sound_blocked: RwSignal<bool>,
    cards: RwSignal<Vec<Card>>,
    turns: StoredValue<u32>,
    /// The browser's turn, once this tab has it.
    turn: StoredValue<Option<Turn>, LocalStorage>,
    open: StoredValue<Callback<ConversationId>>,
    /// What a conversation is called, and what was said last.
    describe: StoredValue<Option<Describe>>,
}

/// What a conversation is called, and what was said last in it, or in a note that mentions the person, as they read it.
pub type Describe = Callback<(ConversationId, Option<Note>), Option<(String, String)>>;

/// Begins to tell of what comes; ends with the present scope.
pub(super) fn provide_alerts(live: Live) {
    let wanted = read_wanted(storage::read(Key::Alerts).as_deref());
    let navigate = use_guarded_navigate();
    let inbox = use_inbox();
    let query = use_location().query;
    let open = Callback::new(move |id| {
        inbox.set_browsing(false);
        // The list that was chosen stays.
        let view = query.with_untracked(|query| routes::view_in(|name| query.get(name), format::dates_now));
        navigate(&routes::inbox(Some(id), view));
    });
    let alerts = Alerts {
        live,
        wanted: RwSignal::new(wanted),
        permission: RwSignal::new(permitted()),
        asked: RwSignal::new(storage::read(Key::AlertsAsked).is_some()),
        sound_blocked: RwSignal::new(false),
        cards: RwSignal::new(Vec::new()),
        turns: StoredValue::new(0),
        turn: StoredValue::new_local(None),
        open: StoredValue::new(open),
        describe: StoredValue::new(None),
    };
    provide_context(alerts);
    // What is set in one tab holds in all of them.
    storage::watch(Key::Alerts, move |text| alerts.wanted.set(read_wanted(text)));
    storage::watch(Key::AlertsAsked, move |asked| alerts.asked.set(asked.is_some()));
    let channels = use_channels();
    live.on_arrival(Callback::new(move |(id, seq)| {
        let found = live.now(|machine| {
            let (conversation, me) = (machine.state().conversation(id)?, machine.state().me());
            let circumstances = Circumstances {
                muted: conversation.muted,
                blocked: conversation.contact.blocked,
                others: conversation.assignee_id.is_some() && !conversation.belongs_to(me.id),
                mine_only: alerts.wanted.try_get_untracked()?.mine_only,
                ..Circumstances::asked_for(me.login_state)
            };
            Some((conversation.channel_id, circumstances))
        });
        let Some((channel, circumstances)) = found else { return };
        let channel_alert = untrack(|| channels.get(channel)).is_none_or(|channel| channel.alert);
        alerts.arrived(id, seq, Circumstances { channel_alert, ..circumstances }, None);
    }));
    live.on_mention(Callback::new(move |note: Note| {
        let login_state = live.now(|machine| machine.state().me().login_state);
        alerts.arrived(note.conversation_id, note.number, Circumstances::asked_for(login_state), Some(note));
    }));
    // What has been read is news no more, wherever it was read.
    effect(move || {
        let read: Vec<ConversationId> = live.on_state(|machine| {
            let (cards, open) = (alerts.cards.read_untracked(), machine.state().open_conversation());
            let is_read = |card: &&Card| {
                let known = machine.state().conversation(card.conversation_id);
                known.is_none_or(|one| if card.mention.is_some() { open == Some(one.id) } else { !one.is_unread() })
            };
            cards.iter().filter(is_read).map(|card| card.conversation_id).collect()
        });
        if !read.is_empty() {
            alerts.cards.update(|cards| cards.retain(|card| !read.contains(&card.conversation_id)));
        }
    });
    // A touch is what the browser waits for. The strip that says so goes when it is over: what is pressed must not move away.
    let touched = move || {
        if alerts.sound_blocked.try_get_untracked() == Some(true) {
            alerts.sound_blocked.set(false);
        }
    };
    let (pressed, typed) =
        (window_event_listener(ev::click, move |_| touched()), window_event_listener(ev::keyup, move |_| touched()));
    on_cleanup(move || {
        pressed.remove();
        typed.remove();
    });
    let changed = Closure::<dyn FnMut()>::new(move || {
        alerts.permission.try_set(permitted());
    });
    watch(&changed);
    // The browser calls it for as long as the page lives.
    changed.forget();
    let me = live.now(|machine| machine.state().me().id);
    spawn_local(async move {
        let turn = Turn::at(&format!("parlor.alerts.{me}")).await;
        // Signed out meanwhile: the turn ends here.
        drop(alerts.turn.try_update_value(|place| place.replace(turn)));
    });
}

/// What is told of new messages.
pub fn use_alerts() -> Alerts {
    expect_context()
}

impl Alerts {
    /// What the person wants.
    pub fn wanted(self) -> Wanted {
        self.wanted.get()
    }

    /// What the person wants at this moment; nothing once the page is left.
    pub fn wanted_now(self) -> Option<Wanted> {
        self.wanted.try_get_untracked()
    }

    /// The person wants something else.
    pub fn set_wanted(self, wanted: Wanted) {
        if let Ok(text) = serde_json::to_string(&wanted) {
            storage::write(Key::Alerts, Some(&text));
        }
        self.wanted.set(wanted);
    }

    /// What the browser allows.
    pub fn permission(self) -> Permission {
        self.permission.get()
    }

    /// Asks the person for the browser's permission.
    pub fn ask(self) {
        spawn_local(async move {
            ask().await;
            self.permission.try_set(permitted());
        });
    }

    /// What the person should be told of the browser's permission: that it wants to be asked, or that it refuses.
    pub fn to_say(self) -> Option<Permission> {
        let permission = self.permission.get();
        let worth = matches!(permission, Permission::Unasked | Permission::Denied);
        (worth && self.wanted.get().enabled && !self.asked.get()).then_some(permission)
    }

    /// The person does not want to be asked again.
    pub fn do_not_ask(self) {
        storage::write(Key::AlertsAsked, Some("1"));
        self.asked.set(true);
    }

    /// Whoever knows how conversations are written says so.
    pub fn describe_by(self, describe: Describe) {
        self.describe.set_value(Some(describe));
    }

    /// The cards on show, oldest first.
    pub fn cards(self) -> Vec<Card> {
        self.cards.get()
    }

    /// The note that a conversation's card tells of.
    pub fn mention(self, id: ConversationId) -> Option<Note> {
        self.cards.with(|cards| cards.iter().find(|card| card.conversation_id == id)?.mention.clone())
    }

    /// Takes a card away.
    pub fn dismiss(self, id: ConversationId) {
        self.cards.update(|cards| cards.retain(|card| card.conversation_id != id));
    }

    /// Opens a card's conversation.
    pub fn open(self, id: ConversationId) {
        self.dismiss(id);
        self.open.with_value(|open| open.run(id));
    }

    /// A visitor has written the message of this `seq`, or a colleague the note of this number, which mentions the person.
    fn arrived(self, id: ConversationId, seq: i64, circumstances: Circumstances, mention: Option<Note>) {
        let page = document();
        let focused = page.has_focus().unwrap_or(true);
        let open = self.live.now(|machine| {
            let state = machine.state();
            // Whoever reads what was said long ago does not see what is said now.
            state.open_conversation() == Some(id) && !state.is_detached(id)
        });
        let told = told(Moment {
            wanted: self.wanted.get_untracked(),
            receives: circumstances.announce(),
            focused,
            visible: !page.hidden(),
            open,
            minute: minute_of_day(),
        });
        if told.card {
            self.put_card(id, mention.clone());
        }
        let key = if mention.is_some() { format!("{id}.notes") } else { id.to_string() };
        #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "far below 2 to the 53rd")]
        let seq = seq as f64;
        if focused {
            taken(&key, seq);
            if told.sound {
                self.ring();
            }
        } else if self.turn.with_value(Option::is_some) && (told.sound || told.system) {
            let own = key.clone();
            let run = move || self.tell(id, own, told, mention);
            unless_taken(&key, seq, &Closure::once_into_js(run));
        }
    }

    /// Tells somebody who is elsewhere.
    fn tell(self, id: ConversationId, key: String, told: Told, mention: Option<Note>) {
        if told.sound {
            self.ring();
        }
        if !told.system || self.permission.try_get_untracked() != Some(Permission::Granted) {
            return;
        }
        let describe = self.describe.try_get_value().flatten();
        let Some((name, text)) = describe.and_then(|describe| describe.run((id, mention))) else { return };
        let clicked = Closure::once_into_js(move || {
            self.open.try_with_value(|open| open.run(id));
        });
        spawn_local(async move {
            show(&name, &text, &id.to_string(), &key, told.sound, &clicked).await;
        });
    }

    fn ring(self) {
        let blocked = !chime();
        if self.sound_blocked.try_get_untracked().is_some_and(|known| known != blocked) {
            self.sound_blocked.set(blocked);
        }
    }

    /// Whether the browser holds the sound back, as it does until somebody has touched the page.
    pub fn is_sound_blocked(self) -> bool {
        self.sound_blocked.get()
    }

    /// The person wants to hear the sound; whether they could.
    pub async fn audition(self) -> bool {
        audition().await.is_truthy()
    }

    fn put_card(self, id: ConversationId, mention: Option<Note>) {
        let turn = self.turns.get_value().wrapping_add(1);
        self.turns.set_value(turn);
        self.cards.update(|cards| {
            // That a colleague asks for the person stays said although the visitor goes on writing.
            let before = cards.iter_mut().find(|card| card.conversation_id == id).and_then(|card| card.mention.take());
            cards.retain(|card| card.conversation_id != id);
            cards.push(Card { conversation_id: id, mention: mention.or(before), turn });
            let surplus = cards.len().saturating_sub(CARDS);
            cards.drain(..surplus);
        });
        self.take_away_later(id);
    }

    /// Takes a card away after a while, unless it is renewed before.
    pub fn take_away_later(self, id: ConversationId) {
        let turn_of =
            move |cards: &Vec<Card>| cards.iter().find(|card| card.conversation_id == id).map(|card| card.turn);
        let turn = self.cards.with_untracked(turn_of);
        set_timeout(
            move || {
                let Some(now) = self.cards.try_with_untracked(turn_of) else { return };
                if now.is_some() && now == turn {
                    self.dismiss(id);
                }
            },
            CARD_LASTS,
        );
    }

    /// Keeps a card for as long as somebody is at it.
    pub fn hold(self, id: ConversationId) {
        let turn = self.turns.get_value().wrapping_add(1);
        self.turns.set_value(turn);
        self.cards.update(|cards| {
            for card in cards.iter_mut().filter(|card| card.conversation_id == id) {
                card.turn = turn;
            }
        });
    }
}

/// The minute of the day, here.
fn minute_of_day() -> u16 {
    let now = js_sys::Date::new_0();
    u16::try_from(now.get_hours().saturating_mul(60).saturating_add(now.get_minutes())).unwrap_or_default()
}

#[cfg(test)]
mod tests;
