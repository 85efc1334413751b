//! What a change must pass.

use std::path::Path;

use crate::run::{cargo, say};
use crate::soak::{self, Length, Runner};
use crate::{deny, plugins, postgres};

/// Every test: the quick ones first, then the long ones in their short form. None runs twice.
pub(crate) fn test(root: &Path) -> Result<(), String> {
    let plugins = plugins::all(root)?;
    let postgres = postgres::find_or_install(root)?;
    say("the tests of the plugins");
    cargo(root, "test")
        .args(["--quiet", "--manifest-path"])
        .args([root.join("plugins").join("Cargo.toml")])
        .run()?;
    let runner = Runner::find(root);
    say("the tests of the workspace (the first build takes minutes)");
    runner
        .step(root)
        .args(["--workspace", "--no-fail-fast", "--"])
        .args(soak::skipped())
        .env(plugins::FOLDER, &plugins)
        .env(postgres::FOLDER, &postgres)
        .run()?;
    say("the examples in the documentation");
    cargo(root, "test").args(["--workspace", "--doc"]).env(plugins::FOLDER, &plugins).run()?;
    soak::run(root, runner, Length::Short, &plugins, &postgres)
}

/// Format, lints, documentation and dependencies, then every test.
pub(crate) fn ci(root: &Path) -> Result<(), String> {
    say("format");
    cargo(root, "fmt").args(["--all", "--check"]).run()?;
    say("lints");
    cargo(root, "clippy")
        .args(["--workspace", "--all-targets", "--features", "mattoni-benches/all"])
        .args(["--", "-D", "warnings"])
        .run()?;
    say("documentation");
    cargo(root, "doc")
        .args(["--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()?;
    deny::check(root)?;
    test(root)
}
