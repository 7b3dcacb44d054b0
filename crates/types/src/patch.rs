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
}
