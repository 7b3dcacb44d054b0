//! One step of an import: the rows of a part become contacts, or change those who are there.

use crate::actions::identity::derived;
use crate::error::ApiResult;
use crate::state::AppState;
use rules::contact_imports::{ImportedRow, WrongRow, phone_key, read_row};
use rules::permissions::{Permission, can};
use rules::tags::picked;
use std::collections::HashMap;
use store::contact_imports::{self, Counts, ImportRow, Work};
use store::{OrgScope, Tx, Viewer, agents, channels, custom_fields, tags};
use types::contact_imports::{ImportDuplicates, ImportFault, ImportProblem};
use types::contacts::Contact;
use types::custom_fields::CustomFields;
use types::id::{ChannelId, ContactId, ContactImportId};
use types::limits;
use types::tags::TagGroup;
use types::time::Timestamp;

pub(super) async fn step(state: &AppState, scope: OrgScope, id: ContactImportId) -> ApiResult<()> {
    let at = state.clock.now();
    let Some(work) = contact_imports::work(state.db.reader(), scope, id).await? else { return Ok(()) };
    let agent = agents::get(state.db.reader(), scope, work.agent_id).await?;
    // Whoever works here no more, or may not any more, changes nothing.
    let agent = agent.filter(|agent| agent.disabled_at.is_none());
    let agent = agent.filter(|agent| can(agent.role, Permission::ImportContacts).is_ok());
    let channel = channels::get(state.db.reader(), scope, work.request.channel_id).await?;
    let (Some(agent), Some(_channel)) = (agent, channel) else {
        return state
            .write(move |tx| Box::pin(async move { Ok(contact_imports::give_up(tx.conn(), scope, id, at).await?) }))
            .await;
    };
    let viewer = Viewer { org_id: scope.org_id(), agent_id: agent.id, sees_all: true, sees_details: true };
    let rows = contact_imports::part(state.db.reader(), scope, id, work.place).await?;
    // An id for each that may be new, made before the write.
    let ids = rows.iter().map(|_| state.ids.make(ContactId)).collect();
    let keys = state.clone();
    let import = state.write(move |tx| {
        Box::pin(async move {
            if !contact_imports::hold(tx.conn(), scope, &work).await? {
                return Ok(());
            }
            let (rows, counts) = import(&keys, tx, viewer, &work, (rows, ids), at).await?;
            Ok(contact_imports::advance(tx.conn(), scope, &work, (&rows, counts), at).await?)
        })
    });
    import.await
}

/// What is written, and what the rows are compared with.
struct Desk<'a> {
    state: &'a AppState,
    channel_id: ChannelId,
    contacts: HashMap<ContactId, Draft>,
    by_account: HashMap<String, ContactId>,
    by_phone: HashMap<String, ContactId>,
    /// Who was merged, and who is there instead.
    merged: HashMap<ContactId, ContactId>,
}

/// A contact: as they were, where they were there, and as they are now.
struct Draft {
    before: Option<Contact>,
    now: Contact,
    /// Where in the part a new one stands: they are numbered in the order of the table.
    place: usize,
    /// Whether only an import has made them: nobody's browser has ever come as them.
    imported: bool,
}

impl Desk<'_> {
    /// The id to which whoever proves the account comes, also before they have written: somebody else of the account would be a
    /// second one, whom they never meet.
    fn of_account(&self, account: &str) -> ContactId {
        derived(self.state, self.channel_id, account)
    }

    fn put(&mut self, draft: Draft) {
        let contact = &draft.now;
        if let Some(account) = &contact.external_id {
            self.by_account.entry(account.clone()).or_insert(contact.id);
        }
        if let Some(phone) = &contact.phone {
            let key = phone_key(phone);
            // Signs without a digit are nobody's number.
            if !key.is_empty() {
                self.by_phone.entry(key).or_insert(contact.id);
            }
        }
        self.contacts.insert(contact.id, draft);
    }

    /// By what is known of somebody who was merged, whoever is there instead is found.
    fn lead(&mut self, merged: &Contact, into: ContactId) {
        if let Some(account) = &merged.external_id {
            self.by_account.entry(account.clone()).or_insert(into);
        }
        let key = merged.phone.as_deref().map(phone_key).filter(|key| !key.is_empty());
        if let Some(key) = key {
            self.by_phone.entry(key).or_insert(into);
        }
        self.merged.insert(merged.id, into);
    }

    /// Who the row is about: whoever has its account; else whoever has its phone number, unless that is another account's.
    fn find(&self, row: &ImportedRow) -> Result<Option<ContactId>, WrongRow> {
        if let Some(account) = &row.external_id {
            let (known, derived) = (self.by_account.get(account), self.of_account(account));
            let derived = self.merged.get(&derived).copied().unwrap_or(derived);
            if let Some(id) = known.copied().or_else(|| self.contacts.contains_key(&derived).then_some(derived)) {
                return Ok(Some(id));
            }
        }
        let of_phone = row.phone.as_ref().and_then(|phone| self.by_phone.get(&phone_key(phone)));
        let Some(draft) = of_phone.and_then(|id| self.contacts.get(id)) else { return Ok(None) };
        if row.external_id.is_none() {
            return Ok(Some(draft.now.id));
        }
        if draft.now.external_id.is_some() {
            return Err(WrongRow::of_row(ImportProblem::AnotherAccount));
        }
        // A number that a visitor gave proves nothing: with the account they would be given whatever its owner says and is told from
        // then on. Whoever only an import has made is nobody's browser.
        Ok(draft.imported.then_some(draft.now.id))
    }
}

async fn import(
    state: &AppState,
    tx: &mut Tx,
    viewer: Viewer,
    work: &Work,
    (rows, ids): (Vec<ImportRow>, Vec<ContactId>),
    at: Timestamp,
) -> ApiResult<(Vec<ImportRow>, Counts)> {
    let (scope, request) = (viewer.scope(), &work.request);
    // Who is there is locked before tags and fields are, as everywhere.
    let read_with = |row: &ImportRow, groups: &[TagGroup], fields: &CustomFields| {
        read_row(&row.cells, work.head.len(), &request.columns, groups, fields)
    };
    let groups = tags::list(tx.conn(), scope).await?;
    let fields = custom_fields::get(tx.conn(), scope).await?;
    let (mut accounts, mut keys) = (Vec::new(), Vec::new());
    for read in rows.iter().filter_map(|row| read_with(row, &groups, &fields).ok()) {
        accounts.extend(read.external_id);
        keys.extend(read.phone.as_deref().map(phone_key).filter(|key| !key.is_empty()));
    }
    let mut desk = Desk {
        state,
        channel_id: request.channel_id,
        contacts: HashMap::new(),
        by_account: HashMap::new(),
        by_phone: HashMap::new(),
        merged: HashMap::new(),
    };
    let derived = accounts.iter().map(|account| desk.of_account(account)).collect();
    let known = contact_imports::known_by(tx, scope, request.channel_id, (accounts, derived), &keys).await?;
    for (contact, imported) in known.contacts {
        desk.put(Draft { before: Some(contact.clone()), now: contact, place: 0, imported });
    }
    for (merged, into) in known.merged {
        desk.lead(&merged, into);
    }
    tags::lock(tx.conn(), scope).await?;
    let groups = tags::list(tx.conn(), scope).await?;
    let fields = custom_fields::get(tx.conn(), scope).await?;
    let mut counts = Counts::default();
    let mut kept = Vec::new();
    for (place, (mut row, id)) in rows.into_iter().zip(ids).enumerate() {
        row.fault = None;
        let done = read_with(&row, &groups, &fields).and_then(|read| match desk.find(&read)? {
            Some(_) if request.duplicates == ImportDuplicates::Skip => Ok(Done::Skipped),
            Some(known) => change(&mut desk, known, read, &groups),
            None => {
                let id = read.external_id.as_ref().map_or(id, |account| desk.of_account(account));
                let blank = Contact { id, channel_id: request.channel_id, ..blank(at) };
                desk.put(Draft {
                    before: None,
                    now: with(blank, read, request.channel_id, &groups)?,
                    place,
                    imported: true,
                });
                Ok(Done::Created)
            }
        });
        let counted = match done {
            Ok(Done::Created) => &mut counts.created,
            Ok(Done::Updated) => &mut counts.updated,
            Ok(Done::Skipped) => &mut counts.skipped,
            Err(wrong) => {
                row.fault = Some(fault(work, row.number, wrong));
                &mut counts.failed
            }
        };
        *counted = counted.saturating_add(1);
        // A trial keeps all of them: they are still to be imported.
        if request.trial || row.fault.is_some() {
            kept.push(row);
        }
    }
    if !request.trial {
        write(tx, viewer, desk, at).await?;
    }
    Ok((kept, counts))
}

enum Done {
    Created,
    Updated,
    Skipped,
}

fn change(desk: &mut Desk<'_>, id: ContactId, read: ImportedRow, groups: &[TagGroup]) -> Result<Done, WrongRow> {
    let Some(Draft { before, now, place, imported }) = desk.contacts.remove(&id) else { return Ok(Done::Skipped) };
    let after = match with(now.clone(), read, desk.channel_id, groups) {
        Ok(after) => after,
        Err(wrong) => {
            desk.put(Draft { before, now, place, imported });
            return Err(wrong);
        }
    };
    let done = if after == now { Done::Skipped } else { Done::Updated };
    // A number that was given up may be somebody else's in a row to come.
    if let Some(key) = now.phone.as_deref().map(phone_key)
        && desk.by_phone.get(&key) == Some(&id)
    {
        desk.by_phone.remove(&key);
    }
    desk.put(Draft { before, now: after, place, imported });
    Ok(done)
}

/// A contact with what a row says.
fn with(contact: Contact, read: ImportedRow, channel_id: ChannelId, groups: &[TagGroup]) -> Result<Contact, WrongRow> {
    let is_new = read.tag_ids.iter().any(|id| !contact.tag_ids.contains(id));
    let mut tag_ids = contact.tag_ids.clone();
    if is_new {
        tag_ids = read.tag_ids.iter().fold(tag_ids, |ids, pick| picked(groups, &ids, *pick, true));
        tag_ids.sort_unstable();
    }
    if tag_ids.len() > limits::CONTACT_TAGS_MAX {
        let limit = u32::try_from(limits::CONTACT_TAGS_MAX).ok();
        return Err(WrongRow { column: None, problem: ImportProblem::TooManyTags, limit });
    }
    // It is an account of the channel: of who is there instead of one who was merged, and wrote to another one, it says nothing.
    let account = read.external_id.filter(|_| contact.channel_id == channel_id);
    Ok(Contact {
        name: read.name.or(contact.name),
        phone: read.phone.or(contact.phone),
        remark: read.remark.or(contact.remark),
        // An account is kept: whoever has proven it reads the conversation.
        external_id: contact.external_id.or(account),
        custom_values: custom_fields::patched(&contact.custom_values, &read.values),
        tag_ids,
        ..contact
    })
}

fn fault(work: &Work, row: u32, wrong: WrongRow) -> ImportFault {
    let column = wrong.column.and_then(|column| work.head.get(usize::from(column))).cloned();
    ImportFault { row, column, problem: wrong.problem, limit: wrong.limit }
}

async fn write(tx: &mut Tx, viewer: Viewer, desk: Desk<'_>, at: Timestamp) -> ApiResult<()> {
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for Draft { before, now, place, .. } in desk.contacts.into_values() {
        match before {
            None => new.push((place, now)),
            Some(before) if before != now => changed.push((before, now)),
            Some(_) => {}
        }
    }
    new.sort_unstable_by_key(|(place, _)| *place);
    let new = new.into_iter().map(|(_, contact)| contact).collect();
    contact_imports::create_many(tx, viewer, new, at).await?;
    contact_imports::update_many(tx, viewer, changed, at).await?;
    Ok(())
}

/// Somebody of whom nothing is known.
fn blank(at: Timestamp) -> Contact {
    Contact {
        id: ContactId(uuid::Uuid::nil()),
        number: 0,
        name: None,
        external_id: None,
        channel_id: types::id::ChannelId(uuid::Uuid::nil()),
        ip: None,
        region: None,
        device: None,
        os: None,
        browser: None,
        locale: None,
        referrer: None,
        landing_page: None,
        landing_title: None,
        first_seen_at: at,
        last_seen_at: at,
        phone: None,
        remark: None,
        blocked_at: None,
        version: 0,
        tag_ids: Vec::new(),
        custom_values: Vec::new(),
        masked: Vec::new(),
    }
}
