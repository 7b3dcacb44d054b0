//! Places in the list of contacts: what a cursor says.

use super::ContactRow;
use crate::queries::place::BadCursor;
use std::fmt;
use std::str::FromStr;
use types::contact_list::ContactSort;
use types::time::Timestamp;

/// A place in the list: the last contact of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactPlace {
    /// What the list is ordered by, where that is not the number.
    pub(super) key: Option<Key>,
    pub(super) number: i64,
}

/// What a contact stands by, besides the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    Seen(Timestamp),
    Name(String),
}

impl ContactPlace {
    /// Behind the contact of this number, in the order of numbers.
    #[must_use]
    pub fn after(number: i64) -> Self {
        Self { key: None, number }
    }

    /// The contact's number.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.number
    }

    pub(super) fn of(row: &ContactRow, sort: ContactSort) -> Self {
        let key = match sort {
            ContactSort::Number => None,
            ContactSort::LastSeen => Some(Key::Seen(row.last_seen_at)),
            ContactSort::Name => Some(Key::Name(name_key(row.name.as_deref()))),
        };
        Self { key, number: row.number }
    }
}

impl fmt::Display for ContactPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            None => write!(f, "{}", self.number),
            Some(Key::Seen(at)) => write!(f, "{}.s{}", self.number, at.0),
            Some(Key::Name(name)) => write!(f, "{}.n{name}", self.number),
        }
    }
}

impl FromStr for ContactPlace {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let (number, key) = match text.split_once('.') {
            None => (text, None),
            Some((number, key)) => (number, Some(key)),
        };
        let key = key.map(|key| match key.strip_prefix('s') {
            Some(at) => at.parse().map(|at| Key::Seen(Timestamp(at))).map_err(|_not_a_time| BadCursor),
            None => key.strip_prefix('n').map(|name| Key::Name(name.to_owned())).ok_or(BadCursor),
        });
        Ok(Self { key: key.transpose()?, number: number.parse().map_err(|_not_a_number| BadCursor)? })
    }
}

/// What the list by name is ordered by: as the index has it.
pub(crate) fn name_key(name: Option<&str>) -> String {
    name.map_or_else(|| "z".to_owned(), |name| format!("a{}", name.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_place_is_read_as_it_is_written(number in any::<i64>(), at in any::<i64>(), name in any::<Option<String>>()) {
            let keys = [None, Some(Key::Seen(Timestamp(at))), Some(Key::Name(name_key(name.as_deref())))];
            for key in keys {
                let place = ContactPlace { key, number };
                prop_assert_eq!(place.to_string().parse(), Ok(place));
            }
        }
    }
}
