//! The reasons why a term ends when it ends.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::SuspensionKind;

/// One link in the chain of reasons of a [`Due`](super::Due).
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
    /// The ten days for observations end on a holiday, and last until the next working day.
    ObservationsMovedOn {
        /// Where the ten days end.
        from: NaiveDate,
        /// What that day is called.
        holiday: String,
        /// The last day for observations.
        until: NaiveDate,
    },
    /// A law says that these days are not counted in any term.
    NotCounted {
        /// The first of them within the term.
        from: NaiveDate,
        /// The last one.
        to: NaiveDate,
        /// Where it stands.
        source: String,
        /// Where the count now ends.
        until: NaiveDate,
    },
    /// The term stood still.
    Suspended {
        /// Why.
        kind: SuspensionKind,
        /// From which day.
        from: NaiveDate,
        /// For how many days; those in which the term stood still already don't count twice.
        days: u64,
        /// Where the count now ends.
        until: NaiveDate,
    },
    /// A second request for integration, which stops nothing.
    NotSuspendedAgain {
        /// The day it was made.
        from: NaiveDate,
    },
    /// The term was made longer (*proroga*).
    Extended {
        /// The day it was decided.
        decided_on: NaiveDate,
        /// By how many days.
        days: u32,
        /// The rule that allows it.
        source: String,
        /// Where the count now ends.
        until: NaiveDate,
    },
    /// A suspension or extension after the term had run out, which changes nothing.
    TooLate {
        /// The day it was made.
        from: NaiveDate,
        /// The last day of the term.
        expired_on: NaiveDate,
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
            Self::ObservationsMovedOn { from, holiday, until } => write!(
                f,
                "i dieci giorni per le osservazioni finiscono il {}, festivo ({holiday}): si passa al {} (c.c. art. 2963)",
                day(from),
                day(until)
            ),
            Self::NotCounted { from, to, source, until } => write!(
                f,
                "i giorni dal {} al {} non si contano: {} ({source})",
                day(from),
                day(to),
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
            Self::Extended { decided_on, days, source, until } => write!(
                f,
                "prorogato il {} di {days} giorni: {} ({source})",
                day(decided_on),
                day(until)
            ),
            Self::TooLate { from, expired_on } => write!(
                f,
                "l'atto del {} arriva a termine già scaduto il {}: non lo sposta",
                day(from),
                day(expired_on)
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
