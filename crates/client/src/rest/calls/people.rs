//! Calls about colleagues, about who takes part in conversations, and about what is one's own: how one is reached, and views of the list.

use crate::rest::{Api, ApiError, Method, Query, Transport};
use types::agents::{Agent, CreateAgent, Me};
use types::conversations::Conversation;
use types::id::{AgentId, ConversationId};
use types::limits;
use types::page::Page;
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
