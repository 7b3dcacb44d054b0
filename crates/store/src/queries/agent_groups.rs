//! Groups of agents, and who is in them.

use crate::error::StoreError;
use crate::scope::OrgScope;
use crate::sql;
use crate::tables::{agent, agent_group, agent_group_member, channel_agent_group};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use std::collections::HashMap;
use types::id::{AgentGroupId, AgentId};
use types::people::AgentGroup;
use types::time::Timestamp;

/// Every group with who is in it, in their order.
pub async fn list<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<Vec<AgentGroup>, StoreError> {
    let rows = scope
        .find::<agent_group::Entity>()
        .order_by_asc(agent_group::Column::Position)
        .order_by_asc(agent_group::Column::Id)
        .all(conn)
        .await?;
    let mut members = HashMap::<AgentGroupId, Vec<AgentId>>::new();
    for row in
        scope.find::<agent_group_member::Entity>().order_by_asc(agent_group_member::Column::AgentId).all(conn).await?
    {
        members.entry(row.group_id).or_default().push(row.agent_id);
    }
    let groups = rows.into_iter().enumerate().map(|(place, row)| AgentGroup {
        id: row.id,
        name: row.name,
        position: u16::try_from(place).unwrap_or(u16::MAX),
        agent_ids: members.remove(&row.id).unwrap_or_default(),
    });
    Ok(groups.collect())
}

/// The groups of these agents.
pub async fn of_agents<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agents: &[AgentId],
) -> Result<HashMap<AgentId, Vec<AgentGroupId>>, StoreError> {
    let rows = scope
        .find::<agent_group_member::Entity>()
        .filter(agent_group_member::Column::AgentId.is_in(agents.iter().copied()))
        .order_by_asc(agent_group_member::Column::GroupId)
        .all(conn)
        .await?;
    let mut groups = HashMap::<AgentId, Vec<AgentGroupId>>::new();
    for row in rows {
        groups.entry(row.agent_id).or_default().push(row.group_id);
    }
    Ok(groups)
}

/// Adds a group. `Conflict` with [`Constraint::AgentGroupName`](crate::Constraint::AgentGroupName) when another one has the name.
pub async fn create<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    group: &AgentGroup,
    at: Timestamp,
) -> Result<(), StoreError> {
    let row = agent_group::ActiveModel {
        id: Set(group.id),
        org_id: Set(scope.org_id()),
        name: Set(group.name.clone()),
        position: Set(i64::from(group.position)),
        created_at: Set(at),
    };
    agent_group::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Writes a group's name and place. `Conflict` as of [`create`].
pub async fn save<C: ConnectionTrait>(conn: &C, scope: OrgScope, group: &AgentGroup) -> Result<(), StoreError> {
    scope
        .update::<agent_group::Entity>()
        .col_expr(agent_group::Column::Name, group.name.as_str().into())
        .col_expr(agent_group::Column::Position, i64::from(group.position).into())
        .filter(agent_group::Column::Id.eq(group.id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Deletes a group. Nobody is in it any more, and it serves no channel.
pub async fn delete<C: ConnectionTrait>(conn: &C, scope: OrgScope, group_id: AgentGroupId) -> Result<(), StoreError> {
    let members = scope.delete::<agent_group_member::Entity>();
    members.filter(agent_group_member::Column::GroupId.eq(group_id)).exec(conn).await?;
    let serving = scope.delete::<channel_agent_group::Entity>();
    serving.filter(channel_agent_group::Column::GroupId.eq(group_id)).exec(conn).await?;
    scope.delete::<agent_group::Entity>().filter(agent_group::Column::Id.eq(group_id)).exec(conn).await?;
    Ok(())
}

/// The agent is in these groups from now on, and in no other.
pub async fn put_in<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agent_id: AgentId,
    groups: &[AgentGroupId],
) -> Result<(), StoreError> {
    let before = scope.delete::<agent_group_member::Entity>();
    before.filter(agent_group_member::Column::AgentId.eq(agent_id)).exec(conn).await?;
    add(conn, scope, groups.iter().map(|group| (*group, agent_id)).collect()).await
}

/// These agents are in the group from now on, and no others.
pub async fn fill<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    group_id: AgentGroupId,
    agents: &[AgentId],
) -> Result<(), StoreError> {
    let before = scope.delete::<agent_group_member::Entity>();
    before.filter(agent_group_member::Column::GroupId.eq(group_id)).exec(conn).await?;
    add(conn, scope, agents.iter().map(|agent| (group_id, *agent)).collect()).await
}

async fn add<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    members: Vec<(AgentGroupId, AgentId)>,
) -> Result<(), StoreError> {
    let row = |(group_id, agent_id)| agent_group_member::ActiveModel {
        org_id: Set(scope.org_id()),
        group_id: Set(group_id),
        agent_id: Set(agent_id),
    };
    for chunk in sql::chunks(members.into_iter().map(row).collect()) {
        agent_group_member::Entity::insert_many(chunk).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// Those of these agents who work here.
pub async fn working<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    agents: &[AgentId],
) -> Result<Vec<AgentId>, StoreError> {
    Ok(scope
        .find_by_keys::<agent::Entity>()
        .filter(agent::Column::Id.is_in(agents.iter().copied()))
        .filter(agent::Column::RemovedAt.is_null())
        .select_only()
        .column(agent::Column::Id)
        .into_tuple()
        .all(conn)
        .await?)
}
