//! Civil dates without a calendar library: plugins stay small.

/// A civil date (proleptic Gregorian), held as days since 1970-01-01.
///
/// ```
/// use mattoni_rules_sdk::Date;
///
/// let born = Date::ymd(2024, 5, 31);
/// assert_eq!(born.plus_months(13).to_ymd(), (2025, 6, 30));
/// assert_eq!(born.days_until(Date::ymd(2024, 6, 2)), 2);
/// assert!(born < Date::ymd(2024, 6, 1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

impl Date {
    /// The date so many days after 1970-01-01.
    #[must_use]
    pub const fn from_days(days: i32) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0
    }

    /// The date of `year`, `month`, `day`; a day beyond the end of its month is the month's last,
    /// and a month outside 1 to 12 the nearest of them.
    ///
    /// Counts days as in H. Hinnant, "chrono-compatible low-level date algorithms": the year
    /// begins in March, so that the leap day is the last.
    #[must_use]
    pub const fn ymd(year: i32, month: u32, day: u32) -> Self {
        let month = if month < 1 {
            1
        } else if month > 12 {
            12
        } else {
            month
        };
        let last = last_day(year, month);
        let day = if day < 1 {
            1
        } else if day > last {
            last
        } else {
            day
        };
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (month as i32 + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + day as i32 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }

    /// Year, month, day.
    #[must_use]
    pub const fn to_ymd(self) -> (i32, u32, u32) {
        let shifted = self.0 as i64 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
        let month = ((month_from_march + 2) % 12 + 1) as u32;
        let year = (year_of_era + era * 400) as i32 + if month <= 2 { 1 } else { 0 };
        (year, month, day)
    }

    /// The same day so many months later (earlier when negative), or the last day of a shorter
    /// month.
    #[must_use]
    pub const fn plus_months(self, months: i32) -> Self {
        let (year, month, day) = self.to_ymd();
        let count = year * 12 + month as i32 - 1 + months;
        Self::ymd(count.div_euclid(12), count.rem_euclid(12) as u32 + 1, day)
    }

    /// Days from this date to `later`; negative when `later` comes before.
    #[must_use]
    pub const fn days_until(self, later: Self) -> i32 {
        later.0 - self.0
    }
}

const fn last_day(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}
