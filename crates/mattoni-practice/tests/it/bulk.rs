//! The same verb over many practices.

use mattoni_core::{Aggregate, Id};
use mattoni_practice::bulk::Selection;
use mattoni_practice::*;

use crate::fixture::{Life, assessment, day, office, procedure};

fn scored(hundredths: i64) -> Practice {
    let mut facts = assessment("batch");
    facts.points[0].hundredths = hundredths;
    facts.points.truncate(1);
    Life::taken(procedure()).then(|p| p.assess(&office(2), facts)).practice
}

#[test]
fn a_run_knows_what_it_has_decided() {
    let run = Id::from_u128(1);
    let mut practice = scored(900);
    assert!(!practice.decided_in(run));
    practice.apply(&practice.accept(&office(3), Decision::new("sì").in_run(run)).unwrap());
    assert!(practice.decided_in(run));
    assert!(!practice.decided_in(Id::from_u128(2)));
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
