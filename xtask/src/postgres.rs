//! The PostgreSQL that the tests start private servers of.

use std::path::{Path, PathBuf};

use mattoni_postgres_cluster::Binaries;

use crate::run::{Step, say};

/// Where the tests look first.
pub(crate) const FOLDER: &str = "MATTONI_POSTGRES_BIN";

/// The folder with the server's programs; installs them where that can be done.
pub(crate) fn find_or_install(root: &Path) -> Result<PathBuf, String> {
    if let Ok(found) = Binaries::find() {
        say(&format!("PostgreSQL is in {}", found.folder().display()));
        return Ok(found.folder().to_owned());
    }
    let debian = Step::new(root, "apt-get").args(["--version"]).succeeds();
    let privileged = Step::new(root, "sh").args(["-c", "test $(id -u) = 0"]).succeeds();
    if debian && privileged {
        say("no PostgreSQL found, installing Debian's package `postgresql`");
        let apt = |args: &[&str]| {
            Step::new(root, "apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive").run()
        };
        apt(&["update", "--quiet"])?;
        apt(&["install", "--yes", "--quiet", "--no-install-recommends", "postgresql"])?;
    }
    // Says in one line what to do where there still is none.
    let found = Binaries::find().map_err(|e| e.to_string())?;
    Ok(found.folder().to_owned())
}
