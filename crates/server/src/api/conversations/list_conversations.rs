//! `GET /api/v1/conversations`.

use crate::api::paging::{Limit, open_cursor, seal_cursor};
use crate::auth::actor::AnyAgent;
use crate::error::ApiResult;
use crate::extract::ValidQuery;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use serde::Deserialize;
use store::conversations::{self, Active, Assigned, Listed};
use types::conversations::Conversation;
use types::id::{ChannelId, TagId};
use types::page::Page;
use types::time::Timestamp;

/// What to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListConversations {
    /// `next_cursor` of the page before; absent for the first.
    cursor: Option<String>,
    /// How many, from 1 to 100; 50 when absent.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 100)]
    limit: Limit,
    /// Only those of this channel.
    channel_id: Option<ChannelId>,
    /// Only those in which the caller has not read everything, that they have marked unread, or where a note mentions them.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    unread: bool,
    /// Only those that the caller keeps at the top. The list itself is by activity alone: clients put these first.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    pinned: bool,
    /// Only those whose visitor waits for an answer.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    waiting: bool,
    /// Only those that wait in the queue for somebody to take them.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    queued: bool,
    /// Only those that are closed, or with `false` only those that are open.
    closed: Option<bool>,
    /// Only those that their agents have put off, or with `false` only those that they have not.
    snoozed: Option<bool>,
    /// Only those whose last message is of this time or later.
    active_since: Option<Timestamp>,
    /// Only those whose last message is earlier than this time.
    active_before: Option<Timestamp>,
    /// Only the caller's, or only those that nobody has.
    #[param(inline)]
    assigned: Option<AssignedTo>,
    /// Only those whose contact has this tag.
    tag_id: Option<TagId>,
}

/// Whose conversations.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssignedTo {
    /// The caller's.
    Me,
    /// Nobody's.
    Nobody,
}

/// Lists the conversations that the caller sees, newest activity first. A page of the unread ones, and of those with a tag
/// that many contacts have, looks at a bounded part of the list: it may be short, or empty, and still not be the last one.
#[utoipa::path(
    tag = "conversations",
    security(("agent" = [])),
    params(ListConversations),
    responses((status = 200, description = "A page of conversations.", body = Page<Conversation>)),
)]
#[get("/api/v1/conversations")]
pub(crate) async fn list_conversations(
    state: Data<AppState>,
    agent: AnyAgent,
    ValidQuery(query): ValidQuery<ListConversations>,
) -> ApiResult<Json<Page<Conversation>>> {
    let assigned = query.assigned.map(|to| match to {
        AssignedTo::Me => Assigned::Me,
        AssignedTo::Nobody => Assigned::Nobody,
    });
    let ListConversations {
        channel_id,
        unread,
        pinned,
        waiting,
        queued,
        closed,
        snoozed,
        active_since,
        active_before,
        tag_id,
        ..
    } = query;
    let active = Active { since: active_since, before: active_before };
    let listed = Listed { channel_id, unread, pinned, waiting, active, assigned, queued, closed, snoozed, tag_id };
    let list = format!("conversations {listed:?}");
    let cursor = open_cursor(&state.keys.cursor, &list, query.cursor.as_deref())?;
    let viewer = agent.viewer();
    let mut page = conversations::list(state.db.reader(), viewer, listed, cursor, query.limit.items()?).await?;
    page.next_cursor = page.next_cursor.map(|cursor| seal_cursor(&state.keys.cursor, &list, &cursor));
    Ok(Json(page))
}
