//! Tags: their groups, and who has them.
//!
//! A contact's row names its tags; `contact_tag` has a row for each, by which a tag's contacts are found. Both are changed under the
//! contact's lock. **Invariant**: a tag is deleted by taking it out of its group, at once for everybody; it is taken off its
//! contacts afterwards, in steps, and until then their rows may name it.

mod contacts;

#[cfg(test)]
pub(crate) use contacts::discarded;
pub use contacts::{Held, Spread, hold, hold_many, put, put_many, spread, step, unfinished};
pub(crate) use contacts::{contacts_of, has};

use crate::error::StoreError;
use crate::queries::merging;
use crate::scope::OrgScope;
use crate::tables::{contact_tag, organisation, tag, tag_group};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Set,
};
use std::collections::HashMap;
use types::id::{TagGroupId, TagId};
use types::tags::{Tag, TagColor, TagContents, TagGroup, TagGroupContents, comparable};
use types::time::Timestamp;

/// Reads a contact's column: its tags, each behind a colon.
pub(crate) fn read(text: &str) -> Result<Vec<TagId>, StoreError> {
    let ids = text.split(':').skip(1).map(str::parse).collect::<Result<Vec<TagId>, _>>();
    ids.map_err(|_not_an_id| StoreError::Corrupt { what: "contact.tags" })
}

/// The column of these tags.
pub(crate) fn written(tag_ids: &[TagId]) -> String {
    tag_ids.iter().copied().map(named).collect()
}

fn named(tag_id: TagId) -> String {
    format!(":{tag_id}")
}

/// Keeps the groups and tags as they are until the commit: whoever changes them, and whoever gives a contact tags, waits for one
/// another, over any number of servers. Behind the contact's lock, where both are needed.
pub async fn lock<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<(), StoreError> {
    scope.find::<organisation::Entity>().lock(LockType::NoKeyUpdate).one(conn).await?;
    Ok(())
}

/// Every group with its tags, in their order.
pub async fn list<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<Vec<TagGroup>, StoreError> {
    let groups = scope
        .find::<tag_group::Entity>()
        .order_by_asc(tag_group::Column::Rank)
        .order_by_asc(tag_group::Column::Id)
        .all(conn)
        .await?;
    let rows = scope
        .find::<tag::Entity>()
        .filter(tag::Column::GroupId.is_not_null())
        .order_by_asc(tag::Column::Place)
        .order_by_asc(tag::Column::Id)
        .all(conn)
        .await?;
    let mut tags = HashMap::<TagGroupId, Vec<Tag>>::new();
    for row in rows {
        let color = TagColor::parse(&row.color).ok_or(StoreError::Corrupt { what: "tag.color" })?;
        if let Some(group_id) = row.group_id {
            tags.entry(group_id).or_default().push(Tag { id: row.id, name: row.name, color });
        }
    }
    let group = |row: tag_group::Model| TagGroup {
        id: row.id,
        name: row.name,
        single_choice: row.single_choice,
        rank: row.rank,
        version: row.version,
        tags: tags.remove(&row.id).unwrap_or_default(),
    };
    Ok(groups.into_iter().map(group).collect())
}

/// Adds a group. Its tags are added by themselves.
pub async fn create_group<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    group: &TagGroup,
    at: Timestamp,
) -> Result<(), StoreError> {
    let row = tag_group::ActiveModel {
        id: Set(group.id),
        org_id: Set(scope.org_id()),
        name: Set(group.name.clone()),
        name_key: Set(comparable(&group.name)),
        single_choice: Set(group.single_choice),
        rank: Set(group.rank),
        version: Set(group.version),
        created_at: Set(at),
    };
    tag_group::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Writes what a group is now, without its tags.
pub async fn save_group<C: ConnectionTrait>(conn: &C, scope: OrgScope, group: &TagGroup) -> Result<(), StoreError> {
    scope
        .update::<tag_group::Entity>()
        .col_expr(tag_group::Column::Name, group.name.clone().into())
        .col_expr(tag_group::Column::NameKey, comparable(&group.name).into())
        .col_expr(tag_group::Column::SingleChoice, group.single_choice.into())
        .col_expr(tag_group::Column::Rank, group.rank.into())
        .col_expr(tag_group::Column::Version, group.version.into())
        .filter(tag_group::Column::Id.eq(group.id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Deletes a group whose tags were [discarded](discard).
pub async fn delete_group<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    group_id: TagGroupId,
) -> Result<(), StoreError> {
    scope.delete::<tag_group::Entity>().filter(tag_group::Column::Id.eq(group_id)).exec(conn).await?;
    Ok(())
}

/// Adds a tag to a group.
pub async fn create_tag<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    group_id: TagGroupId,
    (tag, place): (&Tag, usize),
    at: Timestamp,
) -> Result<(), StoreError> {
    let row = tag::ActiveModel {
        id: Set(tag.id),
        org_id: Set(scope.org_id()),
        group_id: Set(Some(group_id)),
        name: Set(tag.name.clone()),
        name_key: Set(comparable(&tag.name)),
        color: Set(tag.color.as_str().to_owned()),
        place: Set(i64::try_from(place).unwrap_or(i64::MAX)),
        created_at: Set(at),
    };
    tag::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Writes what a tag is now, and where in its group it stands.
pub async fn save_tag<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    tag: &Tag,
    place: usize,
) -> Result<(), StoreError> {
    scope
        .update::<tag::Entity>()
        .col_expr(tag::Column::Name, tag.name.clone().into())
        .col_expr(tag::Column::NameKey, comparable(&tag.name).into())
        .col_expr(tag::Column::Color, tag.color.as_str().into())
        .col_expr(tag::Column::Place, i64::try_from(place).unwrap_or(i64::MAX).into())
        .filter(tag::Column::Id.eq(tag.id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Deletes tags: from this commit on nobody is shown them, and nobody can be given them. They are taken off their contacts later, by
/// [`step`].
pub async fn discard<C: ConnectionTrait>(conn: &C, scope: OrgScope, tag_ids: &[TagId]) -> Result<(), StoreError> {
    scope
        .update::<tag::Entity>()
        .col_expr(tag::Column::GroupId, Option::<TagGroupId>::None.into())
        .filter(tag::Column::Id.is_in(tag_ids.iter().copied()))
        .exec(conn)
        .await?;
    Ok(())
}

/// How many contacts have a tag; `None` when it is not there.
pub async fn contents_of_tag<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    tag_id: TagId,
) -> Result<Option<TagContents>, StoreError> {
    let present = scope.find::<tag::Entity>().filter(tag::Column::Id.eq(tag_id));
    match present.filter(tag::Column::GroupId.is_not_null()).one(conn).await? {
        Some(_) => contents(conn, scope, tag_id).await.map(Some),
        None => Ok(None),
    }
}

/// How many contacts have one of a group's tags, or several; `None` when it is not there.
pub async fn contents_of_group<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    group_id: TagGroupId,
) -> Result<Option<TagGroupContents>, StoreError> {
    let groups = list(conn, scope).await?;
    match groups.into_iter().find(|group| group.id == group_id) {
        Some(group) => group_contents(conn, scope, &group).await.map(Some),
        None => Ok(None),
    }
}

/// How many contacts have a tag. Who was merged is not there, whatever is kept of them.
pub async fn contents<C: ConnectionTrait>(conn: &C, scope: OrgScope, tag_id: TagId) -> Result<TagContents, StoreError> {
    let contacts = scope
        .find::<contact_tag::Entity>()
        .filter(contact_tag::Column::TagId.eq(tag_id))
        .filter(contact_tag::Column::ContactId.not_in_subquery(merging::merged(scope)))
        .count(conn);
    Ok(TagContents { contacts: contacts.await? })
}

/// How many contacts have one of a group's tags, or several.
pub async fn group_contents<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    group: &TagGroup,
) -> Result<TagGroupContents, StoreError> {
    if group.tags.is_empty() {
        return Ok(TagGroupContents { contacts: 0, contacts_with_several: 0 });
    }
    let each = Query::select()
        .expr_as(Expr::col(contact_tag::Column::TagId).count(), "tags")
        .from(contact_tag::Entity)
        .and_where(Expr::col(contact_tag::Column::TagId).is_in(group.tags.iter().map(|tag| tag.id)))
        .and_where(Expr::col(contact_tag::Column::OrgId).eq(scope.org_id()))
        .and_where(Expr::col(contact_tag::Column::ContactId).not_in_subquery(merging::merged(scope)))
        .group_by_col(contact_tag::Column::ContactId)
        .to_owned();
    let several = Expr::case(Expr::col("tags").gt(1), 1).finally(0);
    let counted = Query::select()
        .expr_as(Expr::col("tags").count(), "contacts")
        // PostgreSQL sums to a numeric of its own.
        .expr_as(Expr::expr(several).sum().cast_as("bigint"), "several")
        .from_subquery(each, "each_contact")
        .to_owned();
    let found = conn.query_one(&counted).await?.map(|row| Counted::from_query_result(&row, "")).transpose()?;
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    let (contacts, several) = found.map_or((0, 0), |found| (found.contacts, found.several.unwrap_or_default()));
    Ok(TagGroupContents { contacts: count(contacts), contacts_with_several: count(several) })
}

#[derive(Debug, FromQueryResult)]
struct Counted {
    contacts: i64,
    several: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_column_names_tags_and_one_can_be_taken_out_of_it() {
        let ids = [1, 2, 3].map(|number| TagId(Uuid::from_u128(number)));
        for some in [&ids[..0], &ids[..1], &ids[..]] {
            assert_eq!(read(&written(some)).unwrap(), some);
        }
        for (at, gone) in ids.into_iter().enumerate() {
            let mut left = ids.to_vec();
            left.remove(at);
            assert_eq!(written(&ids).replace(&named(gone), ""), written(&left));
        }
        assert!(read(":x").is_err());
    }
}
