//! Deleting one contact with all that is kept of them: the conversation goes first, by the way that every conversation goes; then the
//! contact's own row with what refers to it, and their name in the audit log.

use crate::audience::{Actor, Audience};
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::members::Members;
use crate::queries::audit::{self, Auditor};
use crate::queries::contacts::locked;
use crate::queries::{attachments, merging, purge};
use crate::scope::{OrgScope, Viewer};
use crate::sql;
use crate::tables::{audit_entry, channel, contact, conversation, event};
use crate::write::Tx;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};
use types::audit::AuditAction;
use types::contacts::Contact;
use types::events::Event;
use types::id::{AuditId, ContactId, ConversationId};

/// A contact with all that is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownContact {
    /// Who.
    pub contact: Contact,
    /// Their conversations: their own, and those of who was merged into them.
    pub conversation_ids: Vec<ConversationId>,
    /// Who was merged into them, as they were then.
    pub merged: Vec<Contact>,
}

impl KnownContact {
    /// Their id and those of who was merged into them.
    #[must_use]
    pub fn ids(&self) -> Vec<ContactId> {
        std::iter::once(self.contact.id).chain(self.merged.iter().map(|contact| contact.id)).collect()
    }
}

/// A contact of a channel that is there, or who is there instead since they were merged, whether or not they have a conversation. For
/// whoever sees all.
pub async fn known<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
) -> Result<Option<KnownContact>, StoreError> {
    let contact_id = merging::living(conn, scope, contact_id).await?;
    let row = scope.find::<contact::Entity>().filter(contact::Column::Id.eq(contact_id)).one(conn).await?;
    let Some(row) = row else { return Ok(None) };
    let channel = scope.find::<channel::Entity>().filter(channel::Column::Id.eq(row.channel_id)).one(conn).await?;
    if channel.is_none_or(|channel| channel.deleted_at.is_some()) {
        return Ok(None);
    }
    let merged = merging::merged_into(conn, scope, contact_id).await?;
    Ok(Some(KnownContact {
        contact: row.try_into()?,
        conversation_ids: conversations_of(conn, scope, contact_id).await?,
        merged: merged.into_iter().map(Contact::try_from).collect::<Result<_, _>>()?,
    }))
}

async fn conversations_of<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
) -> Result<Vec<ConversationId>, StoreError> {
    Ok(scope
        .find::<conversation::Entity>()
        .filter(conversation::Column::PersonId.eq(contact_id))
        .order_by_asc(conversation::Column::Id)
        .select_only()
        .column(conversation::Column::Id)
        .into_tuple()
        .all(conn)
        .await?)
}

/// The contact whose a conversation is.
pub async fn person_of<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    conversation_id: ConversationId,
) -> Result<Option<ContactId>, StoreError> {
    let row = scope.find::<conversation::Entity>().filter(conversation::Column::Id.eq(conversation_id));
    Ok(row.select_only().column(conversation::Column::PersonId).into_tuple().one(conn).await?)
}

/// The entries of the audit log that may have one of these contacts' names. Looked for apart from the write: no index tells them.
pub async fn told<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_ids: &[ContactId],
) -> Result<Vec<AuditId>, StoreError> {
    let entries = scope.find::<audit_entry::Entity>();
    let any = contact_ids
        .iter()
        .fold(Condition::any(), |any, id| any.add(audit_entry::Column::Payload.contains(id.to_string())));
    let entries = entries.filter(any);
    Ok(entries.select_only().column(audit_entry::Column::Id).into_tuple().all(conn).await?)
}

/// The places of the ledger's events that tell what is known of one of these contacts beside no conversation. Beside others'
/// conversations, whose they had been, nothing is told of them: that has [gone](merging::forget_told) when they were taken apart.
pub async fn told_alone<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_ids: &[ContactId],
) -> Result<Vec<i64>, StoreError> {
    let events = merging::lone_updates(scope, contact_ids, conn.get_database_backend());
    Ok(events.select_only().column(event::Column::Seq).into_tuple().all(conn).await?)
}

/// Deletes a contact who has no conversation any more with whoever was merged into them, takes their names out of these entries of the
/// audit log, and adds one that has none. `false`: they have a conversation, which goes first, or were merged meanwhile, or somebody was
/// merged into them who is not one of `confirmed`.
///
/// # Errors
/// [`StoreError::NotFound`] when they are not there.
pub async fn delete(
    tx: &mut Tx,
    viewer: Viewer,
    (contact_id, confirmed): (ContactId, &[ContactId]),
    told: &[AuditId],
    auditor: Auditor,
) -> Result<bool, StoreError> {
    let scope = viewer.scope();
    let row = locked(tx.conn(), scope, contact_id).await?.ok_or(StoreError::NotFound)?;
    if row.merged_into.is_some() || !conversations_of(tx.conn(), scope, contact_id).await?.is_empty() {
        return Ok(false);
    }
    let merged = merging::merged_into(tx.conn(), scope, contact_id).await?;
    let ids: Vec<ContactId> = std::iter::once(contact_id).chain(merged.into_iter().map(|row| row.id)).collect();
    if ids.iter().any(|id| !confirmed.contains(id)) {
        return Ok(false);
    }
    attachments::free(tx.conn(), scope, &ids).await?;
    // What their merges kept goes with them.
    purge::forget_contacts(tx.conn(), scope, ids.clone()).await?;
    for some in told.chunks(100) {
        let entries = scope.find::<audit_entry::Entity>().filter(audit_entry::Column::Id.is_in(some.iter().copied()));
        for entry in entries.all(tx.conn()).await? {
            let mut action: AuditAction = sql::from_json(&entry.payload, "audit_entry.payload")?;
            if ids.iter().fold(false, |forgotten, id| action.forget(*id) | forgotten) {
                scope
                    .update::<audit_entry::Entity>()
                    .col_expr(audit_entry::Column::Payload, sql::to_json(&action)?.into())
                    .filter(audit_entry::Column::Id.eq(entry.id))
                    .exec(tx.conn())
                    .await?;
            }
        }
    }
    for contact_id in ids {
        tx.append(PendingEvent {
            org_id: viewer.org_id,
            // It outlives the contact.
            conversation_id: None,
            actor: Actor::Agent(viewer.agent_id),
            audience: Audience::seeing(None, Members::default()),
            event: Event::ContactDeleted { contact_id },
            at: auditor.at,
        });
    }
    let action = AuditAction::ContactDeleted { contact_id, number: row.number, channel_id: row.channel_id };
    audit::add(tx.conn(), viewer.org_id, auditor, &action).await?;
    Ok(true)
}
