//! Lists, unique keys and rows.

use std::collections::BTreeSet;

use expect_test::{expect, expect_file};
use mattoni_core::record::{Carries, PEOPLE, Projection, Record as _, Recording, Verb as _};
use mattoni_core::{Aggregate as _, Id};
use mattoni_practice::lists::{DUE, NAME, NUMBER, OFFICE, STATE};
use mattoni_practice::*;
use proptest::prelude::*;

use crate::attempts::attempts;
use crate::fixture::{Life, maria, mario, office, opening, person, procedure};

fn printed(projection: &Projection) -> String {
    let keys = projection.unique.iter().map(|key| format!("{} = {}\n", key.name, key.value));
    let entries = projection.entries.iter().map(|entry| {
        let row = if entry.carries == Carries::Row { " with row" } else { "" };
        format!("{}: {} at {}{row}\n", entry.list, entry.bucket, entry.sort)
    });
    keys.chain(entries).collect()
}

#[test]
fn a_practice_stands_where_it_is_looked_for() {
    let life = Life::taken(procedure());
    expect![[r#"
        number = 2026/0000123
        state: nido/taken-in-charge at 2026-09-04T10:00:00.000000Z with row
        person: 00000000-0000-0000-0000-000000000001 at 2026-09-04T10:00:00.000000Z
        person: 00000000-0000-0000-0000-000000000002 at 2026-09-04T10:00:00.000000Z
        office: office/scuola at 2026-09-04T10:00:00.000000Z
        due: service/nido at 2026-10-05 with row
        name: service/nido at maria
        name: service/nido at rossi
        due: office/scuola at 2026-10-05 with row
        name: office/scuola at maria
        name: office/scuola at rossi
    "#]]
    .assert_eq(&printed(&life.practice.projection()));
    let draft = Life::draft(procedure());
    expect![[r#"
        state: nido/draft at 2026-09-04T10:00:00.000000Z with row
        person: 00000000-0000-0000-0000-000000000001 at 2026-09-04T10:00:00.000000Z
        person: 00000000-0000-0000-0000-000000000002 at 2026-09-04T10:00:00.000000Z
    "#]]
    .assert_eq(&printed(&draft.practice.projection()));
}

#[test]
fn each_person_on_it_finds_it_once_and_the_dossier_finds_the_beneficiary_too() {
    let anna = person(9, "BNCNNA85D50F205H", "Anna", "Bianchi");
    let mandate = Mandate::new(anna, MandateKind::Delegated);
    let filer = Filer::Delegate(mandate.with_paper(mattoni_core::Digest::of(b"delega")));
    let child = person(4, "RSSMRA80A41H501Y", "Luca", "Rossi");
    let opening = opening(procedure()).for_beneficiary(child).filed_by(filer);
    let life = Life::open_with(opening).then(|p| {
        let party = Party { person: mario(), role: PartyRole::Reader };
        p.add_party(&crate::fixture::citizen(0), party)
    });
    let projection = life.practice.projection();
    let people: Vec<_> = projection
        .entries
        .iter()
        .filter(|entry| entry.list == PEOPLE.name)
        .map(|entry| entry.bucket.clone())
        .collect();
    let ids = [maria().id, mario().id, Id::from_u128(4), Id::from_u128(9)];
    assert_eq!(people, ids.map(|id| id.to_string()));
}

#[test]
fn every_number_of_the_register_is_a_key_of_its_own() {
    let request = Document::IntegrationRequest { number: 1 };
    let life = Life::awaiting_integration(procedure())
        .then(|p| p.register(&office(6), request, "2026/0000200"));
    let keys: Vec<_> = life.practice.projection().unique;
    assert!(keys.iter().all(|key| key.name == NUMBER));
    let numbers: Vec<_> = keys.iter().map(|key| key.value.as_str()).collect();
    assert_eq!(numbers, ["2026/0000123", "2026/0000200"]);
}

#[test]
fn a_row_is_written_as_it_always_was() {
    let rows = State::ALL.into_iter().map(|state| {
        let row = Life::in_state(state, procedure()).practice.row();
        serde_json::to_string(&row).unwrap() + "\n"
    });
    expect_file!["../golden/rows.v1.jsonl"].assert_eq(&rows.collect::<String>());
}

#[test]
fn a_row_of_yesterday_is_read() {
    // As the desk wrote it before rows were the practice's.
    let row = r#"{"f":"nido","s":"submitted","a":{"id":"00000000-0000-0000-0000-000000000001","name":"Maria Rossi"},"t":"2026-09-04T10:00:00Z","d":"2026-10-05"}"#;
    let read: PracticeRow = serde_json::from_str(row).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), row);
    assert_eq!(read.number, None);
    let golden = include_str!("../golden/rows.v1.jsonl");
    for row in golden.lines() {
        let read: PracticeRow = serde_json::from_str(row).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), row);
    }
}

#[test]
fn a_long_name_is_cut_to_fit_a_row_and_an_erased_one_stands_there_once() {
    let mut long = opening(procedure());
    long.applicant.given_name = "È".repeat(200);
    let row = Life::open_with(long).practice.row();
    assert_eq!(row.applicant.name.chars().count(), 120);
    let mut erased = opening(procedure());
    erased.applicant.given_name = mattoni_core::record::ERASED.to_owned();
    erased.applicant.family_name = mattoni_core::record::ERASED.to_owned();
    assert_eq!(Life::open_with(erased).practice.row().applicant.name, "[dati cancellati]");
}

/// Commits what a verb made, as the shell does.
fn recorded(practice: &Practice, event: Event) -> Recording {
    let mut after = practice.clone();
    after.apply(&event);
    let act = event.act().clone();
    Recording::of(after.id(), 1, &act, &[event], &after).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_a_verb_makes_is_listed_where_the_kind_says_and_asks_for_what_it_says(
        state in prop::sample::select(State::ALL.to_vec()),
        verb in prop::sample::select(Verb::ALL.to_vec()),
        registering in prop::sample::select(vec![Registering::Needed, Registering::NotNeeded]),
    ) {
        let practice = Life::in_state(state, procedure().with_registering(registering)).practice;
        let clock = mattoni_core::record::CLOCK.name;
        for event in attempts(verb, &practice).into_iter().flatten() {
            let recording = recorded(&practice, event);
            let lists: BTreeSet<_> = Practice::LISTS.iter().map(|list| list.name).collect();
            for entry in &recording.projection.entries {
                prop_assert!(lists.contains(&*entry.list) || entry.list == clock);
                let personal = entry.content == mattoni_core::record::Content::Personal;
                prop_assert_eq!(personal, entry.list == NAME.name);
            }
            let in_state = |entry: &&mattoni_core::record::ListEntry| entry.list == STATE.name;
            prop_assert_eq!(recording.projection.entries.iter().filter(in_state).count(), 1);
            let topics = <PracticeOrder as mattoni_core::record::Orders>::TOPICS;
            prop_assert!(recording.orders.iter().all(|(_, order)| topics.contains(&order.topic)));
        }
    }
}

#[test]
fn nothing_of_a_draft_is_in_the_lists_of_the_office() {
    for state in [State::Draft, State::Expired] {
        let projection = Life::in_state(state, procedure()).practice.projection();
        let lists: BTreeSet<_> = projection.entries.iter().map(|entry| &*entry.list).collect();
        assert_eq!(lists, BTreeSet::from([STATE.name, PEOPLE.name]), "{state}");
        assert!(![DUE, OFFICE, NAME].iter().any(|list| lists.contains(list.name)));
    }
}
