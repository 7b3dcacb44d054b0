//! `PATCH` bodies, where absent is not null.

use crate::object;
use serde::{Deserialize, Deserializer};

/// Reads a field of a `PATCH` body that has a value whenever it is there: absent stays as it is, and `null` is refused like
/// any other value of the wrong type. Serde alone would take `null` for absent.
///
/// Write it as `#[serde(default, deserialize_with = "patch::present", skip_serializing_if = "Option::is_none")]`.
///
/// # Errors
/// Those of the value.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The same for a field that must be an object.
///
/// # Errors
/// Those of the value, and that something else than an object stands there.
pub fn present_object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    object::only(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::{ChannelPatch, ChannelStyle};
    use proptest::prelude::*;
    use serde::Serialize;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Body {
        #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    }

    #[test]
    fn absent_is_nothing_and_null_is_refused() {
        for (text, note) in [("{}", None), (r#"{"note":"x"}"#, Some("x".to_owned()))] {
            let body: Body = serde_json::from_str(text).unwrap();
            assert_eq!(body.note, note);
            assert_eq!(serde_json::to_string(&body).unwrap(), text);
        }
        let refused = serde_json::from_str::<Body>(r#"{"note":null}"#).unwrap_err();
        assert!(refused.to_string().starts_with("invalid type: null, expected a string"), "{refused}");
    }

    fn patches() -> impl Strategy<Value = ChannelPatch> {
        let style = prop::option::of(Just(ChannelStyle::default()));
        let texts = (any::<Option<String>>(), any::<Option<String>>());
        (texts, any::<Option<bool>>(), any::<(Option<bool>, Option<bool>, Option<u16>)>(), style).prop_map(
            |((name, introduction), alert, (enabled, unsent_preview, max_file_megabytes), style)| ChannelPatch {
                name,
                introduction,
                alert,
                enabled,
                unsent_preview,
                max_file_megabytes,
                style,
            },
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
    }
}
