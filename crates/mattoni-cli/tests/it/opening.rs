//! How a store is opened: sealed, for an ente that it knows, unless the command line says otherwise.

use std::os::unix::fs::PermissionsExt;

use crate::call::town_in;
use crate::command::{Ended, Place};

const MARCH: &str = "2027-03-20T10:00:00Z";
const IMPORT: &str = "import families.csv";

/// A town with no database and no key yet.
fn bare() -> Place {
    town_in(Place::new())
}

/// A step without the words for a new ente.
fn call(place: &Place, words: &str, step: &str) -> Ended {
    place.run(&format!("{words}call --service nido --db town.sqlite --at {MARCH} {step}"))
}

fn in_the_clear(place: &Place) -> bool {
    let csv = std::fs::read_to_string(place.path("families.csv")).unwrap();
    let code = csv.lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
    ["town.sqlite", "town.sqlite-wal"].iter().any(|file| {
        let bytes = std::fs::read(place.path(file)).unwrap_or_default();
        bytes.windows(code.len()).any(|window| window == code.as_bytes())
    })
}

#[test]
fn a_new_store_is_sealed_and_its_key_is_spoken_of_once() {
    let place = bare();
    let first = call(&place, "", &format!("--new-ente {IMPORT}"));
    assert_eq!(first.code, 0, "{first:?}");
    let key = place.path("town.sqlite.key");
    assert!(first.err.contains(key.to_str().unwrap()), "{}", first.err);
    assert!(first.err.contains("non si leggono più"), "{}", first.err);
    assert_eq!(std::fs::metadata(key).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!in_the_clear(&place));
    call(&place, "", IMPORT).well();
    place.run("explain 2027/0000001 --db town.sqlite").well();
}

#[test]
fn an_ente_that_is_not_there_is_refused_with_those_that_are_and_a_new_one_is_asked_for() {
    let place = bare();
    let none = call(&place, "", IMPORT).refused();
    assert!(none.contains("[cli.ente.unknown]") && none.contains("--new-ente"), "{none}");
    for file in ["town.sqlite", "town.sqlite.key", "town.messages.jsonl"] {
        assert!(!place.path(file).exists(), "{file}");
    }
    call(&place, "", &format!("--new-ente {IMPORT}"));
    let service = std::fs::read_to_string(place.path("nido/service.toml")).unwrap();
    place.write("nido/service.toml", service.replace("\"c_h223\"", "\"c_f205\""));
    let other = call(&place, "", IMPORT).refused();
    assert!(other.contains("c_f205") && other.contains("c_h223"), "{other}");
    let looked = place.run("verify --ente c_f205 --db town.sqlite").refused();
    assert!(looked.contains("[cli.ente.unknown]") && looked.contains("c_h223"), "{looked}");
    call(&place, "", &format!("--new-ente {IMPORT}")).well();
    place.run("verify --ente c_f205 --db town.sqlite").well();
}

#[test]
fn records_in_the_clear_are_asked_for_and_never_come_about_by_a_missing_key() {
    let place = bare();
    call(&place, "--unsealed ", &format!("--new-ente {IMPORT}")).well();
    assert!(!place.path("town.sqlite.key").exists() && in_the_clear(&place));
    for words in ["verify --db town.sqlite", "explain 2027/0000001 --db town.sqlite"] {
        let refused = place.run(words).refused();
        assert!(refused.contains("[cli.unsealed]") && refused.contains("keys begin"), "{refused}");
        place.run(&format!("--unsealed {words}")).well();
    }
    call(&place, "--unsealed ", IMPORT).well();
    // As the refusal says: sealed from now on.
    place.run("keys new --db town.sqlite").well();
    place.run("keys begin --db town.sqlite").well();
    call(&place, "", IMPORT);
    let both = call(&place, "--unsealed ", IMPORT).refused();
    assert!(both.contains("[cli.unsealed.key]"), "{both}");
    std::fs::remove_file(place.path("town.sqlite.key")).unwrap();
    for words in ["", "--unsealed "] {
        let refused = call(&place, words, IMPORT).refused();
        assert!(refused.contains("[cli.key.missing]"), "{refused}");
    }
}

#[test]
fn a_sealed_store_without_its_key_is_refused_a_restored_backup_too() {
    let place = bare();
    call(&place, "", &format!("--new-ente {IMPORT}"));
    place.run("store backup monday.db --db town.sqlite").well();
    place.run("store restore monday.db --db again.sqlite").well();
    std::fs::rename(place.path("town.sqlite.key"), place.path("elsewhere")).unwrap();
    for database in ["town.sqlite", "again.sqlite"] {
        for words in ["", "--unsealed "] {
            let verify = place.run(&format!("{words}verify --db {database}")).refused();
            assert!(verify.contains("[cli.key.missing]"), "{database}: {verify}");
            let tick = format!("{words}tick --db {database} --at {MARCH}");
            assert!(place.run(&tick).refused().contains("[cli.key.missing]"), "{database}");
        }
        // What is not personal is proved all the same.
        place.run(&format!("store verify --db {database}")).well();
    }
}
