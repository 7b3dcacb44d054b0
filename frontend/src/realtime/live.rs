//! The machine with a browser around it.

use crate::api::ConsoleApi;
use crate::i18n::format::now;
use crate::realtime::{kept, requests, socket::Socket};
use crate::stores::session::Session;
use client::sync::{Command, Input, Machine, Topic};
use leptos::leptos_dom::helpers::{TimeoutHandle, WindowListenerHandle, set_timeout, set_timeout_with_handle};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;
use std::time::Duration;
use types::events::Event;
use types::id::{AgentId, ConversationId, Nonce};
use types::notes::Note;

/// The longest sleep: timers of a hidden tab are inexact, so the machine is asked now and then anyway.
const SLEEP_MOST_MILLIS: i64 = 60_000;

/// How long to wait before connecting again after the server said that the session is over.
const AFTER_SESSION_OVER: Duration = Duration::from_secs(5);

/// Keeps one signed-in agent's state live. `Copy`; it ends with the scope that made it.
#[derive(Clone, Copy)]
pub struct Live {
    machine: StoredValue<Machine, LocalStorage>,
    parts: StoredValue<Parts, LocalStorage>,
    api: StoredValue<ConsoleApi, LocalStorage>,
    session: Session,
    me: AgentId,
    connection: RwSignal<()>,
    state: RwSignal<()>,
    messages: RwSignal<()>,
    typing: RwSignal<()>,
}

#[derive(Default)]
struct Parts {
    socket: Option<Socket>,
    timer: Option<TimeoutHandle>,
    listeners: Vec<WindowListenerHandle>,
    /// Who is told that a visitor has just written.
    on_arrival: Option<Callback<(ConversationId, i64)>>,
    /// Who is told that a colleague has just mentioned the agent.
    on_mention: Option<Callback<Note>>,
    /// Who holds answers beside the state and follows what happens, each under a number of its own.
    followers: Vec<(u32, Follower)>,
    followed: u32,
}

/// Hears what happens, or that everything was fetched afresh.
pub type Follower = Rc<dyn Fn(Option<&Event>)>;

impl Live {
    /// Begins: restores the outbox, connects, and stays connected until the present scope ends.
    pub fn start(machine: Machine, api: ConsoleApi, session: Session) -> Self {
        let me = machine.state().me().id;
        let live = Self {
            machine: StoredValue::new_local(machine),
            parts: StoredValue::new_local(Parts::default()),
            api: StoredValue::new_local(api),
            session,
            me,
            connection: RwSignal::new(()),
            state: RwSignal::new(()),
            messages: RwSignal::new(()),
            typing: RwSignal::new(()),
        };
        let listeners = vec![
            window_event_listener(leptos::ev::online, move |_| live.handle(Input::Connect)),
            window_event_listener(leptos::ev::offline, move |_| live.handle(Input::NetworkLost)),
            // A page that comes back from the freezer has missed its timers.
            window_event_listener(leptos::ev::pageshow, move |_| live.handle(Input::Connect)),
        ];
        live.parts.update_value(|parts| parts.listeners = listeners);
        on_cleanup(move || live.end());
        // Shown also where there is no connection yet.
        live.read_kept();
        live.handle(Input::Connect);
        live
    }

    fn read_kept(self) {
        // What a colleague began to send in this browser is theirs to send.
        if self.session.is_view() {
            return;
        }
        spawn_local(async move {
            let outgoing = kept::load(self.me).await;
            if !outgoing.is_empty() {
                self.handle(Input::Restored(outgoing));
            }
        });
    }

    /// Tells of every visitor's message as it comes, one call for each conversation with the message's `seq`.
    pub fn on_arrival(self, tell: Callback<(ConversationId, i64)>) {
        self.parts.update_value(|parts| parts.on_arrival = Some(tell));
    }

    /// Tells of every note that mentions the agent as it comes.
    pub fn on_mention(self, tell: Callback<Note>) {
        self.parts.update_value(|parts| parts.on_mention = Some(tell));
    }

    /// Tells, until the present scope ends, of everything that answers held beside the state have to follow; of nothing when
    /// everything was fetched afresh, and whoever holds some asks again.
    pub fn follow(self, tell: Follower) {
        let number = self.parts.try_update_value(|parts| {
            parts.followed = parts.followed.wrapping_add(1);
            parts.followers.push((parts.followed, tell));
            parts.followed
        });
        on_cleanup(move || {
            self.parts.try_update_value(|parts| parts.followers.retain(|(other, _)| Some(*other) != number));
        });
    }

    fn end(self) {
        let parts = self.parts.try_update_value(std::mem::take).unwrap_or_default();
        if let Some(timer) = parts.timer {
            timer.clear();
        }
        for listener in parts.listeners {
            listener.remove();
        }
    }

    /// Reads the machine; whoever reads is told when the connection changes.
    pub fn on_connection<T>(self, read: impl FnOnce(&Machine) -> T) -> T {
        self.connection.track();
        self.machine.with_value(read)
    }

    /// Reads the machine; whoever reads is told when conversations, channels, contacts or the agent change.
    pub fn on_state<T>(self, read: impl FnOnce(&Machine) -> T) -> T {
        self.state.track();
        self.machine.with_value(read)
    }

    /// Reads the machine; whoever reads is told when messages change, stored ones or those on their way.
    pub fn on_messages<T>(self, read: impl FnOnce(&Machine) -> T) -> T {
        self.messages.track();
        self.machine.with_value(read)
    }

    /// Reads the machine; whoever reads is told when somebody begins to write, or stops.
    pub fn on_typing<T>(self, read: impl FnOnce(&Machine) -> T) -> T {
        self.typing.track();
        self.machine.with_value(read)
    }

    /// Reads the machine as it is.
    pub fn now<T>(self, read: impl FnOnce(&Machine) -> T) -> T {
        self.machine.with_value(read)
    }

    /// Gives the machine an input and does what it asks for.
    pub fn handle(self, input: Input) {
        let Some(commands) = self.machine.try_update_value(|machine| machine.handle(input, now(), jitter())) else {
            // The agent has signed out meanwhile.
            return;
        };
        let (mut connection, mut state, mut messages, mut typing) = (false, false, false, false);
        let (mut arrived, mut mentions, mut happened) = (Vec::new(), Vec::new(), Vec::new());
        for command in commands {
            match command {
                Command::Arrived(id, seq) => arrived.push((id, seq)),
                Command::Mentioned(note) => mentions.push(*note),
                Command::Happened(event) => happened.push(Some(event)),
                Command::Refreshed => happened.push(None),
                Command::Changed(Topic::Connection) => connection = true,
                Command::Changed(Topic::State) => state = true,
                Command::Changed(Topic::Messages) => messages = true,
                Command::Changed(Topic::Typing) => typing = true,
                command => self.perform(command),
            }
        }
        self.sleep();
        for (changed, signal) in
            [(connection, self.connection), (state, self.state), (messages, self.messages), (typing, self.typing)]
        {
            if changed {
                signal.notify();
            }
        }
        for event in happened {
            for (_, tell) in self.parts.with_value(|parts| parts.followers.clone()) {
                tell(event.as_deref());
            }
        }
        // After the page has taken note: whoever looks at a conversation has read it by then.
        let (tell, tell_mention) = self.parts.with_value(|parts| (parts.on_arrival, parts.on_mention));
        for note in mentions {
            if let Some(tell) = tell_mention {
                tell.run(note);
            }
        }
        for message in arrived {
            if let Some(tell) = tell {
                tell.run(message);
            }
        }
    }

    fn perform(self, command: Command) {
        match command {
            Command::OpenSocket(round, ticket) => self.open_socket(round, &ticket),
            Command::CloseSocket => self.parts.update_value(|parts| parts.socket = None),
            Command::Send(frame) => self.parts.with_value(|parts| {
                if let Some(socket) = &parts.socket {
                    socket.send(&frame);
                }
            }),
            Command::Keep(message) => kept::keep(self.me, &message),
            Command::Forget(nonce) => kept::forget(nonce),
            Command::ReadKept => self.read_kept(),
            Command::SessionOver => spawn_local(async move {
                // Renewing a token of a session that is over ends it here as well, and with it all of this. If it could not
                // be asked, or the session lives on, connecting goes on after a while.
                let token = self.session.token().await.unwrap_or_default();
                self.session.renew(&token).await;
                set_timeout(move || self.handle(Input::Connect), AFTER_SESSION_OVER);
            }),
            command => {
                let api = self.api.get_value();
                spawn_local(async move {
                    if let Some(answer) = requests::ask(api, command).await {
                        self.handle(answer);
                    }
                });
            }
        }
    }

    fn open_socket(self, round: client::sync::Round, ticket: &str) {
        let opened = Socket::open(
            ticket,
            move |frame| match frame {
                Some(frame) => self.handle(Input::Frame(round, Box::new(frame))),
                None => self.handle(Input::Unreadable(round)),
            },
            move |code| self.handle(Input::Closed(round, code)),
        );
        match opened {
            Ok(socket) => self.parts.update_value(|parts| parts.socket = Some(socket)),
            Err(code) => spawn_local(async move { self.handle(Input::Closed(round, code)) }),
        }
    }

    /// Sets the timer for when the machine wants to be asked again.
    fn sleep(self) {
        let wake_at = self.machine.with_value(Machine::wake_at);
        let timer = wake_at.and_then(|at| {
            let millis = at.millis_since(now()).clamp(0, SLEEP_MOST_MILLIS);
            let wait = Duration::from_millis(millis.unsigned_abs());
            set_timeout_with_handle(move || self.handle(Input::Tick), wait).ok()
        });
        self.parts.update_value(|parts| {
            if let Some(old) = std::mem::replace(&mut parts.timer, timer) {
                old.clear();
            }
        });
    }
}

/// A new message's own id: a UUID of version 7.
pub fn new_nonce() -> Nonce {
    let mut random = [0_u8; 10];
    // Every browser that runs WebAssembly has a random source.
    if let Ok(crypto) = window().crypto() {
        drop(crypto.get_random_values_with_u8_array(&mut random));
    }
    Nonce(uuid::Builder::from_unix_timestamp_millis(now().0.unsigned_abs(), &random).into_uuid())
}

fn jitter() -> u16 {
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 65,536")]
    let jitter = (js_sys::Math::random() * f64::from(u16::MAX)) as u16;
    jitter
}
