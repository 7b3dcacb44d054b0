//! Places in lists that are ordered by time, newest first: what a cursor says.

use std::fmt;
use std::str::FromStr;
use types::time::Timestamp;
use uuid::Uuid;

/// The last row of a page: the next one begins below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The row's time.
    pub at: Timestamp,
    /// Which it is, among those of the same time.
    pub id: Uuid,
}

/// The text is not a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of a list")]
pub struct BadCursor;

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.0, self.id.simple())
    }
}

impl FromStr for Place {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let (at, id) = text.split_once('.').ok_or(BadCursor)?;
        match (at.parse(), id.parse()) {
            (Ok(at), Ok(id)) => Ok(Self { at: Timestamp(at), id }),
            _ => Err(BadCursor),
        }
    }
}
