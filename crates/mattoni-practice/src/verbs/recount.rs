//! Counting a running term again, when the ente's calendar has changed.

use std::fmt;

use chrono::NaiveDate;
use mattoni_core::calendar::{Due, LegalCalendar, observations_by, rome_date};
use mattoni_core::record::Personal;
use mattoni_core::{Act, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState};
use crate::{Event, Practice, State, Verb};

/// The term was counted by another calendar, and has another last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct TermRecounted {
    /// When, and by whom.
    pub act: Act,
    /// The calendar it is counted by now.
    #[not_personal]
    pub calendar: LegalCalendar,
    /// The act that set this calendar for the ente.
    pub set: Act,
    /// The last day for the answer.
    pub due: Due,
    /// The last day for observations on the notice, where that is another one, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observations_by: Option<NaiveDate>,
}

impl TermRecounted {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.due = Some(self.due.clone());
        if let (Some(notice), Some(by)) = (&mut practice.notice, self.observations_by) {
            notice.observations_by = by;
        }
    }
}

impl fmt::Display for TermRecounted {
    /// Why the day moved, in Italian.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = rome_date(self.set.at).format("%d/%m/%Y");
        write!(f, "il calendario dei giorni festivi dell'ente è cambiato il {set}")
    }
}

/// Why a term is not counted again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecountRefusal {
    /// No term runs in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
}

impl Refusal for RecountRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NotTheirs(not_theirs) => not_theirs.problems(),
        }
    }
}

impl Practice {
    /// Counts the running term by this calendar, which the act `set` made the ente's. `None` when
    /// no last day moves: there is nothing to do.
    ///
    /// The days for observations that were given to the applicant become more, never fewer.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// let due = practice.due().unwrap().on;
    /// let known_later = calendar.clone().with_holiday(due, "Centenario", "D.L. 5/2026");
    /// let event = practice.recount(&system, &known_later, &office)?.expect("the day moves");
    /// practice.apply(&event);
    /// assert_eq!(practice.due().unwrap().on, due.succ_opt().unwrap());
    /// assert_eq!(practice.recount(&system, &known_later, &office)?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RecountRefusal`].
    pub fn recount(
        &self,
        act: &Act,
        calendar: &LegalCalendar,
        set: &Act,
    ) -> Result<Option<Event>, RecountRefusal> {
        self.ready(Verb::Recount)?;
        self.theirs(Verb::Recount, act)?;
        let due = self.running_term(rome_date(act.at)).due(calendar);
        let observations = self.observations_moved(calendar);
        if observations.is_none() && self.due.as_ref().is_some_and(|before| before.on == due.on) {
            return Ok(None);
        }
        let (act, calendar, set) = (act.clone(), calendar.clone(), set.clone());
        Ok(Some(TermRecounted { act, calendar, set, due, observations_by: observations }.into()))
    }

    /// The later day until which observations on the open notice can be made by this calendar.
    fn observations_moved(&self, calendar: &LegalCalendar) -> Option<NaiveDate> {
        let open = self.notice.as_ref().filter(|_| self.state == State::NoticeGiven);
        let open = open.filter(|notice| notice.observations.is_none())?;
        let by = observations_by(rome_date(open.given.at), calendar);
        (by > open.observations_by).then_some(by)
    }
}
