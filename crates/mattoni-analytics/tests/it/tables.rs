//! Plugins and tables the tests share.

use std::path::PathBuf;

use mattoni_rules::worlds::World;
use mattoni_rules::{Grant, Host, Limits, Ready};
use polars::prelude::{DataFrame, IntoColumn, NamedFrom, PlSmallStr, Series};

fn folder() -> PathBuf {
    std::env::var_os("MATTONI_PLUGINS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins"),
        PathBuf::from,
    )
}

pub(crate) fn plugin<W: World>(name: &str) -> Ready<W> {
    let file = folder().join(format!("{name}.wasm"));
    let bytes = std::fs::read(&file)
        .unwrap_or_else(|_| panic!("{} is made by `cargo xtask plugins`", file.display()));
    let loaded = Host::new(Limits::default()).unwrap().load(&bytes).unwrap();
    let grant = Grant::pinned(loaded.digest());
    loaded.grant(&grant).unwrap().ready()
}

/// A table of texts, as a CSV file is read; an empty text is a missing value.
pub(crate) fn texts(header: &[&str], rows: &[&[&str]]) -> DataFrame {
    let columns = header.iter().enumerate().map(|(at, name)| {
        let cells: Vec<Option<&str>> =
            rows.iter().map(|row| Some(row[at]).filter(|cell| !cell.is_empty())).collect();
        Series::new(PlSmallStr::from_str(name), cells).into_column()
    });
    DataFrame::new(rows.len(), columns.collect()).unwrap()
}

/// A column's cells as they are written.
pub(crate) fn cells(frame: &DataFrame, name: &str) -> Vec<String> {
    let column = frame.column(name).unwrap().as_materialized_series();
    column.iter().map(|value| value.to_string().trim_matches('"').to_owned()).collect()
}
