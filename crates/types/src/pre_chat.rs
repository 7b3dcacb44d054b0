//! The form before the chat: what a channel asks of its visitors before they write for the first time.
//!
//! It is part of the channel's style, and so edited, published and kept in versions with it. What was asked before, or is known otherwise, is
//! not asked again; who may begin without answering is decided by the server where the conversation is made.

use crate::custom_fields::{CustomFieldKind, CustomFields, CustomValue};
use crate::error::{FieldCode, FieldError};
use crate::id::CustomFieldId;
use crate::limits;
use crate::validate::{self, Fault, Faults, Validate};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The form of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PreChatForm {
    /// Whether visitors are asked. A form that is on asks for something.
    pub enabled: bool,
    /// A line above the fields; empty: the widget's own words.
    #[cfg_attr(feature = "openapi", schema(max_length = 60, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"))]
    pub title: String,
    /// What is asked for, in this order, each once.
    #[cfg_attr(feature = "openapi", schema(max_items = 8))]
    pub fields: Vec<PreChatField>,
}

/// Something that a form asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "ReadField")]
pub enum PreChatField {
    /// The visitor's name.
    Name {
        /// Whether nobody begins without it.
        #[serde(default)]
        required: bool,
    },
    /// Their phone number.
    Phone {
        /// Whether nobody begins without it.
        #[serde(default)]
        required: bool,
    },
    /// A custom field that visitors may fill. One that they may not fill any more is not asked for.
    Custom {
        /// The field.
        field_id: CustomFieldId,
        /// Whether nobody begins without it.
        #[serde(default)]
        required: bool,
    },
}

/// The same as it is read: serde's own reading of the enum would be twice as much for a browser to load (`tagged`).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadField {
    kind: ReadKind,
    #[serde(default, deserialize_with = "crate::patch::present")]
    field_id: Option<CustomFieldId>,
    #[serde(default)]
    required: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ReadKind {
    Name,
    Phone,
    Custom,
}

impl TryFrom<ReadField> for PreChatField {
    type Error = &'static str;

    fn try_from(read: ReadField) -> Result<Self, Self::Error> {
        let ReadField { kind, field_id, required } = read;
        match (kind, field_id) {
            (ReadKind::Name, None) => Ok(Self::Name { required }),
            (ReadKind::Phone, None) => Ok(Self::Phone { required }),
            (ReadKind::Custom, Some(field_id)) => Ok(Self::Custom { field_id, required }),
            _ => Err("`field_id` names a custom field, and nothing else"),
        }
    }
}

impl PreChatField {
    /// Whether nobody begins without it.
    #[must_use]
    pub fn required(self) -> bool {
        let (Self::Name { required } | Self::Phone { required } | Self::Custom { required, .. }) = self;
        required
    }

    /// The same, required or not.
    #[must_use]
    pub fn requiring(self, required: bool) -> Self {
        match self {
            Self::Name { .. } => Self::Name { required },
            Self::Phone { .. } => Self::Phone { required },
            Self::Custom { field_id, .. } => Self::Custom { field_id, required },
        }
    }

    /// Whether both ask for the same.
    #[must_use]
    pub fn is_same(self, other: Self) -> bool {
        self.requiring(false) == other.requiring(false)
    }

    /// How answers name it.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::Name { .. } => "name".to_owned(),
            Self::Phone { .. } => "phone".to_owned(),
            Self::Custom { field_id, .. } => field_id.to_string(),
        }
    }
}

/// What is known of a visitor, as far as forms ask for it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// Their name.
    pub name: Option<&'a str>,
    /// Their phone number.
    pub phone: Option<&'a str>,
    /// What stands in their custom fields.
    pub stands: &'a [CustomValue],
    /// What was told for them and is not stored yet: it counts if it may be.
    pub told: &'a [CustomValue],
    /// Whether they are a contact: they have written, have answered a form, or were there before.
    pub is_contact: bool,
}

impl Known<'_> {
    fn has(&self, field: PreChatField, custom: &CustomFields) -> bool {
        let is_said = |text: Option<&str>| text.is_some_and(|text| !text.trim().is_empty());
        match field {
            PreChatField::Name { .. } => is_said(self.name),
            PreChatField::Phone { .. } => is_said(self.phone),
            PreChatField::Custom { field_id, .. } => {
                let of = |one: &&CustomValue| one.field_id == field_id && !one.value.trim().is_empty();
                let may = |one: &CustomValue| custom.get(field_id).is_some_and(|field| field.check(&one.value).is_ok());
                self.stands.iter().any(|one| of(&one)) || self.told.iter().filter(of).any(may)
            }
        }
    }
}

impl PreChatForm {
    /// Whether nothing was ever set up.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Checks it, its fields named below `field`. Whether its custom fields are there, only the server knows.
    pub(crate) fn check(&self, field: &str, faults: &mut Faults) {
        faults.check(&format!("{field}.title"), validate::line(&self.title, 0, limits::PRE_CHAT_TITLE_MAX));
        let named = format!("{field}.fields");
        if self.enabled && self.fields.is_empty() {
            faults.check(&named, Err(Fault::new(FieldCode::Required, "must ask for something")));
        }
        if self.fields.len() > limits::PRE_CHAT_FIELDS_MAX {
            let detail = format!("must be at most {}", limits::PRE_CHAT_FIELDS_MAX);
            let limit = i64::try_from(limits::PRE_CHAT_FIELDS_MAX).ok();
            faults.check(&named, Err(Fault { code: FieldCode::TooLong, detail, limit }));
            return;
        }
        let mut seen = HashSet::new();
        for (place, asked) in self.fields.iter().enumerate() {
            if !seen.insert(asked.requiring(false)) {
                faults.check(&format!("{named}[{place}]"), Err(Fault::new(FieldCode::Taken, "stands there twice")));
            }
        }
    }

    /// What is wrong with its custom fields beside those that `before` has: they are there, and visitors may fill them.
    #[must_use]
    pub fn faults(&self, field: &str, before: &Self, custom: &CustomFields) -> Vec<FieldError> {
        let mut faults = Faults::default();
        for (place, asked) in self.fields.iter().enumerate() {
            if !before.fields.iter().any(|known| known.is_same(*asked)) && !is_open(*asked, custom) {
                let fault = Fault::new(FieldCode::Wrong, "must be a custom field that visitors may fill");
                faults.check(&format!("{field}.fields[{place}].field_id"), Err(fault));
            }
        }
        faults.into_errors()
    }

    /// A number that changes with the form, by which widgets know that theirs is an old one; nothing while nobody is asked. FNV-1a
    /// (Fowler, Noll, Vo) of 32 bits, of which a signed number holds 31.
    #[must_use]
    pub fn mark(&self) -> Option<u32> {
        if !self.enabled {
            return None;
        }
        let fields = self.fields.iter().flat_map(|field| [field.key(), field.required().to_string()]);
        let texts = std::iter::once(self.title.clone()).chain(fields);
        let bytes = texts.flat_map(|text| text.into_bytes().into_iter().chain([0]));
        let hash = bytes.fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        Some(hash & 0x7fff_ffff)
    }

    /// What it asks for of which nothing is known; nothing while it is off.
    #[must_use]
    pub fn open_fields(&self, custom: &CustomFields, known: &Known<'_>) -> Vec<AskedField> {
        let open = self.fields.iter().filter(|field| self.enabled && !known.has(**field, custom));
        open.filter_map(|field| AskedField::of(*field, custom)).collect()
    }

    /// What a visitor is asked who has no conversation yet. Nothing where all that is required is known; where nothing is required, whoever
    /// is a contact was asked before, or is known well enough.
    #[must_use]
    pub fn to_ask(&self, custom: &CustomFields, known: &Known<'_>) -> Option<VisitorForm> {
        let fields = self.open_fields(custom, known);
        let is_lacking = fields.iter().any(|field| field.required);
        let asks_only = !self.fields.iter().any(|field| field.required() && is_open(*field, custom));
        let is_asked = is_lacking || (asks_only && !known.is_contact && !fields.is_empty());
        is_asked.then(|| VisitorForm { title: self.title.clone(), fields })
    }

    /// Whether something is not known without which nobody begins.
    #[must_use]
    pub fn is_unanswered(&self, custom: &CustomFields, known: &Known<'_>) -> bool {
        self.open_fields(custom, known).iter().any(|field| field.required)
    }
}

/// Whether visitors can answer it.
fn is_open(field: PreChatField, custom: &CustomFields) -> bool {
    match field {
        PreChatField::Name { .. } | PreChatField::Phone { .. } => true,
        PreChatField::Custom { field_id, .. } => custom.get(field_id).is_some_and(|field| field.visitors_fill),
    }
}

/// How a field is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AskedKind {
    /// By a name, on one line.
    Name,
    /// By a phone number.
    Phone,
    /// By a line of text.
    Text,
    /// By a number.
    Number,
    /// By a day: `2026-11-28`.
    Date,
    /// By one of the choices.
    Choice,
}

/// Something that a visitor is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskedField {
    /// How the answer names it: `name`, `phone`, or the custom field's id.
    pub field: String,
    /// How it is answered.
    pub kind: AskedKind,
    /// The custom field's name; empty for name and phone, which the widget calls in the visitor's language.
    pub label: String,
    /// Whether nobody begins without it.
    pub required: bool,
    /// What a choice may be; empty for the other kinds.
    pub choices: Vec<String>,
}

impl AskedField {
    /// Nothing for a custom field that visitors may not fill.
    fn of(asked: PreChatField, custom: &CustomFields) -> Option<Self> {
        let (kind, label, choices) = match asked {
            PreChatField::Name { .. } => (AskedKind::Name, String::new(), Vec::new()),
            PreChatField::Phone { .. } => (AskedKind::Phone, String::new(), Vec::new()),
            PreChatField::Custom { field_id, .. } => {
                let field = custom.get(field_id).filter(|field| field.visitors_fill)?;
                let kind = match field.kind {
                    CustomFieldKind::Text => AskedKind::Text,
                    CustomFieldKind::Number => AskedKind::Number,
                    CustomFieldKind::Date => AskedKind::Date,
                    CustomFieldKind::Choice => AskedKind::Choice,
                };
                (kind, field.name.clone(), field.choices.clone())
            }
        };
        Some(Self { field: asked.key(), kind, label, required: asked.required(), choices })
    }
}

/// What a visitor is asked before they begin.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VisitorForm {
    /// A line above the fields; empty: the widget's own words.
    pub title: String,
    /// What is asked for, in this order: what is known already is left out.
    pub fields: Vec<AskedField>,
}

/// What a visitor answers to the form before the chat.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetVisitorAnswers {
    /// The answers. What the form does not ask for, or what is known already, is left aside: it may have changed while it was filled in.
    #[cfg_attr(feature = "openapi", schema(max_items = 8))]
    pub answers: Vec<VisitorAnswer>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VisitorAnswer {
    /// What for, as the form names it. Of several for the same the first counts.
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 36, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$")
    )]
    pub field: String,
    /// What is said, as its kind wants it; empty for what is not to be said.
    #[cfg_attr(feature = "openapi", schema(max_length = 200, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"))]
    pub value: String,
}

impl Validate for SetVisitorAnswers {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        if self.answers.len() > limits::PRE_CHAT_FIELDS_MAX {
            let detail = format!("must be at most {}", limits::PRE_CHAT_FIELDS_MAX);
            let limit = i64::try_from(limits::PRE_CHAT_FIELDS_MAX).ok();
            faults.check("answers", Err(Fault { code: FieldCode::TooLong, detail, limit }));
            return faults.into_errors();
        }
        for (place, answer) in self.answers.iter().enumerate() {
            let field = validate::length(&answer.field, 1, 36).and_then(|()| validate::line(&answer.field, 0, 36));
            faults
                .check(&format!("answers[{place}].field"), field)
                .check(&format!("answers[{place}].value"), validate::line(&answer.value, 0, limits::CUSTOM_VALUE_MAX));
        }
        faults.into_errors()
    }
}

/// Good answers, by what they are kept as.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// The visitor's name.
    pub name: Option<String>,
    /// Their phone number.
    pub phone: Option<String>,
    /// For custom fields.
    pub custom: Vec<CustomValue>,
}

impl Answers {
    /// Whether nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Takes the answers to what is open.
///
/// # Errors
/// What is wrong, by the answers' places; that something is missing which was not given, by `answers`.
pub fn take(open: &[AskedField], custom: &CustomFields, given: &[VisitorAnswer]) -> Result<Answers, Vec<FieldError>> {
    let (mut answers, mut faults) = (Answers::default(), Faults::default());
    for asked in open {
        let found = given.iter().enumerate().find(|(_, answer)| answer.field == asked.field);
        let value = found.map(|(_, answer)| answer.value.trim()).unwrap_or_default();
        let of = found.map_or_else(|| "answers".to_owned(), |(place, _)| format!("answers[{place}].value"));
        if value.is_empty() {
            if asked.required {
                faults.check(&of, Err(Fault::new(FieldCode::Required, "must be answered")));
            }
            continue;
        }
        let outcome = match asked.kind {
            AskedKind::Name => validate::line(value, 1, limits::PERSON_NAME_MAX),
            AskedKind::Phone => validate::phone(value).and_then(|()| {
                // Signs alone would do for a number that agents note; nobody can be called by them.
                let is_number = value.chars().any(|sign| sign.is_ascii_digit());
                is_number.then_some(()).ok_or_else(|| Fault::new(FieldCode::InvalidFormat, "must have a digit"))
            }),
            AskedKind::Text | AskedKind::Number | AskedKind::Date | AskedKind::Choice => {
                let field = custom.items.iter().find(|field| field.id.to_string() == asked.field);
                field.map_or(Ok(()), |field| {
                    field.check(value).map(|()| {
                        answers.custom.push(CustomValue { field_id: field.id, value: value.to_owned() });
                    })
                })
            }
        };
        match (&outcome, asked.kind) {
            (Ok(()), AskedKind::Name) => answers.name = Some(value.to_owned()),
            (Ok(()), AskedKind::Phone) => answers.phone = Some(value.to_owned()),
            _ => {}
        }
        faults.check(&of, outcome);
    }
    let faults = faults.into_errors();
    if faults.is_empty() { Ok(answers) } else { Err(faults) }
}

#[cfg(test)]
mod tests;
