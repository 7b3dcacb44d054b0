//! How things stand, of several organisations at once: what a server asks for itself when it has missed what another one said.
//!
//! Looked up by id, so it costs what is asked for and not what the tables hold. Nobody is shown the answers.

use crate::error::StoreError;
use crate::queries::agents::login_state;
use crate::scope::before_tenant;
use crate::tables::{agent, channel, contact, organisation};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};
use types::agents::LoginState;
use types::id::{AgentId, ChannelId, ContactId, OrgId};

/// How far the ledgers of these organisations have come. One that is not there has none.
///
/// # Errors
/// Those of the database.
pub async fn cursors<C: ConnectionTrait>(conn: &C, orgs: &[OrgId]) -> Result<Vec<(OrgId, i64)>, StoreError> {
    let asked = before_tenant::<organisation::Entity>()
        .filter(organisation::Column::Id.is_in(orgs.iter().copied()))
        .select_only()
        .columns([organisation::Column::Id, organisation::Column::LastEventSeq]);
    Ok(asked.into_tuple().all(conn).await?)
}

/// Whether conversations get through to these agents, as they have chosen.
///
/// # Errors
/// Those of the database.
pub async fn login_states<C: ConnectionTrait>(
    conn: &C,
    agents: &[AgentId],
) -> Result<Vec<(AgentId, LoginState)>, StoreError> {
    let asked = before_tenant::<agent::Entity>()
        .filter(agent::Column::Id.is_in(agents.iter().copied()))
        .select_only()
        .columns([agent::Column::Id, agent::Column::LoginState]);
    let rows: Vec<(AgentId, String)> = asked.into_tuple().all(conn).await?;
    rows.into_iter().map(|(id, state)| Ok((id, login_state(&state)?))).collect()
}

/// Those of these channels in which visitors cannot write: disabled, deleted, or gone.
///
/// # Errors
/// Those of the database.
pub async fn closed_channels<C: ConnectionTrait>(
    conn: &C,
    channels: &[ChannelId],
) -> Result<Vec<ChannelId>, StoreError> {
    let open: Vec<ChannelId> = before_tenant::<channel::Entity>()
        .filter(channel::Column::Id.is_in(channels.iter().copied()))
        .filter(channel::Column::Enabled.eq(true))
        .filter(channel::Column::DeletedAt.is_null())
        .select_only()
        .column(channel::Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(channels.iter().copied().filter(|id| !open.contains(id)).collect())
}

/// Those of these visitors who are on the blacklist.
///
/// # Errors
/// Those of the database.
pub async fn blocked_contacts<C: ConnectionTrait>(
    conn: &C,
    contacts: &[ContactId],
) -> Result<Vec<ContactId>, StoreError> {
    let asked = before_tenant::<contact::Entity>()
        .filter(contact::Column::Id.is_in(contacts.iter().copied()))
        .filter(contact::Column::BlockedAt.is_not_null())
        .select_only()
        .column(contact::Column::Id);
    Ok(asked.into_tuple().all(conn).await?)
}
