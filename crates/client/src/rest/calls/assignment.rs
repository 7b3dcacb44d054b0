//! Calls about whose conversations are, and which of them to list.

use crate::rest::{Api, ApiError, Method, Query, Transport};
use crate::state::Filter;
use types::assignment::{
    ChannelAssignment, SetChannelAssignment, SnoozeConversation, TransferConversation, TransferTargets,
};
use types::conversations::Conversation;
use types::id::{ChannelId, ConversationId};

/// The query for what a filter stands for.
pub(super) fn filtered(query: Query, filter: Filter) -> Query {
    match filter {
        Filter::All => query.with("snoozed", Some(false)),
        Filter::Mine => query.with("assigned", Some("me")).with("closed", Some(false)).with("snoozed", Some(false)),
        Filter::Unassigned => query.with("assigned", Some("nobody")).with("closed", Some(false)),
        Filter::Closed => query.with("closed", Some(true)),
        Filter::Snoozed => query.with("snoozed", Some(true)),
        Filter::Waiting => query.with("waiting", Some(true)).with("snoozed", Some(false)),
        Filter::Unread => query.with("unread", Some(true)),
    }
}

/// Assignment.
impl<T: Transport> Api<T> {
    /// Hands a conversation on.
    pub async fn transfer_conversation(
        &self,
        conversation_id: ConversationId,
        request: &TransferConversation,
    ) -> Result<(), ApiError> {
        let path = format!("/api/v1/conversations/{conversation_id}/transfer");
        self.nothing(Method::Post, path, Some(request), None).await
    }

    /// Makes a conversation the caller's.
    pub async fn take_over_conversation(&self, conversation_id: ConversationId) -> Result<Conversation, ApiError> {
        let path = format!("/api/v1/conversations/{conversation_id}/take-over");
        self.call(Method::Post, path, None::<&()>, None).await
    }

    /// Closes a conversation.
    pub async fn close_conversation(&self, conversation_id: ConversationId) -> Result<Conversation, ApiError> {
        let path = format!("/api/v1/conversations/{conversation_id}/close");
        self.call(Method::Post, path, None::<&()>, None).await
    }

    /// Opens a closed conversation again.
    pub async fn reopen_conversation(&self, conversation_id: ConversationId) -> Result<Conversation, ApiError> {
        let path = format!("/api/v1/conversations/{conversation_id}/reopen");
        self.call(Method::Post, path, None::<&()>, None).await
    }

    /// Puts a conversation off.
    pub async fn snooze_conversation(
        &self,
        conversation_id: ConversationId,
        request: &SnoozeConversation,
    ) -> Result<Conversation, ApiError> {
        self.call(Method::Put, format!("/api/v1/conversations/{conversation_id}/snooze"), Some(request), None).await
    }

    /// Brings a conversation back that is put off.
    pub async fn wake_conversation(&self, conversation_id: ConversationId) -> Result<Conversation, ApiError> {
        let path = format!("/api/v1/conversations/{conversation_id}/snooze");
        self.call(Method::Delete, path, None::<&()>, None).await
    }

    /// To whom conversations can be handed on.
    pub async fn list_transfer_targets(&self) -> Result<TransferTargets, ApiError> {
        self.call(Method::Get, "/api/v1/transfer-targets", None::<&()>, None).await
    }

    /// To whom a channel's conversations come.
    pub async fn get_channel_assignment(&self, channel_id: ChannelId) -> Result<ChannelAssignment, ApiError> {
        self.call(Method::Get, format!("/api/v1/channels/{channel_id}/assignment"), None::<&()>, None).await
    }

    /// Sets to whom a channel's conversations come.
    pub async fn set_channel_assignment(
        &self,
        channel_id: ChannelId,
        request: &SetChannelAssignment,
    ) -> Result<ChannelAssignment, ApiError> {
        self.call(Method::Put, format!("/api/v1/channels/{channel_id}/assignment"), Some(request), None).await
    }
}
