//! API tokens: what programs call the API with, each as one agent and within its scopes.

use crate::error::{FieldCode, FieldError};
use crate::id::{AgentId, ApiTokenId};
use crate::limits;
use crate::time::Timestamp;
use crate::validate::{self, Fault, Faults, Validate};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Declares the closed list of scopes with their texts.
// `$text` is a `tt`: see `error::code_enum`.
macro_rules! scopes {
    ($($(#[$doc:meta])* $variant:ident = $text:tt,)*) => {
        /// What a token may be used for: a resource, to be read or to be changed. Whatever it says, nothing goes beyond what the
        /// token's agent may do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Scope { $($(#[$doc])* #[serde(rename = $text)] $variant,)* }

        impl Scope {
            /// Every scope, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The scope as written on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

scopes! {
    /// Read conversations, messages, notes and their files; search.
    ConversationsRead = "conversations:read",
    /// Answer, note, upload, transfer, close, clear and delete conversations, and change who takes part.
    ConversationsWrite = "conversations:write",
    /// Read contacts and the blacklist; export contacts.
    ContactsRead = "contacts:read",
    /// Edit contacts, give them tags, put them on the blacklist.
    ContactsWrite = "contacts:write",
    /// Read tags and their groups.
    TagsRead = "tags:read",
    /// Add, edit and delete tags and their groups.
    TagsWrite = "tags:write",
    /// Read channels and their tree.
    ChannelsRead = "channels:read",
    /// Add, edit, arrange and delete channels.
    ChannelsWrite = "channels:write",
    /// Read agents and their groups.
    AgentsRead = "agents:read",
    /// Add, edit, disable and remove agents, and group them. Whoever may add admins may do everything in the end.
    AgentsWrite = "agents:write",
    /// Read the organisation's settings.
    OrganisationRead = "organisation:read",
    /// Change the organisation's settings.
    OrganisationWrite = "organisation:write",
    /// Read webhooks and what was delivered to them.
    WebhooksRead = "webhooks:read",
    /// Add, edit and delete webhooks, and deliver again. Whoever may have webhooks sent somewhere reads what they are told.
    WebhooksWrite = "webhooks:write",
    /// Read the audit log.
    AuditRead = "audit:read",
    /// Read the account that the token acts as.
    ProfileRead = "profile:read",
    /// Change the account that the token acts as, but for its password and second factor.
    ProfileWrite = "profile:write",
    /// Read all events that the token's agent hears, whatever they are about.
    EventsRead = "events:read",
    /// Open sockets, which hear every event and send messages.
    SocketsWrite = "sockets:write",
}

impl Scope {
    /// The scope of this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == text)
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn only_reads(self) -> bool {
        self.as_str().ends_with(":read")
    }
}

/// Whether a token is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ApiTokenState {
    /// It is.
    Active,
    /// Its time is over.
    Expired,
    /// Its agent was disabled or removed; it does not come back with them.
    Stopped,
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiToken {
    /// The token.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// How its secret begins, to tell it from others.
    pub prefix: String,
    /// The agent that it acts as.
    pub agent_id: AgentId,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Whether it is good.
    pub state: ApiTokenState,
    /// Who made it.
    pub created_by: AgentId,
    /// When.
    pub created_at: Timestamp,
    /// Until when it is good; absent: until it is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to a minute; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// From which address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_ip: Option<String>,
}

/// Every token of the organisation, newest first. Bounded by [`limits::API_TOKENS_MAX`], so not paged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiTokens {
    /// The tokens.
    pub items: Vec<ApiToken>,
}

/// A token as it was made: the only time that its secret is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedApiToken {
    /// The token.
    pub token: ApiToken,
    /// Its secret, for `Authorization: Bearer …`. It is stored nowhere: whoever loses it makes another token.
    pub secret: String,
}

/// Makes a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateApiToken {
    /// What it is for: one line of at most 40 characters.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 40,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: String,
    /// The agent that it acts as; unless said otherwise, whoever makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// What it may be used for, each scope once.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 19))]
    pub scopes: Vec<Scope>,
    /// Until when it is good; absent: until it is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl Validate for CreateApiToken {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("name", validate::line(&self.name, 1, limits::API_TOKEN_NAME_MAX));
        if self.scopes.is_empty() {
            faults.check("scopes", Err(Fault::new(FieldCode::Required, "must name at least one scope")));
        }
        let mut seen = HashSet::new();
        for (place, scope) in self.scopes.iter().enumerate() {
            if !seen.insert(scope) {
                let twice = Fault::new(FieldCode::Taken, "stands there twice");
                faults.check(&format!("scopes[{place}]"), Err(twice));
            }
        }
        faults.into_errors()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_a_closed_list_of_a_resource_and_what_is_done_to_it() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.as_str()), Some(*scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
            assert!(scope.as_str().ends_with(if scope.only_reads() { ":read" } else { ":write" }));
        }
        assert_eq!(Scope::parse("everything"), None);
        assert_eq!(Scope::ALL.iter().collect::<HashSet<_>>().len(), Scope::ALL.len());
    }

    #[test]
    fn a_token_has_a_name_and_scopes_each_once() {
        let codes = |name: &str, scopes: Vec<Scope>| {
            let request = CreateApiToken { name: name.to_owned(), agent_id: None, scopes, expires_at: None };
            request.validate().into_iter().map(|error| (error.field, error.code)).collect::<Vec<_>>()
        };
        assert_eq!(codes("CRM", vec![Scope::TagsRead]), []);
        assert_eq!(codes(" ", vec![Scope::TagsRead]), [("name".to_owned(), FieldCode::Required)]);
        assert_eq!(codes("CRM", vec![]), [("scopes".to_owned(), FieldCode::Required)]);
        assert_eq!(codes("CRM", vec![Scope::TagsRead; 2]), [("scopes[1]".to_owned(), FieldCode::Taken)]);
    }
}
