//! The welcome: what every new conversation begins with.

use crate::error::{FieldCode, FieldError};
use crate::limits;
use crate::validate::{self, Fault, Faults, Validate};
use serde::{Deserialize, Serialize};

/// What the organisation greets new visitors with, in every channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Welcome {
    /// The text; empty when new visitors are not greeted.
    pub text: String,
}

/// Sets the welcome from now on. Conversations that have begun keep the one that they began with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetWelcome {
    /// 1 to 1,000 characters, not only white space; or empty, to greet nobody.
    #[cfg_attr(
        feature = "openapi",
        schema(
            max_length = 1000,
            pattern = "^([^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*)?$"
        )
    )]
    pub text: String,
}

impl Validate for SetWelcome {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("text", check(&self.text));
        faults.into_errors()
    }
}

fn check(text: &str) -> Result<(), Fault> {
    if !text.is_empty() && text.trim().is_empty() {
        return Err(Fault::new(FieldCode::Required, "must not be white space only"));
    }
    validate::text(text, 0, limits::WELCOME_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_welcome_is_a_text_of_some_length_or_none() {
        for right in ["", "您好，请问有什么可以帮您？", "第一行\n第二行", &"长".repeat(limits::WELCOME_MAX)]
        {
            assert_eq!(check(right), Ok(()), "{right}");
        }
        assert_eq!(check(&"长".repeat(limits::WELCOME_MAX + 1)).unwrap_err().limit, Some(1_000));
        assert_eq!(check(" \n ").unwrap_err().code, FieldCode::Required);
        assert_eq!(check("a\u{0}").unwrap_err().code, FieldCode::InvalidFormat);
    }
}
