//! A nursery's places, end to end: the reference service to duplicate.
//!
//! - [`records`] keeps people's data sealed, under a key beside the database.
//! - [`town`] makes up a town and its families' applications, in the form of a CSV file.
//! - [`life`] carries the call through its whole life on SQLite: drafts, submission, numbers of
//!   the register, a missing paper, scoring by a rule plugin, ranking, publication, answers,
//!   next in line, outcomes, proof. Every stage can be killed and run again.
//! - [`real`] takes published data the same ways: the UCI nursery cases as practices, New Haven's
//!   school choice through the same ranking.
//!
//! What decides stands in files beside this code: `service.toml`, `criteria.toml`, `places.toml`
//! and the plugin `plugins/nursery-points`.
#![forbid(unsafe_code)]

pub mod life;
pub mod real;
pub mod records;
pub mod town;

use std::path::{Path, PathBuf};

/// Why the demo stopped: one line, with the causes.
#[derive(Debug)]
pub struct Stopped(pub String);

impl Stopped {
    fn because(what: impl std::fmt::Display, error: &dyn std::error::Error) -> Self {
        let mut text = format!("{what}: {error}");
        let mut cause = error.source();
        while let Some(error) = cause {
            text.push_str(&format!(": {error}"));
            cause = error.source();
        }
        Self(text)
    }
}

impl<E: std::error::Error> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::because("stopped", &error)
    }
}

/// The folder with the service's files.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// The folder with the built plugins: `MATTONI_PLUGINS`, or where `cargo xtask plugins` puts them.
#[must_use]
pub fn plugins() -> PathBuf {
    std::env::var_os("MATTONI_PLUGINS")
        .map_or_else(|| folder().join("../../target/plugins"), PathBuf::from)
}
