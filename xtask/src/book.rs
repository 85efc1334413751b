//! The book of `docs/`, built by mdBook.

use std::path::Path;

use crate::run::{Step, say};
use crate::tool::Tool;

/// What builds it; the version is the one the book is written for.
const MDBOOK: Tool = Tool {
    name: "mdbook",
    version: "0.5.4",
    options: &["--no-default-features", "--features", "search"],
};

/// Builds the book into `target/book`; installs mdBook from crates.io where it is missing.
pub(crate) fn build(root: &Path) -> Result<(), String> {
    let mdbook = MDBOOK.find_or_install(root)?;
    say("building the book");
    Step::new(root, &mdbook).args(["build"]).run()?;
    let first = root.join("target").join("book").join("index.html");
    say(&format!("the book begins at {}", first.display()));
    Ok(())
}
