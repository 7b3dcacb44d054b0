//! What visitors tell of themselves while they are merged into somebody.

use super::{kept, with, write_fields};
use crate::error::StoreError;
use crate::queries::contacts::locked;
use crate::scope::OrgScope;
use crate::tables::contact_merge;
use crate::write::Tx;
use rules::merging;
use sea_orm::{ColumnTrait, QueryFilter};
use types::contact_merges::ContactFields;
use types::contacts::Contact;
use types::id::ContactId;
use types::limits;
use types::time::Timestamp;

/// Fills what is empty of those to whom a visitor leads, merge by merge up to the [person](super::locked_person) who is there for them, and
/// notes it with the merge: undone, it is taken away. Answers the person as they are now, of whom no event tells yet.
pub(crate) async fn fill(
    tx: &mut Tx,
    scope: OrgScope,
    (visitor_id, person_id): (ContactId, ContactId),
    told: &ContactFields,
    at: Timestamp,
) -> Result<Contact, StoreError> {
    let mut merged_id = visitor_id;
    for _ in 0..limits::CONTACT_MERGES_MAX {
        let merge = scope.find_by_keys::<contact_merge::Entity>().filter(contact_merge::Column::MergedId.eq(merged_id));
        let Some(merge) = merge.one(tx.conn()).await? else { break };
        let (merge, mut kept) = kept::read(merge)?;
        let Some(survivor) = locked(tx.conn(), scope, merge.survivor_id).await? else { break };
        let known = Contact::try_from(survivor)?;
        let before = ContactFields::from(&known);
        let mut now = before.clone();
        merging::fill(&mut now, &mut kept.before, &mut kept.after, told);
        if now != before {
            kept::write(tx.conn(), scope, merge.id, &kept).await?;
            let merges = kept::of(tx.conn(), scope, &[known.id]).await?;
            for (later, mut kept) in merges.into_iter().skip_while(|(row, _)| row.id != merge.id).skip(1) {
                merging::fill_later(&before, &now, &mut kept.before, &mut kept.after);
                kept::write(tx.conn(), scope, later.id, &kept).await?;
            }
        }
        let version = known.version.saturating_add(i64::from(now != before));
        let contact = Contact { version, last_seen_at: at.max(known.last_seen_at), ..with(known, now) };
        write_fields(tx, scope, &before, &contact).await?;
        if contact.id == person_id {
            return Ok(contact);
        }
        merged_id = contact.id;
    }
    Err(StoreError::Corrupt { what: "contact.merged_into" })
}
