//! Who may be the same person as a contact: by the account that they have proven, by phone number, by name. Each is found in an index, and
//! of each a bounded number is read.

use crate::error::StoreError;
use crate::queries::contact_imports::bare_phone;
use crate::queries::contact_list::{name_key, named};
use crate::queries::tags;
use crate::scope::{OrgScope, Viewer};
use crate::tables::{channel, contact, conversation};
use rules::contact_imports::{phone_key, phone_spellings};
use sea_orm::sea_query::{Condition, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait, Select,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use types::contact_list::ListedContact;
use types::contact_merges::{DuplicateContact, DuplicateContacts, DuplicateReason};
use types::contacts::ContactSummary;
use types::id::{ChannelId, ContactId, ConversationId};
use types::limits;

/// How many of one reason are looked at, of a name the newest: to know of more who was seen last, all of them would be read.
const RANKED: u64 = 500;

/// Who may be the same person as this contact, the likeliest first. Whoever may not see phone numbers and accounts is offered nobody by
/// them. For whoever sees all.
pub async fn list<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    contact_id: ContactId,
) -> Result<DuplicateContacts, StoreError> {
    let scope = viewer.scope();
    let row = scope.find_by_keys::<contact::Entity>().filter(contact::Column::Id.eq(contact_id)).one(conn).await?;
    let row = row.ok_or(StoreError::NotFound)?;
    let mut found: BTreeMap<ContactId, (contact::Model, Vec<DuplicateReason>)> = BTreeMap::new();
    let mut add = |reason, rows: Vec<contact::Model>| {
        for row in rows {
            found.entry(row.id).or_insert_with(|| (row, Vec::new())).1.push(reason);
        }
    };
    if let Some(account) = row.external_id.as_deref().filter(|_| viewer.sees_details) {
        let channels: Vec<ChannelId> = scope
            .find::<channel::Entity>()
            .filter(channel::Column::DeletedAt.is_null())
            .select_only()
            .column(channel::Column::Id)
            .into_tuple()
            .all(conn)
            .await?;
        add(DuplicateReason::SameAccount, others(of_account(scope, channels, account), &row).all(conn).await?);
    }
    let key = row.phone.as_deref().filter(|_| viewer.sees_details).map(phone_key).filter(|key| !key.is_empty());
    if let Some(key) = key {
        add(DuplicateReason::SamePhone, others(of_phone(scope, &key), &row).all(conn).await?);
    }
    if let Some(name) = &row.name {
        let of_name = of_name(scope, name, conn.get_database_backend());
        add(DuplicateReason::SameName, others(of_name, &row).all(conn).await?);
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_key(|(row, reasons)| {
        (reasons.first().copied(), Reverse(reasons.len()), Reverse(row.last_seen_at), row.number)
    });
    found.truncate(limits::DUPLICATES_MAX);
    let conversations = newest(conn, viewer, found.iter().map(|(row, _)| row.id).collect()).await?;
    let item = |(row, reasons): (contact::Model, Vec<DuplicateReason>)| {
        let conversation_id = conversations.get(&row.id).copied();
        Ok(DuplicateContact { contact: listed(row, conversation_id)?, reasons })
    };
    Ok(DuplicateContacts { items: found.into_iter().map(item).collect::<Result<_, StoreError>>()? })
}

/// The contacts of an account at these channels.
pub(crate) fn of_account(scope: OrgScope, channels: Vec<ChannelId>, account: &str) -> Select<contact::Entity> {
    scope
        .find_by_keys::<contact::Entity>()
        .filter(contact::Column::ChannelId.is_in(channels))
        .filter(contact::Column::ExternalId.eq(account))
}

/// The contacts of a phone number, however it is written.
pub(crate) fn of_phone(scope: OrgScope, key: &str) -> Select<contact::Entity> {
    scope
        .find::<contact::Entity>()
        // Without it the index, which has only those, is not used.
        .filter(contact::Column::Phone.is_not_null())
        .filter(bare_phone().is_in(phone_spellings(key)))
}

/// The contacts of a name, the newest first.
pub(crate) fn of_name(scope: OrgScope, name: &str, backend: DbBackend) -> Select<contact::Entity> {
    let stands = ExprTrait::eq(named(backend), name_key(Some(name)));
    scope.find::<contact::Entity>().filter(stands).order_by_desc(contact::Column::Number)
}

/// Of these contacts those who are there besides this one and have not proven another account; so many as are ranked.
pub(crate) fn others(select: Select<contact::Entity>, of: &contact::Model) -> Select<contact::Entity> {
    let select = match &of.external_id {
        Some(account) => {
            let own = contact::Column::ExternalId.eq(account.as_str());
            select.filter(Condition::any().add(contact::Column::ExternalId.is_null()).add(own))
        }
        None => select,
    };
    select
        .filter(contact::Column::Id.ne(of.id))
        .filter(contact::Column::MergedInto.is_null())
        .join(JoinType::InnerJoin, contact::Relation::Channel.def())
        .filter(channel::Column::DeletedAt.is_null())
        .limit(RANKED)
}

/// The conversation of each in which something was said last.
async fn newest<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    contact_ids: Vec<ContactId>,
) -> Result<HashMap<ContactId, ConversationId>, StoreError> {
    let rows: Vec<(ContactId, ConversationId)> = viewer
        .scope()
        .find_by_keys::<conversation::Entity>()
        .filter(conversation::Column::PersonId.is_in(contact_ids))
        .join(JoinType::InnerJoin, conversation::Relation::Channel.def())
        .filter(channel::Column::DeletedAt.is_null())
        .order_by_asc(conversation::Column::LastActivityAt)
        .select_only()
        .columns([conversation::Column::PersonId, conversation::Column::Id])
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

fn listed(row: contact::Model, conversation_id: Option<ConversationId>) -> Result<ListedContact, StoreError> {
    Ok(ListedContact {
        contact: ContactSummary {
            id: row.id,
            number: row.number,
            name: row.name,
            blocked: row.blocked_at.is_some(),
            version: row.version,
            tag_ids: tags::read(&row.tags)?,
        },
        channel_id: row.channel_id,
        conversation_id,
        phone: row.phone,
        remark: row.remark,
        region: row.region,
        first_seen_at: row.first_seen_at,
        last_seen_at: row.last_seen_at,
        masked: Vec::new(),
    })
}
