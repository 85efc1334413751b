//! Citizens without SPID: what an official does for them, with the signed request on file.

use expect_test::{Expect, expect};
use mattoni_core::record::{Record as _, Role, Subject};
use mattoni_core::{Act, Aggregate as _, Digest, Id, Refusal};
use mattoni_practice::*;

use crate::fixture::*;

fn check<R: Refusal>(tried: Result<Event, R>, expected: Expect) {
    expected.assert_eq(&tried.unwrap_err().problems().to_string());
}

fn signed() -> Digest {
    Digest::of(b"richiesta firmata")
}

fn for_maria(days: u64) -> Act {
    office(days).on_behalf_of(maria().id, Some(signed()))
}

fn colleague(office: &str) -> Subject {
    let role = Role::Operator {
        account: "bruno".into(),
        offices: [office.to_owned()].into(),
        services: [].into(),
    };
    Subject::new("c_f051".parse().unwrap(), vec![role])
}

fn typed() -> Life {
    Life::open_with(opening(procedure()).filed_by(Filer::counter("anna.bianchi", "scuola")))
}

#[test]
fn colleagues_of_the_counters_office_go_on_with_a_draft() {
    let practice = typed().practice;
    assert_eq!(practice.may(&colleague("scuola"), Verb::Save), Ok(()));
    assert!(practice.shown_to(&colleague("tributi")).is_none());
    let bruno = Act::new(at(1), mattoni_core::Actor::Operator("bruno".into()));
    assert!(practice.save(&bruno, Saving::set(answers())).is_ok());
}

#[test]
fn a_draft_typed_at_the_counter_is_sent_with_the_signed_application() {
    let life = typed().then(|p| p.save(&office(0), Saving::set(answers())));
    let submit =
        |act: &Act| life.practice.submit(act, life.practice.summary().digest(), &calendar());
    check(
        submit(&office(0)),
        expect![
            "actor: what an official does for a citizen must have the signed request on file; store the signed request, and name the person and its digest in the act [practice.submit.no-paper]"
        ],
    );
    let without = office(0).on_behalf_of(maria().id, None);
    assert!(submit(&without).is_err());
    let event = submit(&for_maria(0)).unwrap();
    // Who typed and the paper stand in the event, and the paper is kept with the practice.
    assert_eq!(event.act(), &for_maria(0));
    let mut practice = life.practice.clone();
    practice.apply(&event);
    assert!(practice.blobs().contains(&signed()));
}

#[test]
fn an_official_answers_and_withdraws_for_a_citizen_with_their_signed_request() {
    let waiting = Life::awaiting_integration(procedure()).practice;
    let answer = |act: &Act| waiting.answer_integration(act, integration_answer(), &calendar());
    assert!(answer(&office(6)).is_err());
    assert!(answer(&for_maria(6)).is_ok());
    assert!(waiting.withdraw(&office(6), "").is_err());
    assert!(waiting.withdraw(&for_maria(6), "").is_ok());
    // The signed request is of somebody who speaks for the applicant.
    let of_another = office(6).on_behalf_of(Id::from_u128(55), Some(signed()));
    check(
        waiting.answer_integration(&of_another, integration_answer(), &calendar()),
        expect![
            "actor: must be done by somebody who speaks for the applicant; let the applicant or the office do it [practice.answer-integration.not-theirs]"
        ],
    );
}

#[test]
fn what_a_delegate_may_not_do_is_not_done_for_them_at_the_counter() {
    let mandate = Mandate::new(delegate(), MandateKind::Delegated);
    let practice = Life::taken(procedure()).then(|p| p.delegate(&citizen(2), mandate)).practice;
    let for_delegate = office(3).on_behalf_of(delegate().id, Some(signed()));
    assert!(practice.withdraw(&for_delegate, "").is_err());
    assert!(practice.write(&for_delegate, "chiede notizie").is_ok());
}

#[test]
fn a_mandate_given_on_paper_is_proved_by_it() {
    let mandate = Mandate::new(delegate(), MandateKind::Delegated);
    let life = Life::taken(procedure());
    assert!(life.practice.delegate(&office(2), mandate.clone()).is_err());
    let life = life.then(|p| p.delegate(&for_maria(2), mandate));
    assert_eq!(life.practice.mandates().next().unwrap().paper, Some(signed()));
    assert!(life.practice.blobs().contains(&signed()));
}

#[test]
fn an_official_reaches_only_what_they_see() {
    let own = Life::draft(procedure()).practice;
    assert!(own.may(&colleague("scuola"), Verb::Save).is_err(), "a citizen's own draft");
    let taken = Life::taken(procedure()).practice;
    assert_eq!(taken.may(&colleague("scuola"), Verb::Withdraw), Ok(()));
    assert!(taken.may(&colleague("tributi"), Verb::Withdraw).is_err());
}

#[test]
fn acts_are_stored_with_whom_they_are_for() {
    let act = for_maria(0);
    let text = serde_json::to_string(&act).unwrap();
    assert_eq!(serde_json::from_str::<Act>(&text).unwrap(), act);
    assert!(
        text.contains(r#""on_behalf":{"person":"00000000-0000-0000-0000-000000000001","paper":""#)
    );
    assert!(!serde_json::to_string(&office(0)).unwrap().contains("on_behalf"));
}
