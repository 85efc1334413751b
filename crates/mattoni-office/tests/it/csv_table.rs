//! Files from the world: every problem with its line and field.

use std::io::Read;

use expect_test::{Expect, expect};
use mattoni_core::value::{Kind, Notation};
use mattoni_office::csv_table::{Column, Table, TableLimits};
use proptest::prelude::*;

fn columns() -> Vec<Column> {
    vec![
        Column::required("code", Kind::Text { max_chars: 8 }),
        Column::required("born_on", Kind::Date { min: None, max: None }),
        Column::optional("isee", Kind::Money { min: None, max: None }),
    ]
}

fn read(bytes: impl Read, limits: &TableLimits) -> String {
    let columns = columns();
    let rows = Table::read(bytes, &columns, limits).and_then(|table| table.typed(&columns));
    match rows {
        Ok(rows) => rows
            .iter()
            .map(|row| {
                let shown =
                    row.values.iter().map(|v| v.as_ref().map_or("-".into(), ToString::to_string));
                format!("{}: {}\n", row.line, shown.collect::<Vec<_>>().join(" | "))
            })
            .collect(),
        Err(problems) => format!("{problems}\n"),
    }
}

fn check(text: &[u8], expected: &Expect) {
    expected.assert_eq(&read(text, &TableLimits::default()));
}

#[test]
fn a_good_file_is_read_in_any_column_order_with_commas_or_semicolons() {
    let same = expect![[r#"
        2: A1 | 2024-05-01 | 12500.50
        3: A2 | 2024-06-01 | -
    "#]];
    check(b"isee,code,born_on\n12500.5,A1,2024-05-01\n,A2,2024-06-01\n", &same);
    check(b"\xEF\xBB\xBFcode;born_on;isee\r\nA1;2024-05-01;12500.50\r\nA2;2024-06-01;\r\n", &same);
    check(b"code,born_on,isee\nA1,2024-05-01,12500.5\nA2,2024-06-01,", &same);
}

#[test]
fn unknown_missing_and_doubled_columns_are_named_together() {
    check(
        b"code,code,brothers\nA1,A1,2\n",
        &expect![[r#"
            line 1, code: each column stands once; remove one [table.column.twice]
            line 1, brothers: only the columns of the form are read; remove or rename it; known: code, born_on, isee [table.column.unknown]
            line 1, born_on: this column is required; add it to the header line and to every row [table.column.missing]
        "#]],
    );
}

#[test]
fn wrong_cells_are_named_with_line_and_field() {
    check(
        b"code,born_on,isee\nA1,2024-02-30,10\n,2024-01-01,\"1.000,50\"\n\nABCDEFGHI,yesterday,x\n",
        &expect![[r#"
            line 2, born_on: must be a date that exists, found “2024-02-30”; check day and month [value.no-such-date]
            line 3, code: must be given; fill it in [table.missing]
            line 3, isee: numbers use a decimal point and no other separator, found “1.000,50”; write e.g. 1234.56 [value.decimal-comma]
            line 5, code: must have at most 8 characters, has 9; shorten the text [value.too-long]
            line 5, born_on: must be a date, found “yesterday”; write YYYY-MM-DD, e.g. 2026-09-01 [value.wrong-type]
            line 5, isee: must be an amount in euro, found “x”; write e.g. 1234.56 [value.wrong-type]
        "#]],
    );
}

#[test]
fn rows_of_another_length_and_other_encodings_are_named() {
    check(
        b"code,born_on,isee\nA1,2024-01-01\nA2,2024-01-01,1,50\nNicol\xF2,2024-01-01,1\n",
        &expect![[r#"
            line 2: a row has 3 cells as the header has, found 2; look for a missing or unquoted separator [table.cells]
            line 3: a row has 3 cells as the header has, found 4; look for a missing or unquoted separator [table.cells]
            line 4, code: files are UTF-8; save the file again as UTF-8 [table.utf8]
        "#]],
    );
}

#[test]
fn empty_rows_and_columns_that_spreadsheets_add_are_passed_over() {
    let same = expect![[r#"
        2: A1 | 2024-05-01 | 12500.50
        5: A2 | 2024-06-01 | -
    "#]];
    // Empty rows inside and at the end, empty columns inside and at the end.
    check(
        b"code;;born_on;isee;;\nA1;;2024-05-01;12500.50;;\n;;;;;\n ;;\xE2\x80\x8B;;;\nA2;;2024-06-01;;;\n;;;;;\n",
        &same,
    );
    // Rows longer or shorter than the header, by empty cells only.
    check(b"code,born_on,isee\nA1,2024-05-01,12500.50,,\n\n,\nA2,2024-06-01,,\n", &same);
    check(b"code,born_on,isee,,\nA1,2024-05-01,12500.50\n,,\n\nA2,2024-06-01,\n", &same);
    check(
        b"code,,born_on,isee\nA1,x,2024-05-01,1\nA2,,2024-05-01,1,y\nA3,,2024-13-01,1\n",
        &expect![[r#"
            line 2, column 2: a column with something in it must have a name in the first line; name the column, or empty this cell [table.column.unnamed]
            line 3: a row has 4 cells as the header has, found 5; look for a missing or unquoted separator [table.cells]
        "#]],
    );
}

#[test]
fn a_file_with_tabs_is_read_and_one_in_utf16_is_named() {
    check(
        b"code\tborn_on\tisee\nA1\t2024-05-01\t12500.50\n",
        &expect![[r#"
            2: A1 | 2024-05-01 | 12500.50
        "#]],
    );
    let named = expect![[r#"
        files must be UTF-8, and this one is UTF-16 (“Unicode text” of a spreadsheet); save the file again as “CSV UTF-8” [table.utf16]
    "#]];
    let text = "code\tborn_on\r\nA1\t2024-05-01\r\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    check(&[b"\xFF\xFE".as_slice(), &little].concat(), &named);
    check(&[b"\xFE\xFF".as_slice(), &big].concat(), &named);
    check(&little, &named);
    check(&big, &named);
}

#[test]
fn a_file_in_italian_is_read_where_it_is_said_to_be() {
    let columns = columns();
    let file = "code;born_on;isee\nA1;31/03/2024;12.500,50\nA2;1/4/2024;900\n";
    let table = Table::read(file.as_bytes(), &columns, &TableLimits::default()).unwrap();
    let rows = table.typed_in(&columns, Notation::Italian).unwrap();
    let shown = |row: usize, column: usize| rows[row].values[column].clone().unwrap().to_string();
    assert_eq!((shown(0, 1), shown(0, 2)), ("2024-03-31".into(), "12500.50".into()));
    assert_eq!((shown(1, 1), shown(1, 2)), ("2024-04-01".into(), "900.00".into()));
    // Not said, it is refused: nothing is guessed.
    assert_eq!(table.typed(&columns).unwrap_err().iter().count(), 3);
}

#[test]
fn lines_keep_their_numbers_after_quoted_line_ends_and_empty_rows() {
    check(
        b"code,born_on,isee\n\"A\n1\",2024-01-01,\n,,\n\nA2,2024-01-99,\n",
        &expect![[r#"
            line 6, born_on: must be a date that exists, found “2024-01-99”; check day and month [value.no-such-date]
        "#]],
    );
}

#[test]
fn an_empty_file_and_one_of_zeros_are_refused() {
    check(
        b"",
        &expect![[r#"
            the first line names the columns; add a header line [table.header]
        "#]],
    );
    assert!(read(&[0_u8; 4096][..], &TableLimits::default()).contains("table.header"));
}

#[test]
fn a_hundred_megabytes_without_a_line_end_are_refused_by_line_and_never_held() {
    let head = b"code,born_on,isee\nA1,2024-01-01,\n".as_slice();
    let long = std::io::repeat(b'x').take(100 << 20);
    let tail = b"\nA3,2024-13-01,\n".as_slice();
    let limits = TableLimits::default();
    expect![[r#"
        line 3: a line has at most 1048576 bytes; look for a missing line end or quote [table.line-too-long]
    "#]]
    .assert_eq(&read(head.chain(long).chain(tail), &limits));
}

#[test]
fn problems_beyond_the_limit_are_counted() {
    let rows = "A1,never,\n".repeat(12_000);
    let told = read(format!("code,born_on,isee\n{rows}").as_bytes(), &TableLimits::default());
    assert_eq!(told.lines().count(), 10_001);
    assert!(told.ends_with(
        "2000 further problems are not shown; put these right and try again [table.more]\n"
    ));
}

proptest! {
    #[test]
    fn the_bound_on_lines_changes_nothing_in_files_that_keep_it(
        rows in proptest::collection::vec("[A-Z]{1,8}", 0..40), chunk in 1_usize..40,
    ) {
        let text: String = rows.iter().map(|code| format!("{code},2024-01-01,\n")).collect();
        let text = format!("code,born_on,isee\n{text}");
        let expected: String =
            rows.iter().enumerate().map(|(i, code)| format!("{}: {code} | 2024-01-01 | -\n", i + 2)).collect();
        let limits = TableLimits::default().with_line_bytes(20);
        prop_assert_eq!(read(Slow { bytes: text.as_bytes(), chunk }, &limits), expected);
    }

    #[test]
    fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), limit in 1_usize..50) {
        let _ = read(bytes.as_slice(), &TableLimits::default().with_line_bytes(limit));
    }
}

/// Hands out a few bytes at a time, as a socket does.
struct Slow<'a> {
    bytes: &'a [u8],
    chunk: usize,
}

impl Read for Slow<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.chunk.min(out.len()).min(self.bytes.len());
        out[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes = &self.bytes[count..];
        Ok(count)
    }
}
