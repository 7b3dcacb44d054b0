//! Which scope of an API token reaches which operation: one line for each operation that agents have.
//!
//! **Invariant**: an operation that is not here, or whose line says `None`, is reached by no token. A test holds the list against the
//! router's.

use types::api_tokens::Scope;

/// Nothing that keeps an account safe is a token's affair: passwords, second factors, sign-ins, and tokens themselves.
const NEVER: Option<Scope> = None;

use Scope::{
    AgentsRead, AgentsWrite, AuditRead, ChannelsRead, ChannelsWrite, ContactsRead, ContactsWrite, ConversationsRead,
    ConversationsWrite, EventsRead, OrganisationRead, OrganisationWrite, ProfileRead, ProfileWrite, SocketsWrite,
    TagsRead, TagsWrite, WebhooksRead, WebhooksWrite,
};

/// The operations, in the order of the router.
const TABLE: &[(&str, Option<Scope>)] = &[
    // own_account
    ("logout", NEVER),
    ("logout_everywhere", NEVER),
    ("get_me", Some(ProfileRead)),
    ("update_me", Some(ProfileWrite)),
    ("set_avatar", Some(ProfileWrite)),
    ("remove_avatar", Some(ProfileWrite)),
    ("change_password", NEVER),
    ("set_saved_views", Some(ProfileWrite)),
    ("get_second_factor", NEVER),
    ("begin_second_factor", NEVER),
    ("confirm_second_factor", NEVER),
    ("renew_recovery_codes", NEVER),
    ("remove_second_factor", NEVER),
    ("list_sessions", NEVER),
    ("revoke_other_sessions", NEVER),
    ("revoke_session", NEVER),
    ("create_socket_ticket", Some(SocketsWrite)),
    // A browser's, which has no token.
    ("get_push_subscription", NEVER),
    ("set_push_subscription", NEVER),
    ("remove_push_subscription", NEVER),
    // inbox
    ("list_agents", Some(AgentsRead)),
    ("get_agent", Some(AgentsRead)),
    ("list_channels", Some(ChannelsRead)),
    ("get_channel", Some(ChannelsRead)),
    ("get_channel_tree", Some(ChannelsRead)),
    ("list_conversations", Some(ConversationsRead)),
    ("get_conversation", Some(ConversationsRead)),
    ("mark_conversation_read", Some(ConversationsWrite)),
    ("personalise_conversation", Some(ConversationsWrite)),
    ("clear_conversation", Some(ConversationsWrite)),
    ("delete_conversation", Some(ConversationsWrite)),
    ("transfer_conversation", Some(ConversationsWrite)),
    ("take_over_conversation", Some(ConversationsWrite)),
    ("close_conversation", Some(ConversationsWrite)),
    ("reopen_conversation", Some(ConversationsWrite)),
    ("snooze_conversation", Some(ConversationsWrite)),
    ("wake_conversation", Some(ConversationsWrite)),
    ("list_transfer_targets", Some(ConversationsRead)),
    ("add_conversation_member", Some(ConversationsWrite)),
    ("remove_conversation_member", Some(ConversationsWrite)),
    ("list_messages", Some(ConversationsRead)),
    ("send_message", Some(ConversationsWrite)),
    ("recall_message", Some(ConversationsWrite)),
    // It may cost money.
    ("translate_message", Some(ConversationsWrite)),
    ("list_notes", Some(ConversationsRead)),
    ("create_note", Some(ConversationsWrite)),
    ("create_attachment", Some(ConversationsWrite)),
    ("create_attachment_poster", Some(ConversationsWrite)),
    ("get_file_access", Some(ConversationsRead)),
    ("list_contacts", Some(ContactsRead)),
    ("get_contact", Some(ContactsRead)),
    ("update_contact", Some(ContactsWrite)),
    ("set_contact_blocked", Some(ContactsWrite)),
    ("list_blacklist", Some(ContactsRead)),
    ("create_contact_export", Some(ContactsRead)),
    // They reach the contact, and all that was said and noted with them: more than any one scope is for.
    ("create_contact_data_export", NEVER),
    ("delete_contact", NEVER),
    ("list_duplicate_contacts", Some(ContactsRead)),
    ("list_contact_merges", Some(ContactsRead)),
    ("merge_contacts", Some(ContactsWrite)),
    ("undo_contact_merge", Some(ContactsWrite)),
    ("create_contact_import", Some(ContactsWrite)),
    ("list_contact_imports", Some(ContactsRead)),
    ("begin_contact_import", Some(ContactsWrite)),
    ("cancel_contact_import", Some(ContactsWrite)),
    ("create_import_failure_export", Some(ContactsRead)),
    ("list_custom_fields", Some(ContactsRead)),
    ("list_tag_groups", Some(TagsRead)),
    ("set_contact_tags", Some(ContactsWrite)),
    ("create_tagging", Some(ContactsWrite)),
    ("list_taggings", Some(ContactsRead)),
    ("cancel_tagging", Some(ContactsWrite)),
    ("search_history", Some(ConversationsRead)),
    ("get_welcome", Some(OrganisationRead)),
    ("get_file_limit", Some(OrganisationRead)),
    ("list_events", Some(EventsRead)),
    // organisation_settings
    ("create_agent", Some(AgentsWrite)),
    ("update_agent", Some(AgentsWrite)),
    ("remove_agent", Some(AgentsWrite)),
    ("get_agent_contents", Some(AgentsRead)),
    ("set_agent_disabled", Some(AgentsWrite)),
    ("set_agent_password", NEVER),
    ("set_agent_avatar", Some(AgentsWrite)),
    ("remove_agent_avatar", Some(AgentsWrite)),
    ("begin_agent_view", NEVER),
    ("end_agent_view", NEVER),
    ("list_agent_groups", Some(AgentsRead)),
    ("create_agent_group", Some(AgentsWrite)),
    ("update_agent_group", Some(AgentsWrite)),
    ("delete_agent_group", Some(AgentsWrite)),
    ("remove_agent_second_factor", NEVER),
    ("set_welcome", Some(OrganisationWrite)),
    ("set_file_limit", Some(OrganisationWrite)),
    // integrations
    ("list_api_tokens", NEVER),
    ("create_api_token", NEVER),
    ("revoke_api_token", NEVER),
    // oversight
    ("create_audit_export", Some(AuditRead)),
    ("list_audit_entries", Some(AuditRead)),
    // channel_settings
    ("create_channel", Some(ChannelsWrite)),
    ("get_channel_assignment", Some(ChannelsRead)),
    ("set_channel_assignment", Some(ChannelsWrite)),
    ("get_channel_domains", Some(ChannelsRead)),
    ("set_channel_domains", Some(ChannelsWrite)),
    ("get_channel_identity", Some(ChannelsRead)),
    // Whoever has the secret can be any visitor.
    ("create_identity_secret", NEVER),
    ("delete_identity_secret", NEVER),
    ("update_channel", Some(ChannelsWrite)),
    ("delete_channel", Some(ChannelsWrite)),
    ("get_channel_contents", Some(ChannelsRead)),
    ("list_style_versions", Some(ChannelsRead)),
    ("set_style_version", Some(ChannelsWrite)),
    ("set_channel_avatar", Some(ChannelsWrite)),
    ("remove_channel_avatar", Some(ChannelsWrite)),
    ("arrange_channels", Some(ChannelsWrite)),
    ("create_channel_group", Some(ChannelsWrite)),
    ("update_channel_group", Some(ChannelsWrite)),
    ("delete_channel_group", Some(ChannelsWrite)),
    ("set_channel_group", Some(ChannelsWrite)),
    // tag_settings
    ("create_tag_group", Some(TagsWrite)),
    ("update_tag_group", Some(TagsWrite)),
    ("delete_tag_group", Some(TagsWrite)),
    ("get_tag_group_contents", Some(TagsRead)),
    ("create_tag", Some(TagsWrite)),
    ("update_tag", Some(TagsWrite)),
    ("delete_tag", Some(TagsWrite)),
    ("get_tag_contents", Some(TagsRead)),
    ("set_custom_fields", Some(OrganisationWrite)),
    ("get_custom_field_contents", Some(OrganisationRead)),
    // webhook_settings
    ("list_webhooks", Some(WebhooksRead)),
    ("create_webhook", Some(WebhooksWrite)),
    ("get_webhook", Some(WebhooksRead)),
    ("update_webhook", Some(WebhooksWrite)),
    ("delete_webhook", Some(WebhooksWrite)),
    ("rotate_webhook_secret", Some(WebhooksWrite)),
    ("send_webhook_test", Some(WebhooksWrite)),
    ("list_webhook_deliveries", Some(WebhooksRead)),
    ("get_webhook_delivery", Some(WebhooksRead)),
    ("replay_webhook_delivery", Some(WebhooksWrite)),
    ("replay_failed_webhook_deliveries", Some(WebhooksWrite)),
];

/// The scope that reaches an operation; `None` when no token does.
#[must_use]
pub fn scope_of(operation: &str) -> Option<Scope> {
    TABLE.iter().find(|(id, _)| *id == operation).and_then(|(_, scope)| *scope)
}

/// The operations that have a line.
pub fn listed() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(id, _)| *id)
}
