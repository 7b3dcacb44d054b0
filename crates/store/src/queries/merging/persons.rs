//! Who is meant: the contact whom agents see, whichever of those that were merged is named; and their conversations.
//!
//! **Invariant**: who was merged leads to somebody who was not, so one look is enough; and what leads to a contact is changed behind that
//! contact's lock only.

use crate::audience::{Actor, Audience};
use crate::error::StoreError;
use crate::members::Members;
use crate::queries::contacts::{locked, updated};
use crate::scope::OrgScope;
use crate::tables::{channel, contact, conversation};
use crate::write::Tx;
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait, Select};
use std::collections::HashMap;
use types::contacts::Contact;
use types::id::{ContactId, OrgId};
use types::time::Timestamp;

/// How often it is looked again whom somebody leads to, when that changes while their lock is waited for.
const TRIES: usize = 4;

/// Who is there instead of a contact who was merged; anybody else is themselves, known or not.
pub async fn living<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
) -> Result<ContactId, StoreError> {
    Ok(living_of(conn, scope, &[contact_id]).await?.remove(&contact_id).unwrap_or(contact_id))
}

/// Of these contacts those who were merged, with who is there instead.
pub(crate) async fn living_of<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_ids: &[ContactId],
) -> Result<HashMap<ContactId, ContactId>, StoreError> {
    if contact_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(ContactId, Option<ContactId>)> = scope
        .find_by_keys::<contact::Entity>()
        .filter(contact::Column::Id.is_in(contact_ids.iter().copied()))
        .filter(contact::Column::MergedInto.is_not_null())
        .select_only()
        .columns([contact::Column::Id, contact::Column::MergedInto])
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().filter_map(|(id, into)| Some((id, into?))).collect())
}

/// Whoever was merged. They are few, and stand in an index of theirs.
pub(crate) fn merged(scope: OrgScope) -> SelectStatement {
    Query::select()
        .column(contact::Column::Id)
        .from(contact::Entity)
        .and_where(Expr::col(contact::Column::MergedInto).is_not_null())
        .and_where(Expr::col(contact::Column::OrgId).eq(scope.org_id()))
        .to_owned()
}

/// Those who lead to one of these contacts, as a select.
pub(crate) fn leading_to(scope: OrgScope, contact_ids: &[ContactId]) -> Select<contact::Entity> {
    let leading = contact::Column::MergedInto.is_in(contact_ids.iter().copied());
    scope.find_by_keys::<contact::Entity>().filter(leading)
}

/// Those who lead to a contact.
pub(crate) async fn merged_into<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
) -> Result<Vec<contact::Model>, StoreError> {
    Ok(leading_to(scope, &[contact_id]).order_by_asc(contact::Column::Id).all(conn).await?)
}

/// The rows of these contacts, who are there for themselves, and of those who lead to them, locked until the commit: in this order, and
/// each in that of their ids, so that two who write several rows never wait for one another.
pub(crate) async fn hold(
    tx: &Tx,
    scope: OrgScope,
    contact_ids: &[ContactId],
) -> Result<(Vec<contact::Model>, Vec<contact::Model>), StoreError> {
    let locked = |rows: Select<contact::Entity>| rows.order_by_asc(contact::Column::Id).lock(LockType::NoKeyUpdate);
    let there = contact::Column::Id.is_in(contact_ids.iter().copied());
    let there = locked(scope.find_by_keys::<contact::Entity>().filter(there)).all(tx.conn()).await?;
    let leading = locked(leading_to(scope, contact_ids)).all(tx.conn()).await?;
    Ok((there, leading))
}

/// The row of the contact who is there for a visitor, locked until the commit: a merge waits, and then begins with this one's facts.
pub(crate) async fn locked_person<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
) -> Result<Option<contact::Model>, StoreError> {
    for _ in 0..TRIES {
        let person = living(conn, scope, contact_id).await?;
        let Some(row) = locked(conn, scope, person).await? else { return Ok(None) };
        if row.merged_into.is_none() && living(conn, scope, contact_id).await? == person {
            return Ok(Some(row));
        }
    }
    Err(StoreError::Locked)
}

/// The conversations of these contacts, of channels that are there, locked in the order of their ids where a write is to be held up by
/// them as by the writer's batches.
pub(crate) async fn conversations_of<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_ids: &[ContactId],
    lock: Option<LockType>,
) -> Result<HashMap<ContactId, Vec<conversation::Model>>, StoreError> {
    let mut of: HashMap<ContactId, Vec<conversation::Model>> = HashMap::new();
    if contact_ids.is_empty() {
        return Ok(of);
    }
    let all = || {
        scope
            .find_by_keys::<conversation::Entity>()
            .filter(conversation::Column::PersonId.is_in(contact_ids.iter().copied()))
            .order_by_asc(conversation::Column::Id)
    };
    if let Some(lock) = lock {
        // By themselves: the rows that they are joined with are not held up.
        all().lock(lock).all(conn).await?;
    }
    let rows = all()
        .join(JoinType::InnerJoin, conversation::Relation::Channel.def())
        .filter(channel::Column::DeletedAt.is_null())
        .all(conn)
        .await?;
    for row in rows {
        of.entry(row.person_id).or_default().push(row);
    }
    Ok(of)
}

/// Tells of a contact who has changed: whoever may see one of their conversations; whoever sees all, where they have none.
pub(crate) fn tell(
    tx: &mut Tx,
    org_id: OrgId,
    conversations: &[conversation::Model],
    actor: Actor,
    contact: &Contact,
    at: Timestamp,
) -> Result<(), StoreError> {
    if conversations.is_empty() {
        tx.append(updated(org_id, None, actor, contact.clone(), at)?);
    }
    for conversation in conversations {
        tx.append(updated(org_id, Some(conversation), actor, contact.clone(), at)?);
    }
    Ok(())
}

/// The same, of all the conversations that they have.
pub(crate) async fn tell_all(
    tx: &mut Tx,
    scope: OrgScope,
    actor: Actor,
    contact: &Contact,
    at: Timestamp,
) -> Result<Vec<conversation::Model>, StoreError> {
    let mut all = conversations_of(tx.conn(), scope, &[contact.id], None).await?;
    let all = all.remove(&contact.id).unwrap_or_default();
    tell(tx, scope.org_id(), &all, actor, contact, at)?;
    Ok(all)
}

/// Whoever may see one of these conversations, and whoever sees all.
pub(crate) fn seeing_any(conversations: &[conversation::Model]) -> Result<Audience, StoreError> {
    let mut agents = Vec::new();
    for row in conversations {
        agents.extend(row.assignee_id);
        agents.extend_from_slice(Members::read(&row.members)?.as_slice());
    }
    agents.sort_unstable();
    agents.dedup();
    Ok(Audience::seeing(None, Members::from(agents)))
}
