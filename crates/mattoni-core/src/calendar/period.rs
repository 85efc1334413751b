//! Lengths of time as law counts them: a year is a year, not 365 days.

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{Problem, Problems};

/// A length of time in days, months or years.
///
/// Months and years are counted by the common calendar (c.p.c. art. 155, c. 2): to the day with the
/// same number in the last month or, where that month has no such day, to its last one (c.c. art.
/// 2963, c. 4 and 5).
///
/// Written as ISO 8601 has it: `P1Y`, `P6M`, `P400D`. A plain number is a number of days, and days
/// are stored as one.
///
/// ```
/// use mattoni_core::calendar::Period;
///
/// let after = |day: &str, period: Period| period.after(day.parse().unwrap()).to_string();
/// assert_eq!(after("2027-03-05", Period::Years(1)), "2028-03-05");
/// assert_eq!(after("2027-03-05", Period::Days(365)), "2028-03-04");
/// assert_eq!(after("2028-02-29", Period::Years(1)), "2029-02-28");
/// assert_eq!(after("2026-08-31", Period::Months(6)), "2027-02-28");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Period {
    /// So many days.
    Days(u32),
    /// So many months.
    Months(u32),
    /// So many years.
    Years(u32),
}

impl Period {
    /// The day on which the time that begins on `from` is over; `from` itself is not counted (c.c.
    /// art. 2963, c. 2). The last day of chrono's calendar where there is none.
    #[must_use]
    pub fn after(self, from: NaiveDate) -> NaiveDate {
        let end = match self {
            Self::Days(days) => from.checked_add_days(Days::new(days.into())),
            Self::Months(months) => from.checked_add_months(Months::new(months)),
            Self::Years(years) => {
                years.checked_mul(12).and_then(|m| from.checked_add_months(Months::new(m)))
            }
        };
        end.unwrap_or(NaiveDate::MAX)
    }

    /// Whether it is never shorter than a year, whenever it begins: 365 days are, where a leap day
    /// comes between.
    #[must_use]
    pub const fn is_a_year_at_least(self) -> bool {
        match self {
            Self::Days(days) => days >= 366,
            Self::Months(months) => months >= 12,
            Self::Years(years) => years >= 1,
        }
    }
}

/// As it stands in a file or a stored row.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Days(u32),
    Text(String),
}

impl From<Period> for Written {
    fn from(period: Period) -> Self {
        match period {
            Period::Days(days) => Self::Days(days),
            Period::Months(months) => Self::Text(format!("P{months}M")),
            Period::Years(years) => Self::Text(format!("P{years}Y")),
        }
    }
}

impl TryFrom<Written> for Period {
    type Error = Problems;

    fn try_from(written: Written) -> Result<Self, Problems> {
        match written {
            Written::Days(days) => Ok(Self::Days(days)),
            Written::Text(text) => text.parse(),
        }
    }
}

impl std::str::FromStr for Period {
    type Err = Problems;

    /// `P1Y`, `P6M` or `P400D` (ISO 8601, one unit only).
    fn from_str(text: &str) -> Result<Self, Problems> {
        let read = || {
            let body = text.strip_prefix('P')?;
            let (digits, unit) = body.split_at_checked(body.len().checked_sub(1)?)?;
            let number = digits.bytes().all(|b| b.is_ascii_digit()).then_some(digits)?;
            let number = number.parse().ok()?;
            match unit {
                "D" => Some(Self::Days(number)),
                "M" => Some(Self::Months(number)),
                "Y" => Some(Self::Years(number)),
                _ => None,
            }
        };
        read().ok_or_else(|| {
            Problem::new(
                "core.period",
                "period",
                "must be a number of days, months or years",
                "write P30D, P6M or P1Y (ISO 8601)",
            )
            .into()
        })
    }
}
