//! Practices in every state, and what they are made of.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Aggregate, Digest, Id, Money, Person, Refusal};
use mattoni_practice::*;

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Noon in UTC, `days` after the day everything begins.
pub(crate) fn at(days: u64) -> DateTime<Utc> {
    "2026-09-04T10:00:00Z".parse::<DateTime<Utc>>().unwrap() + Days::new(days)
}

pub(crate) fn calendar() -> LegalCalendar {
    LegalCalendar::national()
}

pub(crate) fn person(id: u128, code: &str, given: &str, family: &str) -> Person {
    Person {
        id: Id::from_u128(id),
        fiscal_code: code.parse().unwrap(),
        given_name: given.into(),
        family_name: family.into(),
        born_on: day("1980-01-01"),
    }
}

pub(crate) fn maria() -> Person {
    person(1, "RSSMRA80A41H501Y", "Maria", "Rossi")
}

pub(crate) fn mario() -> Person {
    person(2, "RSSMRA80A01H501U", "Mario", "Rossi")
}

pub(crate) fn delegate() -> Person {
    person(4, "VRDLGU75D12F205I", "Luigi", "Verdi")
}

pub(crate) fn citizen(days: u64) -> Act {
    Act::new(at(days), Actor::Citizen(maria().id))
}

pub(crate) fn office(days: u64) -> Act {
    Act::new(at(days), Actor::Operator("anna.bianchi".into()))
}

pub(crate) fn system(days: u64) -> Act {
    Act::new(at(days), Actor::System("clock".into()))
}

pub(crate) fn procedure() -> Procedure {
    Procedure::new(30)
        .with_step(Step::new("famiglia", ["isee"], ["telefono"]))
        .with_step(Step::new("bambino", ["nome"], []))
        .with_reopening(Permission::Granted)
}

pub(crate) fn opening(procedure: Procedure) -> Opening {
    let service = ServiceRef::new("nido", 1);
    Opening::new(Id::from_u128(7), "c_f051".parse().unwrap(), service, procedure, maria())
}

pub(crate) fn file(name: &str) -> Attachment {
    Attachment::new(name, "application/pdf", 1000, Digest::of(name.as_bytes()))
}

pub(crate) fn assessment(batch: &str) -> Assessment {
    Assessment {
        evaluation: Digest::of(batch.as_bytes()),
        plugin: PluginRef {
            name: "nursery-points".into(),
            version: "1.0.0".into(),
            digest: Digest::of(b"plugin"),
        },
        contract: "mattoni:rules@1".into(),
        parameters: Digest::of(b"parameters"),
        inputs: Digest::of(b"inputs"),
        answer: None,
        points: vec![
            CriterionPoints {
                criterion: "lavoro".into(),
                hundredths: 800,
                reason: "entrambi".into(),
            },
            CriterionPoints { criterion: "figli".into(), hundredths: 250, reason: "due".into() },
        ],
        tie_keys: BTreeMap::from([("isee".into(), 900_000)]),
        class: None,
        fuel: 1234,
    }
}

pub(crate) fn answers() -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("isee".into(), Value::Money(Money::from_cents(900_000))),
        ("nome".into(), Value::Text("Luca".into())),
    ])
}

/// A practice with the journal it came from.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    pub(crate) practice: Practice,
    pub(crate) journal: Vec<Event>,
}

impl Life {
    pub(crate) fn open(procedure: Procedure) -> Self {
        Self::open_with(opening(procedure))
    }

    pub(crate) fn open_with(opening: Opening) -> Self {
        let by = match &opening.filer {
            Filer::Delegate(mandate) => Actor::Citizen(mandate.person.id),
            Filer::Counter { account, .. } => Actor::Operator(account.clone()),
            _ => Actor::Citizen(maria().id),
        };
        let event = Practice::open_draft(&Act::new(at(0), by), opening).unwrap();
        Self { practice: Practice::open(&event).unwrap(), journal: vec![event] }
    }

    /// Does a verb that is expected to be possible.
    pub(crate) fn then<R: Refusal, E: Into<Option<Event>>>(
        mut self,
        verb: impl FnOnce(&Practice) -> Result<E, R>,
    ) -> Self {
        let made = verb(&self.practice).unwrap_or_else(|refusal| panic!("{}", refusal.problems()));
        let event = made.into().expect("there is something to do");
        self.practice.apply(&event);
        self.journal.push(event);
        self
    }

    /// The practice with money on it that came when nothing was owed.
    pub(crate) fn overpaid(self, reference: &str) -> Self {
        let paid = Payment::Paid { amount: Money::from_cents(1600), reference: reference.into() };
        self.then(|p| p.record_payment(&system(8), paid))
    }

    /// A draft with everything on it.
    pub(crate) fn draft(procedure: Procedure) -> Self {
        let reader = Party { person: mario(), role: PartyRole::Reader };
        Self::open(procedure)
            .then(|p| p.save(&citizen(0), Saving::set(answers())))
            .then(|p| p.attach(&citizen(0), file("carta.pdf")))
            .then(|p| p.add_party(&citizen(0), reader))
    }

    pub(crate) fn submitted(procedure: Procedure) -> Self {
        Self::draft(procedure)
            .then(|p| p.submit(&citizen(0), p.summary().digest(), &calendar()))
            .then(|p| p.write(&office(0), "buongiorno"))
    }

    pub(crate) fn registered(procedure: Procedure) -> Self {
        Self::submitted(procedure)
            .then(|p| p.register(&system(0), Document::Application, "2026/0000123"))
    }

    pub(crate) fn taken(procedure: Procedure) -> Self {
        Self::registered(procedure)
            .then(|p| p.take_in_charge(&office(1), Assignee::office("scuola")))
    }

    pub(crate) fn awaiting_integration(procedure: Procedure) -> Self {
        Self::taken(procedure)
            .then(|p| p.request_integration(&office(5), asked(), day("2026-09-20"), &calendar()))
    }

    /// A practice in `state`. Beyond `taken-in-charge` every one has had a request for
    /// integration.
    pub(crate) fn in_state(state: State, procedure: Procedure) -> Self {
        let examined = |procedure| {
            Self::awaiting_integration(procedure)
                .then(|p| p.cancel_integration(&office(6), "trovato", &calendar()))
        };
        let decision = || Decision::new("ha i requisiti");
        match state {
            State::Draft => Self::draft(procedure),
            State::Submitted => Self::submitted(procedure),
            State::Registered => Self::registered(procedure),
            State::TakenInCharge => examined(procedure),
            State::AwaitingIntegration => Self::awaiting_integration(procedure),
            State::IntegrationAnswered => Self::awaiting_integration(procedure)
                .then(|p| p.answer_integration(&citizen(6), integration_answer(), &calendar())),
            State::AwaitingPayment => examined(procedure)
                .then(|p| p.request_payment(&office(7), Money::from_cents(1600), "bollo")),
            State::NoticeGiven => examined(procedure)
                .then(|p| p.give_notice(&office(7), "manca un requisito", &calendar())),
            State::Accepted => examined(procedure).then(|p| p.accept(&office(7), decision())),
            State::Rejected => examined(procedure.with_nature(Nature::Competitive))
                .then(|p| p.reject(&office(7), decision())),
            State::Withdrawn => examined(procedure).then(|p| p.withdraw(&citizen(7), "")),
            State::Expired => Self::draft(procedure)
                .then(|p| p.warn_of_expiry(&system(340)))
                .then(|p| p.expire(&system(380))),
            State::Revoked => Self::in_state(State::Accepted, procedure).then(|p| {
                p.revoke(&office(8), RevocationGround::Unlawful, decision(), &calendar())
            }),
            other => panic!("no way to {other}"),
        }
    }
}

pub(crate) fn asked() -> Vec<Asked> {
    vec![
        Asked::Field { key: "telefono".into(), why: "per avvisi".into() },
        Asked::Paper { name: "certificato".into(), why: "manca".into() },
    ]
}

pub(crate) fn integration_answer() -> IntegrationAnswer {
    IntegrationAnswer {
        set: BTreeMap::from([("telefono".into(), Value::Text("0737".into()))]),
        papers: BTreeMap::from([("certificato".into(), file("certificato.pdf"))]),
        note: String::new(),
    }
}
