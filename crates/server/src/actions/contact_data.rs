//! Carrying out all that is kept of one contact, for whoever has a right to it: JSON, by an address that is good once and soon ends, as
//! that of a [table](super::contact_exports).

use crate::actions::conversations::auditor;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::masking::contact_for;
use rules::permissions::{Permission, can};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::messages::{self, Window};
use store::{OrgScope, Viewer, audit, channels, custom_fields, erasing, notes, tags};
use types::audit::AuditAction;
use types::contact_list::ContactExport;
use types::id::{ContactId, ConversationId, OrgId, SessionId};
use types::limits;
use types::time::Timestamp;

/// How long the address is good for.
const SECONDS: i64 = 60;

/// What the address says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Pass {
    id: [u8; 16],
    org_id: OrgId,
    session_id: SessionId,
    expires_at: Timestamp,
    contact_id: ContactId,
}

/// What the addresses are sealed with.
const PURPOSE: &str = "a contact's data";

/// Gives the address of a contact's data, and remembers that it was given.
///
/// # Errors
/// Forbidden for roles that may not; not found when they are not there.
pub async fn create_contact_data_export(
    state: &AppState,
    agent: &AnyAgent,
    contact_id: ContactId,
) -> ApiResult<ContactExport> {
    can(agent.role, Permission::ExportContacts)?;
    let expires_at = state.clock.now().plus_seconds(SECONDS);
    let (org_id, session_id, scope) = (agent.org_id, agent.session_id, agent.scope());
    let known = erasing::known(state.db.reader(), scope, contact_id).await?;
    let contact = known.ok_or_else(|| ApiError::not_found("contact"))?.contact;
    let contact_id = contact.id;
    let pass = Pass { id: state.ids.bytes(), org_id, session_id, expires_at, contact_id };
    let auditor = auditor(state, agent);
    let remember = state.write(move |tx| {
        Box::pin(async move {
            let action = AuditAction::ContactDataExported { contact_id, number: contact.number };
            Ok(audit::add(tx.conn(), org_id, auditor, &action).await?)
        })
    });
    remember.await?;
    let sealed = serde_json::to_vec(&pass).map_err(|_no_json| ApiError::not_found("data"))?;
    let path = format!("/tables/{}/contact.json", state.keys.files.derive(PURPOSE).seal(&sealed));
    Ok(ContactExport { path, expires_at })
}

/// A contact's data that are being written.
pub(crate) struct Record {
    state: AppState,
    scope: OrgScope,
    session_id: SessionId,
    contact_id: ContactId,
    /// Their conversations: their own, and those of who was merged into them.
    conversation_ids: Vec<ConversationId>,
    place: Place,
}

/// How far it has come; `bool` says whether it is the first of its list.
enum Place {
    Head,
    /// Behind this message of the conversation at this place.
    Messages(usize, i64, bool),
    /// Before this note of the conversation at this place.
    Notes(usize, Option<i64>, bool),
    End,
}

/// Begins what an address opens. Whatever is wrong with it looks the same.
pub(crate) async fn open(state: &AppState, sealed: &str) -> ApiResult<Record> {
    let missing = || ApiError::not_found("data");
    let pass = state.keys.files.derive(PURPOSE).open(sealed).ok_or_else(missing)?;
    let pass: Pass = serde_json::from_slice(&pass).map_err(|_not_ours| missing())?;
    let now = state.clock.now();
    if !state.exports.first_time(pass.id, pass.expires_at, now)
        || !state.shared.first_time("export", &pass.id, pass.expires_at.millis_since(now)).await
    {
        return Err(missing());
    }
    let scope = OrgScope::new(pass.org_id);
    let record = Record {
        state: state.clone(),
        scope,
        session_id: pass.session_id,
        contact_id: pass.contact_id,
        conversation_ids: Vec::new(),
        place: Place::Head,
    };
    record.viewer().await.map_err(|_ended| missing())?;
    record.known().await?;
    Ok(record)
}

impl Record {
    /// What the session's agent sees now, if they may carry contacts out.
    async fn viewer(&self) -> ApiResult<Viewer> {
        let agent = AnyAgent::of_session(&self.state, self.scope, self.session_id).await?;
        can(agent.role, Permission::ExportContacts)?;
        Ok(agent.viewer())
    }

    /// The next piece; `None` behind the last. Whoever may not any more gets no further.
    pub(crate) async fn next(&mut self) -> ApiResult<Option<String>> {
        let place = std::mem::replace(&mut self.place, Place::End);
        if matches!(place, Place::End) {
            return Ok(None);
        }
        let viewer = self.viewer().await?;
        let (piece, place) = match place {
            Place::Head => self.head(viewer).await?,
            Place::Messages(at, after, is_first) => self.messages(viewer, at, after, is_first).await?,
            Place::Notes(at, before, is_first) => self.notes(viewer, at, before, is_first).await?,
            Place::End => return Ok(None),
        };
        self.place = place;
        Ok(Some(piece))
    }

    /// Of whom it is. Whoever was merged since into somebody else is not whom the audit log names.
    async fn known(&self) -> ApiResult<erasing::KnownContact> {
        let known = erasing::known(self.state.db.reader(), self.scope, self.contact_id).await?;
        known.filter(|known| known.contact.id == self.contact_id).ok_or_else(|| ApiError::not_found("data"))
    }

    async fn head(&mut self, viewer: Viewer) -> ApiResult<(String, Place)> {
        let reader = self.state.db.reader();
        let known = self.known().await?;
        self.conversation_ids = known.conversation_ids;
        let contact = known.contact;
        let merged = known.merged.into_iter().map(|merged| contact_for(viewer.sees_details, merged));
        let channel = channels::get(reader, self.scope, contact.channel_id).await?;
        let groups = tags::list(reader, self.scope).await?;
        let has = |tag: &types::tags::Tag| contact.tag_ids.contains(&tag.id);
        let tags: Vec<String> =
            groups.into_iter().flat_map(|group| group.tags).filter(has).map(|tag| tag.name).collect();
        let fields = custom_fields::get(reader, self.scope).await?;
        let named = contact.custom_values.iter().filter_map(|value| {
            let field = fields.get(value.field_id)?;
            Some(json!({"name": field.name, "value": value.value}))
        });
        let head = json!({
            "exported_at": self.state.clock.now(),
            "channel": channel.map(|channel| channel.name),
            "tags": tags,
            "custom_fields": named.collect::<Vec<_>>(),
            "contact": contact_for(viewer.sees_details, contact),
            // Whom they were before they were merged.
            "merged": merged.collect::<Vec<_>>(),
        });
        let head = head.to_string();
        let open = head.strip_suffix('}').unwrap_or(&head);
        Ok((format!("{open},\"messages\":["), Place::Messages(0, 0, true)))
    }

    async fn messages(&self, viewer: Viewer, at: usize, after: i64, is_first: bool) -> ApiResult<(String, Place)> {
        let Some(id) = self.conversation_ids.get(at).copied() else {
            return Ok(("],\"notes\":[".to_owned(), Place::Notes(0, None, true)));
        };
        let readers = self.state.db.reader();
        let found = messages::for_viewer(readers, viewer, id, Window::After(after), limits::PAGE_MAX).await?;
        // It was deleted meanwhile.
        let found = found.ok_or_else(|| ApiError::not_found("data"))?;
        let mut piece = joined(&found.items)?;
        if !is_first && !found.items.is_empty() {
            piece.insert(0, ',');
        }
        let is_first = is_first && found.items.is_empty();
        Ok(match found.items.last() {
            Some(last) if found.has_later => (piece, Place::Messages(at, last.seq, is_first)),
            _ => (piece, Place::Messages(at.saturating_add(1), 0, is_first)),
        })
    }

    /// The newest come first: so they are read.
    async fn notes(
        &self,
        viewer: Viewer,
        at: usize,
        before: Option<i64>,
        is_first: bool,
    ) -> ApiResult<(String, Place)> {
        let Some(id) = self.conversation_ids.get(at).copied() else {
            return Ok(("]}\n".to_owned(), Place::End));
        };
        let found = notes::list(self.state.db.reader(), viewer, id, before).await?;
        let mut found = found.ok_or_else(|| ApiError::not_found("data"))?;
        found.items.reverse();
        let last = found.items.last().map(|note| note.number);
        // It goes to the person whom it is about: what colleagues whispered to each other is not for them.
        found.items.retain(|note| !note.whisper);
        let mut piece = joined(&found.items)?;
        if !is_first && !found.items.is_empty() {
            piece.insert(0, ',');
        }
        let is_first = is_first && found.items.is_empty();
        Ok(match last {
            Some(last) if found.has_earlier => (piece, Place::Notes(at, Some(last), is_first)),
            _ => (piece, Place::Notes(at.saturating_add(1), None, is_first)),
        })
    }
}

fn joined<T: Serialize>(items: &[T]) -> ApiResult<String> {
    let texts = items.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
    Ok(texts.map_err(|_no_json| ApiError::not_found("data"))?.join(","))
}
