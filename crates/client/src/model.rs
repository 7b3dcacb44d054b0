//! A model of the server for the tests: it keeps messages and marks, and works every answer out from them, without the
//! rules by which the client follows events.

use crate::rest::Stretch;
use crate::samples;
use crate::state::{Filter, Snapshot, View};
use std::collections::{BTreeMap, HashMap, HashSet};
use types::agents::{LoginState, Me, Role};
use types::channels::{Channel, ChannelKind, ChannelStyle};
use types::contacts::{Contact, ContactSummary};
use types::conversations::{Conversation, MessagePreview};
use types::events::{Event, EventsAfter, LedgerEvent};
use types::id::{ChannelId, ContactId, ConversationId, MessageId, Nonce, OrgId, SessionId};
use types::messages::{Author, Content, Message, MessageWindow};
use types::page::Page;
use types::time::Timestamp;
use uuid::Uuid;

/// The agent whose console is tested.
pub(crate) const ME: u128 = 1;

#[derive(Debug, Clone)]
struct Talk {
    channel: ChannelId,
    messages: Vec<Message>,
    my_read: i64,
    agents_read: i64,
    visitor_read: i64,
    created_at: Timestamp,
    seen_at: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    talks: BTreeMap<u128, Talk>,
    channels: BTreeMap<u128, Channel>,
    ledger: Vec<Event>,
    stored: HashMap<Nonce, (u128, i64)>,
    clock: i64,
    login_state: LoginState,
    /// Conversations that went with their channel: ids are not used twice.
    gone: HashSet<u128>,
    /// Events that a socket carried for a receiving agent, by the length of the ledger at the time.
    pub(crate) outlet: Vec<(i64, Event)>,
}

impl World {
    pub(crate) fn new(channels: u128) -> Self {
        let mut world = Self {
            talks: BTreeMap::new(),
            channels: BTreeMap::new(),
            ledger: Vec::new(),
            stored: HashMap::new(),
            clock: 1_000_000,
            login_state: LoginState::Normal,
            gone: HashSet::new(),
            outlet: Vec::new(),
        };
        for number in 1..=channels {
            let channel = world.channel(number);
            world.channels.insert(number, channel.clone());
            world.append(Event::ChannelCreated { channel });
        }
        world
    }

    fn channel(&mut self, number: u128) -> Channel {
        let now = self.tick();
        Channel {
            id: samples::channel_id(number),
            kind: ChannelKind::Website,
            name: format!("channel {number} at {}", now.0),
            introduction: String::new(),
            alert: true,
            enabled: true,
            style: ChannelStyle::default(),
            style_revision: 1,
            key: format!("key{number}"),
            embed_code: String::new(),
            chat_url: String::new(),
            created_at: Timestamp(i64::try_from(number).unwrap()),
            updated_at: now,
        }
    }

    fn tick(&mut self) -> Timestamp {
        self.clock += 1_000;
        Timestamp(self.clock)
    }

    fn append(&mut self, event: Event) {
        self.ledger.push(event.clone());
        self.outlet.push((self.cursor(), event));
    }

    pub(crate) fn cursor(&self) -> i64 {
        i64::try_from(self.ledger.len()).unwrap()
    }

    pub(crate) fn me(&self) -> Me {
        Me {
            id: samples::agent_id(ME),
            org_id: OrgId(Uuid::from_u128(1)),
            org_name: "org".to_owned(),
            session_id: SessionId(Uuid::from_u128(1)),
            account: "me".to_owned(),
            name: "me".to_owned(),
            email: String::new(),
            mobile: String::new(),
            role: Role::Admin,
            login_state: self.login_state,
            created_at: Timestamp(0),
        }
    }

    // What happens.

    /// The visitor of conversation `number` writes, in channel `number % channels`, which begins the conversation.
    pub(crate) fn visitor_says(&mut self, number: u128) {
        if self.gone.contains(&number) {
            return;
        }
        let alive: Vec<ChannelId> = self.channels.values().map(|channel| channel.id).collect();
        if !self.talks.contains_key(&number) {
            let Some(channel) = alive.get(usize::try_from(number).unwrap() % alive.len().max(1)) else { return };
            let now = self.tick();
            let (my_read, agents_read, visitor_read) = (0, 0, 0);
            let talk = Talk {
                channel: *channel,
                messages: Vec::new(),
                my_read,
                agents_read,
                visitor_read,
                created_at: now,
                seen_at: now,
            };
            self.talks.insert(number, talk);
            self.append(Event::ConversationCreated {
                conversation: self.conversation(samples::conversation_id(number)).unwrap(),
            });
        }
        let nonce = samples::nonce(u128::MAX - u128::try_from(self.clock).unwrap());
        self.store(number, Author::Visitor, nonce, samples::text("visitor"));
    }

    /// An agent writes. A repeated nonce returns the first result.
    pub(crate) fn agent_says(
        &mut self,
        id: ConversationId,
        agent: u128,
        nonce: Nonce,
        content: Content,
    ) -> Option<Message> {
        let number = id.0.as_u128();
        if let Some((talk, seq)) = self.stored.get(&nonce) {
            return self.talks.get(talk)?.messages.get(usize::try_from(*seq).unwrap() - 1).cloned();
        }
        self.talks.contains_key(&number).then(|| {
            let name = if agent == ME { "me".to_owned() } else { format!("agent {agent}") };
            self.store(number, Author::Agent { id: samples::agent_id(agent), name }, nonce, content)
        })
    }

    fn store(&mut self, number: u128, author: Author, nonce: Nonce, content: Content) -> Message {
        let created_at = self.tick();
        let talk = self.talks.get_mut(&number).unwrap();
        let seq = i64::try_from(talk.messages.len()).unwrap() + 1;
        match &author {
            Author::Visitor => talk.visitor_read = seq,
            Author::Agent { id, .. } => {
                talk.agents_read = seq;
                if *id == samples::agent_id(ME) {
                    talk.my_read = seq;
                }
            }
        }
        let message = Message {
            id: MessageId(Uuid::from_u128(u128::try_from(created_at.0).unwrap())),
            conversation_id: samples::conversation_id(number),
            seq,
            author,
            content,
            nonce,
            created_at,
        };
        talk.messages.push(message.clone());
        self.stored.insert(nonce, (number, seq));
        self.append(Event::MessageCreated { message: message.clone() });
        message
    }

    pub(crate) fn i_read(&mut self, id: ConversationId, seq: i64) {
        let Some(talk) = self.talks.get_mut(&id.0.as_u128()) else { return };
        let seq = seq.min(i64::try_from(talk.messages.len()).unwrap());
        if seq <= talk.my_read {
            return;
        }
        talk.my_read = seq;
        let further = seq > talk.agents_read;
        talk.agents_read = talk.agents_read.max(seq);
        let unread = unread(talk);
        self.append(Event::ConversationRead { conversation_id: id, agent_id: samples::agent_id(ME), seq, unread });
        if further {
            self.append(Event::AgentsRead { conversation_id: id, seq });
        }
    }

    pub(crate) fn visitor_reads(&mut self, number: u128) {
        let Some(talk) = self.talks.get_mut(&number) else { return };
        let seq = i64::try_from(talk.messages.len()).unwrap();
        if seq > talk.visitor_read {
            talk.visitor_read = seq;
            self.append(Event::VisitorRead { conversation_id: samples::conversation_id(number), seq });
        }
    }

    pub(crate) fn visitor_returns(&mut self, number: u128) {
        let now = self.tick();
        if let Some(talk) = self.talks.get_mut(&number) {
            talk.seen_at = now;
            let contact = self.contact(samples::contact_id(number)).unwrap();
            self.append(Event::ContactUpdated { contact });
        }
    }

    pub(crate) fn edit_channel(&mut self, number: u128) {
        if self.channels.contains_key(&number) {
            let channel = self.channel(number);
            self.channels.insert(number, channel.clone());
            self.append(Event::ChannelUpdated { channel });
        }
    }

    pub(crate) fn delete_channel(&mut self, number: u128) {
        if let Some(channel) = self.channels.remove(&number) {
            let (gone, kept) =
                std::mem::take(&mut self.talks).into_iter().partition(|(_, talk)| talk.channel == channel.id);
            self.talks = kept;
            let gone: BTreeMap<u128, Talk> = gone;
            self.gone.extend(gone.into_keys());
            self.append(Event::ChannelDeleted { channel_id: channel.id });
        }
    }

    pub(crate) fn set_login_state(&mut self, state: LoginState) {
        if self.login_state != state {
            self.login_state = state;
            self.append(Event::MeUpdated { me: self.me() });
        }
    }

    // What is asked.

    pub(crate) fn conversation(&self, id: ConversationId) -> Option<Conversation> {
        let talk = self.talks.get(&id.0.as_u128())?;
        let last = talk.messages.last();
        // Whoever waits has waited since the first message after the last answer.
        let waiting = talk.messages.iter().rev().take_while(|message| message.author.is_visitor()).last();
        Some(Conversation {
            id,
            channel_id: talk.channel,
            contact: self.summary(id.0.as_u128()),
            assignee_id: None,
            last_seq: last.map_or(0, |message| message.seq),
            last_message: last.map(|message| MessagePreview {
                seq: message.seq,
                author: message.author.clone(),
                content: message.content.clone(),
                created_at: message.created_at,
            }),
            unread: unread(talk),
            read_seq: talk.my_read,
            agents_read_seq: talk.agents_read,
            visitor_read_seq: talk.visitor_read,
            waiting_since: waiting.map(|message| message.created_at),
            last_activity_at: last.map_or(talk.created_at, |message| message.created_at),
            created_at: talk.created_at,
        })
    }

    fn summary(&self, number: u128) -> ContactSummary {
        ContactSummary { id: samples::contact_id(number), number: i64::try_from(number).unwrap(), name: None }
    }

    pub(crate) fn contact(&self, id: ContactId) -> Option<Contact> {
        let talk = self.talks.get(&id.0.as_u128())?;
        let summary = self.summary(id.0.as_u128());
        Some(Contact {
            id,
            number: summary.number,
            name: None,
            channel_id: talk.channel,
            ip: None,
            region: None,
            device: None,
            os: None,
            browser: None,
            locale: None,
            referrer: None,
            landing_page: None,
            landing_title: None,
            first_seen_at: talk.created_at,
            last_seen_at: talk.seen_at,
        })
    }

    pub(crate) fn page(&self, view: impl Into<View>, cursor: Option<&str>, limit: usize) -> Page<Conversation> {
        let View { channel, filter } = view.into();
        let mut all: Vec<Conversation> =
            self.talks.keys().filter_map(|number| self.conversation(samples::conversation_id(*number))).collect();
        all.retain(|one| channel.is_none_or(|channel| one.channel_id == channel));
        all.retain(|one| match filter {
            Filter::All => true,
            Filter::Mine => one.assignee_id == Some(self.me().id),
            Filter::Unassigned => one.assignee_id.is_none(),
            Filter::Waiting => one.waiting_since.is_some(),
            Filter::Unread => one.unread > 0,
        });
        all.sort_by_key(|one| std::cmp::Reverse((one.last_activity_at, one.id)));
        if let Some((at, id)) = cursor.and_then(|cursor| cursor.split_once(' ')) {
            let below = (Timestamp(at.parse().unwrap()), id.parse().unwrap());
            all.retain(|one| (one.last_activity_at, one.id) < below);
        }
        let more = all.len() > limit;
        all.truncate(limit);
        let next_cursor = all.last().filter(|_| more).map(|one| format!("{} {}", one.last_activity_at.0, one.id));
        Page { items: all, next_cursor }
    }

    pub(crate) fn unread(&self) -> Vec<Conversation> {
        let mut all = self.page(None, None, usize::MAX).items;
        all.retain(|one| one.unread > 0);
        all
    }

    pub(crate) fn window(&self, id: ConversationId, stretch: Stretch, limit: usize) -> Option<MessageWindow> {
        let all = &self.talks.get(&id.0.as_u128())?.messages;
        let range = match stretch {
            Stretch::Newest => all.len().saturating_sub(limit)..all.len(),
            Stretch::Before(seq) => {
                let end = usize::try_from(seq - 1).unwrap().min(all.len());
                end.saturating_sub(limit)..end
            }
            Stretch::Around(seq) => {
                let start = usize::try_from(seq - 1).unwrap().saturating_sub(limit / 2).min(all.len());
                start..(start + limit).min(all.len())
            }
            Stretch::After(seq) => {
                let start = usize::try_from(seq).unwrap().min(all.len());
                start..(start + limit).min(all.len())
            }
        };
        Some(MessageWindow {
            has_earlier: range.start > 0 && !all.is_empty(),
            has_later: range.end < all.len(),
            items: all[range].to_vec(),
        })
    }

    pub(crate) fn events(&self, after: i64, limit: usize) -> EventsAfter {
        let start = usize::try_from(after).unwrap();
        let end = (start + limit).min(self.ledger.len());
        let items = self.ledger[start..end].iter().cloned();
        EventsAfter {
            items: (after + 1..).zip(items).map(|(seq, event)| LedgerEvent { seq, event }).collect(),
            cursor: i64::try_from(end).unwrap(),
            has_more: end < self.ledger.len(),
            resync: false,
        }
    }

    pub(crate) fn snapshot(&self, cursor: i64, limit: usize) -> Snapshot {
        let channels = self.channels.values().cloned().collect();
        Snapshot { cursor, me: self.me(), channels, conversations: self.page(None, None, limit) }
    }

    pub(crate) fn messages(&self, id: ConversationId) -> &[Message] {
        self.talks.get(&id.0.as_u128()).map_or(&[], |talk| &talk.messages)
    }

    pub(crate) fn conversation_ids(&self) -> Vec<ConversationId> {
        self.talks.keys().map(|number| samples::conversation_id(*number)).collect()
    }
}

fn unread(talk: &Talk) -> i64 {
    let unread = talk.messages.iter().filter(|message| message.author.is_visitor() && message.seq > talk.my_read);
    i64::try_from(unread.count()).unwrap()
}
