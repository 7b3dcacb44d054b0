//! Importing contacts from a table: what its columns are, what is done with those who are there already, and how far it has come.

use crate::contact_list::TableLanguage;
use crate::error::{FieldCode, FieldError};
use crate::id::{ChannelId, ContactImportId, CustomFieldId};
use crate::limits;
use crate::time::Timestamp;
use crate::validate::{Fault, Faults, Validate};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// What a column of the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ImportField {
    /// The name.
    Name {},
    /// The phone number.
    Phone {},
    /// What is to be remembered of them.
    Remark {},
    /// The names of tags, with semicolons between them. They are added to those that the contact has.
    Tags {},
    /// The id of their account at the company.
    ExternalId {},
    /// One of the organisation's custom fields.
    Custom {
        /// Which.
        field_id: CustomFieldId,
    },
}

/// A column that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportColumn {
    /// Its place in the table, from 0.
    #[cfg_attr(feature = "openapi", schema(maximum = 59))]
    pub column: u16,
    /// What it is.
    pub field: ImportField,
}

/// What is done with a row whose contact is there already: the channel's contact of the same account, else of the same phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportDuplicates {
    /// The contact is left as it is.
    #[default]
    Skip,
    /// What stands in the row takes the place of what was there; an empty cell changes nothing.
    Update,
}

/// Begins an import, or a trial of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BeginContactImport {
    /// The channel whose contacts they become.
    pub channel_id: ChannelId,
    /// The columns that are read. Among them a name, a phone number or an account.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 60))]
    pub columns: Vec<ImportColumn>,
    /// What is done with those who are there already.
    #[serde(default)]
    pub duplicates: ImportDuplicates,
    /// Whether it is only tried: everything is checked and counted, and no contact is written.
    #[serde(default)]
    pub trial: bool,
}

impl Validate for BeginContactImport {
    fn validate(&self) -> Vec<FieldError> {
        let mut faults = Faults::default();
        let twice = || Err(Fault::new(FieldCode::Taken, "stands there twice"));
        if self.columns.len() > limits::IMPORT_COLUMNS_MAX {
            let limit = i64::try_from(limits::IMPORT_COLUMNS_MAX).ok();
            let detail = format!("must be at most {}", limits::IMPORT_COLUMNS_MAX);
            faults.check("columns", Err(Fault { code: FieldCode::TooLong, detail, limit }));
            return faults.into_errors();
        }
        let knows = |field| matches!(field, ImportField::Name {} | ImportField::Phone {} | ImportField::ExternalId {});
        if !self.columns.iter().any(|column| knows(column.field)) {
            let fault = Fault::new(FieldCode::Required, "must have a name, a phone number or an account among them");
            faults.check("columns", Err(fault));
        }
        let (mut places, mut fields) = (HashSet::new(), HashSet::new());
        for (place, column) in self.columns.iter().enumerate() {
            if !places.insert(column.column) {
                faults.check(&format!("columns[{place}].column"), twice());
            }
            if !fields.insert(column.field) {
                faults.check(&format!("columns[{place}].field"), twice());
            }
        }
        faults.into_errors()
    }
}

/// What has become of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// The table is on its way.
    Receiving,
    /// The table is there, and can be imported or tried.
    Ready,
    /// It goes on, in steps.
    Running,
    /// It has come to its end.
    Finished,
    /// It was stopped before its end: what it had written is kept.
    Cancelled,
}

impl ImportState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Receiving, Self::Ready, Self::Running, Self::Finished, Self::Cancelled];

    /// The state as written on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ImportProblem {
    /// It has no name, no phone number and no account.
    Empty,
    /// It has more cells than the table has columns.
    TooManyCells,
    /// More than `limit` characters.
    TooLong,
    /// Not written as it must be.
    InvalidFormat,
    /// Not one of the field's choices.
    NotAChoice,
    /// No tag of the organisation.
    UnknownTag,
    /// Two tags of a group of which a contact has one.
    SingleChoice,
    /// The contact would have more than `limit` tags.
    TooManyTags,
    /// The phone number is one contact's, and the contact has another account.
    AnotherAccount,
}

/// A row that was not imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportFault {
    /// Its number as a spreadsheet counts: the head is the first.
    pub row: u32,
    /// The head of the column that is wrong; absent where the whole row is.
    pub column: Option<String>,
    /// What is wrong.
    pub problem: ImportProblem,
    /// The limit that was passed, where there is one.
    pub limit: Option<u32>,
}

/// An import of contacts: the table, how far it has come, and with which result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactImport {
    /// The import.
    pub id: ContactImportId,
    /// What has become of it.
    pub state: ImportState,
    /// The table's head.
    pub head: Vec<String>,
    /// Its first rows, with long cells cut; none once it was imported or stopped.
    pub sample: Vec<Vec<String>>,
    /// What the columns seem to be, by their heads.
    pub suggested: Vec<ImportColumn>,
    /// How many rows it has, without the head.
    pub rows: u32,
    /// As it was begun last, where it was.
    pub request: Option<BeginContactImport>,
    /// How much of it is done, in percent.
    #[cfg_attr(feature = "openapi", schema(maximum = 100))]
    pub percent: u8,
    /// Rows that became contacts; after a trial those that would.
    pub created: u32,
    /// Rows that changed a contact who was there.
    pub updated: u32,
    /// Rows whose contact was there, and was left as they were.
    pub skipped: u32,
    /// Rows that have a fault.
    pub failed: u32,
    /// The first faults.
    pub faults: Vec<ImportFault>,
    /// When the table came.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// An admin's imports, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContactImports {
    /// The imports; at most [`limits::IMPORTS_KEPT`].
    pub items: Vec<ContactImport>,
}

/// Asks for the rows that were not imported, as a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateImportFailureExport {
    /// The language of what is wrong; Chinese unless said otherwise.
    #[serde(default)]
    pub language: TableLanguage,
}

impl Validate for CreateImportFailureExport {
    fn validate(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_column_and_a_field_stand_once_and_somebody_is_known_by_something() {
        let begin = |columns: &[(u16, ImportField)]| BeginContactImport {
            channel_id: ChannelId(Uuid::from_u128(1)),
            columns: columns.iter().map(|(column, field)| ImportColumn { column: *column, field: *field }).collect(),
            duplicates: ImportDuplicates::Skip,
            trial: false,
        };
        let faults = |columns: &[(u16, ImportField)]| {
            let faults = begin(columns).validate().into_iter().map(|error| (error.field, error.code));
            faults.collect::<Vec<_>>()
        };
        assert_eq!(faults(&[(0, ImportField::Name {}), (1, ImportField::Remark {})]), []);
        assert_eq!(faults(&[(0, ImportField::Remark {})]), [("columns".to_owned(), FieldCode::Required)]);
        assert_eq!(
            faults(&[(0, ImportField::Name {}), (0, ImportField::Name {})]),
            [("columns[1].column".to_owned(), FieldCode::Taken), ("columns[1].field".to_owned(), FieldCode::Taken)]
        );
    }

    #[test]
    fn states_are_read_as_they_are_written() {
        for state in ImportState::ALL {
            assert_eq!(ImportState::parse(state.as_str()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
