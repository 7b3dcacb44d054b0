//! Limits and cursors of lists.

use crate::auth::signing::Key;
use crate::error::{ApiError, ApiResult};
use serde::Deserialize;
use std::str::FromStr;
use types::error::{ErrorCode, FieldCode};
use types::limits;
use types::validate;

/// How many items a caller wants.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub struct Limit(i64);

impl Default for Limit {
    fn default() -> Self {
        Self(limits::PAGE_DEFAULT.into())
    }
}

impl Limit {
    /// As a page's limit.
    pub fn items(self) -> ApiResult<u16> {
        self.up_to(limits::PAGE_MAX)
    }

    /// As a limit from 1 to `max`.
    pub fn up_to(self, max: u16) -> ApiResult<u16> {
        let error = |fault: validate::Fault| ApiError::invalid(vec![fault.of("limit")]);
        validate::range(self.0, 1, max.into()).map_err(error)?;
        u16::try_from(self.0).map_err(|_too_large| ApiError::field("limit", FieldCode::OutOfRange, "is out of range"))
    }
}

/// Which page of a list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paged {
    /// `next_cursor` of the page before; absent for the first.
    cursor: Option<String>,
    /// How many, from 1 to 100; 50 when absent.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 100)]
    limit: Limit,
}

impl Paged {
    /// The cursor, as the caller has it.
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// How many items.
    pub fn items(&self) -> ApiResult<u16> {
        self.limit.items()
    }
}

/// A cursor for the caller: opaque, and bound to its list.
pub fn seal_cursor(key: &Key, list: &str, cursor: &str) -> String {
    key.derive(list).seal(cursor.as_bytes())
}

/// The cursor inside, if it came from this list.
pub fn open_cursor<C: FromStr>(key: &Key, list: &str, sealed: Option<&str>) -> ApiResult<Option<C>> {
    let Some(sealed) = sealed else { return Ok(None) };
    let opened = key.derive(list).open(sealed).and_then(|bytes| std::str::from_utf8(&bytes).ok()?.parse().ok());
    let malformed = || ApiError::new(ErrorCode::MalformedRequest, "Query: `cursor` is not one of this list's");
    opened.map(Some).ok_or_else(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_comes_back_exactly_and_no_other_text_is_one(at in any::<i64>(), text in ".*", place in any::<prop::sample::Index>()) {
            let key = Key::from_secret(b"secret");
            let sealed = seal_cursor(&key, "letters", &at.to_string());
            prop_assert_eq!(open_cursor::<i64>(&key, "letters", Some(&sealed)).unwrap(), Some(at));
            let mut changed = sealed.into_bytes();
            let place = place.index(changed.len());
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            for wrong in [text.as_str(), std::str::from_utf8(&changed).unwrap()] {
                let refused = open_cursor::<i64>(&key, "letters", Some(wrong)).unwrap_err();
                prop_assert_eq!(refused.problem().code, ErrorCode::MalformedRequest);
            }
        }
    }

    #[test]
    fn a_cursor_serves_its_own_list_only() {
        let key = Key::from_secret(b"secret");
        let sealed = seal_cursor(&key, "letters", "42");
        assert_eq!(open_cursor::<i64>(&key, "letters", Some(&sealed)).unwrap(), Some(42));
        assert_eq!(open_cursor::<i64>(&key, "letters", None).unwrap(), None);
        assert!(open_cursor::<i64>(&key, "numbers", Some(&sealed)).is_err());
        assert!(open_cursor::<i64>(&key, "letters", Some("42")).is_err());
    }

    #[test]
    fn limits_have_bounds() {
        assert_eq!(Limit::default().items().unwrap(), limits::PAGE_DEFAULT);
        for (limit, right) in [(0, false), (1, true), (100, true), (101, false), (-1, false), (i64::MAX, false)] {
            assert_eq!(Limit(limit).items().is_ok(), right, "{limit}");
        }
    }
}
