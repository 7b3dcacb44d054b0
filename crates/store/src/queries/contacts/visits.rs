//! What a visit tells of a visitor.
//!
//! **Invariant**: what a browser tells stands in its own visitor's row, whoever is there for them since they were merged.

use super::locked;
use crate::audience::Actor;
use crate::error::StoreError;
use crate::queries::visitors::own_conversation;
use crate::queries::{custom_fields, identity, merging};
use crate::scope::Visitor;
use crate::sql;
use crate::tables::contact;
use crate::write::Tx;
use sea_orm::{ColumnTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use types::contact_merges::ContactFields;
use types::contacts::Contact;
use types::custom_fields::CustomValue;
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

    /// What is known of a visitor. What their browser tells stands in their own row; who they are is known where the row of who is there
    /// for them, since they were merged, says it as well.
    pub(crate) fn known(own: &contact::Model, person: &contact::Model) -> Self {
        let (own, person) = (Self::from(own), Self::from(person));
        let is_there = |value: &CustomValue| person.custom.iter().any(|one| one.field_id == value.field_id);
        Self {
            name: own.name.filter(|_| person.name.is_some()),
            phone: own.phone.filter(|_| person.phone.is_some()),
            custom: own.custom.into_iter().filter(is_there).collect(),
            ..own
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

/// Writes what a visit tells, whether they have a conversation or not: in the visitor's own row, and where they were merged in what is empty
/// of [who is there for them](merging::locked_person), whose row the caller has locked.
pub(crate) async fn write_visit(
    tx: &mut Tx,
    visitor: Visitor,
    person: contact::Model,
    facts: &VisitFacts,
    at: Timestamp,
) -> Result<Option<Contact>, StoreError> {
    let scope = visitor.scope();
    let merged = match person.id == visitor.contact_id {
        true => None,
        false => Some(locked(tx.conn(), scope, visitor.contact_id).await?.ok_or(StoreError::NotFound)?),
    };
    let own = merged.as_ref().unwrap_or(&person);
    if !facts.is_news(&VisitFacts::known(own, &person), own.last_seen_at, at) {
        return Ok(None);
    }
    let facts = facts.storable();
    let contact = match merged {
        None => write_own(tx, visitor, person, &facts, at).await?,
        Some(own) => {
            write_own(tx, visitor, own, &facts, at).await?;
            let custom_values = custom_fields::allowed(tx.conn(), scope, &facts.custom).await?;
            let told =
                ContactFields { name: facts.name, phone: facts.phone, custom_values, ..ContactFields::default() };
            merging::fill(tx, scope, (visitor.contact_id, person.id), &told, at).await?
        }
    };
    merging::tell_all(tx, scope, Actor::Visitor(visitor.contact_id), &contact, at).await?;
    Ok(Some(contact))
}

/// Writes what a visit tells in the visitor's own row, of which no event tells yet.
async fn write_own(
    tx: &Tx,
    visitor: Visitor,
    known: contact::Model,
    facts: &VisitFacts,
    at: Timestamp,
) -> Result<Contact, StoreError> {
    let before = VisitFacts::from(&known);
    let mut after = facts.after(&before);
    if after.external_id != before.external_id {
        after.external_id = identity::free(tx.conn(), visitor, after.external_id).await?;
    }
    let scope = visitor.scope();
    after.custom = custom_fields::fill(tx.conn(), scope, known.id, &before.custom, &facts.custom).await?;
    let told =
        |facts: &VisitFacts| (facts.external_id.clone(), facts.name.clone(), facts.phone.clone(), facts.custom.clone());
    // An edit that was begun before is told that there is something newer.
    let version = known.version.saturating_add(i64::from(told(&after) != told(&before)));
    let seen = at.max(known.last_seen_at);
    scope
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
    Ok(Contact {
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
    })
}
