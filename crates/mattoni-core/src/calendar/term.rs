//! Terms of administrative procedure (L. 7 August 1990, n. 241).

use std::fmt;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::LegalCalendar;

/// Why a term stood still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SuspensionKind {
    /// The ente asked for something it does not hold: once, for at most 30 days (L. 241/1990,
    /// art. 2, c. 7). A second request is possible but stops nothing.
    Integration,
    /// Notice before rejection (*preavviso di rigetto*): since D.L. 76/2020 it suspends, and the
    /// term runs again ten days after the observations, or after the ten days to make them
    /// (L. 241/1990, art. 10-bis).
    RejectionNotice,
}

impl SuspensionKind {
    /// Longest time the term may stand still, in days.
    #[must_use]
    pub const fn max_days(self) -> u64 {
        match self {
            Self::Integration => 30,
            // Ten to make observations, ten more after they are filed.
            Self::RejectionNotice => 20,
        }
    }
}

/// A time during which the term stood still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Why.
    pub kind: SuspensionKind,
    /// The day the request or notice was made; the term stands still from the day after.
    pub from: NaiveDate,
    /// The day the answer arrived; `None` while it hasn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_on: Option<NaiveDate>,
}

impl Suspension {
    /// How many days the term stands still, the maximum while the answer is awaited.
    fn days(&self) -> u64 {
        let elapsed = self
            .answered_on
            .map(|day| u64::try_from(day.signed_duration_since(self.from).num_days()).unwrap_or(0));
        match (self.kind, elapsed) {
            (SuspensionKind::Integration, Some(days)) => days.min(self.kind.max_days()),
            (SuspensionKind::Integration, None) => self.kind.max_days(),
            (SuspensionKind::RejectionNotice, Some(days)) => days.min(10) + 10,
            (SuspensionKind::RejectionNotice, None) => 10,
        }
    }
}

/// A term: so many days from the day an application was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The day the application was received (L. 241/1990, art. 2, c. 6). It is not counted.
    pub received_on: NaiveDate,
    /// Length in days: 30 where nothing else is set, up to 90, up to 180 for complex cases
    /// (art. 2, c. 2–4).
    pub days: u32,
    /// In the order they happened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspensions: Vec<Suspension>,
}

/// The last day for an answer, and how it comes about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Last day for the answer, included.
    pub on: NaiveDate,
    /// The chain of reasons, in order; at least one.
    pub steps: Vec<Step>,
}

/// One link in the chain of reasons of a [`Due`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "step")]
#[non_exhaustive]
pub enum Step {
    /// The plain count, initial day excluded (c.c. art. 2963, c. 2).
    Counted {
        /// Day of receipt.
        received_on: NaiveDate,
        /// Length of the term.
        days: u32,
        /// Where the count ends.
        until: NaiveDate,
    },
    /// The term stood still.
    Suspended {
        /// Why.
        kind: SuspensionKind,
        /// From which day.
        from: NaiveDate,
        /// For how many days.
        days: u64,
        /// Where the count now ends.
        until: NaiveDate,
    },
    /// A second request for integration, which stops nothing.
    NotSuspendedAgain {
        /// The day it was made.
        from: NaiveDate,
    },
    /// The last day was a holiday and moves on (c.c. art. 2963, c. 3).
    MovedOn {
        /// The holiday it fell on.
        from: NaiveDate,
        /// What that day is called.
        holiday: String,
        /// The next working day.
        until: NaiveDate,
    },
}

impl fmt::Display for Step {
    /// The sentence a citizen reads, in Italian.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = |date: &NaiveDate| date.format("%d/%m/%Y").to_string();
        match self {
            Self::Counted { received_on, days, until } => write!(
                f,
                "{days} giorni dal ricevimento del {}, giorno iniziale escluso: {} (L. 241/1990, art. 2; c.c. art. 2963)",
                day(received_on),
                day(until)
            ),
            Self::Suspended { kind: SuspensionKind::Integration, from, days, until } => write!(
                f,
                "sospeso per integrazione dal {} per {days} giorni: {} (L. 241/1990, art. 2, c. 7)",
                day(from),
                day(until)
            ),
            Self::Suspended { kind: SuspensionKind::RejectionNotice, from, days, until } => write!(
                f,
                "sospeso per preavviso di rigetto dal {} per {days} giorni: {} (L. 241/1990, art. 10-bis)",
                day(from),
                day(until)
            ),
            Self::NotSuspendedAgain { from } => write!(
                f,
                "la richiesta di integrazione del {} non sospende di nuovo (L. 241/1990, art. 2, c. 7)",
                day(from)
            ),
            Self::MovedOn { from, holiday, until } => write!(
                f,
                "il {} è festivo ({holiday}): si passa al {} (c.c. art. 2963)",
                day(from),
                day(until)
            ),
        }
    }
}

impl Term {
    /// `days` days from `received_on`, nothing suspended.
    #[must_use]
    pub fn new(received_on: NaiveDate, days: u32) -> Self {
        Self { received_on, days, suspensions: Vec::new() }
    }

    /// The last day for the answer, with its reasons. While an answer from the citizen is
    /// awaited, the latest day it can come to.
    #[must_use]
    pub fn due(&self, calendar: &LegalCalendar) -> Due {
        let mut until = later(self.received_on, u64::from(self.days));
        let counted = Step::Counted { received_on: self.received_on, days: self.days, until };
        let mut steps = vec![counted];
        let mut integrated = false;
        for suspension in &self.suspensions {
            let from = suspension.from;
            if suspension.kind == SuspensionKind::Integration {
                if integrated {
                    steps.push(Step::NotSuspendedAgain { from });
                    continue;
                }
                integrated = true;
            }
            let days = suspension.days();
            until = later(until, days);
            steps.push(Step::Suspended { kind: suspension.kind, from, days, until });
        }
        while let Some(holiday) = calendar.holiday(until) {
            let next = later(until, 1);
            if next == until {
                break;
            }
            steps.push(Step::MovedOn { from: until, holiday: holiday.name, until: next });
            until = next;
        }
        Due { on: until, steps }
    }
}

/// Saturates at the end of chrono's calendar (the year 262142).
fn later(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}
