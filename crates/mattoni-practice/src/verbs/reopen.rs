//! Examining again (*riesame*).

use mattoni_core::calendar::{Due, LegalCalendar, Term, rome_date};
use mattoni_core::record::Personal;
use mattoni_core::text::is_blank;
use mattoni_core::{Act, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, problem};
use crate::{Assignee, Event, Permission, Practice, State, SurplusEnd, Verb};

/// The practice is examined again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Reopened {
    /// When, and by whom.
    pub act: Act,
    /// Why.
    #[personal]
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
        // What was paid after the end counts for what is examined again.
        for surplus in &mut practice.surplus {
            if surplus.end == SurplusEnd::Open && surplus.state.is_final() {
                surplus.end = SurplusEnd::Reopened { act: self.act.clone() };
            }
        }
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
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
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
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::NotAllowed => ("not-allowed", "procedure", "open a new practice"),
            Self::NoReason => ("no-reason", "reason", "say why it is examined again"),
        };
        problem(Verb::Reopen, what, field, self.to_string(), remedy).into()
    }
}

impl Practice {
    /// Examines a closed practice again. The earlier answer stays on record and no longer
    /// counts; a whole new term runs from today.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = accepted;
    /// let school = Assignee::office("scuola");
    /// practice.apply(&practice.reopen(&office, "nuovi documenti", school, &calendar)?);
    /// assert_eq!(practice.state(), State::TakenInCharge);
    /// assert_eq!(practice.outcome(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
        self.theirs(Verb::Reopen, act)?;
        if self.procedure.reopening == Permission::Denied {
            return Err(ReopenRefusal::NotAllowed);
        }
        if is_blank(reason) {
            return Err(ReopenRefusal::NoReason);
        }
        let term = Term::new(rome_date(act.at), self.procedure.term_days);
        let due = term.due(calendar);
        let (act, reason) = (act.clone(), reason.to_owned());
        Ok(Reopened { act, reason, assignee, term, due }.into())
    }
}
