//! The patron saint's day (*santo patrono*): on a date, or moving from year to year.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::easter::easter;
use crate::{Problem, Problems};

/// A holiday of one place, once a year: the patron saint (*santo patrono*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct LocalHoliday {
    /// When in the year.
    pub on: PatronDay,
    /// Italian name, e.g. `Sant'Adriano`.
    pub name: String,
}

/// When in the year a patron saint is kept.
///
/// In a file, beside the name: `month = 11, day = 24`; `after_easter = 1` for Easter Monday;
/// `month = 5, weekday = "sunday", nth = 2` for the second Sunday of May, `nth = -1` for the last
/// one, `plus = 1` for the day after; `weekday = "sunday", from_month = 8, from_day = 16` for the
/// first Sunday from 16 August on.
///
/// ```
/// use mattoni_core::calendar::PatronDay;
///
/// // The Monday after the first Sunday of October.
/// let moving = PatronDay::NthWeekday { month: 10, weekday: chrono::Weekday::Sun, nth: 1, plus: 1 };
/// assert_eq!(moving.in_year(2027).unwrap().to_string(), "2027-10-04");
/// assert_eq!(moving.in_year(2028).unwrap().to_string(), "2028-10-02");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatronDay {
    /// On a weekday of a month: the second Sunday of May.
    NthWeekday {
        /// Month, 1 to 12.
        month: u32,
        /// The weekday.
        weekday: Weekday,
        /// Which one of the month, from 1 to 5, or from the end: -1 is the last one. A fifth that
        /// the month does not have is not kept that year.
        nth: i8,
        /// So many days later: 1 is the day after. 0 to 31.
        plus: u32,
    },
    /// On the first such weekday from a date on.
    WeekdayFrom {
        /// The weekday.
        weekday: Weekday,
        /// Month of the date, 1 to 12.
        from_month: u32,
        /// Day of the date.
        from_day: u32,
    },
    /// So many days after Easter Sunday, before it where negative: 1 is Easter Monday, 39 the
    /// Ascension, 51 the Tuesday after Pentecost. -100 to 250.
    AfterEaster {
        /// How many days.
        after_easter: i32,
    },
    /// On one date.
    Date {
        /// Month, 1 to 12.
        month: u32,
        /// Day of the month; 29 February is kept in leap years.
        day: u32,
    },
}

impl PatronDay {
    /// The day in a year, `None` in a year that has none.
    #[must_use]
    pub fn in_year(self, year: i32) -> Option<NaiveDate> {
        match self {
            Self::Date { month, day } => NaiveDate::from_ymd_opt(year, month, day),
            Self::AfterEaster { after_easter } => {
                let days = Days::new(after_easter.unsigned_abs().into());
                let easter = easter(year);
                if after_easter < 0 {
                    easter.checked_sub_days(days)
                } else {
                    easter.checked_add_days(days)
                }
            }
            Self::NthWeekday { month, weekday, nth, plus } => {
                let day = match u8::try_from(nth) {
                    Ok(nth) => NaiveDate::from_weekday_of_month_opt(year, month, weekday, nth)?,
                    Err(_) => {
                        let kept = (1..=5).rev().filter_map(|nth| {
                            NaiveDate::from_weekday_of_month_opt(year, month, weekday, nth)
                        });
                        kept.take(5).nth(usize::from(nth.unsigned_abs()) - 1)?
                    }
                };
                day.checked_add_days(Days::new(plus.into()))
            }
            Self::WeekdayFrom { weekday, from_month, from_day } => {
                let from = NaiveDate::from_ymd_opt(year, from_month, from_day)?;
                from.iter_days().take(7).find(|day| day.weekday() == weekday)
            }
        }
    }

    pub(super) fn is(self, date: NaiveDate) -> bool {
        self.in_year(date.year()) == Some(date)
    }
}

impl LocalHoliday {
    /// Checks that there is such a day.
    ///
    /// # Errors
    /// `core.calendar.patron-name` without a name; `core.calendar.patron-day` where no year has
    /// the day, or it is further from Easter or its weekday than it can be.
    pub fn check(&self) -> Result<(), Problems> {
        let mut found = Vec::new();
        if crate::text::is_blank(&self.name) {
            found.push(Problem::new(
                "core.calendar.patron-name",
                "patron.name",
                "must have a name",
                "write the saint's name as people read it",
            ));
        }
        let within = match self.on {
            PatronDay::NthWeekday { nth, plus, .. } => {
                (matches!(nth, 1..=5) || matches!(nth, -5..=-1)) && plus <= 31
            }
            PatronDay::AfterEaster { after_easter } => (-100..=250).contains(&after_easter),
            _ => true,
        };
        // A leap year with every fifth weekday somewhere; 28 years have every combination.
        let exists = (2000..2028).any(|year| self.on.in_year(year).is_some());
        if !within || !exists {
            found.push(Problem::new(
                "core.calendar.patron-day",
                "patron",
                "must be a day that comes",
                "write month and day, or after_easter, or month, weekday and nth",
            ));
        }
        Problems::check(found)
    }
}

/// A local holiday as it stands in a file.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    month: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after_easter: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weekday: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nth: Option<i8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plus: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from_month: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from_day: Option<u32>,
    name: String,
}

/// A weekday by its English name in small letters.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

const WEEKDAYS: [(Day, Weekday); 7] = [
    (Day::Monday, Weekday::Mon),
    (Day::Tuesday, Weekday::Tue),
    (Day::Wednesday, Weekday::Wed),
    (Day::Thursday, Weekday::Thu),
    (Day::Friday, Weekday::Fri),
    (Day::Saturday, Weekday::Sat),
    (Day::Sunday, Weekday::Sun),
];

impl From<LocalHoliday> for Written {
    fn from(LocalHoliday { on, name }: LocalHoliday) -> Self {
        let named =
            |weekday| WEEKDAYS.iter().find(|(_, other)| *other == weekday).map(|(named, _)| *named);
        let written = Self { name, ..Self::default() };
        match on {
            PatronDay::Date { month, day } => {
                Self { month: Some(month), day: Some(day), ..written }
            }
            PatronDay::AfterEaster { after_easter } => {
                Self { after_easter: Some(after_easter), ..written }
            }
            PatronDay::NthWeekday { month, weekday, nth, plus } => Self {
                month: Some(month),
                weekday: named(weekday),
                nth: Some(nth),
                plus: (plus > 0).then_some(plus),
                ..written
            },
            PatronDay::WeekdayFrom { weekday, from_month, from_day } => Self {
                weekday: named(weekday),
                from_month: Some(from_month),
                from_day: Some(from_day),
                ..written
            },
        }
    }
}

impl TryFrom<Written> for LocalHoliday {
    type Error = Problems;

    fn try_from(written: Written) -> Result<Self, Problems> {
        let chrono_day =
            |day| WEEKDAYS.iter().find(|(named, _)| *named == day).map(|(_, weekday)| *weekday);
        let weekday = written.weekday.and_then(chrono_day);
        let name = written.name;
        let on = match (
            (written.month, written.day, written.after_easter),
            (weekday, written.nth, written.plus),
            (written.from_month, written.from_day),
        ) {
            ((Some(month), Some(day), None), (None, None, None), (None, None)) => {
                PatronDay::Date { month, day }
            }
            ((None, None, Some(after_easter)), (None, None, None), (None, None)) => {
                PatronDay::AfterEaster { after_easter }
            }
            ((Some(month), None, None), (Some(weekday), Some(nth), plus), (None, None)) => {
                PatronDay::NthWeekday { month, weekday, nth, plus: plus.unwrap_or(0) }
            }
            (
                (None, None, None),
                (Some(weekday), None, None),
                (Some(from_month), Some(from_day)),
            ) => PatronDay::WeekdayFrom { weekday, from_month, from_day },
            _ => {
                return Err(Problem::new(
                    "core.calendar.patron-form",
                    "patron",
                    "must say in one way when it is",
                    "write month and day; or after_easter; or month, weekday and nth; or weekday, \
                     from_month and from_day",
                )
                .into());
            }
        };
        Ok(Self { on, name })
    }
}
