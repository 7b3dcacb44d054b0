//! Colleagues: who works here, and who is there.

pub mod create_agent;
pub mod get_agent;
pub mod list_agents;
pub mod remove_agent_second_factor;

use crate::auth::actor::AnyAgent;
use crate::state::AppState;
use rules::masking::agent_for;
use rules::permissions::{Permission, can};
use rules::presence::presence;
use types::agents::{Agent, AgentField};

/// Agents as a colleague sees them: with their presence, and without what is not for everybody's eyes. Oneself one sees whole.
fn seen_by(caller: &AnyAgent, state: &AppState, agents: Vec<store::agents::Agent>) -> Vec<Agent> {
    let connected = state.hub.connected(agents.iter().map(|agent| agent.id));
    let sees_details = can(caller.role, Permission::SeeColleagueDetails).is_ok();
    let seen = |agent: store::agents::Agent| {
        let is_self = agent.id == caller.agent_id;
        let agent = Agent {
            id: agent.id,
            name: agent.name,
            avatar_id: agent.avatar_id,
            role: agent.role,
            presence: presence(connected.contains(&agent.id), agent.login_state),
            disabled: agent.disabled_at.is_some(),
            account: Some(agent.account),
            email: agent.email,
            mobile: agent.mobile,
            masked: Vec::<AgentField>::new(),
            created_at: agent.created_at,
        };
        agent_for(sees_details || is_self, agent)
    };
    agents.into_iter().map(seen).collect()
}
