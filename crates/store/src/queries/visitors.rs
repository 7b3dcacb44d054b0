//! Visitors: their own view of their one conversation.

use crate::audience::{Actor, Audience};
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::queries::assignment;
use crate::queries::channels;
use crate::queries::contacts::{self, VisitFacts};
use crate::queries::custom_fields;
use crate::queries::identity;
use crate::queries::members::Members;
use crate::queries::welcome;
use crate::queries::{merging, pre_chat};
use crate::scope::{OrgScope, Visitor};
use crate::sql;
use crate::tables::{channel, contact, conversation, organisation};
use crate::write::{FirstMessage, StoredMessage, Tx};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationTrait, Select, Set,
};
use types::contacts::{Contact, ContactSummary};
use types::conversations::Conversation;
use types::events::Event;
use types::id::ConversationId;
use types::time::Timestamp;

/// Where a visitor's conversation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitorState {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The `seq` of the newest message.
    pub last_seq: i64,
    /// Up to which `seq` the agents have read.
    pub agents_read_seq: i64,
    /// Up to which `seq` the visitor has read.
    pub visitor_read_seq: i64,
    /// How many agents' messages the visitor has not read.
    pub unread: i64,
    /// Whether they wait in the queue.
    pub is_queued: bool,
    /// What is known of them.
    pub facts: VisitFacts,
    /// When they last opened the chat.
    pub last_seen_at: Timestamp,
}

impl VisitorState {
    /// Whether a visit is worth a [`note_visit`](crate::contacts::note_visit).
    #[must_use]
    pub fn visit_is_news(&self, facts: &VisitFacts, at: Timestamp) -> bool {
        facts.is_news(&self.facts, self.last_seen_at, at)
    }
}

/// Where the visitor's conversation stands. `None` until their first message, and when the channel is gone.
pub async fn state<C: ConnectionTrait>(conn: &C, visitor: Visitor) -> Result<Option<VisitorState>, StoreError> {
    let row = own_conversation(visitor).find_also_related(contact::Entity).one(conn).await?;
    let Some((conversation, Some(contact))) = row else { return Ok(None) };
    let outbound = conversation.last_seq - conversation.inbound_count;
    let own = match contact.id == visitor.contact_id {
        true => contact.clone(),
        // What is known of their browser, and whose account proves them, is their own: others' browsers prove nothing here.
        false => {
            let own = visitor.scope().find::<contact::Entity>().filter(contact::Column::Id.eq(visitor.contact_id));
            own.one(conn).await?.ok_or(StoreError::NotFound)?
        }
    };
    Ok(Some(VisitorState {
        conversation_id: conversation.id,
        last_seq: conversation.last_seq,
        agents_read_seq: conversation.agents_read_seq,
        visitor_read_seq: conversation.visitor_read_seq,
        unread: outbound - conversation.visitor_read_outbound,
        is_queued: conversation.queued_at.is_some(),
        facts: VisitFacts::known(&own, &contact),
        last_seen_at: own.last_seen_at,
    }))
}

/// The visitor's conversation, as a select.
pub(crate) fn own_conversation(visitor: Visitor) -> Select<conversation::Entity> {
    visitor
        .scope()
        .find::<conversation::Entity>()
        .filter(conversation::Column::ContactId.eq(visitor.contact_id))
        .filter(conversation::Column::ChannelId.eq(visitor.channel_id))
        .join(JoinType::InnerJoin, conversation::Relation::Channel.def())
        .filter(channel::Column::DeletedAt.is_null())
}

/// What became of a first message.
#[derive(Debug)]
pub(crate) enum Opened {
    /// The conversation was made, with the message.
    With(StoredMessage),
    /// There was a conversation before. Nothing was written.
    Before(ConversationId),
}

/// Makes the visitor's contact and conversation, adds `ConversationCreated` and stores the welcome, where there is one, and behind it
/// the message, unless there is a conversation already. All of that or nothing: a conversation has its welcome once.
pub(crate) async fn open(tx: &mut Tx, first: FirstMessage) -> Result<Opened, StoreError> {
    if let Some(conversation) = own_conversation(first.visitor).one(tx.conn()).await? {
        return Ok(Opened::Before(conversation.id));
    }
    make_conversation(tx, &first).await?;
    if let Some(text) = welcome::get(tx.conn(), first.visitor.scope()).await? {
        tx.say(first.welcome(text)).await?;
    }
    let conversation_id = first.conversation_id;
    Ok(Opened::With(tx.say(first.into_message(conversation_id)).await?))
}

async fn make_conversation(tx: &mut Tx, first: &FirstMessage) -> Result<(), StoreError> {
    let visitor = first.visitor;
    let channel = channels::get(tx.conn(), visitor.scope(), visitor.channel_id).await?.ok_or(StoreError::NotFound)?;
    let known = merging::locked_person(tx.conn(), visitor.scope(), visitor.contact_id).await?;
    let was_known = known.is_some();
    if known.as_ref().is_some_and(|known| known.blocked_at.is_some()) {
        return Err(StoreError::Blocked);
    }
    pre_chat::check(tx.conn(), visitor, &channel.style.form, known.as_ref(), &first.facts).await?;
    let contact = match known {
        // Their conversation was deleted; who they are is still known.
        Some(known) => Contact::try_from(known)?.summary(),
        None => {
            let number = next_contact_number(tx.conn(), visitor.scope()).await?;
            let mut facts = first.facts.storable();
            facts.external_id = identity::free(tx.conn(), visitor, facts.external_id).await?;
            let name = facts.name.clone();
            let told = std::mem::take(&mut facts.custom);
            let new = new_contact(visitor, facts, number, first.at);
            contact::Entity::insert(new).exec_without_returning(tx.conn()).await?;
            custom_fields::begin(tx.conn(), visitor.scope(), visitor.contact_id, &told).await?;
            let tag_ids = Vec::new();
            ContactSummary { id: visitor.contact_id, number, name, blocked: false, version: 0, tag_ids }
        }
    };
    let (assignee_id, found) = assignment::for_new(tx.conn(), visitor, tx.attendance().as_ref(), first.at).await?;
    let queued_at = assignee_id.is_none().then_some(first.at);
    let row = conversation::ActiveModel {
        id: Set(first.conversation_id),
        org_id: Set(visitor.org_id),
        channel_id: Set(visitor.channel_id),
        contact_id: Set(visitor.contact_id),
        person_id: Set(contact.id),
        assignee_id: Set(assignee_id),
        last_seq: Set(0),
        inbound_count: Set(0),
        waiting_since: Set(None),
        agents_read_seq: Set(0),
        visitor_read_seq: Set(0),
        visitor_read_outbound: Set(0),
        last_message: Set(None),
        last_activity_at: Set(first.at),
        created_at: Set(first.at),
        blocked: Set(false),
        cleared_seq: Set(0),
        cleared_inbound: Set(0),
        purged_seq: Set(0),
        cleared_event_seq: Set(0),
        members: Set(String::new()),
        members_version: Set(0),
        recalls: Set(0),
        notes: Set(0),
        cleared_notes: Set(0),
        closed_at: Set(None),
        queued_at: Set(queued_at),
        snoozed_until: Set(None),
        last_assignee_id: Set(assignee_id),
        wanted_group_id: Set(None),
        assignment: Set(Some(sql::to_json(&found)?)),
    };
    conversation::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    let assignment = Some(found);
    let conversation = Conversation { assignee_id, queued_at, assignment, ..new_conversation(first, contact) };
    tx.append(PendingEvent {
        org_id: visitor.org_id,
        conversation_id: Some(first.conversation_id),
        actor: Actor::Visitor(visitor.contact_id),
        audience: Audience::seeing(assignee_id, Members::default()),
        event: Event::ConversationCreated { conversation: Box::new(conversation) },
        at: first.at,
    });
    if was_known {
        // Who was imported comes for the first time, and from somewhere.
        contacts::note_visit(tx, visitor, &first.facts, first.at).await?;
    }
    Ok(())
}

/// Takes the organisation's next contact number. Its row stays locked until the commit, so there are no gaps.
pub(crate) async fn next_contact_number<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<i64, StoreError> {
    take_contact_numbers(conn, scope, 1).await
}

/// Takes so many numbers, and answers the last of them.
pub(crate) async fn take_contact_numbers<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    many: i64,
) -> Result<i64, StoreError> {
    let updated = scope
        .update::<organisation::Entity>()
        .col_expr(organisation::Column::LastContactNumber, Expr::col(organisation::Column::LastContactNumber).add(many))
        .exec_with_returning(conn)
        .await?;
    updated.first().map(|organisation| organisation.last_contact_number).ok_or(StoreError::NotFound)
}

/// A contact who is made of a visit. What they have in custom fields is written by [`custom_fields::begin`].
pub(crate) fn new_contact(visitor: Visitor, facts: VisitFacts, number: i64, at: Timestamp) -> contact::ActiveModel {
    contact::ActiveModel {
        id: Set(visitor.contact_id),
        org_id: Set(visitor.org_id),
        channel_id: Set(visitor.channel_id),
        number: Set(number),
        name: Set(facts.name),
        ip: Set(facts.ip),
        region: Set(facts.region),
        device: Set(facts.device),
        os: Set(facts.os),
        browser: Set(facts.browser),
        user_agent: Set(facts.user_agent),
        locale: Set(facts.locale),
        referrer: Set(facts.referrer),
        landing_page: Set(facts.landing_page),
        landing_title: Set(facts.landing_title),
        first_seen_at: Set(at),
        last_seen_at: Set(at),
        phone: Set(facts.phone),
        remark: Set(None),
        version: Set(0),
        blocked_at: Set(None),
        tags: Set(String::new()),
        external_id: Set(facts.external_id),
        custom_values: Set("[]".to_owned()),
        imported: Set(false),
        merged_into: Set(None),
    }
}

fn new_conversation(first: &FirstMessage, contact: ContactSummary) -> Conversation {
    Conversation {
        id: first.conversation_id,
        channel_id: first.visitor.channel_id,
        contact,
        assignee_id: None,
        members: Vec::new(),
        members_version: 0,
        closed_at: None,
        queued_at: None,
        snoozed_until: None,
        assignment: None,
        last_seq: 0,
        last_message: None,
        unread: 0,
        read_seq: 0,
        pinned: false,
        muted: false,
        marked_unread: false,
        mentioned: false,
        personal_revision: 0,
        cleared_seq: 0,
        recalls: 0,
        notes: 0,
        cleared_notes: 0,
        agents_read_seq: 0,
        visitor_read_seq: 0,
        waiting_since: None,
        last_activity_at: first.at,
        created_at: first.at,
    }
}
