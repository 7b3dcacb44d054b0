//! One's own account and sessions.

use crate::actions::conversations::auditor;
use crate::actions::notices;
use crate::auth::actor::AnyAgent;
use crate::auth::password_rules;
use crate::error::{ApiError, ApiResult};
use crate::limits::Guesser;
use crate::senders::Notice;
use crate::shared::BY_GUESSER;
use crate::state::AppState;
use secrecy::SecretString;
use store::agents::Agent;
use store::audit::Auditor;
use store::{Actor, AgentAudience, Audience, OrgScope, PendingEvent, Tx, agents, audit, channels, sessions, tags};
use types::agents::{ChangePassword, LoginState, Me, MePatch};
use types::audit::{AgentChange, AuditAction};
use types::error::{ErrorCode, FieldCode, FieldError};
use types::events::Event;
use types::id::{AgentId, ChannelId, SessionId, TagId};
use types::saved_views::{SavedView, SavedViews};
use types::time::Timestamp;
use types::validate::Fault;

/// Changes one's own account. Another email address or mobile number asks for the password, because a forgotten one is reset by them.
///
/// # Errors
/// Unauthenticated when the account is gone meanwhile; field errors of `password` where it is needed.
pub async fn update_me(state: &AppState, agent: &AnyAgent, mut patch: MePatch) -> ApiResult<Me> {
    let (scope, agent_id, session_id, now) = (agent.scope(), agent.agent_id, agent.session_id, state.clock.now());
    let mut proved = false;
    if let Some(password) = patch.password.take() {
        prove_password(state, agent, "password", password.into()).await?;
        proved = true;
    }
    let auditor = auditor(state, agent);
    let (before, me) = state
        .write(move |tx| {
            Box::pin(async move {
                let before = read_me(tx, scope, agent_id, session_id).await?;
                if !proved && moves(&before, &patch) {
                    let detail = "is needed to change the email address or the mobile number";
                    return Err(ApiError::field("password", FieldCode::Required, detail));
                }
                let me = change_me(tx, scope, before.clone(), patch, now).await?;
                let fields = changed(&before, &me);
                if !fields.is_empty() {
                    audit::add(tx.conn(), scope.org_id(), auditor, &AuditAction::OwnAccountEdited { fields }).await?;
                }
                Ok((before, me))
            })
        })
        .await?;
    identity_changed(state, agent_id);
    if (&before.email, &before.mobile) != (&me.email, &me.mobile) {
        // To the address before: whoever has taken the account over reads the new one.
        notices::tell(state, before.email, before.account, Notice::AddressChanged);
    }
    Ok(me)
}

/// Whether a change makes another address of an account.
fn moves(me: &Me, patch: &MePatch) -> bool {
    patch.email.as_ref().is_some_and(|email| *email != me.email)
        || patch.mobile.as_ref().is_some_and(|mobile| *mobile != me.mobile)
}

/// What of an account is another one that the audit log tells of: not whether they receive messages, which they set all day.
fn changed(before: &Me, after: &Me) -> Vec<AgentChange> {
    let all = [
        (AgentChange::Name, before.name != after.name),
        (AgentChange::Email, before.email != after.email),
        (AgentChange::Mobile, before.mobile != after.mobile),
    ];
    all.into_iter().filter(|(_, changed)| *changed).map(|(field, _)| field).collect()
}

/// Sets the login state and tells the agent's own devices, inside a write.
pub(crate) async fn set_login_state(
    tx: &mut Tx,
    scope: OrgScope,
    agent_id: AgentId,
    session_id: SessionId,
    wanted: LoginState,
    now: Timestamp,
) -> ApiResult<Me> {
    let me = read_me(tx, scope, agent_id, session_id).await?;
    change_me(tx, scope, me, MePatch { login_state: Some(wanted), ..MePatch::default() }, now).await
}

/// Changes an account and tells the agent's own devices, if anything changes.
async fn change_me(tx: &mut Tx, scope: OrgScope, before: Me, patch: MePatch, now: Timestamp) -> ApiResult<Me> {
    let mut me = before.clone();
    me.login_state = patch.login_state.unwrap_or(me.login_state);
    me.name = patch.name.unwrap_or(me.name);
    me.email = patch.email.unwrap_or(me.email);
    me.mobile = patch.mobile.unwrap_or(me.mobile);
    me.setup_dismissed = patch.setup_dismissed.unwrap_or(me.setup_dismissed);
    if me == before {
        return Ok(me);
    }
    if !agents::set_account(tx.conn(), scope, &me, now).await? {
        return Err(ApiError::unauthenticated());
    }
    tell(tx, scope, &me, me.name != before.name, now);
    Ok(me)
}

/// Sets the views of the list that one keeps: all of them, in their order.
///
/// # Errors
/// A conflict when they were changed since the revision that the caller has seen; a field error for a channel that is not there.
pub async fn set_saved_views(state: &AppState, agent: &AnyAgent, wanted: SavedViews) -> ApiResult<Me> {
    let (scope, agent_id, session_id, now) = (agent.scope(), agent.agent_id, agent.session_id, state.clock.now());
    let set = state.write(move |tx| {
        Box::pin(async move {
            let mut me = read_me(tx, scope, agent_id, session_id).await?;
            let trimmed = |view: SavedView| SavedView { name: view.name.trim().to_owned(), ..view };
            let items: Vec<SavedView> = wanted.items.into_iter().map(trimmed).collect();
            // Asked again because the answer was lost.
            if items == me.saved_views.items {
                return Ok(me);
            }
            if wanted.revision != me.saved_views.revision {
                return Err(ApiError::new(ErrorCode::Conflict, "The views were changed on another device meanwhile"));
            }
            check_channels(tx, scope, &me.saved_views.items, &items).await?;
            check_tags(tx, scope, &me.saved_views.items, &items).await?;
            me.saved_views = SavedViews { items, revision: wanted.revision.saturating_add(1) };
            if !agents::set_saved_views(tx.conn(), scope, agent_id, &me.saved_views, now).await? {
                return Err(ApiError::unauthenticated());
            }
            tell(tx, scope, &me, false, now);
            Ok(me)
        })
    });
    set.await
}

/// A view is of a channel that is there. One that was kept before stays what it is when its channel has gone: the others can still be
/// changed.
async fn check_channels(tx: &Tx, scope: OrgScope, before: &[SavedView], after: &[SavedView]) -> ApiResult<()> {
    let is_kept = |view: &SavedView| before.iter().any(|kept| kept.channel_id == view.channel_id);
    let unknown = |(place, view): (usize, &SavedView)| view.channel_id.filter(|_| !is_kept(view)).map(|id| (place, id));
    let added: Vec<(usize, ChannelId)> = after.iter().enumerate().filter_map(unknown).collect();
    if added.is_empty() {
        return Ok(());
    }
    let present = channels::list(tx.conn(), scope).await?;
    let missing = added.into_iter().filter(|(_, id)| present.iter().all(|channel| channel.id != *id));
    let wrong = Fault::new(FieldCode::Wrong, "is no channel of the organisation");
    let errors: Vec<FieldError> =
        missing.map(|(place, _)| wrong.clone().of(format!("items[{place}].channel_id"))).collect();
    if errors.is_empty() { Ok(()) } else { Err(ApiError::invalid(errors)) }
}

/// The same for the tag of a view.
async fn check_tags(tx: &Tx, scope: OrgScope, before: &[SavedView], after: &[SavedView]) -> ApiResult<()> {
    let is_kept = |view: &SavedView| before.iter().any(|kept| kept.tag_id == view.tag_id);
    let unknown = |(place, view): (usize, &SavedView)| view.tag_id.filter(|_| !is_kept(view)).map(|id| (place, id));
    let added: Vec<(usize, TagId)> = after.iter().enumerate().filter_map(unknown).collect();
    if added.is_empty() {
        return Ok(());
    }
    let groups = tags::list(tx.conn(), scope).await?;
    let is_there = |id: TagId| groups.iter().any(|group| group.tags.iter().any(|tag| tag.id == id));
    let wrong = Fault::new(FieldCode::Wrong, "is no tag of the organisation");
    let missing = added.into_iter().filter(|(_, id)| !is_there(*id));
    let errors: Vec<FieldError> =
        missing.map(|(place, _)| wrong.clone().of(format!("items[{place}].tag_id"))).collect();
    if errors.is_empty() { Ok(()) } else { Err(ApiError::invalid(errors)) }
}

/// Tells the agent's own devices that their account has changed, and colleagues, where it is something that they see.
pub(crate) fn tell(tx: &mut Tx, scope: OrgScope, me: &Me, is_seen: bool, at: Timestamp) {
    let mut tell = |agents, event| {
        let (org_id, actor, audience) = (scope.org_id(), Actor::Agent(me.id), Audience::agents(agents));
        tx.append(PendingEvent { org_id, conversation_id: None, actor, audience, event, at });
    };
    tell(AgentAudience::One(me.id), Event::MeUpdated { me: me.clone() });
    if is_seen {
        let event = Event::AgentUpdated { agent_id: me.id, name: me.name.clone(), avatar_id: me.avatar_id };
        tell(AgentAudience::Everyone, event);
    }
}

/// Locked until the commit: what another server changes at the same time is not written over by what it was before.
pub(crate) async fn read_me(tx: &Tx, scope: OrgScope, agent_id: AgentId, session_id: SessionId) -> ApiResult<Me> {
    agents::lock(tx.conn(), scope, agent_id).await?;
    agents::me(tx.conn(), scope, agent_id, session_id).await?.ok_or_else(ApiError::unauthenticated)
}

/// Proves once more that whoever is signed in knows the password, and gives the account as it is stored.
///
/// # Errors
/// `wrong` of `field`; rate limited after too many of those.
pub(crate) async fn prove_password(
    state: &AppState,
    agent: &AnyAgent,
    field: &'static str,
    password: SecretString,
) -> ApiResult<Agent> {
    let (scope, now) = (agent.scope(), state.clock.now());
    let row = agents::get(state.db.reader(), scope, agent.agent_id).await?.ok_or_else(ApiError::unauthenticated)?;
    // As many guesses as for signing in: a stolen access token is no way around it. Counted apart, because strangers who
    // guess at the account must not keep its owner from changing the password.
    let guesser = Guesser::Session(agent.session_id);
    let guessers = &state.limits.login_by_guesser;
    state.shared.begin(BY_GUESSER, guessers, &guesser, now).await.map_err(ApiError::rate_limited)?;
    match state.passwords.verify(Some(row.password_hash.clone()), password).await {
        Ok(true) => {
            state.shared.clear(BY_GUESSER, guessers, &guesser).await;
            Ok(row)
        }
        Ok(false) => Err(wrong_password(field)),
        Err(error) => {
            // Nobody has learnt anything about the password.
            state.shared.forgive(BY_GUESSER, guessers, &guesser, now).await;
            Err(error)
        }
    }
}

/// Changes one's own password, which ends every other session.
///
/// # Errors
/// A field error when the old password is wrong; rate limited after too many of those.
pub async fn change_password(state: &AppState, agent: &AnyAgent, request: ChangePassword) -> ApiResult<()> {
    let (scope, agent_id, session_id, now) = (agent.scope(), agent.agent_id, agent.session_id, state.clock.now());
    let row = prove_password(state, agent, "old_password", request.old_password.into()).await?;
    let verified = row.password_hash;
    let words = [row.account.as_str(), &row.name, &row.email, &row.mobile];
    password_rules::check_new("new_password", &request.new_password, &words)?;
    let hash = state.passwords.hash(&state.ids, request.new_password.into()).await?;
    let auditor = auditor(state, agent);
    let ended = state
        .write(move |tx| {
            Box::pin(async move {
                // Hashing took its time: the session may have been ended meanwhile, and the password changed elsewhere.
                if sessions::identity(tx.conn(), scope, session_id, now).await?.is_none() {
                    return Err(ApiError::unauthenticated());
                }
                let still = agents::get(tx.conn(), scope, agent_id).await?.ok_or_else(ApiError::unauthenticated)?;
                if still.password_hash != verified {
                    return Err(wrong_password("old_password"));
                }
                if !agents::set_password_hash(tx.conn(), scope, agent_id, &hash, now).await? {
                    return Err(ApiError::unauthenticated());
                }
                audit::add(tx.conn(), scope.org_id(), auditor, &AuditAction::PasswordChanged {}).await?;
                Ok(sessions::revoke_all(tx.conn(), scope, agent_id, Some(session_id), now).await?)
            })
        })
        .await?;
    hang_up(state, ended);
    Ok(())
}

fn wrong_password(field: &str) -> ApiError {
    ApiError::field(field, FieldCode::Wrong, "is not your password")
}

/// Signs out: ends the session that is asked from; its sockets close at once.
///
/// # Errors
/// Not found when it has ended already.
pub async fn sign_out(state: &AppState, agent: &AnyAgent) -> ApiResult<()> {
    let logged = Some((auditor(state, agent), AuditAction::LoggedOut {}));
    end_session(state, agent.scope(), agent.agent_id, agent.session_id, logged).await
}

/// Ends one of one's own sessions, on another device or here.
///
/// # Errors
/// Not found when the agent has no such session.
pub async fn end_own_session(state: &AppState, agent: &AnyAgent, session_id: SessionId) -> ApiResult<()> {
    let action = AuditAction::SessionsEnded { sessions: 1, everywhere: false };
    end_session(state, agent.scope(), agent.agent_id, session_id, Some((auditor(state, agent), action))).await
}

/// Ends one session of an agent; its sockets close at once. What is `logged` is in the audit log.
///
/// # Errors
/// Not found when the agent has no such session.
pub(crate) async fn end_session(
    state: &AppState,
    scope: OrgScope,
    agent_id: AgentId,
    session_id: SessionId,
    logged: Option<(Auditor, AuditAction)>,
) -> ApiResult<()> {
    let now = state.clock.now();
    let ended = state
        .write(move |tx| {
            Box::pin(async move {
                let ended = sessions::revoke(tx.conn(), scope, agent_id, session_id, now).await?;
                if let Some((auditor, action)) = logged.filter(|_| !ended.is_empty()) {
                    audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
                }
                Ok(ended)
            })
        })
        .await?;
    if ended.is_empty() {
        return Err(ApiError::not_found("session"));
    }
    hang_up(state, ended);
    Ok(())
}

/// Ends every session of an agent but the asking one.
///
/// # Errors
/// Only those of the database.
pub async fn end_other_sessions(state: &AppState, agent: &AnyAgent) -> ApiResult<()> {
    end_sessions(state, agent, Some(agent.session_id)).await
}

/// Ends every session of an agent, the asking one included.
///
/// # Errors
/// Only those of the database.
pub async fn end_all_sessions(state: &AppState, agent: &AnyAgent) -> ApiResult<()> {
    end_sessions(state, agent, None).await
}

async fn end_sessions(state: &AppState, agent: &AnyAgent, except: Option<SessionId>) -> ApiResult<()> {
    let (scope, agent_id, auditor, now) = (agent.scope(), agent.agent_id, auditor(state, agent), state.clock.now());
    let ended = state
        .write(move |tx| {
            Box::pin(async move {
                let ended = sessions::revoke_all(tx.conn(), scope, agent_id, except, now).await?;
                let sessions = i64::try_from(ended.len()).unwrap_or(i64::MAX);
                if sessions > 0 {
                    let action = AuditAction::SessionsEnded { sessions, everywhere: except.is_none() };
                    audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
                }
                Ok(ended)
            })
        })
        .await?;
    hang_up(state, ended);
    Ok(())
}

/// Makes the end of sessions felt at once: nothing is believed from memory, no socket stays open.
pub(crate) fn hang_up(state: &AppState, ended: impl IntoIterator<Item = SessionId>) {
    let ended: Vec<SessionId> = ended.into_iter().collect();
    for session_id in &ended {
        state.sessions.forget(*session_id);
        state.hub.close_session(*session_id);
    }
    state.bus.sessions_ended(&ended);
}

/// Makes a change of an agent's name, rights or login state felt at once.
pub(crate) fn identity_changed(state: &AppState, agent_id: AgentId) {
    state.sessions.forget_agent(agent_id);
    state.bus.agent_changed(agent_id);
}
