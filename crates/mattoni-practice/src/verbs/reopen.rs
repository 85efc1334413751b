//! Examining again, and taking an acceptance back.

use mattoni_core::calendar::{Due, LegalCalendar, Term, rome_date};
use mattoni_core::{Act, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{WrongState, problem};
use crate::{
    Answer, Assignee, Decision, Event, Outcome, Permission, Practice, RevocationGround, State, Verb,
};

/// The practice is examined again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopened {
    /// When, and by whom.
    pub act: Act,
    /// Why.
    pub reason: String,
    /// Who examines it.
    pub assignee: Assignee,
    /// A new term, from today.
    pub term: Term,
    /// The last day for the new answer.
    pub due: Due,
}

impl Reopened {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.assignee = Some(self.assignee.clone());
        practice.notice = None;
        practice.set_term(&self.term, &self.due);
        practice.move_to(State::TakenInCharge, &self.act);
    }
}

/// Why a practice cannot be re-opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReopenRefusal {
    /// It is not closed, or closed for good.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// The service does not allow it.
    #[error("the service does not allow re-opening")]
    NotAllowed,
    /// No reason is given.
    #[error("a reason must be given")]
    NoReason,
}

impl Refusal for ReopenRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotAllowed => ("not-allowed", "procedure", "open a new practice"),
            Self::NoReason => ("no-reason", "reason", "say why it is examined again"),
        };
        problem(Verb::Reopen, what, field, self.to_string(), remedy).into()
    }
}

/// The acceptance was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// When, and by whom.
    pub act: Act,
    /// On what ground.
    pub ground: RevocationGround,
    /// Why.
    pub decision: Decision,
}

impl Revoked {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.outcomes.push(Outcome {
            answer: Answer::Revoked { ground: self.ground },
            decision: self.decision.clone(),
            act: self.act.clone(),
        });
        practice.move_to(State::Revoked, &self.act);
    }
}

/// Why an acceptance cannot be taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevokeRefusal {
    /// It was not accepted.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Every act is motivated.
    #[error("the motivation is empty")]
    NoMotivation,
}

impl Refusal for RevokeRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NoMotivation => problem(
                Verb::Revoke,
                "no-motivation",
                "motivation",
                self.to_string(),
                "say why (L. 241/1990, art. 3)",
            )
            .into(),
        }
    }
}

impl Practice {
    /// Examines a closed practice again. The earlier answer stays on record and no longer
    /// counts; a whole new term runs from today.
    ///
    /// # Errors
    /// [`ReopenRefusal`].
    pub fn reopen(
        &self,
        act: &Act,
        reason: &str,
        assignee: Assignee,
        calendar: &LegalCalendar,
    ) -> Result<Event, ReopenRefusal> {
        self.ready(Verb::Reopen)?;
        if self.procedure.reopening == Permission::Denied {
            return Err(ReopenRefusal::NotAllowed);
        }
        if reason.trim().is_empty() {
            return Err(ReopenRefusal::NoReason);
        }
        let term = Term::new(rome_date(act.at), self.procedure.term_days);
        let due = term.due(calendar);
        let (act, reason) = (act.clone(), reason.to_owned());
        Ok(Reopened { act, reason, assignee, term, due }.into())
    }

    /// Takes an acceptance back.
    ///
    /// Whether the law still allows it (the time limit of art. 21-nonies, the indemnity of
    /// art. 21-quinquies) is for the official to say in the motivation.
    ///
    /// # Errors
    /// [`RevokeRefusal`] when it was not accepted, or without a motivation.
    pub fn revoke(
        &self,
        act: &Act,
        ground: RevocationGround,
        decision: Decision,
    ) -> Result<Event, RevokeRefusal> {
        self.ready(Verb::Revoke)?;
        if decision.motivation.trim().is_empty() {
            return Err(RevokeRefusal::NoMotivation);
        }
        Ok(Revoked { act: act.clone(), ground, decision }.into())
    }
}
