//! The contacts of a step: who is there already, new ones, and those that are changed. As everywhere each is told by an event, from
//! which the search, consoles and webhooks learn of them.

use crate::audience::Actor;
use crate::error::StoreError;
use crate::queries::contacts::updated;
use crate::queries::custom_fields;
use crate::queries::identity;
use crate::queries::merging;
use crate::queries::tags::written;
use crate::queries::visitors::take_contact_numbers;
use crate::scope::{OrgScope, Viewer};
use crate::sql;
use crate::tables::{contact, contact_custom_field, contact_tag};
use crate::write::Tx;
use rules::contact_imports::phone_spellings;
use sea_orm::sea_query::{Expr, ExprTrait, LockType, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};
use types::contacts::Contact;
use types::id::{ChannelId, ContactId};
use types::time::Timestamp;

/// As `contact_phone_idx` has it.
const BARE_PHONE: &str =
    r#"replace(replace(replace(replace(replace("contact"."phone", ' ', ''), '-', ''), '(', ''), ')', ''), '.', '')"#;

/// A phone number without the signs between its digits, as its index has it.
pub(crate) fn bare_phone() -> SimpleExpr {
    Expr::cust(BARE_PHONE)
}

/// Whom a table may be about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// Who is there, each with whether only an import has made them. Those of one phone number in the order of their own.
    pub contacts: Vec<(Contact, bool)>,
    /// Who was merged, with who is there instead.
    pub merged: Vec<(Contact, ContactId)>,
}

/// The channel's contacts of these accounts, those of these ids, and those of phone numbers of these keys. Whoever is there, also instead
/// of one who was merged, is locked in the order of their ids until the commit.
///
/// # Errors
/// [`StoreError::Locked`] when one of them was merged meanwhile.
pub async fn known_by(
    tx: &Tx,
    scope: OrgScope,
    channel_id: ChannelId,
    (accounts, mut ids): (Vec<String>, Vec<ContactId>),
    phone_keys: &[String],
) -> Result<Known, StoreError> {
    if !accounts.is_empty() {
        let of_accounts = scope
            .find_by_keys::<contact::Entity>()
            .filter(contact::Column::ChannelId.eq(channel_id))
            .filter(contact::Column::ExternalId.is_in(accounts));
        ids.extend(of_accounts.all(tx.conn()).await?.into_iter().map(|row| row.id));
    }
    let spellings: Vec<String> = phone_keys.iter().flat_map(|key| phone_spellings(key)).collect();
    if !spellings.is_empty() {
        let of_phones = of_phones(scope, channel_id, spellings);
        ids.extend(of_phones.all(tx.conn()).await?.into_iter().map(|row| row.id));
    }
    if ids.is_empty() {
        return Ok(Known::default());
    }
    let merged = scope
        .find_by_keys::<contact::Entity>()
        .filter(contact::Column::Id.is_in(ids.iter().copied()))
        .filter(contact::Column::ChannelId.eq(channel_id))
        .filter(contact::Column::MergedInto.is_not_null())
        .all(tx.conn())
        .await?;
    let leads = |row: contact::Model| -> Option<Result<(Contact, ContactId), StoreError>> {
        let into = row.merged_into?;
        Some(Contact::try_from(row).map(|contact| (contact, into)))
    };
    let merged: Vec<(Contact, ContactId)> = merged.into_iter().filter_map(leads).collect::<Result<_, _>>()?;
    // They may be of another channel.
    let instead = merged.iter().map(|(_, into)| *into);
    let there = Condition::any()
        .add(Condition::all().add(contact::Column::Id.is_in(ids)).add(contact::Column::ChannelId.eq(channel_id)))
        .add(contact::Column::Id.is_in(instead));
    let locked = scope
        .find_by_keys::<contact::Entity>()
        .filter(there)
        .filter(contact::Column::MergedInto.is_null())
        .order_by_asc(contact::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(tx.conn())
        .await?;
    if merged.iter().any(|(_, into)| !locked.iter().any(|row| row.id == *into)) {
        return Err(StoreError::Locked);
    }
    let contacts = locked.into_iter().map(|row| {
        let imported = row.imported;
        Ok((Contact::try_from(row)?, imported))
    });
    let mut contacts: Vec<(Contact, bool)> = contacts.collect::<Result<_, StoreError>>()?;
    contacts.sort_unstable_by_key(|(contact, _)| contact.number);
    Ok(Known { contacts, merged })
}

/// The channel's contacts whose phone number is spelt in one of these ways, but for the signs between its digits.
pub(crate) fn of_phones(scope: OrgScope, channel_id: ChannelId, spellings: Vec<String>) -> Select<contact::Entity> {
    scope
        .find::<contact::Entity>()
        // Without it the index, which has only those, is not used.
        .filter(contact::Column::Phone.is_not_null())
        .filter(bare_phone().is_in(spellings))
        .filter(contact::Column::ChannelId.eq(channel_id))
}

/// Writes contacts who are new; they are given their numbers here.
pub async fn create_many(
    tx: &mut Tx,
    viewer: Viewer,
    mut contacts: Vec<Contact>,
    at: Timestamp,
) -> Result<(), StoreError> {
    if contacts.is_empty() {
        return Ok(());
    }
    let scope = viewer.scope();
    let many = i64::try_from(contacts.len()).unwrap_or(i64::MAX);
    let last = take_contact_numbers(tx.conn(), scope, many).await?;
    for (number, contact) in (last.saturating_sub(many).saturating_add(1)..).zip(&mut contacts) {
        contact.number = number;
    }
    let mut rows = Vec::with_capacity(contacts.len());
    for contact in &contacts {
        rows.push(row(viewer, contact)?);
    }
    for rows in sql::chunks(rows) {
        contact::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    note_tags(tx, scope, &contacts).await?;
    let values = contacts.iter().flat_map(|contact| contact.custom_values.iter().map(|value| (contact.id, value)));
    let values = values.map(|(contact_id, value)| contact_custom_field::ActiveModel {
        org_id: Set(scope.org_id()),
        field_id: Set(value.field_id),
        contact_id: Set(contact_id),
    });
    for rows in sql::chunks(values.collect()) {
        contact_custom_field::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    for contact in contacts {
        tx.append(updated(viewer.org_id, None, Actor::Agent(viewer.agent_id), contact, at)?);
    }
    Ok(())
}

fn row(viewer: Viewer, contact: &Contact) -> Result<contact::ActiveModel, StoreError> {
    Ok(contact::ActiveModel {
        id: Set(contact.id),
        org_id: Set(viewer.org_id),
        channel_id: Set(contact.channel_id),
        number: Set(contact.number),
        name: Set(contact.name.clone()),
        ip: Set(None),
        region: Set(None),
        device: Set(None),
        os: Set(None),
        browser: Set(None),
        user_agent: Set(None),
        locale: Set(None),
        referrer: Set(None),
        landing_page: Set(None),
        landing_title: Set(None),
        first_seen_at: Set(contact.first_seen_at),
        last_seen_at: Set(contact.last_seen_at),
        phone: Set(contact.phone.clone()),
        remark: Set(contact.remark.clone()),
        version: Set(contact.version),
        blocked_at: Set(None),
        tags: Set(written(&contact.tag_ids)),
        external_id: Set(contact.external_id.clone()),
        custom_values: Set(sql::to_json(&contact.custom_values)?),
        imported: Set(true),
        merged_into: Set(None),
    })
}

async fn note_tags(tx: &Tx, scope: OrgScope, contacts: &[Contact]) -> Result<(), StoreError> {
    let tags = contacts.iter().flat_map(|contact| contact.tag_ids.iter().map(|tag_id| (contact.id, *tag_id)));
    let tags = tags.map(|(contact_id, tag_id)| contact_tag::ActiveModel {
        org_id: Set(scope.org_id()),
        tag_id: Set(tag_id),
        contact_id: Set(contact_id),
    });
    for rows in sql::chunks(tags.collect()) {
        contact_tag::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Writes what has become of contacts who are [there](known_by): each as it was, and as it is now.
pub async fn update_many(
    tx: &mut Tx,
    viewer: Viewer,
    changes: Vec<(Contact, Contact)>,
    at: Timestamp,
) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    let scope = viewer.scope();
    let ids: Vec<ContactId> = changes.iter().map(|(_, after)| after.id).collect();
    let conversations = merging::conversations_of(tx.conn(), scope, &ids, None).await?;
    for (before, mut after) in changes {
        after.version = before.version.saturating_add(1);
        if before.external_id != after.external_id {
            // Somebody who was merged into them may have it: its owner comes back by their row.
            let taken = match &after.external_id {
                Some(account) => identity::contact_of(tx.conn(), scope, after.channel_id, account).await?,
                None => None,
            };
            after.external_id = if taken.is_some() { before.external_id.clone() } else { after.external_id };
        }
        scope
            .update::<contact::Entity>()
            .col_expr(contact::Column::Name, after.name.clone().into())
            .col_expr(contact::Column::Phone, after.phone.clone().into())
            .col_expr(contact::Column::Remark, after.remark.clone().into())
            .col_expr(contact::Column::ExternalId, after.external_id.clone().into())
            .col_expr(contact::Column::Tags, written(&after.tag_ids).into())
            .col_expr(contact::Column::CustomValues, sql::to_json(&after.custom_values)?.into())
            .col_expr(contact::Column::Version, after.version.into())
            .filter(contact::Column::Id.eq(after.id))
            .exec(tx.conn())
            .await?;
        if before.tag_ids != after.tag_ids {
            let tags = scope.delete::<contact_tag::Entity>();
            let of_contact = Condition::all().add(contact_tag::Column::ContactId.eq(after.id));
            tags.filter(of_contact).exec(tx.conn()).await?;
            note_tags(tx, scope, std::slice::from_ref(&after)).await?;
        }
        custom_fields::note(tx.conn(), scope, after.id, &before.custom_values, &after.custom_values).await?;
        let of_contact = conversations.get(&after.id).map(Vec::as_slice).unwrap_or_default();
        merging::tell(tx, viewer.org_id, of_contact, Actor::Agent(viewer.agent_id), &after, at)?;
    }
    Ok(())
}
