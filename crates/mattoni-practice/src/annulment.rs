//! How long an unlawful act can be annulled (*annullamento d'ufficio*, L. 241/1990, art. 21-nonies).

use chrono::{Months, NaiveDate};
use mattoni_core::calendar::LegalCalendar;

/// How long an authorisation or an economic advantage can be annulled after it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnnulmentLimit {
    /// How many months.
    pub months: u32,
    /// Where it stands.
    pub source: &'static str,
    /// The first day it holds for: acts adopted from here on.
    pub from: NaiveDate,
    /// The last one; `None` while it holds.
    pub to: Option<NaiveDate>,
}

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        // Not met: the dates below exist.
        None => NaiveDate::MIN,
    }
}

/// Every limit there has been, the oldest first. Before, the law asked only for a reasonable time.
pub const ANNULMENT_LIMITS: [AnnulmentLimit; 3] = [
    AnnulmentLimit {
        months: 18,
        source: "L. 7 agosto 2015, n. 124, art. 6",
        from: day(2015, 8, 28),
        to: Some(day(2021, 5, 31)),
    },
    AnnulmentLimit {
        months: 12,
        source: "D.L. 31 maggio 2021, n. 77, art. 63",
        from: day(2021, 6, 1),
        to: Some(day(2025, 12, 17)),
    },
    AnnulmentLimit {
        months: 6,
        source: "L. 2 dicembre 2025, n. 182, art. 1",
        from: day(2025, 12, 18),
        to: None,
    },
];

/// The last day on which an authorisation or an economic advantage given on `adopted_on` can be
/// annulled; `None` before 28 August 2015, when no number of months was set.
///
/// Months are counted as civil law does (c.c. art. 2963): to the same day of the last month, or to
/// its last day; when that is a holiday, to the next working day.
///
/// None of the laws that made the time shorter says what holds for acts adopted before them. This
/// counts the time that held when the act was adopted, the longer one: what is refused here is too
/// late under either reading.
///
/// ```
/// use mattoni_core::calendar::LegalCalendar;
/// use mattoni_practice::annul_by;
///
/// let calendar = LegalCalendar::national();
/// let until = |adopted_on: &str| annul_by(adopted_on.parse().unwrap(), &calendar).unwrap();
/// assert_eq!(until("2025-12-17").to_string(), "2026-12-17");
/// assert_eq!(until("2025-12-18").to_string(), "2026-06-18");
/// // 28 February 2027 is a Sunday.
/// assert_eq!(until("2026-08-31").to_string(), "2027-03-01");
/// ```
#[must_use]
pub fn annul_by(adopted_on: NaiveDate, calendar: &LegalCalendar) -> Option<NaiveDate> {
    let limit = ANNULMENT_LIMITS.iter().rev().find(|limit| limit.from <= adopted_on)?;
    let last = adopted_on.checked_add_months(Months::new(limit.months))?;
    Some(calendar.working_day_from(last))
}
