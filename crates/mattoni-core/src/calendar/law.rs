//! The numbers of L. 7 August 1990, n. 241, each with where it stands and since when.

use chrono::NaiveDate;

/// A number of days the law fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LegalDays {
    /// How many days.
    pub days: u32,
    /// What for, in Italian.
    pub meaning: &'static str,
    /// Where it stands.
    pub source: &'static str,
    /// The first day on which it holds as it is.
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

const fn days(
    days: u32,
    meaning: &'static str,
    source: &'static str,
    from: NaiveDate,
) -> LegalDays {
    LegalDays { days, meaning, source, from, to: None }
}

const L69: NaiveDate = day(2009, 7, 4);

/// Length of a term where nothing else is set.
pub const DEFAULT_TERM: LegalDays = days(
    30,
    "termine ordinario del procedimento",
    "L. 241/1990, art. 2, c. 2 (L. 18 giugno 2009, n. 69, art. 7)",
    L69,
);

/// Longest term an ente may set for itself.
pub const LONGEST_TERM: LegalDays = days(
    90,
    "termine massimo fissato con regolamento dell'ente",
    "L. 241/1990, art. 2, c. 3 (L. 18 giugno 2009, n. 69, art. 7)",
    L69,
);

/// Longest term for procedures of particular complexity.
pub const LONGEST_COMPLEX_TERM: LegalDays = days(
    180,
    "termine massimo per procedimenti particolarmente complessi",
    "L. 241/1990, art. 2, c. 4 (L. 18 giugno 2009, n. 69, art. 7)",
    L69,
);

/// Longest suspension for what the ente does not hold; once.
pub const INTEGRATION: LegalDays = days(
    30,
    "sospensione massima per integrazione, una sola volta",
    "L. 241/1990, art. 2, c. 7 (L. 18 giugno 2009, n. 69, art. 7)",
    L69,
);

/// Time to make observations on a notice before rejection.
pub const OBSERVATIONS: LegalDays = days(
    10,
    "termine per le osservazioni al preavviso di rigetto",
    "L. 241/1990, art. 10-bis (L. 11 febbraio 2005, n. 15, art. 6)",
    day(2005, 3, 8),
);

/// How long the term stands still after the observations. Before, the notice interrupted the
/// term instead of suspending it.
pub const AFTER_OBSERVATIONS: LegalDays = days(
    10,
    "ripresa del termine dopo la presentazione delle osservazioni",
    "L. 241/1990, art. 10-bis (D.L. 16 luglio 2020, n. 76, art. 12)",
    day(2020, 7, 17),
);

/// All of them.
pub const LEGAL_DAYS: [LegalDays; 6] = [
    DEFAULT_TERM,
    LONGEST_TERM,
    LONGEST_COMPLEX_TERM,
    INTEGRATION,
    OBSERVATIONS,
    AFTER_OBSERVATIONS,
];

/// A time that no term counts, because a law says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LegalStandstill {
    /// The first day that is not counted.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// What for, in Italian.
    pub meaning: &'static str,
    /// Where it stands.
    pub source: &'static str,
}

/// The days of the emergency of 2020: terms of procedures, of the ente and of the applicant, that
/// were pending on 23 February or began after it do not count them. The first end, 15 April, was
/// moved to 15 May.
pub const STANDSTILL_OF_2020: LegalStandstill = LegalStandstill {
    from: day(2020, 2, 23),
    to: day(2020, 5, 15),
    meaning: "emergenza del 2020: giorni che non si contano in nessun termine",
    source: "D.L. 17 marzo 2020, n. 18, art. 103, c. 1; D.L. 8 aprile 2020, n. 23, art. 37",
};

/// All of them.
pub const LEGAL_STANDSTILLS: [LegalStandstill; 1] = [STANDSTILL_OF_2020];

impl LegalStandstill {
    /// Whether the day is one of those that are not counted.
    #[must_use]
    pub fn holds_on(&self, date: NaiveDate) -> bool {
        (self.from..=self.to).contains(&date)
    }
}
