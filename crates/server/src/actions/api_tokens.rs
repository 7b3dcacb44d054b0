//! Making and revoking API tokens.

use crate::actions::conversations::auditor;
use crate::actions::me::hang_up;
use crate::auth::actor::AnyAgent;
use crate::auth::api_token::Secret;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::permissions::{Permission, can};
use store::api_tokens::{self, NewApiToken};
use store::{Actor, AgentAudience, Audience, OrgScope, PendingEvent, Tx, agents, audit, people};
use types::api_tokens::{ApiToken, ApiTokenState, CreateApiToken, CreatedApiToken};
use types::audit::AuditAction;
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::{AgentId, ApiTokenId, SessionId};
use types::limits::API_TOKENS_MAX;
use types::time::Timestamp;

/// Makes a token; its secret is in the answer and nowhere else.
///
/// # Errors
/// Field errors for an agent who does not work here and for a time that is over; a conflict when there are as many tokens as there may
/// be.
pub async fn create_api_token(
    state: &AppState,
    admin: &AnyAgent,
    request: CreateApiToken,
) -> ApiResult<CreatedApiToken> {
    can(admin.rights(), Permission::ManageIntegrations)?;
    let (scope, auditor) = (admin.scope(), auditor(state, admin));
    let CreateApiToken { name, agent_id, scopes, expires_at } = request;
    if expires_at.is_some_and(|at| at <= auditor.at) {
        return Err(ApiError::field("expires_at", FieldCode::OutOfRange, "must be in the future"));
    }
    let secret = Secret::generate(&state.ids);
    let new = NewApiToken {
        id: state.ids.make(ApiTokenId),
        session_id: state.ids.make(SessionId),
        agent_id: agent_id.unwrap_or(auditor.agent_id),
        name: name.trim().to_owned(),
        prefix: secret.prefix(),
        secret_hash: secret.hash(),
        scopes,
        created_by: auditor.agent_id,
        at: auditor.at,
        expires_at,
    };
    let create = state.write(move |tx| {
        Box::pin(async move {
            // Nobody is disabled or removed, and no other token is made, until the commit.
            people::lock(tx.conn(), scope).await?;
            if api_tokens::count(tx.conn(), scope).await? >= API_TOKENS_MAX {
                let detail = format!("An organisation has at most {API_TOKENS_MAX} API tokens; revoke one first");
                return Err(ApiError::new(ErrorCode::Conflict, detail));
            }
            let agent = agents::get(tx.conn(), scope, new.agent_id).await?;
            let agent = agent.filter(|agent| agent.disabled_at.is_none());
            let agent =
                agent.ok_or_else(|| ApiError::field("agent_id", FieldCode::Wrong, "is no agent who can act"))?;
            let token = wire(&new);
            let action = AuditAction::ApiTokenCreated {
                token_id: token.id,
                name: token.name.clone(),
                prefix: token.prefix.clone(),
                acts_as_id: agent.id,
                acts_as_name: agent.name,
                scopes: token.scopes.clone(),
                expires_at,
            };
            let (by, at) = (auditor.agent_id, auditor.at);
            api_tokens::create(tx.conn(), scope, new).await?;
            audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
            tell(tx, scope, by, at);
            Ok(token)
        })
    });
    Ok(CreatedApiToken { token: create.await?, secret: secret.expose().to_owned() })
}

fn wire(new: &NewApiToken) -> ApiToken {
    ApiToken {
        id: new.id,
        name: new.name.clone(),
        prefix: new.prefix.clone(),
        agent_id: new.agent_id,
        scopes: new.scopes.clone(),
        state: ApiTokenState::Active,
        created_by: new.created_by,
        created_at: new.at,
        expires_at: new.expires_at,
        last_used_at: None,
        last_used_ip: None,
    }
}

/// Takes a token away: nobody acts by it any more, and its sockets close.
///
/// # Errors
/// Not found when it is not there.
pub async fn revoke_api_token(state: &AppState, admin: &AnyAgent, token_id: ApiTokenId) -> ApiResult<()> {
    can(admin.rights(), Permission::ManageIntegrations)?;
    let (scope, auditor) = (admin.scope(), auditor(state, admin));
    let revoke = state.write(move |tx| {
        Box::pin(async move {
            let (by, at) = (auditor.agent_id, auditor.at);
            let (name, prefix, session_id) = api_tokens::revoke(tx.conn(), scope, token_id, at).await?;
            let action = AuditAction::ApiTokenRevoked { token_id, name, prefix };
            audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
            tell(tx, scope, by, at);
            Ok(session_id)
        })
    });
    hang_up(state, [revoke.await?]);
    Ok(())
}

fn tell(tx: &mut Tx, scope: OrgScope, by: AgentId, at: Timestamp) {
    tx.append(PendingEvent {
        org_id: scope.org_id(),
        conversation_id: None,
        actor: Actor::Agent(by),
        audience: Audience::agents(AgentAudience::Everyone),
        event: Event::ApiTokensChanged {},
        at,
    });
}
