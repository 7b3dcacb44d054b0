//! Deleting one contact with all that is kept of them: the conversation goes first, by the way that every conversation goes; then the
//! contact's own row with what refers to it, and their name in the audit log.

use crate::audience::{Actor, Audience};
use crate::error::StoreError;
use crate::events::PendingEvent;
use crate::members::Members;
use crate::queries::audit::{self, Auditor};
use crate::queries::contacts::locked;
use crate::queries::{attachments, purge};
use crate::scope::{OrgScope, Viewer};
use crate::sql;
use crate::tables::{audit_entry, channel, contact, conversation};
use crate::write::Tx;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};
use types::audit::AuditAction;
use types::contacts::Contact;
use types::events::Event;
use types::id::{AuditId, ContactId, ConversationId};

/// A contact of a channel that is there, whether or not they have a conversation, and which. For whoever sees all.
pub async fn known<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
) -> Result<Option<(Contact, Option<ConversationId>)>, StoreError> {
    let row = scope.find::<contact::Entity>().filter(contact::Column::Id.eq(contact_id)).one(conn).await?;
    let Some(row) = row else { return Ok(None) };
    let channel = scope.find::<channel::Entity>().filter(channel::Column::Id.eq(row.channel_id)).one(conn).await?;
    if channel.is_none_or(|channel| channel.deleted_at.is_some()) {
        return Ok(None);
    }
    Ok(Some((row.try_into()?, conversation_of(conn, scope, contact_id).await?)))
}

async fn conversation_of<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
) -> Result<Option<ConversationId>, StoreError> {
    let of_contact = conversation::Column::ContactId.eq(contact_id);
    Ok(scope.find::<conversation::Entity>().filter(of_contact).one(conn).await?.map(|row| row.id))
}

/// The entries of the audit log that may have a contact's name. Looked for apart from the write: no index tells them.
pub async fn told<C: ConnectionTrait>(
    conn: &C,
    scope: OrgScope,
    contact_id: ContactId,
) -> Result<Vec<AuditId>, StoreError> {
    let entries = scope.find::<audit_entry::Entity>();
    let entries = entries.filter(audit_entry::Column::Payload.contains(contact_id.to_string()));
    Ok(entries.select_only().column(audit_entry::Column::Id).into_tuple().all(conn).await?)
}

/// Deletes a contact who has no conversation any more, takes their name out of these entries of the audit log, and adds one that has
/// none. `false`: they have one, which goes first.
///
/// # Errors
/// [`StoreError::NotFound`] when they are not there.
pub async fn delete(
    tx: &mut Tx,
    viewer: Viewer,
    contact_id: ContactId,
    told: &[AuditId],
    auditor: Auditor,
) -> Result<bool, StoreError> {
    let scope = viewer.scope();
    let row = locked(tx.conn(), scope, contact_id).await?.ok_or(StoreError::NotFound)?;
    if conversation_of(tx.conn(), scope, contact_id).await?.is_some() {
        return Ok(false);
    }
    attachments::free(tx.conn(), scope, &[contact_id]).await?;
    purge::forget_contacts(tx.conn(), scope, vec![contact_id]).await?;
    for some in told.chunks(100) {
        let entries = scope.find::<audit_entry::Entity>().filter(audit_entry::Column::Id.is_in(some.iter().copied()));
        for entry in entries.all(tx.conn()).await? {
            let mut action: AuditAction = sql::from_json(&entry.payload, "audit_entry.payload")?;
            if action.forget(contact_id) {
                scope
                    .update::<audit_entry::Entity>()
                    .col_expr(audit_entry::Column::Payload, sql::to_json(&action)?.into())
                    .filter(audit_entry::Column::Id.eq(entry.id))
                    .exec(tx.conn())
                    .await?;
            }
        }
    }
    tx.append(PendingEvent {
        org_id: viewer.org_id,
        // It outlives the contact.
        conversation_id: None,
        actor: Actor::Agent(viewer.agent_id),
        audience: Audience::seeing(None, Members::default()),
        event: Event::ContactDeleted { contact_id },
        at: auditor.at,
    });
    let action = AuditAction::ContactDeleted { contact_id, number: row.number, channel_id: row.channel_id };
    audit::add(tx.conn(), viewer.org_id, auditor, &action).await?;
    Ok(true)
}
