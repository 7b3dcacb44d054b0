//! Carrying contacts out as a table: asked for by whoever may, and fetched once by an address that soon ends.

use crate::actions::conversations::auditor;
use crate::actions::table_pass::{TablePass, missing};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::state::AppState;
use rules::csv;
use rules::permissions::{Permission, can};
use std::collections::HashMap;
use store::contact_list::{self, ContactPlace, Listed};
use store::{OrgScope, Viewer, audit, channels, contacts, custom_fields, tags};
use types::audit::AuditAction;
use types::contact_list::{ContactExport, CreateContactExport, ListedContact, TableLanguage};
use types::custom_fields::{CustomField, CustomValue};
use types::id::{ChannelId, SessionId, TagId};

/// Contacts that are read at once.
const CHUNK: usize = 500;

/// What the addresses are sealed with.
const PURPOSE: &str = "a table of contacts";

/// Gives the address of a table, and remembers that it was given.
///
/// # Errors
/// Forbidden for roles that may not.
pub async fn create_contact_export(
    state: &AppState,
    agent: &AnyAgent,
    request: CreateContactExport,
) -> ApiResult<ContactExport> {
    can(agent.role, Permission::ExportContacts)?;
    let (org_id, auditor, filter) = (agent.org_id, auditor(state, agent), request.filter.clone());
    let pass = TablePass::new(state, agent, request);
    let remember = state.write(move |tx| {
        Box::pin(async move {
            let action = AuditAction::ContactsExported { filter };
            Ok(audit::add(tx.conn(), org_id, auditor, &action).await?)
        })
    });
    remember.await?;
    let path = format!("/tables/{}/contacts.csv", pass.seal(state, PURPOSE)?);
    Ok(ContactExport { path, expires_at: pass.expires_at })
}

/// A table that is being written.
pub(crate) struct Table {
    state: AppState,
    scope: OrgScope,
    session_id: SessionId,
    listed: Listed,
    words: Words,
    /// Whether there are columns of phone numbers and accounts: not for whoever may not see them.
    has_details: bool,
    place: Place,
}

enum Place {
    Head,
    Behind(Option<ContactPlace>),
    End,
}

/// Begins the table that an address opens. Whatever is wrong with it looks the same.
pub(crate) async fn open(state: &AppState, sealed: &str) -> ApiResult<Table> {
    let pass = TablePass::<CreateContactExport>::open(state, PURPOSE, sealed).await?;
    let (scope, session_id) = (pass.scope(), pass.session_id);
    let viewer = viewer(state, scope, session_id).await.map_err(|_ended| missing())?;
    let CreateContactExport { filter, language } = pass.wanted;
    let words = Words::of(state, scope, language).await?;
    Ok(Table {
        state: state.clone(),
        scope,
        session_id,
        listed: Listed { filter, ..Listed::default() },
        words,
        has_details: viewer.sees_details,
        place: Place::Head,
    })
}

/// What the session's agent sees now, if they may carry contacts out.
async fn viewer(state: &AppState, scope: OrgScope, session_id: SessionId) -> ApiResult<Viewer> {
    let agent = AnyAgent::of_session(state, scope, session_id).await?;
    can(agent.role, Permission::ExportContacts)?;
    Ok(agent.viewer())
}

impl Table {
    /// The next rows; `None` behind the last. Whoever may not any more gets no further.
    pub(crate) async fn next(&mut self) -> ApiResult<Option<String>> {
        let after = match std::mem::replace(&mut self.place, Place::End) {
            Place::End => return Ok(None),
            Place::Head => {
                self.place = Place::Behind(None);
                return Ok(Some(format!("{}{}", csv::BYTE_ORDER_MARK, self.words.head(self.has_details))));
            }
            Place::Behind(after) => after,
        };
        let viewer = viewer(&self.state, self.scope, self.session_id).await?;
        let readers = self.state.db.reader();
        let (items, next) = contact_list::page(readers, viewer, &self.listed, after, CHUNK).await?;
        if let Some(next) = next {
            self.place = Place::Behind(Some(next));
        }
        let sees_details = self.has_details && viewer.sees_details;
        let ids = || items.iter().map(|item| item.contact.id).collect();
        let accounts = match sees_details {
            true => contacts::accounts_of(readers, self.scope, ids()).await?,
            false => HashMap::new(),
        };
        let values = if self.words.fields.is_empty() {
            HashMap::new()
        } else {
            custom_fields::values_of(readers, self.scope, ids()).await?.into_iter().collect()
        };
        let none = Vec::new();
        let row = |item: &ListedContact| {
            let values: &Vec<CustomValue> = values.get(&item.contact.id).unwrap_or(&none);
            let account = accounts.get(&item.contact.id).map(String::as_str).unwrap_or_default();
            self.words.row(item, (account, values), self.has_details, sees_details)
        };
        Ok(Some(items.iter().map(row).collect()))
    }
}

/// What stands in a table besides what the contacts' rows say.
struct Words {
    language: TableLanguage,
    channels: HashMap<ChannelId, String>,
    tags: HashMap<TagId, String>,
    /// The custom fields, which stand behind everything else.
    fields: Vec<CustomField>,
}

impl Words {
    async fn of(state: &AppState, scope: OrgScope, language: TableLanguage) -> ApiResult<Self> {
        let channels = channels::list(state.db.reader(), scope).await?;
        let groups = tags::list(state.db.reader(), scope).await?;
        let tags = groups.into_iter().flat_map(|group| group.tags);
        Ok(Self {
            language,
            channels: channels.into_iter().map(|channel| (channel.id, channel.name)).collect(),
            tags: tags.map(|tag| (tag.id, tag.name)).collect(),
            fields: custom_fields::get(state.db.reader(), scope).await?.items,
        })
    }

    fn head(&self, has_details: bool) -> String {
        let words = match self.language {
            TableLanguage::Chinese => [
                "编号",
                "姓名",
                "电话",
                "备注",
                "渠道",
                "标签",
                "所在区域",
                "首次来访 (UTC)",
                "最近来访 (UTC)",
                "黑名单",
                "账号",
            ],
            TableLanguage::English => [
                "Number",
                "Name",
                "Phone",
                "Remark",
                "Channel",
                "Tags",
                "Region",
                "First seen (UTC)",
                "Last seen (UTC)",
                "Blacklist",
                "Account",
            ],
        };
        let words = words.into_iter().enumerate();
        let words = words.filter(|(place, _)| has_details || ![2, 10].contains(place)).map(|(_, word)| word);
        csv::row(words.chain(self.fields.iter().map(|field| field.name.as_str())))
    }

    /// A contact's row, with their account and what stands in custom fields. Phone number and account stand in their columns only while
    /// they may be seen.
    fn row(
        &self,
        listed: &ListedContact,
        (account, values): (&str, &[CustomValue]),
        has_details: bool,
        sees_details: bool,
    ) -> String {
        let contact = &listed.contact;
        let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
        let tags: Vec<&str> = contact.tag_ids.iter().filter_map(|id| self.tags.get(id)).map(String::as_str).collect();
        let blocked = match (contact.blocked, self.language) {
            (false, _) => "",
            (true, TableLanguage::Chinese) => "是",
            (true, TableLanguage::English) => "yes",
        };
        let mut cells = vec![contact.number.to_string(), or_none(&contact.name)];
        if has_details {
            cells.push(if sees_details { or_none(&listed.phone) } else { String::new() });
        }
        cells.extend([
            or_none(&listed.remark),
            self.channels.get(&listed.channel_id).cloned().unwrap_or_default(),
            tags.join("; "),
            or_none(&listed.region),
            listed.first_seen_at.to_string(),
            listed.last_seen_at.to_string(),
            blocked.to_owned(),
        ]);
        if has_details {
            cells.push(account.to_owned());
        }
        cells.extend(self.fields.iter().map(|field| {
            let value = values.iter().find(|value| value.field_id == field.id);
            value.map(|value| value.value.clone()).unwrap_or_default()
        }));
        csv::row(cells.iter().map(String::as_str))
    }
}
