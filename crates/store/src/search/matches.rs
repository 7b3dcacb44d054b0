//! What the index proposes, newest first.
//!
//! SQLite's index yields its rows in the order of their numbers, from any place backwards: one question answers. PostgreSQL's
//! yields them in no order, so a word that stands in every other message would be fetched from everywhere and sorted. There
//! the newest stretch is walked first, in which a frequent word is soon found, and a little further where what was found there
//! promises the rest; a word that is rare there is asked of the index, up to a bound; one that is frequent all the same is
//! looked for in ever longer stretches.

use crate::direct::row;
use crate::error::StoreError;
use crate::readers::Readers;
use crate::search::{Kind, PLACE_BITS, docid, place};
use rules::search::Question;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// Events that PostgreSQL walks before it asks the index, and how many it walks when a word proves frequent.
const WALKED_FIRST: i64 = 1_500;
const WALKED_THEN: [i64; 3] = [12_000, 60_000, 240_000];
/// Documents of a word that PostgreSQL fetches to sort them.
const SORTED_MAX: usize = 4_000;

/// Contacts that are sorted whenever a page of their list is asked for: looking up each costs some ten microseconds.
const FEW: usize = 2_000;

/// A question to the index.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The terms, spelled for SQLite and for PostgreSQL.
    sqlite: String,
    postgres: String,
    /// The documents in question: from the first to before the second.
    from: i64,
    to: i64,
}

impl Asked {
    /// The documents of an organisation and kind, up to the newest place that there is.
    pub(crate) fn of(question: &Question, number: i64, kind: Kind, newest: i64) -> Self {
        let terms = question.terms();
        let each = |spell: fn(&str, bool) -> String| terms.iter().map(move |term| spell(&term.text, term.is_beginning));
        // Terms are letters and digits: nothing in them can end a quotation.
        let sqlite: Vec<String> = each(|text, open| format!("\"{text}\"{}", if open { "*" } else { "" })).collect();
        let ours = std::iter::once(format!("'{}'", scope_term(number, kind)));
        let postgres: Vec<String> =
            ours.chain(each(|text, open| format!("'{text}'{}", if open { ":*" } else { "" }))).collect();
        let from = docid(number, kind, 0);
        Self { sqlite: sqlite.join(" AND "), postgres: postgres.join(" & "), from, to: from + newest + 1 }
    }
}

impl Asked {
    /// The document at this place, where there may be one.
    pub(crate) fn document(&self, place: i64) -> Option<i64> {
        let docid = self.from.checked_add(place)?;
        (self.from < docid && docid < self.to).then_some(docid)
    }
}

/// A term that every document of an organisation and kind has on PostgreSQL: the index itself leaves out everybody else's.
pub(crate) fn scope_term(number: i64, kind: Kind) -> String {
    format!("#{}", docid(number, kind, 0) >> PLACE_BITS)
}

/// What the index proposes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Matches {
    /// The documents, newest first.
    pub(crate) docids: Vec<i64>,
    /// The place below which there may be more; `None` when there is no more.
    pub(crate) next: Option<i64>,
    /// So many documents were looked through for so few that it is enough for one page.
    pub(crate) tired: bool,
}

row! {
    struct Found {
        docid: i64,
    }
}

/// At most so many documents below a place that have all the terms.
pub(crate) async fn matches(
    readers: &Readers,
    asked: &Asked,
    below: Option<i64>,
    most: usize,
) -> Result<Matches, StoreError> {
    let to = below.map_or(asked.to, |place| asked.from + place);
    if readers.get_database_backend() != DbBackend::Postgres {
        let found = docids(readers, listed(asked, to, most)).await?;
        return Ok(cut(found, most, None));
    }
    // How far down everything has been looked at.
    let bottom = |walked: i64| (to - walked).max(asked.from);
    let mut found = docids(readers, walked(asked, bottom(WALKED_FIRST), to, most)).await?;
    if found.len() >= most {
        return Ok(cut(found, most, None));
    }
    let mut down_to = bottom(WALKED_FIRST);
    if let Some(walk) = promising(found.len(), most)
        && down_to > asked.from
    {
        let further = walked(asked, bottom(walk), down_to, most - found.len());
        found.extend(docids(readers, further).await?);
        if found.len() >= most {
            return Ok(cut(found, most, None));
        }
        down_to = bottom(walk);
    }
    if down_to == asked.from {
        return Ok(Matches { docids: found, next: None, tired: false });
    }
    let found = docids(readers, counted(asked, to)).await?;
    if found.len() <= SORTED_MAX {
        return Ok(cut(found, most, None));
    }
    let mut newest = Vec::new();
    for walk in WALKED_THEN {
        down_to = bottom(walk);
        newest = docids(readers, walked(asked, down_to, to, most)).await?;
        if newest.len() >= most {
            break;
        }
    }
    Ok(cut(newest, most, Some(down_to).filter(|down_to| *down_to > asked.from)))
}

/// All documents that have the terms, in no order, unless they are too many to be sorted.
pub(crate) async fn few(readers: &Readers, asked: &Asked) -> Result<Option<Vec<i64>>, StoreError> {
    let statement = match readers.get_database_backend() {
        DbBackend::Postgres => counted(asked, asked.to),
        _ => listed(asked, asked.to, FEW + 1),
    };
    let found = docids(readers, statement).await?;
    Ok(Some(found).filter(|found| found.len() <= FEW))
}

/// How far to walk for `most` when the first stretch had `found`, with half as much again; `None` where asking the index costs
/// less. It makes a map of every document with the word before it yields one: for a word of one message in fifty among a
/// million that took 17 to 24 ms of CPU (`bench/README.md`), and two thousand documents in order hold a page of it.
fn promising(found: usize, most: usize) -> Option<i64> {
    let (found, most) = (i64::try_from(found).ok()?, i64::try_from(most).ok()?);
    let walk = WALKED_FIRST.saturating_mul(most).checked_div(found)?.saturating_mul(3) / 2;
    (walk <= WALKED_THEN[0]).then_some(walk)
}

/// The first `most`, and where to go on: below the last one, or below where the looking ended.
fn cut(mut found: Vec<i64>, most: usize, looked_down_to: Option<i64>) -> Matches {
    let full = found.len() >= most;
    found.truncate(most);
    let next = if full { found.last().copied() } else { looked_down_to };
    Matches { docids: found, next: next.map(place), tired: !full && next.is_some() }
}

async fn docids(readers: &Readers, statement: Statement) -> Result<Vec<i64>, StoreError> {
    Ok(readers.rows::<Found>(statement).await?.into_iter().map(|row| row.docid).collect())
}

/// SQLite: newest first, as the index yields them.
pub(crate) fn listed(asked: &Asked, to: i64, most: usize) -> Statement {
    let sql = format!(
        "SELECT rowid AS docid FROM search_index
         WHERE search_index MATCH $1 AND rowid >= $2 AND rowid < $3 ORDER BY rowid DESC LIMIT {most}"
    );
    let values = [asked.sqlite.as_str().into(), asked.from.into(), to.into()];
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}

/// PostgreSQL: the newest documents, looked through one by one. The bound keeps the planner from asking the text index for all
/// that have the terms, and sorting them.
pub(crate) fn walked(asked: &Asked, from: i64, to: i64, most: usize) -> Statement {
    let longest = WALKED_THEN.iter().max().copied().unwrap_or(WALKED_FIRST);
    let sql = format!(
        "SELECT docid FROM (
             SELECT docid, terms FROM search_document
             WHERE docid >= $2 AND docid < $3 ORDER BY docid DESC LIMIT {longest}) AS newest
         WHERE terms @@ $1::tsquery LIMIT {most}"
    );
    let values = [asked.postgres.as_str().into(), from.into(), to.into()];
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

/// PostgreSQL: all that have the terms, in order, unless they are too many. Matched first and apart: with the order in sight
/// the planner may walk the primary key backwards, which takes seconds for a rare word; adding nothing to `docid` keeps it from
/// that index altogether.
pub(crate) fn counted(asked: &Asked, to: i64) -> Statement {
    let sql = format!(
        "WITH found AS MATERIALIZED (
             SELECT docid FROM search_document
             WHERE terms @@ $1::tsquery AND docid + 0 >= $2 AND docid + 0 < $3 LIMIT {})
         SELECT docid FROM found ORDER BY docid DESC",
        SORTED_MAX + 1
    );
    let values = [asked.postgres.as_str().into(), asked.from.into(), to.into()];
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

#[cfg(test)]
mod tests {
    use super::{WALKED_FIRST, promising};

    #[test]
    fn what_the_newest_have_says_how_far_to_walk() {
        assert_eq!(promising(30, 32), Some(2_400));
        assert_eq!(promising(6, 32), Some(12_000));
        assert_eq!(promising(5, 32), None, "the index is asked");
        assert_eq!(promising(0, 32), None);
        assert!(promising(31, 32).is_some_and(|walk| walk > WALKED_FIRST), "never what was walked already");
    }
}
