//! Everything that was kept of the fuzzer's runs, each time the tests run: what broke a target once
//! does not break it again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mattoni_fuzz::TARGETS;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// The files in a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("it reads").path()).collect();
    files.sort();
    files
}

/// Hands what was kept to the target.
fn replay(name: &str) {
    let (_, target) = TARGETS.iter().find(|(target, _)| *target == name).expect("a target");
    let kept = files(&corpus().join(name));
    assert!(kept.len() >= 5, "only {} inputs are kept for {name}", kept.len());
    for file in kept {
        let bytes = std::fs::read(&file).expect("it reads");
        // What was handed in last is named where the target panics.
        eprintln!("{}", file.display());
        target(&bytes);
    }
}

macro_rules! replayed {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                replay(stringify!($name));
            }
        )*

        const REPLAYED: &[&str] = &[$(stringify!($name)),*];
    };
}

replayed! { service csv texts records practice answers batches loader }

#[test]
fn every_target_is_replayed_and_every_folder_has_its_target() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let replayed: BTreeSet<String> = REPLAYED.iter().map(|name| (*name).to_owned()).collect();
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folders: BTreeSet<String> = files(&corpus()).iter().map(name).collect();
    assert_eq!(replayed, targets);
    assert_eq!(folders, targets);
}

#[test]
fn what_is_kept_is_small() {
    let kept = TARGETS.iter().flat_map(|(name, _)| files(&corpus().join(name)));
    let bytes: u64 = kept.map(|file| file.metadata().expect("it is there").len()).sum();
    assert!(bytes < 1_200_000, "{bytes} bytes are kept: minimise with cargo xtask fuzz");
}
