//! The fuzz targets of `fuzz/`, by the compiler that builds everything else.

use std::path::{Path, PathBuf};

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

/// So much is kept of a target, in bytes: what all of them keep is in every checkout.
const KEPT: u64 = 130_000;

/// Runs one target, or each, for so many minutes. What it learns stays in `target/fuzz/corpus`; of what
/// leads where nothing kept leads to, the shortest are added to `fuzz/corpus`, to be committed. What
/// breaks a target is left in `fuzz/artifacts`.
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
            .args(["-timeout=60".to_owned(), format!("-artifact_prefix={}", artifact.display())])
            .args([&learned, &kept])
            .run()?;
        say(&format!("keeping what {name} learned"));
        let merged = root.join("target/fuzz/merged").join(name);
        // What an earlier run left there is in what was learned.
        let _ = std::fs::remove_dir_all(&merged);
        make(&merged)?;
        keep(&kept, &merged, u64::MAX).map_err(|e| format!("{}: {e}", merged.display()))?;
        // Which places are reached, not how often: else many times as much would be kept.
        fuzzer().args(["-set_cover_merge=1", "-use_counters=0"]).args([&merged, &learned]).run()?;
        keep(&merged, &kept, KEPT).map_err(|e| format!("{}: {e}", kept.display()))?;
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

/// Copies files that `kept` has not yet, the shortest first, for as long as all there are no more than
/// so many bytes.
fn keep(merged: &Path, kept: &Path, most: u64) -> std::io::Result<()> {
    let mut total: u64 = files(kept)?.iter().map(|(bytes, _)| bytes).sum();
    for (bytes, file) in files(merged)? {
        let to = kept.join(file.file_name().unwrap_or_default());
        if to.exists() {
            continue;
        }
        total += bytes;
        if total > most {
            break;
        }
        std::fs::copy(file, to)?;
    }
    Ok(())
}

/// The files in a folder, the shortest first, with their lengths.
fn files(folder: &Path) -> std::io::Result<Vec<(u64, PathBuf)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        files.push((entry.metadata()?.len(), entry.path()));
    }
    files.sort();
    Ok(files)
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
    fn the_shortest_are_kept_as_long_as_there_is_room() {
        let folder = std::env::temp_dir().join(format!("mattoni-keep-{}", std::process::id()));
        let (merged, kept) = (folder.join("merged"), folder.join("kept"));
        make(&merged).unwrap();
        make(&kept).unwrap();
        for (place, name, length) in
            [(&kept, "old", 4), (&merged, "old", 4), (&merged, "a", 9), (&merged, "b", 3)]
        {
            std::fs::write(place.join(name), vec![b'x'; length]).unwrap();
        }
        keep(&merged, &kept, 10).unwrap();
        let names: Vec<_> = files(&kept).unwrap().into_iter().map(|(bytes, _)| bytes).collect();
        std::fs::remove_dir_all(folder).unwrap();
        assert_eq!(names, [3, 4], "what was there, and the one that fits");
    }

    #[test]
    fn a_target_that_is_not_there_is_told_with_those_that_are() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let why = run(&root, Path::new("."), Some("loaders"), 1).unwrap_err();
        assert!(why.starts_with("there is no fuzz target loaders: there are "), "{why}");
        assert!(why.contains("loader, ") && why.lines().count() == 1, "{why}");
    }
}
