//! The ledger's events, as clients see them.
//!
//! **Invariant**: applying an event twice, or one that the state already contains, changes nothing; and the state after
//! events equals the state fetched afresh. Events therefore carry facts (`read up to 7`), not steps, except where `seq`
//! orders them.

use crate::agents::{Me, Role};
use crate::assignment::Standing;
use crate::channel_tree::ChannelTree;
use crate::channels::Channel;
use crate::contacts::Contact;
use crate::conversations::{Conversation, Personal};
use crate::custom_fields::CustomFields;
use crate::id::{AgentId, AvatarId, ChannelId, ContactId, ConversationId, MessageId, TagGroupId, TagId, WebhookId};
use crate::messages::Message;
use crate::notes::Note;
use crate::tagged::tagged;
use crate::tags::TagGroup;
use crate::visitors::VisitorChannel;
use serde::{Deserialize, Serialize};

tagged! { "type", "Event":
/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A conversation began. Its personal fields are those of an agent who has read nothing; it holds no message yet.
    ConversationCreated {
        /// The conversation.
        conversation: Box<Conversation>,
    },
    /// A message was stored. For whoever has the conversation up to `seq - 1` it is the next one; for anyone behind it is a
    /// gap to fetch.
    MessageCreated {
        /// The message.
        message: Message,
    },
    /// A message was recalled by its author: it keeps its place and says nothing any more. Goes to the visitor too.
    MessageRecalled {
        /// The conversation.
        conversation_id: ConversationId,
        /// The message.
        message_id: MessageId,
        /// Its place in the conversation.
        seq: i64,
        /// How many messages of the conversation have been recalled, this one included.
        recalls: i64,
    },
    /// An internal note was written beside a conversation, or the line that somebody joined or left it; goes to the agents who may see that, and to no visitor.
    NoteCreated {
        /// The note.
        note: Note,
    },
    /// The internal notes beside a conversation were cleared with its history; goes where [`Event::NoteCreated`] goes.
    NotesCleared {
        /// The conversation.
        conversation_id: ConversationId,
        /// The number of the last one that is gone.
        number: i64,
    },
    /// An agent has read; goes to that agent's own devices.
    ConversationRead {
        /// The conversation.
        conversation_id: ConversationId,
        /// Who read.
        agent_id: AgentId,
        /// Up to which message.
        seq: i64,
        /// How many visitor's messages are unread for them now.
        unread: i64,
    },
    /// The agents' read mark moved; goes to the visitor and to the agents.
    AgentsRead {
        /// The conversation.
        conversation_id: ConversationId,
        /// Up to which message.
        seq: i64,
    },
    /// The visitor's read mark moved; goes to the agents and to the visitor's other tabs.
    VisitorRead {
        /// The conversation.
        conversation_id: ConversationId,
        /// Up to which message.
        seq: i64,
    },
    /// More, or something new, is known of a contact; once for each of their conversations. A contact who was not the conversation's before is
    /// so since the two were merged, or that was undone.
    ContactUpdated {
        /// Their conversation; absent where they have none, as who was imported and has not written yet.
        conversation_id: Option<ConversationId>,
        /// The contact.
        contact: Box<Contact>,
    },
    /// An agent was added to a conversation. Whoever was added may not have known it: it is to be fetched.
    AgentJoined {
        /// The conversation.
        conversation_id: ConversationId,
        /// Who was added.
        agent_id: AgentId,
        /// Everybody who was added to it, as it is now.
        members: Vec<AgentId>,
        /// The conversation's `members_version` now.
        members_version: i64,
    },
    /// An agent was removed from a conversation, or has left it. Goes to those who still see it.
    AgentLeft {
        /// The conversation.
        conversation_id: ConversationId,
        /// Who was removed.
        agent_id: AgentId,
        /// Everybody who was added to it, as it is now.
        members: Vec<AgentId>,
        /// The conversation's `members_version` now.
        members_version: i64,
    },
    /// An agent sees a conversation no more; goes to that agent's own devices, which forget it.
    ConversationWithdrawn {
        /// The conversation.
        conversation_id: ConversationId,
        /// Whose it is no more.
        agent_id: AgentId,
        /// The conversation's `members_version` now: an answer with a lower one is older than this.
        members_version: i64,
    },
    /// A conversation became somebody's, or nobody's and waits for somebody. Whose it became may not have known it: it is to be fetched.
    ConversationAssigned {
        /// The conversation.
        conversation_id: ConversationId,
        /// Whose it is now, and why.
        standing: Standing,
    },
    /// A conversation was closed.
    ConversationClosed {
        /// The conversation.
        conversation_id: ConversationId,
        /// Whose it is, and since when it is closed.
        standing: Standing,
    },
    /// A conversation was opened again, by an agent or by the visitor's message, and may be somebody else's now.
    ConversationReopened {
        /// The conversation.
        conversation_id: ConversationId,
        /// Whose it is now, and why.
        standing: Standing,
    },
    /// A conversation was put off by its agent.
    ConversationSnoozed {
        /// The conversation.
        conversation_id: ConversationId,
        /// Until when, and whose it is.
        standing: Standing,
    },
    /// A conversation that was put off is back: its time has come, an agent has brought it back, or the visitor has written.
    ConversationWoken {
        /// The conversation.
        conversation_id: ConversationId,
        /// Whose it is.
        standing: Standing,
    },
    /// An agent has pinned, muted or marked a conversation; goes to that agent's own devices.
    ConversationPersonalised {
        /// The conversation.
        conversation_id: ConversationId,
        /// Whose view it is.
        agent_id: AgentId,
        /// The view as it is now.
        personal: Personal,
    },
    /// A conversation's messages were cleared, for everybody. The next message goes on with the next `seq`. Goes to the visitor too.
    ConversationCleared {
        /// The conversation.
        conversation_id: ConversationId,
        /// Up to which message, this one included: the newest there was.
        seq: i64,
    },
    /// A conversation was deleted with its messages, for everybody; the visitor's next message begins a new one. Goes to the
    /// visitor too.
    ConversationDeleted {
        /// The conversation.
        conversation_id: ConversationId,
    },
    /// A contact was put on the blacklist, or taken off it. Their conversation, where there is one, leaves every list, or is
    /// back in its place. The contact itself comes as `contact_updated`.
    ContactBlocked {
        /// Their conversation; absent when it was deleted.
        conversation_id: Option<ConversationId>,
        /// Who.
        contact_id: ContactId,
        /// Whether they are on it now.
        blocked: bool,
    },
    /// A contact was deleted with all that was kept of them. Their conversation, where there was one, comes as `conversation_deleted`.
    ContactDeleted {
        /// Who.
        contact_id: ContactId,
    },
    /// A contact was merged into another one, to whom they lead from now on. The survivor comes as `contact_updated`, once for each of
    /// their conversations, those of the merged one among them.
    ContactMerged {
        /// Who was merged, and is in no list any more.
        contact_id: ContactId,
        /// Who is there.
        survivor_id: ContactId,
    },
    /// A merge was undone: the contact is there again. Both come as `contact_updated`, for each of their conversations.
    ContactMergeUndone {
        /// Who is there again.
        contact_id: ContactId,
        /// Whom they had led to.
        survivor_id: ContactId,
    },
    /// A channel was added.
    ChannelCreated {
        /// The channel.
        channel: Channel,
    },
    /// A channel was edited.
    ChannelUpdated {
        /// The channel.
        channel: Channel,
    },
    /// What a channel's visitors see of it was edited; goes to them.
    VisitorChannelUpdated {
        /// The channel as its visitors see it.
        channel: VisitorChannel,
    },
    /// A channel was deleted with all its conversations.
    ChannelDeleted {
        /// The channel.
        channel_id: ChannelId,
    },
    /// Groups of channels were added, renamed or deleted, or channels were moved. A channel that is added and named by no tree yet
    /// stands at the end of those of no group; one that is deleted leaves its place.
    ChannelTreeUpdated {
        /// The tree as it is now.
        tree: ChannelTree,
    },
    /// The organisation's custom fields were set. What contacts had in one that is gone is gone too, of which no other event tells.
    CustomFieldsSet {
        /// The fields as they are now.
        fields: CustomFields,
    },
    /// A group of tags was added, or it or one of its tags was changed.
    TagGroupSaved {
        /// The group with its tags, as it is now.
        group: TagGroup,
    },
    /// A group of tags was deleted; its tags come as `tags_deleted`.
    TagGroupDeleted {
        /// The group.
        group_id: TagGroupId,
    },
    /// Tags were deleted: no contact has them any more, of which no other event tells.
    TagsDeleted {
        /// The tags.
        tag_ids: Vec<TagId>,
    },
    /// An agent was added to the organisation. What is not for every colleague's eyes is not told: it is to be fetched.
    AgentCreated {
        /// The agent.
        agent_id: AgentId,
        /// Their name.
        name: String,
        /// What they may do.
        role: Role,
    },
    /// What colleagues see of an agent changed: the name, or the picture.
    AgentUpdated {
        /// Who.
        agent_id: AgentId,
        /// What they are called now.
        name: String,
        /// The picture that they have now.
        avatar_id: Option<AvatarId>,
    },
    /// An admin changed an agent: what they may do, how they are reached, whether they can sign in. Not everybody may see all of it: it
    /// is to be fetched.
    AgentEdited {
        /// Who.
        agent_id: AgentId,
    },
    /// An agent was removed: they are nobody's colleague any more. What they wrote stays theirs.
    AgentRemoved {
        /// Who.
        agent_id: AgentId,
    },
    /// The groups of agents changed, or who is in them: they are to be fetched by whoever may see them.
    AgentGroupsChanged {},
    /// Webhooks were added, edited or deleted, or one fails, is well again or was paused: they are to be fetched by whoever may see them.
    WebhooksChanged {
        /// The one that was paused because it has failed for too long, or has said that it is gone.
        paused_id: Option<WebhookId>,
    },
    /// API tokens were made or revoked: they are to be fetched by whoever may see them.
    ApiTokensChanged {},
    /// An agent's own account changed; goes to that agent's own devices.
    MeUpdated {
        /// The account. `session_id` is that of the session that made the change.
        me: Me,
    },
}
}

/// An event with its place in the organisation's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerEvent {
    /// Its place: 1, 2, 3 … in the organisation. A caller who may not see everything sees gaps.
    pub seq: i64,
    /// What happened.
    pub event: Event,
}

/// What happened after a point of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventsAfter {
    /// The events that the caller may see, in order.
    pub items: Vec<LedgerEvent>,
    /// The point reached: ask again from here.
    pub cursor: i64,
    /// Whether there is more after `cursor`.
    pub has_more: bool,
    /// Too far behind to catch up event by event: fetch the state afresh and go on from `cursor`.
    pub resync: bool,
}
