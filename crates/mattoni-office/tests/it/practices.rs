//! Practices at every stage of their life, for whoever needs many different ones.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::value::Value;
use mattoni_core::{
    Act, Actor, Aggregate, Digest, EnteId, FiscalCode, Id, Person, Refusal, Sex, named_id,
};
use mattoni_desk::{Desk, DeskParts};
use mattoni_practice::*;
use mattoni_store::Store;
use proptest::prelude::*;

pub(crate) fn ente() -> EnteId {
    "c_h223".parse().unwrap()
}

/// Morning in Italy, so many days after everything begins.
pub(crate) fn at(days: u64) -> DateTime<Utc> {
    "2027-03-01T09:00:00Z".parse::<DateTime<Utc>>().unwrap() + Days::new(days)
}

pub(crate) fn calendar() -> LegalCalendar {
    LegalCalendar::national()
}

pub(crate) fn person(number: u8) -> Person {
    let born_on = "1990-05-20".parse().unwrap();
    let fiscal_code =
        FiscalCode::make("Rossi", "Maria", born_on, Sex::Female, "H223").unwrap().into();
    let id = Id::from_u128(u128::from(number) + 1);
    Person { id, fiscal_code, given_name: "Maria".into(), family_name: "Rossi".into(), born_on }
}

pub(crate) fn citizen(number: u8, days: u64) -> Act {
    Act::new(at(days), Actor::Citizen(person(number).id))
}

pub(crate) fn anna(days: u64) -> Act {
    Act::new(at(days), Actor::Operator("anna".into()))
}

pub(crate) const STAGES: u8 = 10;

/// What one practice is like.
#[derive(Debug, Clone)]
pub(crate) struct Spec {
    pub(crate) service: u8,
    pub(crate) applicant: u8,
    /// 0 by themselves, 1 by a delegate, 2 typed by anna.
    pub(crate) filer: u8,
    pub(crate) reader: Option<u8>,
    pub(crate) office: u8,
    /// Draft, submitted, registered, in charge of the office, of bruno, waiting, accepted,
    /// rejected, withdrawn, expired.
    pub(crate) stage: u8,
    pub(crate) noted: bool,
}

pub(crate) fn spec() -> impl Strategy<Value = Spec> {
    let people = (0..4_u8, 0..3_u8, prop::option::of(0..4_u8));
    (0..2_u8, people, 0..2_u8, 0..STAGES, any::<bool>()).prop_map(
        |(service, (applicant, filer, reader), office, stage, noted)| Spec {
            service,
            applicant,
            filer,
            // Nobody stands on a practice twice.
            reader: reader.filter(|reader| *reader != applicant && *reader != (applicant + 1) % 4),
            office,
            stage,
            noted,
        },
    )
}

pub(crate) fn service(number: u8) -> String {
    ["nido", "mensa"][usize::from(number % 2)].into()
}

pub(crate) fn office(number: u8) -> String {
    ["scuola", "tributi"][usize::from(number % 2)].into()
}

pub(crate) fn id(number: usize) -> Id<Practice> {
    named_id(&ente(), &["practice", &number.to_string()])
}

pub(crate) fn number(of: usize) -> String {
    format!("2027/{of:07}")
}

/// The life of practice `of`, up to its stage.
pub(crate) fn life(of: usize, spec: &Spec) -> Vec<Event> {
    let me = citizen(spec.applicant, 0);
    let procedure = Procedure::new(30).with_nature(Nature::Competitive).with_step(Step::new(
        "child",
        ["name"],
        [],
    ));
    let service = ServiceRef::new(service(spec.service), 1);
    let mut opening = Opening::new(id(of), ente(), service, procedure, person(spec.applicant));
    let by;
    (opening.filer, by) = match spec.filer {
        1 => {
            let delegate = (spec.applicant + 1) % 4;
            let person = person(delegate);
            let mandate =
                Mandate::new(person, MandateKind::Delegated).with_paper(Digest::of(b"delega"));
            (Filer::Delegate(mandate), citizen(delegate, 0))
        }
        2 => (Filer::Counter { account: "anna".into(), office: None }, anna(0)),
        _ => (Filer::Applicant, me.clone()),
    };
    let opened = Practice::open_draft(&by, opening).unwrap();
    let mut practice = Practice::open(&opened).unwrap();
    let draft = practice.clone();
    let mut events = vec![opened];
    let mut then = |event: Event| {
        practice.apply(&event);
        events.push(event);
        practice.clone()
    };
    let answers = BTreeMap::from([("name".to_owned(), Value::Text(format!("Bea {of}")))]);
    let mut p = then(shown(draft.save(&me, Saving::set(answers))));
    if let Some(reader) = spec.reader {
        let party = Party { person: person(reader), role: PartyRole::Reader };
        p = then(shown(p.add_party(&me, party)));
    }
    if spec.stage == 9 {
        p = then(shown(p.warn_of_expiry(&anna(340))));
        then(shown(p.expire(&anna(380))));
        return events;
    }
    if spec.stage >= 1 {
        p = then(shown(p.submit(&me, p.summary().digest(), &calendar())));
        p = then(shown(p.write(&anna(0), "buongiorno")));
        if spec.noted {
            p = then(shown(p.note(&anna(0), "nota segreta")));
            p = then(shown(p.mark_read(&Act::new(at(0), Actor::Operator("capo".into())), 2)));
        }
        p = then(shown(p.write(&anna(0), "a presto")));
    }
    if spec.stage >= 2 {
        p = then(shown(p.register(&anna(0), Document::Application, &number(of))));
    }
    if spec.stage >= 3 {
        let assignee = match spec.stage {
            4 => Assignee::official(office(spec.office), "bruno"),
            _ => Assignee::office(office(spec.office)),
        };
        p = then(shown(p.take_in_charge(&anna(1), assignee)));
    }
    let why = || Decision::new("per questi motivi");
    match spec.stage {
        5 => {
            let paper = Asked::Paper { name: "isee".into(), why: "manca".into() };
            let by = "2027-03-20".parse().unwrap();
            then(shown(p.request_integration(&anna(2), vec![paper], by, &calendar())));
        }
        6 => drop(then(shown(p.accept(&anna(2), why())))),
        7 => drop(then(shown(p.reject(&anna(2), why())))),
        8 => drop(then(shown(p.withdraw(&me, "")))),
        _ => {}
    }
    events
}

fn shown<R: Refusal>(tried: Result<Event, R>) -> Event {
    tried.unwrap_or_else(|refusal| panic!("{}", refusal.problems()))
}

/// A desk with the bricks of the office, which leaves every order in the outbox.
pub(crate) fn desk_on(store: impl Store + 'static) -> Desk {
    Desk::new(store, ente(), parts()).unwrap()
}

/// What it is put together from.
pub(crate) fn parts() -> DeskParts {
    DeskParts::new(mattoni_office::bricks()).unguarded("practice").delivering_nothing()
}

/// All of them, on the desk, under the ids and numbers of their places.
pub(crate) async fn open_all(desk: &Desk, specs: &[Spec]) {
    for (place, spec) in specs.iter().enumerate() {
        let act = citizen(spec.applicant, 0);
        desk.open::<Practice>(id(place), &act, &life(place, spec)).await.unwrap();
    }
}
