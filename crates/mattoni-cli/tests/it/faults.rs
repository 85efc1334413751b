//! What an official reads when something stored was altered: which, and that the rest went on.

use crate::call::drawn_up;
use crate::command::Place;

fn by_hand(place: &Place, sql: &str) {
    let raw = rusqlite::Connection::open(place.path("town.sqlite")).unwrap();
    raw.execute_batch(sql).unwrap();
}

/// One practice whose sealed state was altered, and one whose keys are gone.
const ALTERED: &str = r#"
    UPDATE state SET body = CAST(replace(CAST(body AS TEXT), '"$sealed":"2:', '"$sealed":"2:x')
        AS BLOB) WHERE kind = 'practice' AND id = (SELECT min(id) FROM state WHERE kind = 'practice');
    DELETE FROM key WHERE kind = 'practice'
        AND stream = (SELECT max(id) FROM state WHERE kind = 'practice');
"#;

#[test]
fn sealed_records_that_were_altered_are_found_and_named_by_verify() {
    let place = drawn_up();
    by_hand(&place, ALTERED);
    let ended = place.run("verify --db town.sqlite");
    assert_eq!((ended.code, &*ended.err), (1, ""), "{}", ended.out);
    let found: Vec<_> =
        ended.out.lines().filter(|line| line.starts_with("TROVATO practice ")).collect();
    assert_eq!(found.len(), 2, "{}", ended.out);
    assert!(found.iter().all(|line| line.contains("non si legge")), "{found:?}");
}

#[test]
fn lists_tables_and_the_clock_go_on_without_the_two_and_say_so() {
    let place = drawn_up();
    let practices = |out: &str| out.lines().filter(|line| line.contains("nido-2027")).count();
    let whole = place.run("facts practice --db town.sqlite").well();
    by_hand(&place, ALTERED);
    let facts = place.run("facts practice --db town.sqlite");
    assert_eq!(practices(&facts.out), practices(&whole) - 2);
    assert_eq!(facts.code, 3);
    assert!(facts.err.contains("2 documenti non si leggono"), "{}", facts.err);
    let listed = place.run("records list practice --limit 99 --db town.sqlite");
    assert!(listed.err.contains("2 documenti non si leggono"), "{}", listed.err);
    assert_eq!(listed.code, 3);
    let ticked = place.run("--json tick --db town.sqlite --at 2027-06-15T04:00:00Z");
    let report: serde_json::Value = serde_json::from_str(&ticked.out).unwrap();
    assert_eq!(report["unreadable"].as_array().unwrap().len(), 2, "{report}");
    assert_eq!(report["events"]["clock.reminded"].as_u64(), Some(28), "{report}");
}

#[test]
fn lists_that_were_emptied_by_hand_are_found_and_made_anew() {
    let place = drawn_up();
    let listed = || {
        place.run(
            "--json records list practice --list chore --bucket all --limit 99 --db town.sqlite",
        )
    };
    let whole = listed().json();
    for sql in ["DELETE FROM list_entry", "DELETE FROM unique_key", "DELETE FROM tally"] {
        by_hand(&place, sql);
        let ended = place.run("verify --db town.sqlite");
        assert_eq!(ended.code, 1, "{sql}");
        assert!(ended.out.contains("TROVATO chiavi ed elenchi di practice"), "{}", ended.out);
        place.run("store lists --rebuild --db town.sqlite").well();
        place.run("verify --db town.sqlite").well();
        assert_eq!(listed().json(), whole, "{sql}");
    }
}

#[test]
fn keys_that_somebody_destroyed_are_told_from_those_that_were_erased() {
    let place = drawn_up();
    by_hand(&place, "UPDATE key SET wrapped = NULL WHERE kind = 'practice'");
    let ended = place.run("verify --db town.sqlite");
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.out.contains("nessuna cancellazione registrata lo dice"), "{}", ended.out);
}

#[test]
fn a_verification_that_covered_nothing_does_not_end_well() {
    let place = Place::new();
    drop(mattoni_store::Sqlite::open(place.path("empty.sqlite")).unwrap());
    let ended = place.run("store verify --db empty.sqlite");
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert!(ended.out.contains("non è stato verificato niente"), "{}", ended.out);
}
