//! What happens while there is trouble, in which order: drawn from the dice.

use super::people::{Client, Console, Side};
use super::process::Process;
use super::question::{Stage, What};
use super::world::World;
use crate::actions::purges::sweep;
use client::outbox::Outgoing;
use client::sync;
use types::agents::LoginState;
use types::id::{ConversationId, Nonce};
use types::time::Timestamp;
use widget::live;

/// Messages of a flood: more than a socket's queue and window hold.
const FLOOD: usize = 80;

/// Something that can happen to a client.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Say,
    Read,
    Look,
    Scroll,
    Hear,
    Speak,
    Serve,
    Answer,
    Release,
    Commit,
    Wait,
    WaitLong,
    Cut,
    Deaden,
    Freeze,
    Reload,
    PutAside,
    Crash,
    Suspend,
    Rename,
    Flood,
    Recall,
    Note,
    Members,
    End,
    Purge,
}

/// How often each is tried, while nobody knows anything yet, and once everybody has been at rest.
const WEIGHTS: [(Deed, usize, usize); 26] = [
    (Deed::Say, 16, 16),
    (Deed::Read, 6, 6),
    (Deed::Look, 4, 4),
    (Deed::Scroll, 2, 2),
    (Deed::Hear, 34, 34),
    (Deed::Speak, 22, 22),
    (Deed::Serve, 22, 22),
    (Deed::Answer, 22, 22),
    (Deed::Release, 18, 18),
    (Deed::Commit, 16, 16),
    (Deed::Wait, 6, 6),
    (Deed::WaitLong, 3, 3),
    (Deed::Cut, 3, 3),
    (Deed::Deaden, 1, 1),
    (Deed::Freeze, 2, 2),
    (Deed::Reload, 2, 2),
    (Deed::PutAside, 1, 1),
    (Deed::Crash, 1, 1),
    (Deed::Suspend, 1, 1),
    (Deed::Rename, 1, 1),
    (Deed::Flood, 1, 1),
    (Deed::Recall, 1, 16),
    (Deed::Note, 1, 8),
    (Deed::Members, 1, 16),
    (Deed::End, 1, 3),
    (Deed::Purge, 1, 1),
];

impl World {
    /// One thing happens.
    pub(super) async fn step(&mut self) {
        let settled = self.settled;
        let weights = WEIGHTS.map(|(deed, at_first, later)| (deed, if settled { later } else { at_first }));
        let total: usize = weights.iter().map(|(_, weight)| weight).sum();
        let mut place = self.dice.below(total);
        let mut deed = Deed::Wait;
        for (one, weight) in weights {
            deed = one;
            if place < weight {
                break;
            }
            place -= weight;
        }
        let index = self.dice.below(self.clients.len());
        self.happen(deed, index).await;
    }

    /// Whoever can look at a conversation does, and says something.
    pub(super) fn everybody_begins(&mut self) {
        for index in 0..self.clients.len() {
            let known = self.known_to(index);
            if let Some(id) = self.dice.pick(&known) {
                self.tell_console(index, sync::Input::Open(Some(id)));
            }
            self.say(index);
        }
    }

    async fn happen(&mut self, deed: Deed, index: usize) {
        match deed {
            Deed::Say => self.say(index),
            Deed::Read => self.read(index),
            Deed::Look => self.look(index),
            Deed::Scroll => self.scroll(index),
            Deed::Hear => {
                let open = |one: &Client| one.line.as_ref().is_some_and(|line| !line.dead) && !one.frozen;
                if let Some(index) = self.some_client(open) {
                    self.deliver_down(index).await;
                }
            }
            Deed::Speak => {
                let speaks = |one: &Client| one.line.as_ref().is_some_and(|line| !line.dead && !line.up.is_empty());
                if let Some(index) = self.some_client(speaks) {
                    self.deliver_up(index).await;
                }
            }
            Deed::Serve => {
                if let Some(id) = self.some_request(|stage| matches!(stage, Stage::Sent)) {
                    self.serve(id).await;
                }
            }
            Deed::Answer => {
                if let Some(id) = self.some_request(|stage| matches!(stage, Stage::Answered(_))) {
                    self.answer(id);
                }
            }
            Deed::Release => self.release().await,
            Deed::Commit => self.commit().await,
            Deed::Wait => {
                let millis = self.dice.millis(400);
                self.advance_to(self.now().plus_millis(millis)).await;
            }
            Deed::WaitLong => self.advance_to_next().await,
            Deed::Cut => self.cut(index).await,
            Deed::Deaden => self.clients[index].line.iter_mut().for_each(|line| line.dead = true),
            Deed::Freeze => self.clients[index].frozen ^= true,
            Deed::Reload => self.reload(index),
            Deed::PutAside => {
                let input = if self.dice.one_in(2) { live::Input::Suspend } else { live::Input::Wake };
                self.tell_tab(index, input);
            }
            Deed::Crash => self.crash_or_start().await,
            Deed::Suspend => {
                let state = if self.dice.one_in(2) { LoginState::Suspended } else { LoginState::Normal };
                self.ask(index, What::LoginState(state));
            }
            Deed::Rename => {
                let name = format!("channel {}", self.dice.below(100));
                self.ask(index, What::Rename(name));
            }
            Deed::Flood => self.flood(index).await,
            Deed::Recall => self.recall(index).await,
            Deed::Note => self.note(index),
            Deed::Members => self.change_members(index),
            Deed::End => self.end(index),
            Deed::Purge => self.purge().await,
        }
    }

    fn some_client(&mut self, which: impl Fn(&Client) -> bool) -> Option<usize> {
        let those: Vec<usize> = (0..self.clients.len()).filter(|index| which(&self.clients[*index])).collect();
        self.dice.pick(&those)
    }

    fn some_request(&mut self, which: impl Fn(&Stage) -> bool) -> Option<u64> {
        let those: Vec<u64> =
            self.requests.iter().filter(|(_, request)| which(&request.stage)).map(|(id, _)| *id).collect();
        self.dice.pick(&those)
    }

    /// Asks for something that only agents can ask for.
    fn ask(&mut self, index: usize, what: What) {
        if self.clients[index].console().is_some() {
            self.send_request(index, what);
        }
    }

    fn known_to(&self, index: usize) -> Vec<ConversationId> {
        self.clients[index].console().map(Console::known).unwrap_or_default()
    }

    pub(super) fn say(&mut self, index: usize) {
        if self.clients[index].frozen {
            return;
        }
        let nonce = Nonce(self.dice.uuid());
        let text = format!("words {nonce}");
        let answers = self.dice.one_in(4);
        match self.clients[index].side {
            Side::Console(_) => {
                let known = self.known_to(index);
                if let Some(conversation_id) = self.dice.pick(&known) {
                    let content = self.content(index, Some(conversation_id), text, answers);
                    self.clients[index].said.push((Some(conversation_id), nonce));
                    self.trace.note(|| format!("client {index} writes {nonce} to {conversation_id}"));
                    self.tell_console(index, sync::Input::Say { nonce, conversation_id, content });
                }
            }
            Side::Tab(_) => {
                let content = self.content(index, None, text, answers);
                self.clients[index].said.push((None, nonce));
                self.trace.note(|| format!("client {index} writes {nonce}"));
                self.tell_tab(index, live::Input::Say(nonce, content));
            }
        }
    }

    fn read(&mut self, index: usize) {
        let watching = self.dice.one_in(2);
        match self.clients[index].side {
            Side::Console(_) => {
                let known = self.known_to(index);
                if let Some(id) = self.dice.pick(&known) {
                    self.tell_console(index, sync::Input::Read(id));
                }
            }
            Side::Tab(_) => self.tell_tab(index, live::Input::Watching(watching)),
        }
    }

    fn look(&mut self, index: usize) {
        let (known, channel) = (self.known_to(index), self.clients[index].place.channel_id);
        if self.dice.one_in(4) {
            let chosen = self.dice.one_in(2).then_some(channel);
            if let Side::Console(console) = &mut self.clients[index].side {
                console.chosen = chosen;
            }
            self.tell_console(index, sync::Input::Choose(chosen.into()));
        } else {
            let open = if self.dice.one_in(5) { None } else { self.dice.pick(&known) };
            self.tell_console(index, sync::Input::Open(open));
        }
    }

    fn scroll(&mut self, index: usize) {
        let known = self.known_to(index);
        match self.clients[index].side {
            Side::Console(_) => {
                if let Some(id) = self.dice.pick(&known) {
                    self.tell_console(index, sync::Input::LoadEarlier(id));
                }
            }
            Side::Tab(_) => self.tell_tab(index, live::Input::WantEarlier),
        }
    }

    /// Some of those who wait at their gates go on, in any order.
    async fn release(&mut self) {
        let Some(process) = &mut self.process else { return };
        for key in self.dice.some(process.waiting()) {
            process.release(key).await;
        }
        self.collect();
    }

    /// The server looks for what is left of what was cleared.
    pub(super) async fn purge(&mut self) {
        if let Some(process) = &mut self.process {
            // What fails is left for the next time.
            process.request(|state, _| async move { drop(sweep(&state).await) }).await;
        }
        self.collect();
    }

    async fn commit(&mut self) {
        if let Some(process) = &mut self.process
            && process.commit().await
        {
            self.trace.note(|| "commit".to_owned());
        }
        self.collect();
    }

    async fn cut(&mut self, index: usize) {
        let lost = self.dice.one_in(2);
        if let Some(line) = &self.clients[index].line {
            line.pipe.break_off(lost);
        } else if let Side::Console(_) = self.clients[index].side {
            self.tell_console(index, sync::Input::NetworkLost);
        } else {
            self.tell_tab(index, live::Input::Offline);
        }
        self.settle().await;
    }

    /// The page is loaded anew: what was in memory is gone, what was kept is taken up.
    fn reload(&mut self, index: usize) {
        self.hang_up(index);
        self.trace.note(|| format!("client {index} reloads"));
        let seed = self.dice.roll();
        let client = &mut self.clients[index];
        client.page += 1;
        client.frozen = false;
        match &mut client.side {
            Side::Console(console) => {
                console.machine = sync::Machine::new(console.me.clone());
                let kept: Vec<Outgoing> = console.kept.values().cloned().collect();
                let chosen = console.chosen;
                self.tell_console(index, sync::Input::Restored(kept));
                self.tell_console(index, sync::Input::Choose(chosen.into()));
                self.tell_console(index, sync::Input::Connect);
            }
            Side::Tab(tab) => {
                tab.machine = live::Machine::new(seed);
                let kept = self.browsers[tab.visitor].kept.values().cloned().collect();
                self.tell_tab(index, live::Input::Start(kept));
            }
        }
    }

    /// The process dies: at once, or right after a commit of which nobody hears. Or it is started again.
    async fn crash_or_start(&mut self) {
        let Some(process) = self.process.take() else {
            self.start();
            return;
        };
        if self.dice.one_in(2) {
            if process.commit_and_die().await {
                self.tally.count("a death after a commit");
            }
            self.trace.note(|| "the server dies after a commit".to_owned());
        } else {
            drop(process);
            self.trace.note(|| "the server dies".to_owned());
        }
        let lost: Vec<u64> = self
            .requests
            .iter()
            .filter(|(_, request)| matches!(request.stage, Stage::Working(_)))
            .map(|(id, _)| *id)
            .collect();
        for id in lost {
            self.lose(id);
        }
        if self.dice.one_in(2) {
            self.start();
        }
    }

    pub(super) fn start(&mut self) {
        self.trace.note(|| "the server starts".to_owned());
        self.starts += 1;
        let seed = self.seed.wrapping_mul(1_000_003).wrapping_add(self.starts);
        self.process =
            Some(Process::start(&self.db, self.config.clone(), self.options, &self.clock, &self.chronicle, seed));
    }

    /// A program posts very many messages at once, and does not try again.
    async fn flood(&mut self, index: usize) {
        let known = self.known_to(index);
        let Some(to) = self.dice.pick(&known) else { return };
        for _ in 0..FLOOD {
            let nonce = Nonce(self.dice.uuid());
            self.posted.insert(nonce);
            self.send_request(index, What::Post(to, nonce));
            self.serve(self.last_request).await;
        }
    }

    /// Time passes, for the server and for everybody who is awake.
    pub(super) async fn advance_to(&mut self, to: Timestamp) {
        self.clock.advance_to(to);
        self.settle().await;
        let now = self.now();
        for index in 0..self.clients.len() {
            let client = &self.clients[index];
            if client.frozen || client.wake_at().is_none_or(|at| at > now) {
                continue;
            }
            match client.side {
                Side::Console(_) => self.tell_console(index, sync::Input::Tick),
                Side::Tab(_) => self.tell_tab(index, live::Input::Tick),
            }
        }
    }

    /// Time passes until something is due.
    pub(super) async fn advance_to_next(&mut self) {
        let awake = self.clients.iter().filter(|client| !client.frozen).filter_map(Client::wake_at);
        let next = awake.chain(self.clock.next_due()).min();
        self.advance_to(next.unwrap_or(self.now()).max(self.now().plus_millis(1))).await;
    }
}
