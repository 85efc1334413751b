//! The rows a plugin is asked about.

use std::collections::BTreeMap;
use std::sync::Arc;

use mattoni_core::value::Value;
use mattoni_core::{Digest, DigestBuilder, Problem, Problems};

use crate::Column;
use crate::description::{Description, Input};

/// Rows with just the columns a plugin declared, checked against what it declared.
///
/// Whoever holds a batch holds one that the plugin cannot refuse: every required value is there,
/// every value is of its kind and within its bounds.
#[derive(Debug, Clone)]
pub struct Batch {
    pub(crate) inputs: Arc<[Input]>,
    pub(crate) columns: Vec<Column>,
    rows: usize,
}

impl Batch {
    /// A batch out of whole columns, by name.
    ///
    /// # Errors
    /// Every column that the plugin did not declare, that is missing, of another kind or length
    /// than the others, holds missing values where they are required, or values beyond their
    /// bounds (with the first such row as the line, counted from 1).
    pub fn from_columns(
        description: &Description,
        mut columns: BTreeMap<String, Column>,
    ) -> Result<Self, Problems> {
        let mut found = Vec::new();
        let rows = columns.values().map(Column::len).max().unwrap_or(0);
        let mut taken = Vec::new();
        for input in &description.inputs {
            match columns.remove(&input.name) {
                Some(column) => {
                    found.extend(check(input, &column, rows));
                    taken.push(column);
                }
                None if input.required => found.push(Problem::new(
                    "rules.column.missing",
                    &input.name,
                    "the plugin needs this column",
                    format!("give it; it comes from: {}", input.source),
                )),
                None => {
                    let mut absent = Column::empty(&input.kind);
                    for _ in 0..rows {
                        absent.push(&input.kind, None);
                    }
                    taken.push(absent);
                }
            }
        }
        found.extend(columns.keys().map(|name| {
            Problem::new(
                "rules.column.undeclared",
                name,
                "the plugin did not declare this column and may not see it",
                "leave it out",
            )
        }));
        Problems::check(found)?;
        Ok(Self { inputs: description.inputs.clone().into(), columns: taken, rows })
    }

    /// A batch to be filled row by row.
    #[must_use]
    pub fn builder(description: &Description) -> BatchBuilder {
        BatchBuilder {
            columns: description.inputs.iter().map(|input| Column::empty(&input.kind)).collect(),
            inputs: description.inputs.clone().into(),
            rows: 0,
            found: Vec::new(),
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The digest of all inputs: the declared columns by name and kind, and their values.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut digest = DigestBuilder::new("mattoni.rules.inputs.v1").number(self.rows as i64);
        for (input, column) in self.inputs.iter().zip(&self.columns) {
            let mut bytes = Vec::new();
            for row in 0..self.rows {
                // The length stands before the value and is filled in afterwards.
                let start = bytes.len();
                bytes.extend([0; 4]);
                column.append_row(row, &mut bytes);
                let length = (bytes.len() - start - 4) as u32;
                bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
            }
            digest = digest
                .field(input.name.as_bytes())
                .field(input.kind.name().as_bytes())
                .field(&bytes);
        }
        digest.finish()
    }

    /// The digest of one row's inputs: what is recorded with one practice.
    ///
    /// # Panics
    /// There is no such row.
    #[must_use]
    pub fn row_digest(&self, row: usize) -> Digest {
        assert!(row < self.rows, "row {row} of {}", self.rows);
        let digest = DigestBuilder::new("mattoni.rules.row.v1");
        self.inputs
            .iter()
            .zip(&self.columns)
            .fold(digest, |digest, (input, column)| {
                let mut bytes = Vec::new();
                column.append_row(row, &mut bytes);
                digest
                    .field(input.name.as_bytes())
                    .field(input.kind.name().as_bytes())
                    .field(&bytes)
            })
            .finish()
    }
}

fn check(input: &Input, column: &Column, rows: usize) -> Vec<Problem> {
    let problem = |code: &'static str, rule: String, remedy: &str| {
        vec![Problem::new(code, &input.name, rule, remedy)]
    };
    if !column.is_of(&input.kind) {
        let rule = format!("this column is of the kind {}", input.kind.name());
        return problem("rules.column.kind", rule, "give values of that kind and scale");
    }
    let valid_rows = column.valid.as_ref().map_or(rows, Vec::len);
    if column.len() != rows || valid_rows != rows {
        let rule = format!("all columns have {rows} rows, this one has {}", column.len());
        return problem("rules.column.length", rule, "give a value or a gap for every row");
    }
    let line = |row: usize| row as u64 + 1;
    let mut found = Vec::new();
    let missing = column.valid.as_ref().and_then(|valid| valid.iter().position(|v| *v == 0));
    if let (true, Some(row)) = (input.required, missing) {
        found.push(required(input).at_line(line(row)));
    }
    if let Some(row) = column.first_beyond(&input.kind) {
        let rule = "values are within the declared bounds".to_owned();
        let beyond = problem("rules.column.bounds", rule, "check the value");
        found.extend(beyond.into_iter().map(|problem| problem.at_line(line(row))));
    }
    found
}

fn required(input: &Input) -> Problem {
    Problem::new(
        "rules.value.missing",
        &input.name,
        "the plugin needs this value in every row",
        format!("give it; it comes from: {}", input.source),
    )
}

/// Fills a [`Batch`] row by row, and keeps every problem with its row.
#[derive(Debug)]
pub struct BatchBuilder {
    inputs: Arc<[Input]>,
    columns: Vec<Column>,
    rows: usize,
    found: Vec<Problem>,
}

impl BatchBuilder {
    /// Adds a row: `value` is asked for each declared input by name, and for nothing else.
    pub fn push<'v>(&mut self, value: impl Fn(&str) -> Option<&'v Value>) {
        self.rows += 1;
        let line = self.rows as u64;
        for (input, column) in self.inputs.iter().zip(&mut self.columns) {
            let given = value(&input.name);
            let problem = match given {
                None => input.required.then(|| required(input)),
                Some(value) => input.kind.check(value).err(),
            };
            let accepted = if problem.is_some() { None } else { given };
            let fits = column.push(&input.kind, accepted);
            let problem = problem.or_else(|| {
                (!fits).then(|| {
                    Problem::new(
                        "rules.value.range",
                        "",
                        "the value does not fit the contract's numbers",
                        "check the number of digits",
                    )
                })
            });
            self.found.extend(problem.map(|problem| problem.in_field(&input.name).at_line(line)));
        }
    }

    /// The batch.
    ///
    /// # Errors
    /// Every value that is missing, of another kind or beyond its bounds, with its column as the
    /// field and its row as the line, counted from 1.
    pub fn finish(self) -> Result<Batch, Problems> {
        Problems::check(self.found)?;
        Ok(Batch { inputs: self.inputs, columns: self.columns, rows: self.rows })
    }
}
