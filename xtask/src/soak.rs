//! The long tests: processes killed by the hundred, a million rows migrated.
//!
//! They are tests like the others. Each reads [`VARIABLE`] and does as many rounds as it says;
//! without it, as few as show that the test itself works.

use std::path::Path;

use crate::run::{Step, cargo, say};
use crate::{plugins, postgres};

/// What the tests read: `short` or `full`.
const VARIABLE: &str = "MATTONI_SOAK";

/// The long tests, by parts of their names. The same parts take them out of `cargo xtask test` and
/// choose them here.
const TESTS: [&str; 3] = ["crash::", "killed::", "migration::a_long_journal"];

/// How long the tests go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    /// Minutes: what every change must pass.
    Short,
    /// An hour: what a release must pass.
    Full,
}

impl Length {
    /// What the command line asks for.
    pub(crate) fn of(short: bool) -> Self {
        if short { Self::Short } else { Self::Full }
    }

    /// The value of [`VARIABLE`].
    fn value(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Full => "full",
        }
    }
}

/// What runs tests: nextest where it is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runner {
    /// `cargo nextest run`.
    Nextest,
    /// `cargo test`.
    Cargo,
}

impl Runner {
    /// The one to take on this machine.
    pub(crate) fn find(root: &Path) -> Self {
        match Step::new(root, "cargo").args(["nextest", "--version"]).succeeds() {
            true => Self::Nextest,
            false => Self::Cargo,
        }
    }

    /// Its command. `cargo test` has to be told to leave the documentation's examples out. Both
    /// runners understand all that the callers add.
    pub(crate) fn step(self, root: &Path) -> Step {
        match self {
            Self::Nextest => cargo(root, "nextest").args(["run"]),
            Self::Cargo => cargo(root, "test").args(["--all-targets"]),
        }
    }
}

/// Arguments after `--` that leave the long tests out.
pub(crate) fn skipped() -> Vec<&'static str> {
    TESTS.into_iter().flat_map(|part| ["--skip", part]).collect()
}

/// The long tests alone, with what they need built or found first.
pub(crate) fn alone(root: &Path, length: Length) -> Result<(), String> {
    let plugins = plugins::all(root)?;
    let postgres = postgres::find_or_install(root)?;
    run(root, Runner::find(root), length, &plugins, &postgres)
}

/// The long tests.
pub(crate) fn run(
    root: &Path,
    runner: Runner,
    length: Length,
    plugins: &Path,
    postgres: &Path,
) -> Result<(), String> {
    say(match length {
        Length::Short => "soak, in its short form (minutes)",
        Length::Full => "soak: kills by the hundred, a million rows (up to an hour)",
    });
    runner
        .step(root)
        // The whole workspace, so that what `cargo xtask test` compiled is not compiled anew with
        // other features.
        .args(["--workspace", "--no-fail-fast", "--"])
        .args(TESTS)
        .env(VARIABLE, length.value())
        .env(plugins::FOLDER, plugins)
        .env(postgres::FOLDER, postgres)
        .run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_tests_skip_is_what_the_soak_runs() {
        let skipped = skipped();
        let parts: Vec<_> = skipped.chunks(2).map(|pair| (pair[0], pair[1])).collect();
        assert_eq!(parts, TESTS.map(|part| ("--skip", part)));
    }

    #[test]
    fn the_command_line_chooses_the_length() {
        assert_eq!(Length::of(true).value(), "short");
        assert_eq!(Length::of(false).value(), "full");
    }

    #[test]
    fn every_part_of_a_name_names_a_test_that_is_there() {
        // The module is a file of some package's tests; the rest begins a function's name.
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for part in TESTS {
            let (module, function) = part.split_once("::").unwrap();
            let found = ["crates", "examples"].iter().any(|folder| {
                std::fs::read_dir(crates.join(folder)).unwrap().any(|package| {
                    let file = package.unwrap().path().join(format!("tests/it/{module}.rs"));
                    std::fs::read_to_string(file)
                        .is_ok_and(|text| text.contains(&format!("fn {function}")))
                })
            });
            assert!(found, "{part} is in no tests/it");
        }
    }
}
