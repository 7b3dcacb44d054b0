//! Custom fields: what an organisation notes of its contacts besides name, phone and remark, and what stands there.

use crate::error::{FieldCode, FieldError};
use crate::id::CustomFieldId;
use crate::limits;
use crate::tags::comparable;
use crate::validate::{self, Fault, Faults, Validate};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// What may stand in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CustomFieldKind {
    /// A line of text.
    #[default]
    Text,
    /// A number as it is written: digits, with a sign before them and a part behind a point where there is one.
    Number,
    /// A day: `2026-11-28`.
    Date,
    /// One of the field's choices.
    Choice,
}

impl CustomFieldKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Text, Self::Number, Self::Date, Self::Choice];
}

/// A field that every contact of the organisation has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomField {
    /// The field.
    pub id: CustomFieldId,
    /// Its name.
    pub name: String,
    /// What may stand in it.
    pub kind: CustomFieldKind,
    /// What a choice may be; empty for the other kinds.
    pub choices: Vec<String>,
}

impl CustomField {
    /// Whether this may stand in the field. Nothing may always.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, value: &str) -> Result<(), Fault> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(());
        }
        match self.kind {
            CustomFieldKind::Text => validate::line(value, 0, limits::CUSTOM_VALUE_MAX),
            CustomFieldKind::Number if is_number(value) => Ok(()),
            CustomFieldKind::Number => Err(Fault::new(
                FieldCode::InvalidFormat,
                "must be a number of at most 15 digits, with at most 6 of them behind a point",
            )),
            CustomFieldKind::Date if is_date(value) => Ok(()),
            CustomFieldKind::Date => {
                Err(Fault::new(FieldCode::InvalidFormat, "must be a day, written as year-month-day"))
            }
            CustomFieldKind::Choice if self.choices.iter().any(|choice| choice == value) => Ok(()),
            CustomFieldKind::Choice => Err(Fault::new(FieldCode::Wrong, "must be one of the field's choices")),
        }
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let length = whole.len().saturating_add(part.map_or(0, str::len));
    are_digits(whole) && part.is_none_or(|part| are_digits(part) && part.len() <= 6) && length <= 15
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let read = |text: &str, length: usize| {
        let is_whole = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| is_whole)
    };
    let (Some(year), Some(month), Some(day)) = (read(year, 4), read(month, 2), read(day, 2)) else { return false };
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    year > 0 && (1..=days).contains(&day)
}

/// What stands in a field of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CustomValue {
    /// The field.
    pub field_id: CustomFieldId,
    /// What stands in it. In a request, nothing takes away what was there.
    #[cfg_attr(feature = "openapi", schema(max_length = 200, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"))]
    pub value: String,
}

/// The organisation's fields, in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomFields {
    /// Counts the changes: [`SetCustomFields::version`].
    pub version: i64,
    /// The fields.
    pub items: Vec<CustomField>,
}

impl CustomFields {
    /// One of them.
    #[must_use]
    pub fn get(&self, id: CustomFieldId) -> Option<&CustomField> {
        self.items.iter().find(|field| field.id == id)
    }

    /// What is wrong with values for these fields. That none stands there twice was checked before.
    #[must_use]
    pub fn faults(&self, values: &[CustomValue]) -> Vec<FieldError> {
        let mut faults = Faults::default();
        for (place, value) in values.iter().enumerate() {
            match self.get(value.field_id) {
                Some(field) => faults.check(&format!("custom_values[{place}].value"), field.check(&value.value)),
                None => faults.check(
                    &format!("custom_values[{place}].field_id"),
                    Err(Fault::new(FieldCode::Wrong, "must be a field that is there")),
                ),
            };
        }
        faults.into_errors()
    }
}

/// Checks what can be known of values without knowing the fields.
pub(crate) fn check_values(faults: &mut Faults, values: &[CustomValue]) {
    if values.len() > limits::CUSTOM_FIELDS_MAX {
        faults.check("custom_values", Err(too_many(limits::CUSTOM_FIELDS_MAX)));
        return;
    }
    let mut seen = HashSet::new();
    for (place, value) in values.iter().enumerate() {
        let of = |part: &str| format!("custom_values[{place}].{part}");
        faults.check(&of("value"), validate::line(&value.value, 0, limits::CUSTOM_VALUE_MAX));
        if !seen.insert(value.field_id) {
            faults.check(&of("field_id"), Err(twice()));
        }
    }
}

fn too_many(most: usize) -> Fault {
    Fault { code: FieldCode::TooLong, detail: format!("must be at most {most}"), limit: i64::try_from(most).ok() }
}

fn twice() -> Fault {
    Fault::new(FieldCode::Taken, "stands there twice")
}

/// A field as it is to be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetCustomField {
    /// Which, of those that are there; absent for a new one.
    #[serde(default, deserialize_with = "crate::patch::present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = CustomFieldId, required = false))]
    pub id: Option<CustomFieldId>,
    /// Its name, which no other one has.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 20,
            pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$"
        )
    )]
    pub name: String,
    /// What may stand in it. It stays what it was.
    pub kind: CustomFieldKind,
    /// What a choice may be; none for the other kinds. Where a contact has one that is gone, it stays until it is changed.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = false, max_items = 50))]
    pub choices: Vec<String>,
}

/// Sets all fields of the organisation, in this order. One that is left out is deleted, with what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetCustomFields {
    /// The `version` that the caller changes. Another one meanwhile: 409, and nothing is changed.
    #[serde(deserialize_with = "crate::number::whole")]
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub version: i64,
    /// The fields.
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub items: Vec<SetCustomField>,
}

impl Validate for SetCustomFields {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        faults.check("version", validate::range(self.version, 0, i64::MAX));
        if self.items.len() > limits::CUSTOM_FIELDS_MAX {
            faults.check("items", Err(too_many(limits::CUSTOM_FIELDS_MAX)));
            return faults.into_errors();
        }
        let (mut ids, mut names) = (HashSet::new(), HashSet::new());
        for (place, field) in self.items.iter().enumerate() {
            let of = |part: &str| format!("items[{place}].{part}");
            if field.id.is_some_and(|id| !ids.insert(id)) {
                faults.check(&of("id"), Err(twice()));
            }
            let name = validate::line(&field.name, 1, limits::CUSTOM_FIELD_NAME_MAX);
            let name = name.and_then(|()| if names.insert(comparable(&field.name)) { Ok(()) } else { Err(twice()) });
            faults.check(&of("name"), name);
            check_choices(&mut faults, &of("choices"), field);
        }
        faults.into_errors()
    }
}

fn check_choices(faults: &mut Faults, named: &str, field: &SetCustomField) {
    let counted = match (field.kind, field.choices.len()) {
        (CustomFieldKind::Choice, 0) => Err(Fault::new(FieldCode::Required, "must have at least one")),
        (CustomFieldKind::Choice, many) if many > limits::CUSTOM_CHOICES_MAX => {
            Err(too_many(limits::CUSTOM_CHOICES_MAX))
        }
        (CustomFieldKind::Choice, _) | (_, 0) => Ok(()),
        _ => Err(Fault::new(FieldCode::Wrong, "only a choice has choices")),
    };
    if counted.is_err() {
        faults.check(named, counted);
        return;
    }
    let mut seen = HashSet::new();
    for (place, choice) in field.choices.iter().enumerate() {
        let checked = validate::line(choice, 1, limits::CUSTOM_CHOICE_MAX);
        let checked = checked.and_then(|()| if seen.insert(choice.trim()) { Ok(()) } else { Err(twice()) });
        faults.check(&format!("{named}[{place}]"), checked);
    }
}

/// What goes when a field is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomFieldContents {
    /// How many contacts have something in it.
    pub contacts: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn field(kind: CustomFieldKind, choices: &[&str]) -> CustomField {
        let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
        CustomField { id: CustomFieldId(Uuid::from_u128(1)), name: "会员".to_owned(), kind, choices }
    }

    #[test]
    fn a_value_is_of_its_fields_kind() {
        let long = "长".repeat(limits::CUSTOM_VALUE_MAX + 1);
        for (kind, good, bad) in [
            (CustomFieldKind::Text, vec!["", "任何 text", "-"], vec!["a\nb", long.as_str()]),
            (
                CustomFieldKind::Number,
                vec!["", "0", "-12.5", " 123456789012345 ", "1.123456"],
                vec!["-", "1.", ".5", "1e5", "１", "1,5", "1234567890123456", "1.1234567", "--1", "1 2"],
            ),
            (
                CustomFieldKind::Date,
                vec!["", "2024-02-29", "2026-12-31", "2000-02-29"],
                vec![
                    "2023-02-29",
                    "1900-02-29",
                    "2026-13-01",
                    "2026-00-10",
                    "2026-04-31",
                    "2026-1-1",
                    "0000-01-01",
                    "28.11.2026",
                    "2026-01-01-01",
                ],
            ),
            (CustomFieldKind::Choice, vec!["", "金", "银"], vec!["铜", "金银"]),
        ] {
            let field = field(kind, if kind == CustomFieldKind::Choice { &["金", "银"] } else { &[] });
            for value in good {
                assert_eq!(field.check(value), Ok(()), "{kind:?} {value}");
            }
            for value in bad {
                assert!(field.check(value).is_err(), "{kind:?} {value}");
            }
        }
    }

    #[test]
    fn what_is_wrong_with_fields_is_said_where_it_is() {
        let named = |name: &str, kind, choices: &[&str]| SetCustomField {
            id: None,
            name: name.to_owned(),
            kind,
            choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
        };
        let request = SetCustomFields {
            version: 0,
            items: vec![
                named("Level", CustomFieldKind::Choice, &["a", "b", " a"]),
                named(" level", CustomFieldKind::Text, &["a"]),
                named(" ", CustomFieldKind::Choice, &[]),
                named("生日", CustomFieldKind::Date, &[]),
            ],
        };
        let faults: Vec<_> = request.validate().into_iter().map(|error| (error.field, error.code)).collect();
        let expected = [
            ("items[0].choices[2]", FieldCode::Taken),
            ("items[1].name", FieldCode::Taken),
            ("items[1].choices", FieldCode::Wrong),
            ("items[2].name", FieldCode::Required),
            ("items[2].choices", FieldCode::Required),
        ];
        assert_eq!(faults, expected.map(|(field, code)| (field.to_owned(), code)));
    }
}
