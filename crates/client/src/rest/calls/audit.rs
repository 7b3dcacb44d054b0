//! The audit log.

use crate::rest::{Api, ApiError, Method, Query, Transport};
use types::audit::{AuditEntry, AuditExport, AuditFilter, CreateAuditExport};
use types::page::Page;

/// Who did what.
impl<T: Transport> Api<T> {
    /// A page of the audit log, newest first.
    pub async fn list_audit_entries(
        &self,
        filter: &AuditFilter,
        cursor: Option<&str>,
    ) -> Result<Page<AuditEntry>, ApiError> {
        let path = Query::default()
            .with("cursor", cursor)
            .with("agent_id", filter.agent_id)
            .with("group", filter.group.map(types::audit::AuditGroup::as_str))
            .with("action", filter.action.map(types::audit::AuditKind::as_str))
            .with("subject_kind", filter.subject_kind.map(types::audit::AuditSubjectKind::as_str))
            .with("subject_id", filter.subject_id)
            .with("since", filter.since)
            .with("before", filter.before)
            .with("q", filter.q.as_deref())
            .of("/api/v1/audit");
        self.call(Method::Get, path, None::<&()>, None).await
    }

    /// The address of the audit log as a table.
    pub async fn create_audit_export(&self, request: &CreateAuditExport) -> Result<AuditExport, ApiError> {
        self.call(Method::Post, "/api/v1/audit-exports", Some(request), None).await
    }
}
