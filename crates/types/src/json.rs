//! Reading JSON with little code, for programs that have to be fetched before they run.
//!
//! serde's derived reading of a struct takes an object and, because `serde_json` offers it, an array of the fields in their order too:
//! a third of the code of every type, for a form that nobody sends. Here a struct is only ever asked of an object, so that part is
//! never compiled.

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Reads a value from all of a text, as `serde_json::from_str` does, but structs from objects alone.
///
/// # Errors
/// Those of `serde_json`.
pub fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(Objects(&mut reader))?;
    reader.end()?;
    Ok(value)
}

/// Asks for objects where structs are wanted, at every depth.
pub(crate) struct Objects<D>(pub(crate) D);

/// What holds no other value is read as it is.
macro_rules! as_it_is {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(visitor)
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = D::Error;

    as_it_is! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_option(Within(visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, Within(visitor))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_seq(Within(visitor))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, Within(visitor))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, len, Within(visitor))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Within(visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Within(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        kinds: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, kinds, visitor)
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Takes a value whose own values are read by [`Objects`].
struct Within<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Within<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Objects(value))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Objects(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Access(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Access(fields))
    }
}

/// The items of a list, or the fields of an object.
struct Access<A>(A);

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Access<A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, A::Error> {
        self.0.next_element_seed(Seed(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Access<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.0.next_value_seed(Seed(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

/// Reads one value by [`Objects`].
struct Seed<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Seed<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Objects(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::Me;
    use crate::attachments::Attachment;
    use crate::conversations::{Personal, PersonalPatch};
    use crate::events::EventsAfter;
    use crate::id::ConversationId;
    use crate::messages::{Author, Content};
    use crate::page::Page;
    use serde_json::json;

    #[test]
    fn what_serde_json_reads_is_read_the_same() {
        let id = ConversationId(uuid::Uuid::from_u128(7));
        let page = json!({"items": [{"pinned": true, "muted": false, "marked_unread": true, "revision": 3}], "more": [1, null]});
        let text = page.to_string();
        assert_eq!(from_str::<Page<Personal>>(&text).unwrap(), serde_json::from_str(&text).unwrap());
        assert_eq!(from_str::<ConversationId>(&json!(id).to_string()).unwrap(), id);
        assert_eq!(from_str::<Option<ConversationId>>("null").unwrap(), None);
        assert_eq!(from_str::<Option<Vec<i64>>>(" [1, 2] ").unwrap(), Some(vec![1, 2]));
        assert_eq!(from_str::<Author>(r#"{"kind":"visitor"}"#).unwrap(), Author::Visitor);
        let patch = from_str::<PersonalPatch>(r#"{"muted":true}"#).unwrap();
        assert_eq!(patch, PersonalPatch { muted: Some(true), ..PersonalPatch::default() });
    }

    #[test]
    fn a_struct_is_no_list_however_deep_it_lies() {
        let error = from_str::<Personal>("[true, false, true, false, 1]").unwrap_err().to_string();
        assert!(error.starts_with("invalid type: sequence, expected struct Personal"), "{error}");
        from_str::<Page<Personal>>(r#"{"items": [[true, false, true, false, 1]]}"#).unwrap_err();
        assert!(serde_json::from_str::<Page<Personal>>(r#"{"items": [[true, false, true, false, 1]]}"#).is_ok());
        let image = r#"{"type": "image", "attachment": []}"#;
        from_str::<Content>(image).unwrap_err();
    }

    #[test]
    fn what_is_wrong_is_said_as_serde_json_says_it() {
        for text in ["", "{", r#"{"items": 1}"#, r#"{"items": []} x"#, r#"{"items": [], "items": []}"#, "null"] {
            let ours = from_str::<EventsAfter>(text).unwrap_err().to_string();
            assert_eq!(ours, serde_json::from_str::<EventsAfter>(text).unwrap_err().to_string(), "{text}");
        }
        assert!(from_str::<Me>("7").is_err() && from_str::<Attachment>("\"\"").is_err());
    }
}
