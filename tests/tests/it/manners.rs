//! How the files of the project look.

use std::path::{Path, PathBuf};

use crate::floors::root;

const FOLDERS: [&str; 7] = ["crates", "plugins", "examples", "benches", "fuzz", "tests", "xtask"];

pub(crate) fn rust_files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") {
                found.extend(rust_files(&path));
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

fn all() -> Vec<(PathBuf, String)> {
    let found: Vec<_> =
        FOLDERS.iter().flat_map(|folder| rust_files(&root().join(folder))).collect();
    assert!(found.len() > 50, "the walk over the source files found only {}", found.len());
    found
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, text) in all() {
        // Inputs of compile-fail tests show what an author would write.
        let fixture = path.components().any(|part| part.as_os_str() == "ui");
        assert!(fixture || text.starts_with("//!"), "{} has no module docs", path.display());
    }
}

#[test]
fn no_file_is_a_room_too_large_to_see_across() {
    for (path, text) in all() {
        let lines = text.lines().count();
        assert!(lines <= 600, "{} has {lines} lines", path.display());
    }
}

#[test]
fn unsafe_code_is_forbidden_but_where_the_component_model_and_the_cache_need_it() {
    // What wit-bindgen and wasmtime generate, and the cache's one line that runs compiled code.
    let allowed = [("mattoni-rules", 2), ("mattoni-rules-sdk", 1)];
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let lib = std::fs::read_to_string(folder.join("src/lib.rs")).unwrap();
        let files = rust_files(&folder.join("src"));
        let exempt = files
            .iter()
            .filter(|(_, text)| text.contains(concat!("allow(unsafe", "_code")))
            .count();
        if let Some((_, modules)) = allowed.iter().find(|(allowed, _)| *allowed == name) {
            assert!(
                lib.contains("#![deny(unsafe_code)]") && exempt == *modules,
                "{name}: {exempt} modules"
            );
        } else {
            assert!(lib.contains("#![forbid(unsafe_code)]"), "{name}");
        }
    }
}

#[test]
fn nothing_is_left_for_later_without_saying_so() {
    // Spelled apart, so that this file does not find itself.
    let words =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX:"), concat!("#[ig", "nore")];
    for (path, text) in all() {
        for word in words {
            assert!(!text.contains(word), "{} holds a {word}", path.display());
        }
    }
}
