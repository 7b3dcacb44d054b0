//! Web Push: subscriptions of browsers, and what a push needs to know of conversations and agents.
//!
//! Whom a push reaches is asked of many conversations at once, with as many statements whatever their number.

use crate::error::StoreError;
use crate::queries::agents::{login_state, role};
use crate::queries::members::Members;
use crate::scope::{OrgScope, before_tenant};
use crate::sql;
use crate::tables::{agent, channel, contact, conversation, push_subscription, read_mark, session};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationTrait, Select, Set,
};
use std::collections::HashSet;
use types::agents::{LoginState, Role};
use types::conversations::MessagePreview;
use types::id::{AgentId, ConversationId, OrgId, SessionId};
use types::push::{PushLanguage, QuietHours};
use types::time::Timestamp;

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The sign-in that it belongs to.
    pub session_id: SessionId,
    /// The agent's organisation.
    pub org_id: OrgId,
    /// Whose it is.
    pub agent_id: AgentId,
    /// The push service's address for the browser, as it is kept: sealed.
    pub endpoint: String,
    /// SHA-256 of the address itself, in hex.
    pub endpoint_hash: String,
    /// The browser's public key, in base64url.
    pub p256dh: String,
    /// The secret that the browser shares with us, as it is kept: sealed.
    pub auth: String,
    /// The language of what is pushed.
    pub language: PushLanguage,
    /// Hours in which nothing is pushed.
    pub quiet: Option<QuietHours>,
    /// Only what is said in conversations that are the agent's or nobody's.
    pub mine_only: bool,
    /// How many minutes the browser's clock is ahead of UTC.
    pub utc_offset_minutes: i16,
    /// When it was last set.
    pub updated_at: Timestamp,
}

impl TryFrom<push_subscription::Model> for Subscription {
    type Error = StoreError;

    fn try_from(row: push_subscription::Model) -> Result<Self, StoreError> {
        const CORRUPT: StoreError = StoreError::Corrupt { what: "push_subscription" };
        let minute = |minute: i64| u16::try_from(minute).map_err(|_out_of_range| CORRUPT);
        let quiet = match row.quiet_from.zip(row.quiet_to) {
            Some((from, to)) => Some(QuietHours { from: minute(from)?, to: minute(to)? }),
            None => None,
        };
        Ok(Self {
            session_id: row.session_id,
            org_id: row.org_id,
            agent_id: row.agent_id,
            endpoint: row.endpoint,
            endpoint_hash: row.endpoint_hash,
            p256dh: row.p256dh,
            auth: row.auth,
            language: PushLanguage::parse(&row.language).ok_or(CORRUPT)?,
            quiet,
            mine_only: row.mine_only,
            utc_offset_minutes: i16::try_from(row.utc_offset_minutes).map_err(|_out_of_range| CORRUPT)?,
            updated_at: row.updated_at,
        })
    }
}

/// The subscription of a sign-in.
pub async fn get<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    session_id: SessionId,
) -> Result<Option<Subscription>, StoreError> {
    let row = scope
        .find::<push_subscription::Entity>()
        .filter(push_subscription::Column::SessionId.eq(session_id))
        .one(conn)
        .await?;
    row.map(Subscription::try_from).transpose()
}

/// Sets a sign-in's subscription. It takes the place of the sign-in's earlier one and of whatever is known under its endpoint, in
/// whichever organisation: a browser has one. Of an agent's others the `most` that were set last stay.
pub async fn set<C: ConnectionTrait>(conn: &C, new: Subscription, most: u64) -> Result<(), StoreError> {
    let scope = OrgScope::new(new.org_id);
    let same = before_tenant::<push_subscription::Entity>()
        .filter(
            push_subscription::Column::EndpointHash
                .eq(&new.endpoint_hash)
                .or(push_subscription::Column::SessionId.eq(new.session_id)),
        )
        .all(conn)
        .await?;
    for row in same {
        remove(conn, OrgScope::new(row.org_id), &[row.session_id]).await?;
    }
    let surplus: Vec<SessionId> = scope
        .find::<push_subscription::Entity>()
        .filter(push_subscription::Column::AgentId.eq(new.agent_id))
        .order_by_desc(push_subscription::Column::UpdatedAt)
        .order_by_desc(push_subscription::Column::SessionId)
        .offset(most.saturating_sub(1))
        // SQLite has no offset without a limit.
        .limit(1_000)
        .select_only()
        .column(push_subscription::Column::SessionId)
        .into_tuple()
        .all(conn)
        .await?;
    remove(conn, scope, &surplus).await?;
    let row = push_subscription::ActiveModel {
        session_id: Set(new.session_id),
        org_id: Set(new.org_id),
        agent_id: Set(new.agent_id),
        endpoint: Set(new.endpoint),
        endpoint_hash: Set(new.endpoint_hash),
        p256dh: Set(new.p256dh),
        auth: Set(new.auth),
        language: Set(new.language.as_str().to_owned()),
        quiet_from: Set(new.quiet.map(|quiet| quiet.from.into())),
        quiet_to: Set(new.quiet.map(|quiet| quiet.to.into())),
        mine_only: Set(new.mine_only),
        utc_offset_minutes: Set(new.utc_offset_minutes.into()),
        updated_at: Set(new.updated_at),
    };
    push_subscription::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Removes the subscriptions of these sign-ins.
pub async fn remove<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    session_ids: &[SessionId],
) -> Result<(), StoreError> {
    if session_ids.is_empty() {
        return Ok(());
    }
    scope
        .delete::<push_subscription::Entity>()
        .filter(push_subscription::Column::SessionId.is_in(session_ids.iter().copied()))
        .exec(conn)
        .await?;
    Ok(())
}

/// Removes a subscription that its push service knows no more, unless the browser has set another one meanwhile.
pub async fn remove_gone<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    session_id: SessionId,
    endpoint_hash: &str,
) -> Result<(), StoreError> {
    scope
        .delete::<push_subscription::Entity>()
        .filter(push_subscription::Column::SessionId.eq(session_id))
        .filter(push_subscription::Column::EndpointHash.eq(endpoint_hash))
        .exec(conn)
        .await?;
    Ok(())
}

/// Those of these organisations that have any subscription.
pub async fn subscribed<C: ConnectionTrait>(conn: &C, orgs: &[OrgId]) -> Result<Vec<OrgId>, StoreError> {
    Ok(before_tenant::<push_subscription::Entity>()
        .filter(push_subscription::Column::OrgId.is_in(orgs.iter().copied()))
        .select_only()
        .column(push_subscription::Column::OrgId)
        .distinct()
        .into_tuple()
        .all(conn)
        .await?)
}

/// A subscription of somebody who is signed in, with what they may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reachable {
    /// The subscription.
    pub subscription: Subscription,
    /// What its agent may do.
    pub role: Role,
    /// Whether they receive messages.
    pub login_state: LoginState,
}

/// The subscriptions of live sign-ins: of these agents, and of everybody in one of these roles. At most `most`.
pub async fn reachable<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agents: &[AgentId],
    roles: &[Role],
    now: Timestamp,
    most: u64,
) -> Result<Vec<Reachable>, StoreError> {
    let select = reachable_of(scope, agents, roles, now).limit(most);
    let rows = select.select_also(agent::Entity).all(conn).await?;
    let mut found = Vec::with_capacity(rows.len());
    for (subscription, agent) in rows {
        // Joined above; without the agent there is no row.
        let Some(agent) = agent else { continue };
        found.push(Reachable {
            subscription: subscription.try_into()?,
            role: role(&agent.role)?,
            login_state: login_state(&agent.login_state)?,
        });
    }
    Ok(found)
}

pub(crate) fn reachable_of(
    scope: OrgScope,
    agents: &[AgentId],
    roles: &[Role],
    now: Timestamp,
) -> Select<push_subscription::Entity> {
    let whose = Condition::any()
        .add(agent::Column::Role.is_in(roles.iter().map(|role| role.as_str())))
        .add(agent::Column::Id.is_in(agents.iter().copied()));
    scope
        .find::<push_subscription::Entity>()
        .join(JoinType::InnerJoin, push_subscription::Relation::Session.def())
        .join(JoinType::InnerJoin, push_subscription::Relation::Agent.def())
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(agent::Column::DisabledAt.is_null())
        .filter(whose)
}

/// A conversation's newest message, with what decides whom it is announced to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newest {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Whose it is.
    pub assignee_id: Option<AgentId>,
    /// Who takes part besides.
    pub members: Members,
    /// The visitor's name, where known.
    pub contact_name: Option<String>,
    /// The visitor's number.
    pub contact_number: i64,
    /// Whether they are on the blacklist.
    pub blocked: bool,
    /// Whether the channel's alert is on.
    pub channel_alert: bool,
    /// Up to which number its notes were cleared.
    pub cleared_notes: i64,
    /// The message; nothing in one that is empty.
    pub message: Option<MessagePreview>,
}

#[derive(FromQueryResult)]
struct NewestRow {
    id: ConversationId,
    assignee_id: Option<AgentId>,
    members: String,
    name: Option<String>,
    number: i64,
    blocked: bool,
    alert: bool,
    cleared_notes: i64,
    last_message: Option<String>,
}

/// The newest messages of these conversations; those of deleted channels are left out.
pub async fn newest<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversations: &[ConversationId],
) -> Result<Vec<Newest>, StoreError> {
    let rows: Vec<NewestRow> = newest_of(scope, conversations).into_model().all(conn).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let message =
            row.last_message.map(|message| sql::from_json(&message, "conversation.last_message")).transpose()?;
        found.push(Newest {
            conversation_id: row.id,
            assignee_id: row.assignee_id,
            members: Members::read(&row.members)?,
            contact_name: row.name,
            contact_number: row.number,
            blocked: row.blocked,
            channel_alert: row.alert,
            cleared_notes: row.cleared_notes,
            message,
        });
    }
    Ok(found)
}

pub(crate) fn newest_of(scope: OrgScope, conversations: &[ConversationId]) -> Select<conversation::Entity> {
    scope
        .find_by_keys::<conversation::Entity>()
        .join(JoinType::InnerJoin, conversation::Relation::Channel.def())
        .join(JoinType::InnerJoin, conversation::Relation::Contact.def())
        .filter(conversation::Column::Id.is_in(conversations.iter().copied()))
        .filter(channel::Column::DeletedAt.is_null())
        .select_only()
        .columns([conversation::Column::Id, conversation::Column::AssigneeId, conversation::Column::Members])
        .columns([conversation::Column::Blocked, conversation::Column::LastMessage])
        .column(conversation::Column::ClearedNotes)
        .columns([contact::Column::Name, contact::Column::Number])
        .column(channel::Column::Alert)
}

/// Where these agents have muted one of these conversations, or have read all of it.
pub async fn quiet_marks<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversations: &[ConversationId],
    agents: &[AgentId],
) -> Result<QuietMarks, StoreError> {
    let rows: Vec<(ConversationId, AgentId, bool)> =
        marks_of(scope, conversations, agents).into_tuple().all(conn).await?;
    let mut marks = QuietMarks::default();
    for (conversation_id, agent_id, muted) in rows {
        let side = if muted { &mut marks.muted } else { &mut marks.read };
        side.insert((conversation_id, agent_id));
    }
    Ok(marks)
}

pub(crate) fn marks_of(
    scope: OrgScope,
    conversations: &[ConversationId],
    agents: &[AgentId],
) -> Select<read_mark::Entity> {
    scope
        .find_by_keys::<read_mark::Entity>()
        .join(JoinType::InnerJoin, read_mark::Relation::Conversation.def())
        .filter(read_mark::Column::ConversationId.is_in(conversations.iter().copied()))
        .filter(read_mark::Column::AgentId.is_in(agents.iter().copied()))
        .filter(
            Condition::any().add(read_mark::Column::Muted.eq(true)).add(
                Expr::col((read_mark::Entity, read_mark::Column::Seq))
                    .gte(Expr::col((conversation::Entity, conversation::Column::LastSeq))),
            ),
        )
        .select_only()
        .columns([read_mark::Column::ConversationId, read_mark::Column::AgentId])
        .column(read_mark::Column::Muted)
}

/// What of some conversations some agents need not hear.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QuietMarks {
    /// Muted by this agent.
    pub muted: HashSet<(ConversationId, AgentId)>,
    /// Read to its end by this agent, and not muted.
    pub read: HashSet<(ConversationId, AgentId)>,
}
