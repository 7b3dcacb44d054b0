//! `GET /api/v1/audit`.

use crate::actions::audit_log::entry_of;
use crate::api::paging::{Limit, open_cursor, seal_cursor};
use crate::api::problems::Forbidden;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::extract::ValidQuery;
use crate::state::AppState;
use actix_web::get;
use actix_web::web::{Data, Json};
use rules::permissions::{Permission, can};
use serde::Deserialize;
use store::audit;
use types::audit::{AuditEntry, AuditFilter, AuditGroup, AuditKind, AuditSubjectKind};
use types::id::AgentId;
use types::page::Page;
use types::time::Timestamp;
use types::validate::Validate;
use uuid::Uuid;

/// What to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAuditEntries {
    /// `next_cursor` of the page before; absent for the first.
    cursor: Option<String>,
    /// How many, from 1 to 100; 50 when absent.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 100)]
    limit: Limit,
    /// Only what this agent did.
    agent_id: Option<AgentId>,
    /// Only deeds of this group.
    #[param(inline)]
    group: Option<AuditGroup>,
    /// Only this deed.
    #[param(inline)]
    action: Option<AuditKind>,
    /// Only what was done to things of this kind.
    #[param(inline)]
    subject_kind: Option<AuditSubjectKind>,
    /// Only what was done to this.
    subject_id: Option<Uuid>,
    /// Only from then on.
    since: Option<Timestamp>,
    /// Only before then.
    before: Option<Timestamp>,
    /// Words, 1 to 100 characters: only entries that have all of them in the names of who did it, of the token and of what it was
    /// done to.
    #[param(
        min_length = 1,
        max_length = 100,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    q: Option<String>,
}

/// Lists the audit log, newest first: who did what, to whom or what, when and from where. A page looks at a bounded part of the log: it may
/// be short, or empty, and still not be the last one. For admins.
#[utoipa::path(
    tag = "audit",
    security(("agent" = [])),
    params(ListAuditEntries),
    responses((status = 200, description = "A page of entries.", body = Page<AuditEntry>), Forbidden),
)]
#[get("/api/v1/audit")]
pub(crate) async fn list_audit_entries(
    state: Data<AppState>,
    agent: AnyAgent,
    ValidQuery(query): ValidQuery<ListAuditEntries>,
) -> ApiResult<Json<Page<AuditEntry>>> {
    can(agent.role, Permission::SeeAuditLog)?;
    let ListAuditEntries { cursor, limit, agent_id, group, action, subject_kind, subject_id, since, before, q } = query;
    let filter = AuditFilter { agent_id, group, action, subject_kind, subject_id, since, before, q };
    let faults = filter.validate();
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let (key, list) = (&state.keys.cursor, format!("audit {filter:?}"));
    let after = open_cursor(key, &list, cursor.as_deref())?;
    let length = usize::from(limit.items()?);
    let (rows, next) = audit::page(state.db.reader(), agent.scope(), &filter, after, length).await?;
    let items = rows.into_iter().map(|row| entry_of(&state, row)).collect();
    Ok(Json(Page { items, next_cursor: next.map(|place| seal_cursor(key, &list, &place.to_string())) }))
}
