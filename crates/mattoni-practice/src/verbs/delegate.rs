//! Giving a mandate (*delega*), and revoking it.

use mattoni_core::calendar::rome_date;
use mattoni_core::record::Personal;
use mattoni_core::{Act, Actor, Id, Person, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, all, problem};
use crate::{Event, Filer, Mandate, NoRoom, Practice, Verb};

/// Somebody was given a mandate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Delegated {
    /// When, and by whom.
    pub act: Act,
    /// The mandate.
    pub mandate: Mandate,
}

impl Delegated {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.mandates.push(self.mandate.clone());
    }
}

/// Why a mandate is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DelegateRefusal {
    /// The draft expired.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for them to do: a delegate passes no mandate on, an official needs a signed request.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// There is no room for it on the practice.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// Everything that is wrong with the mandate.
    #[error("the mandate is not taken")]
    Barred(Vec<DelegationBar>),
}

/// One thing that is wrong with a mandate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DelegationBar {
    /// The applicant, and who applies with them, need none.
    #[error("must be given to somebody who does not apply themselves")]
    Applies,
    /// They have one that is not over.
    #[error("must be the only one that the person has at a time")]
    Twice,
    /// The last day comes before the first.
    #[error("the last day must not come before the first")]
    Backwards,
    /// The last day has passed already.
    #[error("the last day must not have passed")]
    Over,
}

impl Refusal for DelegateRefusal {
    fn problems(&self) -> Problems {
        let bars = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NoRoom(no_room) => return no_room.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::Barred(bars) => bars,
        };
        let found = bars.iter().map(|bar| {
            let (what, field, remedy) = match bar {
                DelegationBar::Applies => ("applies", "person", "name somebody else"),
                DelegationBar::Twice => ("twice", "person", "revoke the other one first"),
                DelegationBar::Backwards => ("backwards", "until", "choose a later day"),
                DelegationBar::Over => ("over", "until", "choose a later day, or none"),
            };
            problem(Verb::Delegate, what, field, bar.to_string(), remedy)
        });
        all(Verb::Delegate, found.collect())
    }
}

/// Somebody's mandate was revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct DelegationRevoked {
    /// When, and by whom.
    pub act: Act,
    /// Whose.
    pub person: Id<Person>,
}

impl DelegationRevoked {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        let first = match &mut practice.filer {
            Filer::Delegate(mandate) => Some(mandate),
            Filer::Applicant | Filer::Counter { .. } => None,
        };
        let theirs = first.into_iter().chain(&mut practice.mandates);
        for mandate in theirs.filter(|mandate| mandate.person.id == self.person) {
            mandate.revoked.get_or_insert_with(|| self.act.clone());
        }
    }
}

/// Why a mandate cannot be revoked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevokeDelegationRefusal {
    /// The draft expired.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for them to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// The person has none, or it is over.
    #[error("the person has no mandate that could be revoked")]
    Unknown,
}

impl Refusal for RevokeDelegationRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NotTheirs(not_theirs) => not_theirs.problems(),
            Self::Unknown => problem(
                Verb::RevokeDelegation,
                "unknown",
                "person",
                self.to_string(),
                "choose a delegate whose mandate is not over",
            )
            .into(),
        }
    }
}

impl Practice {
    /// Gives somebody a mandate. From its first to its last day they do all that the applicant
    /// could, but for giving and revoking mandates, and for withdrawing unless it says so.
    ///
    /// The applicant gives it by their own act. At the counter the signed mandate is the paper of
    /// the act; a mandate that names no document of its own is then proved by it.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// let mandate = Mandate::new(mario, MandateKind::Delegated).until("2026-12-31".parse()?);
    /// practice.apply(&practice.delegate(&citizen, mandate)?);
    /// assert!(practice.speaks_for_applicant(Id::from_u128(2), "2026-12-31".parse()?));
    /// assert!(!practice.speaks_for_applicant(Id::from_u128(2), "2027-01-01".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`DelegateRefusal`] with everything that is wrong with the mandate.
    pub fn delegate(&self, act: &Act, mandate: Mandate) -> Result<Event, DelegateRefusal> {
        self.ready(Verb::Delegate)?;
        self.theirs(Verb::Delegate, act)?;
        let (today, person) = (rome_date(act.at), mandate.person.id);
        let mut bars = Vec::new();
        if self.applies(person) {
            bars.push(DelegationBar::Applies);
        }
        if self.mandates().any(|held| held.person.id == person && !held.is_over(today)) {
            bars.push(DelegationBar::Twice);
        }
        if let Some(until) = mandate.until {
            if mandate.from.is_some_and(|from| until < from) {
                bars.push(DelegationBar::Backwards);
            }
            if until < today {
                bars.push(DelegationBar::Over);
            }
        }
        if !bars.is_empty() {
            return Err(DelegateRefusal::Barred(bars));
        }
        let shown = if matches!(act.by, Actor::Operator(_)) { act.paper() } else { None };
        let mandate = Mandate { paper: mandate.paper.or(shown), revoked: None, ..mandate };
        Ok(self.room_for(Delegated { act: act.clone(), mandate })?)
    }

    /// Revokes the mandate of a person, from now on (Civil Code, art. 1723). They do not see the
    /// practice any more.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// let mandate = Mandate::new(mario.clone(), MandateKind::Delegated);
    /// practice.apply(&practice.delegate(&citizen, mandate)?);
    /// practice.apply(&practice.revoke_delegation(&citizen, mario.id)?);
    /// assert!(!practice.speaks_for_applicant(mario.id, "2026-09-04".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RevokeDelegationRefusal`] when they have no mandate, or whoever acts did not give it.
    pub fn revoke_delegation(
        &self,
        act: &Act,
        person: Id<Person>,
    ) -> Result<Event, RevokeDelegationRefusal> {
        self.ready(Verb::RevokeDelegation)?;
        self.theirs(Verb::RevokeDelegation, act)?;
        let today = rome_date(act.at);
        if !self.mandates().any(|held| held.person.id == person && !held.is_over(today)) {
            return Err(RevokeDelegationRefusal::Unknown);
        }
        Ok(DelegationRevoked { act: act.clone(), person }.into())
    }
}
