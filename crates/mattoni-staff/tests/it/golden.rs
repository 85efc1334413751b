//! What was stored is read, and what is stored stays as it is.

use expect_test::expect_file;
use mattoni_core::record::{Concerns, RecordRef};
use mattoni_core::{Aggregate, Id};
use mattoni_staff::{Account, Office, OfficeDetails, Reading, ReadingEvent};

use crate::{account, by, day, ente, office, operator};

/// The events and the state they lead to, as they are stored: the file holds them for good.
fn holds<A>(name: &str, events: &[A::Event])
where
    A: Aggregate + PartialEq + std::fmt::Debug,
    A::Event: PartialEq + std::fmt::Debug,
{
    let state: A = mattoni_core::fold(events).unwrap();
    let stored = serde_json::json!({ "events": events, "state": state });
    let text = format!("{}\n", serde_json::to_string_pretty(&stored).unwrap());
    let path = format!("{}/tests/golden/{name}.v1.json", env!("CARGO_MANIFEST_DIR"));
    expect_file![path].assert_eq(&text);
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    let again: Vec<A::Event> = serde_json::from_value(read["events"].clone()).unwrap();
    assert_eq!(again, events);
    assert_eq!(serde_json::from_value::<A>(read["state"].clone()).unwrap(), state);
}

#[test]
fn an_office() {
    let mut details = OfficeDetails::new("Servizi scolastici");
    details.phone = Some("+39 0522 456111".into());
    details.email = Some("scuola@comune.example.it".into());
    details.pec = Some("comune@pec.example.it".into());
    details.hours = Some("da lunedì a venerdì, 9-13".into());
    let opened = Office::open_office(&by("ced"), &ente(), "scuola", details.clone()).unwrap();
    details.head = Some("r.rossi".into());
    let changed = office("scuola").change(&by("ced"), details).unwrap();
    let closed = office("scuola").close(&by("ced")).unwrap();
    holds::<Office>("office", &[opened, changed, closed]);
}

#[test]
fn an_account() {
    let created = Account::create(&by("ced"), &ente(), "g.verdi", operator()).unwrap();
    let all = operator()
        .with_roles(mattoni_staff::StaffRole::ALL)
        .on_services(["nido-2027"])
        .of_person(Id::from_u128(7))
        .until(day("2030-12-31"));
    let changed = account("g.verdi", operator()).change(&by("ced"), all).unwrap();
    let disabled = account("g.verdi", operator()).disable(&by("ced")).unwrap();
    holds::<Account>("account", &[created, changed, disabled]);
}

#[test]
fn a_reading() {
    let about =
        Concerns { record: RecordRef::new("practice", Id::from_u128(1)), person: Id::from_u128(7) };
    let read = Reading::of(&by("g.verdi"), &ente(), "practice.show", Some(about), "reclamo");
    holds::<Reading>("reading", &[ReadingEvent::Read(read.unwrap())]);
}
