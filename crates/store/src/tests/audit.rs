//! Looking through the audit log walks an index, whatever is asked for.

use super::plans::{check, grow, plan};
use super::world::{World, at, on_both};
use crate::audit::stretch;
use crate::place::Place;
use crate::sql;
use sea_orm::DbBackend;
use types::audit::{AuditFilter, AuditGroup, AuditKind};
use types::id::AgentId;
use uuid::Uuid;

on_both!(every_way_to_look_through_the_log_has_its_index);

async fn every_way_to_look_through_the_log_has_its_index(world: World) {
    let (_, conversation) = world.conversation().await;
    grow(&world, conversation).await;
    let id = Uuid::from_u128(1);
    let none = AuditFilter::default();
    let dated = AuditFilter { since: Some(at(0)), before: Some(at(9)), ..AuditFilter::default() };
    let asked = AuditFilter { agent_id: Some(AgentId(id)), ..dated.clone() };
    let ways = [
        (none.clone(), "audit_entry_org_idx"),
        (dated, "audit_entry_org_idx"),
        (AuditFilter { group: Some(AuditGroup::Exports), ..none }, "audit_entry_area_idx"),
        (asked.clone(), "audit_entry_agent_idx"),
        (AuditFilter { action: Some(AuditKind::LoggedIn), ..asked.clone() }, "audit_entry_action_idx"),
        (AuditFilter { subject_id: Some(id), ..asked }, "audit_entry_subject_idx"),
    ];
    for (filter, index) in ways {
        for behind in [None, Some(Place { at: at(5), id })] {
            let select = stretch(world.admin.scope(), &filter, behind);
            // Without statistics SQLite takes any of the indexes that begin with the organisation and end with the time.
            let any = world.backend() == DbBackend::Sqlite && filter.since.is_some();
            let wanted: &[&str] = if any { &[] } else { &[index] };
            check(&plan(&world, sql::limited(&select, 51, world.backend())).await, wanted);
        }
    }
}
