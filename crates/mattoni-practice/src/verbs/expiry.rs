//! Drafts nobody came back to: a warning, then the end.

use chrono::{Days, NaiveDate};
use mattoni_core::calendar::rome_date;
use mattoni_core::record::Personal;
use mattoni_core::{Act, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::procedure::EXPIRY_NOTICE_DAYS;
use crate::refusal::{NotTheirs, WrongState, problem};
use crate::{Event, Practice, State, Verb};

/// The owner of the draft was warned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct ExpiryWarned {
    /// When, and by whom.
    pub act: Act,
    /// The day from which the draft may expire.
    pub expires_on: NaiveDate,
}

impl ExpiryWarned {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.warned_at = Some(self.act.at);
    }
}

/// The draft expired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Expired {
    /// When, and by whom.
    pub act: Act,
}

impl Expired {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.move_to(State::Expired, &self.act);
    }
}

/// Why no warning is given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WarnOfExpiryRefusal {
    /// It is no draft any more.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// It is too early for one.
    #[error("a warning is due on {on}")]
    TooEarly {
        /// The day of the warning.
        on: NaiveDate,
    },
    /// It was given already, and nobody has touched the draft since.
    #[error("the warning was given already")]
    Already,
}

impl Refusal for WarnOfExpiryRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::TooEarly { .. } => ("too-early", "touched_at", "wait for that day"),
            Self::Already => ("already", "warned_at", "nothing: it stays as it is"),
        };
        problem(Verb::WarnOfExpiry, what, field, self.to_string(), remedy).into()
    }
}

/// Why a draft does not expire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExpireRefusal {
    /// It is no draft any more.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// Its owner has not been warned.
    #[error("the owner has not been warned")]
    NotWarned,
    /// It is too early.
    #[error("the draft is kept until {on}")]
    TooEarly {
        /// The day from which it may expire.
        on: NaiveDate,
    },
}

impl Refusal for ExpireRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::NotWarned => ("not-warned", "warned_at", "warn them first"),
            Self::TooEarly { .. } => ("too-early", "touched_at", "wait for that day"),
        };
        problem(Verb::Expire, what, field, self.to_string(), remedy).into()
    }
}

impl Practice {
    /// The day from which the draft may expire: its year (or longer) after it was last touched, by
    /// the calendar, and never less than the time of notice after the warning. A draft touched on 5
    /// March 2027 is kept until 5 March 2028, one touched on 29 February 2028 until 28 February
    /// 2029 (c.c. art. 2963; c.p.c. art. 155).
    #[must_use]
    pub fn expires_on(&self) -> Option<NaiveDate> {
        let kept = self.kept_until();
        let noticed = self.warned_at.map(|at| plus(rome_date(at), EXPIRY_NOTICE_DAYS));
        (self.state == State::Draft).then(|| noticed.map_or(kept, |noticed| noticed.max(kept)))
    }

    /// The day on which the owner of the draft is to be warned; `None` once they are.
    #[must_use]
    pub fn warn_on(&self) -> Option<NaiveDate> {
        let notice = Days::new(EXPIRY_NOTICE_DAYS.into());
        let waiting = self.state == State::Draft && self.warned_at.is_none();
        waiting.then(|| self.kept_until().checked_sub_days(notice).unwrap_or(NaiveDate::MIN))
    }

    fn kept_until(&self) -> NaiveDate {
        self.procedure.draft_period.after(rome_date(self.touched_at))
    }

    /// Warns the owner that the draft will expire.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = draft;
    /// let day = practice.warn_on().unwrap().to_string();
    /// practice.apply(&practice.warn_of_expiry(&on(&day, &system))?);
    /// assert_eq!(practice.warn_on(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`WarnOfExpiryRefusal`] when it is too early or was done already.
    pub fn warn_of_expiry(&self, act: &Act) -> Result<Event, WarnOfExpiryRefusal> {
        self.ready(Verb::WarnOfExpiry)?;
        self.theirs(Verb::WarnOfExpiry, act)?;
        let today = rome_date(act.at);
        let Some(on) = self.warn_on() else {
            return Err(WarnOfExpiryRefusal::Already);
        };
        if today < on {
            return Err(WarnOfExpiryRefusal::TooEarly { on });
        }
        let expires_on = self.kept_until().max(plus(today, EXPIRY_NOTICE_DAYS));
        Ok(ExpiryWarned { act: act.clone(), expires_on }.into())
    }

    /// Lets the draft expire, after the warning and its time.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = draft;
    /// let warned = practice.warn_on().unwrap().to_string();
    /// practice.apply(&practice.warn_of_expiry(&on(&warned, &system))?);
    /// let last = practice.expires_on().unwrap().to_string();
    /// practice.apply(&practice.expire(&on(&last, &system))?);
    /// assert_eq!(practice.state(), State::Expired);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ExpireRefusal`] when the owner was not warned or it is too early.
    pub fn expire(&self, act: &Act) -> Result<Event, ExpireRefusal> {
        self.ready(Verb::Expire)?;
        self.theirs(Verb::Expire, act)?;
        if self.warned_at.is_none() {
            return Err(ExpireRefusal::NotWarned);
        }
        if let Some(on) = self.expires_on()
            && rome_date(act.at) < on
        {
            return Err(ExpireRefusal::TooEarly { on });
        }
        Ok(Expired { act: act.clone() }.into())
    }
}

fn plus(date: NaiveDate, days: u32) -> NaiveDate {
    date.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX)
}
