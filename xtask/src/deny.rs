//! Who else's code the project is made of: licences, bans and sources by `deny.toml`.

use std::path::{Path, PathBuf};

use crate::run::{Step, cargo, say};
use crate::tool::Tool;

/// What checks it.
const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2", options: &[] };

/// The workspaces that are shipped; both follow the one `deny.toml`.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "plugins/Cargo.toml"];

/// Checks licences, bans and sources; known vulnerabilities too, where the database of them is on
/// this machine. Asks no network once everything is there.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let program = CARGO_DENY.find_or_install(root)?;
    let mut subjects = vec!["licenses", "bans", "sources"];
    if advisories().is_some_and(|folder| folder.is_dir()) {
        subjects.push("advisories");
    } else {
        say("no database of known vulnerabilities here (`cargo deny fetch db` brings it from \
             GitHub): they are left out");
    }
    for manifest in MANIFESTS {
        say(&format!("{} of {manifest}", subjects.join(", ")));
        // Those of other platforms and of features that nobody turns on are looked at too.
        cargo(root, "fetch").args(["--quiet", "--locked", "--manifest-path", manifest]).run()?;
        Step::new(root, &program)
            // What one workspace has and the other has not is no fault: only errors are shown.
            .args(["--offline", "--log-level", "error", "--manifest-path", manifest, "--config"])
            .args([root.join("deny.toml")])
            .args(["check", "--hide-inclusion-graph"])
            .args(&subjects)
            .run()?;
    }
    Ok(())
}

/// Where cargo-deny keeps the database by itself.
fn advisories() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))?;
    Some(home.join("advisory-dbs"))
}
