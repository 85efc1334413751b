//! An official on both sides of the counter (L. 241/1990, art. 6-bis).

use expect_test::{Expect, expect};
use mattoni_core::record::{AccessRefusal, Record as _, Role, Side, Sight, Subject, Verb as _};
use mattoni_core::{Actor, Id, Person, Refusal};
use mattoni_practice::*;

use crate::fixture::*;

fn check<R: Refusal>(tried: Result<Event, R>, expected: Expect) {
    expected.assert_eq(&tried.unwrap_err().problems().to_string());
}

/// The head of the office, who is this person.
fn official(person: Id<Person>) -> Subject {
    let role = Role::OfficeHead {
        account: "anna.bianchi".into(),
        offices: ["scuola".to_owned()].into(),
        services: ["nido".to_owned()].into(),
    };
    Subject::new("c_f051".parse().unwrap(), vec![role]).being(person)
}

#[test]
fn an_official_who_is_on_the_practice_may_do_nothing_to_it_but_abstain() {
    let child = person(12, "RSSMRA80A01H501U", "Luca", "Rossi");
    let opening = opening(procedure()).for_beneficiary(child.clone());
    let mandate = Mandate::new(delegate(), MandateKind::Delegated);
    let reader = Party { person: mario(), role: PartyRole::Reader };
    let life = Life::open_with(opening)
        .then(|p| p.save(&citizen(0), Saving::set(answers())))
        .then(|p| p.delegate(&citizen(0), mandate))
        .then(|p| p.add_party(&citizen(0), reader))
        .then(|p| p.submit(&citizen(0), p.summary().digest(), &calendar()))
        .then(|p| p.register(&system(0), Document::Application, "2026/0000123"))
        .then(|p| p.take_in_charge(&office(1), Assignee::office("scuola")))
        .then(|p| p.note(&office(1), "da verificare"));
    let practice = life.practice;
    for interested in [maria(), child, delegate(), mario()] {
        let who = official(interested.id);
        for verb in Verb::ALL.iter().copied() {
            let expected = match verb {
                Verb::Abstain => Ok(()),
                verb if verb.by() == [Side::System] => {
                    Err(AccessRefusal::NotTheirs { kind: "practice", verb: verb.name() })
                }
                verb => Err(AccessRefusal::Conflict { kind: "practice", verb: verb.name() }),
            };
            assert_eq!(practice.may(&who, verb), expected, "{verb} by {}", interested.given_name);
        }
        // What the office keeps to itself they do not read.
        assert_eq!(practice.sight(&who), Sight::WithoutNotes);
        assert!(practice.shown_to(&who).unwrap().messages().is_empty());
    }
    let other = official(Id::from_u128(77));
    assert_eq!(practice.may(&other, Verb::Accept), Ok(()));
    assert_eq!(practice.sight(&other), Sight::Everything);
}

#[test]
fn the_refusal_names_the_law_and_what_to_do() {
    let practice = Life::taken(procedure()).practice;
    let refused = practice.may(&official(maria().id), Verb::Accept).unwrap_err();
    expect!["actor: an official with an interest in the practice must abstain (L. 241/1990, art. 6-bis); abstain, and pass it to a colleague or to the head of the office [practice.access.conflict-of-interest]"]
        .assert_eq(&refused.problems().to_string());
}

#[test]
fn who_is_official_and_applicant_acts_as_citizen_alone() {
    let practice = Life::taken(procedure()).practice;
    let mut who = official(Id::from_u128(77));
    who.roles.push(Role::Citizen { person: maria().id });
    let acting = |by| who.acting_as(&by);
    let as_citizen = acting(Actor::Citizen(maria().id));
    assert_eq!(practice.may(&as_citizen, Verb::Withdraw), Ok(()));
    let as_official = acting(Actor::Operator("anna.bianchi".into()));
    let conflict = AccessRefusal::Conflict { kind: "practice", verb: "accept" };
    assert_eq!(practice.may(&as_official, Verb::Accept), Err(conflict));
}

#[test]
fn an_official_who_abstained_is_refused_from_then_on_and_their_office_goes_on() {
    let life = Life::registered(procedure())
        .then(|p| p.take_in_charge(&office(1), Assignee::official("scuola", "anna.bianchi")))
        .then(|p| p.abstain(&office(2), "la richiedente è mia cugina"));
    let practice = &life.practice;
    assert_eq!(practice.assignee(), Some(&Assignee::office("scuola")));
    assert_eq!(
        practice
            .may(&official(Id::from_u128(77)), Verb::Note)
            .map_err(|r| r.problems().into_vec()[0].code.to_string()),
        Err("practice.access.conflict-of-interest".into())
    );
    check(
        practice.accept(&office(3), Decision::new("ha i requisiti")),
        expect![
            "actor: an official with an interest must abstain (L. 241/1990, art. 6-bis); pass it to a colleague or to the head of the office [practice.accept.conflict-of-interest]"
        ],
    );
    check(
        practice.take_in_charge(&system(3), Assignee::official("scuola", "anna.bianchi")),
        expect![
            "assignee: the official must have no interest in the practice (L. 241/1990, art. 6-bis); name a colleague, or the head of the office [practice.take-in-charge.conflict-of-interest]"
        ],
    );
    check(
        practice.abstain(&office(3), "di nuovo"),
        expect![
            "actor: must be declared once; nothing: it stays as it is [practice.abstain.already]"
        ],
    );
    let bruno = mattoni_core::Act::new(at(3), Actor::Operator("bruno".into()));
    assert!(practice.accept(&bruno, Decision::new("ha i requisiti")).is_ok());
    assert!(practice.abstained().contains("anna.bianchi"));
}

#[test]
fn nobody_with_an_interest_gets_the_practice() {
    let practice = Life::registered(procedure()).practice;
    let to = |person| Assignee::official("scuola", "bruno").being(person);
    assert!(practice.take_in_charge(&office(1), to(maria().id)).is_err());
    assert!(practice.take_in_charge(&office(1), to(Id::from_u128(77))).is_ok());
}

#[test]
fn why_somebody_abstained_is_personal() {
    let event = Life::taken(procedure()).practice.abstain(&office(2), "è mia cugina").unwrap();
    let marks = mattoni_core::record::Marks::of::<Event>();
    let tagged = serde_json::to_value(&event).unwrap()["event"].clone();
    assert!(marks.iter().any(|field| {
        let mut path = field.path.iter();
        matches!(path.next(), Some(mattoni_core::record::Step::Tag { value, .. }) if tagged == *value)
            && path.next() == Some(&mattoni_core::record::Step::Key("reason"))
    }));
}
