//! Editing colleagues, keeping them from signing in, and removing them.
//!
//! **Invariants**: an organisation always has an admin who can sign in: that is decided inside the write, behind a lock that other
//! servers wait for. Whoever may do less than before, or cannot sign in any more, notices at once: what is believed from memory is
//! forgotten, and sockets are closed or see less.

use crate::actions::agents::account_taken;
use crate::actions::conversations::auditor;
use crate::actions::me::{hang_up, identity_changed};
use crate::actions::purges::hand_on;
use crate::auth::actor::AnyAgent;
use crate::auth::password_rules;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::permissions::{Permission, can};
use store::agents::{self, Agent, Settings};
use store::audit::Auditor;
use store::{Actor, AgentAudience, Audience, OrgScope, PendingEvent, Tx, agent_groups, audit, people, sessions};
use types::agents::Role;
use types::audit::{AgentChange, AuditAction, FieldChange};
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::{AgentGroupId, AgentId, AuditId, SessionId};
use types::people::{AgentPatch, SetAgentDisabled, SetAgentPassword};

/// Who manages, and when. Each entry of the log that one deed makes has an id of its own.
pub(crate) struct By {
    pub(crate) scope: OrgScope,
    pub(crate) auditor: Auditor,
    more: Vec<AuditId>,
    session_id: SessionId,
}

/// Entries that one deed makes at most.
const ENTRIES: usize = 3;

impl By {
    pub(crate) fn of(state: &AppState, admin: &AnyAgent) -> ApiResult<Self> {
        can(admin.rights(), Permission::ManageAgents)?;
        let auditor = auditor(state, admin);
        // The last is taken first.
        let mut more: Vec<AuditId> = (1..ENTRIES).map(|_| state.ids.make_in_order(AuditId)).collect();
        more.reverse();
        Ok(Self { scope: admin.scope(), auditor, more, session_id: admin.session_id })
    }

    /// The agent, as they stay until the commit, with everything that is decided about who works here.
    pub(crate) async fn hold(&self, tx: &Tx, agent_id: AgentId) -> ApiResult<Agent> {
        agents::lock(tx.conn(), self.scope, agent_id).await?;
        people::lock(tx.conn(), self.scope).await?;
        agents::get(tx.conn(), self.scope, agent_id).await?.ok_or_else(|| ApiError::not_found("agent"))
    }

    pub(crate) async fn log(&mut self, tx: &Tx, action: &AuditAction) -> ApiResult<()> {
        let next = Auditor { id: self.more.pop().unwrap_or(self.auditor.id), ..self.auditor.clone() };
        let entry = std::mem::replace(&mut self.auditor, next);
        Ok(audit::add(tx.conn(), self.scope.org_id(), entry, action).await?)
    }

    pub(crate) fn tell(&self, tx: &mut Tx, agents: AgentAudience, event: Event) {
        let (org_id, actor, at) = (self.scope.org_id(), Actor::Agent(self.auditor.agent_id), self.auditor.at);
        let audience = Audience::agents(agents);
        tx.append(PendingEvent { org_id, conversation_id: None, actor, audience, event, at });
    }

    /// Whoever is not the caller.
    pub(crate) fn other(&self, agent_id: AgentId, deed: &str) -> ApiResult<()> {
        if agent_id != self.auditor.agent_id {
            return Ok(());
        }
        Err(ApiError::new(ErrorCode::Conflict, format!("Nobody {deed}")))
    }

    /// An admin who can sign in is left when this one is none any more.
    async fn leave_an_admin(&self, tx: &Tx, agent: &Agent) -> ApiResult<()> {
        let works_as_admin = agent.role == Role::Admin && agent.disabled_at.is_none();
        if !works_as_admin || people::another_admin_works(tx.conn(), self.scope, agent.id).await? {
            return Ok(());
        }
        Err(ApiError::new(ErrorCode::Conflict, "The last admin who can sign in stays one"))
    }

    /// Who gets the conversations: a colleague who can sign in, or nobody.
    async fn heir(&self, tx: &Tx, leaver: AgentId, heir: Option<AgentId>) -> ApiResult<Option<Agent>> {
        let Some(heir) = heir else { return Ok(None) };
        let agent = agents::get(tx.conn(), self.scope, heir).await?;
        let agent = agent.filter(|agent| agent.disabled_at.is_none() && agent.id != leaver);
        agent.map(Some).ok_or_else(|| ApiError::field("heir_id", FieldCode::Wrong, "is nobody who can take them"))
    }
}

/// Edits an agent; what the patch leaves out stays, and a patch that changes nothing is no event.
///
/// # Errors
/// Not found; a field error for an account that is taken or a group that is not there; a conflict for one's own role and for the last
/// admin's.
pub async fn update_agent(
    state: &AppState,
    admin: &AnyAgent,
    agent_id: AgentId,
    patch: AgentPatch,
) -> ApiResult<Agent> {
    let mut by = By::of(state, admin)?;
    if patch.account.is_some() {
        // Each answer tells whether an account is taken.
        let counted = state.shared.take("new_agents", &state.limits.new_agents, admin.org_id, by.auditor.at).await;
        counted.map_err(ApiError::rate_limited)?;
    }
    let update = state.write(move |tx| {
        Box::pin(async move {
            let before = by.hold(tx, agent_id).await?;
            let groups = match &patch.settings {
                Some(settings) => Some(check_groups(tx, &by, agent_id, &settings.group_ids).await?),
                None => None,
            };
            let after = edited(before.clone(), &patch);
            let mut fields = changes(&before, &after);
            if groups == Some(true) {
                fields.push(AgentChange::Groups);
            }
            if before.role != after.role {
                by.other(agent_id, "changes their own role")?;
                by.leave_an_admin(tx, &before).await?;
            } else if fields.is_empty() {
                return Ok((after, None));
            }
            people::save(tx.conn(), by.scope, &after, by.auditor.at).await.map_err(account_taken)?;
            if let Some(settings) = patch.settings.filter(|_| groups == Some(true)) {
                agent_groups::put_in(tx.conn(), by.scope, agent_id, &settings.group_ids).await?;
                by.tell(tx, AgentAudience::Everyone, Event::AgentGroupsChanged {});
            }
            if !fields.is_empty() {
                let edited_name = after.name.clone();
                let changes = from_to(&before, &after);
                let action = AuditAction::AgentEdited { edited_id: agent_id, edited_name, fields, changes };
                by.log(tx, &action).await?;
            }
            if before.role != after.role {
                let (edited_name, from, to) = (after.name.clone(), before.role, after.role);
                by.log(tx, &AuditAction::AgentRoleChanged { edited_id: agent_id, edited_name, from, to }).await?;
            }
            tell_of(tx, &by, agent_id, before.name != after.name).await?;
            let looks_no_more = can(before.role, Permission::ManageAgents).is_ok()
                && can(after.role, Permission::ManageAgents).is_err();
            let ended = if looks_no_more {
                sessions::end_views_by(tx.conn(), by.scope, agent_id, by.auditor.at).await?
            } else {
                Vec::new()
            };
            Ok((after, Some(ended)))
        })
    });
    let (agent, changed) = update.await?;
    if let Some(ended) = changed {
        signed_out(state, agent_id, ended);
    }
    Ok(agent)
}

/// An agent as a patch makes them.
fn edited(mut agent: Agent, patch: &AgentPatch) -> Agent {
    if let Some(name) = &patch.name {
        name.trim().clone_into(&mut agent.name);
    }
    if let Some(account) = &patch.account {
        agent.account = account.to_lowercase();
    }
    if let Some(email) = &patch.email {
        agent.email.clone_from(email);
    }
    if let Some(mobile) = &patch.mobile {
        agent.mobile.clone_from(mobile);
    }
    if let Some(settings) = &patch.settings {
        agent.settings = Settings::from(settings);
    }
    agent.role = patch.role.unwrap_or(agent.role);
    agent
}

/// Which fields are other ones, the role aside.
fn changes(before: &Agent, after: &Agent) -> Vec<AgentChange> {
    let (was, is) = (before.settings, after.settings);
    let all = [
        (AgentChange::Name, before.name != after.name),
        (AgentChange::Account, before.account != after.account),
        (AgentChange::Email, before.email != after.email),
        (AgentChange::Mobile, before.mobile != after.mobile),
        (AgentChange::Level, was.level != is.level),
        (AgentChange::Capacity, was.capacity != is.capacity),
        (AgentChange::SeesContactDetails, was.sees_contact_details != is.sees_contact_details),
        (AgentChange::EditsQuickReplies, was.edits_quick_replies != is.edits_quick_replies),
        (AgentChange::EditsAutomaticReplies, was.edits_automatic_replies != is.edits_automatic_replies),
    ];
    all.into_iter().filter(|(_, changed)| *changed).map(|(field, _)| field).collect()
}

/// What fields were and are, for the audit log: not the addresses, which are to be gone when the agent is.
fn from_to(before: &Agent, after: &Agent) -> Vec<FieldChange> {
    let (was, is) = (before.settings, after.settings);
    let all = [
        (AgentChange::Name, before.name.clone(), after.name.clone()),
        (AgentChange::Account, before.account.clone(), after.account.clone()),
        (AgentChange::Level, was.level.to_string(), is.level.to_string()),
        (AgentChange::Capacity, was.capacity.to_string(), is.capacity.to_string()),
        (AgentChange::SeesContactDetails, was.sees_contact_details.to_string(), is.sees_contact_details.to_string()),
        (AgentChange::EditsQuickReplies, was.edits_quick_replies.to_string(), is.edits_quick_replies.to_string()),
        (
            AgentChange::EditsAutomaticReplies,
            was.edits_automatic_replies.to_string(),
            is.edits_automatic_replies.to_string(),
        ),
    ];
    let changed = all.into_iter().filter(|(_, from, to)| from != to);
    changed.map(|(field, from, to)| FieldChange { field, from, to }).collect()
}

/// Whether the agent is in other groups than these, all of which are there.
async fn check_groups(tx: &Tx, by: &By, agent_id: AgentId, wanted: &[AgentGroupId]) -> ApiResult<bool> {
    groups_exist(tx, by.scope, wanted).await?;
    let mut now =
        agent_groups::of_agents(tx.conn(), by.scope, &[agent_id]).await?.remove(&agent_id).unwrap_or_default();
    let mut wanted = wanted.to_vec();
    now.sort_unstable();
    wanted.sort_unstable();
    Ok(now != wanted)
}

/// Every one of these groups is there; the field at fault is a setting.
pub(crate) async fn groups_exist(tx: &Tx, scope: OrgScope, wanted: &[AgentGroupId]) -> ApiResult<()> {
    if wanted.is_empty() {
        return Ok(());
    }
    let present = agent_groups::list(tx.conn(), scope).await?;
    if wanted.iter().all(|id| present.iter().any(|group| group.id == *id)) {
        return Ok(());
    }
    Err(ApiError::field("settings.group_ids", FieldCode::Wrong, "names a group that is not there"))
}

/// Tells everybody that an agent was edited, and their own devices how they are set now.
pub(crate) async fn tell_of(tx: &mut Tx, by: &By, agent_id: AgentId, is_renamed: bool) -> ApiResult<()> {
    by.tell(tx, AgentAudience::Everyone, Event::AgentEdited { agent_id });
    let me = agents::me(tx.conn(), by.scope, agent_id, by.session_id).await?;
    let me = me.ok_or_else(|| ApiError::not_found("agent"))?;
    if is_renamed {
        let event = Event::AgentUpdated { agent_id, name: me.name.clone(), avatar_id: me.avatar_id };
        by.tell(tx, AgentAudience::Everyone, event);
    }
    by.tell(tx, AgentAudience::One(agent_id), Event::MeUpdated { me });
    Ok(())
}

/// Gives a colleague another password, which ends every session of theirs.
///
/// # Errors
/// Not found; a field error for a password that is easily guessed; a conflict for one's own, which takes the old one.
pub async fn set_agent_password(
    state: &AppState,
    admin: &AnyAgent,
    agent_id: AgentId,
    request: SetAgentPassword,
) -> ApiResult<()> {
    let mut by = By::of(state, admin)?;
    by.other(agent_id, "resets their own password")?;
    let row = agents::get(state.db.reader(), by.scope, agent_id).await?;
    let row = row.ok_or_else(|| ApiError::not_found("agent"))?;
    let words = [row.account.as_str(), &row.name, &row.email, &row.mobile];
    password_rules::check_new("password", &request.password, &words)?;
    let hash = state.passwords.hash(&state.ids, request.password.into()).await?;
    let reset = state.write(move |tx| {
        Box::pin(async move {
            let agent = by.hold(tx, agent_id).await?;
            agents::set_password_hash(tx.conn(), by.scope, agent_id, &hash, by.auditor.at).await?;
            by.log(tx, &AuditAction::AgentPasswordReset { edited_id: agent_id, edited_name: agent.name }).await?;
            Ok(sessions::revoke_all(tx.conn(), by.scope, agent_id, None, by.auditor.at).await?)
        })
    });
    hang_up(state, reset.await?);
    Ok(())
}

/// Keeps a colleague from signing in, which signs them out everywhere and hands on what they have; or lets them sign in again. Asking
/// for what is so already changes nothing.
///
/// # Errors
/// Not found; a field error when nobody can take the conversations; a conflict for oneself and for the last admin.
pub async fn set_agent_disabled(
    state: &AppState,
    admin: &AnyAgent,
    agent_id: AgentId,
    request: SetAgentDisabled,
) -> ApiResult<Agent> {
    let mut by = By::of(state, admin)?;
    let (scope, actor) = (by.scope, Actor::Agent(by.auditor.agent_id));
    by.other(agent_id, "disables themselves")?;
    let set = state.write(move |tx| {
        Box::pin(async move {
            let agent = by.hold(tx, agent_id).await?;
            if agent.disabled_at.is_some() == request.disabled {
                return Ok((agent, Vec::new()));
            }
            let (at, edited_name) = (by.auditor.at, agent.name.clone());
            let (disabled_at, heir) = if request.disabled {
                by.leave_an_admin(tx, &agent).await?;
                (Some(at), by.heir(tx, agent_id, request.heir_id).await?)
            } else {
                (None, None)
            };
            let heir_id = heir.as_ref().map(|heir| heir.id);
            people::set_disabled(tx.conn(), scope, agent_id, disabled_at, heir_id, at).await?;
            let action = if request.disabled {
                let conversations = assigned_to(tx, scope, agent_id).await?;
                let heir_name = heir.map(|heir| heir.name);
                AuditAction::AgentDisabled { edited_id: agent_id, edited_name, conversations, heir_name }
            } else {
                AuditAction::AgentEnabled { edited_id: agent_id, edited_name }
            };
            by.log(tx, &action).await?;
            by.tell(tx, AgentAudience::Everyone, Event::AgentEdited { agent_id });
            let ended = match disabled_at {
                Some(_) => sessions::revoke_with_tokens(tx.conn(), scope, agent_id, at).await?,
                None => Vec::new(),
            };
            Ok((Agent { disabled_at, ..agent }, ended))
        })
    });
    let (agent, ended) = set.await?;
    signed_out(state, agent_id, ended);
    if agent.disabled_at.is_some() {
        hand_on(state, scope, agent_id, actor).await;
    }
    Ok(agent)
}

/// Removes a colleague, who is signed out everywhere; what they have is handed on, what they wrote stays.
///
/// # Errors
/// Not found; a field error when nobody can take the conversations; a conflict for oneself and for the last admin.
pub async fn remove_agent(
    state: &AppState,
    admin: &AnyAgent,
    agent_id: AgentId,
    heir_id: Option<AgentId>,
) -> ApiResult<()> {
    let mut by = By::of(state, admin)?;
    let (scope, actor) = (by.scope, Actor::Agent(by.auditor.agent_id));
    by.other(agent_id, "removes themselves")?;
    let remove = state.write(move |tx| {
        Box::pin(async move {
            let agent = by.hold(tx, agent_id).await?;
            by.leave_an_admin(tx, &agent).await?;
            let (heir, at) = (by.heir(tx, agent_id, heir_id).await?, by.auditor.at);
            let ended = sessions::revoke_with_tokens(tx.conn(), scope, agent_id, at).await?;
            people::remove(tx.conn(), scope, agent_id, heir.as_ref().map(|heir| heir.id), at).await?;
            let action = AuditAction::AgentRemoved {
                removed_id: agent_id,
                removed_name: agent.name,
                account: agent.account,
                conversations: assigned_to(tx, scope, agent_id).await?,
                heir_name: heir.map(|heir| heir.name),
            };
            by.log(tx, &action).await?;
            by.tell(tx, AgentAudience::Everyone, Event::AgentRemoved { agent_id });
            Ok(ended)
        })
    });
    signed_out(state, agent_id, remove.await?);
    hand_on(state, scope, agent_id, actor).await;
    Ok(())
}

async fn assigned_to(tx: &Tx, scope: OrgScope, agent_id: AgentId) -> ApiResult<i64> {
    let contents = people::contents(tx.conn(), scope, agent_id).await?;
    Ok(i64::try_from(contents.conversations).unwrap_or(i64::MAX))
}

fn signed_out(state: &AppState, agent_id: AgentId, ended: Vec<SessionId>) {
    hang_up(state, ended);
    identity_changed(state, agent_id);
}
