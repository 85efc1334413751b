//! The same verb over many practices.

use mattoni_core::{Aggregate, Id};
use mattoni_practice::bulk::{BulkResult, Preview, Selection, decide, preview};
use mattoni_practice::*;

use crate::fixture::{Life, assessment, day, office, procedure};

fn scored(hundredths: i64) -> Practice {
    let mut facts = assessment("batch");
    facts.points[0].hundredths = hundredths;
    facts.points.truncate(1);
    Life::taken(procedure()).then(|p| p.assess(&office(2), facts)).practice
}

#[test]
fn a_preview_says_what_would_happen_to_each_and_changes_nothing() {
    let practices = [scored(900), scored(100), Life::draft(procedure()).practice];
    let run = Id::from_u128(1);
    let selection = Selection::all().of_service("nido").with_hundredths_from(500);
    let accept = |p: &Practice| p.accept(&office(3), Decision::new("oltre 5 punti").in_run(run));
    let seen = preview(run, &selection, &practices, accept);
    assert_eq!(seen.decided.len(), 1);
    assert_eq!(seen.refused, []);
    assert_eq!(practices[0].state(), State::TakenInCharge);
}

#[test]
fn running_it_twice_decides_once() {
    let run = Id::from_u128(1);
    let mut practice = scored(900);
    let accept = |p: &Practice| p.accept(&office(3), Decision::new("sì").in_run(run));
    let BulkResult::Decided(event) = decide(run, &practice, accept) else {
        panic!("the first run decides");
    };
    practice.apply(&event);
    assert_eq!(decide(run, &practice, accept), BulkResult::Done);
    let again = preview(run, &Selection::all(), [&practice], accept);
    assert_eq!(again, Preview { done: vec![practice.id()], ..Preview::default() });

    let other = Id::from_u128(2);
    assert!(matches!(decide(other, &practice, accept), BulkResult::Refused(_)));
}

#[test]
fn each_criterion_narrows_the_selection() {
    let practice = scored(900);
    let near = (day("2026-09-01"), day("2026-09-30"));
    let fits = [
        Selection::all(),
        Selection::all().in_states([State::TakenInCharge, State::Registered]),
        Selection::all().submitted_between(near.0, near.1),
        Selection::all().due_by(day("2026-10-05")),
        Selection::all().of_office("scuola"),
        Selection::all().with_hundredths_from(900),
        Selection::all().with_answer("nome", mattoni_core::value::Value::Text("Luca".into())),
    ];
    let misses = [
        Selection::all().of_service("mensa"),
        Selection::all().in_states([State::Draft]),
        Selection::all().submitted_between(day("2026-09-05"), near.1),
        Selection::all().submitted_between(near.0, day("2026-09-03")),
        Selection::all().due_by(day("2026-10-04")),
        Selection::all().of_office("tributi"),
        Selection::all().with_hundredths_from(901),
        Selection::all().of_class("priority"),
        Selection::all().with_answer("nome", mattoni_core::value::Value::Text("Anna".into())),
    ];
    assert!(fits.iter().all(|selection| selection.picks(&practice)));
    assert!(!misses.iter().any(|selection| selection.picks(&practice)));
}
