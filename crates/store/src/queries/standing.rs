//! How things stand, of several organisations at once: what a server asks for itself when it has missed what another one said.
//!
//! Looked up by id, so it costs what is asked for and not what the tables hold. Nobody is shown the answers.

use crate::error::StoreError;
use crate::queries::agents::{login_state, role};
use crate::scope::before_tenant;
use crate::tables::{agent, channel, contact, organisation};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};
use types::agents::{LoginState, Role};
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

/// How an agent listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Who.
    pub agent_id: AgentId,
    /// Whether conversations get through to them, as they have chosen.
    pub login_state: LoginState,
    /// What they may do by their role.
    pub role: Role,
    /// Whether they are set to see contacts' details.
    pub sees_contact_details: bool,
}

/// How these agents listen.
///
/// # Errors
/// Those of the database.
pub async fn of_agents<C: ConnectionTrait>(conn: &C, agents: &[AgentId]) -> Result<Vec<Standing>, StoreError> {
    let asked =
        before_tenant::<agent::Entity>().filter(agent::Column::Id.is_in(agents.iter().copied())).select_only().columns(
            [agent::Column::Id, agent::Column::LoginState, agent::Column::Role, agent::Column::SeesContactDetails],
        );
    let rows: Vec<(AgentId, String, String, bool)> = asked.into_tuple().all(conn).await?;
    let standing = |(agent_id, state, text, sees_contact_details): (_, String, String, _)| {
        Ok::<_, StoreError>(Standing {
            agent_id,
            login_state: login_state(&state)?,
            role: role(&text)?,
            sees_contact_details,
        })
    };
    rows.into_iter().map(standing).collect()
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
