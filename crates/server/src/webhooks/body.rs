//! What a webhook is sent: an event as agents hear it, with a head of its own.

use rules::masking::event_for;
use serde::Serialize;
use serde_json::Value;
use types::events::Event;
use types::id::{OrgId, WebhookDeliveryId, WebhookId};
use types::time::Timestamp;

/// The type of what is sent to try a webhook.
pub const TEST: &str = "webhook_test";

#[derive(Debug, Serialize)]
struct Body<'a> {
    id: WebhookDeliveryId,
    r#type: &'a str,
    created_at: Timestamp,
    organisation_id: OrgId,
    data: Value,
}

/// Whose delivery it is, and of when.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    /// The delivery.
    pub id: WebhookDeliveryId,
    /// The organisation.
    pub org_id: OrgId,
    /// When it happened.
    pub at: Timestamp,
}

/// The body for an event, with contacts' details or without; nothing for one of another version, which cannot be read.
#[must_use]
pub fn of_event(head: Head, kind: &str, payload: &str, includes_contact_details: bool) -> Option<String> {
    let event: Event = serde_json::from_str(payload).ok()?;
    let mut data = serde_json::to_value(event_for(includes_contact_details, event)).ok()?;
    // It stands in the head.
    data.as_object_mut()?.remove("type");
    written(head, kind, data)
}

/// The body of a test.
#[must_use]
pub fn of_test(head: Head, webhook_id: WebhookId) -> Option<String> {
    written(head, TEST, serde_json::json!({ "webhook_id": webhook_id }))
}

fn written(head: Head, kind: &str, data: Value) -> Option<String> {
    let Head { id, org_id, at } = head;
    serde_json::to_string(&Body { id, r#type: kind, created_at: at, organisation_id: org_id, data }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_body_names_itself_and_carries_the_event_as_agents_hear_it() {
        let head = Head { id: WebhookDeliveryId(Uuid::nil()), org_id: OrgId(Uuid::nil()), at: Timestamp(0) };
        let id = Uuid::nil();
        let payload = format!(r#"{{"type":"conversation_deleted","conversation_id":"{id}"}}"#);
        let body = of_event(head, "conversation_deleted", &payload, false).unwrap();
        let expected = format!(
            r#"{{"id":"{id}","type":"conversation_deleted","created_at":"1970-01-01T00:00:00Z","organisation_id":"{id}","data":{{"conversation_id":"{id}"}}}}"#
        );
        assert_eq!(body, expected);
        assert_eq!(of_event(head, "of_tomorrow", r#"{"type":"of_tomorrow"}"#, true), None);
    }
}
