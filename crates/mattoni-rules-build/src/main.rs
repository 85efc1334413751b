//! Builds plugins into a folder: `mattoni-rules-build OUT FOLDER...`.
//!
//! A program of its own, so that `cargo xtask` is compiled without it and can say at once what it
//! is about to do.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mattoni_rules_build::{BuildError, WasmToolchain, build};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let Some(out) = arguments.next() else {
        eprintln!("plugins: name the folder to build into, then the plugins");
        return ExitCode::FAILURE;
    };
    let folders: Vec<PathBuf> = arguments.collect();
    let strict = std::env::var_os("CI").is_some();
    match build_all(&out, &folders, strict) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("plugins: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Builds each. Says which are left out because the tools of their language cannot be had; where
/// `strict`, that is a failure.
fn build_all(out: &Path, folders: &[PathBuf], strict: bool) -> Result<(), String> {
    let mut found = None;
    let mut left_out = 0;
    for folder in folders {
        let toolchain = || -> Result<WasmToolchain, BuildError> {
            match &found {
                Some(toolchain) => Ok(WasmToolchain::clone(toolchain)),
                None => Ok(found.insert(WasmToolchain::find()?).clone()),
            }
        };
        match build(folder, out, toolchain) {
            Ok(built) => eprintln!(
                "plugins: {} ({}, {} kB)",
                built.path.display(),
                built.digest.short(),
                built.bytes / 1_000
            ),
            Err(error) if error.is_missing_tool() => {
                eprintln!("plugins: left out {}: {error}", folder.display());
                left_out += 1;
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    match left_out {
        0 => Ok(()),
        count if strict => Err(format!("{count} plugins were left out, and this is CI")),
        _ => Ok(()),
    }
}
