//! `PATCH` bodies, where absent is not null.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A nullable field of a `PATCH` body: leave it, clear it, or set it.
///
/// Give it `#[serde(default, skip_serializing_if = "Patch::is_absent")]`. A field that cannot be cleared is an `Option`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Not in the body: stays as it is.
    #[default]
    Absent,
    /// `null`: cleared.
    Null,
    /// Set to this.
    Value(T),
}

impl<T> Patch<T> {
    /// Whether the body left the field out.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(deserializer).map(|value| value.map_or(Self::Null, Self::Value))
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_none(),
            Self::Value(value) => serializer.serialize_some(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::{ChannelPatch, ChannelStyle};
    use proptest::prelude::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Body {
        #[serde(default, skip_serializing_if = "Patch::is_absent")]
        note: Patch<String>,
    }

    #[test]
    fn absent_null_and_value_are_three_things() {
        for (text, note) in [
            ("{}", Patch::Absent),
            (r#"{"note":null}"#, Patch::Null),
            (r#"{"note":"x"}"#, Patch::Value("x".to_owned())),
        ] {
            let body: Body = serde_json::from_str(text).unwrap();
            assert_eq!(body.note, note);
            assert_eq!(serde_json::to_string(&body).unwrap(), text);
        }
    }

    fn patches() -> impl Strategy<Value = ChannelPatch> {
        let style = prop::option::of(Just(ChannelStyle::default()));
        let texts = (any::<Option<String>>(), any::<Option<String>>());
        (texts, any::<Option<bool>>(), any::<Option<bool>>(), style).prop_map(
            |((name, introduction), alert, enabled, style)| ChannelPatch { name, introduction, alert, enabled, style },
        )
    }

    proptest! {
        #[test]
        fn a_patch_names_what_it_changes_and_nothing_else(patch in patches()) {
            let value = serde_json::to_value(&patch).unwrap();
            let fields = value.as_object().unwrap();
            prop_assert_eq!(fields.contains_key("name"), patch.name.is_some());
            prop_assert_eq!(fields.contains_key("style"), patch.style.is_some());
            prop_assert!(fields.values().all(|value| !value.is_null()), "what stays is left out and not null");
            prop_assert_eq!(serde_json::from_value::<ChannelPatch>(value).unwrap(), patch);
        }

        #[test]
        fn a_note_is_left_cleared_or_set_and_comes_back(note in prop_oneof![
            Just(Patch::Absent), Just(Patch::Null), any::<String>().prop_map(Patch::Value),
        ]) {
            let body = Body { note };
            let text = serde_json::to_string(&body).unwrap();
            prop_assert_eq!(serde_json::from_str::<Body>(&text).unwrap(), body);
        }
    }
}
