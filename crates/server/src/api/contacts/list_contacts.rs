//! `GET /api/v1/contacts`.

use crate::api::paging::{Limit, open_cursor, seal_cursor};
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::extract::ValidQuery;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use rules::masking::listed_contact_for;
use serde::Deserialize;
use store::contact_list::{self, Listed};
use types::contact_list::{ContactFilter, ContactSort, ListedContact};
use types::id::{ChannelId, TagId};
use types::page::Page;
use types::validate::Validate;

/// What to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListContacts {
    /// `next_cursor` of the page before; absent for the first.
    cursor: Option<String>,
    /// How many, from 1 to 100; 50 when absent.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 100)]
    limit: Limit,
    /// Only those of this channel.
    channel_id: Option<ChannelId>,
    /// Words, numbers or Chinese words of any length, 1 to 100 characters: only those who have all of it in their name, number, phone or
    /// remark. By a phone number whoever may not see it finds nobody.
    #[param(
        min_length = 1,
        max_length = 100,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    q: Option<String>,
    /// Only those with this tag.
    tag_id: Option<TagId>,
    /// Only those on the blacklist, or only those who are not.
    blocked: Option<bool>,
    /// What the list is ordered by; the number when absent.
    #[serde(default)]
    #[param(value_type = Option<ContactSort>, inline)]
    sort: ContactSort,
    /// The other way round.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    descending: bool,
}

/// Lists the contacts whose conversations the caller sees. A page looks at a bounded part of the list: it may be short, or empty, and
/// still not be the last one.
#[utoipa::path(
    tag = "contacts",
    security(("agent" = [])),
    params(ListContacts),
    responses((status = 200, description = "A page of contacts.", body = Page<ListedContact>)),
)]
#[get("/api/v1/contacts")]
pub(crate) async fn list_contacts(
    state: Data<AppState>,
    agent: AnyAgent,
    ValidQuery(query): ValidQuery<ListContacts>,
) -> ApiResult<Json<Page<ListedContact>>> {
    let ListContacts { cursor, limit, channel_id, q, tag_id, blocked, sort, descending } = query;
    let filter = ContactFilter { channel_id, q, tag_id, blocked };
    let faults = filter.validate();
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let (listed, viewer) = (Listed { filter, sort, descending }, agent.viewer());
    let (key, list) = (&state.keys.cursor, format!("contacts {listed:?}"));
    let after = open_cursor(key, &list, cursor.as_deref())?;
    let length = usize::from(limit.items()?);
    let (found, next) = contact_list::page(state.db.reader(), viewer, &listed, after, length).await?;
    let items = found.into_iter().map(|listed| listed_contact_for(viewer.sees_details, listed)).collect();
    Ok(Json(Page { items, next_cursor: next.map(|place| seal_cursor(key, &list, &place.to_string())) }))
}
