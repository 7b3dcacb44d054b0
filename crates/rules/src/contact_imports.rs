//! Reading contacts from the rows of a table: what its columns seem to be, and what stands in a row or is wrong with it.

mod words;

pub use words::{reason, template};

use crate::csv::plain;
use types::contact_imports::{ImportColumn, ImportField, ImportProblem};
use types::custom_fields::{CustomFields, CustomValue};
use types::error::FieldCode;
use types::id::TagId;
use types::limits;
use types::tags::{TagGroup, comparable};
use types::validate::{self, Fault};

/// What a row says of a contact. What is not there, or empty, it does not say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportedRow {
    /// The name.
    pub name: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// What is to be remembered.
    pub remark: Option<String>,
    /// The id of their account at the company.
    pub external_id: Option<String>,
    /// Tags, which may stand together.
    pub tag_ids: Vec<TagId>,
    /// What stands in custom fields.
    pub values: Vec<CustomValue>,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongRow {
    /// In which column; none where it is the whole row.
    pub column: Option<u16>,
    /// What.
    pub problem: ImportProblem,
    /// The limit that was passed.
    pub limit: Option<u32>,
}

impl WrongRow {
    /// Of the whole row.
    #[must_use]
    pub fn of_row(problem: ImportProblem) -> Self {
        Self { column: None, problem, limit: None }
    }
}

/// Reads a row of a table of so many columns.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn read_row(
    cells: &[String],
    width: usize,
    columns: &[ImportColumn],
    groups: &[TagGroup],
    fields: &CustomFields,
) -> Result<ImportedRow, WrongRow> {
    if cells.iter().skip(width).any(|cell| !cell.trim().is_empty()) {
        return Err(WrongRow::of_row(ImportProblem::TooManyCells));
    }
    let mut read = ImportedRow::default();
    for ImportColumn { column, field } in columns {
        let cell = cells.get(usize::from(*column)).map_or("", |cell| plain(cell.trim()).trim());
        if cell.is_empty() {
            continue;
        }
        let wrong = |fault: Fault| WrongRow {
            column: Some(*column),
            problem: problem_of(&fault),
            limit: fault.limit.and_then(|limit| u32::try_from(limit).ok()),
        };
        let some = || Some(cell.to_owned());
        match field {
            ImportField::Name {} => {
                validate::line(cell, 1, limits::PERSON_NAME_MAX).map_err(wrong)?;
                read.name = some();
            }
            // What stands in spreadsheets for a number that is not known.
            ImportField::Phone {} if cell.chars().all(|sign| " -().".contains(sign)) => {}
            ImportField::Phone {} => {
                validate::phone(cell).map_err(wrong)?;
                read.phone = some();
            }
            ImportField::Remark {} => {
                validate::text(cell, 1, limits::CONTACT_REMARK_MAX).map_err(wrong)?;
                read.remark = some();
            }
            ImportField::ExternalId {} => {
                validate::line(cell, 1, limits::EXTERNAL_ID_MAX).map_err(wrong)?;
                read.external_id = some();
            }
            ImportField::Tags {} => {
                let wrong = |(problem, limit)| WrongRow { column: Some(*column), problem, limit };
                read.tag_ids = tags(cell, groups).map_err(wrong)?;
            }
            ImportField::Custom { field_id } => {
                // One that was deleted since the import was begun takes nothing any more.
                let Some(known) = fields.get(*field_id) else { continue };
                known.check(cell).map_err(wrong)?;
                read.values.push(CustomValue { field_id: *field_id, value: cell.to_owned() });
            }
        }
    }
    if read.name.is_none() && read.phone.is_none() && read.external_id.is_none() {
        return Err(WrongRow::of_row(ImportProblem::Empty));
    }
    Ok(read)
}

fn problem_of(fault: &Fault) -> ImportProblem {
    match fault.code {
        FieldCode::TooLong => ImportProblem::TooLong,
        FieldCode::Wrong => ImportProblem::NotAChoice,
        FieldCode::Required => ImportProblem::Empty,
        _ => ImportProblem::InvalidFormat,
    }
}

/// The tags of a cell, by their names; where two groups have one of the same name, the earlier group's.
fn tags(cell: &str, groups: &[TagGroup]) -> Result<Vec<TagId>, (ImportProblem, Option<u32>)> {
    let mut found = Vec::new();
    let names = cell.split([';', '；']).map(comparable).filter(|name| !name.is_empty());
    for name in names {
        let all = groups.iter().flat_map(|group| group.tags.iter().map(move |tag| (group, tag)));
        let (group, tag) =
            all.into_iter().find(|(_, tag)| comparable(&tag.name) == name).ok_or((ImportProblem::UnknownTag, None))?;
        if found.contains(&tag.id) {
            continue;
        }
        if group.single_choice && group.tags.iter().any(|other| found.contains(&other.id)) {
            return Err((ImportProblem::SingleChoice, None));
        }
        found.push(tag.id);
    }
    if found.len() > limits::CONTACT_TAGS_MAX {
        return Err((ImportProblem::TooManyTags, u32::try_from(limits::CONTACT_TAGS_MAX).ok()));
    }
    Ok(found)
}

/// What columns are called, among them as the export calls them.
const HEADS: [(ImportField, &[&str]); 5] = [
    (ImportField::Name {}, &["姓名", "昵称", "名称", "客户姓名", "name", "nickname", "full name"]),
    (
        ImportField::Phone {},
        &["电话", "手机", "手机号", "手机号码", "联系电话", "电话号码", "phone", "mobile", "phone number"],
    ),
    (ImportField::Remark {}, &["备注", "说明", "remark", "remarks", "note", "notes"]),
    (ImportField::Tags {}, &["标签", "tags", "tag"]),
    (
        ImportField::ExternalId {},
        &[
            "账号",
            "账号 id",
            "账号id",
            "用户id",
            "客户id",
            "account",
            "account id",
            "user id",
            "user_id",
            "external_id",
        ],
    ),
];

/// What the columns seem to be, each field once. The rest is left out.
#[must_use]
pub fn suggested(head: &[String], fields: &CustomFields) -> Vec<ImportColumn> {
    let mut found: Vec<ImportColumn> = Vec::new();
    for (place, name) in head.iter().enumerate() {
        let name = comparable(name);
        let built_in = HEADS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(field, _)| *field);
        let custom = || {
            let field = fields.items.iter().find(|field| comparable(&field.name) == name)?;
            Some(ImportField::Custom { field_id: field.id })
        };
        let field = built_in.or_else(custom).filter(|field| !found.iter().any(|column| column.field == *field));
        if let (Some(field), Ok(column)) = (field, u16::try_from(place)) {
            found.push(ImportColumn { column, field });
        }
    }
    found
}

/// A phone number without what people write between its digits, and a mainland one without the country's code: two that are equal in
/// it are one number.
#[must_use]
pub fn phone_key(phone: &str) -> String {
    let key: String = phone.chars().filter(|sign| !" -().".contains(*sign)).collect();
    let national = ["+86", "0086", "86"].iter().find_map(|code| key.strip_prefix(code));
    match national.filter(|rest| is_mainland(rest)) {
        Some(rest) => rest.to_owned(),
        None => key,
    }
}

/// How a number of this [key](phone_key) may stand in an index that leaves out the signs between its digits, and nothing else.
#[must_use]
pub fn phone_spellings(key: &str) -> Vec<String> {
    let codes: &[&str] = if is_mainland(key) { &["", "+86", "0086", "86"] } else { &[""] };
    codes.iter().map(|code| format!("{code}{key}")).collect()
}

fn is_mainland(digits: &str) -> bool {
    digits.len() == limits::MOBILE_DIGITS
        && digits.starts_with('1')
        && digits.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::BYTE_ORDER_MARK;
    use types::contact_list::TableLanguage;
    use types::custom_fields::{CustomField, CustomFieldKind};
    use types::id::{CustomFieldId, TagGroupId};
    use types::tags::{Tag, TagColor};
    use uuid::Uuid;

    fn fields() -> CustomFields {
        let id = CustomFieldId(Uuid::from_u128(9));
        let choices = vec!["普通".to_owned(), "黄金".to_owned()];
        let field = CustomField {
            id,
            name: "会员等级".to_owned(),
            kind: CustomFieldKind::Choice,
            choices,
            visitors_fill: false,
        };
        CustomFields { version: 1, items: vec![field] }
    }

    fn groups() -> Vec<TagGroup> {
        let tag = |id, name: &str| Tag { id: TagId(Uuid::from_u128(id)), name: name.to_owned(), color: TagColor::Blue };
        let group = |id, single_choice, tags| TagGroup {
            id: TagGroupId(Uuid::from_u128(id)),
            name: String::new(),
            single_choice,
            rank: 0,
            version: 1,
            tags,
        };
        vec![group(1, true, vec![tag(1, "金"), tag(2, "银")]), group(2, false, vec![tag(3, "VIP")])]
    }

    fn read(cells: &[&str]) -> Result<ImportedRow, WrongRow> {
        let head = ["姓名", "手机号", "备注", "标签", "会员等级", "Account ID"].map(str::to_owned);
        let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        read_row(&cells, head.len(), &suggested(&head, &fields()), &groups(), &fields())
    }

    #[test]
    fn a_row_is_read_by_what_its_columns_are_called() {
        let row = read(&["王小明", "'+86 138-0013-8000", " ", "vip；金", "黄金", "U-1"]).unwrap();
        assert_eq!((row.name.as_deref(), row.phone.as_deref()), (Some("王小明"), Some("+86 138-0013-8000")));
        assert_eq!((row.remark, row.external_id.as_deref()), (None, Some("U-1")));
        assert_eq!(row.tag_ids, [TagId(Uuid::from_u128(3)), TagId(Uuid::from_u128(1))]);
        assert_eq!(row.values.len(), 1);
        assert_eq!(read(&["只有姓名"]).unwrap().name.as_deref(), Some("只有姓名"));
    }

    #[test]
    fn every_column_of_the_empty_table_is_known() {
        for language in [TableLanguage::Chinese, TableLanguage::English] {
            let table = template(&fields(), language);
            let head: Vec<String> =
                table.trim_start_matches(BYTE_ORDER_MARK).trim_end().split(',').map(str::to_owned).collect();
            assert_eq!((head.len(), suggested(&head, &fields()).len()), (6, 6), "{table}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_column_and_its_limit() {
        let wrong = |cells: &[&str]| {
            let WrongRow { column, problem, limit } = read(cells).unwrap_err();
            (column, problem, limit)
        };
        let long = "名".repeat(41);
        assert_eq!(wrong(&[&long]), (Some(0), ImportProblem::TooLong, Some(40)));
        assert_eq!(wrong(&["甲", "1.38E+10"]), (Some(1), ImportProblem::InvalidFormat, None));
        assert_eq!(wrong(&["甲", "", "", "铜"]), (Some(3), ImportProblem::UnknownTag, None));
        assert_eq!(wrong(&["甲", "", "", "金;银"]), (Some(3), ImportProblem::SingleChoice, None));
        assert_eq!(wrong(&["甲", "", "", "", "钻石"]), (Some(4), ImportProblem::NotAChoice, None));
        assert_eq!(wrong(&["", "", "备注"]), (None, ImportProblem::Empty, None));
        assert_eq!(wrong(&["甲", "", "", "", "", "", "多"]), (None, ImportProblem::TooManyCells, None));
    }

    #[test]
    fn one_number_has_one_key_however_it_is_written() {
        for written in ["13800138000", "138 0013 8000", "+86 138-0013-8000", "0086(138)00138000", "8613800138000"] {
            assert_eq!(phone_key(written), "13800138000");
            let bare: String = written.chars().filter(|sign| !" -().".contains(*sign)).collect();
            assert!(phone_spellings("13800138000").contains(&bare), "{bare}");
        }
        assert_eq!(phone_key("+852 9123 4567"), "+85291234567");
        assert_eq!(phone_spellings("+85291234567"), ["+85291234567"]);
    }
}
