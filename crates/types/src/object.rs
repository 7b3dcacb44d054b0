//! JSON objects inside requests: serde would read an array as the fields in their order, but the contract says an object.

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

/// Reads a field that must be an object. Write it as `#[serde(deserialize_with = "object::only")]`.
///
/// # Errors
/// Those of the value, and that something else than an object stands there.
pub fn only<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(Object(PhantomData))
}

/// The same for a field that may be `null`, or left out with `#[serde(default)]`.
///
/// # Errors
/// Those of the value, and that something else than an object or `null` stands there.
pub fn only_or_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    struct Only<T>(T);
    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Only<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            only(deserializer).map(Self)
        }
    }
    Ok(Option::<Only<T>>::deserialize(deserializer)?.map(|Only(value)| value))
}

struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

#[cfg(test)]
mod tests {
    use crate::auth::SendVerificationCode;
    use crate::channels::{ChannelPatch, CreateChannel};
    use crate::messages::SendMessage;
    use crate::visitors::OpenVisitorSession;
    use crate::ws::ClientFrame;
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    /// `body` is good, but not with `fields`, the values in the order of the type, in the place of the object.
    fn refuses_an_array<T: DeserializeOwned>(mut body: Value, field: &str, fields: Value) {
        serde_json::from_value::<T>(body.clone()).unwrap_or_else(|error| panic!("{body}: {error}"));
        body[field] = fields;
        let refused = serde_json::from_value::<T>(body.clone()).err().unwrap_or_else(|| panic!("{body} was read"));
        assert!(refused.to_string().contains("expected an object"), "{refused}");
    }

    #[test]
    fn an_array_is_not_an_object() {
        let nonce = "0190163d-8694-739b-aea5-966c26f8ad91";
        let (content, contents) = (json!({"type": "text", "text": "x"}), json!(["text", "x"]));
        let message = json!({"nonce": nonce, "content": content});
        refuses_an_array::<SendMessage>(message, "content", contents.clone());
        let frame = json!({"type": "send_message", "nonce": nonce, "content": content});
        refuses_an_array::<ClientFrame>(frame, "content", contents);
        let (style, styles) =
            (json!({"schema": 1, "color": "#ffffff", "position": "left"}), json!([1, "#fff", "left"]));
        let channel = json!({"kind": "website", "name": "x", "style": style});
        refuses_an_array::<CreateChannel>(channel, "style", styles.clone());
        refuses_an_array::<ChannelPatch>(json!({"style": style}), "style", styles);
        let code = json!({"mobile": "13800138000", "proof": {"challenge": "x", "nonce": 1}});
        refuses_an_array::<SendVerificationCode>(code, "proof", json!(["x", 1]));
        let visit = json!({"channel_key": "x", "page": {"url": "", "title": "", "referrer": ""}, "locale": ""});
        refuses_an_array::<OpenVisitorSession>(visit, "page", json!(["", "", ""]));
    }
}
