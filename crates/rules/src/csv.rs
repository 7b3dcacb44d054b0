//! Tables as CSV (RFC 4180), for spreadsheets.
//!
//! **Invariant**: no cell is taken for a formula. What visitors and agents write may begin with `=`, `+`, `-`, `@`, or with white space
//! before them; a spreadsheet would run it on the machine of whoever opens the table. An apostrophe before it keeps it a text.

/// What a file begins with, so that spreadsheets read it as UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A row of the table, with its line break.
#[must_use]
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            line.push(',');
        }
        push(&mut line, cell);
    }
    line.push_str("\r\n");
    line
}

fn push(line: &mut String, cell: &str) {
    let is_kept = is_kept(cell);
    if !is_kept && !cell.contains([',', '"', '\r', '\n']) {
        line.push_str(cell);
        return;
    }
    line.push('"');
    if is_kept {
        line.push('\'');
    }
    line.push_str(&cell.replace('"', "\"\""));
    line.push('"');
}

/// A cell as it was before [`row`] kept it from being a formula.
#[must_use]
pub fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_kept(rest) => rest,
        _ => cell,
    }
}

/// Whether an apostrophe goes before the cell: also before those of its own that stand there as if one had, or it would lose them on its
/// way back.
fn is_kept(cell: &str) -> bool {
    is_formula(cell.trim_start_matches('\''))
}

fn is_formula(cell: &str) -> bool {
    cell.starts_with(['\t', '\r', '\n']) || cell.trim_start().starts_with(is_sign)
}

/// The signs that begin a formula, in half and in full width.
fn is_sign(sign: char) -> bool {
    matches!(sign, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads a row as RFC 4180 says.
    fn read(line: &str) -> Vec<String> {
        let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
        let mut signs = line.strip_suffix("\r\n").unwrap().chars().peekable();
        while let Some(sign) = signs.next() {
            match sign {
                '"' if quoted && signs.peek() == Some(&'"') => {
                    signs.next();
                    cell.push('"');
                }
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(std::mem::take(&mut cell)),
                other => cell.push(other),
            }
        }
        cells.push(cell);
        cells
    }

    #[test]
    fn what_would_be_a_formula_is_a_text() {
        assert_eq!(
            row(["=1+1", "+86 138", " @x", "\t=x", "王小明", "a,b"]),
            "\"'=1+1\",\"'+86 138\",\"' @x\",\"'\t=x\",王小明,\"a,b\"\r\n"
        );
    }

    proptest! {
        #[test]
        fn cells_come_back_and_none_begins_a_formula(cells in proptest::collection::vec("'{0,2}(=|\\+|-|@|＝)?[ \t]{0,2}(=|@)?.{0,8}[\r\n\",]{0,2}", 1..6)) {
            let back = read(&row(cells.iter().map(String::as_str)));
            prop_assert_eq!(back.len(), cells.len());
            for (cell, back) in cells.iter().zip(&back) {
                prop_assert!(!back.trim_start().starts_with(is_sign));
                prop_assert_eq!(plain(back), cell.as_str());
            }
        }
    }
}
