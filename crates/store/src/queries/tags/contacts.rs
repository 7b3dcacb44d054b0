//! Which contacts have which tags.

use super::{named, written};
use crate::audience::Actor;
use crate::error::StoreError;
use crate::queries::contacts::{self, seen};
use crate::queries::conversations::visible_of;
use crate::queries::merging;
use crate::scope::{OrgScope, Viewer, before_tenant};
use crate::sql;
use crate::tables::{contact, contact_tag, conversation, tag};
use crate::write::Tx;
use sea_orm::sea_query::{Expr, ExprTrait, Func, IntoColumnRef, LockBehavior, LockType, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use std::collections::HashSet;
use types::contacts::Contact;
use types::id::{ContactId, OrgId, TagId};
use types::time::Timestamp;

/// A tag that more contacts have is met often enough when one walks down the list; the conversations of fewer are found and sorted.
const NARROW: u64 = 5_000;

/// How many contacts have a tag, as far as it matters to whoever lists their conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// There is no such tag.
    Gone,
    /// Few.
    Narrow,
    /// Many.
    Wide,
}

/// Whether there are many contacts with a tag.
pub async fn spread<C: ConnectionTrait>(conn: &C, scope: OrgScope, tag_id: TagId) -> Result<Spread, StoreError> {
    let present = scope.find::<tag::Entity>().filter(tag::Column::Id.eq(tag_id));
    if present.filter(tag::Column::GroupId.is_not_null()).one(conn).await?.is_none() {
        return Ok(Spread::Gone);
    }
    let beyond = scope
        .find_by_keys::<contact_tag::Entity>()
        .filter(contact_tag::Column::TagId.eq(tag_id))
        .offset(NARROW)
        .one(conn)
        .await?;
    Ok(if beyond.is_some() { Spread::Wide } else { Spread::Narrow })
}

/// The contacts of a tag.
pub(crate) fn contacts_of(scope: OrgScope, tag_id: TagId) -> SelectStatement {
    Query::select()
        .column(contact_tag::Column::ContactId)
        .from(contact_tag::Entity)
        .and_where(Expr::col(contact_tag::Column::TagId).eq(tag_id))
        .and_where(Expr::col(contact_tag::Column::OrgId).eq(scope.org_id()))
        .to_owned()
}

/// The row that says that the contact of a column has a tag.
pub(crate) fn has(tag_id: TagId, contact_id: impl IntoColumnRef) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(contact_tag::Entity)
        .and_where(Expr::col((contact_tag::Entity, contact_tag::Column::TagId)).eq(tag_id))
        .and_where(Expr::col((contact_tag::Entity, contact_tag::Column::ContactId)).eq(Expr::col(contact_id)))
        .to_owned()
}

/// A contact whose tags are about to be set: their row is locked until the commit.
#[derive(Debug)]
pub struct Held {
    conversations: Vec<conversation::Model>,
    known: contact::Model,
}

impl Held {
    /// The contact as it is now.
    pub fn contact(&self) -> Result<Contact, StoreError> {
        self.known.clone().try_into()
    }
}

/// Locks a contact, or who is there instead since they were merged, to set their tags.
///
/// # Errors
/// [`StoreError::NotFound`] when the agent may not see them.
pub async fn hold(tx: &Tx, viewer: Viewer, contact_id: ContactId) -> Result<Held, StoreError> {
    let known = merging::locked_person(tx.conn(), viewer.scope(), contact_id).await?.ok_or(StoreError::NotFound)?;
    seen(tx.conn(), viewer, known.id).await?.ok_or(StoreError::NotFound)?;
    let mut all = merging::conversations_of(tx.conn(), viewer.scope(), &[known.id], None).await?;
    Ok(Held { conversations: all.remove(&known.id).unwrap_or_default(), known })
}

/// Gives a contact these tags and no others: each there, and none twice. That they may have them together is the caller's to know.
pub async fn put(
    tx: &mut Tx,
    viewer: Viewer,
    held: Held,
    tag_ids: Vec<TagId>,
    at: Timestamp,
) -> Result<Contact, StoreError> {
    let Held { conversations, known } = held;
    let (scope, contact_id) = (viewer.scope(), known.id);
    let version = known.version.saturating_add(1);
    scope
        .update::<contact::Entity>()
        .col_expr(contact::Column::Tags, written(&tag_ids).into())
        .col_expr(contact::Column::Version, version.into())
        .filter(contact::Column::Id.eq(contact_id))
        .exec(tx.conn())
        .await?;
    let of_contact = scope.delete::<contact_tag::Entity>().filter(contact_tag::Column::ContactId.eq(contact_id));
    of_contact.exec(tx.conn()).await?;
    let row = |tag_id: &TagId| contact_tag::ActiveModel {
        org_id: Set(scope.org_id()),
        tag_id: Set(*tag_id),
        contact_id: Set(contact_id),
    };
    if !tag_ids.is_empty() {
        contact_tag::Entity::insert_many(tag_ids.iter().map(row)).exec_without_returning(tx.conn()).await?;
    }
    let contact = Contact { tag_ids, version, ..known.try_into()? };
    merging::tell(tx, scope.org_id(), &conversations, Actor::Agent(viewer.agent_id), &contact, at)?;
    Ok(contact)
}

/// Locks many contacts, in the order of their ids, to set their tags, and says how many there would be. Those that are not there, or whose
/// conversation the agent may not see, are left out; of those who are one by now there is one.
pub async fn hold_many(tx: &Tx, viewer: Viewer, contact_ids: &[ContactId]) -> Result<(Vec<Held>, usize), StoreError> {
    if contact_ids.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let scope = viewer.scope();
    let instead = merging::living_of(tx.conn(), scope, contact_ids).await?;
    let there: HashSet<ContactId> = contact_ids.iter().map(|id| instead.get(id).unwrap_or(id)).copied().collect();
    let wanted = there.len();
    let known = scope
        .find_by_keys::<contact::Entity>()
        .filter(contact::Column::Id.is_in(there))
        .filter(contact::Column::MergedInto.is_null())
        .order_by_asc(contact::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx.conn())
        .await?;
    let ids: Vec<ContactId> = known.iter().map(|row| row.id).collect();
    let seen = visible_of(scope.find_by_keys::<conversation::Entity>(), viewer)
        .filter(conversation::Column::PersonId.is_in(ids.iter().copied()))
        .select_only()
        .column(conversation::Column::PersonId)
        .into_tuple::<ContactId>()
        .all(tx.conn())
        .await?;
    let seen: HashSet<ContactId> = seen.into_iter().collect();
    let without: Vec<ContactId> = ids.iter().filter(|id| !seen.contains(id)).copied().collect();
    let without = contacts::without_conversation(tx.conn(), viewer, without).await?;
    let mut all = merging::conversations_of(tx.conn(), scope, &ids, None).await?;
    let known = known.into_iter().filter(|row| seen.contains(&row.id) || without.contains(&row.id));
    let held = known.map(|known| Held { conversations: all.remove(&known.id).unwrap_or_default(), known });
    Ok((held.collect(), wanted))
}

/// Gives each of these contacts the tags that stand beside them and no others, as [`put`] does.
pub async fn put_many(
    tx: &mut Tx,
    viewer: Viewer,
    changes: Vec<(Held, Vec<TagId>)>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let scope = viewer.scope();
    let contact_ids: Vec<ContactId> = changes.iter().map(|(held, _)| held.known.id).collect();
    if contact_ids.is_empty() {
        return Ok(());
    }
    let of_contacts = scope.delete::<contact_tag::Entity>().filter(contact_tag::Column::ContactId.is_in(contact_ids));
    of_contacts.exec(tx.conn()).await?;
    let mut rows = Vec::new();
    for (Held { conversations, known }, tag_ids) in changes {
        let version = known.version.saturating_add(1);
        scope
            .update::<contact::Entity>()
            .col_expr(contact::Column::Tags, written(&tag_ids).into())
            .col_expr(contact::Column::Version, version.into())
            .filter(contact::Column::Id.eq(known.id))
            .exec(tx.conn())
            .await?;
        rows.extend(tag_ids.iter().map(|tag_id| contact_tag::ActiveModel {
            org_id: Set(scope.org_id()),
            tag_id: Set(*tag_id),
            contact_id: Set(known.id),
        }));
        let contact = Contact { tag_ids, version, ..known.try_into()? };
        merging::tell(tx, scope.org_id(), &conversations, Actor::Agent(viewer.agent_id), &contact, at)?;
    }
    for rows in sql::chunks(rows) {
        contact_tag::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// The deleted tags of all organisations that are not taken off all contacts yet.
pub async fn unfinished<C: ConnectionTrait>(conn: &C) -> Result<Vec<(OrgId, TagId)>, StoreError> {
    Ok(discarded().into_tuple().all(conn).await?)
}

/// Those tags, as a select.
pub(crate) fn discarded() -> sea_orm::Select<tag::Entity> {
    before_tenant::<tag::Entity>()
        .filter(tag::Column::GroupId.is_null())
        .select_only()
        .columns([tag::Column::OrgId, tag::Column::Id])
}

/// Takes a deleted tag off at most so many contacts, of which no event tells. `true`: nothing is left of it, or another server is
/// at it.
pub async fn step<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    tag_id: TagId,
    chunk: u64,
) -> Result<bool, StoreError> {
    let discarded = scope
        .find::<tag::Entity>()
        .filter(tag::Column::Id.eq(tag_id))
        .filter(tag::Column::GroupId.is_null())
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(conn)
        .await?;
    if discarded.is_none() {
        return Ok(true);
    }
    let chunk = Ord::max(chunk, 1);
    let some: Vec<ContactId> = scope
        .find_by_keys::<contact_tag::Entity>()
        .filter(contact_tag::Column::TagId.eq(tag_id))
        .order_by_asc(contact_tag::Column::ContactId)
        .limit(chunk)
        .select_only()
        .column(contact_tag::Column::ContactId)
        .into_tuple()
        .all(conn)
        .await?;
    if !some.is_empty() {
        let without =
            Func::cust("replace").args([Expr::col(contact::Column::Tags), Expr::val(named(tag_id)), Expr::val("")]);
        scope
            .update::<contact::Entity>()
            .col_expr(contact::Column::Tags, without.into())
            .filter(contact::Column::Id.is_in(some.clone()))
            .exec(conn)
            .await?;
        let rows = scope.delete::<contact_tag::Entity>().filter(contact_tag::Column::TagId.eq(tag_id));
        rows.filter(contact_tag::Column::ContactId.is_in(some.clone())).exec(conn).await?;
    }
    if u64::try_from(some.len()).unwrap_or(u64::MAX) >= chunk {
        return Ok(false);
    }
    scope.delete::<tag::Entity>().filter(tag::Column::Id.eq(tag_id)).exec(conn).await?;
    Ok(true)
}
