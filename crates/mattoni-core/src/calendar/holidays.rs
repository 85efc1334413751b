//! Public holidays (*giorni festivi*).

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// A public holiday: what it is called, and the law that makes it one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// Italian name.
    pub name: String,
    /// Legal source.
    pub source: String,
}

/// A holiday of one place, on the same day every year: the patron saint (*santo patrono*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalHoliday {
    /// Month, 1 to 12.
    pub month: u32,
    /// Day of the month.
    pub day: u32,
    /// Italian name, e.g. `Sant'Adriano`.
    pub name: String,
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LegalCalendar {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    patron: Option<LocalHoliday>,
    #[serde(default)]
    province_of_bolzano: bool,
}

struct Fixed {
    month: u32,
    day: u32,
    from: i32,
    to: i32,
    name: &'static str,
    source: &'static str,
}

const ALWAYS: i32 = i32::MAX;
const L260: &str = "L. 27 maggio 1949, n. 260, art. 2";

/// National holidays on a fixed date, with the years in which each holds (from 1986).
const FIXED: [Fixed; 11] = [
    Fixed { month: 1, day: 1, from: 1949, to: ALWAYS, name: "Capodanno", source: L260 },
    Fixed {
        month: 1,
        day: 6,
        from: 1986,
        to: ALWAYS,
        name: "Epifania",
        source: "D.P.R. 28 dicembre 1985, n. 792",
    },
    Fixed {
        month: 3,
        day: 17,
        from: 2011,
        to: 2011,
        name: "150° dell'Unità d'Italia",
        source: "D.L. 22 febbraio 2011, n. 5",
    },
    Fixed { month: 4, day: 25, from: 1949, to: ALWAYS, name: "Liberazione", source: L260 },
    Fixed { month: 5, day: 1, from: 1949, to: ALWAYS, name: "Festa del lavoro", source: L260 },
    Fixed {
        month: 6,
        day: 2,
        from: 2001,
        to: ALWAYS,
        name: "Festa della Repubblica",
        source: "L. 20 novembre 2000, n. 336",
    },
    Fixed { month: 8, day: 15, from: 1949, to: ALWAYS, name: "Assunzione", source: L260 },
    Fixed {
        month: 10,
        day: 4,
        from: 2026,
        to: ALWAYS,
        name: "San Francesco d'Assisi",
        source: "L. 8 ottobre 2025, n. 151",
    },
    Fixed { month: 11, day: 1, from: 1949, to: ALWAYS, name: "Ognissanti", source: L260 },
    Fixed {
        month: 12,
        day: 8,
        from: 1949,
        to: ALWAYS,
        name: "Immacolata Concezione",
        source: L260,
    },
    Fixed { month: 12, day: 25, from: 1949, to: ALWAYS, name: "Natale", source: L260 },
];

impl LegalCalendar {
    /// National holidays only.
    #[must_use]
    pub fn national() -> Self {
        Self::default()
    }

    /// With the patron saint's day of the comune.
    #[must_use]
    pub fn with_patron(mut self, month: u32, day: u32, name: impl Into<String>) -> Self {
        self.patron = Some(LocalHoliday { month, day, name: name.into() });
        self
    }

    /// With Pentecost Monday, a holiday in the province of Bolzano (D.P.R. 28 December 1985,
    /// n. 792).
    #[must_use]
    pub fn in_province_of_bolzano(mut self) -> Self {
        self.province_of_bolzano = true;
        self
    }

    /// The holiday on `date`, if it is one. Sundays are; Saturdays are working days for
    /// administrative terms.
    #[must_use]
    pub fn holiday(&self, date: NaiveDate) -> Option<Holiday> {
        let (month, day, year) = (date.month(), date.day(), date.year());
        let holiday = |name: &str, source: &str| {
            Some(Holiday { name: name.to_owned(), source: source.to_owned() })
        };
        if let Some(fixed) = FIXED
            .iter()
            .find(|f| (f.month, f.day) == (month, day) && (f.from..=f.to).contains(&year))
        {
            return holiday(fixed.name, fixed.source);
        }
        if (month, day) == (12, 26) {
            return holiday("Santo Stefano", L260);
        }
        let easter = easter(year);
        if Some(date) == easter.checked_add_days(Days::new(1)) {
            return holiday("Lunedì dell'Angelo", L260);
        }
        if self.province_of_bolzano && Some(date) == easter.checked_add_days(Days::new(50)) {
            return holiday("Lunedì di Pentecoste", "D.P.R. 28 dicembre 1985, n. 792");
        }
        if let Some(patron) = &self.patron
            && (patron.month, patron.day) == (month, day)
        {
            return holiday(&patron.name, "D.P.R. 28 dicembre 1985, n. 792 (santo patrono)");
        }
        if date.weekday() == Weekday::Sun {
            return holiday("domenica", L260);
        }
        None
    }

    /// The first day from `date` on that is no holiday.
    #[must_use]
    pub fn working_day_from(&self, date: NaiveDate) -> NaiveDate {
        let mut day = date;
        while self.holiday(day).is_some() {
            match day.succ_opt() {
                Some(next) => day = next,
                None => return day,
            }
        }
        day
    }
}

/// Easter Sunday of the Gregorian calendar (anonymous algorithm, Meeus, *Astronomical
/// Algorithms*, ch. 8).
fn easter(year: i32) -> NaiveDate {
    let a = year.rem_euclid(19);
    let (b, c) = (year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b.div_euclid(4), b.rem_euclid(4));
    let f = (b + 8).div_euclid(25);
    let g = (b - f + 1).div_euclid(3);
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c.div_euclid(4), c.rem_euclid(4));
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 22 * l).div_euclid(451);
    let month = (h + l - 7 * m + 114).div_euclid(31);
    let day = (h + l - 7 * m + 114).rem_euclid(31) + 1;
    // Month is 3 or 4 and day 1 to 31 for every year chrono can hold.
    NaiveDate::from_ymd_opt(year, month as u32, day as u32).unwrap_or_default()
}
