//! Custom fields: which there are, and which contacts have something in them.
//!
//! A contact's row says what stands in its fields; `contact_custom_field` has a row for each, by which a field's contacts are found.
//! **Invariant**: a field is deleted by taking it out of the list, at once for everybody; what contacts have in it goes afterwards, in
//! steps, and until then their rows may name it.

use crate::error::StoreError;
use crate::queries::merging;
use crate::scope::{OrgScope, before_tenant};
use crate::sql;
use crate::tables::{contact, contact_custom_field, custom_field_list, deleted_custom_field, organisation};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use types::custom_fields::{CustomFieldContents, CustomFields, CustomValue};
use types::id::{ContactId, CustomFieldId, OrgId};

/// Reads a contact's column.
pub(crate) fn read(text: &str) -> Result<Vec<CustomValue>, StoreError> {
    sql::from_json(text, "contact.custom_values")
}

/// What stands in a contact's fields after a change, in the order of the fields' ids.
#[must_use]
pub fn patched(stood: &[CustomValue], patch: &[CustomValue]) -> Vec<CustomValue> {
    let is_patched = |value: &&CustomValue| !patch.iter().any(|patch| patch.field_id == value.field_id);
    let mut values: Vec<CustomValue> = stood.iter().filter(is_patched).cloned().collect();
    let trimmed = patch.iter().map(|one| CustomValue { field_id: one.field_id, value: one.value.trim().to_owned() });
    values.extend(trimmed.filter(|one| !one.value.is_empty()));
    values.sort_by_key(|value| value.field_id);
    values
}

/// What stands in a contact's fields once a visit has filled those that are empty.
pub(crate) fn filled(stood: &[CustomValue], told: &[CustomValue]) -> Vec<CustomValue> {
    let is_empty = |value: &&CustomValue| !stood.iter().any(|known| known.field_id == value.field_id);
    let new: Vec<CustomValue> = told.iter().filter(is_empty).cloned().collect();
    patched(stood, &new)
}

/// The same, of what may stand there by now: a field may have been deleted or changed since. Behind the contact's lock.
pub(crate) async fn fill<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
    stood: &[CustomValue],
    told: &[CustomValue],
) -> Result<Vec<CustomValue>, StoreError> {
    if filled(stood, told) == stood {
        return Ok(stood.to_vec());
    }
    let values = filled(stood, &allowed(conn, scope, told).await?);
    note(conn, scope, contact_id, stood, &values).await?;
    Ok(values)
}

/// Of what a visit has told that which may stand in a contact's fields by now.
pub(crate) async fn allowed<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    told: &[CustomValue],
) -> Result<Vec<CustomValue>, StoreError> {
    if told.is_empty() {
        return Ok(Vec::new());
    }
    lock(conn, scope).await?;
    let fields = get(conn, scope).await?;
    let may = |value: &&CustomValue| {
        fields.get(value.field_id).is_some_and(|field| field.visitors_fill && field.check(&value.value).is_ok())
    };
    Ok(told.iter().filter(may).cloned().collect())
}

/// Writes what a visit has told into the fields of a contact that has just been made.
pub(crate) async fn begin<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
    told: &[CustomValue],
) -> Result<(), StoreError> {
    let values = fill(conn, scope, contact_id, &[], told).await?;
    if values.is_empty() {
        return Ok(());
    }
    scope
        .update::<contact::Entity>()
        .col_expr(contact::Column::CustomValues, sql::to_json(&values)?.into())
        .filter(contact::Column::Id.eq(contact_id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Keeps the fields as they are until the commit: whoever sets them, and whoever writes into them, waits for one another, over any
/// number of servers. Behind the contact's lock, where both are needed.
pub async fn lock<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<(), StoreError> {
    scope.find::<organisation::Entity>().lock(LockType::NoKeyUpdate).one(conn).await?;
    Ok(())
}

/// The organisation's fields.
pub async fn get<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<CustomFields, StoreError> {
    match scope.find::<custom_field_list::Entity>().one(conn).await? {
        Some(row) => {
            Ok(CustomFields { version: row.version, items: sql::from_json(&row.fields, "custom_field_list.fields")? })
        }
        None => Ok(CustomFields::default()),
    }
}

/// Writes the organisation's fields, which the caller has [locked](lock), and remembers those that are gone.
pub async fn set<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    fields: &CustomFields,
    gone: &[CustomFieldId],
) -> Result<(), StoreError> {
    scope.delete::<custom_field_list::Entity>().exec(conn).await?;
    let row = custom_field_list::ActiveModel {
        org_id: Set(scope.org_id()),
        version: Set(fields.version),
        fields: Set(sql::to_json(&fields.items)?),
    };
    custom_field_list::Entity::insert(row).exec_without_returning(conn).await?;
    let row = |id: &CustomFieldId| deleted_custom_field::ActiveModel { id: Set(*id), org_id: Set(scope.org_id()) };
    if !gone.is_empty() {
        deleted_custom_field::Entity::insert_many(gone.iter().map(row)).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// How many contacts have something in a field; `None` when it is not there.
pub async fn contents<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: CustomFieldId,
) -> Result<Option<CustomFieldContents>, StoreError> {
    if get(conn, scope).await?.get(id).is_none() {
        return Ok(None);
    }
    let contacts = scope
        .find::<contact_custom_field::Entity>()
        .filter(contact_custom_field::Column::FieldId.eq(id))
        .filter(contact_custom_field::Column::ContactId.not_in_subquery(merging::merged(scope)));
    Ok(Some(CustomFieldContents { contacts: contacts.count(conn).await? }))
}

/// Notes in which fields a contact has something now.
pub(crate) async fn note<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
    stood: &[CustomValue],
    stands: &[CustomValue],
) -> Result<(), StoreError> {
    let only = |these: &[CustomValue], those: &[CustomValue]| -> Vec<CustomFieldId> {
        let ids = these.iter().map(|value| value.field_id);
        ids.filter(|id| !those.iter().any(|value| value.field_id == *id)).collect()
    };
    let (gone, new) = (only(stood, stands), only(stands, stood));
    if !gone.is_empty() {
        scope
            .delete::<contact_custom_field::Entity>()
            .filter(contact_custom_field::Column::ContactId.eq(contact_id))
            .filter(contact_custom_field::Column::FieldId.is_in(gone))
            .exec(conn)
            .await?;
    }
    if !new.is_empty() {
        let row = |field_id: CustomFieldId| contact_custom_field::ActiveModel {
            org_id: Set(scope.org_id()),
            field_id: Set(field_id),
            contact_id: Set(contact_id),
        };
        let rows = contact_custom_field::Entity::insert_many(new.into_iter().map(row));
        rows.exec_without_returning(conn).await?;
    }
    Ok(())
}

/// What many contacts have in custom fields.
pub async fn values_of<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_ids: Vec<ContactId>,
) -> Result<Vec<(ContactId, Vec<CustomValue>)>, StoreError> {
    let rows: Vec<(ContactId, String)> = scope
        .find_by_keys::<contact::Entity>()
        .filter(contact::Column::Id.is_in(contact_ids))
        .select_only()
        .columns([contact::Column::Id, contact::Column::CustomValues])
        .into_tuple()
        .all(conn)
        .await?;
    rows.into_iter().map(|(id, text)| Ok((id, read(&text)?))).collect()
}

/// The deleted fields of all organisations in which something stands yet.
pub async fn unfinished<C: ConnectionTrait>(conn: &C) -> Result<Vec<(OrgId, CustomFieldId)>, StoreError> {
    let columns = [deleted_custom_field::Column::OrgId, deleted_custom_field::Column::Id];
    let select = before_tenant::<deleted_custom_field::Entity>().select_only().columns(columns);
    Ok(select.into_tuple().all(conn).await?)
}

/// Empties a deleted field of at most so many contacts, of which no event tells. `true`: nothing is left of it.
pub async fn step<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    id: CustomFieldId,
    chunk: u64,
) -> Result<bool, StoreError> {
    let chunk = chunk.max(1);
    let some: Vec<ContactId> = scope
        .find_by_keys::<contact_custom_field::Entity>()
        .filter(contact_custom_field::Column::FieldId.eq(id))
        .order_by_asc(contact_custom_field::Column::ContactId)
        .limit(chunk)
        .select_only()
        .column(contact_custom_field::Column::ContactId)
        .into_tuple()
        .all(conn)
        .await?;
    if !some.is_empty() {
        let rows = scope
            .find_by_keys::<contact::Entity>()
            .filter(contact::Column::Id.is_in(some.clone()))
            .order_by_asc(contact::Column::Id)
            .lock(LockType::NoKeyUpdate)
            .all(conn)
            .await?;
        for row in rows {
            let mut values = read(&row.custom_values)?;
            values.retain(|value| value.field_id != id);
            scope
                .update::<contact::Entity>()
                .col_expr(contact::Column::CustomValues, sql::to_json(&values)?.into())
                .filter(contact::Column::Id.eq(row.id))
                .exec(conn)
                .await?;
        }
        let gone = scope.delete::<contact_custom_field::Entity>();
        let gone = gone.filter(contact_custom_field::Column::FieldId.eq(id));
        gone.filter(contact_custom_field::Column::ContactId.is_in(some.clone())).exec(conn).await?;
    }
    if u64::try_from(some.len()).unwrap_or(u64::MAX) >= chunk {
        return Ok(false);
    }
    if !merging::forget_field(conn, scope, id, chunk).await? {
        return Ok(false);
    }
    scope.delete::<deleted_custom_field::Entity>().filter(deleted_custom_field::Column::Id.eq(id)).exec(conn).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_change_keeps_what_it_does_not_name_and_takes_away_what_it_empties() {
        let value = |id: u128, value: &str| CustomValue {
            field_id: CustomFieldId(Uuid::from_u128(id)),
            value: value.to_owned(),
        };
        let stood = [value(1, "a"), value(3, "c")];
        assert_eq!(patched(&stood, &[value(3, " "), value(2, " b ")]), [value(1, "a"), value(2, "b")]);
        assert_eq!(patched(&stood, &[]), stood);
        assert_eq!(read(&sql::to_json(&stood.to_vec()).unwrap()).unwrap(), stood);
    }
}
