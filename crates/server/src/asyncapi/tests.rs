//! The checked-in document is the generated one, and every frame that the code can write validates against it.

mod samples;

use self::samples::*;
use super::*;
use types::agents::Role;
use types::conversations::Personal;
use types::error::{ErrorCode, FieldCode};
use types::events::Event;
use types::id::{AgentId, AvatarId, ChannelId, ContactId, ConversationId, MessageId, Nonce, TagGroupId, TagId};
use types::messages::Author;
use types::time::Timestamp;
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(0x0190_163d_8694_739b_aea5_966c_26f8_ad91);
const AT: Timestamp = Timestamp(1_700_000_000_000);

#[test]
fn the_checked_in_document_is_the_generated_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/asyncapi.yaml");
    let checked_in = std::fs::read_to_string(path).unwrap();
    assert_eq!(checked_in, yaml(), "openapi/asyncapi.yaml is out of date: run `cargo xtask openapi`");
}

#[test]
fn every_frame_of_a_client_is_described() {
    describes_exactly("ClientFrame", &client_frames().map(|frame| serde_json::to_value(frame).unwrap()));
    let unknown = json!({ "type": "ping", "extra": 1 });
    assert!(
        serde_json::from_value::<ClientFrame>(unknown).is_err(),
        "the document says that unknown fields are refused"
    );
}

#[test]
fn every_frame_of_the_server_is_described() {
    let mut frames: Vec<Value> = server_frames().iter().map(|frame| serde_json::to_value(frame).unwrap()).collect();
    frames.extend(
        events().into_iter().map(|event| serde_json::to_value(ServerFrame::Event { seq: None, event }).unwrap()),
    );
    describes_exactly("ServerFrame", &frames);
}

#[test]
fn every_event_is_described() {
    let document = document();
    let described = tags_of(&document, "/components/schemas/Event/oneOf");
    let sampled: Vec<String> = events()
        .into_iter()
        .map(|event| serde_json::to_value(event).unwrap()["type"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(described, sampled);
}

#[test]
fn a_wrong_frame_does_not_validate() {
    let document = document();
    for wrong in [
        json!({ "type": "shout" }),
        json!({ "type": "mark_read" }),
        json!({ "type": "mark_read", "seq": "7" }),
        json!({ "type": "ping", "extra": 1 }),
        json!({ "type": "send_message", "nonce": ID, "content": { "type": "text" } }),
        json!({ "type": "send_message", "nonce": 1, "content": { "type": "text", "text": "x" } }),
    ] {
        let errors = validate(&document, &json!({ "$ref": "#/components/schemas/ClientFrame" }), &wrong);
        assert!(!errors.is_empty(), "{wrong} validates");
    }
}

#[test]
fn every_error_code_is_named_as_on_the_wire() {
    let document = document();
    let named = |name: &str| document["components"]["schemas"][name]["enum"].as_array().unwrap().clone();
    assert_eq!(named("ErrorCode"), ErrorCode::ALL.iter().map(|code| json!(code)).collect::<Vec<_>>());
    assert_eq!(named("FieldCode"), FieldCode::ALL.iter().map(|code| json!(code)).collect::<Vec<_>>());
}

#[test]
fn every_close_code_is_explained() {
    let text = yaml();
    for code in CloseCode::ALL {
        assert!(text.contains(&format!("- `{}`: {}", code.number(), meaning(code))), "{code:?}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut open = vec![&document];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(entries) => {
                if let Some(target) = entries.get("$ref").and_then(Value::as_str) {
                    assert!(document.pointer(target.trim_start_matches('#')).is_some(), "{target} leads nowhere");
                }
                open.extend(entries.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
}

/// The samples hold every variant of the document, the document every variant of the samples, and each sample validates.
fn describes_exactly(name: &str, samples: &[Value]) {
    let document = document();
    let messages = document["components"]["messages"].as_object().unwrap();
    for sample in samples {
        let message = format!("{name}.{}", sample["type"].as_str().unwrap());
        let payload = &messages.get(&message).unwrap_or_else(|| panic!("{message} is not described"))["payload"];
        assert_eq!(validate(&document, payload, sample), Vec::<String>::new(), "{sample}");
    }
    for described in messages.keys().filter_map(|message| message.strip_prefix(&format!("{name}."))) {
        assert!(samples.iter().any(|sample| sample["type"] == described), "no sample of {described}");
    }
}

fn tags_of(document: &Value, pointer: &str) -> Vec<String> {
    let variants = document.pointer(pointer).unwrap().as_array().unwrap();
    variants
        .iter()
        .map(|variant| variant.pointer("/properties/type/enum/0").unwrap().as_str().unwrap().to_owned())
        .collect()
}

/// What is wrong with `value`, by the part of JSON Schema that our schemas use. A property that the schema does not name
/// is an error even where the schema would let it pass: it would be undocumented.
fn validate(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut errors = Vec::new();
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        return validate(document, document.pointer(target.trim_start_matches('#')).unwrap(), value);
    }
    if let Some(options) = schema.get("oneOf").and_then(Value::as_array) {
        let matching = options.iter().filter(|option| validate(document, option, value).is_empty()).count();
        if matching != 1 {
            errors.push(format!("{value} matches {matching} of {} schemas", options.len()));
        }
        return errors;
    }
    let kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        other => panic!("a schema without a type: {other:?} in {schema}"),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !kinds.contains(&kind) {
        errors.push(format!("{value} is not of {kinds:?}"));
    }
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        errors.push(format!("{value} is not one of {allowed:?}"));
    }
    if let Some(items) = value.as_array() {
        errors.extend(items.iter().flat_map(|item| validate(document, &schema["items"], item)));
    }
    if let Some(fields) = value.as_object() {
        for required in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            if !fields.contains_key(required.as_str().unwrap()) {
                errors.push(format!("{required} is missing"));
            }
        }
        for (field, value) in fields {
            match schema.pointer(&format!("/properties/{field}")) {
                Some(schema) => errors.extend(validate(document, schema, value)),
                None => errors.push(format!("{field} is not documented")),
            }
        }
    }
    errors
}

fn client_frames() -> [ClientFrame; 4] {
    [
        ClientFrame::SendMessage {
            nonce: Nonce(ID),
            conversation_id: Some(ConversationId(ID)),
            content: text().to_new(),
        },
        ClientFrame::MarkRead { conversation_id: None, seq: 7 },
        ClientFrame::Typing { conversation_id: None, active: true, text: Some("在吗".to_owned()) },
        ClientFrame::Ping {},
    ]
}

fn server_frames() -> [ServerFrame; 8] {
    [
        ServerFrame::Ready { cursor: Some(7), heartbeat_seconds: 30, now: AT },
        ServerFrame::Event { seq: Some(7), event: Event::ChannelDeleted { channel_id: ChannelId(ID) } },
        ServerFrame::Ack {
            nonce: Nonce(ID),
            conversation_id: ConversationId(ID),
            message_id: MessageId(ID),
            seq: 7,
            created_at: AT,
        },
        ServerFrame::Rejected { nonce: Some(Nonce(ID)), problem: problem() },
        ServerFrame::Typing {
            conversation_id: ConversationId(ID),
            author: Author::Visitor,
            active: true,
            text: Some("在吗".to_owned()),
        },
        ServerFrame::Queue { conversation_id: ConversationId(ID), ahead: Some(3) },
        ServerFrame::Resync {},
        ServerFrame::Pong {},
    ]
}

fn events() -> [Event; 41] {
    let conversation_id = ConversationId(ID);
    [
        Event::ConversationCreated { conversation: Box::new(conversation()) },
        Event::MessageCreated { message: message() },
        Event::MessageRecalled { conversation_id, message_id: MessageId(ID), seq: 7, recalls: 1 },
        Event::NoteCreated { note: note() },
        Event::NotesCleared { conversation_id, number: 1 },
        Event::ConversationRead { conversation_id, agent_id: AgentId(ID), seq: 7, unread: 0 },
        Event::AgentsRead { conversation_id, seq: 7 },
        Event::VisitorRead { conversation_id, seq: 7 },
        Event::ContactUpdated { conversation_id: Some(conversation_id), contact: Box::new(contact()) },
        Event::AgentJoined { conversation_id, agent_id: AgentId(ID), members: vec![AgentId(ID)], members_version: 1 },
        Event::AgentLeft { conversation_id, agent_id: AgentId(ID), members: Vec::new(), members_version: 2 },
        Event::ConversationWithdrawn { conversation_id, agent_id: AgentId(ID), members_version: 2 },
        Event::ConversationAssigned { conversation_id, standing: standing() },
        Event::ConversationClosed { conversation_id, standing: standing() },
        Event::ConversationReopened { conversation_id, standing: standing() },
        Event::ConversationSnoozed { conversation_id, standing: standing() },
        Event::ConversationWoken { conversation_id, standing: standing() },
        Event::ConversationPersonalised {
            conversation_id,
            agent_id: AgentId(ID),
            personal: Personal { pinned: true, muted: false, marked_unread: false, mentioned: true, revision: 1 },
        },
        Event::ConversationCleared { conversation_id, seq: 7 },
        Event::ConversationDeleted { conversation_id },
        Event::ContactBlocked { conversation_id: Some(conversation_id), contact_id: ContactId(ID), blocked: true },
        Event::ContactDeleted { contact_id: ContactId(ID) },
        Event::ContactMerged { contact_id: ContactId(ID), survivor_id: ContactId(ID) },
        Event::ContactMergeUndone { contact_id: ContactId(ID), survivor_id: ContactId(ID) },
        Event::ChannelCreated { channel: channel() },
        Event::ChannelUpdated { channel: channel() },
        Event::VisitorChannelUpdated { channel: visitor_channel() },
        Event::ChannelDeleted { channel_id: ChannelId(ID) },
        Event::ChannelTreeUpdated { tree: channel_tree() },
        Event::CustomFieldsSet { fields: custom_fields() },
        Event::TagGroupSaved { group: tag_group() },
        Event::TagGroupDeleted { group_id: TagGroupId(ID) },
        Event::TagsDeleted { tag_ids: vec![TagId(ID)] },
        Event::AgentCreated { agent_id: AgentId(ID), name: "张三".to_owned(), role: Role::Agent },
        Event::AgentUpdated { agent_id: AgentId(ID), name: "张三".to_owned(), avatar_id: Some(AvatarId(ID)) },
        Event::AgentEdited { agent_id: AgentId(ID) },
        Event::AgentRemoved { agent_id: AgentId(ID) },
        Event::AgentGroupsChanged {},
        Event::WebhooksChanged { paused_id: Some(types::id::WebhookId(ID)) },
        Event::ApiTokensChanged {},
        Event::MeUpdated { me: me() },
    ]
}
