//! The welcome: read where a conversation begins, and nowhere on the way of an ordinary message.

use crate::error::StoreError;
use crate::queries::audit::{self, Auditor};
use crate::scope::OrgScope;
use crate::tables::welcome;
use crate::write::Tx;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect, Set};
use types::audit::AuditAction;

/// What new visitors are greeted with; `None` when they are not.
pub async fn get<C: ConnectionTrait>(conn: &C, scope: OrgScope) -> Result<Option<String>, StoreError> {
    let text = scope.find::<welcome::Entity>().select_only().column(welcome::Column::Text);
    Ok(text.into_tuple().one(conn).await?)
}

/// Sets what new visitors are greeted with from now on, nothing by an empty text; the audit log has it. `false`: it was that
/// already, and nothing is written.
pub async fn set(tx: &Tx, scope: OrgScope, text: String, auditor: Auditor) -> Result<bool, StoreError> {
    if get(tx.conn(), scope).await?.unwrap_or_default() == text {
        return Ok(false);
    }
    if text.is_empty() {
        scope.delete::<welcome::Entity>().exec(tx.conn()).await?;
    } else {
        let row =
            welcome::ActiveModel { org_id: Set(scope.org_id()), text: Set(text.clone()), updated_at: Set(auditor.at) };
        let again = OnConflict::column(welcome::Column::OrgId)
            .update_columns([welcome::Column::Text, welcome::Column::UpdatedAt])
            .to_owned();
        welcome::Entity::insert(row).on_conflict(again).exec_without_returning(tx.conn()).await?;
    }
    audit::add(tx.conn(), scope.org_id(), auditor, &AuditAction::WelcomeSet { text }).await?;
    Ok(true)
}
