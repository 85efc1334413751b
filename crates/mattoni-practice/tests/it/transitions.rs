//! The table tells what the verbs do, and the page is printed from it.

use std::collections::BTreeSet;

use expect_test::expect_file;
use mattoni_core::record::Verb as _;
use mattoni_core::{Aggregate, Money};
use mattoni_practice::*;

use crate::attempts::attempts;
use crate::fixture::{Life, citizen, delegate, office, procedure, system};

/// The practice in `state` under rules that give `verb` its chance.
fn chance(verb: Verb, state: State) -> Practice {
    let fee = Fee::BeforeSubmission { amount: Money::from_cents(1600) };
    let rules = match (verb, state) {
        (Verb::Withdraw | Verb::TakeInCharge, State::Submitted) => {
            procedure().with_registering(Registering::NotNeeded)
        }
        (Verb::RecordPayment, State::Draft) => procedure().with_fee(fee),
        (Verb::Reject, State::TakenInCharge | State::IntegrationAnswered) => {
            procedure().with_nature(Nature::Competitive)
        }
        _ => procedure(),
    };
    let life = Life::in_state(state, rules);
    match (verb, state) {
        (Verb::Refund, _) if state != State::AwaitingPayment => life.overpaid("RT9"),
        (Verb::Refund, _) => Life::in_state(State::TakenInCharge, procedure())
            .overpaid("RT9")
            .then(|p| p.request_payment(&office(8), Money::from_cents(1600), "bollo")),
        (Verb::Expire, State::Draft) => life.then(|p| p.warn_of_expiry(&system(340))),
        (Verb::RevokeDelegation, state) if state != State::Expired => {
            let mandate = Mandate::new(delegate(), MandateKind::Delegated);
            life.then(|p| p.delegate(&citizen(8), mandate))
        }
        _ => life,
    }
    .practice
}

#[test]
fn every_verb_in_every_state_does_what_the_table_says() {
    for verb in Verb::ALL.iter().copied() {
        for state in State::ALL {
            let practice = chance(verb, state);
            assert_eq!(practice.state(), state, "the fixture is wrong");
            let reached: BTreeSet<_> = attempts(verb, &practice)
                .into_iter()
                .filter_map(Result::ok)
                .map(|event| {
                    let mut practice = practice.clone();
                    practice.apply(&event);
                    practice.state()
                })
                .collect();
            let table: BTreeSet<_> = after(verb, state).iter().copied().collect();
            assert_eq!(reached, table, "{verb} in {state}");
        }
    }
}

#[test]
fn a_verb_out_of_place_says_where_it_is_possible() {
    for verb in Verb::ALL.iter().copied() {
        for state in State::ALL.into_iter().filter(|state| after(verb, *state).is_empty()) {
            for tried in attempts(verb, &chance(verb, state)) {
                let problems = tried.unwrap_err().into_vec();
                let code = format!("practice.{verb}.wrong-state");
                // A number that is noted already stays noted, wherever the practice stands.
                let already = format!("practice.{verb}.already");
                assert!(
                    problems.len() == 1 && [&*code, &*already].contains(&&*problems[0].code),
                    "{verb} in {state}: {problems:?}"
                );
            }
        }
    }
}

#[test]
fn every_state_is_reached_and_every_live_state_has_a_way_out() {
    for state in State::ALL.into_iter().filter(|state| *state != State::Draft) {
        let reached = Verb::ALL.iter().copied().any(|verb| {
            State::ALL.into_iter().any(|from| from != state && after(verb, from).contains(&state))
        });
        assert!(reached, "nothing leads to {state}");
    }
    for state in State::ALL.into_iter().filter(|state| !state.is_final()) {
        let office_can = [Verb::Submit, Verb::Register, Verb::Accept, Verb::CancelPayment]
            .into_iter()
            .chain([Verb::CancelIntegration, Verb::TakeInCharge])
            .any(|verb| after(verb, state).iter().any(|to| *to != state));
        assert!(office_can, "practices get stuck in {state}");
    }
}

#[test]
fn the_page_is_printed_from_the_table() {
    expect_file!["../../../../docs/practice-states.md"].assert_eq(&transitions());
}

#[test]
fn the_picture_is_drawn_from_the_table() {
    expect_file!["../../../../docs/practice-states.svg"].assert_eq(&picture());
}

#[test]
fn every_way_from_state_to_state_is_drawn_with_its_verb() {
    let picture = picture();
    for verb in Verb::ALL.iter().copied() {
        let moves =
            State::ALL.into_iter().any(|from| after(verb, from).iter().any(|to| *to != from));
        assert_eq!(picture.contains(&format!(">{}<", verb.italian())), moves, "{verb}");
    }
}

#[test]
fn names_in_the_table_are_the_names_that_are_stored() {
    for state in State::ALL {
        assert_eq!(serde_json::to_value(state).unwrap(), state.name());
    }
    for verb in Verb::ALL.iter().copied() {
        assert_eq!(serde_json::to_value(verb).unwrap(), verb.name());
    }
}
