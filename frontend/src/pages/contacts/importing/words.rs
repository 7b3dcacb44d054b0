//! The words of an import.

use crate::i18n::{Lang, errors::error_text};
use client::rest::ApiError;
use types::contact_imports::{ContactImport, ImportField, ImportState};
use types::contact_list::TableLanguage;
use types::custom_fields::CustomFields;
use types::error::{ErrorCode, FieldCode};
use types::limits::IMPORT_COLUMNS_MAX;

/// The language of tables.
pub fn table_language(lang: Lang) -> TableLanguage {
    match lang {
        Lang::Zh => TableLanguage::Chinese,
        Lang::En => TableLanguage::English,
    }
}

/// What a column becomes.
pub fn field_name(lang: Lang, field: ImportField, custom: &CustomFields) -> String {
    match field {
        ImportField::Name {} => lang.contact_column_name().to_owned(),
        ImportField::Phone {} => lang.contact_phone().to_owned(),
        ImportField::Remark {} => lang.contact_remark().to_owned(),
        ImportField::Tags {} => lang.tags().to_owned(),
        ImportField::ExternalId {} => lang.import_account().to_owned(),
        ImportField::Custom { field_id } => custom.get(field_id).map(|field| field.name.clone()).unwrap_or_default(),
    }
}

/// Why a table was not taken, or not begun with.
pub fn trouble(lang: Lang, error: &ApiError) -> String {
    let ApiError::Problem(problem) = error else { return error_text(lang, error) };
    if problem.code == ErrorCode::Conflict {
        return lang.import_busy().to_owned();
    }
    let Some(fault) = problem.errors.first() else { return error_text(lang, error) };
    match (fault.field.as_str(), fault.code) {
        ("body", FieldCode::Required) => lang.import_is_empty().to_owned(),
        ("body", FieldCode::TooLong) if fault.limit == i64::try_from(IMPORT_COLUMNS_MAX).ok() => {
            lang.import_too_wide().to_owned()
        }
        ("body", FieldCode::TooLong) => lang.import_too_long().to_owned(),
        ("body", _) => lang.import_no_table().to_owned(),
        ("channel_id", _) => lang.import_channel_gone().to_owned(),
        (field, FieldCode::Wrong) if field.starts_with("columns") => lang.import_field_gone().to_owned(),
        _ => error_text(lang, error),
    }
}

/// What has become of an import, and its numbers.
pub fn state_text(lang: Lang, import: &ContactImport) -> String {
    match import.state {
        ImportState::Receiving => lang.import_receiving().to_owned(),
        ImportState::Ready => lang.import_ready(import.rows),
        ImportState::Running => lang.import_running(import.percent),
        ImportState::Finished => lang.import_finished().to_owned(),
        ImportState::Cancelled => lang.import_cancelled().to_owned(),
    }
}

/// What came of its rows, in a line.
pub fn counts_text(lang: Lang, import: &ContactImport) -> String {
    lang.import_counts(import.created, import.updated, import.skipped, import.failed)
}
