//! Everybody and everything between them: clients, network, requests on their way, and the one process.

use super::super::session::{Incoming, Outgoing};
use super::chronicle::{Chronicle, Placed};
use super::clock::SimulatedClock;
use super::deeds::carry_out;
use super::dice::Dice;
use super::people::{Browser, Client, Line, Side};
use super::process::{Door, Process};
use super::question::{Answer, Request, Stage, What};
use super::requests::{self, Asker, PAGE};
use super::sabotage::Saboteur;
use super::tally::Tally;
use super::tap::{Stretch, Tap};
use super::told::{check_answered, heard};
use super::trace::Trace;
use crate::auth::signing::Keys;
use crate::clock::Clock;
use crate::config::Config;
use client::outbox::Delivery;
use client::sync::{self, Topic};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use store::{Database, WriterOptions};
use types::id::{ConversationId, Nonce};
use types::messages::Message;
use types::time::Timestamp;
use types::ws::{ClientFrame, ServerFrame};
use widget::live;

pub(super) struct World {
    pub(super) seed: u64,
    pub(super) dice: Dice,
    pub(super) clock: SimulatedClock,
    pub(super) db: Database,
    pub(super) config: Config,
    pub(super) options: WriterOptions,
    pub(super) process: Option<Process>,
    pub(super) starts: u64,
    pub(super) clients: Vec<Client>,
    pub(super) browsers: Vec<Browser>,
    pub(super) requests: BTreeMap<u64, Request>,
    pub(super) last_request: u64,
    /// Everything that was committed.
    pub(super) chronicle: Chronicle,
    /// The messages that the server has acknowledged, and as what.
    pub(super) acknowledged: BTreeSet<(Nonce, Placed)>,
    /// Sent by a program that does not try again: each may be stored, once.
    pub(super) posted: BTreeSet<Nonce>,
    /// Stretches of agents' sockets, to be compared with the ledger.
    pub(super) stretches: Vec<Stretch>,
    /// Messages that will never be stored, which their authors have given up.
    pub(super) given_up: BTreeSet<Nonce>,
    /// Messages that a console holds to go to what is not its agent's. One that loads next may let them go by itself.
    pub(super) refused: BTreeSet<Nonce>,
    /// The last note that was written, to be written again.
    pub(super) noted: Option<(ConversationId, Nonce)>,
    pub(super) keys: Keys,
    pub(super) tally: Tally,
    /// Whether requests and answers get lost.
    pub(super) lossy: bool,
    /// Whether everybody has been at rest, and knows what there is.
    pub(super) settled: bool,
    pub(super) saboteur: Saboteur,
    pub(super) trace: Trace,
}

impl World {
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Gives a console an input and does what it says.
    pub(super) fn tell_console(&mut self, index: usize, input: sync::Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let (now, jitter) = (self.now(), self.dice.jitter());
            let Some(Client { side: Side::Console(console), .. }) = self.clients.get_mut(index) else { return };
            let mut changed = false;
            for command in console.machine.handle(input, now, jitter) {
                changed |= command == sync::Command::Changed(Topic::State);
                if command == sync::Command::ReadKept {
                    inputs.extend(self.kept_of(index));
                } else {
                    self.do_for_console(index, command);
                }
            }
            inputs.extend(self.fill(index).filter(|_| changed));
        }
    }

    /// What the console's browser keeps of messages on their way.
    fn kept_of(&self, index: usize) -> Option<sync::Input> {
        let kept = &self.clients.get(index)?.console()?.kept;
        Some(sync::Input::Restored(kept.values().cloned().collect()))
    }

    /// What a list asks for while there is room for more rows.
    fn fill(&self, index: usize) -> Option<sync::Input> {
        let console = self.clients.get(index)?.console()?;
        let state = console.machine.state();
        let more = state.listing(console.chosen).is_some_and(|listing| listing.next_cursor().is_some());
        (more && state.list(console.chosen).count() < usize::from(PAGE) * 2)
            .then_some(sync::Input::LoadMore(console.chosen.into()))
    }

    fn do_for_console(&mut self, index: usize, command: sync::Command) {
        let client = &mut self.clients[index];
        let Side::Console(console) = &mut client.side else { return };
        match command {
            sync::Command::OpenSocket(round, ticket) => {
                client.dial += 1;
                let dial = client.dial;
                self.send_request(index, What::Dial { dial, round, ticket });
            }
            sync::Command::CloseSocket => self.hang_up(index),
            sync::Command::Send(frame) => client.line.iter_mut().for_each(|line| line.up.push_back(frame.clone())),
            sync::Command::Keep(entry) => {
                self.refused.extend((entry.delivery == Delivery::NOT_THEIRS).then_some(entry.nonce));
                console.kept.insert(entry.nonce, entry);
            }
            sync::Command::Forget(nonce) => drop(console.kept.remove(&nonce)),
            sync::Command::SessionOver => panic!("nobody ended the session"),
            sync::Command::Changed(_) => {}
            question => self.send_request(index, What::Console(question)),
        }
    }

    /// Gives a widget an input and does what it says.
    pub(super) fn tell_tab(&mut self, index: usize, input: live::Input) {
        let now = self.now();
        let Some(Client { side: Side::Tab(tab), .. }) = self.clients.get_mut(index) else { return };
        for command in tab.machine.handle(input, now) {
            self.do_for_tab(index, command);
        }
    }

    fn do_for_tab(&mut self, index: usize, command: live::Command) {
        let client = &mut self.clients[index];
        let Side::Tab(tab) = &mut client.side else { return };
        let browser = &mut self.browsers[tab.visitor];
        match command {
            live::Command::OpenSession { after_seq } => {
                tab.call += 1;
                let call = tab.call;
                self.send_request(index, What::Session { call, after_seq });
            }
            live::Command::OpenSocket(ticket) => {
                client.dial += 1;
                let dial = client.dial;
                self.send_request(index, What::Dial { dial, round: 0, ticket });
            }
            live::Command::CloseSocket => self.hang_up(index),
            live::Command::Send(frame) => client.line.iter_mut().for_each(|line| line.up.push_back(frame.clone())),
            live::Command::FetchEarlier { before_seq } => self.send_request(index, What::Earlier(before_seq)),
            live::Command::Keep(entry) => drop(browser.kept.insert(entry.nonce, entry)),
            live::Command::Forget(nonce) => drop(browser.kept.remove(&nonce)),
            live::Command::TakeUp => {
                let kept = browser.kept.values().cloned().collect();
                self.tell_tab(index, live::Input::Kept(kept));
            }
            live::Command::Announce => {}
        }
    }

    /// The client leaves its socket, open or about to be opened; the server hears of it, or only by silence.
    pub(super) fn hang_up(&mut self, index: usize) {
        let silently = self.lossy && self.dice.one_in(4);
        let client = &mut self.clients[index];
        client.dial += 1;
        if let Some(mut line) = client.line.take() {
            self.stretches.extend(line.tap.end());
            if !silently && !line.dead {
                line.pipe.break_off(true);
            }
        }
    }

    pub(super) fn send_request(&mut self, client: usize, what: What) {
        self.trace.note(|| format!("client {client} asks {}", what.name()));
        self.last_request += 1;
        let page = self.clients[client].page;
        self.requests.insert(self.last_request, Request { client, page, what, stage: Stage::Sent });
    }

    fn asker(&self, index: usize) -> Option<Asker> {
        let client = &self.clients[index];
        Some(Asker { org_id: client.place.org_id, session_id: client.console()?.session_id })
    }

    /// A request reaches the server, which begins to work at it. Whether it could.
    pub(super) async fn serve(&mut self, id: u64) -> bool {
        let Some(Request { client, what, stage: Stage::Sent, .. }) = self.requests.get(&id) else { return false };
        let (index, what) = (*client, what.clone());
        if let (What::Session { .. }, Some(tab)) = (&what, self.clients[index].tab()) {
            // Two tabs of one browser open their sessions one after the other, so that they become one visitor.
            let opening = &mut self.browsers[tab.visitor].opening;
            if opening.is_some_and(|holder| holder != id) {
                return false;
            }
            *opening = Some(id);
        }
        let lost = self.lossy && self.dice.one_in(12);
        if self.process.is_none() || lost {
            self.lose(id);
            return true;
        }
        if let What::Dial { dial, round, ticket } = what {
            self.requests.remove(&id);
            self.dial(index, dial, round, ticket).await;
            return true;
        }
        self.begin(id, index, what).await;
        true
    }

    async fn begin(&mut self, id: u64, index: usize, what: What) {
        let answer = Rc::new(RefCell::new(None));
        let (cell, asker) = (Rc::clone(&answer), self.asker(index));
        let token = self.clients[index].tab().and_then(|tab| self.browsers[tab.visitor].token.clone());
        let (place, visit) = (self.clients[index].place, self.dice.roll() % 3);
        let was_recalled = match &what {
            What::Do(doing) => doing.recalls().is_some_and(|id| self.chronicle.book().recalled.contains(&id)),
            _ => false,
        };
        let Some(process) = &mut self.process else { return };
        let work = move |state, gate| async move {
            let answer = match (what, asker) {
                (What::Console(question), Some(by)) => {
                    requests::console(state, gate, by, question).await.map(Answer::Console)
                }
                (What::LoginState(wanted), Some(by)) => {
                    requests::set_login_state(state, by, wanted).await;
                    None
                }
                (What::Rename(name), Some(by)) => {
                    requests::rename_channel(state, by, place.channel_id, name).await;
                    None
                }
                (What::Post(to, nonce), Some(by)) => requests::post(state, by, to, nonce).await.map(Answer::Posted),
                (What::Do(doing), Some(by)) => Some(carry_out(state, gate, by, doing, was_recalled).await),
                (What::Session { after_seq, .. }, _) => {
                    let opened = requests::open_session(state, place.channel_key, token, after_seq, visit).await;
                    Some(Answer::Session(opened.map(Box::new)))
                }
                (What::Earlier(before), _) => {
                    Some(Answer::Tab(live::Input::Earlier(requests::earlier(state, token, before).await)))
                }
                _ => None,
            };
            *cell.borrow_mut() = Some(answer.unwrap_or(Answer::Nothing));
        };
        process.request(work).await;
        if let Some(request) = self.requests.get_mut(&id) {
            request.stage = Stage::Working(answer);
        }
        self.collect();
    }

    async fn dial(&mut self, index: usize, dial: u64, round: sync::Round, ticket: String) {
        let whose = self.clients[index].whose();
        let door = if self.clients[index].console().is_some() { Door::Agents } else { Door::Visitors };
        let Some(process) = &mut self.process else { return };
        let opened = process.dial(door, ticket).await;
        let client = &mut self.clients[index];
        match opened {
            Some(pipe) if client.dial != dial => {
                pipe.break_off(true);
                process.settle().await;
            }
            Some(pipe) => {
                self.trace.note(|| format!("client {index} has a socket"));
                client.line = Some(Line { pipe, round, up: VecDeque::new(), tap: Tap::new(whose), dead: false });
            }
            None if client.dial == dial => self.closed(index, round, 1006),
            None => {}
        }
    }

    /// What has been answered meanwhile is on its way back.
    pub(super) fn collect(&mut self) {
        let mut decided = Vec::new();
        for request in self.requests.values_mut() {
            if let Stage::Working(cell) = &request.stage
                && let Some(answer) = cell.take()
            {
                match &answer {
                    Answer::Posted(Message { nonce, conversation_id, id, seq, .. }) => {
                        let placed = Placed { conversation_id: *conversation_id, message_id: *id, seq: *seq };
                        self.acknowledged.insert((*nonce, placed));
                    }
                    Answer::Done(done) => decided.push((request.client, done.clone())),
                    _ => {}
                }
                request.stage = Stage::Answered(answer);
            }
        }
        for (client, done) in decided {
            self.decided(client, &done);
        }
    }

    /// No answer will come: lost on the way there, on the way back, or with the server.
    pub(super) fn lose(&mut self, id: u64) {
        let Some(request) = self.requests.get_mut(&id) else { return };
        let answer = match &request.what {
            What::Console(question) => requests::no_console_answer(question.clone()).map(Answer::Console),
            What::Session { after_seq, .. } => {
                requests::no_tab_answer(&live::Command::OpenSession { after_seq: *after_seq }).map(Answer::Tab)
            }
            What::Earlier(before) => {
                requests::no_tab_answer(&live::Command::FetchEarlier { before_seq: *before }).map(Answer::Tab)
            }
            What::Dial { round, .. } => {
                let (index, round) = (request.client, *round);
                let mine = matches!(&request.what, What::Dial { dial, .. } if *dial == self.clients[index].dial);
                self.requests.remove(&id);
                if mine {
                    self.closed(index, round, 1006);
                }
                return;
            }
            What::LoginState(_) | What::Rename(_) | What::Post(..) | What::Do(_) => None,
        };
        request.stage = Stage::Answered(answer.unwrap_or(Answer::Nothing));
    }

    /// An answer reaches whoever asked, if they are still there.
    pub(super) fn answer(&mut self, id: u64) {
        if self.lossy && self.dice.one_in(12) {
            self.lose(id);
        }
        let Some(Request { client, page, what, stage: Stage::Answered(answer) }) = self.requests.remove(&id) else {
            return;
        };
        let call = match what {
            What::Session { call, .. } => Some(call),
            _ => None,
        };
        let same_page = self.clients[client].page == page;
        self.trace.note(|| format!("client {client} gets an answer"));
        let visitor = self.clients[client].tab().map(|tab| tab.visitor);
        if let (Some(_), Some(visitor)) = (call, visitor) {
            let browser = &mut self.browsers[visitor];
            browser.opening = browser.opening.filter(|holder| *holder != id);
            if let Answer::Session(Ok(session)) = &answer
                && same_page
            {
                browser.token = Some(session.visitor_token.clone());
            }
        }
        if !same_page || call.is_some_and(|call| self.clients[client].tab().is_some_and(|tab| tab.call != call)) {
            return;
        }
        check_answered(visitor.is_some(), &answer);
        match answer {
            Answer::Console(input) => self.tell_console(client, input),
            Answer::Session(Ok(session)) => self.tell_tab(client, live::Input::Opened(session)),
            Answer::Session(Err(problem)) => self.tell_tab(client, live::Input::OpenFailed(Some(problem))),
            Answer::Tab(input) => self.tell_tab(client, input),
            Answer::Done(done) => {
                if let Some(input) = done.input() {
                    self.tell_console(client, input);
                }
            }
            Answer::Posted(_) | Answer::Nothing => {}
        }
    }

    /// A client's next frame reaches the server.
    pub(super) async fn deliver_up(&mut self, index: usize) {
        let Some(line) = &mut self.clients[index].line else { return };
        let Some(frame) = line.up.pop_front() else { return };
        let pipe = line.pipe.clone();
        let text = serde_json::to_string(&frame).unwrap();
        self.trace.note(|| format!("client {index} says {text}"));
        pipe.arrive(Incoming::Text(text.into()));
        for again in self.saboteur.frames_again(&frame, &mut self.dice) {
            pipe.arrive(Incoming::Text(serde_json::to_string::<ClientFrame>(&again).unwrap().into()));
        }
        self.settle().await;
    }

    /// A client gets the next thing that the server said to it, or notices that the socket is gone.
    pub(super) async fn deliver_down(&mut self, index: usize) {
        let Some(line) = &mut self.clients[index].line else { return };
        let (round, next) = (line.round, line.pipe.take());
        self.settle().await;
        match next {
            Some(Outgoing::Text(text)) => {
                let frame: ServerFrame = serde_json::from_str(&text).unwrap();
                for frame in self.saboteur.frames_instead(index, frame) {
                    self.hear(index, round, frame);
                }
            }
            Some(Outgoing::Close(code)) => self.closed(index, round, code.number()),
            Some(Outgoing::Pong(_) | Outgoing::CloseToo) => {}
            None => {
                if self.clients[index].line.as_ref().is_some_and(|line| line.pipe.is_over()) {
                    self.closed(index, round, 1006);
                }
            }
        }
    }

    fn hear(&mut self, index: usize, round: sync::Round, frame: ServerFrame) {
        let text = serde_json::to_string(&frame).unwrap();
        self.trace.note(|| format!("client {index} hears {text}"));
        let Some(line) = &mut self.clients[index].line else { return };
        let ended = line.tap.hear(&frame).unwrap_or_else(|wrong| panic!("{wrong}"));
        self.stretches.extend(ended);
        self.tally.heard(&frame);
        if let ServerFrame::Event { seq, event } = &frame {
            self.check_told(index, *seq, event, &text);
        }
        if let ServerFrame::Rejected { nonce: Some(nonce), .. } = &frame {
            self.saboteur.refused(*nonce);
        }
        if let ServerFrame::Ack { nonce, conversation_id, message_id, seq, .. } = frame {
            self.acknowledged.insert((nonce, Placed { conversation_id, message_id, seq }));
        }
        match self.clients[index].side {
            Side::Console(_) => self.tell_console(index, sync::Input::Frame(round, Box::new(frame))),
            Side::Tab(_) => self.tell_tab(index, heard(frame)),
        }
    }

    /// A client notices that its socket is closed.
    pub(super) fn closed(&mut self, index: usize, round: sync::Round, code: u16) {
        self.trace.note(|| format!("client {index} is cut off: {code}"));
        if let Some(mut line) = self.clients[index].line.take() {
            self.stretches.extend(line.tap.end());
        }
        match self.clients[index].side {
            Side::Console(_) => self.tell_console(index, sync::Input::Closed(round, code)),
            Side::Tab(_) => self.tell_tab(index, live::Input::SocketClosed(code)),
        }
    }

    /// The server does what can be done without the database.
    pub(super) async fn settle(&mut self) {
        if let Some(process) = &mut self.process {
            process.settle().await;
            process.check();
        }
        self.collect();
    }
}
