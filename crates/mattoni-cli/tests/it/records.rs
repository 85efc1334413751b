//! `mattoni explain` and `mattoni verify`: asking the records.

use rusqlite::Connection;

use crate::call::{drawn_up, drawn_up_in_the_clear};
use crate::command::Place;

#[test]
fn a_practice_is_explained_by_number_and_by_id() {
    let place = drawn_up();
    let page = place.run("explain 2027/0000007 --db town.sqlite").well();
    for part in [
        "Pratica 2027/0000007, servizio nido-2027@1",
        "Risposta entro il",
        "Cosa è successo",
        "Punteggio",
        "Regolamento comunale, art. 5",
        "Totale",
        "Regola nursery-points",
        "(in bozza, impronta ",
    ] {
        assert!(page.contains(part), "{part} is not in:\n{page}");
    }
    let json = place.run("--json explain 2027/0000007 --db town.sqlite").json();
    assert_eq!((&json["version"], &json["number"]), (&2.into(), &"2027/0000007".into()));
    let id = json["id"].as_str().unwrap();
    assert_eq!(place.run(&format!("explain {id} --db town.sqlite")).well(), page);
}

#[test]
fn an_unknown_practice_is_refused_with_what_to_give() {
    let place = drawn_up();
    let err = place.run("explain 2027/9999999 --db town.sqlite").refused();
    assert!(err.contains("qui non c'è nessuna pratica 2027/9999999"), "{err}");
    assert!(err.contains("per esempio 2027/0000042"), "{err}");
    let err = place.run("explain 2027/0000007 --db town.sqlite --ente c_f205").refused();
    assert!(err.contains("[cli.ente.unknown]"), "{err}");
}

#[test]
fn a_database_that_is_not_there_or_is_none_is_never_made() {
    let place = Place::new();
    for words in ["explain 2027/0000001 --db none.sqlite", "verify --db none.sqlite"] {
        let err = place.run(words).refused();
        assert!(err.contains("none.sqlite: dev'essere un database che c'è"), "{err}");
        assert!(!place.path("none.sqlite").exists());
    }
    place.write("text.sqlite", "this is a text, and no database at all\n".repeat(100));
    let ended = place.run("verify --db text.sqlite");
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(ended.err.starts_with("non riuscito: "), "{}", ended.err);
}

#[test]
fn an_untouched_database_is_proved() {
    let place = drawn_up();
    let out = place.run("verify --db town.sqlite").well();
    assert!(out.contains("fine del giornale di c_h223: "), "{out}");
    assert!(!out.contains("TROVATO"), "{out}");
    let json = place.run("--json verify --db town.sqlite").json();
    assert_eq!((&json["clean"], &json["runs"]), (&true.into(), &1.into()));
    assert!(json["rows"].as_u64() > Some(100), "{json}");
}

#[test]
fn whatever_is_changed_by_hand_is_found_and_named() {
    // In the clear: what is sealed cannot be changed to say something else.
    let place = drawn_up_in_the_clear();
    let clean = std::fs::read(place.path("town.sqlite")).unwrap();
    for (edit, named) in [
        // A byte of an event, a byte of a state, a row cut out, a document.
        (
            "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), 'c', 'd') AS BLOB) WHERE seq = 17",
            "la riga 17",
        ),
        ("UPDATE journal SET at = at + 1 WHERE seq = 5", "la riga 5"),
        (
            "UPDATE state SET body = CAST(replace(CAST(body AS TEXT), '2027/0000004', '2027/0000099') AS BLOB)",
            "practice ",
        ),
        ("DELETE FROM journal WHERE seq = 9", "la riga "),
        (
            "UPDATE blob SET bytes = CAST(replace(CAST(bytes AS TEXT), '2027/0000004', '2027/0000005') AS BLOB) WHERE CAST(bytes AS TEXT) LIKE '{%'",
            "la graduatoria ",
        ),
    ] {
        std::fs::write(place.path("town.sqlite"), &clean).unwrap();
        let raw = Connection::open(place.path("town.sqlite")).unwrap();
        assert!(raw.execute(edit, []).unwrap() > 0, "{edit}");
        drop(raw);
        let ended = place.run("--unsealed verify --db town.sqlite");
        assert_eq!(ended.code, 1, "{edit}: {ended:?}");
        let found: Vec<_> = ended.out.lines().filter(|line| line.starts_with("TROVATO")).collect();
        assert!(found.iter().any(|line| line.contains(named)), "{edit}: {found:?}");

        let ended = place.run("--json --unsealed verify --db town.sqlite");
        assert_eq!(ended.code, 1);
        let json: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
        assert_eq!(json["clean"], false);
        assert!(!json["findings"].as_array().unwrap().is_empty());
    }
}
