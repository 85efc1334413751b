//! Tables from outside: CSV files read so that every problem is found and nothing else happens.
//!
//! A reader of files from the world has to expect anything: other encodings, a hundred megabytes
//! without a line end, columns of another year's form. [`Table::read`] answers with every
//! problem, each with its line and field, or with rows that have the right shape; what the cells
//! mean is checked by whoever knows (a form, a rule's inputs) through [`Table::typed`].
//!
//! ```
//! use mattoni_core::value::{Kind, Value};
//! use mattoni_office::csv_table::{Column, Table, TableLimits};
//!
//! let columns = [
//!     Column::required("code", Kind::Text { max_chars: 20 }),
//!     Column::optional("siblings", Kind::Integer { min: Some(0), max: None }),
//! ];
//! let table = Table::read("code,siblings\nA1,2\nA2,\n".as_bytes(), &columns, &TableLimits::default())?;
//! let rows = table.typed(&columns)?;
//! assert_eq!(rows[0].values[1], Some(Value::Integer(2)));
//! assert_eq!(rows[1].values[1], None);
//!
//! let refused = Table::read("code,brothers\nA1,2\n".as_bytes(), &columns, &TableLimits::default());
//! assert_eq!(refused.unwrap_err().iter().next().unwrap().code, "table.column.unknown");
//! # Ok::<(), mattoni_core::Problems>(())
//! ```

mod lines;

use std::collections::BTreeMap;
use std::io::Read;

use mattoni_core::value::{Kind, Notation, Value};
use mattoni_core::{Problem, Problems, text};

use lines::BoundedLines;

/// A column that a table may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name in the header line.
    pub name: String,
    /// What its cells must hold.
    pub kind: Kind,
    /// Whether a cell may be empty, and the column missing.
    pub presence: Presence,
}

/// Whether something has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Every row has it.
    Required,
    /// A row may lack it.
    Optional,
}

impl Column {
    /// A column every row fills.
    pub fn required(name: impl Into<String>, kind: Kind) -> Self {
        Self { name: name.into(), kind, presence: Presence::Required }
    }

    /// A column that rows may leave empty.
    pub fn optional(name: impl Into<String>, kind: Kind) -> Self {
        Self { name: name.into(), kind, presence: Presence::Optional }
    }
}

/// How much of a file is taken in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TableLimits {
    /// Longest line, in bytes (default 1 MiB). A longer one is a problem, and never in memory.
    pub line_bytes: usize,
    /// Most rows (default 10,000,000).
    pub rows: usize,
    /// Most problems listed one by one (default 10,000); the rest are counted.
    pub problems: usize,
}

impl Default for TableLimits {
    fn default() -> Self {
        Self { line_bytes: 1 << 20, rows: 10_000_000, problems: 10_000 }
    }
}

impl TableLimits {
    /// With another limit on the length of a line.
    #[must_use]
    pub fn with_line_bytes(mut self, line_bytes: usize) -> Self {
        self.line_bytes = line_bytes;
        self
    }

    /// With another limit on the number of rows.
    #[must_use]
    pub fn with_rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }
}

/// A file whose shape is right: known columns, each row as long as the header, valid UTF-8.
#[derive(Debug, Clone)]
pub struct Table {
    /// For each expected column, its place in the file.
    places: Vec<Option<usize>>,
    rows: Vec<RawRow>,
    limits: TableLimits,
}

#[derive(Debug, Clone)]
struct RawRow {
    line: u64,
    cells: csv::StringRecord,
}

/// One row with its cells understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedRow {
    /// Line of the file, counted from 1.
    pub line: u64,
    /// One value a column, in the order the columns were asked for.
    pub values: Vec<Option<Value>>,
}

/// Problems as they are found, listed one by one up to a limit.
struct Found {
    problems: Vec<Problem>,
    limit: usize,
    untold: usize,
}

impl Found {
    fn new(limit: usize) -> Self {
        Self { problems: Vec::new(), limit, untold: 0 }
    }

    fn add(&mut self, problem: Problem) {
        if self.problems.len() < self.limit {
            self.problems.push(problem);
        } else {
            self.untold += 1;
        }
    }

    fn into_list(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.line);
        if self.untold > 0 {
            self.problems.push(Problem::new(
                "table.more",
                "",
                format!("{} further problems are not shown", self.untold),
                "put these right and try again",
            ));
        }
        self.problems
    }
}

impl Table {
    /// Reads a whole CSV file: a header line, then one row a line, separated by commas or, as
    /// spreadsheets set to Italian write it, by semicolons; by tabs where the header line is.
    ///
    /// Rows in which every cell is empty are passed over, and so are columns without a name and
    /// without a filled cell: spreadsheets add both.
    ///
    /// # Errors
    /// Every problem of shape: `table.column.unknown`, `.missing`, `.twice`, `.unnamed`,
    /// `table.header`, `table.cells`, `table.utf8`, `table.utf16`, `table.line-too-long`,
    /// `table.rows`, `table.read`.
    pub fn read(
        source: impl Read,
        columns: &[Column],
        limits: &TableLimits,
    ) -> Result<Self, Problems> {
        let (table, found) = Self::scan(source, columns, limits);
        Problems::check(found)?;
        Ok(table)
    }

    /// Reads as [`read`](Self::read) does, but goes on: answers with the rows whose shape is
    /// right, and every problem of the rest. For whoever checks cells too, and lists all
    /// problems at once.
    ///
    /// A required column that is missing is a problem of the header, and of no row.
    #[must_use]
    pub fn scan(
        source: impl Read,
        columns: &[Column],
        limits: &TableLimits,
    ) -> (Self, Vec<Problem>) {
        let mut table =
            Self { places: vec![None; columns.len()], rows: Vec::new(), limits: limits.clone() };
        let mut found = Found::new(limits.problems);
        if let Err(error) = table.take_in(source, columns, &mut found) {
            found.add(unreadable(&*error));
        }
        (table, found.into_list())
    }

    /// Reads on to the end; fails where the source does.
    fn take_in(
        &mut self,
        source: impl Read,
        columns: &[Column],
        found: &mut Found,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let limits = self.limits.clone();
        let mut source = BoundedLines::new(source, limits.line_bytes);
        let Some(delimiter) = source.delimiter()? else {
            found.add(Problem::new(
                "table.utf16",
                "",
                "files must be UTF-8, and this one is UTF-16 (“Unicode text” of a spreadsheet)",
                "save the file again as “CSV UTF-8”",
            ));
            return Ok(());
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(true)
            .from_reader(source);

        let header = reader.byte_headers()?.clone();
        self.places = Self::places(&header, columns, found);

        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record)? {
            // The record's own position is where the search for it began, before blank lines.
            let inside = record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
            let line = reader.position().line().saturating_sub(1 + inside);
            if record.iter().all(is_empty) {
                continue;
            }
            if self.rows.len() == limits.rows {
                found.add(
                    Problem::new(
                        "table.rows",
                        "",
                        format!("a file has at most {} rows", limits.rows),
                        "split the file",
                    )
                    .at_line(line),
                );
                break;
            }
            if let Some(row) = shaped(&record, &header, line, found) {
                self.rows.push(row);
            }
        }
        for line in reader.get_ref().too_long() {
            found.add(
                Problem::new(
                    "table.line-too-long",
                    "",
                    format!("a line has at most {} bytes", limits.line_bytes),
                    "look for a missing line end or quote",
                )
                .at_line(*line),
            );
        }
        Ok(())
    }

    fn places(
        header: &csv::ByteRecord,
        columns: &[Column],
        found: &mut Found,
    ) -> Vec<Option<usize>> {
        let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
        if header.iter().all(is_empty) {
            found.add(Problem::new(
                "table.header",
                "",
                "the first line names the columns",
                "add a header line",
            ));
            return vec![None; columns.len()];
        }
        for (place, cell) in header.iter().enumerate() {
            let Ok(name) = std::str::from_utf8(cell) else {
                found.add(not_utf8(format!("column {}", place + 1), 1));
                continue;
            };
            let name = text::trimmed(name);
            // A cell under it will be a problem, an empty column is none.
            if name.is_empty() {
                continue;
            }
            if !columns.iter().any(|column| column.name == name) {
                found.add(
                    Problem::new(
                        "table.column.unknown",
                        name,
                        "only the columns of the form are read",
                        format!("remove or rename it; known: {}", names(columns)),
                    )
                    .at_line(1),
                );
            } else if by_name.insert(name.to_owned(), place).is_some() {
                found.add(
                    Problem::new(
                        "table.column.twice",
                        name,
                        "each column stands once",
                        "remove one",
                    )
                    .at_line(1),
                );
            }
        }
        columns
            .iter()
            .map(|column| {
                let place = by_name.get(&column.name).copied();
                if place.is_none() && column.presence == Presence::Required {
                    found.add(
                        Problem::new(
                            "table.column.missing",
                            &column.name,
                            "this column is required",
                            "add it to the header line and to every row",
                        )
                        .at_line(1),
                    );
                }
                place
            })
            .collect()
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether the file has the column. `columns` are those the table was read with.
    #[must_use]
    pub fn has(&self, columns: &[Column], name: &str) -> bool {
        let mut places = columns.iter().zip(&self.places);
        places.any(|(column, place)| column.name == name && place.is_some())
    }

    /// The texts of each row's filled cells by column name, with the row's line.
    ///
    /// `columns` are those the table was read with.
    pub fn texts<'a>(
        &'a self,
        columns: &'a [Column],
    ) -> impl Iterator<Item = (u64, BTreeMap<&'a str, &'a str>)> {
        self.rows.iter().map(|row| {
            let cells = columns.iter().zip(&self.places).filter_map(|(column, place)| {
                let text = text::trimmed(row.cells.get((*place)?)?);
                (!text.is_empty()).then_some((column.name.as_str(), text))
            });
            (row.line, cells.collect())
        })
    }

    /// The cells as values. `columns` are those the table was read with. A column that the file
    /// does not have gives no value, and no problem: the header has been found wanting.
    ///
    /// # Errors
    /// Every cell that is missing (`table.missing`) or not of its column's kind (`value.…`).
    pub fn typed(&self, columns: &[Column]) -> Result<Vec<TypedRow>, Problems> {
        self.typed_in(columns, Notation::Plain)
    }

    /// The cells as values, of a file whose numbers and dates are written in this notation.
    ///
    /// # Errors
    /// As [`typed`](Self::typed).
    pub fn typed_in(
        &self,
        columns: &[Column],
        notation: Notation,
    ) -> Result<Vec<TypedRow>, Problems> {
        let mut found = Found::new(self.limits.problems);
        let mut rows = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let values = columns.iter().zip(&self.places).map(|(column, place)| {
                let text = text::trimmed(row.cells.get((*place)?)?);
                match (text, column.presence) {
                    ("", Presence::Optional) => None,
                    ("", Presence::Required) => {
                        found.add(
                            Problem::new(
                                "table.missing",
                                &column.name,
                                "must be given",
                                "fill it in",
                            )
                            .at_line(row.line),
                        );
                        None
                    }
                    (text, _) => column
                        .kind
                        .parse_in(text, notation)
                        .map_err(|problem| {
                            found.add(problem.in_field(&column.name).at_line(row.line))
                        })
                        .ok(),
                }
            });
            rows.push(TypedRow { line: row.line, values: values.collect() });
        }
        Problems::check(found.into_list())?;
        Ok(rows)
    }
}

/// The row as text, if it is as long as the header and valid UTF-8.
fn shaped(
    record: &csv::ByteRecord,
    header: &csv::ByteRecord,
    line: u64,
    found: &mut Found,
) -> Option<RawRow> {
    // Spreadsheets end rows, or the header, with separators of empty columns.
    let named = header.iter().rposition(|cell| !is_empty(cell)).map_or(0, |last| last + 1);
    let filled = record.iter().rposition(|cell| !is_empty(cell)).map_or(0, |last| last + 1);
    if record.len() < named || filled > header.len() {
        found.add(
            Problem::new(
                "table.cells",
                "",
                format!(
                    "a row has {named} cells as the header has, found {}",
                    if record.len() < named { record.len() } else { filled }
                ),
                "look for a missing or unquoted separator",
            )
            .at_line(line),
        );
        return None;
    }
    for (place, _) in header.iter().enumerate().filter(|(_, name)| is_empty(name)) {
        if record.get(place).is_some_and(|cell| !is_empty(cell)) {
            found.add(
                Problem::new(
                    "table.column.unnamed",
                    format!("column {}", place + 1),
                    "a column with something in it must have a name in the first line",
                    "name the column, or empty this cell",
                )
                .at_line(line),
            );
            return None;
        }
    }
    if let Ok(cells) = csv::StringRecord::from_byte_record(record.clone()) {
        return Some(RawRow { line, cells });
    }
    for (place, cell) in record.iter().enumerate() {
        if std::str::from_utf8(cell).is_err() {
            let name = header.get(place).unwrap_or_default();
            found.add(not_utf8(String::from_utf8_lossy(name).into_owned(), line));
        }
    }
    None
}

/// Whether a cell shows nothing. One that is no UTF-8 does.
fn is_empty(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok_and(text::is_blank)
}

fn not_utf8(field: String, line: u64) -> Problem {
    Problem::new("table.utf8", field, "files are UTF-8", "save the file again as UTF-8")
        .at_line(line)
}

fn unreadable(error: &dyn std::error::Error) -> Problem {
    Problem::new("table.read", "", format!("the file can be read: {error}"), "check the file")
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}
