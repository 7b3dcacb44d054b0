//! What the widget says and hears over HTTP.

use crate::attachments::FileAccess;
use crate::channel_style::LauncherPosition;
use crate::error::FieldError;
use crate::id::{ContactId, ConversationId};
use crate::identity::{IdentityOutcome, VisitorIdentity};
use crate::limits;
use crate::messages::MessageWindow;
use crate::object;
use crate::patch;
use crate::pre_chat::VisitorForm;
use crate::validate::{self, Faults, Validate};
use serde::{Deserialize, Serialize};

/// The page on which the visitor opened the chat.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PageVisit {
    /// Its address.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2048))]
    pub url: String,
    /// Its title.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub title: String,
    /// The page that led to it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 2048))]
    pub referrer: String,
}

/// Opens the chat: the same call on the first visit, after a reload and after a lost connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenVisitorSession {
    /// The channel's public key.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 64))]
    pub channel_key: String,
    /// The token of an earlier session; without it, or when it is no longer good, the visitor is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 1024))]
    pub visitor_token: Option<String>,
    /// The newest message that the widget has; the answer then holds what came after it instead of the newest.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::number::whole_or_null")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub after_seq: Option<i64>,
    /// Where the visitor is.
    #[serde(default, deserialize_with = "object::only")]
    pub page: PageVisit,
    /// The language of the visitor's browser (BCP 47).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 35))]
    pub locale: String,
    /// Who they are to the company, where its page or app says so.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object::only_or_null")]
    pub identity: Option<VisitorIdentity>,
    /// What they, or the page, say of them without a proof.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object::only_or_null")]
    pub details: Option<VisitorDetails>,
}

/// What a visitor says of themselves, or the page says of them: it fills what the contact has not got.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VisitorDetails {
    /// Their name.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            max_length = 40,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: Option<String>,
    /// Their phone number.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, required = false, max_length = 32, pattern = "^[0-9+() .#*-]*$")
    )]
    pub phone: Option<String>,
    /// What stands in the organisation's custom fields that visitors may fill, which are named as agents read them. What is not taken is
    /// told in the answer's `not_taken`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub custom: Vec<NamedValue>,
}

/// What stands in a custom field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NamedValue {
    /// The field's name.
    #[cfg_attr(feature = "openapi", schema(max_length = 40))]
    pub name: String,
    /// What stands in it, as its kind wants it.
    #[cfg_attr(feature = "openapi", schema(max_length = 200, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"))]
    pub value: String,
}

impl VisitorDetails {
    fn check(&self, faults: &mut Faults) {
        if let Some(name) = &self.name {
            faults.check("details.name", validate::line(name, 0, limits::PERSON_NAME_MAX));
        }
        if let Some(phone) = &self.phone {
            faults.check("details.phone", validate::phone(phone));
        }
        let most = limits::CUSTOM_FIELDS_MAX;
        faults.check(
            "details.custom",
            validate::range(
                i64::try_from(self.custom.len()).unwrap_or(i64::MAX),
                0,
                i64::try_from(most).unwrap_or(i64::MAX),
            ),
        );
        for (place, one) in self.custom.iter().enumerate().take(most) {
            faults.check(&format!("details.custom[{place}].name"), validate::length(&one.name, 0, 40)).check(
                &format!("details.custom[{place}].value"),
                validate::line(&one.value, 0, limits::CUSTOM_VALUE_MAX),
            );
        }
    }
}

impl Validate for OpenVisitorSession {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults
            .check("channel_key", validate::length(&self.channel_key, 1, 64))
            .check("page.url", validate::length(&self.page.url, 0, limits::URL_MAX))
            .check("page.title", validate::length(&self.page.title, 0, limits::PAGE_TITLE_MAX))
            .check("page.referrer", validate::length(&self.page.referrer, 0, limits::URL_MAX))
            .check("locale", validate::length(&self.locale, 0, 35));
        if let Some(identity) = &self.identity {
            identity.check(&mut faults);
        }
        if let Some(details) = &self.details {
            details.check(&mut faults);
        }
        if let Some(token) = &self.visitor_token {
            faults.check("visitor_token", validate::length(token, 0, 1024));
        }
        if let Some(after) = self.after_seq {
            faults.check("after_seq", validate::range(after, 0, i64::MAX));
        }
        faults.into_errors()
    }
}

/// The channel as its visitors see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VisitorChannel {
    /// Its name.
    pub name: String,
    /// A few words about it.
    pub introduction: String,
    /// Whether agents see what the visitor writes before it is sent, which the visitor is to be told.
    #[serde(default)]
    pub unsent_preview: bool,
    /// How it looks.
    pub style: VisitorStyle,
    /// Changes with the form before the chat: who has not written yet asks for the session anew to learn what it asks. Absent while there
    /// is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<u32>,
}

/// How a channel looks to its visitors.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VisitorStyle {
    /// The schema of the channel's style.
    pub schema: u16,
    /// The brand colour as `#rrggbb`.
    pub color: String,
    /// The side that the launcher stands on.
    pub position: LauncherPosition,
    /// Words beside the launcher's sign.
    #[serde(default)]
    pub launcher_text: String,
    /// The layouts as a style sheet for the widget's shadow root: the rules of the launcher and the window in every state. A widget
    /// that was loaded before there were layouts goes by the colour and the position.
    #[serde(default)]
    pub look: String,
}

/// An open chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VisitorSession {
    /// Keep it: it is the visitor's identity on this channel. For `Authorization: Bearer`.
    pub visitor_token: String,
    /// Who the visitor is.
    pub contact_id: ContactId,
    /// What became of the identity; absent where none was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<IdentityOutcome>,
    /// Their conversation; absent until the first message.
    pub conversation_id: Option<ConversationId>,
    /// What the visitor is greeted with while there is no conversation: to be shown as if it had been said. It is stored as the first
    /// message of the conversation that the visitor begins, with the nonce `contact_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welcome: Option<String>,
    /// What the visitor is asked before they write for the first time (`set_visitor_answers`); absent where nothing is. Without an answer to
    /// what is required their first message is refused with `form_required`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<VisitorForm>,
    /// The channel.
    pub channel: VisitorChannel,
    /// The newest messages, or those after `after_seq` (then `has_later` says that there are still more).
    pub messages: MessageWindow,
    /// Up to which `seq` the agents have read.
    pub agents_read_seq: i64,
    /// Up to which `seq` the visitor has read.
    pub visitor_read_seq: i64,
    /// How many agents' messages the visitor has not read.
    pub unread: i64,
    /// How many visitors wait before them for an agent; absent when they do not wait. `queue` tells how it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_ahead: Option<i64>,
    /// Opens the socket, once.
    pub ticket: String,
    /// How the conversation's files are reached, and how large a new one may be.
    pub files: FileAccess,
}

/// The answer to opening a chat. What a widget needs is in the session; the rest is for whoever wrote the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenedVisitorSession {
    /// The chat.
    #[serde(flatten)]
    pub session: VisitorSession,
    /// What of `details.custom` was left out, and why: a field that is not there, one that visitors may not fill, a value that is not of
    /// its kind. The chat opens all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub not_taken: Vec<FieldError>,
}

/// How many messages wait for a visitor, which the loader asks before it loads anything else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VisitorUnread {
    /// Agents' messages that the visitor has not read.
    pub unread: i64,
}
