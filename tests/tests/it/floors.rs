//! The architecture is a test: who may import whom, and which crates stay pure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The floor each crate lives on. A crate imports only from floors below its own.
const FLOORS: [(&str, u8); 17] = [
    ("mattoni-core", 0),
    ("mattoni-service", 1),
    ("mattoni-practice", 1),
    ("mattoni-ranking", 1),
    ("mattoni-staff", 1),
    ("mattoni-rules", 2),
    ("mattoni-store", 2),
    ("mattoni-desk", 3),
    ("mattoni-analytics", 3),
    ("mattoni-office", 4),
    ("mattoni-cli", 5),
    ("mattoni", 6),
    // Apart from the house: the macro that reads marks, of which the core is the one user.
    ("mattoni-core-derive", 0),
    // Apart from the house: what a plugin's author depends on, and the tool that builds plugins.
    ("mattoni-rules-derive", 0),
    ("mattoni-rules-sdk", 1),
    ("mattoni-rules-build", 2),
    // A server for tests and benches.
    ("mattoni-postgres-cluster", 0),
];

/// A crate that may import another of its own floor: the macro stands apart.
const BESIDE: [(&str, &str); 1] = [("mattoni-core", "mattoni-core-derive")];

/// The bricks, and whatever runs rules: the desk knows none of them.
const UNKNOWN_TO_THE_DESK: [&str; 5] =
    ["mattoni-service", "mattoni-practice", "mattoni-ranking", "mattoni-staff", "mattoni-rules"];

/// Floors 0 and 1 decide; they must build in seconds and never touch the world.
const PURE: [&str; 5] =
    ["mattoni-core", "mattoni-service", "mattoni-practice", "mattoni-ranking", "mattoni-staff"];

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Everything the crate is built with, a line each.
fn tree(name: &str, features: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", name, "--edges", "normal", "--prefix", "none", "--offline"])
        .args(features)
        .current_dir(root())
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && tree.contains(name), "cargo tree failed for {name}");
    tree
}

/// The line of a tree that names the crate.
fn in_tree<'a>(tree: &'a str, name: &str) -> Option<&'a str> {
    tree.lines().find(|line| line.starts_with(&format!("{name} v")))
}

fn dependencies(name: &str) -> BTreeSet<String> {
    let manifest = root().join("crates").join(name).join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let table = manifest.get("dependencies").and_then(toml::Value::as_table);
    table.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

#[test]
fn every_crate_has_a_floor_and_its_folder_has_its_name() {
    let floors: BTreeSet<&str> = FLOORS.iter().map(|(name, _)| *name).collect();
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let folder = entry.unwrap().file_name().into_string().unwrap();
        assert!(floors.contains(folder.as_str()), "{folder} is in no row of the table of floors");
        let manifest = root().join("crates").join(&folder).join("Cargo.toml");
        let text = std::fs::read_to_string(manifest).unwrap();
        assert!(text.contains(&format!("name = \"{folder}\"")), "{folder}");
    }
}

#[test]
fn a_crate_imports_only_from_floors_below() {
    let floors: BTreeMap<&str, u8> = FLOORS.into_iter().collect();
    for (name, floor) in FLOORS {
        for dependency in dependencies(name).iter().filter(|d| d.starts_with("mattoni")) {
            let below = floors.get(dependency.as_str());
            assert!(
                below.is_some_and(|below| *below < floor)
                    || BESIDE.contains(&(name, dependency.as_str())),
                "{name} (floor {floor}) imports {dependency} (floor {below:?})"
            );
        }
    }
}

#[test]
fn heavy_crates_stay_out_of_the_pure_ones() {
    for name in PURE {
        let tree = tree(name, &[]);
        for heavy in
            ["wasmtime", "polars", "rusqlite", "libsqlite3-sys", "tokio", "rand", "getrandom"]
        {
            assert_eq!(in_tree(&tree, heavy), None, "{name} depends on {heavy}");
        }
    }
}

#[test]
fn the_desk_is_built_without_any_brick_and_without_wasm() {
    for features in [&[][..], &["--all-features"]] {
        let tree = tree("mattoni-desk", features);
        let heavy = ["wasmtime", "cranelift-codegen"];
        for name in UNKNOWN_TO_THE_DESK.into_iter().chain(heavy) {
            assert_eq!(in_tree(&tree, name), None, "mattoni-desk depends on {name}");
        }
        for (name, _) in FLOORS.into_iter().filter(|(_, floor)| *floor == 1) {
            assert_eq!(in_tree(&tree, name), None, "mattoni-desk depends on {name}");
        }
    }
}

#[test]
fn a_backend_brings_no_other() {
    let sqlite = ["rusqlite", "libsqlite3-sys"];
    let only = |feature: &'static str| ["--no-default-features", "--features", feature];
    let postgres = only("postgres-tls");
    let whole = only("postgres-tls,desk,office,checkpoints,blobs-s3");
    for (name, features) in
        [("mattoni-store", &postgres), ("mattoni", &postgres), ("mattoni", &whole)]
    {
        let tree = tree(name, features);
        assert!(in_tree(&tree, "tokio-postgres").is_some(), "{name} {features:?}");
        for other in sqlite {
            assert_eq!(in_tree(&tree, other), None, "{name} {features:?} depends on {other}");
        }
    }
    for name in ["mattoni-store", "mattoni"] {
        let tree = tree(name, &only("sqlite"));
        assert!(in_tree(&tree, "rusqlite").is_some(), "{name}");
        assert_eq!(in_tree(&tree, "tokio-postgres"), None, "{name}");
    }
    // The desk takes whichever store it is handed.
    let desk = tree("mattoni-desk", &[]);
    assert_eq!(sqlite.map(|other| in_tree(&desk, other)), [None; 2]);
}

#[test]
fn the_sources_of_the_desk_name_no_brick() {
    let sources = root().join("crates").join("mattoni-desk").join("src");
    for (path, text) in super::manners::rust_files(&sources) {
        for (number, line) in text.lines().enumerate() {
            for name in UNKNOWN_TO_THE_DESK {
                let name = name.replace('-', "_");
                assert!(!line.contains(&name), "{}:{}: {name}", path.display(), number + 1);
            }
        }
    }
}

#[test]
fn the_pure_crates_read_no_clock_no_chance_and_no_file() {
    let banned = [
        "Utc::now",
        "Local::now",
        "SystemTime",
        "Instant::now",
        "thread_rng",
        "new_v4",
        "now_v7",
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "println!",
        "HashMap",
    ];
    for name in PURE {
        for (path, text) in
            super::manners::rust_files(&root().join("crates").join(name).join("src"))
        {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            for (number, line) in code.enumerate() {
                for word in banned {
                    assert!(!line.contains(word), "{}:{number}: {word}", path.display());
                }
            }
        }
    }
}

#[test]
fn wasmtime_stays_private_to_its_host() {
    for (path, text) in
        super::manners::rust_files(&root().join("crates").join("mattoni-rules").join("src"))
    {
        for line in text.lines().filter(|line| line.trim_start().starts_with("pub ")) {
            assert!(!line.contains("wasmtime"), "{}: {line}", path.display());
        }
    }
}
