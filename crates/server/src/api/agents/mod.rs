//! Colleagues: who works here, and who is there.

pub mod begin_agent_view;
pub mod create_agent;
pub mod end_agent_view;
pub mod get_agent;
pub mod get_agent_contents;
pub mod list_agents;
pub mod remove_agent;
pub mod remove_agent_avatar;
pub mod remove_agent_second_factor;
pub mod set_agent_avatar;
pub mod set_agent_disabled;
pub mod set_agent_password;
pub mod update_agent;

use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::masking::agent_for;
use rules::permissions::{Permission, can};
use rules::presence::presence;
use store::{agent_groups, second_factors};
use types::agents::{Agent, AgentField};
use types::id::AgentId;

/// Agents as a colleague sees them: with their presence, and without what is not for everybody's eyes. Oneself one sees whole, but for
/// what is set of one, which admins see.
async fn seen_by(caller: &AnyAgent, state: &AppState, agents: Vec<store::agents::Agent>) -> ApiResult<Vec<Agent>> {
    let manages = can(caller.rights(), Permission::ManageAgents).is_ok();
    let ids: Vec<AgentId> = agents.iter().filter(|_| manages).map(|agent| agent.id).collect();
    let mut groups = agent_groups::of_agents(state.db.reader(), caller.scope(), &ids).await?;
    let second_factors = second_factors::of_agents(state.db.reader(), caller.scope(), &ids).await?;
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
            settings: manages.then(|| agent.settings.with(groups.remove(&agent.id).unwrap_or_default())),
            second_factor: manages.then(|| second_factors.contains(&agent.id)),
            created_at: agent.created_at,
        };
        agent_for(sees_details || is_self, agent)
    };
    Ok(agents.into_iter().map(seen).collect())
}

async fn seen_one(caller: &AnyAgent, state: &AppState, agent: store::agents::Agent) -> ApiResult<Agent> {
    seen_by(caller, state, vec![agent]).await?.pop().ok_or_else(|| ApiError::not_found("agent"))
}
