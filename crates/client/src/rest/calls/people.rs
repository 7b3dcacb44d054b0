//! Calls about colleagues.

use crate::rest::{Api, ApiError, Method, Query, Transport};
use types::agents::Agent;
use types::id::AgentId;
use types::limits;
use types::page::Page;

/// Colleagues.
impl<T: Transport> Api<T> {
    /// A page of the organisation's agents, the oldest account first.
    pub async fn list_agents(&self, cursor: Option<&str>) -> Result<Page<Agent>, ApiError> {
        let path = Query::default().with("cursor", cursor).with("limit", Some(limits::PAGE_MAX)).of("/api/v1/agents");
        self.call(Method::Get, path, None::<&()>, None).await
    }

    /// One agent.
    pub async fn get_agent(&self, agent_id: AgentId) -> Result<Agent, ApiError> {
        self.call(Method::Get, format!("/api/v1/agents/{agent_id}"), None::<&()>, None).await
    }
}
