//! Inbox channels: the places where customers write.

pub use crate::channel_style::{ChannelStyle, LauncherPosition};

use crate::error::FieldError;
use crate::id::{AvatarId, ChannelGroupId, ChannelId};
use crate::limits;
use crate::object;
use crate::patch;
use crate::time::Timestamp;
use crate::validate::{self, Faults, Validate};
use serde::{Deserialize, Serialize};

/// The kind of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// The widget on the company's own web pages.
    Website,
}

impl ChannelKind {
    /// The kind as written on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Website => "website",
        }
    }

    /// The kind of this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Website].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Channel {
    /// The channel.
    pub id: ChannelId,
    /// Its kind.
    pub kind: ChannelKind,
    /// Its name in the console and in the widget's header.
    pub name: String,
    /// The picture that it has in the console; where none was chosen, that of its kind.
    #[serde(default)]
    pub avatar_id: Option<AvatarId>,
    /// A few words about it, shown in the widget.
    pub introduction: String,
    /// Whether new messages alert the agents.
    pub alert: bool,
    /// Whether visitors can write.
    pub enabled: bool,
    /// Whether agents see what a visitor writes before it is sent; visitors are told.
    #[serde(default)]
    pub unsent_preview: bool,
    /// The largest file that can be sent here, in megabytes of 1,048,576 bytes; 0: as large as the installation allows, beyond
    /// which no channel goes.
    #[serde(default)]
    pub max_file_megabytes: u16,
    /// How it looks.
    pub style: ChannelStyle,
    /// Counts the published styles, from 1.
    pub style_revision: i32,
    /// The public key in the embed code and the chat link.
    pub key: String,
    /// The tag to paste anywhere in `<body>`.
    pub embed_code: String,
    /// The page that opens the chat directly.
    pub chat_url: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Timestamp,
}

/// Every channel of the organisation, oldest first. Bounded by [`limits::CHANNELS_MAX`], so not paged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Channels {
    /// The channels.
    pub items: Vec<Channel>,
}

/// Adds a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateChannel {
    /// Its kind.
    pub kind: ChannelKind,
    /// Its name.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 40,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: String,
    /// A few words about it.
    #[serde(default)]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 500, pattern = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$")
    )]
    pub introduction: String,
    /// Whether new messages alert the agents; yes unless said otherwise.
    #[serde(default = "yes")]
    pub alert: bool,
    /// Whether visitors can write; yes unless said otherwise.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether agents see what a visitor writes before it is sent; no unless said otherwise.
    #[serde(default)]
    pub unsent_preview: bool,
    /// The largest file that can be sent here, in megabytes; 0, unless said otherwise: as large as the installation allows.
    #[serde(default, deserialize_with = "crate::number::whole")]
    #[cfg_attr(feature = "openapi", schema(maximum = 4096))]
    pub max_file_megabytes: u16,
    /// How it looks.
    #[serde(default, deserialize_with = "object::only")]
    pub style: ChannelStyle,
    /// The group in whose end it is put; at the end of the top level unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<ChannelGroupId>,
}

fn yes() -> bool {
    true
}

impl Validate for CreateChannel {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        check_texts(&mut faults, Some(&self.name), Some(&self.introduction));
        check_file_limit(&mut faults, Some(self.max_file_megabytes));
        self.style.check(&mut faults);
        faults.into_errors()
    }
}

/// Changes to a channel; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChannelPatch {
    /// Its name.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            min_length = 1,
            max_length = 40,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: Option<String>,
    /// A few words about it.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(
            value_type = String,
            required = false,
            max_length = 500,
            pattern = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub introduction: Option<String>,
    /// Whether new messages alert the agents.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool, required = false))]
    pub alert: Option<bool>,
    /// Whether visitors can write.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool, required = false))]
    pub enabled: Option<bool>,
    /// Whether agents see what a visitor writes before it is sent.
    #[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = bool, required = false))]
    pub unsent_preview: Option<bool>,
    /// The largest file that can be sent here, in megabytes; 0: as large as the installation allows.
    #[serde(default, deserialize_with = "crate::number::whole_if_present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = u16, required = false, maximum = 4096))]
    pub max_file_megabytes: Option<u16>,
    /// How it looks.
    #[serde(default, deserialize_with = "patch::present_object", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = ChannelStyle, required = false))]
    pub style: Option<ChannelStyle>,
}

impl Validate for ChannelPatch {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        check_texts(&mut faults, self.name.as_deref(), self.introduction.as_deref());
        check_file_limit(&mut faults, self.max_file_megabytes);
        if let Some(style) = &self.style {
            style.check(&mut faults);
        }
        faults.into_errors()
    }
}

fn check_file_limit(faults: &mut Faults, megabytes: Option<u16>) {
    if let Some(megabytes) = megabytes {
        faults.check("max_file_megabytes", validate::range(i64::from(megabytes), 0, limits::FILE_MEGABYTES_MAX));
    }
}

fn check_texts(faults: &mut Faults, name: Option<&str>, introduction: Option<&str>) {
    if let Some(name) = name {
        faults.check("name", validate::line(name, 1, limits::CHANNEL_NAME_MAX));
    }
    if let Some(introduction) = introduction {
        faults.check("introduction", validate::text(introduction, 0, limits::CHANNEL_INTRODUCTION_MAX));
    }
}

/// Deletes a channel with all that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeleteChannel {
    /// The channel's name, typed to confirm.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 40))]
    pub name: String,
}

impl Validate for DeleteChannel {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("name", validate::length(&self.name, 1, limits::CHANNEL_NAME_MAX));
        faults.into_errors()
    }
}

/// What goes when a channel is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelContents {
    /// How many visitors wrote here.
    pub contacts: u64,
    /// How many conversations there are.
    pub conversations: u64,
    /// How many messages they hold.
    pub messages: u64,
}
