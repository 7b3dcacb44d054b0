//! Whole numbers as JSON knows them: `1.0` is one.
//!
//! JSON has one kind of number, and JSON Schema calls every number without a fraction an integer; programs that keep all
//! numbers as floating point write them with a point. Serde would refuse those.

use serde::de::{self, Deserializer, Unexpected, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// Below this every whole number has a floating-point form of its own; this one shares its form with its successor.
const EXACT_END: f64 = 9_007_199_254_740_992.0;

/// Reads a whole number.
///
/// # Errors
/// When it has a fraction, is out of the type's range, or is no number.
pub(crate) fn whole<'de, D: Deserializer<'de>, T: TryFrom<i128>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(Whole(PhantomData))
}

/// The same for a field of a `PATCH` body that has a value whenever it is there; with `#[serde(default)]`.
///
/// # Errors
/// As [`whole`].
pub(crate) fn whole_if_present<'de, D: Deserializer<'de>, T: TryFrom<i128>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    whole(deserializer).map(Some)
}

/// Reads a whole number or `null`; for fields that can be left out, with `#[serde(default)]`.
///
/// # Errors
/// As [`whole`].
pub(crate) fn whole_or_null<'de, D: Deserializer<'de>, T: TryFrom<i128>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_option(WholeOrNull(PhantomData))
}

struct Whole<T>(PhantomData<T>);

impl<T: TryFrom<i128>> Visitor<'_> for Whole<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number ({})", std::any::type_name::<T>())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        T::try_from(value.into()).map_err(|_out_of_range| E::invalid_value(Unexpected::Signed(value), &self))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        T::try_from(value.into()).map_err(|_out_of_range| E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        let exact = value.fract() == 0.0 && value.abs() < EXACT_END;
        // Without a fraction it is written as a whole number.
        let whole = exact.then(|| format!("{value:.0}").parse::<i128>().ok()).flatten();
        let fits = whole.and_then(|whole| T::try_from(whole).ok());
        fits.ok_or_else(|| E::invalid_value(Unexpected::Float(value), &self))
    }
}

struct WholeOrNull<T>(PhantomData<T>);

impl<'de, T: TryFrom<i128>> Visitor<'de> for WholeOrNull<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or null")
    }

    fn visit_none<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        whole(deserializer).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Body {
        #[serde(deserialize_with = "whole")]
        seq: i64,
        #[serde(default, deserialize_with = "whole_or_null")]
        after: Option<u16>,
    }

    fn read(text: &str) -> Result<Body, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_number_without_fraction_is_whole_however_it_is_written() {
        for text in [r#"{"seq":1}"#, r#"{"seq":1.0}"#, r#"{"seq":1e0}"#, r#"{"seq":10e-1,"after":null}"#] {
            assert_eq!(read(text), Ok(Body { seq: 1, after: None }), "{text}");
        }
        assert_eq!(read(r#"{"seq":-3.0,"after":7.0}"#), Ok(Body { seq: -3, after: Some(7) }));
    }

    #[test]
    fn what_is_not_whole_or_does_not_fit_is_refused() {
        for text in [
            r#"{"seq":1.5}"#,
            r#"{"seq":3.6997946635857885e15}"#,
            r#"{"seq":9007199254740993.0}"#,
            r#"{"seq":"1"}"#,
            r#"{"seq":null}"#,
            r#"{"seq":1e300}"#,
            r#"{"seq":9223372036854775808}"#,
            r#"{"seq":1,"after":65536}"#,
            r#"{"seq":1,"after":-1.0}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_number_is_read_exactly_or_refused(seq in any::<i64>(), fraction in any::<f64>()) {
            prop_assert_eq!(read(&format!(r#"{{"seq":{seq}}}"#)).map(|body| body.seq), Ok(seq));
            if let Ok(body) = read(&format!(r#"{{"seq":{fraction:e}}}"#)) {
                prop_assert_eq!(format!("{}", body.seq), format!("{:.0}", fraction).replace("-0", "0"));
            }
        }
    }
}
