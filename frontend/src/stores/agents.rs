//! Colleagues: who works here, and who is there. Asked for when somebody wants to see them; from then on whoever is added, and what they
//! are called and look like, comes by itself, and who is there does not.

use super::inbox::Loading;
use crate::api::{ConsoleApi, use_api};
use crate::realtime::Live;
use client::rest::ApiError;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use types::agents::{Agent, Presence};
use types::events::Event;
use types::id::AgentId;

/// Pages that are fetched at most: an organisation larger than that needs a search of its own.
const PAGES: usize = 20;

/// The colleagues. `Copy`; get it by [`use_agents`].
#[derive(Clone, Copy)]
pub struct Agents {
    held: RwSignal<HashMap<AgentId, Agent>>,
    /// How far the whole list has come.
    listed: RwSignal<Loading>,
    /// Single ones that were asked for: those that are not there are not asked for twice.
    asked: StoredValue<HashSet<AgentId>>,
    /// Whether the list is on its way.
    asking: StoredValue<bool>,
    /// Whether it may be out of date when it comes.
    again: StoredValue<bool>,
    /// Whose card is shown.
    shown: RwSignal<Option<AgentId>>,
    api: StoredValue<ConsoleApi, LocalStorage>,
}

/// The colleagues.
pub fn use_agents() -> Agents {
    expect_context()
}

impl Agents {
    /// Makes them available to everything below, for the agent who is signed in.
    pub fn provide(live: Live) {
        let agents = Self {
            held: RwSignal::new(HashMap::new()),
            listed: RwSignal::new(Loading::Pending),
            asked: StoredValue::new(HashSet::new()),
            asking: StoredValue::new(false),
            again: StoredValue::new(false),
            shown: RwSignal::new(None),
            api: StoredValue::new_local(use_api()),
        };
        provide_context(agents);
        live.follow(Rc::new(move |event| agents.follow(event)));
    }

    /// Something has happened, or everything was fetched afresh. That is not every reconnect: a break that the ledger bridges brings
    /// its events one by one. Where it does not, or after a long absence, whoever was added, renamed or disabled meanwhile told
    /// nobody; then the list is asked for once more, beside the snapshot, which is larger.
    fn follow(self, event: Option<&Event>) {
        match event {
            None | Some(Event::AgentCreated { .. } | Event::AgentEdited { .. } | Event::AgentGroupsChanged {}) => {
                self.asked.set_value(HashSet::new());
                self.again.set_value(self.asking.get_value());
                if self.held.with_untracked(|held| !held.is_empty()) {
                    self.refresh();
                }
            }
            Some(Event::AgentRemoved { agent_id }) => {
                self.again.set_value(self.asking.get_value());
                self.forget(*agent_id);
            }
            Some(Event::AgentUpdated { agent_id, name, avatar_id }) => {
                self.again.set_value(self.asking.get_value());
                self.held.update(|held| {
                    if let Some(agent) = held.get_mut(agent_id) {
                        (agent.name, agent.avatar_id) = (name.clone(), *avatar_id);
                    }
                });
            }
            Some(_) => {}
        }
    }

    /// Whoever can sign in, those who are there first, then by name. Empty until [`refresh`](Self::refresh) has brought them.
    pub fn list(self) -> Vec<Agent> {
        let mut agents: Vec<Agent> =
            self.held.with(|held| held.values().filter(|one| !one.disabled).cloned().collect());
        agents.sort_by_key(order);
        agents
    }

    /// Everybody, those who cannot sign in included, by name. Empty until [`refresh`](Self::refresh) has brought them.
    pub fn everybody(self) -> Vec<Agent> {
        let mut agents: Vec<Agent> = self.held.with(|held| held.values().cloned().collect());
        agents.sort_by_key(|agent| (agent.name.to_lowercase(), agent.id));
        agents
    }

    /// Somebody is nobody's colleague any more.
    pub fn forget(self, id: AgentId) {
        self.held.try_update(|held| held.remove(&id));
    }

    /// Takes somebody who was added here, ahead of the event.
    pub fn put(self, agent: Agent) {
        self.held.update(|held| drop(held.insert(agent.id, agent)));
    }

    /// How many can sign in, once the list has come.
    pub fn count(self) -> Option<usize> {
        let count = self.held.with(|held| held.values().filter(|one| !one.disabled).count());
        (self.listed.get() == Loading::Ready).then_some(count)
    }

    /// How far the list has come.
    pub fn loading(self) -> Loading {
        self.listed.get()
    }

    /// Fetches the list anew: presence changes all the time. What is held stays meanwhile.
    pub fn refresh(self) {
        if self.asking.get_value() {
            return;
        }
        self.asking.set_value(true);
        if self.listed.get_untracked() == Loading::Failed {
            self.listed.set(Loading::Pending);
        }
        let api = self.api.get_value();
        spawn_local(async move {
            let answer = every(&api).await;
            // The agent may have signed out meanwhile.
            self.asking.try_set_value(false);
            match answer {
                Ok(agents) => {
                    self.held.try_set(agents.into_iter().map(|agent| (agent.id, agent)).collect());
                    // What is drawn for it, with forms that are open in it, stays when it comes again.
                    if self.listed.try_get_untracked() != Some(Loading::Ready) {
                        self.listed.try_set(Loading::Ready);
                    }
                    if self.again.try_update_value(std::mem::take) == Some(true) {
                        self.refresh();
                    }
                }
                Err(_) if self.listed.try_get_untracked() == Some(Loading::Pending) => {
                    self.listed.try_set(Loading::Failed);
                }
                Err(_) => {}
            }
        });
    }

    /// One colleague; asked for when not known. Whoever reads is told when they come, or change.
    pub fn get(self, id: AgentId) -> Option<Agent> {
        let held = self.held.with(|held| held.get(&id).cloned());
        if held.is_none() && self.asked.try_update_value(|asked| asked.insert(id)).unwrap_or_default() {
            spawn_local(async move { drop(self.fetch(id).await) });
        }
        held
    }

    /// What a colleague is called; nothing until they are known.
    pub fn name(self, id: AgentId) -> String {
        self.get(id).map(|agent| agent.name).unwrap_or_default()
    }

    /// Fetches one colleague as they are now.
    pub async fn fetch(self, id: AgentId) -> Result<(), ApiError> {
        let api = self.api.get_value();
        let agent = api.get_agent(id).await?;
        self.held.try_update(|held| held.insert(id, agent));
        Ok(())
    }

    /// Shows a colleague's card, which [`AgentCard`](crate::components::agent_card::AgentCard) draws.
    pub fn show(self, id: AgentId) {
        self.shown.set(Some(id));
    }

    /// Whose card is shown.
    pub fn shown(self) -> RwSignal<Option<AgentId>> {
        self.shown
    }
}

/// Those who are there first, then by name.
fn order(agent: &Agent) -> (u8, String, AgentId) {
    let presence = match agent.presence {
        Presence::Online => 0,
        Presence::Suspended => 1,
        Presence::Offline => 2,
    };
    (presence, agent.name.to_lowercase(), agent.id)
}

async fn every(api: &ConsoleApi) -> Result<Vec<Agent>, ApiError> {
    let (mut agents, mut cursor) = (Vec::new(), None);
    for _ in 0..PAGES {
        let page = api.list_agents(cursor.as_deref()).await?;
        agents.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok(agents)
}
