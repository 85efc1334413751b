//! `mattoni outbox`, as the operator's guide has it.

use crate::call::drawn_up;
use crate::store::follow;

#[test]
fn dead_letters_are_seen_and_taken_up_again_as_the_guide_says() {
    let place = drawn_up();
    let said = follow(&place, "The outbox");
    assert_eq!(said, ["niente è in uscita\n", "niente è fallito\n"]);
    // As the tenth failure leaves them.
    let raw = rusqlite::Connection::open(place.path("town.sqlite")).unwrap();
    let dead = raw.execute(
        "INSERT INTO outbox (ente, seq, idx, key, topic, kind, id, payload, attempts, next_at,
                             fate, last_error)
         SELECT ente, seq, 0, 'practice/' || seq, 'message.tell', kind, id, CAST('{}' AS BLOB), 10,
                at, 'dead', 'connection refused'
         FROM journal WHERE kind = 'practice' AND seq <= 20",
        [],
    );
    let dead = dead.unwrap();
    assert!(dead > 2);
    let said = follow(&place, "The outbox");
    assert_eq!(said[1].matches("connection refused").count(), dead, "{}", said[1]);
    let listed = place.run("--json outbox dead --db town.sqlite").json();
    let letters = listed["dead"].as_array().unwrap();
    assert_eq!(letters.len(), dead);
    assert!(letters[0].get("payload").is_none(), "it may be about a person");

    let key = letters[0]["key"].as_str().unwrap();
    let mixed = format!("outbox replay {key} practice/none --db town.sqlite");
    let refused = place.run(&mixed).refused();
    assert!(refused.contains("practice/none") && refused.contains("[cli.outbox.key]"), "{refused}");
    assert_eq!(place.run("--json outbox dead --db town.sqlite").json(), listed, "none of the two");

    let one = place.run(&format!("outbox replay {key} --db town.sqlite")).well();
    assert_eq!(one, "da consegnare di nuovo, subito: 1\n");
    let rest = follow(&place, "Take dead letters up again");
    assert_eq!(rest, [format!("da consegnare di nuovo, subito: {}\n", dead - 1)]);
    let due = place.run("--json outbox due --limit 9999 --db town.sqlite").json();
    assert!(!due["due"].as_array().unwrap().is_empty());
    place.run("tick --db town.sqlite --at 2037-01-01T00:00:00Z").well();
    let said = follow(&place, "The outbox");
    assert_eq!(said, ["niente è in uscita\n", "niente è fallito\n"]);
    place.run("verify --db town.sqlite").well();
}

#[test]
fn what_was_delivered_is_in_the_outbox_no_more() {
    let place = drawn_up();
    let raw = rusqlite::Connection::open(place.path("town.sqlite")).unwrap();
    let left: i64 = raw.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}
