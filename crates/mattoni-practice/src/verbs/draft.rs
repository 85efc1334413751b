//! Opening a draft and writing in it.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::calendar::rome_date;
use mattoni_core::record::Personal;
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Contacts, EnteId, Id, Person, Problem, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, all, problem};
use crate::room::{LARGEST_ACT, stored};
use crate::{Event, Filer, MandateBar, NoRoom, Practice, Procedure, ServiceRef, Verb};

/// What a draft is opened with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[non_exhaustive]
pub struct Opening {
    /// Id of the new practice.
    pub id: Id<Practice>,
    /// The ente it is for.
    pub ente: EnteId,
    /// The service, in its version of the day.
    pub service: ServiceRef,
    /// The rules it will stay under.
    pub procedure: Procedure,
    /// Whose practice it is.
    pub applicant: Person,
    /// Whom it benefits, when that is someone else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beneficiary: Option<Person>,
    /// Who fills it in.
    pub filer: Filer,
    /// The expired draft that it goes on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Id<Practice>>,
    /// How the applicant's side is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Contacts>,
}

impl Opening {
    /// A practice that the applicant fills in for themselves.
    #[must_use]
    pub fn new(
        id: Id<Practice>,
        ente: EnteId,
        service: ServiceRef,
        procedure: Procedure,
        applicant: Person,
    ) -> Self {
        let filer = Filer::Applicant;
        let (beneficiary, continues, contacts) = (None, None, None);
        Self { id, ente, service, procedure, applicant, beneficiary, filer, continues, contacts }
    }

    /// For the benefit of someone else: the child.
    #[must_use]
    pub fn for_beneficiary(mut self, person: Person) -> Self {
        self.beneficiary = Some(person);
        self
    }

    /// Filled in by someone else than the applicant.
    #[must_use]
    pub fn filed_by(mut self, filer: Filer) -> Self {
        self.filer = filer;
        self
    }

    /// Reached like this.
    #[must_use]
    pub fn reached_by(mut self, contacts: Contacts) -> Self {
        self.contacts = Some(contacts);
        self
    }
}

/// A draft was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Opened {
    /// When, and by whom.
    pub act: Act,
    /// With what.
    pub opening: Opening,
}

impl Opened {
    // A history has one first event; a second one changes nothing.
    pub(crate) fn apply_to(&self, _: &mut Practice) {}
}

/// Why a draft cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenRefusal {
    /// The rules of the procedure are not sound.
    #[error("the procedure is not sound")]
    Procedure(Problems),
    /// A delegate is someone else than the applicant.
    #[error("the applicant cannot be their own delegate")]
    OwnDelegate,
    /// The delegate's mandate does not hold today.
    #[error("{0}")]
    Mandate(MandateBar),
    /// A delegate shows the document that makes them one.
    #[error("a delegate must show the signed mandate")]
    NoPaper,
    /// How the applicant is reached is not sound.
    #[error("the contacts are not sound")]
    Contacts(Problems),
    /// A citizen opens a practice for themselves, or as the delegate who fills it in.
    #[error("a citizen opens practices as applicant or as delegate")]
    NotTheirs,
    /// People and contacts are longer than one act may be.
    #[error("people and contacts have {bytes} bytes, the limit is {limit}")]
    TooLong {
        /// What they have.
        bytes: usize,
        /// What is allowed.
        limit: usize,
    },
}

impl Refusal for OpenRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::Procedure(problems) | Self::Contacts(problems) => problems.clone(),
            Self::Mandate(_) => Problem::new(
                "practice.open.mandate",
                "filer",
                self.to_string(),
                "give a mandate that holds today",
            )
            .into(),
            Self::NoPaper => Problem::new(
                "practice.open.no-paper",
                "filer",
                self.to_string(),
                "store the signed mandate, and name its digest in the mandate",
            )
            .into(),
            Self::NotTheirs => Problem::new(
                "practice.open.not-theirs",
                "actor",
                self.to_string(),
                "sign in as who fills it in, or go to the counter",
            )
            .into(),
            Self::TooLong { .. } => {
                Problem::new("practice.open.too-long", "", self.to_string(), "shorten them").into()
            }
            Self::OwnDelegate => Problem::new(
                "practice.open.own-delegate",
                "filer",
                self.to_string(),
                "name the delegate, or nobody",
            )
            .into(),
        }
    }
}

/// Changes to the answers of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Saving {
    /// Answers to put in.
    pub set: BTreeMap<String, Value>,
    /// Keys to empty.
    pub clear: BTreeSet<String>,
}

impl Saving {
    /// These answers, already checked against the form.
    #[must_use]
    pub fn set(answers: BTreeMap<String, Value>) -> Self {
        Self { set: answers, clear: BTreeSet::new() }
    }

    /// Emptying these keys as well.
    #[must_use]
    pub fn clearing<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.clear.extend(keys.into_iter().map(Into::into));
        self
    }
}

/// Answers were put into the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Saved {
    /// When, and by whom.
    pub act: Act,
    /// Answers put in.
    #[personal(keys("child_" = "beneficiary", "beneficiary_" = "beneficiary"))]
    pub set: BTreeMap<String, Value>,
    /// Keys emptied.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[not_personal]
    pub clear: BTreeSet<String>,
}

impl Saved {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        for key in &self.clear {
            practice.answers.remove(key);
        }
        practice.answers.extend(self.set.clone());
        practice.touched_at = self.act.at;
        practice.warned_at = None;
        practice.sum_up();
    }
}

/// Why answers cannot be saved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SaveRefusal {
    /// It is no draft any more.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// There is no room for it on the practice.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// Keys the form doesn't have.
    #[error("the form does not have: {}", .0.join(", "))]
    UnknownKeys(Vec<String>),
}

impl Refusal for SaveRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NoRoom(no_room) => no_room.problems(),
            Self::NotTheirs(not_theirs) => not_theirs.problems(),
            Self::UnknownKeys(keys) => all(
                Verb::Save,
                keys.iter()
                    .map(|key| {
                        let remedy = "leave it out, or open the practice under a newer version";
                        problem(Verb::Save, "unknown-key", key, "is not in the form", remedy)
                    })
                    .collect(),
            ),
        }
    }
}

impl Practice {
    /// Opens a draft. Everything the citizen answers later is checked against the procedure it
    /// is opened with.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// // `opening` says for whom, for which service, under which rules.
    /// let event = Practice::open_draft(&citizen, opening)?;
    /// let practice = Practice::open(&event).expect("opened by its first event");
    /// assert_eq!(practice.state(), State::Draft);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`OpenRefusal`] when the procedure or the contacts are not sound, the delegate is the
    /// applicant or has no mandate that holds today, or a citizen acts who is neither.
    pub fn open_draft(act: &Act, opening: Opening) -> Result<Event, OpenRefusal> {
        opening.procedure.check().map_err(OpenRefusal::Procedure)?;
        if let Some(contacts) = &opening.contacts {
            contacts.check().map_err(OpenRefusal::Contacts)?;
        }
        let bytes =
            stored(&(&opening.applicant, &opening.beneficiary, &opening.filer, &opening.contacts));
        if bytes > LARGEST_ACT {
            return Err(OpenRefusal::TooLong { bytes, limit: LARGEST_ACT });
        }
        let fills_in = match &opening.filer {
            Filer::Delegate(mandate) if mandate.person.id == opening.applicant.id => {
                return Err(OpenRefusal::OwnDelegate);
            }
            Filer::Delegate(mandate) => {
                mandate.holds_on(Some(rome_date(act.at))).map_err(OpenRefusal::Mandate)?;
                if mandate.kind.needs_paper() && mandate.paper.is_none() {
                    return Err(OpenRefusal::NoPaper);
                }
                Some(mandate.person.id)
            }
            Filer::Applicant => Some(opening.applicant.id),
            Filer::Counter { .. } => None,
        };
        match act.by {
            Actor::Citizen(person) if fills_in != Some(person) => Err(OpenRefusal::NotTheirs),
            _ => Ok(Opened { act: act.clone(), opening }.into()),
        }
    }

    /// Puts answers into the draft. They may be as incomplete as they like.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = draft;
    /// let answers = BTreeMap::from([("isee".to_owned(), Value::Integer(9000))]);
    /// practice.apply(&practice.save(&citizen, Saving::set(answers))?);
    /// assert_eq!(practice.answers()["isee"], Value::Integer(9000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`SaveRefusal`] when it is no draft any more, or naming every key the form doesn't have.
    pub fn save(&self, act: &Act, saving: Saving) -> Result<Event, SaveRefusal> {
        self.ready(Verb::Save)?;
        self.theirs(Verb::Save, act)?;
        let keys = saving.set.keys().chain(&saving.clear);
        let unknown: Vec<_> = keys.filter(|key| !self.procedure.asks(key)).cloned().collect();
        if !unknown.is_empty() {
            return Err(SaveRefusal::UnknownKeys(unknown));
        }
        let saved = Saved { act: act.clone(), set: saving.set, clear: saving.clear };
        Ok(self.room_for(saved)?)
    }
}
