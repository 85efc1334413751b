//! The rule plugins of `plugins/`, built by the program that knows how.

use std::path::{Path, PathBuf};

use crate::run::cargo;

/// Where the tests, the examples and the command look for the built ones.
pub(crate) const FOLDER: &str = "MATTONI_PLUGINS";

/// A folder with one of these is a plugin.
const SOURCES: [&str; 3] = ["Cargo.toml", "rule.js", "rule.py"];

/// The folder with the built ones.
pub(crate) fn folder(root: &Path) -> PathBuf {
    root.join("target").join("plugins")
}

/// Builds every plugin; answers with the folder they are in.
pub(crate) fn all(root: &Path) -> Result<PathBuf, String> {
    build(root, &names(&root.join("plugins"))?)
}

/// Builds these plugins; answers with the folder they are in.
pub(crate) fn build(root: &Path, names: &[String]) -> Result<PathBuf, String> {
    // Beside the examples' own data, wherever cargo itself builds.
    let out = folder(root);
    let folders: Vec<PathBuf> = names.iter().map(|name| root.join("plugins").join(name)).collect();
    if let Some(missing) = folders.iter().position(|folder| !is_plugin(folder)) {
        let there = self::names(&root.join("plugins"))?.join(", ");
        return Err(format!("there is no plugin {}: there are {there}", names[missing]));
    }
    if folders.is_empty() {
        return Ok(out);
    }
    cargo(root, "build")
        .args(["--quiet", "--package", "mattoni-rules-build"])
        .saying_if_long("compiling what builds plugins (the first time under a minute)")
        .run()?;
    cargo(root, "run")
        .args(["--quiet", "--package", "mattoni-rules-build", "--"])
        .args([&out])
        .args(folders)
        .saying(&format!(
            "building plugins {} (the first in Rust under two minutes; each in JavaScript or \
             Python up to one)",
            names.join(", ")
        ))
        .run()?;
    Ok(out)
}

/// The plugins in a folder, in the order of their names.
fn names(folder: &Path) -> Result<Vec<String>, String> {
    let unreadable = |error| format!("{}: {error}", folder.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if let Some(name) = path.file_name().filter(|_| is_plugin(&path)) {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn is_plugin(folder: &Path) -> bool {
    SOURCES.iter().any(|file| folder.join(file).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_of_every_language_are_found_in_order() {
        let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
        let names = names(&plugins).unwrap();
        for name in ["nursery-points", "report-routing-js", "tari-reduction-py"] {
            assert!(names.iter().any(|found| found == name), "{names:?}");
        }
        assert!(names.is_sorted());
        assert!(!names.iter().any(|name| name == "target"));
    }

    #[test]
    fn a_plugin_that_is_not_there_is_told_with_those_that_are() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let why = build(&root, &["nursery-pints".to_owned()]).unwrap_err();
        assert!(why.starts_with("there is no plugin nursery-pints: there are "), "{why}");
        assert!(why.contains("nursery-points"), "{why}");
        assert_eq!(why.lines().count(), 1);
    }
}
