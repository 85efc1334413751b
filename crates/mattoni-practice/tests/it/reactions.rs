//! What has to happen elsewhere.

use expect_test::expect;
use mattoni_practice::*;

use crate::fixture::{Life, calendar, citizen, office, procedure};

fn check(life: &Life, expected: expect_test::Expect) {
    let event = life.journal.last().unwrap();
    let list: String = reactions(event, &life.practice)
        .iter()
        .map(|reaction| serde_json::to_string(reaction).unwrap() + "\n")
        .collect();
    expected.assert_eq(&list);
}

#[test]
fn a_submission_is_numbered_and_its_receipt_tells_the_last_day() {
    let mut life = Life::submitted(procedure());
    life.journal.pop();
    check(
        &life,
        expect![[r#"
            {"reaction":"register-at-protocol","document":{"is":"application"}}
            {"reaction":"tell","to":"applicant","template":{"template":"receipt","due":"2026-10-05"}}
        "#]],
    );
}

#[test]
fn without_the_register_nothing_is_numbered() {
    let rules = procedure().with_registering(Registering::NotNeeded);
    let mut life = Life::submitted(rules);
    life.journal.pop();
    check(
        &life,
        expect![[r#"
        {"reaction":"tell","to":"applicant","template":{"template":"receipt","due":"2026-10-05"}}
    "#]],
    );
}

#[test]
fn an_acceptance_is_numbered_and_told() {
    check(
        &Life::in_state(State::Accepted, procedure()),
        expect![[r#"
            {"reaction":"register-at-protocol","document":{"is":"outcome","number":1}}
            {"reaction":"tell","to":"applicant","template":{"template":"accepted"}}
        "#]],
    );
}

#[test]
fn a_request_for_payment_makes_a_debt_and_a_withdrawal_cancels_it() {
    let waiting = Life::in_state(State::AwaitingPayment, procedure());
    check(
        &waiting,
        expect![[r#"
        {"reaction":"make-debt","amount":"16.00","reason":"bollo"}
        {"reaction":"tell","to":"applicant","template":{"template":"payment-requested"}}
    "#]],
    );
    let withdrawn = waiting.then(|p| p.withdraw(&citizen(8), ""));
    check(
        &withdrawn,
        expect![[r#"
            {"reaction":"register-at-protocol","document":{"is":"withdrawal"}}
            {"reaction":"tell","to":"office","template":{"template":"withdrawn"}}
            {"reaction":"cancel-debt"}
        "#]],
    );
}

#[test]
fn a_withdrawal_without_a_debt_cancels_none() {
    check(
        &Life::in_state(State::Withdrawn, procedure()),
        expect![[r#"
            {"reaction":"register-at-protocol","document":{"is":"withdrawal"}}
            {"reaction":"tell","to":"office","template":{"template":"withdrawn"}}
        "#]],
    );
}

#[test]
fn a_request_for_integration_tells_until_when() {
    check(
        &Life::awaiting_integration(procedure()),
        expect![[r#"
            {"reaction":"register-at-protocol","document":{"is":"integration-request","number":1}}
            {"reaction":"tell","to":"applicant","template":{"template":"integration-requested","answer_by":"2026-09-20"}}
        "#]],
    );
}

#[test]
fn an_extension_is_numbered_and_tells_the_new_last_day() {
    let law = "D.P.R. 380/2001, art. 20, c. 3";
    let life = Life::taken(procedure())
        .then(|p| p.extend_term(&office(10), 30, law, "progetto complesso", &calendar()));
    check(
        &life,
        expect![[r#"
        {"reaction":"register-at-protocol","document":{"is":"extension","number":1}}
        {"reaction":"tell","to":"applicant","template":{"template":"term-extended","due":"2026-11-03"}}
    "#]],
    );
}
