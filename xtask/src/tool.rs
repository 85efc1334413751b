//! Tools of others, from crates.io: the one on the path, or one of our own under `target/tools`.

use std::path::{Path, PathBuf};

use crate::run::{Step, cargo, say};

/// A program of another project.
pub(crate) struct Tool {
    /// Its crate and its program.
    pub(crate) name: &'static str,
    /// The version that is installed where there is none.
    pub(crate) version: &'static str,
    /// What `cargo install` is asked for besides.
    pub(crate) options: &'static [&'static str],
}

impl Tool {
    /// The program; installs it where it is missing.
    pub(crate) fn find_or_install(&self, root: &Path) -> Result<PathBuf, String> {
        let Self { name, version, options } = self;
        if Step::new(root, name).args(["--version"]).succeeds() {
            return Ok(name.into());
        }
        // A folder a version, so that another one asked for is another one installed.
        let folder = root.join("target").join("tools").join(format!("{name}-{version}"));
        let program = folder.join("bin").join(name);
        if !program.exists() {
            say(&format!("installing {name} {version} from crates.io (once; some minutes)"));
            cargo(root, "install")
                .args(["--quiet", "--locked", "--version", version, "--root"])
                .args([&folder])
                .args(*options)
                .args([name])
                .run()
                .map_err(|why| {
                    format!("{why}; install {name} {version} by hand, so that it is on the path")
                })?;
        }
        Ok(program)
    }
}
