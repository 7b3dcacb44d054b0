//! Agents.

use crate::audience::{Actor, AgentAudience, Audience};
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::queries::audit::{self, Auditor};
use crate::queries::{agent_groups, people};
use crate::scope::{OrgScope, before_tenant};
use crate::sql;
use crate::tables::{agent, organisation};
use crate::write::Tx;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set,
};
use types::agents::{LoginState, Me, Role};
use types::audit::AuditAction;
use types::events::Event;
use types::id::{AgentGroupId, AgentId, AvatarId, OrgId, SessionId};
use types::limits;
use types::people::AgentSettings;
use types::saved_views::SavedViews;
use types::time::Timestamp;

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// The agent.
    pub id: AgentId,
    /// Their organisation.
    pub org_id: OrgId,
    /// The login account, in lower case.
    pub account: String,
    /// The name that visitors and colleagues see.
    pub name: String,
    /// The email address.
    pub email: String,
    /// The mobile number.
    pub mobile: String,
    /// The password's hash, with its parameters.
    pub password_hash: String,
    /// What they may do.
    pub role: Role,
    /// The picture that they have chosen of themselves.
    pub avatar_id: Option<AvatarId>,
    /// Whether they receive messages.
    pub login_state: LoginState,
    /// Since when they cannot sign in.
    pub disabled_at: Option<Timestamp>,
    /// What an admin has set of them.
    pub settings: Settings,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// What an admin has set of an agent, but for the groups that they are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Their share of new conversations.
    pub level: u8,
    /// How many conversations they are given at most at a time; 0: any number.
    pub capacity: u16,
    /// Whether they see contacts' phone numbers and addresses.
    pub sees_contact_details: bool,
    /// Whether they may edit the team's quick replies.
    pub edits_quick_replies: bool,
    /// Whether they may edit automatic replies.
    pub edits_automatic_replies: bool,
}

impl Settings {
    /// What the wire calls settings, with the groups.
    #[must_use]
    pub fn with(self, group_ids: Vec<AgentGroupId>) -> AgentSettings {
        let Self { level, capacity, sees_contact_details, edits_quick_replies, edits_automatic_replies } = self;
        AgentSettings { level, capacity, sees_contact_details, edits_quick_replies, edits_automatic_replies, group_ids }
    }
}

impl From<&AgentSettings> for Settings {
    fn from(settings: &AgentSettings) -> Self {
        Self {
            level: settings.level,
            capacity: settings.capacity,
            sees_contact_details: settings.sees_contact_details,
            edits_quick_replies: settings.edits_quick_replies,
            edits_automatic_replies: settings.edits_automatic_replies,
        }
    }
}

/// An agent to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAgent {
    /// The agent's id.
    pub id: AgentId,
    /// Their organisation.
    pub org_id: OrgId,
    /// The login account, in any case; unique over all organisations.
    pub account: String,
    /// The name that visitors and colleagues see.
    pub name: String,
    /// The email address.
    pub email: String,
    /// The mobile number.
    pub mobile: String,
    /// The password's hash, with its parameters.
    pub password_hash: String,
    /// What they may do.
    pub role: Role,
    /// Whether they receive messages.
    pub login_state: LoginState,
    /// The time.
    pub at: Timestamp,
}

impl TryFrom<agent::Model> for Agent {
    type Error = StoreError;

    fn try_from(row: agent::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            org_id: row.org_id,
            account: row.account,
            name: row.name,
            email: row.email,
            mobile: row.mobile,
            password_hash: row.password_hash,
            role: role(&row.role)?,
            login_state: login_state(&row.login_state)?,
            avatar_id: row.avatar_id,
            disabled_at: row.disabled_at,
            settings: Settings {
                level: u8::try_from(row.level).map_err(|_beyond| StoreError::Corrupt { what: "agent.level" })?,
                capacity: u16::try_from(row.capacity)
                    .map_err(|_beyond| StoreError::Corrupt { what: "agent.capacity" })?,
                sees_contact_details: row.sees_contact_details,
                edits_quick_replies: row.edits_quick_replies,
                edits_automatic_replies: row.edits_automatic_replies,
            },
            created_at: row.created_at,
        })
    }
}

pub(crate) fn role(text: &str) -> Result<Role, StoreError> {
    Role::parse(text).ok_or(StoreError::Corrupt { what: "role" })
}

pub(crate) fn login_state(text: &str) -> Result<LoginState, StoreError> {
    LoginState::parse(text).ok_or(StoreError::Corrupt { what: "login_state" })
}

/// Makes an agent. `Conflict` with [`Constraint::AgentAccount`](crate::Constraint::AgentAccount) when the account is taken.
pub async fn create<C: ConnectionTrait>(conn: &C, new: NewAgent) -> Result<(), StoreError> {
    let row = agent::ActiveModel {
        id: Set(new.id),
        org_id: Set(new.org_id),
        account: Set(new.account.to_lowercase()),
        name: Set(new.name),
        email: Set(new.email),
        mobile: Set(new.mobile),
        password_hash: Set(new.password_hash),
        role: Set(new.role.as_str().to_owned()),
        login_state: Set(new.login_state.as_str().to_owned()),
        disabled_at: Set(None),
        created_at: Set(new.at),
        updated_at: Set(new.at),
        sees_contact_details: Set(true),
        saved_views: Set(None),
        saved_views_revision: Set(0),
        setup_dismissed: Set(false),
        avatar_id: Set(None),
        level: Set(1),
        capacity: Set(0),
        edits_quick_replies: Set(false),
        edits_automatic_replies: Set(false),
        removed_at: Set(None),
        heir_id: Set(None),
        turn: Set(0),
        last_given_at: Set(0),
    };
    agent::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Makes an agent as part of a write that another agent asked for: the audit log has it, and every colleague hears of it.
/// `Conflict` as of [`create`].
pub async fn add(tx: &mut Tx, new: NewAgent, settings: &AgentSettings, auditor: Auditor) -> Result<Agent, StoreError> {
    let (org_id, agent_id, scope) = (new.org_id, new.id, OrgScope::new(new.org_id));
    let (actor, at) = (Actor::Agent(auditor.agent_id), auditor.at);
    let action = AuditAction::AgentCreated { created_id: agent_id, created_name: new.name.clone(), role: new.role };
    let event = Event::AgentCreated { agent_id, name: new.name.clone(), role: new.role };
    create(tx.conn(), new).await?;
    people::set(tx.conn(), scope, agent_id, Settings::from(settings)).await?;
    agent_groups::put_in(tx.conn(), scope, agent_id, &settings.group_ids).await?;
    audit::add(tx.conn(), org_id, auditor, &action).await?;
    let audience = Audience::agents(AgentAudience::Everyone);
    let tell = |event| PendingEvent { org_id, conversation_id: None, actor, audience: audience.clone(), event, at };
    tx.append(tell(event));
    if !settings.group_ids.is_empty() {
        tx.append(tell(Event::AgentGroupsChanged {}));
    }
    get(tx.conn(), scope, agent_id).await?.ok_or(StoreError::NotFound)
}

/// How many agents an organisation has, those who are disabled included.
pub async fn count<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<u64, StoreError> {
    Ok(works(scope).count(conn).await?)
}

/// Those who have not been removed.
fn works(scope: OrgScope) -> Select<agent::Entity> {
    scope.find::<agent::Entity>().filter(agent::Column::RemovedAt.is_null())
}

/// Says whether an agent may see contacts' phone numbers and addresses. `false`: there is no such agent.
pub async fn set_sees_contact_details<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    sees: bool,
) -> Result<bool, StoreError> {
    let update = scope.update::<agent::Entity>().col_expr(agent::Column::SeesContactDetails, sees.into());
    Ok(update.filter(agent::Column::Id.eq(agent_id)).exec(conn).await?.rows_affected > 0)
}

/// The agent of a login account, in whichever organisation.
pub async fn by_account<C: ConnectionTrait>(conn: &C, account: &str) -> Result<Option<Agent>, StoreError> {
    if !sql::is_storable(account) {
        return Ok(None);
    }
    let row =
        before_tenant::<agent::Entity>().filter(agent::Column::Account.eq(account.to_lowercase())).one(conn).await?;
    row.map(Agent::try_from).transpose()
}

/// An agent, unless they were removed.
pub async fn get<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
) -> Result<Option<Agent>, StoreError> {
    let row = works(scope).filter(agent::Column::Id.eq(agent_id)).one(conn).await?;
    row.map(Agent::try_from).transpose()
}

/// A page of an organisation's agents without those who were removed, the oldest account first, and behind whom the next one begins. Ids count with time.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    after: Option<AgentId>,
    limit: u16,
) -> Result<(Vec<Agent>, Option<AgentId>), StoreError> {
    let limit = limit.clamp(1, limits::PAGE_MAX);
    let rows = page(scope, after).limit(u64::from(limit) + 1).all(conn).await?;
    let more = rows.len() > usize::from(limit);
    let agents =
        rows.into_iter().take(usize::from(limit)).map(Agent::try_from).collect::<Result<Vec<_>, StoreError>>()?;
    let next = agents.last().filter(|_| more).map(|agent| agent.id);
    Ok((agents, next))
}

/// A page of the list, without its length.
fn page(scope: OrgScope, after: Option<AgentId>) -> Select<agent::Entity> {
    let select = works(scope).order_by_asc(agent::Column::Id);
    match after {
        Some(after) => select.filter(agent::Column::Id.gt(after)),
        None => select,
    }
}

/// Those of these agents who are there, with their role.
pub async fn roles<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    ids: &[AgentId],
) -> Result<Vec<(AgentId, Role)>, StoreError> {
    let found: Vec<(AgentId, String)> = scope
        .find::<agent::Entity>()
        .filter(agent::Column::Id.is_in(ids.iter().copied()))
        .filter(agent::Column::DisabledAt.is_null())
        .select_only()
        .columns([agent::Column::Id, agent::Column::Role])
        .into_tuple()
        .all(conn)
        .await?;
    found
        .into_iter()
        .map(|(id, text)| Ok((id, Role::parse(&text).ok_or(StoreError::Corrupt { what: "agent.role" })?)))
        .collect()
}

/// An agent as they see themselves in one of their sessions.
pub async fn me<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    session_id: SessionId,
) -> Result<Option<Me>, StoreError> {
    let row = scope
        .find::<agent::Entity>()
        .filter(agent::Column::Id.eq(agent_id))
        .find_also_related(organisation::Entity)
        .one(conn)
        .await?;
    let Some((agent, Some(organisation))) = row else { return Ok(None) };
    let items = agent.saved_views.as_deref().map(|text| sql::from_json(text, "agent.saved_views")).transpose()?;
    let saved_views = SavedViews { items: items.unwrap_or_default(), revision: agent.saved_views_revision };
    let setup_dismissed = agent.setup_dismissed;
    let agent = Agent::try_from(agent)?;
    Ok(Some(Me {
        id: agent.id,
        org_id: agent.org_id,
        org_name: organisation.name,
        session_id,
        account: agent.account,
        name: agent.name,
        email: agent.email,
        mobile: agent.mobile,
        avatar_id: agent.avatar_id,
        role: agent.role,
        sees_contact_details: agent.settings.sees_contact_details,
        edits_quick_replies: agent.settings.edits_quick_replies,
        edits_automatic_replies: agent.settings.edits_automatic_replies,
        login_state: agent.login_state,
        saved_views,
        setup_dismissed,
        created_at: agent.created_at,
    }))
}

/// Locks an agent's row until the commit.
pub async fn lock<C: ConnectionTrait>(conn: &C, scope: OrgScope, agent_id: AgentId) -> Result<(), StoreError> {
    let select = scope.find::<agent::Entity>().filter(agent::Column::Id.eq(agent_id));
    select.lock(LockType::NoKeyUpdate).one(conn).await?;
    Ok(())
}

/// What the agent has changed of their own account from now on: name, email, mobile, login state, whether the setup wizard
/// opens by itself. `false`: no such agent.
pub async fn set_account<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    me: &Me,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let updated = scope
        .update::<agent::Entity>()
        .col_expr(agent::Column::Name, me.name.as_str().into())
        .col_expr(agent::Column::Email, me.email.as_str().into())
        .col_expr(agent::Column::Mobile, me.mobile.as_str().into())
        .col_expr(agent::Column::LoginState, me.login_state.as_str().into())
        .col_expr(agent::Column::SetupDismissed, me.setup_dismissed.into())
        .col_expr(agent::Column::UpdatedAt, at.into())
        .filter(agent::Column::Id.eq(me.id))
        .exec(conn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// The views that the agent keeps from now on. `false`: no such agent.
pub async fn set_saved_views<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    views: &SavedViews,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let items = if views.items.is_empty() { None } else { Some(sql::to_json(&views.items)?) };
    let updated = scope
        .update::<agent::Entity>()
        .col_expr(agent::Column::SavedViews, items.into())
        .col_expr(agent::Column::SavedViewsRevision, views.revision.into())
        .col_expr(agent::Column::UpdatedAt, at.into())
        .filter(agent::Column::Id.eq(agent_id))
        .exec(conn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// The agent's password from now on. `false`: no such agent.
pub async fn set_password_hash<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    password_hash: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let updated = scope
        .update::<agent::Entity>()
        .col_expr(agent::Column::PasswordHash, password_hash.into())
        .col_expr(agent::Column::UpdatedAt, at.into())
        .filter(agent::Column::Id.eq(agent_id))
        .exec(conn)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Every agent of an organisation, or of all of them, by account: for the operator's command line.
pub async fn list_all<C: ConnectionTrait>(conn: &C, org_id: Option<OrgId>) -> Result<Vec<Agent>, StoreError> {
    let mut select = before_tenant::<agent::Entity>()
        .filter(agent::Column::RemovedAt.is_null())
        .order_by_asc(agent::Column::Account);
    if let Some(org_id) = org_id {
        select = select.filter(agent::Column::OrgId.eq(org_id));
    }
    select.all(conn).await?.into_iter().map(Agent::try_from).collect()
}
