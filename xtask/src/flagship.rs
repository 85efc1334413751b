//! The flagships: examples that are a whole service, and what each says of itself.
//!
//! A package is a flagship when its manifest says so:
//!
//! ```toml
//! [package.metadata.mattoni]
//! plugins = ["nursery-points"]
//! ```

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

/// What is needed of `cargo metadata`.
#[derive(Deserialize)]
struct Workspace {
    #[serde(default)]
    target_directory: PathBuf,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    description: Option<String>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    mattoni: Option<Declared>,
}

/// What the manifest declares under `[package.metadata.mattoni]`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Declared {
    /// The plugins it always needs.
    plugins: Vec<String>,
    /// Those it needs besides where there is real data.
    #[serde(default)]
    plugins_for_real_data: Vec<String>,
    /// How long its first build takes.
    first_build: String,
    /// Whether it leaves a database that the command `mattoni` is then asked about.
    #[serde(default)]
    keeps_a_database: bool,
}

/// One flagship.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Flagship {
    /// Its package.
    pub(crate) name: String,
    /// What it shows, in one line.
    pub(crate) description: String,
    /// How long its first build takes.
    pub(crate) first_build: String,
    /// Whether it leaves a database.
    pub(crate) keeps_a_database: bool,
    plugins: Vec<String>,
    plugins_for_real_data: Vec<String>,
}

impl Flagship {
    /// The plugins it needs.
    pub(crate) fn plugins(&self, real_data: bool) -> Vec<String> {
        let more = self.plugins_for_real_data.iter().filter(|_| real_data);
        self.plugins.iter().chain(more).cloned().collect()
    }
}

/// All flagships of the workspace, in the order of their names.
pub(crate) fn all(root: &Path) -> Result<Vec<Flagship>, String> {
    read(&metadata(root)?)
}

/// The folder that cargo builds in.
pub(crate) fn target(root: &Path) -> Result<PathBuf, String> {
    Ok(workspace(&metadata(root)?)?.target_directory)
}

fn metadata(root: &Path) -> Result<Vec<u8>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
        return Err(format!("cargo metadata failed: {why}"));
    }
    Ok(output.stdout)
}

fn workspace(metadata: &[u8]) -> Result<Workspace, String> {
    serde_json::from_slice(metadata)
        .map_err(|error| format!("a manifest's [package.metadata.mattoni] is wrong: {error}"))
}

/// The flagships in what `cargo metadata` prints.
fn read(metadata: &[u8]) -> Result<Vec<Flagship>, String> {
    let mut flagships: Vec<Flagship> = workspace(metadata)?
        .packages
        .into_iter()
        .filter_map(|package| {
            let declared = package.metadata?.mattoni?;
            Some(Flagship {
                name: package.name,
                description: package.description.unwrap_or_default(),
                first_build: declared.first_build,
                keeps_a_database: declared.keeps_a_database,
                plugins: declared.plugins,
                plugins_for_real_data: declared.plugins_for_real_data,
            })
        })
        .collect();
    flagships.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(flagships)
}

/// The flagship of this name.
pub(crate) fn find(flagships: Vec<Flagship>, name: &str) -> Result<Flagship, String> {
    let known: Vec<String> = flagships.iter().map(|known| known.name.clone()).collect();
    flagships
        .into_iter()
        .find(|flagship| flagship.name == name)
        .ok_or_else(|| format!("there is no flagship {name}: there are {}", known.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{ "packages": [
        { "name": "town", "description": "A town", "metadata": { "mattoni": {
            "plugins": ["a"], "plugins-for-real-data": ["b"], "first-build": "a minute",
            "keeps-a-database": true } } },
        { "name": "brick", "description": null, "metadata": null },
        { "name": "other", "description": "Else", "metadata": { "docs": {} } },
        { "name": "hall", "description": "A hall", "metadata": { "mattoni": {
            "plugins": [], "first-build": "seconds" } } }
    ] }"#;

    #[test]
    fn packages_that_declare_it_are_flagships_in_order() {
        let flagships = read(METADATA.as_bytes()).unwrap();
        let names: Vec<_> = flagships.iter().map(|flagship| flagship.name.as_str()).collect();
        assert_eq!(names, ["hall", "town"]);
        assert_eq!(flagships[1].description, "A town");
        assert_eq!(flagships[1].first_build, "a minute");
        assert_eq!((flagships[0].keeps_a_database, flagships[1].keeps_a_database), (false, true));
    }

    #[test]
    fn real_data_takes_more_plugins() {
        let town = find(read(METADATA.as_bytes()).unwrap(), "town").unwrap();
        assert_eq!(town.plugins(false), ["a"]);
        assert_eq!(town.plugins(true), ["a", "b"]);
    }

    #[test]
    fn an_unknown_name_is_told_with_the_known_ones_in_one_line() {
        let why = find(read(METADATA.as_bytes()).unwrap(), "twon").unwrap_err();
        assert_eq!(why, "there is no flagship twon: there are hall, town");
    }

    #[test]
    fn a_word_that_nobody_reads_is_a_mistake() {
        let wrong = METADATA.replace("\"first-build\": \"seconds\"", "\"first\": \"seconds\"");
        assert!(read(wrong.as_bytes()).unwrap_err().contains("[package.metadata.mattoni]"));
    }

    #[test]
    fn the_examples_say_what_they_show_and_name_plugins_that_are_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let flagships = all(&root).unwrap();
        for name in ["bonus", "competition", "nursery"] {
            assert!(flagships.iter().any(|flagship| flagship.name == name), "{name}");
        }
        for flagship in &flagships {
            assert_eq!(flagship.description.lines().count(), 1, "{}", flagship.name);
            for plugin in flagship.plugins(true) {
                assert!(root.join("plugins").join(&plugin).is_dir(), "{plugin}");
            }
        }
    }
}
