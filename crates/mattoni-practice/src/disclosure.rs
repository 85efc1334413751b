//! What a practice holds on a person, for the copy they have a right to (GDPR, art. 15).
//!
//! The applicant gets everything, the office's notes too: they are data about the person (Court of
//! Justice, C-434/16). A beneficiary, delegate or reader gets what is about themselves: the rest
//! is somebody else's (art. 15, par. 4). Officials appear as the office (C-579/21).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use mattoni_core::calendar::rome_date;
use mattoni_core::record::{Disclosure, Happened, Record as _};
use mattoni_core::value::Value;
use mattoni_core::{Actor, DomainEvent, Id, Person};
use serde::Serialize;

use crate::{Answer, Attachment, Event, PartyRole, Practice};

/// What a person is to a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Relation {
    Applicant,
    CoApplicant,
    Beneficiary,
    Delegate,
    Reader,
}

impl Relation {
    fn of(practice: &Practice, person: Id<Person>) -> Option<Self> {
        let party = practice.parties.iter().find(|party| party.person.id == person);
        let delegate = practice.mandates().any(|mandate| mandate.person.id == person);
        if practice.applicant.id == person {
            Some(Self::Applicant)
        } else if practice.beneficiary.as_ref().is_some_and(|who| who.id == person) {
            Some(Self::Beneficiary)
        } else if let Some(party) = party {
            Some(match party.role {
                PartyRole::CoApplicant => Self::CoApplicant,
                PartyRole::Reader => Self::Reader,
            })
        } else {
            delegate.then_some(Self::Delegate)
        }
    }

    /// Whether the practice as a whole is about them.
    fn owns(self) -> bool {
        matches!(self, Self::Applicant | Self::CoApplicant)
    }

    const fn italian(self) -> &'static str {
        match self {
            Self::Applicant => "richiedente",
            Self::CoApplicant => "richiedente insieme ad altri",
            Self::Beneficiary => "beneficiario",
            Self::Delegate => "delegato",
            Self::Reader => "autorizzato a leggere",
        }
    }
}

/// The same as data.
#[derive(Serialize)]
struct Entry<'a> {
    practice: Id<Practice>,
    number: Option<&'a str>,
    service: String,
    state: &'static str,
    relation: Relation,
    person: Option<&'a Person>,
    answers: BTreeMap<&'a str, &'a Value>,
    outcomes: Vec<Decided<'a>>,
    messages: Vec<Wrote<'a>>,
    history: Vec<Past>,
    attachments: Vec<&'a str>,
}

#[derive(Serialize)]
struct Decided<'a> {
    answer: &'a Answer,
    motivation: &'a str,
    at: DateTime<Utc>,
}

#[derive(Serialize)]
struct Wrote<'a> {
    at: DateTime<Utc>,
    by: &'static str,
    text: &'a str,
}

#[derive(Serialize)]
struct Past {
    number: u64,
    at: DateTime<Utc>,
    by: &'static str,
    event: &'static str,
    #[serde(skip)]
    italian: &'static str,
}

impl Practice {
    /// What it holds on `person`; `None` when it does not name them.
    pub(crate) fn disclosed_to(
        &self,
        person: Id<Person>,
        history: &[Happened<Event>],
    ) -> Option<Disclosure> {
        let relation = Relation::of(self, person)?;
        let files: Vec<_> = self.attachments.iter().filter(|_| relation.owns()).collect();
        let entry = self.entry(person, relation, history, &files);
        let of_person = entry.person.map(|who| {
            format!(
                "{} {}, codice fiscale {}, data di nascita {}",
                who.given_name,
                who.family_name,
                who.fiscal_code,
                who.born_on.format("%d/%m/%Y")
            )
        });
        let answers = entry.answers.iter().map(|(key, value)| format!("{key}: {value}"));
        let outcomes = entry.outcomes.iter().map(|decided| {
            format!("{}, {}: {}", day(decided.at), decided.answer.italian(), decided.motivation)
        });
        let messages = entry
            .messages
            .iter()
            .map(|wrote| format!("{}, {}: {}", day(wrote.at), wrote.by, wrote.text));
        let history = entry.history.iter().map(|past| {
            format!("{}. {}, {}: {}", past.number, day(past.at), past.by, past.italian)
        });
        let name = entry.number.map_or_else(|| self.id.to_string(), str::to_owned);
        let about = format!("servizio {}, {}", entry.service, entry.state);
        // Texts, numbers, dates: JSON takes them.
        let data = serde_json::to_value(&entry).unwrap_or_default();
        Some(
            Disclosure::new(name, about, relation.italian(), data)
                .section("Dati anagrafici", of_person)
                .section("Risposte", answers)
                .section("Decisioni", outcomes)
                .section("Messaggi e note", messages)
                .section("Storia", history)
                .files(files.into_iter().map(|file| (file.name.clone(), file.digest))),
        )
    }

    fn entry<'a>(
        &'a self,
        person: Id<Person>,
        relation: Relation,
        history: &[Happened<Event>],
        files: &[&'a Attachment],
    ) -> Entry<'a> {
        let theirs = |by: &Actor| matches!(by, Actor::Citizen(who) if *who == person);
        let side = |by: &Actor| match by {
            Actor::Citizen(who) if *who == person => "lei",
            Actor::Citizen(_) => "altra persona sulla pratica",
            Actor::Operator(_) => "ufficio",
            _ => "sistema",
        };
        let answers = self.answers.iter().filter(|(key, _)| match relation {
            Relation::Applicant | Relation::CoApplicant => true,
            Relation::Beneficiary => key.starts_with("child_") || key.starts_with("beneficiary_"),
            Relation::Delegate | Relation::Reader => false,
        });
        let messages = self.messages.iter();
        let messages = messages.filter(|message| relation.owns() || theirs(&message.written.by));
        let history = history.iter().filter(|past| relation.owns() || theirs(&past.act.by));
        let outcomes = self.outcomes.iter().filter(|_| relation.owns());
        Entry {
            practice: self.id,
            number: self.protocol_number(),
            service: format!("{}@{}", self.service.code, self.service.version),
            state: self.state.italian(),
            relation,
            person: self.named(person),
            answers: answers.map(|(key, value)| (key.as_str(), value)).collect(),
            outcomes: outcomes
                .map(|outcome| Decided {
                    answer: &outcome.answer,
                    motivation: &outcome.decision.motivation,
                    at: outcome.act.at,
                })
                .collect(),
            messages: messages
                .map(|message| Wrote {
                    at: message.written.at,
                    by: side(&message.written.by),
                    text: &message.text,
                })
                .collect(),
            history: (1..)
                .zip(history)
                .map(|(number, past)| Past {
                    number,
                    at: past.act.at,
                    by: side(&past.act.by),
                    event: past.event.name(),
                    italian: Practice::event_italian(&past.event),
                })
                .collect(),
            attachments: files.iter().map(|file| file.name.as_str()).collect(),
        }
    }

    /// Who the person is, as the practice names them.
    fn named(&self, person: Id<Person>) -> Option<&Person> {
        [Some(&self.applicant), self.beneficiary.as_ref()]
            .into_iter()
            .flatten()
            .chain(self.mandates().map(|mandate| &mandate.person))
            .chain(self.parties.iter().map(|party| &party.person))
            .find(|who| who.id == person)
    }
}

fn day(at: DateTime<Utc>) -> String {
    rome_date(at).format("%d/%m/%Y").to_string()
}
