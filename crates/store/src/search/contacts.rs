//! Contacts by name or number, page by page.
//!
//! A page is a stretch of contacts by their own numbers, so that each is on one page only whoever becomes active meanwhile; on
//! a page those active last come first.

use crate::direct::row;
use crate::error::StoreError;
use crate::queries::conversations::visible;
use crate::readers::Readers;
use crate::scope::Viewer;
use crate::search::matches::{Asked, few};
use crate::search::{
    FIRST_ROUND, Kind, by_documents, confirmed, highlights, padded, standing, summary, text_of_contact, with_contact,
};
use crate::tables::{conversation, search_document};
use rules::search::Question;
use sea_orm::{ColumnTrait, ConnectionTrait, JoinType, QueryFilter, QuerySelect, RelationTrait, Select};
use std::cmp::Reverse;
use std::ops::Range;
use types::id::{ChannelId, ContactId, ConversationId};
use types::search::ContactHit;
use types::time::Timestamp;

/// Contacts that a page shows.
const CONTACTS_MAX: usize = 20;

row! {
    /// A contact with their conversation.
    struct ContactRow {
        docid: i64,
        conversation_id: ConversationId,
        channel_id: ChannelId,
        contact_id: ContactId,
        contact_number: i64,
        contact_name: Option<String>,
        contact_version: i64,
        contact_tags: String,
        last_activity_at: Timestamp,
    }
}

/// A row that has what is looked for, with its places in the name.
type Found = (ContactRow, Vec<Range<usize>>);

/// A page of contacts, and before which place the next one begins. Whoever has the very number is the first of all.
pub(super) async fn page(
    readers: &Readers,
    viewer: Viewer,
    question: &Question,
    asked: &Asked,
    before: Option<i64>,
) -> Result<(Vec<ContactHit>, Option<i64>), StoreError> {
    // Among many numbers that begin like it, the index may come to it late. It is on no page but the first.
    let named = question.number().and_then(|number| asked.document(number));
    let first = match named.filter(|_| before.is_none()) {
        Some(docid) => contact_rows(readers, viewer, question, &[docid], FIRST_ROUND).await?,
        None => Vec::new(),
    };
    let read = async |mut docids: Vec<i64>, room| {
        docids.retain(|docid| Some(*docid) != named);
        contact_rows(readers, viewer, question, &docids, room).await
    };
    let room = CONTACTS_MAX.saturating_sub(first.len());
    let (mut found, next) = confirmed(readers, asked, before, room, read).await?;
    found.sort_unstable_by_key(|(row, _)| Reverse((row.last_activity_at, row.conversation_id)));
    let hits = first.into_iter().map(|(_, found)| found).chain(found).map(|(row, in_name)| {
        let (known_by, name) = ((row.contact_id, row.contact_number), row.contact_name);
        Ok(ContactHit {
            conversation_id: row.conversation_id,
            channel_id: row.channel_id,
            contact: summary(known_by, name, row.contact_version, &row.contact_tags)?,
            highlights: highlights(&in_name),
        })
    });
    Ok((hits.collect::<Result<_, StoreError>>()?, next))
}

/// The documents of contacts that the index proposes, by whatever of them is searched; `None` when they are too many to be sorted.
pub(crate) async fn proposed(
    readers: &Readers,
    viewer: Viewer,
    question: &Question,
) -> Result<Option<Vec<i64>>, StoreError> {
    let standing = standing(readers, viewer).await?;
    // Nothing of this organisation has been indexed yet.
    let Some(number) = standing.number else { return Ok(Some(Vec::new())) };
    few(readers, &Asked::of(question, number, Kind::Contact, standing.last_contact_number)).await
}

/// The contacts of these documents that the agent may see and that have what is looked for, newest first, each with its
/// document.
async fn contact_rows(
    readers: &Readers,
    viewer: Viewer,
    question: &Question,
    docids: &[i64],
    room: usize,
) -> Result<Vec<(i64, Found)>, StoreError> {
    if docids.is_empty() {
        return Ok(Vec::new());
    }
    let select = of_contacts(viewer, padded(docids, room));
    let mut rows: Vec<ContactRow> = readers.rows(by_documents(&select, readers.get_database_backend())).await?;
    rows.sort_unstable_by_key(|row| Reverse((row.docid, row.last_activity_at, row.conversation_id)));
    // Into whom others were merged has several conversations, and is shown with the one in which something was said last.
    rows.dedup_by_key(|row| row.docid);
    let found = rows.into_iter().filter_map(|row| {
        question.find(&text_of_contact(row.contact_name.as_deref(), row.contact_number))?;
        // Where only the number was found, or the number together with the name, what of it is the name's is shown.
        let in_name = row.contact_name.as_deref().and_then(|name| question.find(name)).unwrap_or_default();
        Some((row.docid, (row, in_name)))
    });
    Ok(found.collect())
}

/// The contacts of these documents, as a select; in no order, like `of_messages`.
pub(crate) fn of_contacts(viewer: Viewer, docids: Vec<i64>) -> Select<conversation::Entity> {
    with_contact(visible(viewer))
        .join(JoinType::InnerJoin, search_document::Relation::Contact.def().rev())
        .filter(search_document::Column::Docid.is_in(docids))
        .column(search_document::Column::Docid)
        .column(conversation::Column::LastActivityAt)
}
