//! Internal notes: what agents say to each other beside a conversation, and who joined and left it. No visitor ever hears of one.

use crate::error::{FieldCode, FieldError};
use crate::id::{AgentId, ConversationId, Nonce, NoteId};
use crate::limits;
use crate::messages::check_text;
use crate::time::Timestamp;
use crate::validate::{Fault, Validate};
use serde::{Deserialize, Serialize};

/// An internal note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Note {
    /// The note.
    pub id: NoteId,
    /// Beside which conversation.
    pub conversation_id: ConversationId,
    /// Its place among the conversation's notes: 1, 2, 3 … without gaps, apart from the messages' own numbers.
    pub number: i64,
    /// The `seq` of the newest message when it was written: it stands after that one.
    pub after_seq: i64,
    /// Who wrote it, or made the change that it tells of.
    pub author_id: AgentId,
    /// Their name at the time.
    pub author_name: String,
    /// Plain text; never interpreted as markup. Empty where it tells of a `change`.
    pub text: String,
    /// Whether it was whispered: written for whoever had the conversation, who is among `mentions`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub whisper: bool,
    /// Whom it mentions: they are told of it.
    pub mentions: Vec<AgentId>,
    /// Who joined or left the conversation: then nobody wrote it, and it is shown as a line of the log.
    pub change: Option<MemberChange>,
    /// The author's own id for it.
    pub nonce: Nonce,
    /// When it was stored.
    pub created_at: Timestamp,
}

/// That an agent joined a conversation or left it, or that it became somebody else's, was closed or opened. Whose doing it was says the note's author: the agent's own, or a colleague's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberChange {
    /// What happened.
    pub kind: MemberChangeKind,
    /// To whom.
    pub agent_id: AgentId,
    /// Their name at the time.
    pub agent_name: String,
    /// Until when it is put off; absent where it is something else that happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What happened to an agent in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MemberChangeKind {
    /// They were added, or added themselves.
    Joined,
    /// They were removed, or left.
    Left,
    /// The conversation was handed on to them.
    Transferred,
    /// The conversation was handed on to a group of which nobody could take it; `agent_id` is who did so, and `agent_name` the group's.
    Queued,
    /// They have taken it over.
    TakenOver,
    /// They have closed it.
    Closed,
    /// They have opened it again.
    Reopened,
    /// They have put it off.
    Snoozed,
    /// They have brought it back before its time.
    Woken,
    /// Its time has come: it is back before them. That is nobody's doing, although the note names them as its author.
    Due,
}

/// Writes a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateNote {
    /// Made by the author; writing again with the same nonce returns the first result.
    pub nonce: Nonce,
    /// 1 to 5,000 characters, not only white space.
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 5000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")
    )]
    pub text: String,
    /// Agents who may see the conversation, at most [`limits::MENTIONS_MAX`].
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub mentions: Vec<AgentId>,
    /// Whispers it to whoever has the conversation, who is told of it as of a mention. For those who see all conversations.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub whisper: bool,
}

impl Validate for CreateNote {
    fn validate(&self) -> Vec<FieldError> {
        let text = check_text(&self.text).map_err(|fault| fault.of("text".to_owned())).err();
        let many = self.mentions.len() > limits::MENTIONS_MAX;
        let fault = || {
            let most = limits::MENTIONS_MAX;
            Fault::new(FieldCode::TooLong, format!("must name at most {most} agents")).of("mentions".to_owned())
        };
        text.into_iter().chain(many.then(fault)).collect()
    }
}

/// The notes beside a conversation, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notes {
    /// The notes: the newest [`limits::NOTES_MAX`] before the one that was asked for.
    pub items: Vec<Note>,
    /// Whether there are earlier ones.
    pub has_earlier: bool,
    /// How many have been written in all, those that were cleared included.
    pub count: i64,
    /// Up to which number they were cleared.
    pub cleared: i64,
}
