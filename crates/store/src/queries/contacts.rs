//! Contacts: what is known of visitors.

mod visits;

pub(crate) use visits::write_visit;
pub use visits::{VisitFacts, note_visit};

use crate::audience::{Actor, Audience};
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::queries::conversations::visible;
use crate::queries::members::{Members, seeing};
use crate::queries::{custom_fields, merging, tags};
use crate::scope::{OrgScope, Viewer};
use crate::sql;
use crate::tables::{channel, contact, conversation};
use crate::write::Tx;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait};
use std::collections::{HashMap, HashSet};
use types::contacts::{Contact, ContactPatch};
use types::custom_fields::CustomValue;
use types::error::FieldError;
use types::events::Event;
use types::id::{ContactId, OrgId};
use types::time::Timestamp;

impl TryFrom<contact::Model> for Contact {
    type Error = StoreError;

    fn try_from(row: contact::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            number: row.number,
            name: row.name,
            external_id: row.external_id,
            channel_id: row.channel_id,
            ip: row.ip,
            region: row.region,
            device: row.device,
            os: row.os,
            browser: row.browser,
            locale: row.locale,
            referrer: row.referrer,
            landing_page: row.landing_page,
            landing_title: row.landing_title,
            first_seen_at: row.first_seen_at,
            last_seen_at: row.last_seen_at,
            phone: row.phone,
            remark: row.remark,
            blocked_at: row.blocked_at,
            version: row.version,
            tag_ids: tags::read(&row.tags)?,
            custom_values: custom_fields::read(&row.custom_values)?,
            masked: Vec::new(),
        })
    }
}

/// A contact, or who is there instead since they were merged, if the agent may see them: by their conversation, or, where they have none,
/// whoever sees all. With everything known, whoever asks: what is masked, the caller masks.
pub async fn get<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    contact_id: ContactId,
) -> Result<Option<Contact>, StoreError> {
    let contact_id = merging::living(conn, viewer.scope(), contact_id).await?;
    if seen(conn, viewer, contact_id).await?.is_none() {
        return Ok(None);
    }
    let row = viewer.scope().find::<contact::Entity>().filter(contact::Column::Id.eq(contact_id)).one(conn).await?;
    row.map(Contact::try_from).transpose()
}

/// The contact's conversation, if the agent may see it; of several the one in which something was said last.
pub(crate) async fn conversation_of<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    contact_id: ContactId,
) -> Result<Option<conversation::Model>, StoreError> {
    let of_contact = visible(viewer).filter(conversation::Column::PersonId.eq(contact_id));
    Ok(of_contact.order_by_desc(conversation::Column::LastActivityAt).one(conn).await?)
}

/// A contact whom the agent may see, with their conversation. Who has none, because it was deleted or they were imported and have not
/// written yet, is seen by whoever sees all.
pub(crate) async fn seen<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    contact_id: ContactId,
) -> Result<Option<Option<conversation::Model>>, StoreError> {
    if let Some(conversation) = conversation_of(conn, viewer, contact_id).await? {
        return Ok(Some(Some(conversation)));
    }
    if !viewer.sees_all {
        return Ok(None);
    }
    let there = viewer
        .scope()
        .find::<contact::Entity>()
        .filter(contact::Column::Id.eq(contact_id))
        .join(JoinType::InnerJoin, contact::Relation::Channel.def())
        .filter(channel::Column::DeletedAt.is_null())
        .one(conn)
        .await?;
    Ok(there.map(|_contact| None))
}

/// Of contacts whose conversation the agent does not see those who have none, of channels that are there; for whoever sees all.
pub(crate) async fn without_conversation<C: ConnectionTrait>(
    conn: &C,
    viewer: Viewer,
    contact_ids: Vec<ContactId>,
) -> Result<HashSet<ContactId>, StoreError> {
    if !viewer.sees_all || contact_ids.is_empty() {
        return Ok(HashSet::new());
    }
    let rows: Vec<ContactId> = viewer
        .scope()
        .find_by_keys::<contact::Entity>()
        .filter(contact::Column::Id.is_in(contact_ids))
        .filter(contact::Column::MergedInto.is_null())
        .join(JoinType::InnerJoin, contact::Relation::Channel.def())
        .filter(channel::Column::DeletedAt.is_null())
        .select_only()
        .column(contact::Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The ids that many contacts have at the company, where they have one. With everything known, whoever asks.
pub async fn accounts_of<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_ids: Vec<ContactId>,
) -> Result<HashMap<ContactId, String>, StoreError> {
    let rows: Vec<(ContactId, String)> = scope
        .find_by_keys::<contact::Entity>()
        .filter(contact::Column::Id.is_in(contact_ids))
        .filter(contact::Column::ExternalId.is_not_null())
        .select_only()
        .columns([contact::Column::Id, contact::Column::ExternalId])
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The contact's row, locked until the commit: another server's change waits and then begins with this one's facts.
pub(crate) async fn locked<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
) -> Result<Option<contact::Model>, StoreError> {
    let select = scope.find::<contact::Entity>().filter(contact::Column::Id.eq(contact_id));
    Ok(select.lock(LockType::NoKeyUpdate).one(conn).await?)
}

/// What became of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// It holds: the contact as it is now.
    Done(Box<Contact>),
    /// Somebody else has changed the contact since the version that was edited: nothing was written.
    Conflict,
    /// What was to stand in custom fields may not: nothing was written.
    Invalid(Vec<FieldError>),
}

/// Edits a contact; what the patch leaves out stays. An edit that changes nothing is no event, and no conflict.
///
/// # Errors
/// [`StoreError::NotFound`] when the agent may not see it.
pub async fn update(
    tx: &mut Tx,
    viewer: Viewer,
    contact_id: ContactId,
    patch: &ContactPatch,
    at: Timestamp,
) -> Result<Edited, StoreError> {
    let known = merging::locked_person(tx.conn(), viewer.scope(), contact_id).await?.ok_or(StoreError::NotFound)?;
    let contact_id = known.id;
    seen(tx.conn(), viewer, contact_id).await?.ok_or(StoreError::NotFound)?;
    let ContactPatch { version, name, phone, remark, custom_values } = patch;
    let stood: Vec<CustomValue> = custom_fields::read(&known.custom_values)?;
    let values = match custom_values.as_deref() {
        None | Some([]) => stood.clone(),
        Some(patched) => {
            custom_fields::lock(tx.conn(), viewer.scope()).await?;
            let faults = custom_fields::get(tx.conn(), viewer.scope()).await?.faults(patched);
            if !faults.is_empty() {
                return Ok(Edited::Invalid(faults));
            }
            custom_fields::patched(&stood, patched)
        }
    };
    let after = |patched: &Option<String>, known: &Option<String>| match patched {
        Some(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        None => known.clone(),
    };
    let (name, phone, remark) = (after(name, &known.name), after(phone, &known.phone), after(remark, &known.remark));
    if (&name, &phone, &remark, &values) == (&known.name, &known.phone, &known.remark, &stood) {
        return Ok(Edited::Done(Box::new(known.try_into()?)));
    }
    if *version != known.version {
        return Ok(Edited::Conflict);
    }
    let version = known.version.saturating_add(1);
    viewer
        .scope()
        .update::<contact::Entity>()
        .col_expr(contact::Column::Name, name.clone().into())
        .col_expr(contact::Column::Phone, phone.clone().into())
        .col_expr(contact::Column::Remark, remark.clone().into())
        .col_expr(contact::Column::CustomValues, sql::to_json(&values)?.into())
        .col_expr(contact::Column::Version, version.into())
        .filter(contact::Column::Id.eq(contact_id))
        .exec(tx.conn())
        .await?;
    custom_fields::note(tx.conn(), viewer.scope(), contact_id, &stood, &values).await?;
    let contact = Contact { name, phone, remark, custom_values: values, version, ..known.try_into()? };
    merging::tell_all(tx, viewer.scope(), Actor::Agent(viewer.agent_id), &contact, at).await?;
    Ok(Edited::Done(Box::new(contact)))
}

/// The event of a contact that has changed.
pub(crate) fn updated(
    org_id: OrgId,
    conversation: Option<&conversation::Model>,
    actor: Actor,
    contact: Contact,
    at: Timestamp,
) -> Result<PendingEvent, StoreError> {
    let conversation_id = conversation.map(|row| row.id);
    let audience = match conversation {
        Some(conversation) => seeing(conversation)?,
        None => Audience::seeing(None, Members::default()),
    };
    let event = Event::ContactUpdated { conversation_id, contact: Box::new(contact) };
    Ok(PendingEvent { org_id, conversation_id, actor, audience, event, at })
}
