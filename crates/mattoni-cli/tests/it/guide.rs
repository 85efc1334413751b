//! What docs/store.md says on people's data, done by a shell as it stands there.

use std::io::Read;

use chrono::{DateTime, Utc};
use mattoni_core::record::{PEOPLE, Span};
use mattoni_core::{Act, Actor, Aggregate, EnteId, FiscalCode, Refusal};
use mattoni_desk::{Desk, DeskParts};
use mattoni_office::bricks;
use mattoni_practice::Practice;
use mattoni_store::{KeyRing, Loaded, Sqlite, Vault};

use crate::call::town;
use crate::command::Place;
use crate::store::{GUIDE, commands};

const MARCH: &str = "2027-03-20T10:00:00Z";
const PAGE: &str = "explain 2027/0000001 --db town.db";

/// The guide's person is the town's first applicant, its /backup a folder of the place's.
fn follow(place: &Place, code: &str, heading: &str) -> Vec<String> {
    let lines = commands(heading);
    assert!(!lines.is_empty(), "nothing is to be done under {heading}");
    let done = lines.into_iter().map(|line| {
        place.shell(&line.replace("/backup/", "backup/").replace("RSSMRA80A01H501U", code)).well()
    });
    done.collect()
}

/// The first applicant takes their application back, as they would in the portal.
async fn withdraw(place: &Place, code: &FiscalCode) {
    let text = std::fs::read_to_string(place.path("town.db.key")).unwrap();
    let mut keys = text.lines().map(|line| line.parse().unwrap());
    let ring = KeyRing::new(keys.next().unwrap());
    let ring = keys.fold(ring, KeyRing::and_older);
    let store = Sqlite::open(place.path("town.db")).unwrap();
    let store =
        Vault::open(store, bricks().with(mattoni_desk::brick()).personal(), ring).await.unwrap();
    let ente: EnteId = "c_h223".parse().unwrap();
    let parts = DeskParts::new(bricks()).unguarded("practice").delivering_nothing();
    let desk = Desk::new(store, ente.clone(), parts).unwrap();
    let person = desk.names().await.unwrap().person(code);
    let theirs = Span::new(PEOPLE, person.to_string());
    let found = desk.store().page(&ente, Practice::KIND, &theirs, None, 1).await.unwrap();
    let practice: Loaded<Practice> = Loaded::read(&found[0].state).unwrap();
    let at: DateTime<Utc> = MARCH.parse().unwrap();
    let act = Act::new(at, Actor::Citizen(person));
    let verb = |practice: &Practice| {
        practice.withdraw(&act, "").map(|event| vec![event]).map_err(|refusal| refusal.problems())
    };
    desk.decide(practice.id, &act, verb).await.unwrap();
}

/// All that an archive says.
fn written(place: &Place, archive: &str) -> String {
    let file = std::fs::File::open(place.path(archive)).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut text = String::new();
    for index in 0..archive.len() {
        archive.by_index(index).unwrap().read_to_string(&mut text).unwrap();
    }
    text
}

fn bring_back_monday(place: &Place) {
    for file in ["town.db", "town.db-wal", "town.db-shm"] {
        let _ = std::fs::remove_file(place.path(file));
    }
    place.run("store restore backup/monday.db --db town.db").well();
}

#[tokio::test]
async fn peoples_data_is_sealed_copied_shown_and_erased_as_the_guide_says() {
    let place = town();
    let csv = std::fs::read_to_string(place.path("families.csv")).unwrap();
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let (header, first) = (lines.next().unwrap(), lines.next().unwrap());
    let column = |name: &str| first[header.iter().position(|column| *column == name).unwrap()];
    let (code, child) = (column("applicant_fiscal_code"), column("child_fiscal_code"));
    let held = |out: &str| {
        place.run(&format!("person export {code} --out {out} --db town.db")).well();
        written(&place, out)
    };
    std::fs::create_dir(place.path("backup")).unwrap();
    let follow_for = |code: &str, heading: &str| follow(&place, code, heading);
    let follow = |heading: &str| follow_for(code, heading);

    follow("Make a master key");
    let call =
        format!("call --service nido --db town.db --new-ente --at {MARCH} import families.csv");
    place.run(&call).well();
    let page = place.run(PAGE).well();
    place.run("store backup backup/monday.db --db town.db").well();
    follow("Copy the keys, after every backup");

    bring_back_monday(&place);
    let locked = place.run(PAGE);
    assert_ne!(locked.code, 0, "without its keys nothing is shown: {locked:?}");
    place.run("store verify --db town.db").well();
    follow("Restore the keys");
    assert_eq!(place.run(PAGE).well(), page);
    follow("Rotate the master key");
    assert_eq!(place.run(PAGE).well(), page);
    follow("Show a person what is held on them");
    assert!(written(&place, "rossi.zip").contains(code));

    withdraw(&place, &code.parse().unwrap()).await;
    follow("Erase a person");
    assert!(!held("erased.zip").contains(code), "gone from the state");
    assert!(held("one.zip").contains(child), "the child is a person of their own");
    follow_for(child, "Erase a person");
    assert!(!held("none.zip").contains(child));
    place.run("store collect --db town.db").well();
    place.run("verify --db town.db").well();
    follow("Copy the keys, after every backup");
    bring_back_monday(&place);
    follow("Restore the keys");
    let backup = held("backup.zip");
    assert!(!backup.contains(code) && !backup.contains(child), "gone from the backup");
    let alone = place.run("verify --db town.db");
    assert_eq!(alone.code, 1, "keys are erased, and this older journal does not say why");
    place.run("verify --restored --db town.db").well();
}

#[test]
fn retention_is_applied_as_the_guide_says() {
    let place = town();
    place.run("keys new --db town.db").well();
    let call =
        format!("call --service nido --db town.db --new-ente --at {MARCH} import families.csv");
    place.run(&call).well();
    let section = GUIDE.split("\n### ").find(|section| section.starts_with("Retention")).unwrap();
    let rules = section.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    place.write("retention.toml", rules);
    let said = follow(&place, "", "Retention");
    assert!(said.iter().all(|text| text.contains("30 in corso")), "{said:?}");
}
