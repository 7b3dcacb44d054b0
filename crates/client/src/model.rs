//! A model of the server for the tests: it keeps messages and marks, and works every answer out from them, without the
//! rules by which the client follows events.

mod account;
mod answers;
mod channel_tree;
mod notes;
mod personal;
mod tags;

use crate::samples;
use std::collections::{BTreeMap, HashMap, HashSet};
use types::agents::{LoginState, Me, Role};
use types::channel_tree::ChannelTree;
use types::channels::{Channel, ChannelKind, ChannelStyle};
use types::conversations::Personal;
use types::events::Event;
use types::id::{AgentId, ChannelId, ConversationId, MessageId, Nonce, OrgId, SessionId, TagId};
use types::messages::{Author, Content, Message};
use types::notes::{MemberChangeKind, Note};
use types::saved_views::SavedViews;
use types::tags::TagGroup;
use types::time::Timestamp;
use uuid::Uuid;

/// The agent whose console is tested.
pub(crate) const ME: u128 = 1;
/// The visitor who is greeted.
const GREETED: u128 = 5;

#[derive(Debug, Clone)]
struct Talk {
    channel: ChannelId,
    messages: Vec<Message>,
    my_read: i64,
    agents_read: i64,
    visitor_read: i64,
    created_at: Timestamp,
    seen_at: Timestamp,
    personal: Personal,
    cleared: i64,
    blocked_at: Option<Timestamp>,
    name: Option<String>,
    version: i64,
    tags: Vec<TagId>,
    assignee: Option<AgentId>,
    members: Vec<AgentId>,
    members_version: i64,
    recalls: i64,
    notes: Vec<Note>,
    notes_written: i64,
    notes_cleared: i64,
    snoozed_until: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    talks: BTreeMap<u128, Talk>,
    channels: BTreeMap<u128, Channel>,
    channel_tree: ChannelTree,
    tag_groups: Vec<TagGroup>,
    ledger: Vec<Event>,
    stored: HashMap<Nonce, (u128, i64)>,
    clock: i64,
    login_state: LoginState,
    saved_views: SavedViews,
    /// Conversations that I see no more, or not again yet.
    hidden: BTreeMap<u128, Talk>,
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
            channel_tree: ChannelTree::default(),
            tag_groups: Vec::new(),
            ledger: Vec::new(),
            stored: HashMap::new(),
            clock: 1_000_000,
            login_state: LoginState::Normal,
            saved_views: SavedViews::default(),
            hidden: BTreeMap::new(),
            gone: HashSet::new(),
            outlet: Vec::new(),
        };
        for number in 1..=channels {
            let channel = world.channel(number);
            world.channels.insert(number, channel.clone());
            world.channel_tree.channel_ids.push(channel.id);
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
            avatar_id: None,
            introduction: String::new(),
            alert: true,
            enabled: true,
            unsent_preview: false,
            max_file_megabytes: 0,
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
            avatar_id: None,
            role: Role::Admin,
            sees_contact_details: true,
            edits_quick_replies: false,
            edits_automatic_replies: false,
            login_state: self.login_state,
            saved_views: self.saved_views.clone(),
            setup_dismissed: false,
            created_at: Timestamp(0),
        }
    }

    // What happens.

    /// The visitor of conversation `number` writes, in channel `number % channels`, which begins the conversation.
    pub(crate) fn visitor_says(&mut self, number: u128) {
        if self.gone.contains(&number) || self.talks.get(&number).is_some_and(|talk| talk.blocked_at.is_some()) {
            return;
        }
        if self.hidden.contains_key(&number) {
            self.say_unseen(number);
            return;
        }
        let alive: Vec<ChannelId> = self.channels.values().map(|channel| channel.id).collect();
        // It comes back, and then what they say is stored.
        if self.talks.get(&number).is_some_and(|talk| talk.snoozed_until.is_some()) {
            self.put_off(number);
        }
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
                personal: Personal::default(),
                cleared: 0,
                blocked_at: None,
                name: None,
                version: 0,
                tags: Vec::new(),
                assignee: None,
                members: Vec::new(),
                members_version: 0,
                recalls: 0,
                notes: Vec::new(),
                notes_written: 0,
                notes_cleared: 0,
                snoozed_until: None,
            };
            self.talks.insert(number, talk);
            self.append(Event::ConversationCreated {
                conversation: Box::new(self.conversation(samples::conversation_id(number)).unwrap()),
            });
            if number == GREETED {
                let nonce = samples::nonce(u128::MAX - u128::try_from(self.clock).unwrap());
                self.store(number, Author::Automatic, nonce, samples::text("welcome"));
            }
        }
        let nonce = samples::nonce(u128::MAX - u128::try_from(self.clock).unwrap());
        self.store(number, Author::Visitor, nonce, samples::text("visitor"));
    }

    /// The visitor of a conversation that I do not see writes: no event of it is for me.
    fn say_unseen(&mut self, number: u128) {
        let created_at = self.tick();
        let Some(talk) = self.hidden.get_mut(&number) else { return };
        let seq = i64::try_from(talk.messages.len()).unwrap() + 1;
        talk.visitor_read = seq;
        talk.messages.push(Message {
            id: MessageId(Uuid::from_u128(u128::try_from(created_at.0).unwrap())),
            conversation_id: samples::conversation_id(number),
            seq,
            author: Author::Visitor,
            content: samples::text("unseen"),
            nonce: samples::nonce(u128::MAX - u128::try_from(created_at.0).unwrap()),
            created_at,
        });
    }

    /// I am removed from a conversation, or added to it again.
    pub(crate) fn take_or_give(&mut self, number: u128) {
        let (conversation_id, me) = (samples::conversation_id(number), samples::agent_id(ME));
        if let Some(mut talk) = self.talks.remove(&number) {
            talk.members.retain(|member| *member != me);
            talk.members_version += 1;
            talk.personal = Personal { pinned: false, revision: talk.personal.revision + 1, ..talk.personal };
            let members_version = talk.members_version;
            self.hidden.insert(number, talk);
            self.tell_change(number, me, MemberChangeKind::Left);
            self.append(Event::ConversationWithdrawn { conversation_id, agent_id: me, members_version });
        } else if let Some(mut talk) = self.hidden.remove(&number) {
            talk.members.push(me);
            talk.members_version += 1;
            let (members, members_version) = (talk.members.clone(), talk.members_version);
            self.talks.insert(number, talk);
            self.append(Event::AgentJoined { conversation_id, agent_id: me, members, members_version });
            self.tell_change(number, me, MemberChangeKind::Joined);
        }
    }

    /// A colleague is added to a conversation, or removed from it.
    pub(crate) fn change_members(&mut self, number: u128) {
        let (conversation_id, agent_id) = (samples::conversation_id(number), samples::agent_id(7));
        let Some(talk) = self.talks.get_mut(&number) else { return };
        match talk.members_version % 4 {
            3 => return self.hand_on(number),
            2 if talk.assignee.is_some() => return self.put_off(number),
            _ => {}
        }
        talk.members_version += 1;
        let there = talk.members.contains(&agent_id);
        if there {
            talk.members.retain(|member| *member != agent_id);
        } else {
            talk.members.push(agent_id);
        }
        let (members, members_version) = (talk.members.clone(), talk.members_version);
        self.append(if there {
            Event::AgentLeft { conversation_id, agent_id, members, members_version }
        } else {
            Event::AgentJoined { conversation_id, agent_id, members, members_version }
        });
        self.tell_change(number, agent_id, if there { MemberChangeKind::Left } else { MemberChangeKind::Joined });
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
            Author::Automatic => {}
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
        if seq <= talk.my_read.max(talk.cleared) {
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
            self.contact_changed(number);
        }
    }

    pub(crate) fn clear(&mut self, number: u128) {
        let Some(talk) = self.talks.get_mut(&number) else { return };
        let seq = i64::try_from(talk.messages.len()).unwrap();
        let conversation_id = samples::conversation_id(number);
        let (written, with_notes) = (talk.notes_written, talk.notes_written > talk.notes_cleared);
        talk.notes.clear();
        talk.notes_cleared = written;
        if seq > talk.cleared {
            (talk.cleared, talk.visitor_read) = (seq, seq);
            self.append(Event::ConversationCleared { conversation_id, seq });
        }
        if with_notes {
            self.append(Event::NotesCleared { conversation_id, number: written });
            self.change_my_view(number, |before| before.mentioned(false));
        }
    }

    /// One of the messages is recalled, by whoever wrote it.
    pub(crate) fn recall(&mut self, number: u128, which: usize) {
        let Some(talk) = self.talks.get_mut(&number) else { return };
        let cleared = talk.cleared;
        let kept = talk.messages.iter_mut().filter(|message| message.seq > cleared);
        let mut said: Vec<&mut Message> = kept.filter(|message| message.content != (Content::Recalled {})).collect();
        let Some(place) = which.checked_rem(said.len()) else { return };
        let message = &mut *said[place];
        message.content = Content::Recalled {};
        talk.recalls += 1;
        let (message, recalls) = (message.clone(), talk.recalls);
        for reply in &mut talk.messages {
            reply.content.quoted_was_recalled(message.seq);
        }
        // The ledger forgets the words, too.
        for event in &mut self.ledger {
            match event {
                Event::MessageCreated { message: told } if told.conversation_id == message.conversation_id => {
                    let now = talk.messages.iter().find(|now| now.id == told.id);
                    told.content = now.unwrap().content.clone();
                }
                _ => {}
            }
        }
        let Message { conversation_id, id: message_id, seq, .. } = message;
        self.append(Event::MessageRecalled { conversation_id, message_id, seq, recalls });
    }

    pub(crate) fn delete(&mut self, number: u128) {
        if self.talks.remove(&number).is_some() {
            self.gone.insert(number);
            self.append(Event::ConversationDeleted { conversation_id: samples::conversation_id(number) });
        }
    }

    pub(crate) fn name_contact(&mut self, number: u128) {
        let now = self.tick();
        if let Some(talk) = self.talks.get_mut(&number) {
            talk.name = Some(format!("named at {}", now.0));
            talk.version += 1;
            self.contact_changed(number);
        }
    }

    pub(crate) fn block(&mut self, number: u128) {
        let now = self.tick();
        let Some(talk) = self.talks.get_mut(&number) else { return };
        talk.blocked_at = if talk.blocked_at.is_some() { None } else { Some(now) };
        talk.version += 1;
        let (blocked, conversation_id) = (talk.blocked_at.is_some(), Some(samples::conversation_id(number)));
        self.contact_changed(number);
        let contact_id = samples::contact_id(number);
        self.append(Event::ContactBlocked { conversation_id, contact_id, blocked });
    }

    fn contact_changed(&mut self, number: u128) {
        let contact = self.contact(samples::contact_id(number)).unwrap();
        self.append(Event::ContactUpdated {
            conversation_id: Some(samples::conversation_id(number)),
            contact: Box::new(contact),
        });
    }
}

fn unread(talk: &Talk) -> i64 {
    let read = talk.my_read.max(talk.cleared);
    let unread = talk.messages.iter().filter(|message| message.author.is_visitor() && message.seq > read);
    i64::try_from(unread.count()).unwrap()
}
