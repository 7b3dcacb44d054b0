//! Search over messages and contacts.
//!
//! The index (`index`) follows the ledger: one document a message, numbered by its event, and one a contact. It proposes
//! (`matches`), newest first; what is proposed is then read through the same scope as everything else, and the text itself has
//! the last word (`rules::search`).
//!
//! **Invariant**: a search finds nothing that its viewer could not open, because every hit is read by
//! `conversations::visible`; and it looks at a bounded number of proposals.

pub(crate) mod contacts;
mod index;
pub(crate) mod matches;

pub(crate) use contacts::proposed;
pub use index::{Indexed, behind, holds_the_writer, step};

use crate::direct::row;
use crate::error::StoreError;
use crate::queries::conversations::visible;
use crate::queries::tags;
use crate::readers::Readers;
use crate::scope::Viewer;
use crate::sql;
use crate::tables::{contact, conversation, message, search_document};
use crate::write::author_from;
use matches::{Asked, Matches, matches};
use rules::search::{Question, snippet};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, RelationDef,
    RelationTrait, Select, Statement,
};
use std::cmp::Reverse;
use std::ops::Range;
use types::contacts::ContactSummary;
use types::id::{AgentId, ChannelId, ContactId, ConversationId, MessageId};
use types::limits;
use types::messages::Content;
use types::search::{Highlight, MessageHit, SearchResults};
use types::time::Timestamp;

/// Proposals of the first round, and how many times more the next rounds ask for.
const FIRST_ROUND: usize = 32;
const NEXT_ROUNDS: usize = 8;
/// Proposals that one page looks at: an agent who sees a few of many conversations gets a short page and goes on.
const LOOKED_AT: usize = 4_000;
/// Bytes of messages that are looked through at once: about a millisecond's work.
const AT_ONCE: usize = 64 << 10;
/// So many events behind, the index is said to be catching up; less is a matter of moments.
const CATCHING_UP: i64 = 2_000;

/// What a document is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Message,
    Contact,
}

/// Bits of a document's number that are its place: the event's for a message, the contact's own number for a contact.
const PLACE_BITS: u32 = 40;

/// A number of an organisation's documents of one kind: `number` counts organisations. Documents of one organisation and kind
/// thus lie together, in the order of their places.
pub(crate) fn docid(number: i64, kind: Kind, place: i64) -> i64 {
    let kind = match kind {
        Kind::Message => 0,
        Kind::Contact => 1,
    };
    ((number << 1 | kind) << PLACE_BITS) | (place & ((1 << PLACE_BITS) - 1))
}

/// The place in a document's number.
pub(crate) fn place(docid: i64) -> i64 {
    docid & ((1 << PLACE_BITS) - 1)
}

row! {
    /// Where the index stands in an organisation's ledger.
    struct Standing {
        last_event_seq: i64,
        last_contact_number: i64,
        number: Option<i64>,
        event_seq: Option<i64>,
    }
}

/// Which page of what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The first one, of contacts and of messages.
    First,
    /// Contacts before this place.
    Contacts(i64),
    /// Messages before this place.
    Messages(i64),
}

impl Page {
    fn before(self) -> Option<i64> {
        match self {
            Self::First => None,
            Self::Contacts(place) | Self::Messages(place) => Some(place),
        }
    }
}

/// Before which places the next pages begin; `None` where there is no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Next {
    /// For [`Page::Contacts`].
    pub contacts: Option<i64>,
    /// For [`Page::Messages`].
    pub messages: Option<i64>,
}

/// Searches what the agent may see: contacts by name or number, and messages, the newest first. `limit` is for messages.
pub async fn find(
    readers: &Readers,
    viewer: Viewer,
    question: &Question,
    page: Page,
    limit: u16,
) -> Result<(SearchResults, Next), StoreError> {
    let standing = standing(readers, viewer).await?;
    let behind = standing.last_event_seq - standing.event_seq.unwrap_or_default();
    let mut results = SearchResults { catching_up: behind > CATCHING_UP, ..SearchResults::default() };
    let mut next = Next::default();
    // Nothing of this organisation has been indexed yet.
    let Some(number) = standing.number else { return Ok((results, next)) };
    if matches!(page, Page::First | Page::Contacts(_)) {
        let asked = Asked::of(question, number, Kind::Contact, standing.last_contact_number);
        (results.contacts, next.contacts) = contacts::page(readers, viewer, question, &asked, page.before()).await?;
    }
    if matches!(page, Page::First | Page::Messages(_)) {
        let limit = usize::from(limit.clamp(1, limits::SEARCH_PAGE_MAX));
        let asked = Asked::of(question, number, Kind::Message, standing.last_event_seq);
        let read = async |docids: Vec<i64>, room| {
            looked_through(message_rows(readers, viewer, &docids, room).await?, question).await
        };
        (results.messages, next.messages) = confirmed(readers, &asked, page.before(), limit, read).await?;
    }
    Ok((results, next))
}

async fn standing(readers: &Readers, viewer: Viewer) -> Result<Standing, StoreError> {
    let statement = Statement::from_sql_and_values(
        readers.get_database_backend(),
        "SELECT o.last_event_seq, o.last_contact_number, p.number, p.event_seq
         FROM organisation AS o LEFT JOIN search_progress AS p ON p.org_id = o.id WHERE o.id = $1",
        [viewer.org_id.0.into()],
    );
    readers.rows(statement).await?.into_iter().next().ok_or(StoreError::NotFound)
}

/// A page of hits, newest first, and before which place the next one begins. `read` confirms what the index proposes: it is
/// given documents and the most that there are in this round, and answers the hits among them, newest first.
async fn confirmed<T>(
    readers: &Readers,
    asked: &Asked,
    before: Option<i64>,
    limit: usize,
    read: impl AsyncFn(Vec<i64>, usize) -> Result<Vec<(i64, T)>, StoreError>,
) -> Result<(Vec<T>, Option<i64>), StoreError> {
    let mut hits: Vec<(i64, T)> = Vec::with_capacity(limit + 1);
    let (mut below, mut round, mut looked_at) = (before, FIRST_ROUND, 0);
    let mut next = loop {
        let Matches { docids, next, tired } = matches(readers, asked, below, round).await?;
        looked_at += docids.len();
        hits.extend(read(docids, round).await?);
        match next {
            Some(place) if hits.len() <= limit && looked_at < LOOKED_AT && !tired => below = Some(place),
            next => break next,
        }
        round = (round * NEXT_ROUNDS).min(LOOKED_AT / 4);
    };
    if hits.len() > limit {
        hits.truncate(limit);
        next = hits.last().map(|(docid, _)| place(*docid));
    }
    Ok((hits.into_iter().map(|(_, hit)| hit).collect(), next))
}

/// The hits among these messages. Long texts are looked through apart from the thread that asks, on which sockets wait too.
async fn looked_through(rows: Vec<MessageRow>, question: &Question) -> Result<Vec<(i64, MessageHit)>, StoreError> {
    let hits = |rows: Vec<MessageRow>, question: &Question| {
        rows.into_iter().filter_map(|row| row.hit(question).transpose()).collect()
    };
    if rows.iter().map(|row| row.content.len()).sum::<usize>() <= AT_ONCE {
        return hits(rows, question);
    }
    let question = question.clone();
    // It ends early only when the server does.
    tokio::task::spawn_blocking(move || hits(rows, &question)).await.unwrap_or(Err(StoreError::Interrupted))
}

row! {
    /// A message with its conversation's contact.
    struct MessageRow {
        docid: i64,
        conversation_id: ConversationId,
        channel_id: ChannelId,
        contact_id: ContactId,
        contact_number: i64,
        contact_name: Option<String>,
        contact_version: i64,
        contact_tags: String,
        message_id: MessageId,
        seq: i64,
        author_kind: String,
        author_id: Option<AgentId>,
        author_name: Option<String>,
        content: String,
        said_at: Timestamp,
    }
}

impl MessageRow {
    /// The hit with its document; `None` when the text has not what the index proposed.
    fn hit(self, question: &Question) -> Result<Option<(i64, MessageHit)>, StoreError> {
        let content: Content = sql::from_json(&self.content, "message.content")?;
        let Some(text) = text_of(&content) else { return Ok(None) };
        let Some(places) = question.find(text) else { return Ok(None) };
        let shown = snippet(text, &places);
        let hit = MessageHit {
            conversation_id: self.conversation_id,
            channel_id: self.channel_id,
            contact: summary(
                (self.contact_id, self.contact_number),
                self.contact_name,
                self.contact_version,
                &self.contact_tags,
            )?,
            message_id: self.message_id,
            seq: self.seq,
            author: author_from(&self.author_kind, self.author_id, self.author_name)?,
            created_at: self.said_at,
            snippet: shown.text,
            highlights: highlights(&shown.places),
        };
        Ok(Some((self.docid, hit)))
    }
}

/// What of a message is searched: its text, or the name of its file.
pub(crate) fn text_of(content: &Content) -> Option<&str> {
    match content {
        Content::Text { text } | Content::Reply { text, .. } => Some(text),
        Content::Image { attachment } | Content::Video { attachment } | Content::File { attachment } => {
            Some(&attachment.name)
        }
        Content::Recalled {} => None,
    }
}

/// A contact who is found: those on the blacklist are not.
fn summary(
    (id, number): (ContactId, i64),
    name: Option<String>,
    version: i64,
    tags: &str,
) -> Result<ContactSummary, StoreError> {
    Ok(ContactSummary { id, number, name, blocked: false, version, tag_ids: tags::read(tags)? })
}

/// What of a contact is searched: the name, and the number by which a nameless one is shown.
pub(crate) fn text_of_contact(name: Option<&str>, number: i64) -> String {
    format!("{} {number}", name.unwrap_or_default())
}

/// The same with what agents noted, by which the list of contacts finds them. Whoever may not see a phone number is found nobody by it:
/// `phone` is theirs to leave out.
pub(crate) fn details_of_contact(name: Option<&str>, number: i64, phone: Option<&str>, remark: Option<&str>) -> String {
    let phone = phone.unwrap_or_default();
    // However it was written, it is also found by its digits alone.
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    format!("{} {phone} {digits} {}", text_of_contact(name, number), remark.unwrap_or_default())
}

fn highlights(places: &[Range<usize>]) -> Vec<Highlight> {
    let character = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    places.iter().map(|place| Highlight { start: character(place.start), end: character(place.end) }).collect()
}

/// The messages of these documents that the agent may see, newest first.
async fn message_rows(
    readers: &Readers,
    viewer: Viewer,
    docids: &[i64],
    room: usize,
) -> Result<Vec<MessageRow>, StoreError> {
    if docids.is_empty() {
        return Ok(Vec::new());
    }
    let select = of_messages(viewer, padded(docids, room));
    let mut rows: Vec<MessageRow> = readers.rows(by_documents(&select, readers.get_database_backend())).await?;
    rows.sort_unstable_by_key(|row| Reverse(row.docid));
    Ok(rows)
}

/// The select as a statement that begins with the documents. SQLite plans without statistics and takes an organisation for ten
/// conversations: it would rather walk all of them than look up a page of documents, so it may not use that index here.
pub(crate) fn by_documents(select: &Select<conversation::Entity>, backend: DbBackend) -> Statement {
    let statement = select.build(backend);
    if backend == DbBackend::Postgres {
        return statement;
    }
    let of_organisation = "\"conversation\".\"org_id\" = ";
    Statement { sql: statement.sql.replace(of_organisation, &format!("+{of_organisation}")), ..statement }
}

/// Ids in a list of one length, so that questions of one kind are one text.
pub(crate) fn padded(docids: &[i64], room: usize) -> Vec<i64> {
    let missing = room.saturating_sub(docids.len());
    docids.iter().copied().chain(std::iter::repeat_n(-1, missing)).collect()
}

/// The messages of these documents, as a select. In no order: asked for one, SQLite may walk all conversations in it.
pub(crate) fn of_messages(viewer: Viewer, docids: Vec<i64>) -> Select<conversation::Entity> {
    let conversations: RelationDef = message::Entity::belongs_to(conversation::Entity)
        .from(message::Column::ConversationId)
        .to(conversation::Column::Id)
        .into();
    with_contact(visible(viewer))
        .join(JoinType::InnerJoin, conversations.rev())
        .join(JoinType::InnerJoin, search_document::Relation::Message.def().rev())
        .filter(search_document::Column::Docid.is_in(docids))
        // What was cleared is gone before its rows are.
        .filter(
            Expr::col((message::Entity, message::Column::Seq))
                .gt(Expr::col((conversation::Entity, conversation::Column::ClearedSeq))),
        )
        .column(search_document::Column::Docid)
        .column_as(message::Column::Id, "message_id")
        .columns([
            message::Column::Seq,
            message::Column::AuthorKind,
            message::Column::AuthorId,
            message::Column::AuthorName,
            message::Column::Content,
        ])
        .column_as(message::Column::CreatedAt, "said_at")
}

fn with_contact(conversations: Select<conversation::Entity>) -> Select<conversation::Entity> {
    conversations
        .select_only()
        .column_as(conversation::Column::Id, "conversation_id")
        .column(conversation::Column::ChannelId)
        .column_as(conversation::Column::PersonId, "contact_id")
        .join(JoinType::InnerJoin, conversation::Relation::Contact.def())
        .column_as(contact::Column::Number, "contact_number")
        .column_as(contact::Column::Name, "contact_name")
        .column_as(contact::Column::Version, "contact_version")
        .column_as(contact::Column::Tags, "contact_tags")
        // Whoever is on the blacklist is in no list.
        .filter(conversation::Column::Blocked.eq(false))
}
