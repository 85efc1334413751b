//! Taking in charge, and handing on.

use mattoni_core::record::Personal;
use mattoni_core::{Act, Problems, Refusal, RuleWorld};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, problem};
use crate::{Assignee, Event, Practice, Registering, RuleAnswer, State, Verb};

/// An office or a person took the practice, or it was handed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct TakenInCharge {
    /// When, and by whom.
    pub act: Act,
    /// Who examines it now.
    pub assignee: Assignee,
    /// Code of the reason that the routing rule gave, where it named the office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[not_personal]
    pub reason: Option<String>,
    /// Whether it was taken in charge for the first time.
    #[serde(default, skip_serializing_if = "Taking::is_first")]
    pub taking: Taking,
}

/// Whether a practice is taken in charge, or handed on within the ente. The start of the procedure
/// is communicated once (L. 241/1990, art. 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case")]
pub enum Taking {
    /// For the first time; also of events written before this was told apart.
    #[default]
    First,
    /// Somebody had it before.
    HandedOn,
}

impl Taking {
    fn is_first(&self) -> bool {
        *self == Self::First
    }
}

impl TakenInCharge {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.assignee = Some(self.assignee.clone());
        if matches!(
            practice.state,
            State::Submitted | State::Registered | State::IntegrationAnswered
        ) {
            practice.move_to(State::TakenInCharge, &self.act);
        }
    }
}

/// Why a practice cannot be taken in charge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TakeInChargeRefusal {
    /// Not in this state; an answered practice has to be [re-opened](Practice::reopen) first.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// The number of the register comes first.
    #[error("the practice has no number in the register yet")]
    NotRegistered,
    /// They have it already.
    #[error("they have it in charge already")]
    Already,
    /// The office or the account is empty.
    #[error("nobody is named")]
    Nobody,
    /// No rule has named an office.
    #[error("no routing rule has named an office")]
    NoRoute,
    /// The official has an interest in the practice, or abstained (L. 241/1990, art. 6-bis).
    #[error("the official must have no interest in the practice (L. 241/1990, art. 6-bis)")]
    Conflict,
}

impl Refusal for TakeInChargeRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::NotRegistered => ("not-registered", "state", "wait for the register's number"),
            Self::Already => ("already", "assignee", "nothing: it stays as it is"),
            Self::NoRoute => ("no-route", "assessment", "ask the rule first, or name an office"),
            Self::Nobody => ("nobody", "assignee", "name an office, or a person of it"),
            Self::Conflict => {
                ("conflict-of-interest", "assignee", "name a colleague, or the head of the office")
            }
        };
        problem(Verb::TakeInCharge, what, field, self.to_string(), remedy).into()
    }
}

impl Practice {
    /// Takes the practice in charge, for a person or an office as a whole, or hands it on to
    /// someone else. What is on hold stays on hold; an answered integration is taken up again.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = registered;
    /// practice.apply(&practice.take_in_charge(&office, Assignee::office("scuola"))?);
    /// assert_eq!(practice.state(), State::TakenInCharge);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`TakeInChargeRefusal`].
    pub fn take_in_charge(
        &self,
        act: &Act,
        assignee: Assignee,
    ) -> Result<Event, TakeInChargeRefusal> {
        self.taken_in_charge(act, assignee, None)
    }

    /// Takes the practice in charge for the office that its routing rule named, and says why this
    /// one.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = registered;
    /// assert!(practice.take_in_charge_by_route(&system).is_err());
    /// let answer = RuleAnswer::Routing {
    ///     office: "strade".into(),
    ///     reason: Some("competence".into()),
    ///     priority: "danger".into(),
    ///     days: 1,
    /// };
    /// practice.apply(&practice.assess(&system, by_rule(answer))?);
    /// practice.apply(&practice.take_in_charge_by_route(&system)?);
    /// assert_eq!(practice.assignee(), Some(&Assignee::office("strade")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NoRoute`](TakeInChargeRefusal::NoRoute) while no routing rule has answered; otherwise as
    /// [`take_in_charge`](Self::take_in_charge).
    pub fn take_in_charge_by_route(&self, act: &Act) -> Result<Event, TakeInChargeRefusal> {
        let route = self.assessment_of(RuleWorld::Routing).and_then(|a| a.answer.as_ref());
        let Some(RuleAnswer::Routing { office, reason, .. }) = route else {
            return Err(TakeInChargeRefusal::NoRoute);
        };
        self.taken_in_charge(act, Assignee::office(office.clone()), reason.clone())
    }

    fn taken_in_charge(
        &self,
        act: &Act,
        assignee: Assignee,
        reason: Option<String>,
    ) -> Result<Event, TakeInChargeRefusal> {
        self.ready(Verb::TakeInCharge)?;
        self.theirs(Verb::TakeInCharge, act)?;
        let needed = self.procedure.registering == Registering::Needed;
        if self.state == State::Submitted && needed {
            return Err(TakeInChargeRefusal::NotRegistered);
        }
        let named = match &assignee {
            Assignee::Office { office } => !office.is_empty(),
            Assignee::Official { office, account, .. } => !office.is_empty() && !account.is_empty(),
        };
        if !named {
            return Err(TakeInChargeRefusal::Nobody);
        }
        if let Assignee::Official { account, person, .. } = &assignee
            && (self.abstained.contains(account)
                || person.is_some_and(|person| self.interested().contains(&person)))
        {
            return Err(TakeInChargeRefusal::Conflict);
        }
        if self.assignee.as_ref() == Some(&assignee) && self.state != State::IntegrationAnswered {
            return Err(TakeInChargeRefusal::Already);
        }
        let had = self.changes.iter().any(|change| change.to == State::TakenInCharge);
        let taking = if had { Taking::HandedOn } else { Taking::First };
        Ok(TakenInCharge { act: act.clone(), assignee, taking, reason }.into())
    }
}
