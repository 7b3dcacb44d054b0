//! The list of contacts: pages in any of its orders, each a bounded walk.
//!
//! Whoever sees all walks down the index of the order. What is known to be few (the proposals of a search, the contacts of a tag, an
//! agent's own, the blacklist) is found first and sorted. **Invariant**: a page looks at a bounded number of contacts, and what each of
//! them is asked beyond that is asked here of its row, so that no filter makes a page walk through a million of them; a page may be
//! short, or empty, and still not be the last one.

mod place;

pub use place::ContactPlace;
pub(crate) use place::name_key;

use crate::direct::row;
use crate::error::StoreError;
use crate::queries::contacts;
use crate::queries::members::take_part;
use crate::queries::tags::{self, Spread};
use crate::readers::Readers;
use crate::scope::Viewer;
use crate::search::{details_of_contact, padded, proposed};
use crate::sql;
use crate::tables::{channel, contact, conversation, conversation_member, search_document};
use place::Key;
use rules::search::Question;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr, UnionType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, JoinType, Order, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    Select,
};
use std::collections::HashSet;
use std::sync::Arc;
use types::contact_list::{ContactFilter, ContactSort, ListedContact};
use types::contacts::ContactSummary;
use types::id::{ChannelId, ContactId, ConversationId, TagId};
use types::time::Timestamp;

/// Contacts that one page looks at.
const LOOKED_AT: usize = 5_000;
/// Contacts that are read at once, where many are looked at.
const AT_ONCE: usize = 1_000;
/// Bytes of names and remarks that are searched at once: about a millisecond's work.
const SEARCHED_AT_ONCE: usize = 64 << 10;
/// The blacklist is sorted up to this length; where it is longer, one meets them often enough on the way down the list.
const NARROW: u64 = 5_000;

/// Which contacts, in which order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// Which.
    pub filter: ContactFilter,
    /// In which order.
    pub sort: ContactSort,
    /// The other way round.
    pub descending: bool,
}

row! {
    /// A contact of the list with their conversation.
    struct ContactRow {
        id: ContactId,
        number: i64,
        channel_id: ChannelId,
        name: Option<String>,
        phone: Option<String>,
        remark: Option<String>,
        region: Option<String>,
        first_seen_at: Timestamp,
        last_seen_at: Timestamp,
        version: i64,
        blocked_at: Option<Timestamp>,
        tags: String,
        conversation_id: Option<ConversationId>,
        last_activity_at: Option<Timestamp>,
    }
}

impl TryFrom<ContactRow> for ListedContact {
    type Error = StoreError;

    fn try_from(row: ContactRow) -> Result<Self, StoreError> {
        Ok(Self {
            contact: ContactSummary {
                id: row.id,
                number: row.number,
                name: row.name,
                blocked: row.blocked_at.is_some(),
                version: row.version,
                tag_ids: tags::read(&row.tags)?,
            },
            channel_id: row.channel_id,
            conversation_id: row.conversation_id,
            phone: row.phone,
            remark: row.remark,
            region: row.region,
            first_seen_at: row.first_seen_at,
            last_seen_at: row.last_seen_at,
            masked: Vec::new(),
        })
    }
}

/// Where a page finds its contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// On the way down the list, of this channel or of all.
    Walking(Option<ChannelId>),
    /// Among what a search proposes.
    Proposed(Vec<i64>),
    /// Among those with a tag.
    Tagged(TagId),
    /// Among the agent's own.
    Own,
    /// On the blacklist.
    Blocked,
}

/// What is asked of each contact that a page meets.
struct Asked {
    channels: HashSet<ChannelId>,
    tag: Option<String>,
    blocked: Option<bool>,
    question: Option<Question>,
    sees_details: bool,
}

impl Asked {
    fn holds(&self, row: &ContactRow) -> bool {
        let is_named = |question: &Question| {
            let phone = row.phone.as_deref().filter(|_| self.sees_details);
            question.find(&details_of_contact(row.name.as_deref(), row.number, phone, row.remark.as_deref())).is_some()
        };
        self.channels.contains(&row.channel_id)
            && self.blocked.is_none_or(|blocked| blocked == row.blocked_at.is_some())
            && self.tag.as_ref().is_none_or(|tag| row.tags.contains(tag))
            && self.question.as_ref().is_none_or(is_named)
    }
}

/// A page of the contacts whose conversations the agent may see, and behind which place the next one begins. Whoever sees all sees those
/// too whose conversation was deleted. With everything known, whoever asks: what is masked, the caller masks.
pub async fn page(
    readers: &Readers,
    viewer: Viewer,
    listed: &Listed,
    after: Option<ContactPlace>,
    limit: usize,
) -> Result<(Vec<ListedContact>, Option<ContactPlace>), StoreError> {
    let Some((found, asked)) = begin(readers, viewer, &listed.filter).await? else { return Ok((Vec::new(), None)) };
    let asked = Arc::new(asked);
    let (mut items, mut place, mut looked_at) = (Vec::<ListedContact>::with_capacity(limit), after, 0_usize);
    let mut met: Option<(ContactId, Option<Timestamp>)> = None;
    let mut at_once = if matches!(found, Found::Walking(_)) { limit.saturating_add(1) } else { AT_ONCE };
    loop {
        let rows = next_rows(readers, viewer, &found, listed, place.as_ref(), at_once).await?;
        let is_end = rows.len() < at_once;
        looked_at = looked_at.saturating_add(rows.len());
        for (row, holds) in sifted(rows, &asked).await? {
            // Into whom others were merged has several conversations, one behind the other; the one in which something was said last counts.
            if let Some((id, newest)) = met.filter(|(id, _)| *id == row.id) {
                if row.last_activity_at > newest {
                    met = Some((id, row.last_activity_at));
                    if let Some(item) = items.last_mut().filter(|item| item.contact.id == id) {
                        item.conversation_id = row.conversation_id;
                    }
                }
                continue;
            }
            met = Some((row.id, row.last_activity_at));
            if holds && items.len() >= limit {
                return Ok((items, place));
            }
            place = Some(ContactPlace::of(&row, listed.sort));
            if holds {
                items.push(row.try_into()?);
            }
        }
        if is_end {
            return Ok((items, None));
        }
        // What is read next is behind the last one, whose other conversations may be among it.
        let cut = items.last_mut().filter(|item| met.is_some_and(|(id, _)| id == item.contact.id));
        if let Some(item) = cut {
            let newest = contacts::conversation_of(readers, viewer, item.contact.id).await?;
            item.conversation_id = newest.map(|row| row.id).or(item.conversation_id);
        }
        if looked_at >= LOOKED_AT {
            return Ok((items, place));
        }
        at_once = at_once.saturating_mul(4).min(AT_ONCE);
    }
}

/// A stretch of the list.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Behind<'a> {
    /// From the beginning.
    Nothing,
    /// Behind a place, as far as what the list is ordered by is the same.
    Equal(&'a ContactPlace),
    /// Behind all that.
    Beyond(&'a ContactPlace),
}

/// At most so many contacts behind a place. Those that are equal to it are asked for by themselves: a million nameless stand at one place
/// of the order by name, and a condition that only leaves out the earlier of them would walk through these for every page.
async fn next_rows(
    readers: &Readers,
    viewer: Viewer,
    found: &Found,
    listed: &Listed,
    place: Option<&ContactPlace>,
    most: usize,
) -> Result<Vec<ContactRow>, StoreError> {
    let backend = readers.get_database_backend();
    let length = u64::try_from(most).unwrap_or(u64::MAX);
    let asked = |behind| sql::limited(&stretch(viewer, found, listed, behind, backend), length, backend);
    let Some(place) = place else { return Ok(readers.rows(asked(Behind::Nothing)).await?) };
    let mut rows: Vec<ContactRow> = match place.key {
        Some(_) => readers.rows(asked(Behind::Equal(place))).await?,
        None => Vec::new(),
    };
    let room = most.saturating_sub(rows.len());
    if room > 0 {
        let beyond: Vec<ContactRow> = readers.rows(asked(Behind::Beyond(place))).await?;
        rows.extend(beyond.into_iter().take(room));
    }
    Ok(rows)
}

/// Where the contacts are found, and what each of them is asked; `None` when there cannot be any.
async fn begin(
    readers: &Readers,
    viewer: Viewer,
    filter: &ContactFilter,
) -> Result<Option<(Found, Asked)>, StoreError> {
    let alive: Vec<ChannelId> = viewer
        .scope()
        .find::<channel::Entity>()
        .filter(channel::Column::DeletedAt.is_null())
        .select_only()
        .column(channel::Column::Id)
        .into_tuple()
        .all(readers)
        .await?;
    let channels: HashSet<ChannelId> =
        alive.into_iter().filter(|id| filter.channel_id.is_none_or(|only| only == *id)).collect();
    let spread = match filter.tag_id {
        Some(tag_id) => Some((tag_id, tags::spread(readers, viewer.scope(), tag_id).await?)),
        None => None,
    };
    let question = filter.q.as_deref().map(Question::read);
    // Signs alone are no mistake, but nothing has them to be found by.
    if channels.is_empty() || matches!(spread, Some((_, Spread::Gone))) || question == Some(None) {
        return Ok(None);
    }
    let question = question.flatten();
    let few = match &question {
        Some(question) => proposed(readers, viewer, question).await?,
        None => None,
    };
    let found = match (few, spread) {
        (Some(documents), _) => Found::Proposed(documents),
        (None, Some((tag_id, Spread::Narrow))) => Found::Tagged(tag_id),
        _ if !viewer.sees_all => Found::Own,
        _ if filter.blocked == Some(true) && is_blacklist_short(readers, viewer).await? => Found::Blocked,
        _ => Found::Walking(filter.channel_id),
    };
    let tag = filter.tag_id.map(|tag_id| tags::written(&[tag_id]));
    let asked = Asked { channels, tag, blocked: filter.blocked, question, sees_details: viewer.sees_details };
    Ok(Some((found, asked)))
}

async fn is_blacklist_short(readers: &Readers, viewer: Viewer) -> Result<bool, StoreError> {
    let blocked = viewer.scope().find::<contact::Entity>().filter(contact::Column::BlockedAt.is_not_null());
    let beyond = blocked.select_only().column(contact::Column::Id).offset(NARROW).limit(1);
    Ok(beyond.into_tuple::<ContactId>().one(readers).await?.is_none())
}

/// The contacts, each with whether it is what is looked for. Long texts are searched apart from the thread that asks, on which sockets
/// wait too.
async fn sifted(rows: Vec<ContactRow>, asked: &Arc<Asked>) -> Result<Vec<(ContactRow, bool)>, StoreError> {
    let sift = |rows: Vec<ContactRow>, asked: &Asked| -> Vec<(ContactRow, bool)> {
        let each = rows.into_iter().map(|row| {
            let holds = asked.holds(&row);
            (row, holds)
        });
        each.collect()
    };
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let bytes: usize = rows.iter().map(|row| length(&row.name) + length(&row.remark)).sum();
    if asked.question.is_none() || bytes <= SEARCHED_AT_ONCE {
        return Ok(sift(rows, asked));
    }
    let asked = Arc::clone(asked);
    // It ends early only when the server does.
    tokio::task::spawn_blocking(move || sift(rows, &asked)).await.map_err(|_ended| StoreError::Interrupted)
}

/// A stretch of the list, without its length.
pub(crate) fn stretch(
    viewer: Viewer,
    found: &Found,
    listed: &Listed,
    behind: Behind<'_>,
    backend: DbBackend,
) -> Select<contact::Entity> {
    let scope = viewer.scope();
    let select = match found {
        Found::Walking(None) => scope.find::<contact::Entity>(),
        Found::Walking(Some(channel_id)) => {
            scope.find::<contact::Entity>().filter(contact::Column::ChannelId.eq(*channel_id))
        }
        few => scope.find_by_keys::<contact::Entity>().filter(few_of(viewer, few)),
    };
    let joined = if viewer.sees_all {
        select.join(JoinType::LeftJoin, contact::Relation::Conversation.def())
    } else {
        select.join(JoinType::InnerJoin, contact::Relation::Conversation.def()).filter(take_part(viewer))
    };
    let columns = [
        contact::Column::Id,
        contact::Column::Number,
        contact::Column::ChannelId,
        contact::Column::Name,
        contact::Column::Phone,
        contact::Column::Remark,
        contact::Column::Region,
        contact::Column::FirstSeenAt,
        contact::Column::LastSeenAt,
        contact::Column::Version,
        contact::Column::BlockedAt,
        contact::Column::Tags,
    ];
    let joined = joined.filter(contact::Column::MergedInto.is_null());
    let shown = joined.select_only().columns(columns).column_as(conversation::Column::Id, "conversation_id");
    let shown = shown.column(conversation::Column::LastActivityAt);
    ordered(shown, listed, behind, backend)
}

/// The condition of those that are found first, and sorted.
fn few_of(viewer: Viewer, found: &Found) -> SimpleExpr {
    let id = Expr::col((contact::Entity, contact::Column::Id));
    match found {
        Found::Proposed(documents) => id.in_subquery(
            Query::select()
                .column(search_document::Column::ContactId)
                .from(search_document::Entity)
                // Of few lengths, so that questions of one kind are few texts.
                .and_where(
                    Expr::col(search_document::Column::Docid)
                        .is_in(padded(documents, documents.len().next_power_of_two())),
                )
                .to_owned(),
        ),
        Found::Tagged(tag_id) => id.in_subquery(tags::contacts_of(viewer.scope(), *tag_id)),
        Found::Blocked => id.in_subquery(
            Query::select()
                .column(contact::Column::Id)
                .from(contact::Entity)
                .and_where(Expr::col(contact::Column::OrgId).eq(viewer.org_id))
                .and_where(Expr::col(contact::Column::BlockedAt).is_not_null())
                .to_owned(),
        ),
        // In one: of two that exclude each other PostgreSQL would look each contact up in both.
        Found::Own | Found::Walking(_) => {
            id.in_subquery(assigned(viewer).union(UnionType::All, joined(viewer)).to_owned())
        }
    }
}

/// What contacts stand by in the order of their names, as the index has it.
pub(crate) fn named(backend: DbBackend) -> SimpleExpr {
    Expr::cust(match backend {
        DbBackend::Postgres => r#"coalesce('a' || lower("contact"."name" COLLATE "C"), 'z')"#,
        _ => r#"coalesce('a' || lower("contact"."name"), 'z')"#,
    })
}

fn assigned(viewer: Viewer) -> SelectStatement {
    Query::select()
        .column(conversation::Column::PersonId)
        .from(conversation::Entity)
        .and_where(Expr::col(conversation::Column::OrgId).eq(viewer.org_id))
        .and_where(Expr::col(conversation::Column::AssigneeId).eq(viewer.agent_id))
        .to_owned()
}

fn joined(viewer: Viewer) -> SelectStatement {
    let of = |column| Expr::col((conversation_member::Entity, column));
    Query::select()
        .column((conversation::Entity, conversation::Column::PersonId))
        .from(conversation_member::Entity)
        .inner_join(
            conversation::Entity,
            of(conversation_member::Column::ConversationId)
                .eq(Expr::col((conversation::Entity, conversation::Column::Id))),
        )
        .and_where(of(conversation_member::Column::OrgId).eq(viewer.org_id))
        .and_where(of(conversation_member::Column::AgentId).eq(viewer.agent_id))
        .to_owned()
}

/// The order, and the stretch. Each condition bounds the walk of the index.
fn ordered(
    select: Select<contact::Entity>,
    listed: &Listed,
    behind: Behind<'_>,
    backend: DbBackend,
) -> Select<contact::Entity> {
    let order = if listed.descending { Order::Desc } else { Order::Asc };
    let beyond = |column: SimpleExpr, value: SimpleExpr| match listed.descending {
        true => column.lt(value),
        false => column.gt(value),
    };
    let number = || Expr::col((contact::Entity, contact::Column::Number));
    let key = match listed.sort {
        ContactSort::Number => None,
        ContactSort::LastSeen => Some(Expr::col((contact::Entity, contact::Column::LastSeenAt))),
        ContactSort::Name => Some(named(backend)),
    };
    let mut select = select;
    // What is equal in the key is in the number's order.
    if let Some(key) = key.as_ref().filter(|_| !matches!(behind, Behind::Equal(_))) {
        select = select.order_by(key.clone(), order.clone());
    }
    select = select.order_by(number(), order);
    let value = |place: &ContactPlace| match &place.key {
        Some(Key::Seen(at)) => Some(Expr::val(at.0)),
        Some(Key::Name(name)) => Some(Expr::val(name.as_str())),
        None => None,
    };
    match behind {
        Behind::Nothing => select,
        Behind::Equal(place) => {
            let select = select.filter(beyond(number(), Expr::val(place.number)));
            match (key, value(place)) {
                (Some(key), Some(at)) => select.filter(key.eq(at)),
                _ => select,
            }
        }
        Behind::Beyond(place) => select.filter(match (key, value(place)) {
            (Some(key), Some(at)) => beyond(key, at),
            _ => beyond(number(), Expr::val(place.number)),
        }),
    }
}
