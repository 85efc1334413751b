//! `mattoni outbox`, as the operator's guide has it.

use crate::call::drawn_up;
use crate::store::follow;

#[test]
fn dead_letters_are_seen_and_taken_up_again_as_the_guide_says() {
    let place = drawn_up();
    let said = follow(&place, "The outbox");
    assert_eq!(said, ["nothing is due\n", "nothing is dead\n"]);
    // As the tenth failure leaves them.
    let raw = rusqlite::Connection::open(place.path("town.sqlite")).unwrap();
    let dead = raw.execute(
        "UPDATE outbox SET fate = 'dead', attempts = 10, last_error = 'connection refused'
         WHERE topic = 'message.tell' AND seq < 400",
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
    assert_eq!(one, "1 due again, now\n");
    let rest = follow(&place, "Take dead letters up again");
    assert_eq!(rest, [format!("{} due again, now\n", dead - 1)]);
    let due = place.run("--json outbox due --limit 9999 --db town.sqlite").json();
    assert!(!due["due"].as_array().unwrap().is_empty());
    place.run("tick --service nido --db town.sqlite --at 2037-01-01T00:00:00Z").well();
    let said = follow(&place, "The outbox");
    assert_eq!(said, ["nothing is due\n", "nothing is dead\n"]);
    place.run("verify --db town.sqlite").well();
}

#[test]
fn what_was_delivered_is_forgotten_as_the_guide_says() {
    let place = drawn_up();
    assert_eq!(
        follow(&place, "Forget what was delivered"),
        ["0 delivered effects forgotten\n"],
        "nothing is that old"
    );
    let later = place.run("outbox clear --before 2028-01-01 --db town.sqlite").well();
    assert_ne!(later, "0 delivered effects forgotten\n");
    place.run("outbox clear --before 2028-01-01 --db none.sqlite").refused();
}
