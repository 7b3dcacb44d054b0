//! The words of an import: what is wrong with a row, and an empty table to fill in.

use crate::csv;
use types::contact_imports::{ImportFault, ImportProblem};
use types::contact_list::TableLanguage;
use types::custom_fields::CustomFields;

/// Why a row was not imported.
#[must_use]
pub fn reason(fault: &ImportFault, language: TableLanguage) -> String {
    let (chinese, english) = match fault.problem {
        ImportProblem::Empty => ("姓名、电话、账号至少要有一项", "A name, a phone number or an account is needed"),
        ImportProblem::TooManyCells => ("单元格多于表头的列", "More cells than the table has columns"),
        ImportProblem::TooLong => ("内容过长", "Too long"),
        ImportProblem::InvalidFormat => ("格式不正确", "Not in the right format"),
        ImportProblem::NotAChoice => ("不是该字段的选项", "Not one of the field's choices"),
        ImportProblem::UnknownTag => ("标签不存在", "There is no such tag"),
        ImportProblem::SingleChoice => ("单选分组只能有一个标签", "Only one tag of a single-choice group"),
        ImportProblem::TooManyTags => ("标签过多", "Too many tags"),
        ImportProblem::AnotherAccount => ("该电话属于另一个账号", "The phone number is another account's"),
    };
    match (language, fault.limit) {
        (TableLanguage::Chinese, None) => chinese.to_owned(),
        (TableLanguage::Chinese, Some(limit)) => format!("{chinese}（最多 {limit}）"),
        (TableLanguage::English, None) => english.to_owned(),
        (TableLanguage::English, Some(limit)) => format!("{english} (at most {limit})"),
    }
}

/// A table with nothing but a head, of whose columns [`super::suggested`] knows each.
#[must_use]
pub fn template(fields: &CustomFields, language: TableLanguage) -> String {
    let heads = match language {
        TableLanguage::Chinese => ["姓名", "电话", "备注", "标签", "账号"],
        TableLanguage::English => ["Name", "Phone", "Remark", "Tags", "Account"],
    };
    let custom = fields.items.iter().map(|field| field.name.as_str());
    format!("{}{}", csv::BYTE_ORDER_MARK, csv::row(heads.into_iter().chain(custom)))
}
