//! All that is held on one person.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use mattoni_core::value::Value;
use mattoni_core::{Actor, Aggregate, DomainEvent, Id, Person};
use mattoni_practice::{Filer, Message, PartyRole, Practice};
use mattoni_store::{KeyFor, Loaded, Past, Store};
use serde::Serialize;

use super::page;
use crate::practices::{APPLICANT, PERSON};
use crate::{Desk, DeskError};

/// What is held on a person (GDPR, art. 15), as files of a folder: a letter in Italian that says
/// what it is, everything as JSON, and for each practice a page to read, its history, and the
/// attachments.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dossier {
    /// Whose.
    pub person: Id<Person>,
    /// What was found.
    pub entries: Vec<DossierEntry>,
    /// The files, by path.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// What a person is to a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Relation {
    /// *Richiedente*.
    Applicant,
    /// Applies with them.
    CoApplicant,
    /// *Beneficiario*.
    Beneficiary,
    /// *Delegato*.
    Delegate,
    /// May look.
    Reader,
}

impl Relation {
    /// What the practice says the person is to it; nothing when it does not name them.
    fn of(practice: &Practice, person: Id<Person>) -> Option<Self> {
        let party = practice.parties().iter().find(|party| party.person.id == person);
        let delegate =
            matches!(practice.filer(), Filer::Delegate { person: who, .. } if who.id == person);
        if practice.applicant().id == person {
            Some(Self::Applicant)
        } else if practice.beneficiary().is_some_and(|who| who.id == person) {
            Some(Self::Beneficiary)
        } else if let Some(party) = party {
            let co_applicant = party.role == PartyRole::CoApplicant;
            Some(if co_applicant { Self::CoApplicant } else { Self::Reader })
        } else {
            delegate.then_some(Self::Delegate)
        }
    }

    /// Whether the practice as a whole is about them. Of what is about others they get no copy
    /// (art. 15, par. 4).
    fn owns(self) -> bool {
        matches!(self, Self::Applicant | Self::CoApplicant)
    }

    /// As the letter calls it.
    #[must_use]
    pub const fn italian(self) -> &'static str {
        match self {
            Self::Applicant => "richiedente",
            Self::CoApplicant => "richiedente insieme ad altri",
            Self::Beneficiary => "beneficiario",
            Self::Delegate => "delegato",
            Self::Reader => "autorizzato a leggere",
        }
    }
}

/// What one practice holds on the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DossierEntry {
    /// The practice.
    pub practice: Id<Practice>,
    /// Its number of the register.
    pub number: Option<String>,
    /// The service, with its version.
    pub service: String,
    /// How it stands, in Italian.
    pub state: &'static str,
    /// What the person is to it.
    pub relation: Relation,
    /// What it says of who they are.
    pub person: Option<Person>,
    /// Answers: all of an applicant's, a beneficiary's own.
    pub answers: BTreeMap<String, Value>,
    /// Outcomes and their motivations.
    pub outcomes: Vec<serde_json::Value>,
    /// Messages, and the office's notes, which are about them as well.
    pub messages: Vec<Wrote>,
    /// What happened, when, and on which side.
    pub history: Vec<Happening>,
    /// Names of attachments, as they lie in the folder.
    pub attachments: Vec<String>,
}

/// A message or note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Wrote {
    /// When.
    pub at: DateTime<Utc>,
    /// On which side.
    pub by: &'static str,
    /// What it says.
    pub text: String,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Happening {
    /// Its place in the ente's journal.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// On which side.
    pub by: &'static str,
    /// What.
    pub event: &'static str,
}

impl<S: Store> Desk<S> {
    /// Gathers all that is held on a person at `at`. Who they are was made sure of by whoever
    /// calls this.
    ///
    /// As applicant, everything, the office's notes too: they are data about the person
    /// (Court of Justice, C-434/16). As beneficiary, delegate or reader, what is about themselves:
    /// the rest is somebody else's (art. 15, par. 4). Officials appear as the office (C-579/21).
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn dossier(
        &self,
        person: Id<Person>,
        at: DateTime<Utc>,
    ) -> Result<Dossier, DeskError> {
        let mut files = BTreeMap::new();
        let mut entries = Vec::new();
        for practice in self.practices_of(person).await? {
            let Some(relation) = Relation::of(&practice.state, person) else { continue };
            let name = practice.state.protocol_number().unwrap_or_default().replace('/', "-");
            let folder = match name.as_str() {
                "" => format!("pratiche/{}", practice.id),
                number => format!("pratiche/{number}"),
            };
            let history =
                mattoni_store::history::<Practice>(self.store(), self.ente(), practice.id).await?;
            let mut entry = entry(&practice.state, person, relation, &history);
            if relation.owns() {
                for (n, held) in practice.state.attachments().iter().enumerate() {
                    let name = format!("allegati/{:02}-{}", n + 1, plain(&held.name));
                    match self.store().get(self.ente(), held.digest).await? {
                        Some(bytes) => {
                            files.insert(format!("{folder}/{name}"), bytes);
                            entry.attachments.push(name);
                        }
                        None => entry.attachments.push(format!("{} (non conservato)", held.name)),
                    }
                }
            }
            files.insert(format!("{folder}/pratica.json"), json(&entry));
            files.insert(format!("{folder}/pratica.html"), page::practice(&entry).into_bytes());
            entries.push(entry);
        }
        let letter = page::letter(self.ente(), person, at, &entries);
        files.insert("LEGGIMI.txt".into(), letter.into_bytes());
        let all = serde_json::json!({
            "version": 1, "ente": self.ente(), "person": person, "at": at, "practices": entries,
        });
        files.insert("dati.json".into(), json(&all));
        Ok(Dossier { person, entries, files })
    }

    /// Practices that name the person, by id: found by facet, and by the keys of what is sealed
    /// of them, which know beneficiaries too.
    async fn practices_of(&self, person: Id<Person>) -> Result<Vec<Loaded<Practice>>, DeskError> {
        let mut found: BTreeMap<Id<Practice>, Loaded<Practice>> = BTreeMap::new();
        for facet in [APPLICANT, PERSON] {
            let (value, mut after) = (person.to_string(), None);
            loop {
                let (ente, kind) = (self.ente(), Practice::KIND);
                let limit = crate::bulk::PAGE;
                let page = self.store().find(ente, kind, (facet, &value), after, limit).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.stream.id);
                for stored in &page {
                    let practice: Loaded<Practice> = Loaded::read(stored)?;
                    found.insert(practice.id, practice);
                }
            }
        }
        for key in self.store().keys_of_person(self.ente(), person).await? {
            let KeyFor::Person { stream, .. } = key.of else { continue };
            let id = Id::from_u128(stream.id.as_u128());
            if stream.kind == Practice::KIND && !found.contains_key(&id) {
                found.extend(self.load(id).await?.map(|practice| (id, practice)));
            }
        }
        Ok(found.into_values().collect())
    }
}

fn entry(
    practice: &Practice,
    person: Id<Person>,
    relation: Relation,
    history: &[Past<mattoni_practice::Event>],
) -> DossierEntry {
    let theirs = |by: &Actor| matches!(by, Actor::Citizen(who) if *who == person);
    let side = |by: &Actor| match by {
        Actor::Citizen(who) if *who == person => "lei",
        Actor::Citizen(_) => "altra persona sulla pratica",
        Actor::Operator(_) => "ufficio",
        _ => "sistema",
    };
    let answers = practice.answers().iter().filter(|(key, _)| match relation {
        Relation::Applicant | Relation::CoApplicant => true,
        Relation::Beneficiary => key.starts_with("child_") || key.starts_with("beneficiary_"),
        Relation::Delegate | Relation::Reader => false,
    });
    let messages = practice.messages().iter();
    let messages = messages.filter(|message| relation.owns() || theirs(&message.written.by));
    let history = history.iter().filter(|past| relation.owns() || theirs(&past.act.by));
    let outcomes = practice.outcomes().iter().filter(|_| relation.owns());
    DossierEntry {
        practice: practice.id(),
        number: practice.protocol_number().map(str::to_owned),
        service: format!("{}@{}", practice.service().code, practice.service().version),
        state: practice.state().italian(),
        relation,
        person: who(practice, person).cloned(),
        answers: answers.map(|(key, value)| (key.clone(), value.clone())).collect(),
        outcomes: outcomes
            .map(|outcome| {
                serde_json::json!({
                    "answer": outcome.answer, "motivation": outcome.decision.motivation,
                    "at": outcome.act.at,
                })
            })
            .collect(),
        messages: messages
            .map(|Message { text, written, .. }| Wrote {
                at: written.at,
                by: side(&written.by),
                text: text.clone(),
            })
            .collect(),
        history: history
            .map(|past| Happening {
                seq: past.seq,
                at: past.act.at,
                by: side(&past.act.by),
                event: past.event.name(),
            })
            .collect(),
        attachments: Vec::new(),
    }
}

fn who(practice: &Practice, person: Id<Person>) -> Option<&Person> {
    let delegate = match practice.filer() {
        Filer::Delegate { person, .. } => Some(person),
        _ => None,
    };
    [Some(practice.applicant()), practice.beneficiary(), delegate]
        .into_iter()
        .flatten()
        .chain(practice.parties().iter().map(|party| &party.person))
        .find(|who| who.id == person)
}

/// A name that any file system takes, and that leads nowhere else.
fn plain(name: &str) -> String {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let name: String = name.chars().map(|c| if fits(c) { c } else { '_' }).take(100).collect();
    name.trim_matches(['.', ' ']).to_owned()
}

fn json(value: &impl Serialize) -> Vec<u8> {
    // Text, numbers and dates: JSON always takes them.
    serde_json::to_vec_pretty(value).unwrap_or_default()
}
