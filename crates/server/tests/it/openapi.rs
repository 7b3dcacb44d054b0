//! The OpenAPI document: checked in, complete, and true.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) value: Value,
}

/// Every operation, in the document's order.
pub(crate) fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&server::openapi::json().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap().clone();
    let mut found = Vec::new();
    for (path, item) in paths {
        for (method, value) in item.as_object().unwrap() {
            let id = value["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no operation id"));
            let (id, method) = (id.to_owned(), method.to_uppercase());
            found.push(Operation { id, method, path: path.clone(), value: value.clone() });
        }
    }
    found
}

#[test]
fn the_checked_in_document_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/openapi.json");
    let checked_in = std::fs::read_to_string(path).unwrap();
    assert!(
        checked_in == server::openapi::json().unwrap(),
        "openapi/openapi.json is out of date: run `cargo xtask openapi` and look at the difference"
    );
}

/// The verbs of operation ids, by method. What is looked up is read, what is read moves nothing.
const VERBS: [(&str, &[&str]); 6] = [
    ("GET", &["get", "list", "open", "search"]),
    ("POST", &["create", "send", "open", "register", "refresh", "recall", "translate", "cancel"]),
    (
        "POST",
        &[
            "begin", "finish", "renew", "remove", "reset", "transfer", "take", "close", "reopen", "rotate", "replay",
            "merge", "undo",
        ],
    ),
    ("PUT", &["add", "mark", "change", "set", "snooze", "arrange", "confirm"]),
    ("PATCH", &["update", "personalise"]),
    ("DELETE", &["delete", "revoke", "remove", "clear", "end", "wake"]),
];
/// The ids without a resource: everybody knows what they are about.
const BARE: [(&str, &str); 3] = [("POST", "login"), ("DELETE", "logout"), ("DELETE", "logout_everywhere")];

/// What is wrong with an operation's id: it is `<verb>_<resource>`, with a verb of its method.
fn fault_of(method: &str, id: &str) -> Option<String> {
    if BARE.contains(&(method, id)) {
        return None;
    }
    let verbs = VERBS.iter().filter(|(name, _)| *name == method).flat_map(|(_, verbs)| *verbs);
    let (verb, resource) = id.split_once('_').unwrap_or((id, ""));
    if !verbs.clone().any(|known| *known == verb) {
        return Some(format!("{method} {id} does not begin with one of {:?}", verbs.collect::<Vec<_>>()));
    }
    let words = resource.split('_').all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()));
    (!words).then(|| format!("{method} {id} does not name a resource in lower case"))
}

#[test]
fn operation_ids_are_unique_verbs_with_a_resource() {
    let operations = operations();
    let ids: BTreeSet<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    assert_eq!(ids.len(), operations.len());
    for Operation { id, method, .. } in &operations {
        assert_eq!(fault_of(method, id), None);
    }
    for (method, id) in
        [("GET", "channels"), ("GET", "get_"), ("GET", "create_channel"), ("POST", "create__x"), ("PUT", "mark_Read")]
    {
        assert!(fault_of(method, id).is_some(), "{method} {id} is no good id");
    }
}

#[test]
fn every_operation_says_what_it_does_and_how_it_fails() {
    for Operation { id, value, method, .. } in operations() {
        assert!(value["summary"].as_str().is_some_and(|text| !text.is_empty()), "{id} has no summary");
        assert!(value["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{id} has no tag");
        let responses = value["responses"].as_object().unwrap();
        // Every one of them needs the database, if only to know who asks, or can be told to come back.
        assert!(responses.contains_key("503"), "{id} does not say that the database may be away");
        for (status, response) in responses {
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{id} {status}");
            if status.starts_with(['4', '5']) {
                let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Problem", "{id} {status}");
            }
        }
        let needs_identity = value["security"].as_array().is_some_and(|needs| !needs.is_empty());
        assert_eq!(needs_identity, responses.contains_key("401") && id != "login", "{id}");
        assert_eq!(value.get("requestBody").is_some(), responses.contains_key("415"), "{id} {method}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| walk(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(&server::openapi::json().unwrap()).unwrap();
    let mut references = Vec::new();
    walk(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn the_document_names_the_limits_of_the_code() {
    use types::limits::*;
    let document: Value = serde_json::from_str(&server::openapi::json().unwrap()).unwrap();
    let limit = |path: &str, keyword: &str| {
        let (schema, field) = path.split_once('.').unwrap();
        let found = &document["components"]["schemas"][schema];
        let properties =
            if found["properties"].is_object() { &found["properties"] } else { &found["oneOf"][0]["properties"] };
        usize::try_from(properties[field][keyword].as_u64().unwrap_or_else(|| panic!("{path} has no {keyword}")))
            .unwrap()
    };
    for (path, longest) in [
        ("RegisterOrganisation.org_name", ORG_NAME_MAX),
        ("RegisterOrganisation.contact_name", PERSON_NAME_MAX),
        ("RegisterOrganisation.email", EMAIL_MAX),
        ("RegisterOrganisation.account", ACCOUNT_MAX),
        ("RegisterOrganisation.password", PASSWORD_MAX),
        ("SendVerificationCode.email", EMAIL_MAX),
        ("Login.account", ACCOUNT_MAX),
        ("Login.password", PASSWORD_MAX),
        ("ChangePassword.old_password", PASSWORD_MAX),
        ("ChangePassword.new_password", PASSWORD_MAX),
        ("CreateChannel.name", CHANNEL_NAME_MAX),
        ("CreateChannel.introduction", CHANNEL_INTRODUCTION_MAX),
        ("ChannelPatch.name", CHANNEL_NAME_MAX),
        ("ChannelPatch.introduction", CHANNEL_INTRODUCTION_MAX),
        ("DeleteChannel.name", CHANNEL_NAME_MAX),
        ("NewContent.text", MESSAGE_TEXT_MAX),
        ("PageVisit.url", URL_MAX),
        ("PageVisit.referrer", URL_MAX),
        ("PageVisit.title", PAGE_TITLE_MAX),
    ] {
        assert_eq!(limit(path, "maxLength"), longest, "{path}");
    }
    let content = &document["components"]["schemas"]["NewContent"]["oneOf"][0];
    assert_eq!(content["additionalProperties"], false, "an unknown field is refused there too");
    for (path, shortest) in [
        ("RegisterOrganisation.account", ACCOUNT_MIN),
        ("RegisterOrganisation.password", PASSWORD_MIN),
        ("ChangePassword.new_password", PASSWORD_MIN),
    ] {
        assert_eq!(limit(path, "minLength"), shortest, "{path}");
    }
}
