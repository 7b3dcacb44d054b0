//! Tables as spreadsheets save them: CSV in UTF-8, GBK or UTF-16, with commas, semicolons or tabs.

use crate::error::{ApiError, ApiResult};
use encoding_rs::{Encoding, GB18030};
use std::fs::File;
use std::io::{Read, Seek};
use store::contact_imports::ImportRow;
use types::error::FieldCode;
use types::limits;

/// A table that was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<ImportRow>,
}

/// Reads a file that has come.
pub(super) fn read(mut file: File) -> ApiResult<Table> {
    let mut bytes = Vec::new();
    file.rewind().map_err(ApiError::internal)?;
    file.read_to_end(&mut bytes).map_err(ApiError::internal)?;
    parse(&text_of(&bytes)?)
}

/// The text, by its mark; without one UTF-8 where it is that, and GBK where it is that.
fn text_of(bytes: &[u8]) -> ApiResult<String> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes.get(mark..).unwrap_or_default());
        return text.map(|text| text.into_owned()).ok_or_else(no_text);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    text.map(|text| text.into_owned()).ok_or_else(no_text)
}

fn no_text() -> ApiError {
    ApiError::field("body", FieldCode::InvalidFormat, "must be a CSV table in UTF-8, GBK or UTF-16")
}

fn parse(text: &str) -> ApiResult<Table> {
    if text.contains('\0') {
        return Err(no_text());
    }
    let first = text.lines().next().unwrap_or_default();
    let count = |sign: char| first.matches(sign).count();
    let delimiter = match (count(','), count(';'), count('\t')) {
        (commas, semicolons, tabs) if tabs > commas && tabs > semicolons => b'\t',
        (commas, semicolons, _) if semicolons > commas => b';',
        _ => b',',
    };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut records = reader.records();
    let cells_of = |record: csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<String>>();
    let head = records.next().ok_or_else(|| ApiError::field("body", FieldCode::Required, "must have a head"))?;
    let head = head.map_err(|error| no_text().because(error))?;
    let mut number = blank_lines_before(&head, text).saturating_add(1);
    let mut head: Vec<String> =
        cells_of(head).into_iter().map(|name| name.trim().chars().take(limits::PERSON_NAME_MAX).collect()).collect();
    while head.last().is_some_and(String::is_empty) {
        head.pop();
    }
    if head.is_empty() {
        return Err(ApiError::field("body", FieldCode::Required, "must have a head"));
    }
    if head.len() > limits::IMPORT_COLUMNS_MAX {
        return Err(too_many("columns", limits::IMPORT_COLUMNS_MAX));
    }
    let mut rows = Vec::new();
    for record in records {
        let record = record.map_err(|error| no_text().because(error))?;
        number = number.saturating_add(1).saturating_add(blank_lines_before(&record, text));
        let cells = cells_of_row(&record, head.len());
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() >= limits::IMPORT_ROWS_MAX {
            return Err(too_many("rows", limits::IMPORT_ROWS_MAX));
        }
        rows.push(ImportRow { number, cells, fault: None });
    }
    if rows.is_empty() {
        return Err(ApiError::field("body", FieldCode::Required, "must have at least one row behind the head"));
    }
    Ok(Table { head, rows })
}

/// How many lines without anything stand before a row: spreadsheets count them, and they are no records.
fn blank_lines_before(record: &csv::StringRecord, text: &str) -> u32 {
    let start = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
    let (before, mut rest) = text.as_bytes().split_at_checked(start).unwrap_or_default();
    if before.ends_with(b"\r") {
        // The other half of the end of the row before.
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
    }
    let mut count: u32 = 0;
    while let Some(behind) = [b"\r\n".as_slice(), b"\n", b"\r"].iter().find_map(|end| rest.strip_prefix(*end)) {
        count = count.saturating_add(1);
        rest = behind;
    }
    count
}

/// The cells of a row, as many as there are columns; of what stands behind them only that there is something. A cell is kept as far as any
/// field could take it: a row of nothing but signs between cells, or of one cell, must not become many times its own size.
fn cells_of_row(record: &csv::StringRecord, columns: usize) -> Vec<String> {
    let cut = |cell: &str| cell.chars().take(limits::IMPORT_CELL_MAX).collect::<String>();
    let mut cells: Vec<String> = record.iter().take(columns).map(cut).collect();
    cells.extend(record.iter().skip(columns).find(|cell| !cell.trim().is_empty()).map(cut));
    cells
}

fn too_many(what: &str, most: usize) -> ApiError {
    let fault = types::validate::Fault {
        code: FieldCode::TooLong,
        detail: format!("must have at most {most} {what}"),
        limit: i64::try_from(most).ok(),
    };
    ApiError::invalid(vec![fault.of("body")])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rules::csv;

    fn read(bytes: &[u8]) -> Table {
        parse(&text_of(bytes).unwrap()).unwrap()
    }

    #[test]
    fn a_table_is_read_however_a_spreadsheet_has_saved_it() {
        let text = "姓名,电话\r\n\"王,小明\",138\r\n\r\n,\r\n李雷,139\r\n";
        let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let (gbk, ..) = encoding_rs::GBK.encode(text);
        let marked = format!("\u{feff}{text}");
        let semicolons = text.replace(',', ";").replace("王;小明", "王,小明");
        for bytes in [text.as_bytes(), marked.as_bytes(), &gbk, &utf16, semicolons.as_bytes()] {
            let table = read(bytes);
            assert_eq!(table.head, ["姓名", "电话"]);
            let cells: Vec<_> = table.rows.iter().map(|row| row.cells.join("|")).collect();
            assert_eq!(cells, ["王,小明|138", "李雷|139"]);
            let numbers: Vec<u32> = table.rows.iter().map(|row| row.number).collect();
            assert_eq!(numbers, [2, 5], "as a spreadsheet counts");
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for bytes in [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), b"", b"\r\n", b"name,phone\r\n", b",,\r\n1,2,3\r\n"]
        {
            let table = text_of(bytes).and_then(|text| parse(&text));
            assert!(table.is_err(), "{bytes:?}");
        }
        let wide = vec!["x"; 61].join(",");
        assert!(parse(&format!("{wide}\n1")).is_err());
    }

    #[test]
    fn rows_are_counted_as_spreadsheets_do() {
        for end in ["\n", "\r\n", "\r"] {
            let table = ["", "a,b", "1,\"x\n\ny\"", "", "", "2,", ""].join(end);
            let numbers: Vec<u32> = read(table.as_bytes()).rows.iter().map(|row| row.number).collect();
            assert_eq!(numbers, [3, 6], "{end:?}");
        }
    }

    #[test]
    fn a_row_is_kept_as_far_as_there_are_columns_and_fields_could_take_it() {
        let table = read(format!("a,b\n1,,,{}x,y\n{}\n", ",".repeat(5_000), "z".repeat(20_000)).as_bytes());
        let lengths: Vec<Vec<usize>> =
            table.rows.iter().map(|row| row.cells.iter().map(String::len).collect()).collect();
        assert_eq!(lengths, [vec![1, 0, 1], vec![limits::IMPORT_CELL_MAX]]);
    }

    proptest! {
        #[test]
        fn what_was_carried_out_is_read_as_it_was(cells in proptest::collection::vec("[^\0]{0,12}", 3)) {
            let table = format!("{}{}{}", csv::BYTE_ORDER_MARK, csv::row(["a", "b", "c"]), csv::row(cells.iter().map(String::as_str)));
            prop_assume!(cells.iter().any(|cell| !cell.trim().is_empty()));
            let table = read(table.as_bytes());
            let back: Vec<&str> = table.rows.iter().flat_map(|row| row.cells.iter().map(|cell| csv::plain(cell))).collect();
            prop_assert_eq!(back, cells);
        }
    }
}
