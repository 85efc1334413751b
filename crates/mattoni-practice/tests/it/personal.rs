//! What is personal is marked: erased mark by mark, a full practice names nobody and still reads.

use std::collections::BTreeMap;

use mattoni_core::record::{Marks, Owner, Owners, PersonalField, Record as _, Step as Way};
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Aggregate, Digest, Id, Money, Person};
use mattoni_practice::*;
use serde_json::Value as Json;

use crate::fixture::{Life, assessment, at, calendar, day, office, opening, person, system};

/// In every text and name that may say something about a person.
const SECRET: &str = "Segreto";
const CODES: [&str; 3] = ["RSSMRA80A41H501Y", "RSSMRA80A01H501U", "BNCNNA85D50F205H"];

fn secret(text: &str) -> String {
    format!("{SECRET} {text}")
}

fn somebody(id: u128) -> Person {
    let code = CODES[id as usize % CODES.len()];
    person(id, code, &secret("nome"), &secret("cognome"))
}

fn citizen(days: u64) -> Act {
    Act::new(at(days), Actor::Citizen(Id::from_u128(1)))
}

fn secret_file(name: &str) -> Attachment {
    Attachment::new(secret(name), "application/pdf", 10, Digest::of(name.as_bytes()))
}

/// A practice with everything on it, and the journal it came from.
pub(crate) fn full() -> Life {
    let keys = ["isee", "child_name", "beneficiary_school", "telefono"];
    let rules = Procedure::new(30)
        .with_step(Step::new("tutto", keys, []))
        .with_reopening(Permission::Granted);
    let mut opening = opening(rules);
    opening.applicant = somebody(1);
    let mandate = Mandate::new(somebody(2), MandateKind::Delegated);
    let filer = Filer::Delegate(mandate.with_paper(Digest::of(b"proof")));
    let opening = opening.for_beneficiary(somebody(3)).filed_by(filer);
    let delegate = Act::new(at(0), Actor::Citizen(Id::from_u128(2)));
    let answers: BTreeMap<String, Value> =
        keys.map(|key| (key.to_owned(), Value::Text(secret(key)))).into();
    let mut scored = assessment("batch");
    scored.inputs = Digest::of(b"secret inputs");
    scored.class = Some(secret("classe"));
    let part = AmountPart {
        code: secret("voce"),
        amount: Money::from_cents(100_000),
        reason: Some(secret("motivo")),
    };
    let requirement =
        RequirementMet { code: secret("requisito"), met: false, reason: Some(secret("motivo")) };
    let check = FieldCheck {
        check: secret("controllo"),
        field: secret("campo"),
        problem: Some(secret("motivo")),
    };
    let answers_of_rules = [
        RuleAnswer::Validation { checks: vec![check] },
        RuleAnswer::Eligibility { requirements: vec![requirement] },
        RuleAnswer::Benefit { components: vec![part.clone()] },
        RuleAnswer::Tariff { charges: vec![part.clone()], reductions: vec![part] },
    ];
    let by_rule = |answer: &RuleAnswer| Assessment {
        answer: Some(answer.clone()),
        inputs: Digest::of(b"secret inputs"),
        ..assessment("rule")
    };
    let [validation, eligibility, benefit, tariff] = answers_of_rules.each_ref().map(by_rule);
    let asked = vec![
        Asked::Field { key: "telefono".into(), why: secret("perché") },
        Asked::Paper { name: "certificato".into(), why: secret("perché") },
    ];
    let answer = IntegrationAnswer {
        set: BTreeMap::from([("telefono".into(), Value::Text(secret("0737")))]),
        papers: BTreeMap::from([("certificato".into(), secret_file("certificato.pdf"))]),
        note: secret("nota"),
    };
    let decision =
        || Decision::new(secret("motivo")).with_answer_to_observations(secret("risposta"));
    let paid = Payment::Paid { amount: Money::from_cents(100), reference: secret("RT1") };
    let twice = Payment::Paid { amount: Money::from_cents(100), reference: secret("RT2") };
    let settled = Payment::SettledOtherwise { note: secret("sportello") };
    let failed = Payment::Failed { reason: secret("carta") };
    let pays = |p: &Practice| p.request_payment(&office(5), Money::from_cents(100), &secret("x"));
    let reader = Party { person: somebody(4), role: PartyRole::Reader };
    let joined = Party { person: somebody(5), role: PartyRole::CoApplicant };
    let law = "D.P.R. 380/2001, art. 20, c. 3";
    let (office_code, c) = (Assignee::official("scuola", "anna.bianchi"), &calendar());
    Life::open_with(opening)
        .then(|p| p.save(&delegate, Saving::set(answers)))
        .then(|p| p.attach(&citizen(0), secret_file("carta.pdf")))
        .then(|p| p.add_party(&citizen(0), reader))
        .then(|p| p.add_party(&citizen(0), joined))
        .then(|p| p.submit(&citizen(0), p.summary().digest(), c))
        .then(|p| p.register(&system(0), Document::Application, "2026/0000123"))
        .then(|p| p.take_in_charge(&office(1), office_code.clone()))
        .then(|p| p.assess(&office(1), scored))
        .then(|p| p.assess(&office(1), validation))
        .then(|p| p.assess(&office(1), eligibility))
        .then(|p| p.assess(&office(1), benefit))
        .then(|p| p.assess(&office(1), tariff))
        .then(|p| p.request_integration(&office(1), asked.clone(), day("2026-09-20"), c))
        .then(|p| p.answer_integration(&citizen(2), answer, c))
        .then(|p| p.request_integration(&office(2), asked, day("2026-09-20"), c))
        .then(|p| p.cancel_integration(&office(3), &secret("trovato"), c))
        .then(|p| p.extend_term(&office(4), 10, law, &secret("difficile"), c))
        .then(pays)
        .then(|p| p.record_payment(&system(6), failed))
        .then(|p| p.record_payment(&office(6), settled))
        .then(pays)
        .then(|p| p.cancel_payment(&office(6), &secret("esente")))
        .then(pays)
        .then(|p| p.record_payment(&system(6), paid))
        .then(|p| p.record_payment(&system(6), twice))
        .then(|p| p.refund(&office(6), &secret("RT2"), &secret("mandato")))
        .then(|p| p.write(&citizen(7), &secret("messaggio")))
        .then(|p| p.note(&office(7), &secret("nota")))
        .then(|p| p.mark_read(&office(7), 1))
        .then(|p| p.accept(&office(8), Decision::new(secret("sì"))))
        .then(|p| p.reopen(&office(9), &secret("errore"), office_code, c))
        .then(|p| p.give_notice(&office(10), &secret("contro"), c))
        .then(|p| p.answer_notice(&citizen(11), &secret("ma"), c))
        .then(|p| p.reject(&office(30), decision()))
}

/// What stands at a way through a document.
fn at_path(json: &mut Json, path: &[Way], found: &mut dyn FnMut(&mut Json)) {
    let Some((step, rest)) = path.split_first() else { return found(json) };
    match step {
        Way::Key(key) => {
            if let Some(inner) = json.get_mut(key) {
                at_path(inner, rest, found);
            }
        }
        Way::Keys(beginning) => {
            for (_, inner) in json
                .as_object_mut()
                .into_iter()
                .flatten()
                .filter(|(key, _)| key.starts_with(beginning))
            {
                at_path(inner, rest, found);
            }
        }
        Way::Each => {
            for inner in json.as_array_mut().into_iter().flatten() {
                at_path(inner, rest, found);
            }
        }
        Way::Tag { key, value } => {
            if json.get(key).is_some_and(|tag| tag == value) {
                at_path(json, rest, found);
            }
        }
        _ => panic!("a step this test does not know"),
    }
}

/// The document with a placeholder in the place of everything that is marked.
fn erased(mut json: Json, fields: &[PersonalField]) -> Json {
    for field in fields {
        at_path(&mut json, &field.path, &mut |value| {
            if value.is_null() {
                return;
            }
            let mut placeholder = field.placeholder.json.to_owned();
            if let Owner::Itself(key) = field.owner {
                placeholder = placeholder.replace("$person", value[key].as_str().unwrap());
            }
            *value = serde_json::from_str(&placeholder).unwrap();
        });
    }
    json
}

fn names_nobody(text: &str, what: &str) {
    assert!(!text.contains(SECRET), "{what}: {text}");
    assert!(!CODES.iter().any(|code| text.contains(code)), "{what}: {text}");
    assert!(!text.contains("1980-01-01"), "{what}: {text}");
    assert!(!text.contains(&Digest::of(b"secret inputs").to_string()), "{what}: {text}");
    assert!(!text.contains("hundredths") && !text.contains("900000"), "{what}: {text}");
}

#[test]
fn the_marks_cover_all_that_is_personal_in_a_state_and_it_still_reads() {
    for length in 1..=full().journal.len() {
        let practice: Practice = mattoni_core::fold(&full().journal[..length]).unwrap();
        let json = serde_json::to_value(&practice).unwrap();
        let json = erased(json, &Marks::of::<Practice>());
        names_nobody(&json.to_string(), "state");
        let read: Practice = serde_json::from_value(json).unwrap();
        assert_eq!(read.state(), practice.state());
        assert_eq!(read.applicant().id, practice.applicant().id);
        // A draft is summed up anew, from what is left.
        if practice.state() == State::Draft && !practice.answers().is_empty() {
            assert_ne!(read.summary().digest(), practice.summary().digest());
            read.submit(&citizen(1), read.summary().digest(), &calendar()).unwrap();
        }
    }
}

#[test]
fn the_marks_cover_all_that_is_personal_in_events_and_they_still_apply() {
    let life = full();
    let mut names: Vec<_> = life.journal.iter().map(mattoni_core::DomainEvent::name).collect();
    let withdrawn = Withdrawn { act: citizen(1), reason: secret("cambio idea") };
    let events = life.journal.iter().cloned().chain([withdrawn.into()]);
    let mut practice: Option<Practice> = None;
    for event in events {
        let json = erased(serde_json::to_value(&event).unwrap(), &Marks::of::<Event>());
        names_nobody(&json.to_string(), mattoni_core::DomainEvent::name(&event));
        let read: Event = serde_json::from_value(json).unwrap();
        match &mut practice {
            None => practice = Practice::open(&read),
            Some(practice) => practice.apply(&read),
        }
    }
    assert_eq!(practice.unwrap().state(), State::Withdrawn);
    names.sort_unstable();
    names.dedup();
    // Those that are not there hold an act and ids, or what the others hold.
    assert!(names.len() > 20, "{names:?}");
}

#[test]
fn the_marks_cover_the_name_in_a_row_and_the_text_in_orders() {
    let life = full();
    let row = serde_json::to_value(life.practice.row()).unwrap();
    assert!(row.to_string().contains(SECRET));
    let row = erased(row, &Marks::of::<PracticeRow>());
    names_nobody(&row.to_string(), "row");
    serde_json::from_value::<PracticeRow>(row).unwrap();

    let personal = <PracticeOrder as mattoni_core::record::Orders>::personal();
    for event in &life.journal {
        for order in life.practice.orders(event) {
            let order = mattoni_core::record::Orders::into_new(order);
            let json = serde_json::from_slice(&order.payload).unwrap();
            names_nobody(&erased(json, &personal[order.topic]).to_string(), order.topic);
        }
    }
}

#[test]
fn answers_about_the_beneficiary_are_theirs_and_all_else_the_applicants() {
    let practice = full().practice;
    assert_eq!(
        practice.owners(),
        Owners::subject(Id::from_u128(1)).with("beneficiary", Id::from_u128(3))
    );
    let mut json = serde_json::to_value(&practice).unwrap();
    let mut owners: BTreeMap<String, Owner> = BTreeMap::new();
    for field in Marks::of::<Practice>() {
        if field.path.first() == Some(&Way::Key("answers")) {
            at_path(&mut json, &field.path, &mut |value| {
                let text = value["value"].as_str().unwrap().to_owned();
                owners.entry(text).or_insert(field.owner);
            });
        }
    }
    let named = Owner::Named("beneficiary");
    assert_eq!(owners[&secret("child_name")], named);
    assert_eq!(owners[&secret("beneficiary_school")], named);
    assert_eq!(owners[&secret("isee")], Owner::Subject);
    assert_eq!(owners.len(), 4);
}
