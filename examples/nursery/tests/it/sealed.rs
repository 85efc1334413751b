//! People's data is sealed, and what opens it is made once and kept.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nursery::{life, records};

use crate::records::live;

/// Starts the demo with a few families; it says nothing to anybody.
fn start(folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_nursery"))
        .args(["--families", "20", "--folder"])
        .arg(folder)
        .env("MATTONI_PLUGINS", nursery::plugins())
        .env_remove("MATTONI_REAL_DATA")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn no_code_of_any_family_stands_in_the_database_and_its_key_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    live(folder.path(), 100).await;
    let (csv, database) = (folder.path().join("applications.csv"), life::database(folder.path()));
    let text = fs::read_to_string(&csv).unwrap();
    let lines = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let sent: HashSet<String> =
        lines.flat_map(|cells| [cells[0].to_owned(), cells[4].to_owned()]).collect();
    assert_eq!(sent.len(), 200);
    let codes: HashSet<&str> = sent.iter().map(String::as_str).collect();
    let found = |file| records::standing_in(file, &codes).unwrap_or_else(|why| panic!("{}", why.0));
    assert!(found(&csv).is_some(), "where they stand they are found");
    assert_eq!(found(&database), None);

    let mut said = String::new();
    let mut say = |line: &str| said.push_str(&format!("{line}\n"));
    life::where_to_look(folder.path(), &mut say).await.unwrap_or_else(|why| panic!("{}", why.0));
    assert!(said.contains("sealed: of the 200 fiscal codes in "), "{said}");
    let key = records::key_file(&database);
    assert!(said.contains(&format!("{}  the key", key.display())), "{said}");
    #[cfg(unix)]
    {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&key).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_database_without_its_key_is_left_as_it_is_and_says_so_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    assert!(start(folder.path()).wait().unwrap().success());
    let database = life::database(folder.path());
    let (key, before) = (records::key_file(&database), fs::read(&database).unwrap());
    let away = folder.path().join("elsewhere");
    fs::rename(&key, &away).unwrap();
    let said = |expected: &str| {
        let output = start(folder.path()).wait_with_output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && text.contains(expected), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    };
    said(&format!("no key {}", key.display()));
    assert!(!key.exists(), "no other key takes its place");
    fs::write(&key, format!("{}\n", "ab".repeat(32))).unwrap();
    said("sealed under another master key");
    assert_eq!(fs::read(&database).unwrap(), before);
    fs::rename(&away, &key).unwrap();
    assert!(start(folder.path()).wait().unwrap().success());
}

#[test]
fn the_key_is_there_before_the_records_and_stays_whenever_the_demo_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let database = life::database(folder.path());
    let key = records::key_file(&database);
    let part = folder.path().join("nursery.sqlite.key.part");
    // As one leaves it behind that is killed while it draws its key.
    fs::write(&part, "0123").unwrap();
    let mut first = None;
    for files in [&key, &database, &key, &database] {
        let mut child = start(folder.path());
        while child.try_wait().unwrap().is_none() && !files.exists() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let text = fs::read_to_string(&key).unwrap();
        assert_eq!(text.trim_end().len(), 64, "whole as soon as it has its name");
        assert_eq!(*first.get_or_insert(text.clone()), text, "and never another");
    }
    assert!(start(folder.path()).wait().unwrap().success());
    assert_eq!(fs::read_to_string(&key).ok(), first);
}
