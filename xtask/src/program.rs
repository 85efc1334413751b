//! The programs of this workspace that people run: the flagships and the command `mattoni`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::run::{Step, cargo};
use crate::{flagship, plugins};

/// The command of whoever works with a database.
pub(crate) const COMMAND: &str = "mattoni";

/// Builds a program, where that is still to do, and answers where it is.
///
/// All of them are built as parts of the whole workspace: cargo then gives the crates that they share
/// the same features, and whoever ran one waits for little before another.
pub(crate) fn build(root: &Path, name: &str, doing: &str) -> Result<PathBuf, String> {
    let build = cargo(root, "build").args(["--quiet", "--workspace", "--bin", name]);
    build.saying_if_long(doing).run()?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    Ok(flagship::target(root)?.join("debug").join(file))
}

/// Runs `mattoni` with these words in the folder this was called in, and ends as it does.
pub(crate) fn mattoni(root: &Path, words: &[String]) -> Result<ExitCode, String> {
    let doing = "compiling the command `mattoni` (the first time some minutes)";
    let program = build(root, COMMAND, doing)?;
    let here = std::env::current_dir().map_err(|error| format!("this folder: {error}"))?;
    let mut step = Step::new(root, program).within(&here).args(words);
    for (variable, folder) in
        [(plugins::FOLDER, plugins::folder(root)), ("MATTONI_SOURCES", root.to_owned())]
    {
        if std::env::var_os(variable).is_none() {
            step = step.env(variable, folder);
        }
    }
    let status = step.status().map_err(|error| format!("mattoni: {error}"))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
