//! Points in time, and days.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// A point in time to the millisecond: Unix milliseconds inside and in the database, RFC 3339 in UTC on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This point plus `millis` milliseconds; stays at the end of time instead of overflowing.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// This point plus `seconds` seconds.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_millis(seconds.saturating_mul(1000))
    }

    /// Milliseconds from `earlier` to this point; negative when `earlier` is later.
    #[must_use]
    pub fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads RFC 3339 with any offset. Anything finer than a millisecond is cut off.
    pub fn parse(text: &str) -> Result<Self, time::error::Parse> {
        let at = OffsetDateTime::parse(text, &Rfc3339)?;
        Ok(Self(at.unix_timestamp().saturating_mul(1000).saturating_add(i64::from(at.millisecond()))))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = i128::from(self.0).saturating_mul(1_000_000);
        // RFC 3339 has four-digit years only; times outside them cannot come from a clock and are shown as raw milliseconds.
        match OffsetDateTime::from_unix_timestamp_nanos(nanos).map(|at| at.to_offset(UtcOffset::UTC).format(&Rfc3339)) {
            Ok(Ok(text)) => f.write_str(&text),
            _ => write!(f, "{}", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text)
            .map_err(|error| D::Error::custom(format!("expected a time like 2026-11-22T08:00:00Z: {error}")))
    }
}

/// A day of somebody's calendar, whatever their time zone: days since 1970-01-01 inside, `2026-11-22` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
pub struct Day(pub i32);

impl Day {
    const MILLIS: i64 = 86_400_000;

    /// Reads `2026-11-22`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // The length of a date: nothing that makes another time of what is added.
        let at = (text.len() == 10).then(|| Timestamp::parse(&format!("{text}T00:00:00Z")).ok()).flatten()?;
        i32::try_from(at.0.div_euclid(Self::MILLIS)).ok().map(Self)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begins = Timestamp(i64::from(self.0).saturating_mul(Self::MILLIS)).to_string();
        f.write_str(begins.split('T').next().unwrap_or_default())
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("expected a day like 2026-11-22"))
    }
}

#[cfg(feature = "db")]
mod db {
    use super::Timestamp;
    use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
    use sea_orm::{ColIdx, QueryResult, TryGetError, TryGetable, Value};

    impl From<Timestamp> for Value {
        fn from(at: Timestamp) -> Self {
            at.0.into()
        }
    }

    impl TryGetable for Timestamp {
        fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
            i64::try_get_by(row, index).map(Self)
        }
    }

    impl ValueType for Timestamp {
        fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
            <i64 as ValueType>::try_from(value).map(Self)
        }

        fn type_name() -> String {
            "Timestamp".to_owned()
        }

        fn array_type() -> ArrayType {
            <i64 as ValueType>::array_type()
        }

        fn column_type() -> ColumnType {
            <i64 as ValueType>::column_type()
        }
    }

    impl Nullable for Timestamp {
        fn null() -> Value {
            <i64 as Nullable>::null()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_time_of_four_digit_years_survives_the_wire(millis in -62_135_596_800_000_i64..253_402_300_800_000) {
            let at = Timestamp(millis);
            prop_assert_eq!(Timestamp::parse(&at.to_string()).unwrap(), at);
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _parsed = Timestamp::parse(&text);
            let _day = Day::parse(&text);
        }

        #[test]
        fn every_day_of_four_digit_years_survives_the_wire(day in -719_162_i32..2_932_897) {
            prop_assert_eq!(Day::parse(&Day(day).to_string()), Some(Day(day)));
        }
    }

    #[test]
    fn a_day_is_a_date_and_nothing_else() {
        assert_eq!(Day::parse("1970-01-02"), Some(Day(1)));
        for wrong in ["", "2026-11-2", "2026-11-31", "2026-13-01", "20261122", "2026-11-22T08:00:00Z", "2026-11-22Z"] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn offsets_are_understood() {
        assert_eq!(Timestamp::parse("1970-01-01T08:00:00+08:00").unwrap(), Timestamp(0));
    }
}
