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
//! [`run`] does all of it, as `cargo xtask demo` starts it.
//!
//! What decides stands in files beside this code: `service.toml`, `criteria.toml`, `places.toml`
//! and the plugin `plugins/nursery-points`.
#![forbid(unsafe_code)]

pub mod life;
pub mod real;
pub mod records;
pub mod town;

use std::path::{Path, PathBuf};

/// Where the demo goes when nobody says otherwise.
pub const FOLDER: &str = "target/demo";

/// How many families apply when nobody says otherwise: those of the town that `places.toml` is
/// for.
pub const FAMILIES: usize = 5_000;

/// What a demo is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Where the database and everything else goes.
    pub folder: PathBuf,
    /// How many families apply.
    pub families: usize,
    /// Whether the last demo in the folder is forgotten; otherwise it is carried on.
    pub fresh: bool,
    /// The folder with the published data, where there is one (see docs/real-data.md).
    pub real_data: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { folder: FOLDER.into(), families: FAMILIES, fresh: false, real_data: None }
    }
}

/// Runs the demo from where it is to its end, and hands what it does to `say`, a line at a time.
/// Starts a runtime of its own: not for a caller that is in one.
///
/// # Errors
/// When a file is missing, a plugin fails, the database does, or the proof at the end finds
/// anything. Started again, it carries on.
pub fn run(options: &Options, say: &mut life::Say<'_>) -> Result<(), Stopped> {
    let folder = &options.folder;
    if options.fresh && folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        life::run(folder, options.families, say).await?;
        match &options.real_data {
            Some(data) => {
                real::uci::run(folder, data, say).await?;
                real::new_haven::run(data, say)?;
            }
            None => say("\nMATTONI_REAL_DATA is not set: the published data were left out \
                 (docs/real-data.md)"),
        }
        life::where_to_look(folder, say).await
    })
}

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
