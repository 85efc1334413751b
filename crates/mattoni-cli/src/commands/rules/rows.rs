//! Rows of a CSV file, as a plugin takes them.

use std::collections::BTreeMap;
use std::path::Path;

use mattoni_core::value::Value;
use mattoni_core::{Problem, Problems};
use mattoni_rules::{Batch, Description};

use crate::output::Failure;
use crate::store_access::files;

/// A CSV file: as it is, and as the plugin takes it.
pub(crate) struct Rows {
    pub(crate) header: Vec<String>,
    pub(crate) records: Vec<csv::StringRecord>,
    pub(crate) values: Vec<BTreeMap<String, Value>>,
}

impl Rows {
    /// Reads a file; every cell that cannot be read is told with its column and line. Columns
    /// the plugin did not declare are kept for the reader and never shown to the plugin.
    pub(crate) fn read(path: &Path, description: &Description) -> Result<Self, Failure> {
        let bytes = files::bytes(path)?;
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let malformed = |error: csv::Error| {
            let (field, why) = (path.display().to_string(), error.to_string());
            Problems::from(Problem::new("cli.file.csv", field, why, "mend the file"))
        };
        let header: Vec<String> = reader
            .headers()
            .map_err(malformed)?
            .iter()
            .map(|name| name.trim().to_owned())
            .collect();
        let mut found = Vec::new();
        let (mut records, mut values) = (Vec::new(), Vec::new());
        for record in reader.records() {
            let record = record.map_err(malformed)?;
            let line = record.position().map_or(0, csv::Position::line);
            let mut row = BTreeMap::new();
            for (name, cell) in header.iter().zip(&record).filter(|(_, cell)| !cell.is_empty()) {
                let declared = description.inputs.iter().find(|input| input.name == *name);
                match declared.map(|input| input.kind.parse(cell)) {
                    Some(Ok(value)) => {
                        row.insert(name.clone(), value);
                    }
                    Some(Err(problem)) => found.push(problem.in_field(name).at_line(line)),
                    None => {}
                }
            }
            values.push(row);
            records.push(record);
        }
        Problems::check(found)?;
        Ok(Self { header, records, values })
    }

    /// The first `rows` rows as a batch, over and over again where there are fewer.
    pub(crate) fn batch(&self, description: &Description, rows: usize) -> Result<Batch, Problems> {
        let mut batch = Batch::builder(description);
        for row in self.values.iter().cycle().take(rows) {
            batch.push(|name| row.get(name));
        }
        batch.finish()
    }
}
