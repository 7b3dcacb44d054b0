//! What must be true once everything is at rest.

use super::people::{Client, Console, Side, Tab};
use super::seeds::WELCOMES;
use super::world::World;
use client::sync::Phase;
use client::visitor::Receipt;
use std::collections::{BTreeMap, BTreeSet};
use store::conversations::Listed;
use store::messages::Window;
use store::{
    ConnectionTrait, StoreError, Viewer, Visitor, agents, conversations, events, integrity, messages, visitors,
};
use types::conversations::Conversation;
use types::id::{ConversationId, Nonce, OrgId};
use types::messages::{Author, Message};

/// What the database holds of every organisation, read afresh.
#[derive(Default)]
struct Stored {
    conversations: BTreeMap<OrgId, Vec<Conversation>>,
    messages: BTreeMap<ConversationId, Vec<Message>>,
}

/// Where visitors are greeted, every conversation begins with that, once; elsewhere none does.
fn check_welcomes(stored: &Stored) {
    for (org_id, conversations) in &stored.conversations {
        for conversation in conversations {
            let messages = &stored.messages[&conversation.id];
            let automatic = messages.iter().filter(|message| message.author == Author::Automatic);
            let places: Vec<i64> = automatic.map(|message| message.seq).collect();
            let expected: &[i64] = if *org_id == WELCOMES { &[1] } else { &[] };
            assert_eq!(places, expected, "conversation {} begins as its organisation says", conversation.id);
        }
    }
}

impl World {
    /// Everybody sees the same, once and in order, and the database is as it should be.
    pub(super) async fn check(&mut self) {
        let faults = integrity::check(self.db.reader()).await.unwrap();
        assert_eq!(faults, [], "the database keeps every rule");
        let mut stored = Stored::default();
        for viewer in self.clients.iter().filter_map(Client::console).map(|console| console.viewer) {
            if viewer.sees_all && !stored.conversations.contains_key(&viewer.org_id) {
                self.read_everything(viewer, &mut stored).await;
            }
        }
        check_welcomes(&stored);
        self.check_what_was_said(&stored);
        self.check_taps().await;
        self.check_nothing_strayed().await;
        for index in 0..self.clients.len() {
            if let Some(console) = self.clients[index].console() {
                self.check_console(index, console, &stored).await;
            }
            if let Some(tab) = self.clients[index].tab() {
                self.check_tab(index, tab).await;
            }
        }
    }

    /// The saboteur's last chance.
    pub(super) async fn spoil(&mut self) {
        let statements = self.saboteur.statements();
        if statements.is_empty() {
            return;
        }
        let process = self.process.as_mut().unwrap();
        let spoil = |state: crate::state::AppState, _| async move {
            let work = state.writer.run(move |tx| {
                Box::pin(async move {
                    for statement in statements {
                        tx.conn().execute_unprepared(statement).await?;
                    }
                    Ok::<_, StoreError>(())
                })
            });
            work.await.unwrap();
        };
        process.request(spoil).await;
        assert!(process.commit().await, "the saboteur's work is done");
    }

    async fn read_everything(&self, viewer: Viewer, stored: &mut Stored) {
        let page = conversations::list(self.db.reader(), viewer, Listed::default(), None, 100).await.unwrap();
        for conversation in &page.items {
            let mut found = Vec::<Message>::new();
            loop {
                let after = Window::After(found.last().map_or(0, |last| last.seq));
                let window = messages::for_viewer(self.db.reader(), viewer, conversation.id, after, 100).await;
                let window = window.unwrap().unwrap();
                found.extend(window.items);
                if !window.has_later {
                    break;
                }
            }
            stored.messages.insert(conversation.id, found);
        }
        stored.conversations.insert(viewer.org_id, page.items);
    }

    /// Whatever anybody said is stored once and in their order; nothing else is stored; what was acknowledged is there.
    fn check_what_was_said(&self, stored: &Stored) {
        let mut expected: BTreeSet<Nonce> = self.posted.clone();
        for (index, client) in self.clients.iter().enumerate() {
            expected.extend(client.said.iter().map(|(_, nonce)| *nonce));
            let mut lanes: BTreeMap<Option<ConversationId>, Vec<Nonce>> = BTreeMap::new();
            client.said.iter().for_each(|(lane, nonce)| lanes.entry(*lane).or_default().push(*nonce));
            for (lane, said) in lanes {
                let places: Vec<&Message> = stored
                    .messages
                    .iter()
                    .filter(|(id, _)| lane.is_none_or(|lane| lane == **id))
                    .flat_map(|(_, messages)| messages)
                    .filter(|message| said.contains(&message.nonce))
                    .collect();
                let found: Vec<Nonce> = places.iter().map(|message| message.nonce).collect();
                assert_eq!(found, said, "what client {index} said is stored once and in its order");
                let one: BTreeSet<ConversationId> = places.iter().map(|message| message.conversation_id).collect();
                assert!(one.len() <= 1, "what client {index} said is in one conversation: {one:?}");
                let ours = &stored.conversations[&client.place.org_id];
                let at_home = one.iter().all(|id| ours.iter().any(|conversation| conversation.id == *id));
                assert!(at_home, "what client {index} said is in another organisation: {one:?}");
            }
        }
        let all = || stored.messages.values().flatten().filter(|message| message.author != Author::Automatic);
        for message in all() {
            assert!(expected.contains(&message.nonce), "nobody said message {} as {}", message.seq, message.nonce);
        }
        let distinct: BTreeSet<Nonce> = all().map(|message| message.nonce).collect();
        assert_eq!(distinct.len(), all().count(), "every nonce is stored once");
        for (nonce, acknowledged) in &self.acknowledged {
            let there = stored.messages.get(&acknowledged.conversation_id);
            let there = there.and_then(|messages| messages.iter().find(|message| message.nonce == *nonce));
            let there = there.unwrap_or_else(|| panic!("{nonce} was acknowledged and is gone"));
            assert_eq!((there.id, there.seq), (acknowledged.message_id, acknowledged.seq), "{nonce}");
        }
    }

    /// What sockets carried is what the ledger holds.
    async fn check_taps(&mut self) {
        let (open, ended) = (self.open_stretches(), std::mem::take(&mut self.stretches));
        let mut visible: BTreeMap<_, Vec<i64>> = BTreeMap::new();
        for client in self.clients.iter().filter_map(Client::console) {
            visible.insert(client.viewer.agent_id, self.visible_to(client.viewer).await);
        }
        for (stretch, to_the_end) in open.iter().map(|one| (one, true)).chain(ended.iter().map(|one| (one, false))) {
            if let Err(wrong) = stretch.compare(&visible[&stretch.viewer.agent_id], to_the_end) {
                panic!("{wrong}");
            }
        }
    }

    /// No socket has told of a conversation that its client may not see. By ids: places in two ledgers are alike.
    async fn check_nothing_strayed(&self) {
        for (index, id) in &self.told_of {
            let theirs = match &self.clients[*index].side {
                Side::Console(console) => {
                    conversations::get(self.db.reader(), console.viewer, *id).await.unwrap().is_some()
                }
                Side::Tab(tab) => {
                    let state = visitors::state(self.db.reader(), self.visitor_of(tab)).await.unwrap();
                    state.is_some_and(|state| state.conversation_id == *id)
                }
            };
            assert!(theirs, "client {index} was told of conversation {id}, which is not theirs");
        }
    }

    async fn visible_to(&self, viewer: Viewer) -> Vec<i64> {
        let (mut seqs, mut cursor) = (Vec::new(), 0);
        loop {
            let answer = events::after(self.db.reader(), viewer, Some(cursor), 500).await.unwrap();
            seqs.extend(answer.items.iter().map(|event| event.seq));
            cursor = answer.cursor;
            if !answer.has_more {
                return seqs;
            }
        }
    }

    /// The state that came by events equals the state fetched afresh, and counts what a walk over the messages counts.
    async fn check_console(&self, index: usize, console: &Console, stored: &Stored) {
        let (reader, machine, viewer) = (self.db.reader(), &console.machine, console.viewer);
        assert_eq!(machine.phase(), Phase::Live, "console {index}");
        assert!(machine.outbox().entries().is_empty() && console.kept.is_empty(), "console {index} keeps nothing");
        let state = machine.state();
        let rest = events::after(reader, viewer, state.cursor(), 500).await.unwrap();
        assert_eq!(rest.items, [], "console {index} has every event");
        let me = agents::me(reader, viewer.scope(), viewer.agent_id, console.session_id).await.unwrap();
        assert_eq!(Some(state.me()), me.as_ref(), "console {index} knows who it is");
        let rows = store::channels::list(reader, viewer.scope()).await.unwrap();
        let channels: Vec<_> =
            rows.into_iter().map(|row| crate::actions::channels::channel_of(row, &self.config)).collect();
        assert_eq!(state.channels(), channels, "console {index} knows the channels");

        let afresh = conversations::list(reader, viewer, Listed::default(), None, 100).await.unwrap().items;
        let mut all = stored.conversations[&viewer.org_id].clone();
        all.retain(|conversation| viewer.sees(conversation.assignee_id, &conversation.members.clone().into()));
        let ids = |list: &[Conversation]| Vec::from_iter(list.iter().map(|conversation| conversation.id));
        assert_eq!(ids(&afresh), ids(&all), "console {index} sees the conversations that its agent may see");
        for chosen in [None, console.chosen] {
            let ours: Vec<&Conversation> = state.list(chosen).collect();
            let theirs: Vec<&Conversation> = afresh.iter().take(ours.len()).collect();
            assert_eq!(ours, theirs, "console {index} lists what the server lists");
        }
        for ours in state.conversations() {
            let theirs = afresh.iter().find(|theirs| theirs.id == ours.id);
            assert_eq!(Some(ours), theirs, "console {index} has what the server has");
            let messages = &stored.messages[&ours.id];
            let unread = messages.iter().filter(|one| one.author.is_visitor() && one.seq > ours.read_seq).count();
            assert_eq!(ours.unread, i64::try_from(unread).unwrap(), "console {index} counts right");
            if let Some(timeline) = state.timeline(ours.id) {
                let from = usize::try_from(timeline.first_seq().max(1)).unwrap() - 1;
                assert_eq!(timeline.messages(), &messages[from..], "console {index} shows every message once");
            }
        }
    }

    async fn check_tab(&self, index: usize, tab: &Tab) {
        let chat = tab.machine.chat();
        assert!(chat.outbox().entries().is_empty(), "widget {index} keeps nothing");
        let visitor = self.visitor_of(tab);
        let state = visitors::state(self.db.reader(), visitor).await.unwrap();
        let greets = state.is_none() && visitor.org_id == WELCOMES;
        assert_eq!(tab.machine.welcome().is_some(), greets, "widget {index} greets until there is a conversation");
        let Some(state) = state else {
            assert_eq!(chat.messages(), [], "widget {index} shows nothing where there is nothing");
            return;
        };
        let first = chat.messages().first().map_or(0, |first| first.seq);
        let mut theirs = Vec::<Message>::new();
        loop {
            let after = Window::After(theirs.last().map_or(first - 1, |last| last.seq));
            let window = messages::for_visitor(self.db.reader(), visitor, after, 100).await.unwrap();
            theirs.extend(window.items);
            if !window.has_later {
                break;
            }
        }
        assert_eq!(chat.messages(), theirs, "widget {index} shows every message once");
        if let Some(told) = self.clients[index].line.as_ref().and_then(|line| line.tap.last_message()) {
            assert_eq!(told, state.last_seq, "widget {index} was told of every message");
        }
        assert_eq!(chat.read_seq(), state.visitor_read_seq, "widget {index} has read as far as the server knows");
        let agents = |message: &&Message| !message.author.is_visitor() && message.seq > state.visitor_read_seq;
        if first <= state.visitor_read_seq + 1 {
            let unread = i64::try_from(theirs.iter().filter(agents).count()).unwrap();
            assert_eq!(state.unread, unread, "the server counts right for widget {index}");
        }
        assert_eq!(chat.unread(), state.unread, "widget {index} counts right");
        for message in theirs {
            let read = chat.receipt(message.seq) == Receipt::Read;
            assert_eq!(read, message.seq <= state.agents_read_seq, "widget {index}, receipt of {}", message.seq);
        }
    }

    fn visitor_of(&self, tab: &Tab) -> Visitor {
        let token = self.browsers[tab.visitor].token.as_deref().unwrap();
        let keys = &self.process.as_ref().unwrap().state.keys;
        crate::auth::visitor::open(&keys.visitor, token).unwrap()
    }
}
