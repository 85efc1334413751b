//! `mattoni keys`, `person` and `retention`: people's data under a key beside the store.

use std::path::Path;

use crate::call::town;
use crate::command::Place;

const MARCH: &str = "2027-03-20T10:00:00Z";

/// A town whose records are sealed, with its first applicant's fiscal code and family name.
fn sealed() -> (Place, String, String) {
    let place = town();
    let csv = std::fs::read_to_string(place.path("families.csv")).unwrap();
    let first: Vec<&str> = csv.lines().nth(1).unwrap().split(',').collect();
    let (code, name) = (first[0].to_owned(), first[2].to_owned());
    place.step(MARCH, "import families.csv").well();
    (place, code, name)
}

/// Whether the bytes of any file of the store hold the text.
fn on_disk(place: &Place, text: &str) -> bool {
    ["town.sqlite", "town.sqlite-wal"].iter().any(|file| {
        let bytes = std::fs::read(place.path(file)).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[test]
fn what_is_personal_is_sealed_from_the_first_commit() {
    let (place, code, _) = sealed();
    assert!(!on_disk(&place, &code), "the fiscal code is in the file");
    assert!(place.run("explain 2027/0000001 --db town.sqlite").well().contains("Pratica"));
    place.run("verify --db town.sqlite").well();

    let twice = place.run("keys new --db town.sqlite").refused();
    assert!(twice.contains("cli.key.exists"), "{twice}");
    std::fs::rename(place.path("town.sqlite.key"), place.path("elsewhere")).unwrap();
    let locked = place.step(MARCH, "import families.csv").refused();
    assert!(locked.contains("cli.key.missing"), "{locked}");
    assert!(place.run("store verify --db town.sqlite").well().contains("c_h223"));
}

#[test]
fn a_master_key_is_rotated_as_often_as_one_likes() {
    let (place, _, _) = sealed();
    let page = place.run("explain 2027/0000001 --db town.sqlite").well();
    for turn in 2..5 {
        place.run("keys rotate --db town.sqlite").well();
        let file = std::fs::read_to_string(place.path("town.sqlite.key")).unwrap();
        assert_eq!(file.lines().count(), turn, "no key goes before somebody takes it out");
        assert_eq!(place.run("explain 2027/0000001 --db town.sqlite").well(), page);
    }
    let file = std::fs::read_to_string(place.path("town.sqlite.key")).unwrap();
    place.write("town.sqlite.key", file.lines().next().unwrap());
    assert_eq!(place.run("explain 2027/0000001 --db town.sqlite").well(), page);
}

#[test]
fn a_person_gets_what_is_held_on_them_and_stays_while_a_practice_is_under_way() {
    let (place, code, name) = sealed();
    let out = place.run(&format!("person export {code} --out all.zip --db town.sqlite")).well();
    assert!(out.contains("documenti scritti in all.zip: "), "{out}");
    let bytes = std::fs::read(place.path("all.zip")).unwrap();
    assert!(bytes.starts_with(b"PK") && bytes.len() > 1_000);
    let again = place.run(&format!("person export {code} --out all.zip --db town.sqlite"));
    assert!(again.refused().contains("cli.file.exists"));
    let erase = format!("person erase {code} --reason richiesta --db town.sqlite");
    let refused = place.run(&erase).refused();
    assert!(refused.contains("desk.erase.under-way") && !refused.contains(&name), "{refused}");
}

#[test]
fn the_keys_of_people_are_copied_and_taken_in_again() {
    let (place, _, _) = sealed();
    let page = place.run("explain 2027/0000001 --db town.sqlite").well();
    place.run("store backup monday.db --db town.sqlite").well();
    place.run("keys copy town.keys --db town.sqlite").well();
    place.run("store restore monday.db --db again.sqlite").well();
    std::fs::copy(place.path("town.sqlite.key"), place.path("again.sqlite.key")).unwrap();
    assert_ne!(place.run("explain 2027/0000001 --db again.sqlite").code, 0, "no keys, no page");
    place.run("keys restore town.keys --db again.sqlite").well();
    assert_eq!(place.run("explain 2027/0000001 --db again.sqlite").well(), page);
}

/// Every file in the folder and those in it.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: std::path::PathBuf| {
        if path.is_dir() { files(&path) } else { vec![std::fs::read(path).unwrap()] }
    };
    entries.flat_map(read).collect()
}

#[test]
fn rankings_and_plugins_are_sealed_like_attachments_and_are_drawn_up_proved_and_explained() {
    let place = town();
    std::fs::create_dir(place.path("attachments")).unwrap();
    let with = |words: &str| place.run_with(&[("MATTONI_ATTACHMENTS", "attachments")], words);
    let call = "call --service nido --db town.sqlite --new-ente --at";
    with(&format!("{call} {MARCH} import families.csv")).well();
    with(&format!("{call} 2027-05-03T08:00:00Z score")).well();
    with(&format!("{call} 2027-05-04T08:00:00Z draw-up")).well();
    let kept = files(&place.path("attachments"));
    assert!(kept.len() >= 2, "the plugin and the ranking's document");
    assert!(kept.iter().all(|file| file.starts_with(b"mattoni.blob.v1\n")));
    let proof = with("verify --db town.sqlite").well();
    let page = with("explain 2027/0000001 --db town.sqlite").well();

    with("keys rotate --db town.sqlite").well();
    with("store backup monday.db --db town.sqlite").well();
    with("keys copy town.keys --db town.sqlite").well();
    with("store restore monday.db --db again.sqlite").well();
    std::fs::copy(place.path("town.sqlite.key"), place.path("again.sqlite.key")).unwrap();
    assert_ne!(with("verify --db again.sqlite").code, 0, "a backup alone opens nothing");
    with("keys restore town.keys --db again.sqlite").well();
    assert_eq!(with("verify --db again.sqlite").well(), proof);
    assert_eq!(with("explain 2027/0000001 --db again.sqlite").well(), page);
    let collect = "store collect --db again.sqlite --at";
    with(&format!("{collect} 2027-05-05T08:00:00Z")).well();
    let said = with(&format!("{collect} 2027-05-07T08:00:00Z")).well();
    assert!(said.contains("tolti: 0 "), "{said}");
    with("verify --db again.sqlite").well();
}

#[test]
fn rules_of_retention_are_previewed_and_applied() {
    let (place, _, _) = sealed();
    place.write(
        "retention.toml",
        "[[rule]]\ncode = \"tutto\"\naction = \"keep\"\nsource = \"D.Lgs. 42/2004, art. 30\"\n",
    );
    for verb in ["preview", "apply"] {
        let words = format!("retention {verb} retention.toml --at {MARCH} --db town.sqlite");
        assert!(place.run(&words).well().contains("30 in corso"), "{verb}");
    }
    place.write("retention.toml", "[[rule]]\ncode = \"x\"\naction = \"burn\"\n");
    let refused = place.run("retention preview retention.toml --db town.sqlite").refused();
    assert!(refused.contains("retention.toml"), "{refused}");
}
