//! Once it is calm: everybody does what there is to do, in turn, until nothing is left.

use super::people::Client;
use super::process::Process;
use super::question::{Request, Stage, What};
use super::tap::Stretch;
use super::world::World;
use client::sync;
use types::agents::LoginState;
use types::time::Timestamp;
use widget::live;

/// Rounds after which a world that is left alone must have come to rest.
const PATIENCE: usize = 4_000;
/// After so long a silence everybody says something.
const HEARTBEAT_MILLIS: i64 = 30_000;

impl World {
    /// Nothing goes wrong any more, and everybody does what there is to do until there is nothing left.
    pub(super) async fn come_to_rest(&mut self) {
        self.lossy = false;
        self.trace.note(|| "it is calm".to_owned());
        if self.process.is_none() {
            self.start();
        }
        for index in 0..self.clients.len() {
            self.clients[index].frozen = false;
            self.tell_tab(index, live::Input::Wake);
        }
        self.until_at_rest().await;
        self.purge().await;
        // What goes on after a heartbeat, such as marks that were said in vain, must have come to rest as well.
        self.advance_to(self.now().plus_millis(HEARTBEAT_MILLIS)).await;
        self.until_at_rest().await;
    }

    async fn until_at_rest(&mut self) {
        for _ in 0..PATIENCE {
            let moved = self.everybody_once().await;
            self.give_up();
            if self.is_at_rest() {
                return;
            }
            if !moved {
                self.take_up_work();
                self.advance_to_next().await;
            }
        }
        panic!("it never comes to rest: {}", self.restless());
    }

    /// Who is not at rest, and when they want to be woken, in milliseconds from now.
    fn restless(&self) -> String {
        let now = self.now();
        let after = |at: Timestamp| at.millis_since(now);
        let mut said = vec![format!("the server wakes after {:?}", self.clock.next_due().map(after))];
        for (index, client) in self.clients.iter().enumerate() {
            let wakes = client.wake_at().map(after);
            if client.is_at_rest() && wakes.is_none_or(|after| after > 0) {
                continue;
            }
            let mut words = format!("client {index} wakes after {wakes:?}");
            if let Some(console) = client.console() {
                let machine = &console.machine;
                let (state, outbox) = (machine.state(), machine.outbox().entries());
                words += &format!(", {:?}, needs {:?}, sends {outbox:?}", machine.phase(), state.needs());
            }
            if let Some(tab) = client.tab() {
                words += &format!(", {:?}, sends {:?}", tab.machine.link(), tab.machine.chat().outbox().entries());
            }
            said.push(words);
        }
        let kept = self.browsers.iter().filter(|browser| !browser.kept.is_empty()).count();
        let pending = self.process.as_ref().map(|process| (process.state.writer.pending(), process.waiting()));
        said.push(format!(
            "{} requests, {kept} browsers keep something, the writer has {pending:?}",
            self.requests.len()
        ));
        said.join("; ")
    }

    /// Agents who are suspended come back.
    fn take_up_work(&mut self) {
        for index in 0..self.clients.len() {
            let suspended = self.clients[index].console().is_some_and(|console| {
                console.machine.phase() == sync::Phase::Live
                    && console.machine.state().me().login_state == LoginState::Suspended
            });
            let asked = |request: &Request| matches!(request.what, What::LoginState(LoginState::Normal));
            if suspended && !self.requests.values().any(asked) {
                self.send_request(index, What::LoginState(LoginState::Normal));
            }
        }
    }

    /// One turn for everything that can move. Whether anything did.
    async fn everybody_once(&mut self) -> bool {
        let mut moved = false;
        for id in self.requests.keys().copied().collect::<Vec<u64>>() {
            moved |= self.serve(id).await;
            if matches!(self.requests.get(&id), Some(request) if matches!(request.stage, Stage::Answered(_))) {
                self.answer(id);
                moved = true;
            }
        }
        for index in 0..self.clients.len() {
            let Some(line) = self.clients[index].line.as_ref().filter(|line| !line.dead) else { continue };
            let (up, down) = (!line.up.is_empty(), line.pipe.has_something_for_the_client() || line.pipe.is_over());
            if up {
                self.deliver_up(index).await;
            }
            if down {
                self.deliver_down(index).await;
            }
            moved |= up || down;
        }
        if let Some(process) = &mut self.process {
            for key in process.waiting() {
                process.release(key).await;
                moved = true;
            }
            moved |= process.commit().await;
        }
        self.collect();
        moved
    }

    fn is_at_rest(&self) -> bool {
        let idle = |process: &Process| process.waiting().is_empty() && process.state.writer.pending() == 0;
        let awake = |client: &Client| {
            client.console().is_none_or(|console| console.machine.state().me().login_state == LoginState::Normal)
        };
        self.requests.is_empty()
            && self.process.as_ref().is_some_and(idle)
            && self.clients.iter().all(|client| client.is_at_rest() && awake(client))
            && self.browsers.iter().all(|browser| browser.kept.is_empty())
    }

    /// What the sockets that are open have carried so far.
    pub(super) fn open_stretches(&self) -> Vec<Stretch> {
        self.clients.iter().filter_map(|client| client.line.as_ref()?.tap.stretch()).cloned().collect()
    }
}
