//! What is stored can be read for good.

use std::collections::{BTreeMap, BTreeSet};

use expect_test::expect_file;
use mattoni_core::calendar::Period;
use mattoni_core::record::Verb as _;
use mattoni_core::{Act, Actor, DomainEvent, Money, fold};
use mattoni_practice::*;

use crate::attempts::attempts;
use crate::fixture::{Life, calendar, citizen, delegate, procedure, system};

/// One event of every kind.
fn every_event() -> BTreeMap<&'static str, Event> {
    let mut found = BTreeMap::new();
    let fee = Fee::BeforeSubmission { amount: Money::from_cents(1600) };
    let lives = State::ALL.into_iter().map(|state| Life::in_state(state, procedure())).chain([
        Life::in_state(State::Withdrawn, procedure()).overpaid("RT9"),
        Life::draft(procedure().with_fee(fee)),
        Life::draft(procedure()).then(|p| p.warn_of_expiry(&system(340))),
        Life::draft(procedure())
            .then(|p| p.delegate(&citizen(0), Mandate::new(delegate(), MandateKind::Delegated))),
    ]);
    // What was not owed has a form of its own.
    let of_yesterday = |event: &Event| match event {
        Event::PaymentRecorded(recorded) => recorded.owed == Owed::Yes,
        _ => true,
    };
    for life in lives {
        for event in life.journal.iter().filter(|event| of_yesterday(event)).cloned() {
            found.entry(event.name()).or_insert(event);
        }
        let tried = Verb::ALL.iter().copied().flat_map(|verb| attempts(verb, &life.practice));
        for event in tried.flatten().filter(of_yesterday) {
            found.entry(event.name()).or_insert(event);
        }
    }
    found
}

#[test]
fn money_that_was_not_owed_says_so() {
    let recorded = [State::TakenInCharge, State::Withdrawn]
        .map(|state| Life::in_state(state, procedure()).overpaid("RT9").journal.pop().unwrap());
    expect_file!["../golden/payment.v2.jsonl"].assert_eq(&lines(&recorded));
    let golden = include_str!("../golden/payment.v2.jsonl");
    let read: Vec<Event> = golden.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, recorded);
}

fn lines<'a>(events: impl IntoIterator<Item = &'a Event>) -> String {
    events.into_iter().map(|event| serde_json::to_string(event).unwrap() + "\n").collect()
}

/// As it was written when drafts were kept for 365 days.
fn of_yesterday(event: &Event) -> Event {
    let mut event = event.clone();
    if let Event::Opened(opened) = &mut event {
        opened.opening.procedure.draft_period = Period::Days(365);
    }
    event
}

#[test]
fn a_draft_that_is_kept_a_year_says_so() {
    let opened = Life::open(procedure()).journal.remove(0);
    expect_file!["../golden/opened.v2.jsonl"].assert_eq(&lines([&opened]));
    assert!(lines([&opened]).contains(r#""draft_days":"P1Y""#));
    let golden = include_str!("../golden/opened.v2.jsonl");
    assert_eq!(serde_json::from_str::<Event>(golden).unwrap(), opened);
}

#[test]
fn every_event_is_written_as_it_always_was() {
    let events = every_event();
    let names: BTreeSet<_> = Event::NAMES.iter().copied().collect();
    assert_eq!(events.keys().copied().collect::<BTreeSet<_>>(), names);
    expect_file!["../golden/events.v1.jsonl"]
        .assert_eq(&lines(events.values().map(of_yesterday).collect::<Vec<_>>().iter()));
}

#[test]
fn every_event_ever_written_is_still_read() {
    let golden = include_str!("../golden/events.v1.jsonl");
    for line in golden.lines() {
        let event: Event = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(line).unwrap()["event"], event.name());
    }
    assert_eq!(golden.lines().count(), Event::NAMES.len());
}

#[test]
fn a_journal_of_yesterday_leads_to_the_same_practice_today() {
    let life = Life::in_state(State::Revoked, procedure());
    expect_file!["../golden/journal.v1.jsonl"]
        .assert_eq(&lines(life.journal.iter().map(of_yesterday).collect::<Vec<_>>().iter()));

    let golden = include_str!("../golden/journal.v1.jsonl");
    let journal: Vec<Event> =
        golden.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let practice: Practice = fold(&journal).unwrap();
    let state = serde_json::to_string_pretty(&practice).unwrap() + "\n";
    expect_file!["../golden/practice.v1.json"].assert_eq(&state);
}

#[test]
fn a_state_of_yesterday_is_read_without_what_was_added_since() {
    let golden = include_str!("../golden/practice.v1.json");
    let mut row: serde_json::Value = serde_json::from_str(golden).unwrap();
    assert_eq!(row.as_object_mut().unwrap().remove("extensions"), Some(0.into()));
    let old: Practice = serde_json::from_value(row).unwrap();
    assert_eq!(old, serde_json::from_str(golden).unwrap());
}

#[test]
fn a_draft_of_yesterday_is_sent_by_the_summary_of_today() {
    let draft = Life::draft(procedure()).practice;
    let mut row = serde_json::to_value(&draft).unwrap();
    assert!(row.as_object_mut().unwrap().remove("summed").is_some());
    let old: Practice = serde_json::from_value(row).unwrap();
    assert_eq!(old, draft);
    old.submit(&citizen(0), draft.summary().digest(), &calendar()).unwrap();
}

#[test]
fn every_kind_of_document_reads_back_with_its_number() {
    let documents = [
        Document::Application,
        Document::IntegrationRequest { number: 1 },
        Document::IntegrationAnswer { number: 2 },
        Document::Extension { number: 4 },
        Document::Notice { number: 1 },
        Document::Notice { number: 2 },
        Document::Observations { number: 1 },
        Document::Observations { number: 2 },
        Document::Outcome { number: 3 },
        Document::Withdrawal { number: 1 },
        Document::Withdrawal { number: 2 },
    ];
    for document in documents {
        let at = "2026-09-04T10:00:00Z".parse().unwrap();
        let registration = Registration { document, number: "2026/0000123".into(), at };
        let text = serde_json::to_string(&registration).unwrap();
        assert_eq!(serde_json::from_str::<Registration>(&text).unwrap(), registration, "{text}");
        let act = Act::new(at, Actor::System("protocol".into()));
        let event: Event = Registered { act, document, number: "2026/0000123".into() }.into();
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event, "{text}");
    }
}
