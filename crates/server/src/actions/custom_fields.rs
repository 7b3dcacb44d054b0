//! Setting the custom fields of contacts.

use crate::actions::conversations::auditor;
use crate::actions::purges::empty_fields;
use crate::auth::actor::AnyAgent;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;
use rules::permissions::{Permission, can};
use store::{Actor, AgentAudience, Audience, PendingEvent, audit, custom_fields};
use types::audit::AuditAction;
use types::custom_fields::{CustomField, CustomFields, SetCustomField, SetCustomFields};
use types::error::{ErrorCode, FieldCode, FieldError};
use types::events::Event;
use types::id::CustomFieldId;
use types::validate::Fault;

/// Sets all fields, in this order; one that is left out is deleted, with what contacts have in it. What is so already is no event, and no
/// conflict.
///
/// # Errors
/// A field error for a field that is not there, or that would be of another kind; a conflict when somebody else has set them since the
/// version that was changed.
pub async fn set_custom_fields(
    state: &AppState,
    agent: &AnyAgent,
    request: SetCustomFields,
) -> ApiResult<CustomFields> {
    can(agent.role, Permission::ManageTags)?;
    let (scope, auditor, actor) = (agent.scope(), auditor(state, agent), Actor::Agent(agent.agent_id));
    let at = auditor.at;
    let new_ids: Vec<CustomFieldId> = request.items.iter().map(|_| state.ids.make(CustomFieldId)).collect();
    let set = state.write(move |tx| {
        Box::pin(async move {
            custom_fields::lock(tx.conn(), scope).await?;
            let before = custom_fields::get(tx.conn(), scope).await?;
            let items = after(&before, request.items, new_ids).map_err(ApiError::invalid)?;
            if items == before.items {
                return Ok((before, Vec::new()));
            }
            if request.version != before.version {
                return Err(ApiError::new(ErrorCode::Conflict, "Somebody else has set the fields meanwhile"));
            }
            let fields = CustomFields { version: before.version.saturating_add(1), items };
            let gone: Vec<&CustomField> = before.items.iter().filter(|field| fields.get(field.id).is_none()).collect();
            let gone_ids: Vec<CustomFieldId> = gone.iter().map(|field| field.id).collect();
            custom_fields::set(tx.conn(), scope, &fields, &gone_ids).await?;
            let named = |is_meant: &dyn Fn(&CustomField) -> bool| {
                fields.items.iter().filter(|field| is_meant(field)).map(|field| field.name.clone()).collect()
            };
            let action = AuditAction::CustomFieldsSet {
                added: named(&|field| before.get(field.id).is_none()),
                changed: named(&|field| before.get(field.id).is_some_and(|known| known != field)),
                deleted: gone.iter().map(|field| field.name.clone()).collect(),
            };
            audit::add(tx.conn(), scope.org_id(), auditor, &action).await?;
            tx.append(PendingEvent {
                org_id: scope.org_id(),
                conversation_id: None,
                actor,
                audience: Audience::agents(AgentAudience::Everyone),
                event: Event::CustomFieldsSet { fields: fields.clone() },
                at,
            });
            Ok((fields, gone_ids))
        })
    });
    let (fields, gone) = set.await?;
    empty_fields(state, scope, &gone).await;
    Ok(fields)
}

/// The fields as they are to be.
fn after(
    before: &CustomFields,
    wanted: Vec<SetCustomField>,
    new_ids: Vec<CustomFieldId>,
) -> Result<Vec<CustomField>, Vec<FieldError>> {
    let (mut items, mut faults) = (Vec::with_capacity(wanted.len()), Vec::new());
    for (place, (wanted, new_id)) in wanted.into_iter().zip(new_ids).enumerate() {
        let known = wanted.id.and_then(|id| before.get(id));
        match (wanted.id, known) {
            (Some(_), None) => faults
                .push(Fault::new(FieldCode::Wrong, "must be a field that is there").of(format!("items[{place}].id"))),
            (_, Some(known)) if known.kind != wanted.kind => {
                faults.push(Fault::new(FieldCode::Wrong, "stays what it was").of(format!("items[{place}].kind")))
            }
            _ => {}
        }
        items.push(CustomField {
            id: wanted.id.unwrap_or(new_id),
            name: wanted.name.trim().to_owned(),
            kind: wanted.kind,
            choices: wanted.choices.iter().map(|choice| choice.trim().to_owned()).collect(),
            visitors_fill: wanted.visitors_fill.unwrap_or(known.is_some_and(|known| known.visitors_fill)),
        });
    }
    if faults.is_empty() { Ok(items) } else { Err(faults) }
}
