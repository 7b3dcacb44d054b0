//! Contacts: what is known of visitors.

use crate::audience::{Actor, Audience};
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::queries::conversations::visible;
use crate::queries::identity;
use crate::queries::members::{Members, seeing};
use crate::queries::visitors::own_conversation;
use crate::queries::{custom_fields, merging, tags};
use crate::scope::{OrgScope, Viewer, Visitor};
use crate::sql;
use crate::tables::{channel, contact, conversation};
use crate::write::Tx;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, ConnectionTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use types::contacts::{Contact, ContactPatch};
use types::custom_fields::CustomValue;
use types::error::FieldError;
use types::events::Event;
use types::id::{ContactId, OrgId};
use types::time::Timestamp;

/// A visit is worth a write at least this often, even when nothing but the time has changed.
const SEEN_AGAIN_MILLIS: i64 = 5 * 60 * 1000;

/// What a visit tells about a visitor. What it does not tell stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VisitFacts {
    /// The address.
    pub ip: Option<String>,
    /// Country, province and city of that address.
    pub region: Option<String>,
    /// Kind of device.
    pub device: Option<String>,
    /// Operating system with version.
    pub os: Option<String>,
    /// Browser with version.
    pub browser: Option<String>,
    /// The user agent that the three come from.
    pub user_agent: Option<String>,
    /// The browser's language.
    pub locale: Option<String>,
    /// The page that led to ours, kept from the first visit that tells it.
    pub referrer: Option<String>,
    /// The page on which the chat was opened, kept from the first visit that tells it.
    pub landing_page: Option<String>,
    /// That page's title, kept with it.
    pub landing_title: Option<String>,
    /// The id of their account at the company, as its server has proven, kept from the first visit that tells it.
    #[serde(default)]
    pub external_id: Option<String>,
    /// The name that goes with the account, for who has none yet.
    #[serde(default)]
    pub name: Option<String>,
    /// The phone number that goes with the account, for who has none yet.
    #[serde(default)]
    pub phone: Option<String>,
    /// What a page says for custom fields, for those that are empty.
    #[serde(default)]
    pub custom: Vec<CustomValue>,
}

impl VisitFacts {
    /// What is known after this visit, if `known` was known before.
    #[must_use]
    pub fn after(&self, known: &Self) -> Self {
        let visit = self.storable();
        // The landing page and its title belong together.
        let landing = if known.landing_page.is_some() { known } else { &visit };
        Self {
            ip: visit.ip.clone().or_else(|| known.ip.clone()),
            // A region belongs to its address: a new address of unknown region has none.
            region: if visit.ip.is_some() { visit.region.clone() } else { known.region.clone() },
            device: visit.device.clone().or_else(|| known.device.clone()),
            os: visit.os.clone().or_else(|| known.os.clone()),
            browser: visit.browser.clone().or_else(|| known.browser.clone()),
            user_agent: visit.user_agent.clone().or_else(|| known.user_agent.clone()),
            locale: visit.locale.clone().or_else(|| known.locale.clone()),
            referrer: known.referrer.clone().or_else(|| visit.referrer.clone()),
            landing_page: landing.landing_page.clone(),
            landing_title: landing.landing_title.clone(),
            external_id: known.external_id.clone().or_else(|| visit.external_id.clone()),
            name: known.name.clone().or_else(|| visit.name.clone()),
            phone: known.phone.clone().or_else(|| visit.phone.clone()),
            custom: custom_fields::filled(&known.custom, &visit.custom),
        }
    }

    /// The facts without those that cannot be stored: whatever has a NUL in it comes from no browser.
    pub(crate) fn storable(&self) -> Self {
        let keep = |fact: &Option<String>| fact.clone().filter(|text| sql::is_storable(text));
        Self {
            ip: keep(&self.ip),
            region: keep(&self.region),
            device: keep(&self.device),
            os: keep(&self.os),
            browser: keep(&self.browser),
            user_agent: keep(&self.user_agent),
            locale: keep(&self.locale),
            referrer: keep(&self.referrer),
            landing_page: keep(&self.landing_page),
            landing_title: keep(&self.landing_title),
            external_id: keep(&self.external_id),
            name: keep(&self.name),
            phone: keep(&self.phone),
            custom: self.custom.iter().filter(|one| sql::is_storable(&one.value)).cloned().collect(),
        }
    }

    /// Whether this visit is worth a write, if `known` was known and the visitor last seen then.
    #[must_use]
    pub fn is_news(&self, known: &Self, last_seen_at: Timestamp, at: Timestamp) -> bool {
        self.after(known) != *known || at.millis_since(last_seen_at) >= SEEN_AGAIN_MILLIS
    }
}

impl From<&contact::Model> for VisitFacts {
    fn from(row: &contact::Model) -> Self {
        let row = row.clone();
        Self {
            ip: row.ip,
            region: row.region,
            device: row.device,
            os: row.os,
            browser: row.browser,
            user_agent: row.user_agent,
            locale: row.locale,
            referrer: row.referrer,
            landing_page: row.landing_page,
            landing_title: row.landing_title,
            external_id: row.external_id,
            name: row.name,
            phone: row.phone,
            // What cannot be read is told by whoever reads the contact; a visit adds nothing to it.
            custom: custom_fields::read(&row.custom_values).unwrap_or_default(),
        }
    }
}

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

/// Remembers that a visitor opened the chat. `None`: there was nothing to write, or there is no row of them yet.
pub async fn note_visit(
    tx: &mut Tx,
    visitor: Visitor,
    facts: &VisitFacts,
    at: Timestamp,
) -> Result<Option<Contact>, StoreError> {
    let known = merging::locked_person(tx.conn(), visitor.scope(), visitor.contact_id).await?;
    let Some(known) = known else { return Ok(None) };
    if known.blocked_at.is_some() {
        return Ok(None);
    }
    if own_conversation(visitor).one(tx.conn()).await?.is_none() {
        return Ok(None);
    }
    write_visit(tx, visitor, known, facts, at).await
}

/// Writes what a visit tells of a contact, whose [row](merging::locked_person) the caller has locked, whether they have a conversation or
/// not.
pub(crate) async fn write_visit(
    tx: &mut Tx,
    visitor: Visitor,
    known: contact::Model,
    facts: &VisitFacts,
    at: Timestamp,
) -> Result<Option<Contact>, StoreError> {
    // The account of somebody who was merged stays with their own row, by which its owner comes back to what they said.
    let is_merged = known.id != visitor.contact_id;
    let facts = &VisitFacts { external_id: facts.external_id.clone().filter(|_| !is_merged), ..facts.clone() };
    let before = VisitFacts::from(&known);
    if !facts.is_news(&before, known.last_seen_at, at) {
        return Ok(None);
    }
    let mut after = facts.after(&before);
    if after.external_id != before.external_id {
        after.external_id = identity::free(tx.conn(), visitor, after.external_id).await?;
    }
    let (scope, told) = (visitor.scope(), facts.storable().custom);
    after.custom = custom_fields::fill(tx.conn(), scope, known.id, &before.custom, &told).await?;
    let told =
        |facts: &VisitFacts| (facts.external_id.clone(), facts.name.clone(), facts.phone.clone(), facts.custom.clone());
    // An edit that was begun before is told that there is something newer.
    let version = known.version.saturating_add(i64::from(told(&after) != told(&before)));
    let seen = at.max(known.last_seen_at);
    visitor
        .scope()
        .update::<contact::Entity>()
        .col_expr(contact::Column::Ip, after.ip.clone().into())
        .col_expr(contact::Column::Region, after.region.clone().into())
        .col_expr(contact::Column::Device, after.device.clone().into())
        .col_expr(contact::Column::Os, after.os.clone().into())
        .col_expr(contact::Column::Browser, after.browser.clone().into())
        .col_expr(contact::Column::UserAgent, after.user_agent.into())
        .col_expr(contact::Column::Locale, after.locale.clone().into())
        .col_expr(contact::Column::Referrer, after.referrer.clone().into())
        .col_expr(contact::Column::LandingPage, after.landing_page.clone().into())
        .col_expr(contact::Column::LandingTitle, after.landing_title.clone().into())
        .col_expr(contact::Column::ExternalId, after.external_id.clone().into())
        .col_expr(contact::Column::Name, after.name.clone().into())
        .col_expr(contact::Column::Phone, after.phone.clone().into())
        .col_expr(contact::Column::CustomValues, sql::to_json(&after.custom)?.into())
        .col_expr(contact::Column::Version, version.into())
        .col_expr(contact::Column::LastSeenAt, seen.into())
        .filter(contact::Column::Id.eq(known.id))
        .exec(tx.conn())
        .await?;
    let contact = Contact {
        ip: after.ip,
        region: after.region,
        device: after.device,
        os: after.os,
        browser: after.browser,
        locale: after.locale,
        referrer: after.referrer,
        landing_page: after.landing_page,
        landing_title: after.landing_title,
        external_id: after.external_id,
        name: after.name,
        phone: after.phone,
        custom_values: after.custom,
        version,
        last_seen_at: seen,
        ..known.try_into()?
    };
    merging::tell_all(tx, scope, Actor::Visitor(visitor.contact_id), &contact, at).await?;
    Ok(Some(contact))
}
