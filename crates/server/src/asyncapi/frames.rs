//! From a tagged enum's schema to one AsyncAPI message per variant.

use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

/// One variant.
pub(super) struct Frame {
    /// Its name among the document's messages.
    pub(super) message: String,
    /// The message object: name, description and a reference to its schema.
    pub(super) component: Value,
}

/// A whole enum of frames.
pub(super) struct Frames {
    /// One per variant, in the order of the code.
    pub(super) frames: Vec<Frame>,
    /// The schemas of the variants and of everything that they mention.
    pub(super) schemas: Map<String, Value>,
}

/// Takes the enum apart. `name` is the enum's own name, the first part of its variants' schema names. A `closed` enum
/// refuses unknown fields, which its derived schema does not say.
pub(super) fn of<T: ToSchema + PartialSchema>(name: &str, closed: bool) -> Frames {
    let mut mentioned: Vec<(String, RefOr<Schema>)> = Vec::new();
    T::schemas(&mut mentioned);
    let mut schemas: Map<String, Value> =
        mentioned.into_iter().map(|(name, schema)| (name, to_json(&schema))).collect();
    let whole = to_json(&T::schema());
    let variants = whole.get("oneOf").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut frames = Vec::with_capacity(variants.len());
    let mut references = Vec::with_capacity(variants.len());
    for mut variant in variants {
        let tag = tag_of(&variant).to_owned();
        let message = format!("{name}.{tag}");
        let mut description = None;
        if let Some(object) = variant.as_object_mut() {
            description = object.remove("description");
            if closed {
                object.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        let mut component = json!({
            "name": tag,
            "title": tag,
            "contentType": "application/json",
            "payload": { "$ref": format!("#/components/schemas/{message}") },
        });
        if let (Some(object), Some(description)) = (component.as_object_mut(), description) {
            object.insert("description".to_owned(), description);
        }
        references.push(json!({ "$ref": format!("#/components/schemas/{message}") }));
        schemas.insert(message.clone(), variant);
        frames.push(Frame { message, component });
    }
    let mut union = json!({ "oneOf": references });
    if let (Some(object), Some(description)) = (union.as_object_mut(), whole.get("description")) {
        object.insert("description".to_owned(), description.clone());
    }
    schemas.insert(name.to_owned(), union);
    Frames { frames, schemas }
}

/// The value of a variant's `type`.
fn tag_of(variant: &Value) -> &str {
    variant.pointer("/properties/type/enum/0").and_then(Value::as_str).unwrap_or_default()
}

/// Schemas are plain data, so that writing them cannot fail; an empty schema would be caught by the tests.
fn to_json(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}
