//! What happens to answers of the server's that are held beside the state: what a search has found, the blacklist, colleagues.

use types::events::Event;

/// Whether an event may change one.
pub(super) fn matters(event: &Event) -> bool {
    matches!(
        event,
        Event::MessageRecalled { .. }
            | Event::ConversationCleared { .. }
            | Event::ConversationDeleted { .. }
            | Event::ConversationWithdrawn { .. }
            | Event::AgentJoined { .. }
            | Event::AgentUpdated { .. }
            | Event::ContactBlocked { .. }
            | Event::ContactDeleted { .. }
            | Event::ContactMerged { .. }
            | Event::ContactMergeUndone { .. }
            | Event::ContactUpdated { .. }
            | Event::ChannelDeleted { .. }
            | Event::AgentCreated { .. }
            | Event::AgentEdited { .. }
            | Event::AgentRemoved { .. }
            | Event::AgentGroupsChanged {}
            | Event::WebhooksChanged { .. }
            | Event::ApiTokensChanged {}
    )
}
