//! Mandates: from when until when somebody acts for the applicant, and what they may not do.

use expect_test::{Expect, expect};
use mattoni_core::record::{Record as _, Role, Sight, Subject, Verb as _};
use mattoni_core::{Act, Actor, Digest, Refusal};
use mattoni_practice::*;

use crate::fixture::*;

fn check<R: Refusal>(tried: Result<Event, R>, expected: Expect) {
    expected.assert_eq(&tried.unwrap_err().problems().to_string());
}

fn mandate() -> Mandate {
    Mandate::new(delegate(), MandateKind::Delegated)
}

fn by_delegate(days: u64) -> Act {
    Act::new(at(days), Actor::Citizen(delegate().id))
}

fn looking() -> Subject {
    let role = Role::Citizen { person: delegate().id };
    Subject::new("c_f051".parse().unwrap(), vec![role])
}

/// A practice in charge, with a mandate from 10 to 20 September; day 0 is the 4th.
fn with_days() -> Life {
    let mandate = mandate().from(day("2026-09-10")).until(day("2026-09-20"));
    Life::taken(procedure()).then(|p| p.delegate(&citizen(2), mandate))
}

#[test]
fn a_delegate_acts_and_looks_from_the_first_day_to_the_last() {
    let practice = with_days().practice;
    let write = |days| practice.write(&by_delegate(days), "buongiorno");
    check(
        write(5),
        expect![
            "actor: the mandate begins on 2026-09-10; let the applicant do it, or give a mandate that holds on this day [practice.write.mandate-not-yet]"
        ],
    );
    assert!(write(6).is_ok() && write(16).is_ok());
    check(
        write(17),
        expect![
            "actor: the mandate ended on 2026-09-20; let the applicant do it, or give a mandate that holds on this day [practice.write.mandate-ended]"
        ],
    );
    let seen = |on: &str| practice.sight(&looking().on(day(on)));
    assert_eq!(seen("2026-09-09"), Sight::Nothing);
    assert_eq!(seen("2026-09-10"), Sight::WithoutNotes);
    assert_eq!(seen("2026-09-20"), Sight::WithoutNotes);
    assert_eq!(seen("2026-09-21"), Sight::Nothing);
    // Where nobody knows which day it is, nothing is shown.
    assert_eq!(practice.sight(&looking()), Sight::Nothing);
    assert!(practice.shown_to(&looking().on(day("2026-09-21"))).is_none());
}

#[test]
fn the_last_day_ends_at_midnight_in_rome() {
    let practice = with_days().practice;
    let at = |instant: &str| {
        let act = Act::new(instant.parse().unwrap(), Actor::Citizen(delegate().id));
        practice.write(&act, "buonasera").is_ok()
    };
    assert!(at("2026-09-20T21:59:59Z"));
    assert!(!at("2026-09-20T22:00:00Z"));
}

#[test]
fn after_its_revocation_a_mandate_gives_nothing() {
    let life = Life::taken(procedure()).then(|p| p.delegate(&citizen(2), mandate()));
    assert_eq!(life.practice.sight(&looking()), Sight::WithoutNotes);
    let life = life.then(|p| p.revoke_delegation(&citizen(3), delegate().id));
    check(
        life.practice.write(&by_delegate(3), "buongiorno"),
        expect![
            "actor: the mandate was revoked; let the applicant do it, or give a mandate that holds on this day [practice.write.mandate-revoked]"
        ],
    );
    assert_eq!(life.practice.sight(&looking().on(day("2026-09-07"))), Sight::Nothing);
    check(
        life.practice.revoke_delegation(&citizen(4), delegate().id),
        expect![
            "person: the person has no mandate that could be revoked; choose a delegate whose mandate is not over [practice.revoke-delegation.unknown]"
        ],
    );
    // A new one can be given.
    let life = life.then(|p| p.delegate(&citizen(5), mandate()));
    assert!(life.practice.write(&by_delegate(5), "di nuovo").is_ok());
    assert_eq!(life.practice.mandates().count(), 2);
}

#[test]
fn who_filled_it_in_loses_the_mandate_like_any_other() {
    let filer = Filer::Delegate(mandate().with_paper(Digest::of(b"delega firmata")));
    let life = Life::open_with(opening(procedure()).filed_by(filer));
    assert!(life.practice.save(&by_delegate(0), Saving::set(answers())).is_ok());
    let life = life.then(|p| p.revoke_delegation(&citizen(1), delegate().id));
    assert!(life.practice.save(&by_delegate(1), Saving::set(answers())).is_err());
    assert_eq!(life.practice.sight(&looking()), Sight::Nothing);
    assert_eq!(life.practice.filer().name(), "delegate");
}

#[test]
fn a_delegate_withdraws_only_where_the_mandate_says_so() {
    let taken = || Life::taken(procedure());
    let life = taken().then(|p| p.delegate(&citizen(2), mandate()));
    check(
        life.practice.withdraw(&by_delegate(3), ""),
        expect![
            "actor: the mandate must hold the right to withdraw; let the applicant do it, or give a mandate that says so [practice.withdraw.no-withdrawal-right]"
        ],
    );
    let life = taken().then(|p| p.delegate(&citizen(2), mandate().with_withdrawal()));
    assert!(life.practice.withdraw(&by_delegate(3), "").is_ok());
    // Who represents the applicant by law does all that they could.
    let guardian = Mandate::new(delegate(), MandateKind::Guardian);
    let life = taken().then(|p| p.delegate(&citizen(2), guardian));
    assert!(life.practice.withdraw(&by_delegate(3), "").is_ok());
}

#[test]
fn a_delegate_passes_no_mandate_on_and_revokes_none() {
    let life = Life::taken(procedure()).then(|p| p.delegate(&citizen(2), mandate()));
    let other = Mandate::new(mario(), MandateKind::Delegated);
    check(
        life.practice.delegate(&by_delegate(3), other),
        expect![
            "actor: must be done by the applicant, not by a delegate; let the applicant do it [practice.delegate.applicants-own]"
        ],
    );
    assert!(life.practice.revoke_delegation(&by_delegate(3), delegate().id).is_err());
}

#[test]
fn a_mandate_that_makes_no_sense_is_refused_with_every_reason() {
    let practice = Life::taken(procedure()).practice;
    let own = Mandate::new(maria(), MandateKind::Delegated)
        .from(day("2026-09-03"))
        .until(day("2026-09-01"));
    check(
        practice.delegate(&citizen(2), own),
        expect![[r#"
            person: must be given to somebody who does not apply themselves; name somebody else [practice.delegate.applies]
            until: the last day must not come before the first; choose a later day [practice.delegate.backwards]
            until: the last day must not have passed; choose a later day, or none [practice.delegate.over]"#]],
    );
    let twice = Life::taken(procedure()).then(|p| p.delegate(&citizen(2), mandate())).practice;
    check(
        twice.delegate(&citizen(2), mandate()),
        expect![
            "person: must be the only one that the person has at a time; revoke the other one first [practice.delegate.twice]"
        ],
    );
}

#[test]
fn a_draft_is_opened_by_a_delegate_with_a_paper_and_a_mandate_that_holds() {
    let open = |mandate: Mandate| {
        Practice::open_draft(
            &by_delegate(0),
            opening(procedure()).filed_by(Filer::Delegate(mandate)),
        )
    };
    check(
        open(mandate()),
        expect![
            "filer: a delegate must show the signed mandate; store the signed mandate, and name its digest in the mandate [practice.open.no-paper]"
        ],
    );
    let shown = mandate().with_paper(Digest::of(b"delega firmata"));
    check(
        open(shown.clone().until(day("2026-09-03"))),
        expect![
            "filer: the mandate ended on 2026-09-03; give a mandate that holds today [practice.open.mandate]"
        ],
    );
    assert!(open(shown.until(day("2026-09-04"))).is_ok());
}

#[test]
fn mandates_of_yesterday_are_read_and_written_as_they_were() {
    let stored = r#"{"by":"delegate","person":{"id":"00000000-0000-0000-0000-000000000004","fiscal_code":"VRDLGU75D12F205I","given_name":"Luigi","family_name":"Verdi","born_on":"1980-01-01"},"mandate":"delegated","proof":"6d39e2a4a8d14e0a4b0c9a9a2cc6a2f8f0f9a8f3a0c5b0d4a1f3b5c7d9e1f203"}"#;
    let filer: Filer = serde_json::from_str(stored).unwrap();
    assert_eq!(serde_json::to_string(&filer).unwrap(), stored);
    let Filer::Delegate(read) = filer else { panic!("a delegate") };
    assert_eq!((read.kind, read.withdrawal), (MandateKind::Delegated, WithdrawalRight::NotGiven));
    assert_eq!(read.holds_on(None), Ok(()));
    let typed = r#"{"by":"counter","account":"anna"}"#;
    let filer: Filer = serde_json::from_str(typed).unwrap();
    assert_eq!(serde_json::to_string(&filer).unwrap(), typed);
}

#[test]
fn every_verb_of_the_applicant_is_the_delegates_too_but_three() {
    let practice = Life::taken(procedure()).then(|p| p.delegate(&citizen(2), mandate())).practice;
    let refused: Vec<_> = Verb::ALL
        .iter()
        .copied()
        .filter(|verb| verb.is_applicants() && !after(*verb, practice.state()).is_empty())
        .filter(|verb| {
            crate::attempts::tries(*verb, &practice, &by_delegate(3), &calendar()).into_iter().all(
                |tried| {
                    tried.is_err_and(|problems| {
                        let codes = ["applicants-own", "no-withdrawal-right", "not-theirs"];
                        problems.iter().any(|p| codes.iter().any(|code| p.code.ends_with(code)))
                    })
                },
            )
        })
        .map(Verb::name)
        .collect();
    assert_eq!(refused, ["delegate", "revoke-delegation", "withdraw"]);
}
