//! Who serves a channel, and to whom conversations can be handed on.

use super::{Attendance, loads};
use crate::error::StoreError;
use crate::queries::agents::login_state;
use crate::scope::OrgScope;
use crate::tables::{agent, agent_group, agent_group_member, channel, channel_agent_group};
use crate::write::Tx;
use rules::presence::presence;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use types::agents::Presence;
use types::assignment::{TransferAgent, TransferGroup, TransferTargets};
use types::id::{AgentGroupId, AgentId, ChannelId};

/// Who serves a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Whether conversations wait until somebody takes them over.
    pub by_hand: bool,
    /// The groups that serve it; none: everybody does.
    pub group_ids: Vec<AgentGroupId>,
}

impl Service {
    /// The groups of which somebody is looked for, where one was asked for instead of the channel's; nothing while nobody is.
    pub(super) fn serving(&self, wanted: Option<AgentGroupId>) -> Option<Vec<AgentGroupId>> {
        match wanted {
            // Whoever has handed it on wants somebody to be found.
            Some(group) => Some(vec![group]),
            None => (!self.by_hand).then(|| self.group_ids.clone()),
        }
    }
}

/// Who serves a channel; nothing when it is gone.
///
/// # Errors
/// Those of the database.
pub async fn service<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
) -> Result<Option<Service>, StoreError> {
    let by_hand: Option<bool> = scope
        .find::<channel::Entity>()
        .filter(channel::Column::Id.eq(channel_id))
        .filter(channel::Column::DeletedAt.is_null())
        .select_only()
        .column(channel::Column::AssignsByHand)
        .into_tuple()
        .one(conn)
        .await?;
    let Some(by_hand) = by_hand else { return Ok(None) };
    let group_ids = scope
        .find::<channel_agent_group::Entity>()
        .filter(channel_agent_group::Column::ChannelId.eq(channel_id))
        .select_only()
        .column(channel_agent_group::Column::GroupId)
        .order_by_asc(channel_agent_group::Column::GroupId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(Some(Service { by_hand, group_ids }))
}

/// Sets who serves a channel. `false`: there is no such channel. That the groups are there, the caller has seen.
///
/// # Errors
/// Those of the database.
pub async fn set_service(
    tx: &Tx,
    scope: OrgScope,
    channel_id: ChannelId,
    service: &Service,
) -> Result<bool, StoreError> {
    let updated = scope
        .update::<channel::Entity>()
        .col_expr(channel::Column::AssignsByHand, service.by_hand.into())
        .filter(channel::Column::Id.eq(channel_id))
        .filter(channel::Column::DeletedAt.is_null())
        .exec(tx.conn())
        .await?;
    if updated.rows_affected == 0 {
        return Ok(false);
    }
    forget(tx.conn(), scope, channel_id).await?;
    let rows = service.group_ids.iter().map(|group_id| channel_agent_group::ActiveModel {
        org_id: Set(scope.org_id()),
        channel_id: Set(channel_id),
        group_id: Set(*group_id),
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        channel_agent_group::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(true)
}

/// No group serves the channel any more.
pub(crate) async fn forget<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    channel_id: ChannelId,
) -> Result<(), StoreError> {
    let serving = scope.delete::<channel_agent_group::Entity>();
    serving.filter(channel_agent_group::Column::ChannelId.eq(channel_id)).exec(conn).await?;
    Ok(())
}

/// The organisation's groups, in their order, with how many of each are online.
///
/// # Errors
/// Those of the database.
pub async fn groups<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    attendance: &dyn Attendance,
) -> Result<Vec<TransferGroup>, StoreError> {
    let agents = people(conn, scope, attendance).await?;
    groups_of(conn, scope, &agents).await
}

async fn groups_of<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agents: &[TransferAgent],
) -> Result<Vec<TransferGroup>, StoreError> {
    let rows: Vec<(AgentGroupId, String)> = scope
        .find::<agent_group::Entity>()
        .order_by_asc(agent_group::Column::Position)
        .order_by_asc(agent_group::Column::Id)
        .select_only()
        .columns([agent_group::Column::Id, agent_group::Column::Name])
        .into_tuple()
        .all(conn)
        .await?;
    let memberships: Vec<(AgentGroupId, AgentId)> = scope
        .find::<agent_group_member::Entity>()
        .select_only()
        .columns([agent_group_member::Column::GroupId, agent_group_member::Column::AgentId])
        .into_tuple()
        .all(conn)
        .await?;
    let is_online = |id: AgentId| agents.iter().any(|one| one.id == id && one.presence == Presence::Online);
    let group = |(id, name): (AgentGroupId, String)| {
        let online = memberships.iter().filter(|(group, member)| *group == id && is_online(*member)).count();
        TransferGroup { id, name, online: u32::try_from(online).unwrap_or(u32::MAX) }
    };
    Ok(rows.into_iter().map(group).collect())
}

/// Everybody who works here, without what they have.
async fn people<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    attendance: &dyn Attendance,
) -> Result<Vec<TransferAgent>, StoreError> {
    let rows: Vec<(AgentId, String, String, i32)> = scope
        .find::<agent::Entity>()
        .filter(agent::Column::DisabledAt.is_null())
        .filter(agent::Column::RemovedAt.is_null())
        .order_by_asc(agent::Column::Id)
        .select_only()
        .columns([agent::Column::Id, agent::Column::Name, agent::Column::LoginState, agent::Column::Capacity])
        .into_tuple()
        .all(conn)
        .await?;
    let connected = attendance.connected(&rows.iter().map(|row| row.0).collect::<Vec<_>>());
    let agent = |(id, name, state, capacity): (AgentId, String, String, i32)| {
        let presence = presence(connected.contains(&id), login_state(&state)?);
        Ok(TransferAgent { id, name, presence, open: 0, capacity: u32::try_from(capacity).unwrap_or_default() })
    };
    rows.into_iter().map(agent).collect()
}

/// To whom conversations can be handed on.
///
/// # Errors
/// Those of the database.
pub async fn targets<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    attendance: &dyn Attendance,
) -> Result<TransferTargets, StoreError> {
    let mut agents = people(conn, scope, attendance).await?;
    let groups = groups_of(conn, scope, &agents).await?;
    let ids: Vec<AgentId> = agents.iter().map(|one| one.id).collect();
    let open = loads(conn, scope, &ids).await?;
    for one in &mut agents {
        one.open = open.get(&one.id).copied().unwrap_or_default();
    }
    Ok(TransferTargets { agents, groups })
}
