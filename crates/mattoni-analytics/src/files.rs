//! Tables on disk.

use std::fs::File;
use std::path::Path;

use polars::io::{SerReader, SerWriter};
use polars::prelude::{
    CsvReadOptions, CsvWriter, DataFrame, ParquetReader, ParquetWriter, PolarsResult,
};

use crate::AnalysisError;

/// Reads a table: Parquet where the file's name ends so, CSV with a header otherwise.
///
/// CSV is read as text: what `12.50` is gets decided by the rule that needs it, not by its looks,
/// and no amount becomes a binary fraction on the way. An empty cell is a missing value.
///
/// # Errors
/// [`AnalysisError::Frame`] when the file cannot be read or is not of its format.
pub fn read(path: &Path) -> Result<DataFrame, AnalysisError> {
    let read = || -> PolarsResult<DataFrame> {
        if is_parquet(path) {
            return ParquetReader::new(File::open(path)?).finish();
        }
        CsvReadOptions::default()
            .with_has_header(true)
            // Not even the first line is looked at for types.
            .with_infer_schema_length(Some(0))
            .try_into_reader_with_file_path(Some(path.to_owned()))?
            .finish()
    };
    Ok(read()?)
}

/// Writes a table: Parquet where the file's name ends so, CSV otherwise.
///
/// # Errors
/// [`AnalysisError::Frame`] when the file cannot be written.
pub fn write(path: &Path, frame: &mut DataFrame) -> Result<(), AnalysisError> {
    let mut write = || -> PolarsResult<()> {
        let file = File::create(path)?;
        if is_parquet(path) {
            return ParquetWriter::new(file).finish(frame).map(|_| ());
        }
        CsvWriter::new(file).finish(frame)
    };
    Ok(write()?)
}

fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"))
}
