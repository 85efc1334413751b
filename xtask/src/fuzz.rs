//! The fuzz targets of `fuzz/`, by the compiler that builds everything else.

use std::path::Path;

use crate::plugins;
use crate::run::{cargo, say};

/// What `cargo fuzz` has the compiler do, as far as a stable one does it: coverage that libFuzzer
/// is guided by, and checks of overflow. Without sanitizers, which need a nightly: the project has
/// no unsafe code for them to look at.
const FLAGS: &str = "--cfg fuzzing -Cdebug-assertions -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table";

/// Larger components take the compiler a second each, and teach it nothing that this does not.
const SEED: &str = "nursery-points.wasm";

/// Runs every target for so many seconds. What was learned stays in `fuzz/corpus`; what breaks a
/// target is kept in `fuzz/artifacts`.
pub(crate) fn run(root: &Path, built: &Path, seconds: u32) -> Result<(), String> {
    let fuzz = root.join("fuzz");
    let artifacts = fuzz.join("artifacts");
    make(&artifacts)?;
    for target in ["loader", "batches"] {
        say(&format!("fuzzing {target} for {seconds} seconds (the first build takes minutes)"));
        let corpus = fuzz.join("corpus").join(target);
        make(&corpus)?;
        if target == "loader" {
            let copied = std::fs::copy(built.join(SEED), corpus.join(SEED));
            copied.map_err(|e| format!("{SEED} cannot be copied: {e}"))?;
        }
        // By its name, so that the flags are not for the scripts that build the dependencies.
        cargo(root, "run")
            .args(["--release", "--target", "host-tuple", "--bin", target, "--manifest-path"])
            .args([fuzz.join("Cargo.toml")])
            .args(["--"])
            .args([corpus])
            .args([format!("-max_total_time={seconds}"), "-max_len=200000".to_owned()])
            .args([format!("-artifact_prefix={}/", artifacts.display())])
            .env("RUSTFLAGS", FLAGS)
            .env("CARGO_TARGET_DIR", root.join("target").join("fuzz"))
            .env(plugins::FOLDER, built)
            .run()?;
    }
    Ok(())
}

fn make(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))
}
