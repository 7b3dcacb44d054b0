//! Enums that say in a field of theirs which of their kinds they are: `{"type": "pong"}`.
//!
//! serde's own reading of them makes a tree of the whole object first, since the field may stand anywhere in it, and the code
//! of every kind and of everything in it a second and a third time, for that tree, all of which a browser would have to load.
//! Here the object is kept as text, the field looked up in it, and the kind read from the text again.

#[cfg(feature = "json")]
pub(crate) use reading::read;

/// Defines such an enum, with `Deserialize`: `tagged! { "type", "Name": … pub enum Name { … } }`. `Serialize` and the names are
/// serde's, by `#[serde(tag = …, rename_all = "snake_case")]` on the enum. Fields that a kind does not know are skipped.
macro_rules! tagged {
    (
        $tag:literal, $path:literal:
        $(#[$of_enum:meta])*
        pub enum $name:ident { $($kinds:tt)* }
    ) => {
        $(#[$of_enum])*
        #[cfg_attr(not(feature = "json"), derive(serde::Deserialize))]
        pub enum $name { $($kinds)* }

        #[cfg(feature = "json")]
        const _: () = {
            /// The same kinds, as serde reads them when their name stands apart.
            #[derive(serde::Deserialize)]
            #[serde(remote = $path, rename_all = "snake_case")]
            enum Apart { $($kinds)* }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    $crate::tagged::read(deserializer, $tag, |kind| Apart::deserialize(kind))
                }
            }
        };
    };
}
pub(crate) use tagged;

#[cfg(feature = "json")]
mod reading {
    use crate::json::Objects;
    use serde::de::value::StrDeserializer;
    use serde::de::{
        DeserializeSeed, EnumAccess, Error as _, IgnoredAny, IntoDeserializer, MapAccess, VariantAccess, Visitor,
    };
    use serde::{Deserialize, Deserializer, forward_to_deserialize_any};
    use serde_json::value::RawValue;
    use std::fmt;

    /// Reads an object by its kind.
    pub(crate) fn read<'de, D: Deserializer<'de>, T>(
        deserializer: D,
        tag: &'static str,
        read: impl FnOnce(Kind<'_>) -> Result<T, serde_json::Error>,
    ) -> Result<T, D::Error> {
        let object = Box::<RawValue>::deserialize(deserializer)?;
        let text = object.get();
        let name = serde_json::Deserializer::from_str(text).deserialize_map(Tag(tag)).map_err(D::Error::custom)?;
        read(Kind { name: &name, text }).map_err(D::Error::custom)
    }

    /// Looks up the field that names the kind.
    struct Tag(&'static str);

    impl<'de> Visitor<'de> for Tag {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "an object with a field `{}`", self.0)
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
            let mut name = None;
            // To its end: the object must not be left half read.
            while let Some(key) = map.next_key::<String>()? {
                if key == self.0 {
                    if name.replace(map.next_value()?).is_some() {
                        return Err(A::Error::duplicate_field(self.0));
                    }
                } else {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            name.ok_or_else(|| A::Error::missing_field(self.0))
        }
    }

    /// An object as text, and the name of its kind: to serde an enum whose kind is told beforehand.
    pub(crate) struct Kind<'a> {
        name: &'a str,
        text: &'a str,
    }

    impl<'de> Deserializer<'de> for Kind<'de> {
        type Error = serde_json::Error;

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            visitor.visit_enum(self)
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
        }
    }

    impl<'de> EnumAccess<'de> for Kind<'de> {
        type Error = serde_json::Error;
        type Variant = Self;

        fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Self::Error> {
            let name: StrDeserializer<'_, Self::Error> = self.name.into_deserializer();
            Ok((seed.deserialize(name)?, self))
        }
    }

    impl<'de> VariantAccess<'de> for Kind<'de> {
        type Error = serde_json::Error;

        fn unit_variant(self) -> Result<(), Self::Error> {
            Ok(())
        }

        fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Self::Error> {
            seed.deserialize(Objects(&mut serde_json::Deserializer::from_str(self.text)))
        }

        fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Self::Error> {
            Err(Self::Error::custom("a list names no kind"))
        }

        fn struct_variant<V: Visitor<'de>>(
            self,
            _: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            Objects(&mut serde_json::Deserializer::from_str(self.text)).deserialize_map(visitor)
        }
    }
}

#[cfg(all(test, feature = "json"))]
mod tests {
    use crate::messages::{Author, Content};
    use crate::ws::ServerFrame;
    use serde_json::{Value, json};

    fn content(text: &str) -> Result<Content, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn the_kind_may_stand_anywhere_in_the_object() {
        let expected = Content::Text { text: "您好".to_owned() };
        assert_eq!(content(r#"{"type":"text","text":"您好"}"#), Ok(expected.clone()));
        assert_eq!(
            content(r#"{"text":"您好", "new in a later version": [{}], "type" : "text"}"#),
            Ok(expected.clone())
        );
        // Also where the text is a tree already.
        assert_eq!(serde_json::from_value::<Content>(json!({"text": "您好", "type": "text"})).unwrap(), expected);
        assert_eq!(serde_json::from_str::<Author>(r#"{"kind":"visitor"}"#).unwrap(), Author::Visitor);
    }

    #[test]
    fn what_is_none_is_refused_with_the_reason() {
        for (text, reason) in [
            (r#"{"text":"x"}"#, "missing field `type`"),
            (r#"{"type":"text"}"#, "missing field `text`"),
            (r#"{"type":"sung","text":"x"}"#, "unknown variant `sung`"),
            (r#"{"type":"text","type":"text","text":"x"}"#, "duplicate field `type`"),
            (r#"{"type":7,"text":"x"}"#, "expected a string"),
            (r#"["text","x"]"#, "an object with a field `type`"),
            (r#""text""#, "an object with a field `type`"),
            (r#"{"type":"text","text":"x""#, "EOF"),
            (r#"{"type":"text","text":"x"} {}"#, "trailing"),
        ] {
            let refused = content(text).expect_err(text);
            assert!(refused.contains(reason), "{text}: {refused}");
        }
    }

    #[test]
    fn one_in_another_is_read_and_written_the_same() {
        let frame = json!({
            "type": "event",
            "seq": 7,
            "event": {"type": "message_created", "message": {
                "id": "0190163d-8694-739b-aea5-966c26f8ad91",
                "conversation_id": "0190163d-8694-739b-aea5-966c26f8ad92",
                "seq": 1,
                "author": {"kind": "agent", "id": "0190163d-8694-739b-aea5-966c26f8ad93", "name": "陈静"},
                "content": {"type": "text", "text": "\"}{"},
                "nonce": "0190163d-8694-739b-aea5-966c26f8ad94",
                "created_at": "2026-11-26T08:00:00Z"
            }}
        });
        let read: ServerFrame = serde_json::from_str(&frame.to_string()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), frame);
        let again: ServerFrame = serde_json::from_value::<ServerFrame>(frame).unwrap();
        assert_eq!(again, read);
        assert!(serde_json::from_str::<Value>(&serde_json::to_string(&read).unwrap()).is_ok());
    }
}
