//! Other people on the practice.

use mattoni_core::calendar::rome_date;
use mattoni_core::record::Personal;
use mattoni_core::{Act, Id, Person, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, problem};
use crate::{Event, NoRoom, Party, Practice, Verb};

/// Another person was named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct PartyAdded {
    /// When, and by whom.
    pub act: Act,
    /// Who, and as what.
    pub party: Party,
}

impl PartyAdded {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.parties.push(self.party.clone());
    }
}

/// Why a person cannot be named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddPartyRefusal {
    /// The practice is closed.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// There is no room for it on the practice.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// They are on it already.
    #[error("the person is on the practice already")]
    Twice,
}

impl Refusal for AddPartyRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NoRoom(no_room) => no_room.problems(),
            Self::NotTheirs(not_theirs) => not_theirs.problems(),
            Self::Twice => problem(
                Verb::AddParty,
                "twice",
                "party",
                self.to_string(),
                "remove them first to give them another role",
            )
            .into(),
        }
    }
}

/// A person was taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct PartyRemoved {
    /// When, and by whom.
    pub act: Act,
    /// Who.
    pub person: Id<Person>,
}

impl PartyRemoved {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.parties.retain(|party| party.person.id != self.person);
    }
}

/// Why a person cannot be taken off.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RemovePartyRefusal {
    /// The practice is closed.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// They are not among the other people on it.
    #[error("the person is not on the practice")]
    Unknown,
}

impl Refusal for RemovePartyRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NotTheirs(not_theirs) => not_theirs.problems(),
            Self::Unknown => problem(
                Verb::RemoveParty,
                "unknown",
                "party",
                self.to_string(),
                "applicant and delegate stay; choose someone who was added",
            )
            .into(),
        }
    }
}

impl Practice {
    /// Names another person: the other parent, someone who may look.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = draft;
    /// let other_parent = Party { person: mario, role: PartyRole::CoApplicant };
    /// practice.apply(&practice.add_party(&citizen, other_parent)?);
    /// assert!(practice.speaks_for_applicant(Id::from_u128(2), "2026-09-04".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AddPartyRefusal`] on a closed practice, or when they are on it already.
    pub fn add_party(&self, act: &Act, party: Party) -> Result<Event, AddPartyRefusal> {
        self.ready(Verb::AddParty)?;
        self.theirs(Verb::AddParty, act)?;
        let id = party.person.id;
        let today = rome_date(act.at);
        if self.speaks_for_applicant(id, today) || self.parties.iter().any(|p| p.person.id == id) {
            return Err(AddPartyRefusal::Twice);
        }
        Ok(self.room_for(PartyAdded { act: act.clone(), party })?)
    }

    /// Takes a person off who was added.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = draft;
    /// let reader = Party { person: mario.clone(), role: PartyRole::Reader };
    /// practice.apply(&practice.add_party(&citizen, reader)?);
    /// practice.apply(&practice.remove_party(&citizen, mario.id)?);
    /// assert!(practice.parties().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RemovePartyRefusal`] on a closed practice, or when they were never added.
    pub fn remove_party(&self, act: &Act, person: Id<Person>) -> Result<Event, RemovePartyRefusal> {
        self.ready(Verb::RemoveParty)?;
        self.theirs(Verb::RemoveParty, act)?;
        if !self.parties.iter().any(|party| party.person.id == person) {
            return Err(RemovePartyRefusal::Unknown);
        }
        Ok(PartyRemoved { act: act.clone(), person }.into())
    }
}
