//! Calls about colleagues, about who takes part in conversations, and about what is one's own: how one is reached, and views of the list.

use crate::rest::{Api, ApiError, Method, Query, Transport};
use types::agents::{Agent, CreateAgent, Me};
use types::conversations::Conversation;
use types::id::{AgentGroupId, AgentId, ConversationId};
use types::limits;
use types::page::Page;
use types::people::{
    AgentContents, AgentGroup, AgentGroupPatch, AgentGroups, AgentPatch, AgentView, CreateAgentGroup, SetAgentDisabled,
    SetAgentPassword,
};
use types::push::{PushState, SetPushSubscription};
use types::saved_views::SavedViews;

/// Colleagues, and oneself.
impl<T: Transport> Api<T> {
    /// A page of the organisation's agents, the oldest account first.
    pub async fn list_agents(&self, cursor: Option<&str>) -> Result<Page<Agent>, ApiError> {
        let path = Query::default().with("cursor", cursor).with("limit", Some(limits::PAGE_MAX)).of("/api/v1/agents");
        self.call(Method::Get, path, None::<&()>, None).await
    }

    /// Sets the views of the list of conversations that one keeps.
    pub async fn set_saved_views(&self, views: &SavedViews) -> Result<Me, ApiError> {
        self.call(Method::Put, "/api/v1/me/saved-views", Some(views), None).await
    }

    /// Adds an agent to the organisation.
    pub async fn create_agent(&self, request: &CreateAgent) -> Result<Agent, ApiError> {
        self.call(Method::Post, "/api/v1/agents", Some(request), None).await
    }

    /// Adds an agent to a conversation.
    pub async fn add_conversation_member(
        &self,
        conversation_id: ConversationId,
        agent_id: AgentId,
    ) -> Result<Conversation, ApiError> {
        let path = format!("/api/v1/conversations/{conversation_id}/members/{agent_id}");
        self.call(Method::Put, path, None::<&()>, None).await
    }

    /// Removes an agent from a conversation; oneself, to leave it.
    pub async fn remove_conversation_member(
        &self,
        conversation_id: ConversationId,
        agent_id: AgentId,
    ) -> Result<(), ApiError> {
        let path = format!("/api/v1/conversations/{conversation_id}/members/{agent_id}");
        self.nothing(Method::Delete, path, None::<&()>, None).await
    }

    /// One agent.
    pub async fn get_agent(&self, agent_id: AgentId) -> Result<Agent, ApiError> {
        self.call(Method::Get, format!("/api/v1/agents/{agent_id}"), None::<&()>, None).await
    }
}

/// What admins do to colleagues, and to their groups.
impl<T: Transport> Api<T> {
    /// Edits an agent.
    pub async fn update_agent(&self, agent_id: AgentId, patch: &AgentPatch) -> Result<Agent, ApiError> {
        self.call(Method::Patch, format!("/api/v1/agents/{agent_id}"), Some(patch), None).await
    }

    /// Gives an agent another password.
    pub async fn set_agent_password(&self, agent_id: AgentId, request: &SetAgentPassword) -> Result<(), ApiError> {
        self.nothing(Method::Put, format!("/api/v1/agents/{agent_id}/password"), Some(request), None).await
    }

    /// Keeps an agent from signing in, or lets them again.
    pub async fn set_agent_disabled(&self, agent_id: AgentId, request: &SetAgentDisabled) -> Result<Agent, ApiError> {
        self.call(Method::Put, format!("/api/v1/agents/{agent_id}/disabled"), Some(request), None).await
    }

    /// Takes an agent's picture away.
    pub async fn remove_agent_avatar(&self, agent_id: AgentId) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/agents/{agent_id}/avatar"), None::<&()>, None).await
    }

    /// Opens an agent's console to look at.
    pub async fn begin_agent_view(&self, agent_id: AgentId) -> Result<AgentView, ApiError> {
        self.call(Method::Post, format!("/api/v1/agents/{agent_id}/view"), None::<&()>, None).await
    }

    /// Ends what was opened so.
    pub async fn end_agent_view(&self, agent_id: AgentId) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/agents/{agent_id}/view"), None::<&()>, None).await
    }

    /// Removes an agent; what they have goes to the heir, or waits.
    pub async fn remove_agent(&self, agent_id: AgentId, heir_id: Option<AgentId>) -> Result<(), ApiError> {
        let path = Query::default().with("heir_id", heir_id).of(format!("/api/v1/agents/{agent_id}"));
        self.nothing(Method::Delete, path, None::<&()>, None).await
    }

    /// What an agent has, and would be handed on.
    pub async fn get_agent_contents(&self, agent_id: AgentId) -> Result<AgentContents, ApiError> {
        self.call(Method::Get, format!("/api/v1/agents/{agent_id}/contents"), None::<&()>, None).await
    }

    /// Every group of agents, in their order.
    pub async fn list_agent_groups(&self) -> Result<AgentGroups, ApiError> {
        self.call(Method::Get, "/api/v1/agent-groups", None::<&()>, None).await
    }

    /// Adds a group of agents, behind the others.
    pub async fn create_agent_group(&self, request: &CreateAgentGroup) -> Result<AgentGroup, ApiError> {
        self.call(Method::Post, "/api/v1/agent-groups", Some(request), None).await
    }

    /// Renames a group of agents, moves it, or sets who is in it.
    pub async fn update_agent_group(
        &self,
        group_id: AgentGroupId,
        patch: &AgentGroupPatch,
    ) -> Result<AgentGroup, ApiError> {
        self.call(Method::Patch, format!("/api/v1/agent-groups/{group_id}"), Some(patch), None).await
    }

    /// Deletes a group of agents.
    pub async fn delete_agent_group(&self, group_id: AgentGroupId) -> Result<(), ApiError> {
        self.nothing(Method::Delete, format!("/api/v1/agent-groups/{group_id}"), None::<&()>, None).await
    }
}

/// One's own picture. It is set by way of the browser, which has the bytes.
impl<T: Transport> Api<T> {
    /// Removes it.
    pub async fn remove_avatar(&self) -> Result<(), ApiError> {
        self.nothing(Method::Delete, "/api/v1/me/avatar", None::<&()>, None).await
    }
}

/// Web Push.
impl<T: Transport> Api<T> {
    /// What a browser needs to subscribe, and what this sign-in has set.
    pub async fn get_push_subscription(&self) -> Result<PushState, ApiError> {
        self.call(Method::Get, PUSH_SUBSCRIPTION, None::<&()>, None).await
    }

    /// Sets this sign-in's subscription.
    pub async fn set_push_subscription(&self, subscription: &SetPushSubscription) -> Result<(), ApiError> {
        self.nothing(Method::Put, PUSH_SUBSCRIPTION, Some(subscription), None).await
    }

    /// Removes this sign-in's subscription.
    pub async fn remove_push_subscription(&self) -> Result<(), ApiError> {
        self.nothing(Method::Delete, PUSH_SUBSCRIPTION, None::<&()>, None).await
    }
}

const PUSH_SUBSCRIPTION: &str = "/api/v1/me/push-subscription";
