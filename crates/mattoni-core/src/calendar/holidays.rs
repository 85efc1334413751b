//! Public holidays (*giorni festivi*).

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::easter::easter;
use super::patron::{LocalHoliday, PatronDay};
use crate::text::is_blank;
use crate::{Problem, Problems};

/// A public holiday: what it is called, and the law that makes it one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// Italian name.
    pub name: String,
    /// Legal source.
    pub source: String,
}

/// The days on which terms cannot end, for one ente. Right for dates from 1 January 1986 on,
/// when the Epiphany became a holiday again.
///
/// ```
/// use chrono::NaiveDate;
/// use mattoni_core::calendar::LegalCalendar;
///
/// let rome = LegalCalendar::national().with_patron(6, 29, "Santi Pietro e Paolo");
/// let june_29 = NaiveDate::from_ymd_opt(2026, 6, 29).unwrap();
/// assert_eq!(rome.holiday(june_29).unwrap().name, "Santi Pietro e Paolo");
/// assert!(LegalCalendar::national().holiday(june_29).is_none());
/// ```
///
/// A patron saint's day may move from year to year ([`PatronDay`]). In an ente's file:
///
/// ```
/// use mattoni_core::calendar::LegalCalendar;
///
/// let written = r#"{ "patron": { "name": "Madonna dell'Arco", "after_easter": 1 } }"#;
/// let calendar: LegalCalendar = serde_json::from_str(written)?;
/// assert!(calendar.check().is_ok());
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// A day that a law makes a holiday once, as 17 March 2011 was made one three weeks before, is added
/// to the calendar of the ente ([`with_holiday`](Self::with_holiday)).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LegalCalendar {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    patron: Option<LocalHoliday>,
    #[serde(default)]
    province_of_bolzano: bool,
    /// In a file: `[[calendar.holidays]]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    holidays: Vec<OnceHoliday>,
}

/// A holiday of one day in one year, made by a law of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnceHoliday {
    /// The day.
    pub on: NaiveDate,
    /// Italian name.
    pub name: String,
    /// The law that makes it a holiday, as people should read it.
    pub source: String,
}

/// The most holidays that a calendar names by themselves.
pub const MOST_ONCE: usize = 100;

/// When in the year a holiday is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum When {
    /// On one date.
    On {
        /// Month, 1 to 12.
        month: u32,
        /// Day of the month.
        day: u32,
    },
    /// So many days after Easter Sunday.
    AfterEaster {
        /// How many.
        days: u64,
    },
    /// Every Sunday.
    Sundays,
}

/// A holiday as the law has it: when, since when, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HolidayRule {
    /// When in the year.
    pub when: When,
    /// The first year in which it holds without a break until `last_year`.
    pub first_year: i32,
    /// The last one; `None` while it holds.
    pub last_year: Option<i32>,
    /// Italian name.
    pub name: &'static str,
    /// Legal source.
    pub source: &'static str,
}

impl HolidayRule {
    fn holds_in(&self, year: i32) -> bool {
        year >= self.first_year && self.last_year.is_none_or(|last| year <= last)
    }
}

const L260: &str = "L. 27 maggio 1949, n. 260, art. 2";
const DPR792: &str = "D.P.R. 28 dicembre 1985, n. 792, art. 1";

const fn on(
    (day, month): (u32, u32),
    first_year: i32,
    name: &'static str,
    source: &'static str,
) -> HolidayRule {
    let when = When::On { month, day };
    HolidayRule { when, first_year, last_year: None, name, source }
}

const UNITY: HolidayRule = HolidayRule {
    last_year: Some(2011),
    ..on((17, 3), 2011, "150° dell'Unità d'Italia", "D.L. 22 febbraio 2011, n. 5, art. 1")
};

const EASTER_MONDAY: HolidayRule = HolidayRule {
    when: When::AfterEaster { days: 1 },
    first_year: 1949,
    last_year: None,
    name: "Lunedì dell'Angelo",
    source: L260,
};

/// Kept in Bolzano only.
const PENTECOST_MONDAY_DAYS: u64 = 50;

const PENTECOST_MONDAY: HolidayRule = HolidayRule {
    when: When::AfterEaster { days: PENTECOST_MONDAY_DAYS },
    first_year: 1993,
    last_year: None,
    name: "Lunedì di Pentecoste",
    source: "L.P. Bolzano 16 ottobre 1992, n. 36",
};

const SUNDAY: HolidayRule = HolidayRule {
    when: When::Sundays,
    first_year: 1949,
    last_year: None,
    name: "domenica",
    source: L260,
};

/// The patron saint's day is a holiday by use and by collective agreement; the one of Rome by
/// decree.
const PATRON: &str =
    "santo patrono: uso locale e contratti collettivi; a Roma D.P.R. 28 dicembre 1985, n. 792";

/// National holidays, and Pentecost Monday of the province of Bolzano.
pub const HOLIDAYS: [HolidayRule; 15] = [
    on((1, 1), 1949, "Capodanno", L260),
    on((6, 1), 1986, "Epifania", DPR792),
    UNITY,
    on((25, 4), 1949, "Liberazione", L260),
    on((1, 5), 1949, "Festa del lavoro", L260),
    on((2, 6), 2001, "Festa della Repubblica", "L. 20 novembre 2000, n. 336, art. 1"),
    on((15, 8), 1949, "Assunzione", L260),
    on((4, 10), 2026, "San Francesco d'Assisi", "L. 8 ottobre 2025, n. 151"),
    on((1, 11), 1949, "Ognissanti", L260),
    on((8, 12), 1949, "Immacolata Concezione", L260),
    on((25, 12), 1949, "Natale", L260),
    on((26, 12), 1949, "Santo Stefano", L260),
    EASTER_MONDAY,
    PENTECOST_MONDAY,
    SUNDAY,
];

impl LegalCalendar {
    /// National holidays only.
    #[must_use]
    pub fn national() -> Self {
        Self::default()
    }

    /// With the patron saint's day of the comune.
    #[must_use]
    pub fn with_patron(self, month: u32, day: u32, name: impl Into<String>) -> Self {
        self.with_patron_on(PatronDay::Date { month, day }, name)
    }

    /// With the patron saint's day of the comune, which may move from year to year.
    ///
    /// ```
    /// use mattoni_core::calendar::{LegalCalendar, PatronDay};
    ///
    /// let tuesday = PatronDay::AfterEaster { after_easter: 2 };
    /// let calendar = LegalCalendar::national().with_patron_on(tuesday, "Maria Santissima");
    /// assert!(calendar.is_holiday("2027-03-30".parse()?));
    /// assert!(calendar.is_holiday("2028-04-18".parse()?));
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub fn with_patron_on(mut self, on: PatronDay, name: impl Into<String>) -> Self {
        self.patron = Some(LocalHoliday { on, name: name.into() });
        self
    }

    /// The patron saint's day, where the ente keeps one.
    #[must_use]
    pub fn patron(&self) -> Option<&LocalHoliday> {
        self.patron.as_ref()
    }

    /// With a day that a law makes a holiday in that year alone.
    ///
    /// ```
    /// use mattoni_core::calendar::LegalCalendar;
    ///
    /// let (day, law) = ("2028-03-16".parse()?, "D.L. 22 febbraio 2028, n. 5");
    /// let calendar = LegalCalendar::national().with_holiday(day, "Centenario", law);
    /// assert!(calendar.is_holiday(day));
    /// assert!(!calendar.is_holiday("2029-03-16".parse()?));
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub fn with_holiday(
        mut self,
        on: NaiveDate,
        name: impl Into<String>,
        source: impl Into<String>,
    ) -> Self {
        self.holidays.push(OnceHoliday { on, name: name.into(), source: source.into() });
        self
    }

    /// Checks a calendar that was read from a file.
    ///
    /// # Errors
    /// As [`LocalHoliday::check`]; `core.calendar.holiday` for a holiday without a name or the law
    /// that makes it one, `core.calendar.holidays` for more than [`MOST_ONCE`].
    pub fn check(&self) -> Result<(), Problems> {
        let mut found: Vec<Problem> = Vec::new();
        found.extend(self.patron.iter().filter_map(|patron| patron.check().err()).flatten());
        if self.holidays.len() > MOST_ONCE {
            found.push(Problem::new(
                "core.calendar.holidays",
                "holidays",
                format!("must be at most {MOST_ONCE} days"),
                "leave out those that no running term can reach",
            ));
        }
        let unnamed = |day: &&OnceHoliday| is_blank(&day.name) || is_blank(&day.source);
        found.extend(self.holidays.iter().filter(unnamed).map(|day| {
            Problem::new(
                "core.calendar.holiday",
                format!("holidays.{}", day.on),
                "must have a name and the law that makes it a holiday",
                "write name and source",
            )
        }));
        Problems::check(found)
    }

    /// With Pentecost Monday, a holiday in the province of Bolzano since 1993 (L.P. 16 October
    /// 1992, n. 36).
    #[must_use]
    pub fn in_province_of_bolzano(mut self) -> Self {
        self.province_of_bolzano = true;
        self
    }

    /// The holiday on `date`, if it is one. Sundays are; Saturdays are working days for
    /// administrative terms.
    #[must_use]
    pub fn holiday(&self, date: NaiveDate) -> Option<Holiday> {
        let (name, source) = self.find(date)?;
        Some(Holiday { name: name.to_owned(), source: source.to_owned() })
    }

    /// Whether `date` is a holiday.
    #[must_use]
    pub fn is_holiday(&self, date: NaiveDate) -> bool {
        self.find(date).is_some()
    }

    /// The first day from `date` on that is no holiday.
    #[must_use]
    pub fn working_day_from(&self, date: NaiveDate) -> NaiveDate {
        let mut day = date;
        while self.is_holiday(day) {
            match day.succ_opt() {
                Some(next) => day = next,
                None => return day,
            }
        }
        day
    }

    /// Name and source. Named days come before the plain Sunday they may fall on.
    fn find(&self, date: NaiveDate) -> Option<(&str, &str)> {
        let (month, day, year) = (date.month(), date.day(), date.year());
        let named = HOLIDAYS.iter().find(|rule| match rule.when {
            When::On { month: m, day: d } => (m, d) == (month, day) && rule.holds_in(year),
            When::AfterEaster { days } => {
                // Easter is between 22 March and 25 April; the rest of the year need not ask.
                let near = date.weekday() == Weekday::Mon && (3..=6).contains(&month);
                near && (days != PENTECOST_MONDAY_DAYS || self.province_of_bolzano)
                    && rule.holds_in(year)
                    && easter(year).checked_add_days(Days::new(days)) == Some(date)
            }
            When::Sundays => false,
        });
        if let Some(rule) = named {
            return Some((rule.name, rule.source));
        }
        if let Some(once) = self.holidays.iter().find(|once| once.on == date) {
            return Some((&once.name, &once.source));
        }
        if let Some(patron) = &self.patron
            && patron.on.is(date)
        {
            return Some((&patron.name, PATRON));
        }
        (date.weekday() == Weekday::Sun).then_some((SUNDAY.name, SUNDAY.source))
    }
}
