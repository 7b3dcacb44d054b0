//! Webhooks: addresses of programs that are told what happens, and the log of what each was told.

use crate::error::{FieldCode, FieldError};
use crate::id::{ConversationId, WebhookDeliveryId, WebhookId};
use crate::limits;
use crate::patch;
use crate::time::Timestamp;
use crate::validate::{self, Fault, Faults, Validate};
use serde::{Deserialize, Serialize};

/// Declares the events once: for the wire, for what is offered, and for the ledger, whose kinds have the same names.
macro_rules! webhook_events {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $group:ident;)+) => {
        /// What a webhook can be told: a closed list of the ledger's events.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum WebhookEvent {
            $($(#[$doc])* $variant,)+
        }

        impl WebhookEvent {
            /// Every event, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The event as written on the wire and in the ledger.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What it is about.
            #[must_use]
            pub fn group(self) -> WebhookEventGroup {
                match self {
                    $(Self::$variant => WebhookEventGroup::$group,)+
                }
            }
        }
    };
}

/// What events are about: how they are grouped where they are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WebhookEventGroup {
    /// Conversations.
    Conversations,
    /// Messages and notes.
    Messages,
    /// Contacts.
    Contacts,
    /// Channels.
    Channels,
    /// The organisation's own people.
    Agents,
}

impl WebhookEventGroup {
    /// Every group, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Conversations, Self::Messages, Self::Contacts, Self::Channels, Self::Agents];
}

webhook_events! {
    /// A conversation began, with a new contact or with one whose earlier conversation was deleted.
    ConversationCreated = "conversation_created", Conversations;
    /// A conversation became somebody's, or nobody's.
    ConversationAssigned = "conversation_assigned", Conversations;
    /// A conversation was closed.
    ConversationClosed = "conversation_closed", Conversations;
    /// A conversation was opened again.
    ConversationReopened = "conversation_reopened", Conversations;
    /// A conversation was put off by its agent.
    ConversationSnoozed = "conversation_snoozed", Conversations;
    /// A conversation that was put off is back.
    ConversationWoken = "conversation_woken", Conversations;
    /// An agent was added to a conversation.
    AgentJoined = "agent_joined", Conversations;
    /// An agent was removed from a conversation, or has left it.
    AgentLeft = "agent_left", Conversations;
    /// A conversation's messages were cleared: whoever has copies should delete them.
    ConversationCleared = "conversation_cleared", Conversations;
    /// A conversation was deleted with its messages: whoever has copies should delete them.
    ConversationDeleted = "conversation_deleted", Conversations;
    /// A message was stored, whoever wrote it.
    MessageCreated = "message_created", Messages;
    /// A message was recalled by its author.
    MessageRecalled = "message_recalled", Messages;
    /// An internal note was written.
    NoteCreated = "note_created", Messages;
    /// More, or something new, is known of a contact, their tags among it.
    ContactUpdated = "contact_updated", Contacts;
    /// A contact was put on the blacklist, or taken off it.
    ContactBlocked = "contact_blocked", Contacts;
    /// A contact was deleted with all that was kept of them: whoever has copies should delete them.
    ContactDeleted = "contact_deleted", Contacts;
    /// A contact was merged into another one, and leads to them.
    ContactMerged = "contact_merged", Contacts;
    /// A merge was undone: the contact is there again.
    ContactMergeUndone = "contact_merge_undone", Contacts;
    /// A channel was added.
    ChannelCreated = "channel_created", Channels;
    /// A channel was edited.
    ChannelUpdated = "channel_updated", Channels;
    /// A channel was deleted with all its conversations.
    ChannelDeleted = "channel_deleted", Channels;
    /// An agent was added to the organisation.
    AgentCreated = "agent_created", Agents;
    /// An agent's name or picture changed.
    AgentUpdated = "agent_updated", Agents;
    /// An agent was removed.
    AgentRemoved = "agent_removed", Agents;
}

impl WebhookEvent {
    /// The event of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.as_str() == text)
    }
}

/// Declares enums that are kept as the words of the wire.
macro_rules! words {
    ($($(#[$of_enum:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ })+) => {
        $(
            $(#[$of_enum])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            #[serde(rename_all = "snake_case")]
            pub enum $name {
                $($(#[$doc])* $variant,)+
            }

            impl $name {
                /// The word on the wire.
                #[must_use]
                pub fn as_str(self) -> &'static str {
                    match self {
                        $(Self::$variant => $word,)+
                    }
                }

                /// What this word says.
                #[must_use]
                pub fn parse(text: &str) -> Option<Self> {
                    [$(Self::$variant),+].into_iter().find(|one| one.as_str() == text)
                }
            }
        )+
    };
}

words! {
    /// How a webhook is.
    WebhookState {
        /// Nothing has failed since it was last told something.
        Healthy = "healthy",
        /// The last attempt has failed; it is tried again.
        Failing = "failing",
        /// It is told nothing until it is taken up again.
        Paused = "paused",
    }

    /// Why a webhook is paused.
    WebhookPause {
        /// An admin has paused it.
        ByAdmin = "by_admin",
        /// Every attempt has failed for a day.
        Failing = "failing",
        /// Its program has answered 410: it is gone for good.
        Gone = "gone",
    }

    /// What has become of a delivery.
    WebhookDeliveryState {
        /// It is to be sent, or sent again.
        Waiting = "waiting",
        /// The program has answered with 2xx.
        Delivered = "delivered",
        /// It was tried for a day, or refused for good.
        Failed = "failed",
    }

    /// Why an attempt has failed.
    WebhookFailure {
        /// The program has answered with something else than 2xx.
        Status = "status",
        /// It has not answered within 10 seconds.
        Timeout = "timeout",
        /// The address leads into a private network.
        PrivateAddress = "private_address",
        /// There was no connection, or it broke, or it was not secure.
        Unreachable = "unreachable",
    }
}

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhook {
    /// The webhook.
    pub id: WebhookId,
    /// Where events are posted to.
    pub url: String,
    /// What it is for, in the admin's words.
    pub description: String,
    /// What it is told.
    pub events: Vec<WebhookEvent>,
    /// Whether it is told contacts' phone numbers and addresses in full.
    pub includes_contact_details: bool,
    /// How it is.
    pub state: WebhookState,
    /// Why it is paused; absent when it is not.
    pub paused_for: Option<WebhookPause>,
    /// Since when it is paused.
    pub paused_at: Option<Timestamp>,
    /// Since when every attempt has failed.
    pub failing_since: Option<Timestamp>,
    /// When it was last told something.
    pub delivered_at: Option<Timestamp>,
    /// Until when the secret before is signed with as well; absent when there is none.
    pub previous_secret_until: Option<Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// The organisation's webhooks, oldest first; at most [`limits::WEBHOOKS_MAX`], so not paged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Webhooks {
    /// The webhooks.
    pub items: Vec<Webhook>,
}

/// Adds a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateWebhook {
    /// Where events are posted to: an `https` address on the public internet.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2048, pattern = "^https?://[!\"$-~]+$"))]
    pub url: String,
    /// What it is for; nothing unless said otherwise.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"))]
    pub description: String,
    /// What it is told: at least one, each once.
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub events: Vec<WebhookEvent>,
    /// Whether it is told contacts' phone numbers and addresses in full; no unless said otherwise. Only by whoever sees them.
    #[serde(default)]
    pub includes_contact_details: bool,
}

impl Validate for CreateWebhook {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("url", url(&self.url));
        faults.check("description", description(&self.description));
        faults.check("events", events(&self.events));
        faults.into_errors()
    }
}

/// Changes to a webhook; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WebhookPatch {
    /// Where events are posted to.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false, min_length = 1, max_length = 2048, pattern = "^https?://[!\"$-~]+$"))]
    pub url: Option<String>,
    /// What it is for.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false, max_length = 200, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"))]
    pub description: Option<String>,
    /// What it is told.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<WebhookEvent>, required = false, min_items = 1))]
    pub events: Option<Vec<WebhookEvent>>,
    /// Whether it is told contacts' details in full. Turned on only by whoever sees them.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool, required = false))]
    pub includes_contact_details: Option<bool>,
    /// Whether it is paused. Taken up again, it is told what has happened meanwhile, as far as three days back.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool, required = false))]
    pub paused: Option<bool>,
}

impl Validate for WebhookPatch {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("url", self.url.as_deref().map_or(Ok(()), url));
        faults.check("description", self.description.as_deref().map_or(Ok(()), description));
        faults.check("events", self.events.as_deref().map_or(Ok(()), events));
        faults.into_errors()
    }
}

/// An address, as far as its text tells: where it leads, the server finds out.
pub fn url(text: &str) -> Result<(), Fault> {
    validate::line(text, 1, limits::URL_MAX)?;
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    let well_formed = is_web && text.is_ascii() && !text.contains(char::is_whitespace) && !text.contains('#');
    if well_formed { Ok(()) } else { Err(Fault::new(FieldCode::InvalidFormat, "must be an https address")) }
}

fn description(text: &str) -> Result<(), Fault> {
    validate::line(text, 0, limits::WEBHOOK_DESCRIPTION_MAX)
}

fn events(chosen: &[WebhookEvent]) -> Result<(), Fault> {
    if chosen.is_empty() {
        return Err(Fault::new(FieldCode::Required, "must name an event"));
    }
    let mut seen = chosen.to_vec();
    seen.sort_unstable();
    seen.dedup();
    if seen.len() == chosen.len() { Ok(()) } else { Err(Fault::new(FieldCode::Taken, "must name each event once")) }
}

/// A webhook with its secret, which nobody is shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedWebhook {
    /// The webhook.
    pub webhook: Webhook,
    /// The secret that deliveries are signed with: `whsec_` and 32 bytes in base64.
    pub secret: String,
}

/// A delivery of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookDelivery {
    /// The delivery: what the program is told in `Webhook-Id`.
    pub id: WebhookDeliveryId,
    /// What it tells; absent for a test.
    pub event: Option<WebhookEvent>,
    /// The conversation that it is about: deliveries of one are made in their order.
    pub conversation_id: Option<ConversationId>,
    /// What has become of it.
    pub state: WebhookDeliveryState,
    /// How often it was sent.
    pub attempts: i64,
    /// The status of the last answer.
    #[cfg_attr(feature = "openapi", schema(minimum = 100, maximum = 999))]
    pub status: Option<u16>,
    /// Why the last attempt has failed.
    pub failure: Option<WebhookFailure>,
    /// How many milliseconds the last attempt took.
    pub duration_millis: Option<i64>,
    /// When it was last sent.
    pub attempted_at: Option<Timestamp>,
    /// When it is sent next; absent when it waits for an earlier one of the conversation, and when it is over.
    pub due_at: Option<Timestamp>,
    /// When it came about.
    pub created_at: Timestamp,
}

/// A delivery with what was sent and answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookDeliveryContents {
    /// The delivery.
    pub delivery: WebhookDelivery,
    /// The body, byte for byte as it is signed.
    pub body: String,
    /// The beginning of the last answer's body.
    pub answer: Option<String>,
}

/// Sends what has failed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplayFailedDeliveries {
    /// What came about at this time or later.
    pub since: Timestamp,
}

impl Validate for ReplayFailedDeliveries {
    fn validate(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// How many deliveries are sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplayedDeliveries {
    /// The oldest ones; at most 1,000 at a time.
    #[cfg_attr(feature = "openapi", schema(maximum = 1000))]
    pub replayed: u64,
    /// Whether there are more: ask again.
    pub has_more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for event in WebhookEvent::ALL {
            assert_eq!(serde_json::to_value(event).unwrap(), event.as_str());
            assert_eq!(WebhookEvent::parse(event.as_str()), Some(*event));
        }
        assert_eq!(serde_json::to_value(WebhookPause::ByAdmin).unwrap(), WebhookPause::ByAdmin.as_str());
        assert_eq!(serde_json::to_value(WebhookFailure::PrivateAddress).unwrap(), "private_address");
        assert_eq!(WebhookDeliveryState::parse("delivered"), Some(WebhookDeliveryState::Delivered));
        assert_eq!(WebhookState::parse("gone"), None);
    }

    #[test]
    fn a_webhook_needs_an_address_and_something_to_be_told_once() {
        let right = CreateWebhook {
            url: "https://crm.example/hook?of=parlor".to_owned(),
            description: String::new(),
            events: vec![WebhookEvent::MessageCreated, WebhookEvent::ContactUpdated],
            includes_contact_details: false,
        };
        assert_eq!(right.validate(), []);
        for url in ["", "crm.example", "ftp://crm.example", "https://a b", "https://例子.中国", "https://a.example/#x"]
        {
            assert_eq!(CreateWebhook { url: url.to_owned(), ..right.clone() }.validate().len(), 1, "{url}");
        }
        let twice = vec![WebhookEvent::MessageCreated; 2];
        for (events, code) in [(vec![], FieldCode::Required), (twice, FieldCode::Taken)] {
            let patch = WebhookPatch { events: Some(events), ..WebhookPatch::default() };
            assert_eq!(patch.validate()[0].code, code);
        }
        assert_eq!(WebhookPatch::default().validate(), []);
    }
}
