//! The clock's own work: what falls due on a practice by the mere passing of days.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{Practice, State};

/// How many days before the last day the office is reminded.
pub const REMINDER_DAYS: u64 = 5;

/// Something the clock asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "chore")]
#[non_exhaustive]
pub enum Chore {
    /// [`Practice::warn_of_expiry`] is due.
    WarnOfExpiry,
    /// [`Practice::expire`] is due.
    Expire,
    /// [`Practice::lapse_integration`] is due.
    LapseIntegration,
    /// The office is to be reminded of the last day for its answer.
    RemindOffice {
        /// The last day.
        due: NaiveDate,
    },
    /// The last day has passed without an answer (L. 241/1990, art. 2, c. 9-bis: someone else
    /// can be asked to answer).
    TermPassed {
        /// The last day.
        due: NaiveDate,
    },
}

impl Practice {
    /// The first day on which [`chores`](Self::chores) has something; from then on it has, until
    /// somebody does something. `None` when the mere passing of days asks for nothing.
    #[must_use]
    pub fn next_chore_on(&self) -> Option<NaiveDate> {
        let draft = match (self.state(), self.warned_at) {
            (State::Draft, None) => self.warn_on(),
            (State::Draft, Some(_)) => self.expires_on(),
            _ => None,
        };
        let integration = match self.state() {
            State::AwaitingIntegration => {
                self.open_integration().and_then(|open| open.answer_by.succ_opt())
            }
            _ => None,
        };
        let term = self.due().filter(|_| !self.state().is_final()).map(|due| remind_on(due.on));
        [draft, integration, term].into_iter().flatten().min()
    }

    /// What falls due on `today`. Asking twice changes nothing: the verbs refuse what is done,
    /// and reminders carry the day they are about.
    #[must_use]
    pub fn chores(&self, today: NaiveDate) -> Vec<Chore> {
        let mut chores = Vec::new();
        match self.state() {
            State::Draft => {
                if self.warn_on().is_some_and(|on| today >= on) {
                    chores.push(Chore::WarnOfExpiry);
                }
                if self.warned_at.is_some() && self.expires_on().is_some_and(|on| today >= on) {
                    chores.push(Chore::Expire);
                }
            }
            State::AwaitingIntegration
                if self.open_integration().is_some_and(|open| today > open.answer_by) =>
            {
                chores.push(Chore::LapseIntegration);
            }
            _ => {}
        }
        if !self.state().is_final()
            && let Some(due) = self.due().map(|due| due.on)
        {
            if today > due {
                chores.push(Chore::TermPassed { due });
            } else if today >= remind_on(due) {
                chores.push(Chore::RemindOffice { due });
            }
        }
        chores
    }
}

fn remind_on(due: NaiveDate) -> NaiveDate {
    due.checked_sub_days(Days::new(REMINDER_DAYS)).unwrap_or(due)
}
