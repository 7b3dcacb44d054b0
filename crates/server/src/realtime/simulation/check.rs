//! What must be true once everything is at rest.

use super::people::{Client, Console, Tab};
use super::seeds::WELCOMES;
use super::world::World;
use client::sync::Phase;
use client::visitor::Receipt;
use std::collections::{BTreeMap, BTreeSet};
use store::conversations::Listed;
use store::messages::Window;
use store::{ConnectionTrait, StoreError, Viewer, agents, conversations, events, integrity, messages, notes, visitors};
use types::conversations::{Conversation, MessagePreview};
use types::events::LedgerEvent;
use types::id::{ConversationId, Nonce, OrgId};
use types::messages::{Author, Message};
use types::notes::Note;

/// What the database holds of every organisation, read afresh.
#[derive(Default)]
struct Stored {
    conversations: BTreeMap<OrgId, Vec<Conversation>>,
    messages: BTreeMap<ConversationId, Vec<Message>>,
    notes: BTreeMap<ConversationId, Vec<Note>>,
}

/// Where visitors are greeted, every conversation begins with that, once; elsewhere none does.
fn check_welcomes(stored: &Stored) {
    for (org_id, conversations) in &stored.conversations {
        for conversation in conversations {
            let messages = &stored.messages[&conversation.id];
            let automatic = messages.iter().filter(|message| message.author == Author::Automatic);
            let places: Vec<i64> = automatic.map(|message| message.seq).collect();
            let greeted = *org_id == WELCOMES && conversation.cleared_seq == 0;
            let expected: &[i64] = if greeted { &[1] } else { &[] };
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
            let noted = notes::list(self.db.reader(), viewer, conversation.id, None).await.unwrap().unwrap();
            assert!(!noted.has_earlier, "there are fewer notes than one answer holds");
            stored.notes.insert(conversation.id, noted.items);
        }
        stored.conversations.insert(viewer.org_id, page.items);
    }

    /// Whatever anybody said was stored once and in their order, and is still there unless it was cleared or deleted since; nothing
    /// else is there; and what was acknowledged was stored so.
    fn check_what_was_said(&self, stored: &Stored) {
        let book = self.chronicle.book();
        book.expect_sense();
        for (org_id, conversations) in &stored.conversations {
            let talks: BTreeSet<ConversationId> =
                book.talks.iter().filter(|(_, talk)| talk.org_id == *org_id).map(|(id, _)| *id).collect();
            let there: BTreeSet<ConversationId> = conversations.iter().map(|one| one.id).collect();
            assert_eq!(there, talks, "the conversations that have begun and were not deleted are there");
            for conversation in conversations {
                let talk = &book.talks[&conversation.id];
                let facts = (conversation.cleared_seq, conversation.recalls, &conversation.members);
                assert_eq!(facts, (talk.cleared, talk.recalls, &talk.members), "conversation {}", conversation.id);
                let messages = &stored.messages[&conversation.id];
                let preview = conversation.last_message.as_ref().map(|preview| preview.content.clone());
                let last = messages.last().map(|last| last.content.shortened(MessagePreview::TEXT_MAX));
                assert_eq!(preview, last, "the list shows the last message of {}", conversation.id);
                assert_eq!(*messages, talk.messages, "what was said in {} is there in its order", conversation.id);
                let notes = &stored.notes[&conversation.id];
                assert_eq!(*notes, talk.notes, "what was noted beside {} is there", conversation.id);
            }
        }
        let mut said: BTreeSet<Nonce> = self.posted.clone();
        // Where each was stored first: what was cleared or deleted may be said anew by whoever has heard no answer, after what was
        // said behind it.
        let places: BTreeMap<Nonce, usize> =
            book.placed.iter().enumerate().rev().map(|(place, (nonce, _))| (*nonce, place)).collect();
        for (index, client) in self.clients.iter().enumerate() {
            said.extend(client.said.iter().map(|(_, nonce)| *nonce));
            let mut lanes: BTreeMap<Option<ConversationId>, usize> = BTreeMap::new();
            for (lane, nonce) in &client.said {
                let Some(place) = places.get(nonce) else {
                    // A console knows that it goes to what is its agent's no more, and is right.
                    let me = client.console().filter(|_| self.refused.contains(nonce)).map(|console| console.me.id);
                    let lost = self.given_up.contains(nonce)
                        || lane.is_some_and(|id| {
                            book.deleted.contains(&id) || me.is_some_and(|me| book.left.contains(&(id, me)))
                        });
                    assert!(lost, "what client {index} said as {nonce} was never stored");
                    continue;
                };
                let before = lanes.insert(*lane, *place);
                assert!(before < Some(*place), "what client {index} said is stored in its order, {nonce} is not");
                let (_, placed) = book.placed[*place];
                assert!(lane.is_none_or(|lane| lane == placed.conversation_id), "{nonce} was stored elsewhere");
                let at_home = client
                    .tab()
                    .is_none_or(|tab| book.contact_of(placed.conversation_id) == Some(self.visitor_of(tab).contact_id));
                assert!(at_home, "what client {index} said is in somebody else's conversation");
            }
        }
        for message in stored.messages.values().flatten().filter(|message| message.author != Author::Automatic) {
            assert!(said.contains(&message.nonce), "nobody said message {} as {}", message.seq, message.nonce);
        }
        for (nonce, placed) in &self.acknowledged {
            assert!(
                book.placed.contains(&(*nonce, *placed)),
                "{nonce} was acknowledged as {placed:?}, and is not that"
            );
        }
    }

    /// What sockets carried is what was committed; and the ledger has kept it, but for what was cleared or deleted, or is for other
    /// eyes now.
    async fn check_taps(&mut self) {
        let (open, ended) = (self.open_stretches(), std::mem::take(&mut self.stretches));
        let mut visible: BTreeMap<_, Vec<i64>> = BTreeMap::new();
        for client in self.clients.iter().filter_map(Client::console) {
            let ledger = self.visible_to(client.viewer).await;
            let book = self.chronicle.book();
            book.expect_retold(&ledger);
            let told = book.visible(client.viewer);
            let hidden = |seq: &i64| {
                let told = book.at(client.viewer.org_id, *seq).unwrap();
                book.is_hidden(told, client.viewer)
            };
            let due: BTreeSet<i64> = told.iter().copied().filter(|seq| !hidden(seq)).collect();
            let base = book.base(client.viewer.org_id);
            let kept: BTreeSet<i64> = ledger.iter().map(|event| event.seq).filter(|seq| *seq > base).collect();
            assert_eq!(kept, due, "the ledger tells {} what is theirs to know", client.me.name);
            visible.insert(client.viewer.agent_id, told);
        }
        for (stretch, to_the_end) in open.iter().map(|one| (one, true)).chain(ended.iter().map(|one| (one, false))) {
            if let Err(wrong) = stretch.compare(&visible[&stretch.viewer.agent_id], to_the_end) {
                panic!("{wrong}");
            }
        }
    }

    async fn visible_to(&self, viewer: Viewer) -> Vec<LedgerEvent> {
        let (mut items, mut cursor) = (Vec::new(), 0);
        loop {
            let answer = events::after(self.db.reader(), viewer, Some(cursor), 500).await.unwrap();
            items.extend(answer.items);
            cursor = answer.cursor;
            if !answer.has_more {
                return items;
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
                let from = messages.partition_point(|one| one.seq < timeline.first_seq());
                assert_eq!(timeline.messages(), &messages[from..], "console {index} shows every message once");
            }
            if let Some(held) = state.notes(ours.id) {
                let (held, all) = (held.items(), &stored.notes[&ours.id]);
                assert!(all.starts_with(held), "console {index} shows every note once: {held:?} of {all:?}");
                let is_open = state.open_conversation() == Some(ours.id);
                assert!(!is_open || held.len() == all.len(), "console {index} shows all notes: {held:?} of {all:?}");
            }
        }
        for id in self.chronicle.book().everything().filter(|id| !afresh.iter().any(|theirs| theirs.id == *id)) {
            let kept = state.timeline(id).is_some() || state.notes(id).is_some();
            assert!(!kept, "console {index} keeps what was said in {id}, which is not theirs");
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
}
