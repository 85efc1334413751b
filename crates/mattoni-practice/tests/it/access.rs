//! Who sees what, and who does what.

use mattoni_core::Aggregate as _;
use mattoni_core::record::{AccessRefusal, Record as _, Role, Subject, Verb as _};
use mattoni_core::{Digest, Id, Refusal};
use mattoni_practice::*;

use crate::fixture::{Life, maria, mario, office, opening, person, procedure};

fn subject(role: Role) -> Subject {
    Subject::new("c_f051".parse().unwrap(), vec![role])
}

fn operator(offices: &[&str], services: &[&str]) -> Subject {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let account = "anna.bianchi".to_owned();
    subject(Role::Operator { account, offices: set(offices), services: set(services) })
}

#[test]
fn a_stranger_cannot_tell_a_practice_that_exists_from_one_that_does_not() {
    let practice = Life::taken(procedure()).practice;
    let stranger = subject(Role::Citizen { person: Id::from_u128(55) });
    assert!(practice.shown_to(&stranger).is_none());
    let refused = practice.may(&stranger, Verb::Withdraw).unwrap_err();
    assert_eq!(refused, AccessRefusal::Unknown { kind: "practice" });
    assert_eq!(refused.problems().into_vec()[0].code, "practice.access.unknown");
}

#[test]
fn a_delegate_acts_for_the_applicant_and_a_reader_only_reads() {
    let commercialista = person(9, "BNCNNA85D50F205H", "Anna", "Bianchi");
    let mandate = Mandate::new(commercialista, MandateKind::Entrusted);
    let filer = Filer::Delegate(mandate.with_paper(Digest::of(b"incarico firmato")));
    let life = Life::open_with(opening(procedure()).filed_by(filer)).then(|p| {
        let act = crate::fixture::citizen(0);
        p.add_party(&act, Party { person: mario(), role: PartyRole::Reader })
    });
    let delegate = subject(Role::Citizen { person: Id::from_u128(9) });
    let reader = subject(Role::Citizen { person: mario().id });
    assert_eq!(life.practice.may(&delegate, Verb::Save), Ok(()));
    assert!(life.practice.shown_to(&reader).is_some());
    assert_eq!(
        life.practice.may(&reader, Verb::Save),
        Err(AccessRefusal::NotTheirs { kind: "practice", verb: "save" })
    );
}

#[test]
fn an_operator_sees_what_their_office_has_in_charge_even_outside_their_services() {
    let practice = Life::taken(procedure()).practice;
    assert!(practice.shown_to(&operator(&["scuola"], &[])).is_some());
    assert!(practice.shown_to(&operator(&[], &["nido"])).is_some());
    assert!(practice.shown_to(&operator(&["tributi"], &["tari"])).is_none());
}

#[test]
fn nobody_in_the_ente_reads_a_draft_but_the_official_who_typed_it() {
    let draft = Life::draft(procedure()).practice;
    assert!(draft.shown_to(&operator(&["scuola"], &["nido"])).is_none());
    assert!(draft.shown_to(&subject(Role::Auditor)).is_none());

    let counter = Filer::Counter { account: "anna.bianchi".into(), office: None };
    let typed = Life::open_with(opening(procedure()).filed_by(counter)).practice;
    assert_eq!(typed.may(&operator(&[], &[]), Verb::Save), Ok(()));
}

#[test]
fn technical_staff_see_no_practices_and_auditors_change_none() {
    for state in State::ALL {
        let practice = Life::in_state(state, procedure()).practice;
        assert!(
            practice
                .shown_to(&subject(Role::TechnicalAdmin { account: "ced".to_owned() }))
                .is_none()
        );
        for verb in Verb::ALL.iter().copied() {
            assert!(practice.may(&subject(Role::Auditor), verb).is_err(), "{verb} in {state}");
        }
    }
}

#[test]
fn only_the_head_of_the_office_reopens_and_revokes() {
    let practice = Life::in_state(State::Accepted, procedure()).practice;
    let head = subject(Role::OfficeHead {
        account: "capo".into(),
        offices: ["scuola".to_owned()].into(),
        services: [].into(),
    });
    for verb in [Verb::Reopen, Verb::Revoke] {
        assert_eq!(practice.may(&head, verb), Ok(()));
        assert!(practice.may(&operator(&["scuola"], &[]), verb).is_err());
    }
}

#[test]
fn every_verb_is_someones() {
    let heads = subject(Role::OfficeHead {
        account: "capo".into(),
        offices: ["scuola".to_owned()].into(),
        services: ["nido".to_owned()].into(),
    });
    let citizen = subject(Role::Citizen { person: maria().id });
    let practice = Life::taken(procedure()).practice;
    for verb in Verb::ALL.iter().copied() {
        let anyone = [&heads, &citizen, &subject(Role::System)]
            .into_iter()
            .any(|who| practice.may(who, verb).is_ok());
        assert!(anyone, "nobody may {verb}");
    }
}

#[test]
fn a_citizen_sees_messages_and_never_notes() {
    let life = Life::taken(procedure()).then(|p| p.note(&office(2), "da verificare"));
    let citizen = subject(Role::Citizen { person: maria().id });
    let seen = life.practice.shown_to(&citizen).unwrap();
    assert_eq!(seen.messages().len(), 1);
    assert_eq!(life.practice.shown_to(&operator(&["scuola"], &[])).unwrap().messages().len(), 2);
}

#[test]
fn what_who_sees_no_notes_sees_is_what_there_would_be_without_them() {
    let written = |notes: bool| {
        let note = |life: Life| match notes {
            true => life.then(|p| p.note(&office(2), "nota segreta")),
            false => life,
        };
        let life = note(Life::taken(procedure())).then(|p| p.write(&office(3), "manca un foglio"));
        let life = note(life).then(|p| p.write(&crate::fixture::citizen(4), "eccolo"));
        // A citizen counts two messages before their own, whatever the office wrote for itself.
        let life = life.then(|p| p.mark_read(&crate::fixture::citizen(5), 2));
        assert!(life.practice.mark_read(&crate::fixture::citizen(6), 4).is_err());
        note(life)
    };
    let maria = subject(Role::Citizen { person: maria().id });
    let (with, without) = (written(true), written(false));
    let seen = |life: &Life| {
        let shown = life.practice.shown_to(&maria).unwrap();
        let events = life.journal.iter().cloned();
        let events: Vec<_> =
            events.filter_map(|event| life.practice.event_shown_to(&maria, event)).collect();
        let told: Vec<_> = (1..=life.journal.len())
            .flat_map(|end| {
                let state: Practice = mattoni_core::fold(&life.journal[..end]).unwrap();
                state.orders(&life.journal[end - 1])
            })
            .filter(|order| format!("{order:?}").contains("practice.message"))
            .collect();
        (serde_json::to_string(&shown).unwrap(), format!("{events:?}"), format!("{told:?}"))
    };
    // The office's own copy of a message is numbered as the office counts.
    let (mut one, mut other) = (seen(&with), seen(&without));
    one.2 = one.2.replace("Integer(5)", "Integer(3)");
    other.2 = other.2.replace("Integer(5)", "Integer(3)");
    assert_eq!(one, other);
    assert!(with.practice.messages().len() > without.practice.messages().len());
}

#[test]
fn notes_take_no_room_from_citizens() {
    let refused = |mut practice: Practice| {
        for days in 0..100 {
            match practice.write(&crate::fixture::citizen(days), &"m".repeat(100_000)) {
                Ok(event) => practice.apply(&event),
                Err(refusal) => return refusal.to_string(),
            }
        }
        panic!("it is never refused");
    };
    let life = Life::taken(procedure());
    let mut noted = life.clone();
    for days in 0..15 {
        noted = noted.then(|p| p.note(&office(days), &"n".repeat(200_000)));
    }
    assert_eq!(refused(noted.practice), refused(life.practice));
}

#[test]
fn who_sees_no_notes_does_not_learn_that_one_was_written_or_read() {
    let life = Life::taken(procedure())
        .then(|p| p.note(&office(2), "nota segreta"))
        .then(|p| p.mark_read(&crate::fixture::system(3), 2))
        .then(|p| p.mark_read(&crate::fixture::citizen(3), 1));
    let known = |subject: &Subject| {
        let known = life.journal.iter().filter(|event| life.practice.knows(subject, event));
        known.count()
    };
    let maria = subject(Role::Citizen { person: maria().id });
    assert_eq!(known(&operator(&["scuola"], &[])), life.journal.len());
    assert_eq!(known(&maria), life.journal.len() - 2);
    assert_eq!(known(&subject(Role::TechnicalAdmin { account: "ced".to_owned() })), 0);
}
