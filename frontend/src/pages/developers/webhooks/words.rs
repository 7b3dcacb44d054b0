//! Events, and how deliveries and webhooks are, in the person's language.

use crate::i18n::Lang;
use types::webhooks::{
    WebhookDelivery, WebhookDeliveryState, WebhookEvent, WebhookEventGroup, WebhookFailure, WebhookState,
};

/// What a group of events is called.
pub fn group_name(lang: Lang, group: WebhookEventGroup) -> &'static str {
    match group {
        WebhookEventGroup::Conversations => lang.webhook_group_conversations(),
        WebhookEventGroup::Messages => lang.webhook_group_messages(),
        WebhookEventGroup::Contacts => lang.webhook_group_contacts(),
        WebhookEventGroup::Channels => lang.webhook_group_channels(),
        WebhookEventGroup::Agents => lang.webhook_group_agents(),
    }
}

/// What an event is called.
pub fn event_name(lang: Lang, event: WebhookEvent) -> &'static str {
    match event {
        WebhookEvent::ConversationCreated => lang.event_conversation_created(),
        WebhookEvent::ConversationAssigned => lang.event_conversation_assigned(),
        WebhookEvent::ConversationClosed => lang.event_conversation_closed(),
        WebhookEvent::ConversationReopened => lang.event_conversation_reopened(),
        WebhookEvent::ConversationSnoozed => lang.event_conversation_snoozed(),
        WebhookEvent::ConversationWoken => lang.event_conversation_woken(),
        WebhookEvent::AgentJoined => lang.event_agent_joined(),
        WebhookEvent::AgentLeft => lang.event_agent_left(),
        WebhookEvent::ConversationCleared => lang.event_conversation_cleared(),
        WebhookEvent::ConversationDeleted => lang.event_conversation_deleted(),
        WebhookEvent::MessageCreated => lang.event_message_created(),
        WebhookEvent::MessageRecalled => lang.event_message_recalled(),
        WebhookEvent::NoteCreated => lang.event_note_created(),
        WebhookEvent::ContactUpdated => lang.event_contact_updated(),
        WebhookEvent::ContactDeleted => lang.event_contact_deleted(),
        WebhookEvent::ContactMerged => lang.event_contact_merged(),
        WebhookEvent::ContactMergeUndone => lang.event_contact_merge_undone(),
        WebhookEvent::ContactBlocked => lang.event_contact_blocked(),
        WebhookEvent::ChannelCreated => lang.event_channel_created(),
        WebhookEvent::ChannelUpdated => lang.event_channel_updated(),
        WebhookEvent::ChannelDeleted => lang.event_channel_deleted(),
        WebhookEvent::AgentCreated => lang.event_agent_created(),
        WebhookEvent::AgentUpdated => lang.event_agent_updated(),
        WebhookEvent::AgentRemoved => lang.event_agent_removed(),
    }
}

/// How a webhook is.
pub fn state_name(lang: Lang, state: WebhookState) -> &'static str {
    match state {
        WebhookState::Healthy => lang.webhook_state_healthy(),
        WebhookState::Failing => lang.webhook_state_failing(),
        WebhookState::Paused => lang.webhook_state_paused(),
    }
}

/// What has become of a delivery.
pub fn delivery_name(lang: Lang, state: WebhookDeliveryState) -> &'static str {
    match state {
        WebhookDeliveryState::Waiting => lang.delivery_waiting(),
        WebhookDeliveryState::Delivered => lang.delivery_delivered(),
        WebhookDeliveryState::Failed => lang.delivery_failed(),
    }
}

/// What the last attempt has come to: the answer's status, or why there was none.
pub fn outcome(lang: Lang, delivery: &WebhookDelivery) -> Option<String> {
    match (delivery.failure, delivery.status) {
        (_, Some(status)) => Some(lang.delivery_status(status.into())),
        (Some(WebhookFailure::Timeout), None) => Some(lang.delivery_timeout().to_owned()),
        (Some(WebhookFailure::PrivateAddress), None) => Some(lang.delivery_private().to_owned()),
        (Some(WebhookFailure::Unreachable | WebhookFailure::Status), None) => {
            Some(lang.delivery_unreachable().to_owned())
        }
        (None, None) => None,
    }
}
