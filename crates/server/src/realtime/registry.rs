//! Who listens: a pure structure with two-way indexes and checked invariants.
//!
//! It knows nothing of sockets, queues or time: `H` is whatever the hub hangs on an entry. Every question the hub asks is
//! answered from an index, so an event costs as much as it has recipients, not as much as there are sockets; those of agents
//! who are suspended at present are looked at as well.

use super::sight::Sight;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use store::{AgentAudience, Audience, Viewer, Visitor, VisitorAudience};
use types::id::{AgentId, ChannelId, ContactId, OrgId, SessionId};

/// One open socket, for as long as the process lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketKey(u64);

/// Whose socket it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    /// An agent's console.
    Agent(AgentListener),
    /// A visitor's widget.
    Visitor(Visitor),
}

impl Listener {
    /// The organisation.
    #[must_use]
    pub fn org_id(&self) -> OrgId {
        match self {
            Self::Agent(agent) => agent.viewer.org_id,
            Self::Visitor(visitor) => visitor.org_id,
        }
    }
}

/// An agent's console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentListener {
    /// The agent and what they see.
    pub viewer: Viewer,
    /// The login session whose ticket opened the socket.
    pub session_id: SessionId,
    /// Whether the login state lets conversations through, as known when the socket was registered.
    pub receiving: bool,
    /// Whether somebody else looks at the agent's console by it: it hears what they hear, and does not make them be there.
    pub is_view: bool,
}

#[derive(Debug)]
struct Entry<H> {
    listener: Listener,
    handle: H,
    /// Whether it has been said since registration if conversations get through. What is looked up is older then.
    told: bool,
    /// The change by which that was said last: the registration itself, if nothing has been said since.
    change: Change,
}

/// How many changes there have been of who receives conversations. What was looked up while there were so many knows nothing of a
/// later one.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change(u64);

/// A one-to-many index that forgets keys without entries, so that it cannot grow with the past.
#[derive(Debug)]
struct Index<K>(HashMap<K, BTreeSet<SocketKey>>);

impl<K: Eq + Hash> Index<K> {
    fn add(&mut self, key: K, socket: SocketKey) {
        self.0.entry(key).or_default().insert(socket);
    }

    fn remove(&mut self, key: &K, socket: SocketKey) {
        if let Some(sockets) = self.0.get_mut(key) {
            sockets.remove(&socket);
            if sockets.is_empty() {
                self.0.remove(key);
            }
        }
    }

    fn get(&self, key: K) -> impl Iterator<Item = SocketKey> + use<'_, K> {
        self.0.get(&key).into_iter().flatten().copied()
    }
}

impl<K> Default for Index<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

/// Every open socket of this process.
#[derive(Debug)]
pub struct Registry<H> {
    last_key: u64,
    last_change: Change,
    entries: HashMap<SocketKey, Entry<H>>,
    /// All sockets, by organisation: who must fetch.
    organisations: Index<OrgId>,
    /// Agents' sockets, by organisation: the audience "everyone".
    consoles: Index<OrgId>,
    /// Sockets of agents who see every conversation, by organisation.
    overseers: Index<OrgId>,
    /// Agents' sockets, by agent: personal events, and the conversations that are theirs.
    agents: Index<AgentId>,
    /// Agents' sockets, by login session: revocation.
    logins: Index<SessionId>,
    /// Visitors' sockets, by contact.
    contacts: Index<ContactId>,
    /// Visitors' sockets, by channel: one that is edited, disabled or deleted.
    channels: Index<ChannelId>,
}

impl<H> Default for Registry<H> {
    fn default() -> Self {
        Self {
            last_key: 0,
            last_change: Change::default(),
            entries: HashMap::new(),
            organisations: Index::default(),
            consoles: Index::default(),
            overseers: Index::default(),
            agents: Index::default(),
            logins: Index::default(),
            contacts: Index::default(),
            channels: Index::default(),
        }
    }
}

impl<H> Registry<H> {
    /// Adds a socket.
    pub fn add(&mut self, listener: Listener, handle: H) -> SocketKey {
        self.last_key = self.last_key.saturating_add(1);
        let key = SocketKey(self.last_key);
        let change = self.next_change();
        self.organisations.add(listener.org_id(), key);
        match listener {
            Listener::Agent(agent) => {
                self.consoles.add(agent.viewer.org_id, key);
                if agent.viewer.sees_all {
                    self.overseers.add(agent.viewer.org_id, key);
                }
                self.agents.add(agent.viewer.agent_id, key);
                self.logins.add(agent.session_id, key);
            }
            Listener::Visitor(visitor) => {
                self.contacts.add(visitor.contact_id, key);
                self.channels.add(visitor.channel_id, key);
            }
        }
        self.entries.insert(key, Entry { listener, handle, told: false, change });
        key
    }

    /// Forgets a socket; one that is not there stays not there.
    pub fn remove(&mut self, key: SocketKey) -> Option<H> {
        let entry = self.entries.remove(&key)?;
        self.organisations.remove(&entry.listener.org_id(), key);
        match entry.listener {
            Listener::Agent(agent) => {
                self.consoles.remove(&agent.viewer.org_id, key);
                if agent.viewer.sees_all {
                    self.overseers.remove(&agent.viewer.org_id, key);
                }
                self.agents.remove(&agent.viewer.agent_id, key);
                self.logins.remove(&agent.session_id, key);
            }
            Listener::Visitor(visitor) => {
                self.contacts.remove(&visitor.contact_id, key);
                self.channels.remove(&visitor.channel_id, key);
            }
        }
        Some(entry.handle)
    }

    /// The login sessions that have a socket.
    #[must_use]
    pub fn login_sessions(&self) -> Vec<SessionId> {
        self.logins.0.keys().copied().collect()
    }

    /// An agent's own sockets: those that make them be there.
    pub fn of_agents_own(&self, agent: AgentId) -> impl Iterator<Item = &H> {
        let is_own =
            |entry: &&Entry<H>| matches!(entry.listener, Listener::Agent(AgentListener { is_view: false, .. }));
        self.agents.get(agent).filter_map(|key| self.entries.get(&key)).filter(is_own).map(|entry| &entry.handle)
    }

    /// The agents who have a socket, or whose console is looked at.
    pub fn agents(&self) -> impl Iterator<Item = AgentId> {
        self.agents.0.keys().copied()
    }

    /// The organisations in which somebody listens.
    pub fn organisations(&self) -> impl Iterator<Item = OrgId> {
        self.organisations.0.keys().copied()
    }

    /// Whether somebody listens in the organisation.
    #[must_use]
    pub fn listens_in(&self, org: OrgId) -> bool {
        self.organisations.0.contains_key(&org)
    }

    /// Everybody who listens.
    pub fn listeners(&self) -> impl Iterator<Item = &Listener> {
        self.entries.values().map(|entry| &entry.listener)
    }

    /// Every socket of an organisation's, those of visitors included.
    pub fn of_organisation(&self, org: OrgId) -> impl Iterator<Item = &H> {
        self.handles(self.organisations.get(org))
    }

    /// How many changes there have been of who receives conversations.
    #[must_use]
    pub fn last_change(&self) -> Change {
        self.last_change
    }

    fn next_change(&mut self) -> Change {
        self.last_change = Change(self.last_change.0.saturating_add(1));
        self.last_change
    }

    /// How many sockets there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Every socket.
    pub fn all(&self) -> impl Iterator<Item = &H> {
        self.entries.values().map(|entry| &entry.handle)
    }

    /// The sockets that a login session opened.
    pub fn of_login(&self, session: SessionId) -> impl Iterator<Item = &H> {
        self.handles(self.logins.get(session))
    }

    /// An agent's sockets.
    pub fn of_agent(&self, agent: AgentId) -> impl Iterator<Item = &H> {
        self.handles(self.agents.get(agent))
    }

    /// A visitor's sockets.
    pub fn of_contact(&self, contact: ContactId) -> impl Iterator<Item = &H> {
        self.handles(self.contacts.get(contact))
    }

    /// The visitors' sockets of a channel.
    pub fn of_channel(&self, channel: ChannelId) -> impl Iterator<Item = &H> {
        self.handles(self.channels.get(channel))
    }

    /// Says whether an agent receives conversations from now on; answers the sockets for which that is new.
    pub fn set_receiving(&mut self, agent: AgentId, receiving: bool) -> Vec<&H> {
        let change = self.next_change();
        self.say_receiving(agent, receiving, change, |_| true)
    }

    /// Says what was looked up of an agent after so many changes. A socket of which something was said later knows better.
    pub fn correct_agent(&mut self, agent: AgentId, receiving: bool, asked_after: Change) -> Vec<&H> {
        self.say_receiving(agent, receiving, asked_after, |change| change <= asked_after)
    }

    /// Says what an agent sees from now on; answers the sockets for which that is new.
    pub fn set_sight(&mut self, agent: AgentId, sight: Sight) -> Vec<&H> {
        self.say_sight(agent, sight, |_| true)
    }

    /// Says what was looked up of an agent's sight after so many changes. A socket of which something was said later knows better.
    pub fn correct_sight_of(&mut self, agent: AgentId, sight: Sight, asked_after: Change) -> Vec<&H> {
        self.say_sight(agent, sight, |change| change <= asked_after)
    }

    fn say_sight(&mut self, agent: AgentId, sight: Sight, concerns: impl Fn(Change) -> bool) -> Vec<&H> {
        let mut keys: Vec<SocketKey> = self.agents.get(agent).collect();
        keys.retain(|key| self.entries.get(key).is_some_and(|entry| concerns(entry.change)) && self.see(*key, sight));
        self.handles(keys.into_iter()).collect()
    }

    /// Says what was looked up after a socket was registered: what its agent sees. An event that came since then knows better. Answers
    /// the socket if that is new.
    pub fn correct_sight(&mut self, key: SocketKey, sight: Sight) -> Option<&H> {
        let is_told = self.entries.get(&key)?.told;
        let is_new = !is_told && self.see(key, sight);
        self.entries.get(&key).filter(|_| is_new).map(|entry| &entry.handle)
    }

    /// The socket's agent sees this. Whether that is new.
    fn see(&mut self, key: SocketKey, sight: Sight) -> bool {
        let Some(Entry { listener: Listener::Agent(agent), .. }) = self.entries.get_mut(&key) else { return false };
        let before = Sight { all: agent.viewer.sees_all, details: agent.viewer.sees_details };
        (agent.viewer.sees_all, agent.viewer.sees_details) = (sight.all, sight.details);
        let org_id = agent.viewer.org_id;
        if sight.all {
            self.overseers.add(org_id, key);
        } else {
            self.overseers.remove(&org_id, key);
        }
        sight != before
    }

    fn say_receiving(
        &mut self,
        agent: AgentId,
        receiving: bool,
        change: Change,
        concerns: impl Fn(Change) -> bool,
    ) -> Vec<&H> {
        let keys: Vec<SocketKey> = self.agents.get(agent).collect();
        let mut changed = Vec::new();
        for key in keys {
            if let Some(entry) = self.entries.get_mut(&key)
                && let Listener::Agent(agent) = &mut entry.listener
                && concerns(entry.change)
            {
                entry.told = true;
                entry.change = change;
                if agent.receiving != receiving {
                    agent.receiving = receiving;
                    changed.push(key);
                }
            }
        }
        changed.into_iter().filter_map(|key| self.entries.get(&key)).map(|entry| &entry.handle).collect()
    }

    /// Says what was looked up after a socket was registered: whether its agent receives conversations. An event that came
    /// since then knows better. Answers the socket if that is new.
    pub fn correct(&mut self, key: SocketKey, receiving: bool) -> Option<&H> {
        match self.entries.get_mut(&key)? {
            Entry { listener: Listener::Agent(agent), handle, told: false, .. } if agent.receiving != receiving => {
                agent.receiving = receiving;
                Some(handle)
            }
            _ => None,
        }
    }

    /// The sockets that an event of `org` goes to. A suspended agent hears nothing `about_conversation`.
    pub fn recipients<'a>(
        &'a self,
        org: OrgId,
        audience: &'a Audience,
        about_conversation: bool,
    ) -> impl Iterator<Item = (&'a Listener, &'a H)> {
        let agents = self.agent_keys(org, &audience.agents);
        agents.chain(self.visitor_keys(audience.visitors)).filter_map(|key| self.entries.get(&key)).filter_map(
            move |entry| {
                let hears = match entry.listener {
                    Listener::Agent(AgentListener { viewer, receiving, .. }) => {
                        viewer.org_id == org && (receiving || !about_conversation) && audience.agents.includes(viewer)
                    }
                    Listener::Visitor(visitor) => visitor.org_id == org,
                };
                hears.then_some((&entry.listener, &entry.handle))
            },
        )
    }

    fn agent_keys<'a>(&'a self, org: OrgId, audience: &'a AgentAudience) -> Box<dyn Iterator<Item = SocketKey> + 'a> {
        match audience {
            AgentAudience::None => Box::new(std::iter::empty()),
            AgentAudience::One(agent) => Box::new(self.agents.get(*agent)),
            AgentAudience::Everyone => Box::new(self.consoles.get(org)),
            AgentAudience::Conversation { assignee, members } => {
                let others = members.as_slice().iter().filter(move |member| Some(**member) != *assignee);
                let agents = assignee.iter().chain(others);
                // Whoever sees all is among those already.
                let theirs = agents.flat_map(|agent| self.agents.get(*agent)).filter(|key| !self.oversees(*key));
                Box::new(self.overseers.get(org).chain(theirs))
            }
        }
    }

    fn oversees(&self, key: SocketKey) -> bool {
        match self.entries.get(&key).map(|entry| entry.listener) {
            Some(Listener::Agent(agent)) => agent.viewer.sees_all,
            Some(Listener::Visitor(_)) | None => false,
        }
    }

    fn visitor_keys(&self, audience: VisitorAudience) -> Box<dyn Iterator<Item = SocketKey> + '_> {
        match audience {
            VisitorAudience::None => Box::new(std::iter::empty()),
            VisitorAudience::One(contact) => Box::new(self.contacts.get(contact)),
            VisitorAudience::Channel(channel) => Box::new(self.channels.get(channel)),
        }
    }

    fn handles(&self, keys: impl Iterator<Item = SocketKey>) -> impl Iterator<Item = &H> {
        keys.filter_map(|key| self.entries.get(&key)).map(|entry| &entry.handle)
    }

    /// Every entry is in exactly the indexes that its listener names, and no index names anything else.
    #[cfg(test)]
    pub(crate) fn check_invariants(&self) {
        fn check<H, K: Eq + Hash + Copy>(
            registry: &Registry<H>,
            index: &Index<K>,
            key_of: impl Fn(Listener) -> Option<K>,
        ) {
            let mut indexed = 0;
            for (key, sockets) in &index.0 {
                assert!(!sockets.is_empty(), "an index keeps no empty sets");
                indexed += sockets.len();
                for socket in sockets {
                    let entry = registry.entries.get(socket).expect("an index names only open sockets");
                    assert!(key_of(entry.listener) == Some(*key), "a socket is indexed under its own key");
                }
            }
            let expected = registry.entries.values().filter(|entry| key_of(entry.listener).is_some()).count();
            assert_eq!(indexed, expected, "every socket is indexed once");
        }
        let agent = |listener| match listener {
            Listener::Agent(agent) => Some(agent),
            Listener::Visitor(_) => None,
        };
        let visitor = |listener| match listener {
            Listener::Agent(_) => None,
            Listener::Visitor(visitor) => Some(visitor),
        };
        check(self, &self.organisations, |listener| Some(listener.org_id()));
        check(self, &self.consoles, |listener| agent(listener).map(|agent| agent.viewer.org_id));
        check(self, &self.overseers, |listener| {
            agent(listener).filter(|agent| agent.viewer.sees_all).map(|agent| agent.viewer.org_id)
        });
        check(self, &self.agents, |listener| agent(listener).map(|agent| agent.viewer.agent_id));
        check(self, &self.logins, |listener| agent(listener).map(|agent| agent.session_id));
        check(self, &self.contacts, |listener| visitor(listener).map(|visitor| visitor.contact_id));
        check(self, &self.channels, |listener| visitor(listener).map(|visitor| visitor.channel_id));
        assert!(self.entries.keys().all(|key| key.0 <= self.last_key), "keys are never given twice");
    }
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
