//! How a new message is told: by a card on the page, by the system's notification, by a sound.
//!
//! Several tabs tell it once: the one before the person does and says so. Where none is, the one that holds the browser's turn is first
//! to, and where nothing is heard of that one, any other.

mod cards;
mod news;

pub use cards::Card;
pub use news::withdraw_all;

use super::exclusive::Turn;
use super::inbox::use_inbox;
use super::leave_guard::use_guarded_navigate;
use super::live::use_channels;
use super::session::use_session;
use super::storage::{self, Key};
use crate::i18n::format;
use crate::realtime::Live;
use crate::routes;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use news::{Mention, Topic};
use rules::alerts::{Circumstances, is_quiet};
use serde::{Deserialize, Serialize};
use types::id::{AgentId, ConversationId};
use types::notes::Note;
use types::push::QuietHours;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/stores/alerts.js")]
extern "C" {
    fn permission() -> String;
    async fn ask();
    fn watch(changed: &Closure<dyn FnMut()>);
    fn show(title: &str, body: &str, id: &str, key: &str, sound: bool, clicked: &JsValue);
    fn chime() -> bool;
    async fn audition() -> JsValue;
    fn taken(id: &str, seq: f64);
    #[wasm_bindgen(js_name = unlessTaken)]
    fn unless_taken(id: &str, seq: f64, first: bool, run: &JsValue);
}

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
    /// The page did not come over https: browsers then allow none, and ask nobody.
    Insecure,
    /// This browser has none.
    Unsupported,
}

fn permitted() -> Permission {
    match permission().as_str() {
        "granted" => Permission::Granted,
        "default" => Permission::Unasked,
        "denied" => Permission::Denied,
        "insecure" => Permission::Insecure,
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

/// What is told of new messages. `Copy`.
#[derive(Clone, Copy)]
pub struct Alerts {
    live: Live,
    me: AgentId,
    wanted: RwSignal<Wanted>,
    permission: RwSignal<Permission>,
    asked: RwSignal<bool>,
    /// A sound was due that the browser did not allow.
    sound_blocked: RwSignal<bool>,
    cards: RwSignal<Vec<Card>>,
    turns: StoredValue<u32>,
    /// What the system shows of this tab's.
    shown: StoredValue<Vec<Topic>>,
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
    let me = live.now(|machine| machine.state().me().id);
    let is_view = use_session().is_view();
    // What comes to a colleague is not told to whoever looks at their console.
    let read_wanted = move |text: Option<&str>| {
        let wanted = read_wanted(text);
        Wanted { enabled: wanted.enabled && !is_view, ..wanted }
    };
    let wanted = read_wanted(storage::read(Key::Alerts(me)).as_deref());
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
        me,
        wanted: RwSignal::new(wanted),
        permission: RwSignal::new(permitted()),
        asked: RwSignal::new(storage::read(Key::AlertsAsked(me)).is_some()),
        sound_blocked: RwSignal::new(false),
        cards: RwSignal::new(Vec::new()),
        turns: StoredValue::new(0),
        shown: StoredValue::new(Vec::new()),
        turn: StoredValue::new_local(None),
        open: StoredValue::new(open),
        describe: StoredValue::new(None),
    };
    provide_context(alerts);
    // What is set in one tab holds in all of them.
    storage::watch(Key::Alerts(me), move |text| alerts.wanted.set(read_wanted(text)));
    storage::watch(Key::AlertsAsked(me), move |asked| alerts.asked.set(asked.is_some()));
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
        let id = note.conversation_id;
        let (login_state, revision) = live.now(|machine| {
            let state = machine.state();
            (state.me().login_state, state.conversation(id).map_or(0, |known| known.personal_revision))
        });
        alerts.arrived(id, note.number, Circumstances::asked_for(login_state), Some(Mention { note, revision }));
    }));
    alerts.follow_news(inbox);
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
            storage::write(Key::Alerts(self.me), Some(&text));
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

    /// What the person should be told of the browser's permission: that it wants to be asked, or why it refuses.
    pub fn to_say(self) -> Option<Permission> {
        let permission = self.permission.get();
        let worth = matches!(permission, Permission::Unasked | Permission::Denied | Permission::Insecure);
        (worth && self.wanted.get().enabled && !self.asked.get()).then_some(permission)
    }

    /// The person does not want to be asked again.
    pub fn do_not_ask(self) {
        storage::write(Key::AlertsAsked(self.me), Some("1"));
        self.asked.set(true);
    }

    /// Whoever knows how conversations are written says so.
    pub fn describe_by(self, describe: Describe) {
        self.describe.set_value(Some(describe));
    }

    /// Opens a card's conversation.
    pub fn open(self, id: ConversationId) {
        self.dismiss(id);
        self.open.with_value(|open| open.run(id));
    }

    /// A visitor has written the message of this `seq`, or a colleague the note of this number, which mentions the person.
    fn arrived(self, id: ConversationId, seq: i64, circumstances: Circumstances, mention: Option<Mention>) {
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
        let topic = Topic::of(id, mention.as_ref());
        #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "far below 2 to the 53rd")]
        let seq = seq as f64;
        if focused {
            taken(&topic.key(), seq);
            if told.sound {
                self.ring();
            }
        } else if told.sound || told.system {
            let first = self.turn.with_value(Option::is_some);
            let run = move || self.tell(topic, told, mention);
            unless_taken(&topic.key(), seq, first, &Closure::once_into_js(run));
        }
    }

    /// Tells somebody who is elsewhere.
    fn tell(self, topic: Topic, told: Told, mention: Option<Mention>) {
        let Some(permission) = self.permission.try_get_untracked() else { return };
        // Seen on another device while this one waited.
        if self.is_over_now(topic) {
            return;
        }
        if told.sound {
            self.ring();
        }
        if !told.system || permission != Permission::Granted {
            return;
        }
        let (id, note) = (topic.id, mention.map(|mention| mention.note));
        let describe = self.describe.try_get_value().flatten();
        let Some((name, text)) = describe.and_then(|describe| describe.run((id, note))) else { return };
        let clicked = Closure::once_into_js(move || {
            self.open.try_with_value(|open| open.run(id));
        });
        show(&name, &text, &id.to_string(), &topic.key(), told.sound, &clicked);
        self.note_shown(topic);
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
}

/// The minute of the day, here.
fn minute_of_day() -> u16 {
    let now = js_sys::Date::new_0();
    u16::try_from(now.get_hours().saturating_mul(60).saturating_add(now.get_minutes())).unwrap_or_default()
}

#[cfg(test)]
mod tests;
