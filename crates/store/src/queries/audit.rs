//! The audit log: entries are added by the write that they tell of, and never changed.
//!
//! **Invariant**: a page looks at a bounded number of entries, down the index of one of the things that are asked for; everything else is
//! asked of each entry here. So no filter makes a page walk through all of a log of years: a page may be short, or empty, and still not be
//! the last one.

use crate::error::StoreError;
use crate::queries::place::Place;
use crate::readers::Readers;
use crate::scope::OrgScope;
use crate::sql;
use crate::tables::{agent, audit_entry};
use rules::search::Question;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set};
use types::audit::{AuditAction, AuditFilter, AuditToken};
use types::id::{AgentId, ApiTokenId, AuditId, OrgId};
use types::time::Timestamp;

/// Entries that one page looks at.
const LOOKED_AT: usize = 5_000;
/// Entries that are read at once, where many are looked at.
const AT_ONCE: usize = 1_000;

/// Where something was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The address.
    pub ip: Option<String>,
    /// What it was asked with.
    pub user_agent: Option<String>,
    /// The API token that it was asked by.
    pub token: Option<ByToken>,
}

/// The API token that something is asked by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByToken {
    /// The token.
    pub id: ApiTokenId,
    /// Its name.
    pub name: String,
    /// Who made it.
    pub maker_id: AgentId,
}

/// Who does something that is to be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auditor {
    /// The new entry's id: of entries of one time the later one has the greater.
    pub id: AuditId,
    /// The agent.
    pub agent_id: AgentId,
    /// Their name now.
    pub agent_name: String,
    /// Where they ask from.
    pub origin: Origin,
    /// The time.
    pub at: Timestamp,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// The entry.
    pub id: AuditId,
    /// Who did it.
    pub agent_id: AgentId,
    /// Their name at the time.
    pub agent_name: String,
    /// What was done.
    pub action: AuditAction,
    /// The API token that it was asked by.
    pub token: Option<AuditToken>,
    /// The address that it was asked from.
    pub ip: Option<String>,
    /// What it was asked with.
    pub user_agent: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

/// Adds an entry.
pub async fn add<C: ConnectionTrait>(
    conn: &C,
    org_id: OrgId,
    auditor: Auditor,
    action: &AuditAction,
) -> Result<(), StoreError> {
    let kind = action.kind();
    let token = match auditor.origin.token {
        Some(token) => Some(sql::to_json(&named(conn, OrgScope::new(org_id), token).await?)?),
        None => None,
    };
    let row = audit_entry::ActiveModel {
        id: Set(auditor.id),
        org_id: Set(org_id),
        agent_id: Set(auditor.agent_id),
        agent_name: Set(auditor.agent_name),
        payload: Set(sql::to_json(action)?),
        created_at: Set(auditor.at),
        action: Set(Some(kind.as_str().to_owned())),
        area: Set(Some(kind.group().as_str().to_owned())),
        subject_id: Set(action.subject().map(|subject| subject.id)),
        ip: Set(auditor.origin.ip),
        user_agent: Set(auditor.origin.user_agent.map(|text| sql::storable(&text))),
        token: Set(token),
    };
    audit_entry::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// A token with its maker's name as it is now; whoever was removed has kept theirs.
async fn named<C: ConnectionTrait>(conn: &C, scope: OrgScope, token: ByToken) -> Result<AuditToken, StoreError> {
    let ByToken { id, name, maker_id } = token;
    let maker = scope.find::<agent::Entity>().filter(agent::Column::Id.eq(maker_id)).one(conn).await?;
    Ok(AuditToken { id, name, maker_id, maker_name: maker.map(|maker| maker.name).unwrap_or_default() })
}

/// A page of the log, newest first, and behind which place the next one begins.
pub async fn page(
    readers: &Readers,
    scope: OrgScope,
    filter: &AuditFilter,
    after: Option<Place>,
    limit: usize,
) -> Result<(Vec<AuditRow>, Option<Place>), StoreError> {
    let question = filter.q.as_deref().map(Question::read);
    // Signs alone are no mistake, but nothing has them to be found by.
    if question == Some(None) {
        return Ok((Vec::new(), None));
    }
    let question = question.flatten();
    let (mut items, mut place, mut looked_at) = (Vec::with_capacity(limit), after, 0_usize);
    let mut at_once = limit.saturating_add(1);
    loop {
        let length = u64::try_from(at_once).unwrap_or(u64::MAX);
        let rows = stretch(scope, filter, place).limit(length).all(readers).await?;
        let is_end = rows.len() < at_once;
        looked_at = looked_at.saturating_add(rows.len());
        for row in rows {
            let at = Place { at: row.created_at, id: row.id.0 };
            let row = read(row)?;
            let holds = holds(&row, filter, question.as_ref());
            if holds && items.len() >= limit {
                return Ok((items, place));
            }
            place = Some(at);
            if holds {
                items.push(row);
            }
        }
        if is_end {
            return Ok((items, None));
        }
        if looked_at >= LOOKED_AT {
            return Ok((items, place));
        }
        at_once = at_once.saturating_mul(4).min(AT_ONCE);
    }
}

fn read(row: audit_entry::Model) -> Result<AuditRow, StoreError> {
    Ok(AuditRow {
        id: row.id,
        agent_id: row.agent_id,
        agent_name: row.agent_name,
        action: sql::from_json(&row.payload, "audit_entry.payload")?,
        token: row.token.as_deref().map(|text| sql::from_json(text, "audit_entry.token")).transpose()?,
        ip: row.ip,
        user_agent: row.user_agent,
        created_at: row.created_at,
    })
}

/// Whether an entry is one that is asked for.
fn holds(row: &AuditRow, filter: &AuditFilter, question: Option<&Question>) -> bool {
    let kind = row.action.kind();
    let subject = row.action.subject();
    filter.agent_id.is_none_or(|id| id == row.agent_id)
        && filter.action.is_none_or(|wanted| wanted == kind)
        && filter.group.is_none_or(|group| group == kind.group())
        && filter.subject_kind.is_none_or(|wanted| subject.as_ref().is_some_and(|subject| subject.kind == wanted))
        && filter.subject_id.is_none_or(|id| subject.as_ref().is_some_and(|subject| subject.id == id))
        && question.is_none_or(|question| {
            let names = rules::audit::names(&row.action);
            let token = row.token.as_ref().map(|token| format!("{}\n{}", token.name, token.maker_name));
            let text = format!("{}\n{}\n{}", row.agent_name, token.unwrap_or_default(), names.join("\n"));
            question.find(&text).is_some()
        })
}

/// A stretch of the log, without its length, down the index of what is asked for that fewest entries have.
pub(crate) fn stretch(scope: OrgScope, filter: &AuditFilter, behind: Option<Place>) -> Select<audit_entry::Entity> {
    use audit_entry::Column;
    let select = scope.find::<audit_entry::Entity>();
    let mut select = match filter {
        AuditFilter { subject_id: Some(id), .. } => select.filter(Column::SubjectId.eq(*id)),
        AuditFilter { action: Some(kind), .. } => select.filter(Column::Action.eq(kind.as_str())),
        AuditFilter { agent_id: Some(id), .. } => select.filter(Column::AgentId.eq(*id)),
        AuditFilter { group: Some(group), .. } => select.filter(Column::Area.eq(group.as_str())),
        _ => select,
    };
    if let Some(since) = filter.since {
        select = select.filter(Column::CreatedAt.gte(since));
    }
    // The narrower of the two: PostgreSQL walks down from the first bound that it is told.
    let from = behind.filter(|place| filter.before.is_none_or(|before| place.at < before));
    match (from, filter.before) {
        (Some(Place { at, id }), _) => {
            select = select
                .filter(Column::CreatedAt.lte(at))
                .filter(Condition::any().add(Column::CreatedAt.lt(at)).add(Column::Id.lt(AuditId(id))));
        }
        (None, Some(before)) => select = select.filter(Column::CreatedAt.lt(before)),
        (None, None) => {}
    }
    select.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id)
}
