//! The legal calendar: which days are holidays, and when a term (*termine*) runs out.
//!
//! Dates of law are civil dates in Europe/Rome; instants are UTC and become dates with
//! [`rome_date`].
//!
//! ```
//! use chrono::NaiveDate;
//! use mattoni_core::calendar::{LegalCalendar, Term};
//!
//! let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
//! let calendar = LegalCalendar::national();
//!
//! // Received on 4 September 2026, thirty days: the last one is a Sunday and the holiday of
//! // Saint Francis as well, so the ente has until Monday.
//! let due = Term::new(day(2026, 9, 4), 30).due(&calendar);
//! assert_eq!(due.on, day(2026, 10, 5));
//! assert_eq!(due.steps.len(), 2);
//! ```
//!
//! `docs/terms.md` explains all of it to officials, with examples.
//!
//! # What this module does not do
//! Count terms under rules that no longer hold (a notice before rejection *interrupted* the term
//! until July 2020), or know the terms of the courts. The emergency of 2020, which stopped every
//! term from 23 February to 15 May, is counted: [`law::STANDSTILL_OF_2020`].

mod check;
mod easter;
mod holidays;
pub mod law;
mod patron;
mod period;
mod step;
mod term;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Europe::Rome;

pub use check::{ProcedureKind, TermRules};
pub use holidays::{HOLIDAYS, Holiday, HolidayRule, LegalCalendar, MOST_ONCE, OnceHoliday, When};
pub use patron::{LocalHoliday, PatronDay};
pub use period::Period;
pub use step::Step;
pub use term::{Due, Extension, Suspension, SuspensionKind, Term, observations_by};

/// The civil date in Italy at an instant.
#[must_use]
pub fn rome_date(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Rome).date_naive()
}

/// The instant at which clocks in Italy first show `local`; in the hour that doesn't exist in
/// spring, the instant the clocks jump.
///
/// First, so that nothing opens later than was announced on the night an hour comes twice.
#[must_use]
pub fn rome_instant(local: NaiveDateTime) -> DateTime<Utc> {
    let mut shown = local;
    loop {
        if let Some(at) = shown.and_local_timezone(Rome).earliest() {
            return at.with_timezone(&Utc);
        }
        // Inside the gap: the first minute that exists is the jump.
        match shown.checked_add_signed(chrono::TimeDelta::minutes(1)) {
            Some(next) => shown = chrono::Timelike::with_second(&next, 0).unwrap_or(next),
            None => return local.and_utc(),
        }
    }
}
