//! API tokens.

use crate::error::StoreError;
use crate::queries::sessions::{self, NewSession};
use crate::scope::{OrgScope, before_tenant};
use crate::tables::{api_token, session};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};
use types::api_tokens::{ApiToken, ApiTokenState, Scope};
use types::id::{AgentId, ApiTokenId, OrgId, SessionId};
use types::time::Timestamp;

/// Until when the session of a token goes that does not expire, in seconds from its beginning: a hundred years.
const FOR_GOOD_SECONDS: i64 = 100 * 365 * 24 * 3600;

/// A token to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// The session that it acts by.
    pub session_id: SessionId,
    /// Whom it acts as.
    pub agent_id: AgentId,
    /// What it is for.
    pub name: String,
    /// How its secret begins.
    pub prefix: String,
    /// SHA-256 of the secret, in hex.
    pub secret_hash: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Who makes it.
    pub created_by: AgentId,
    /// When.
    pub at: Timestamp,
    /// Until when it is good.
    pub expires_at: Option<Timestamp>,
}

/// What a secret stands for. Nothing of it ever changes; whether it is still good its session says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownToken {
    /// The token.
    pub id: ApiTokenId,
    /// Whose it is.
    pub org_id: OrgId,
    /// What it is called.
    pub name: String,
    /// Who made it.
    pub created_by: AgentId,
    /// The session that it acts by.
    pub session_id: SessionId,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Until when it is good.
    pub expires_at: Option<Timestamp>,
}

/// Every token, newest first, as it is at a moment.
pub async fn list<C: ConnectionTrait>(conn: &C, scope: OrgScope, now: Timestamp) -> Result<Vec<ApiToken>, StoreError> {
    let rows = scope
        .find::<api_token::Entity>()
        .find_also_related(session::Entity)
        .order_by_desc(api_token::Column::CreatedAt)
        .order_by_desc(api_token::Column::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(|(row, session)| wire(row, session.as_ref(), now)).collect()
}

fn wire(row: api_token::Model, session: Option<&session::Model>, now: Timestamp) -> Result<ApiToken, StoreError> {
    let is_stopped = session.is_none_or(|session| session.revoked_at.is_some());
    let is_expired = row.expires_at.is_some_and(|at| at <= now);
    Ok(ApiToken {
        id: row.id,
        name: row.name,
        prefix: row.prefix,
        agent_id: row.agent_id,
        scopes: scopes(&row.scopes)?,
        state: match (is_stopped, is_expired) {
            (true, _) => ApiTokenState::Stopped,
            (false, true) => ApiTokenState::Expired,
            (false, false) => ApiTokenState::Active,
        },
        created_by: row.created_by,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
        last_used_ip: row.last_used_ip,
    })
}

fn scopes(text: &str) -> Result<Vec<Scope>, StoreError> {
    let corrupt = StoreError::Corrupt { what: "api_token.scopes" };
    text.split(' ').map(Scope::parse).collect::<Option<_>>().ok_or(corrupt)
}

/// How many tokens there are.
pub async fn count<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<u64, StoreError> {
    Ok(scope.find::<api_token::Entity>().count(conn).await?)
}

/// Makes a token, and the session that it acts by.
pub async fn create<C: ConnectionTrait>(conn: &C, scope: OrgScope, new: NewApiToken) -> Result<(), StoreError> {
    let session = NewSession {
        id: new.session_id,
        org_id: scope.org_id(),
        agent_id: new.agent_id,
        // No refresh token has such a hash.
        refresh_hash: format!("api-token:{}", new.id),
        user_agent: String::new(),
        ip: String::new(),
        at: new.at,
        expires_at: new.expires_at.unwrap_or_else(|| new.at.plus_seconds(FOR_GOOD_SECONDS)),
    };
    sessions::create(conn, session).await?;
    let row = api_token::ActiveModel {
        id: Set(new.id),
        org_id: Set(scope.org_id()),
        agent_id: Set(new.agent_id),
        session_id: Set(new.session_id),
        name: Set(new.name),
        prefix: Set(new.prefix),
        secret_hash: Set(new.secret_hash),
        scopes: Set(new.scopes.into_iter().map(Scope::as_str).collect::<Vec<_>>().join(" ")),
        created_by: Set(new.created_by),
        created_at: Set(new.at),
        expires_at: Set(new.expires_at),
        last_used_at: Set(None),
        last_used_ip: Set(None),
    };
    api_token::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// What a secret of this hash stands for, in whichever organisation.
pub async fn by_secret_hash<C: ConnectionTrait>(conn: &C, hash: &str) -> Result<Option<KnownToken>, StoreError> {
    let row = before_tenant::<api_token::Entity>().filter(api_token::Column::SecretHash.eq(hash)).one(conn).await?;
    let known = row.map(|row| {
        let api_token::Model { id, org_id, name, created_by, session_id, expires_at, .. } = row;
        Ok(KnownToken { id, org_id, name, created_by, session_id, scopes: scopes(&row.scopes)?, expires_at })
    });
    known.transpose()
}

/// Takes a token away with its session: its name, how its secret began, and the session.
pub async fn revoke<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: ApiTokenId,
    at: Timestamp,
) -> Result<(String, String, SessionId), StoreError> {
    let found = scope.find::<api_token::Entity>().filter(api_token::Column::Id.eq(id)).one(conn).await?;
    let row = found.ok_or(StoreError::NotFound)?;
    scope.delete::<api_token::Entity>().filter(api_token::Column::Id.eq(id)).exec(conn).await?;
    // A session that has ended already stays as it is. A token's has begun no views.
    sessions::revoke(conn, scope, row.agent_id, row.session_id, at).await?;
    Ok((row.name, row.prefix, row.session_id))
}

/// Notes that a token was used.
pub async fn note_use<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: ApiTokenId,
    ip: String,
    at: Timestamp,
) -> Result<(), StoreError> {
    scope
        .update::<api_token::Entity>()
        .col_expr(api_token::Column::LastUsedAt, at.into())
        .col_expr(api_token::Column::LastUsedIp, ip.into())
        .filter(api_token::Column::Id.eq(id))
        .exec(conn)
        .await?;
    Ok(())
}
