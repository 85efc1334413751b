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
            let remind = due.checked_sub_days(Days::new(REMINDER_DAYS)).unwrap_or(due);
            if today > due {
                chores.push(Chore::TermPassed { due });
            } else if today >= remind {
                chores.push(Chore::RemindOffice { due });
            }
        }
        chores
    }
}
