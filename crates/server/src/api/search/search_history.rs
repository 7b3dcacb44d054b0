//! `GET /api/v1/search`.

use crate::api::paging::{Limit, open_cursor, seal_cursor};
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::extract::ValidQuery;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use rules::search::Question;
use serde::Deserialize;
use store::search;
use types::error::FieldCode;
use types::limits::{SEARCH_PAGE_DEFAULT, SEARCH_PAGE_MAX};
use types::search::{SearchResults, check_text};

/// What to look for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchHistory {
    /// Words, numbers or Chinese words of any length, 1 to 100 characters. Everything must be there, in any order; what is
    /// written without a space must stand together. Words and numbers are found by their beginnings, longer numbers also by
    /// their last four digits.
    #[param(
        min_length = 1,
        max_length = 100,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    q: String,
    /// `next_cursor` of the page before, for a page of messages alone. With neither cursor, the first page of both.
    cursor: Option<String>,
    /// `next_contacts_cursor` of the page before, for a page of contacts alone. Not together with `cursor`.
    contacts_cursor: Option<String>,
    /// How many messages, from 1 to 50; 20 when absent.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 50)]
    limit: Option<Limit>,
}

/// Searches what the caller sees: contacts by name or number, and messages by what they say.
#[utoipa::path(
    tag = "search",
    security(("agent" = [])),
    params(SearchHistory),
    responses((status = 200, description = "What was found.", body = SearchResults)),
)]
#[get("/api/v1/search")]
pub(crate) async fn search_history(
    state: Data<AppState>,
    agent: AnyAgent,
    ValidQuery(query): ValidQuery<SearchHistory>,
) -> ApiResult<Json<SearchResults>> {
    let errors = check_text("q", &query.q);
    if !errors.is_empty() {
        return Err(ApiError::invalid(errors));
    }
    let limit = query.limit.map_or(Ok(SEARCH_PAGE_DEFAULT), |limit| limit.up_to(SEARCH_PAGE_MAX))?;
    let (key, q) = (&state.keys.cursor, &query.q);
    let (messages, contacts) = (format!("search {q}"), format!("contacts in search {q}"));
    let before = open_cursor(key, &messages, query.cursor.as_deref())?;
    let page = match (before, open_cursor(key, &contacts, query.contacts_cursor.as_deref())?) {
        (None, None) => search::Page::First,
        (Some(place), None) => search::Page::Messages(place),
        (None, Some(place)) => search::Page::Contacts(place),
        (Some(_), Some(_)) => {
            return Err(ApiError::field("contacts_cursor", FieldCode::InvalidFormat, "must not come with cursor"));
        }
    };
    // Signs alone are no mistake, but nothing has them to be found by.
    let Some(question) = Question::read(q) else { return Ok(Json(SearchResults::default())) };
    let (mut found, next) = search::find(state.db.reader(), agent.viewer(), &question, page, limit).await?;
    let sealed = |list: &str, place: Option<i64>| place.map(|place| seal_cursor(key, list, &place.to_string()));
    (found.next_cursor, found.next_contacts_cursor) =
        (sealed(&messages, next.messages), sealed(&contacts, next.contacts));
    Ok(Json(found))
}
