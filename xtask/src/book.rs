//! The book of `docs/`, built by mdBook.

use std::path::{Path, PathBuf};

use crate::run::{Step, cargo, say};

/// The version of mdBook that the book is written for.
const VERSION: &str = "0.5.4";

/// Builds the book into `target/book`; installs mdBook from crates.io where it is missing.
pub(crate) fn build(root: &Path) -> Result<(), String> {
    let mdbook = find_or_install(root)?;
    say("building the book");
    Step::new(root, &mdbook).args(["build"]).run()?;
    let first = root.join("target").join("book").join("index.html");
    say(&format!("the book begins at {}", first.display()));
    Ok(())
}

/// The program: the one on the path, or one of our own under `target/tools`.
fn find_or_install(root: &Path) -> Result<PathBuf, String> {
    if Step::new(root, "mdbook").args(["--version"]).succeeds() {
        return Ok("mdbook".into());
    }
    let tools = root.join("target").join("tools");
    let mdbook = tools.join("bin").join("mdbook");
    if !mdbook.exists() {
        say("installing mdBook from crates.io; the first time this takes some minutes");
        cargo(root, "install")
            .args(["--quiet", "--locked", "--no-default-features"])
            .args(["--features", "search", "--version", VERSION])
            .args(["mdbook", "--root"])
            .args([&tools])
            .run()?;
    }
    Ok(mdbook)
}
