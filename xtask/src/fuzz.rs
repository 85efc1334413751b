//! The fuzz targets of `fuzz/`, by the compiler that builds everything else.

use std::path::Path;

use crate::plugins;
use crate::run::{Step, cargo, say};

/// What `cargo fuzz` has the compiler do, as far as a stable one does it: coverage that libFuzzer
/// is guided by, and checks of overflow. Without sanitizers, which need a nightly: the project has
/// no unsafe code for them to look at.
const FLAGS: &str = "--cfg fuzzing -Cdebug-assertions -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Inputs longer than this teach nothing that shorter ones don't.
const LONGEST: &str = "-max_len=32768";

/// Runs one target, or each, for so many minutes. What it learns stays in `target/fuzz/corpus`; the
/// little of it that leads where nothing kept leads to is added to `fuzz/corpus`, to be committed.
/// What breaks a target is left in `fuzz/artifacts`.
pub(crate) fn run(
    root: &Path,
    built: &Path,
    target: Option<&str>,
    minutes: u32,
) -> Result<(), String> {
    let (corpus, artifacts) = (root.join("fuzz/corpus"), root.join("fuzz/artifacts"));
    let names = names(&corpus)?;
    if let Some(unknown) = target.filter(|target| !names.iter().any(|name| name == target)) {
        return Err(format!("there is no fuzz target {unknown}: there are {}", names.join(", ")));
    }
    make(&artifacts)?;
    for name in names.iter().filter(|name| target.is_none_or(|target| target == *name)) {
        let (kept, learned) = (corpus.join(name), root.join("target/fuzz/corpus").join(name));
        make(&learned)?;
        let fuzzer = || fuzzer(root, built, name).args([LONGEST]);
        say(&format!("fuzzing {name} for {minutes} minutes (the first build takes minutes)"));
        let artifact = artifacts.join(format!("{name}-"));
        fuzzer()
            .args([format!("-max_total_time={}", u64::from(minutes) * 60)])
            .args(["-timeout=20".to_owned(), format!("-artifact_prefix={}", artifact.display())])
            .args([&learned, &kept])
            .run()?;
        say(&format!("keeping what {name} learned"));
        // Which places are reached, not how often: else a hundred times as much would be kept.
        fuzzer().args(["-merge=1", "-use_counters=0"]).args([&kept, &learned]).run()?;
    }
    Ok(())
}

/// The fuzzer on this target.
fn fuzzer(root: &Path, built: &Path, target: &str) -> Step {
    // For a platform by its name, so that the flags are not for the scripts that build dependencies.
    cargo(root, "run")
        .args(["--quiet", "--release", "--target", "host-tuple", "--package", "mattoni-fuzz"])
        .args(["--features", "libfuzzer", "--bin", "fuzz", "--"])
        .env("RUSTFLAGS", FLAGS)
        .env("CARGO_TARGET_DIR", root.join("target").join("fuzz"))
        .env(plugins::FOLDER, built)
        .env("MATTONI_FUZZ_TARGET", target)
}

/// The targets: each has a folder in the corpus.
fn names(corpus: &Path) -> Result<Vec<String>, String> {
    let unreadable = |error| format!("{}: {error}", corpus.display());
    let mut names = Vec::new();
    for entry in std::fs::read_dir(corpus).map_err(unreadable)? {
        names.push(entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn make(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_is_not_there_is_told_with_those_that_are() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let why = run(&root, Path::new("."), Some("loaders"), 1).unwrap_err();
        assert!(why.starts_with("there is no fuzz target loaders: there are "), "{why}");
        assert!(why.contains("loader, ") && why.lines().count() == 1, "{why}");
    }
}
