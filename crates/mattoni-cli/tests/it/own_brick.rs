//! The command of an integrator who has a brick of their own: what it does for any kind of record,
//! it does for theirs.

use std::ffi::OsString;
use std::process::ExitCode;

use mattoni_core::{Act, Actor, EnteId, Id, Person};
use mattoni_desk::{Desk, DeskParts};
use mattoni_keyring::{Asked, Event, KeyLoan};
use mattoni_store::Sqlite;

#[test]
fn the_command_reads_the_records_of_a_brick_that_it_was_started_with() {
    let folder = tempfile::tempdir().unwrap();
    let (db, out) = (folder.path().join("town.sqlite"), folder.path().join("loans.csv"));
    let ente: EnteId = "c_h223".parse().unwrap();
    let bricks = mattoni_office::bricks().with(mattoni_keyring::brick());
    let parts = DeskParts::new(bricks.clone()).unguarded("practice").delivering_nothing();
    let desk = Desk::new(Sqlite::open(&db).unwrap(), ente, parts).unwrap();
    let borrower = Person {
        id: Id::from_u128(1),
        fiscal_code: "RSSMRA80A41H501Y".parse().unwrap(),
        given_name: "Maria".into(),
        family_name: "Rossi".into(),
        born_on: "1980-01-01".parse().unwrap(),
    };
    let act = Act::new("2027-03-01T09:00:00Z".parse().unwrap(), Actor::Citizen(borrower.id));
    let id: Id<KeyLoan> = Id::from_u128(7);
    let asked = Event::Asked(Asked {
        act: act.clone(),
        id,
        office: "sport".into(),
        room: "gym-north".into(),
        borrower,
        why: "prova generale".into(),
        due_on: "2027-03-05".parse().unwrap(),
    });
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(desk.open(id, &act, &[asked])).unwrap();
    drop(desk);

    let run = |words: &[&str]| {
        // The loan was stored without a key.
        let words = ["mattoni", "--unsealed"].iter().chain(words).map(OsString::from);
        let paths = [OsString::from("--db"), db.clone().into()];
        mattoni_cli::run_with(bricks.clone(), words.chain(paths))
    };
    let done = format!("{:?}", ExitCode::SUCCESS);
    let file = out.to_str().unwrap();
    assert_eq!(format!("{:?}", run(&["facts", "key-loan", "--out", file])), done);
    let facts = std::fs::read_to_string(&out).unwrap();
    assert_eq!(facts.lines().count(), 2, "{facts}");
    assert!(facts.contains("gym-north") && !facts.contains("prova"), "{facts}");
    for words in [
        ["records", "show", "key-loan", &id.to_string()],
        ["records", "history", "key-loan", &id.to_string()],
        ["records", "list", "key-loan", "--limit=5"],
    ] {
        assert_eq!(format!("{:?}", run(&words)), done, "{words:?}");
    }
    let refused = run(&["records", "show", "key-loan", &Id::<KeyLoan>::from_u128(8).to_string()]);
    assert_ne!(format!("{refused:?}"), done, "there is no such loan");
}
