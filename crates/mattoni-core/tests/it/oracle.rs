//! Every day and every term of 36 years against the Python package `holidays` and a counting of
//! its own that goes day by day.

use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use mattoni_core::calendar::{Extension, LegalCalendar, Suspension, SuspensionKind, Term};

/// Written by `tests/oracle/write_holidays.py`.
const HOLIDAYS: &str = include_str!("../oracle/holidays.txt");
/// Days from 1 January 2000 to 31 December 2035.
const STARTS: usize = 13_149;
const LENGTHS: [u32; 4] = [30, 60, 90, 180];

/// Dates are numbers of days since 1 January 2000, so that nothing is shared with the code under
/// test.
struct Oracle {
    holiday: Vec<bool>,
}

fn date(index: usize) -> NaiveDate {
    static DATES: LazyLock<Vec<NaiveDate>> = LazyLock::new(|| {
        NaiveDate::from_ymd_opt(2000, 1, 1).unwrap().iter_days().take(STARTS + 366).collect()
    });
    DATES[index]
}

/// 23 February to 15 May 2020 (D.L. 18/2020, art. 103; D.L. 23/2020, art. 37): 83 days, from the
/// 7,358th day after 1 January 2000 on.
fn not_counted(day: usize) -> bool {
    (7358..7358 + 83).contains(&day)
}

#[derive(Debug, Clone, Copy)]
enum Done {
    Asked { answered: Option<usize> },
    Noticed { observed: Option<usize> },
    Extended { days: usize },
}

impl Oracle {
    /// Sundays, and the days the file has for the calendar.
    fn of(name: &str) -> Self {
        let mut holiday: Vec<bool> =
            (0..STARTS + 366).map(|index| date(index).weekday() == Weekday::Sun).collect();
        let mut lines = 0;
        for line in HOLIDAYS.lines() {
            let mut words = line.split(' ');
            if words.next() != Some(name) {
                continue;
            }
            lines += 1;
            let year = words.next().unwrap();
            for day in words {
                let on: NaiveDate = format!("{year}-{day}").parse().unwrap();
                let index = (on - date(0)).num_days();
                holiday[usize::try_from(index).unwrap()] = true;
            }
        }
        assert_eq!(lines, 37, "{name}");
        Self { holiday }
    }

    fn working_day_from(&self, mut day: usize) -> usize {
        while self.holiday[day] || not_counted(day) {
            day += 1;
        }
        day
    }

    /// So many days later, going through them one by one.
    fn later(mut day: usize, mut days: usize) -> usize {
        while days > 0 {
            day += 1;
            days -= usize::from(!not_counted(day));
        }
        day
    }

    /// Goes through the days one by one and counts those on which the term runs.
    fn ends(&self, received: usize, mut days: usize, done: &[(usize, Done)]) -> usize {
        let (mut counted, mut still_until, mut asked) = (0, received, false);
        let mut day = received;
        loop {
            if day > still_until && counted < days && !not_counted(day) {
                counted += 1;
            }
            for (_, act) in done.iter().filter(|(on, _)| *on == day) {
                match *act {
                    Done::Extended { days: more } => days += more,
                    Done::Asked { .. } if asked => {}
                    Done::Asked { answered } => {
                        asked = true;
                        let longest = Self::later(day, 30);
                        still_until = still_until.max(answered.unwrap_or(longest).min(longest));
                    }
                    Done::Noticed { observed } => {
                        let closes = self.working_day_from(Self::later(day, 10));
                        let observed = observed.filter(|on| *on <= closes);
                        let last = observed.map_or(closes, |on| Self::later(on, 10));
                        still_until = still_until.max(last);
                    }
                }
            }
            if counted == days && day >= still_until && !self.holiday[day] && !not_counted(day) {
                return day;
            }
            day += 1;
        }
    }
}

fn term(received: usize, days: u32, done: &[(usize, Done)]) -> Term {
    let mut term = Term::new(date(received), days);
    for (on, act) in done {
        let from = date(*on);
        let (kind, answered) = match *act {
            Done::Asked { answered } => (SuspensionKind::Integration, answered),
            Done::Noticed { observed } => (SuspensionKind::RejectionNotice, observed),
            Done::Extended { days } => {
                let days = u32::try_from(days).unwrap();
                let source = "L. 1/2000".to_owned();
                term.extensions.push(Extension { decided_on: from, days, source });
                continue;
            }
        };
        let answered_on = answered.map(date);
        term.suspensions.push(Suspension { kind, from, answered_on });
    }
    term
}

/// What may happen to a term, spread over it differently for every start.
fn stories(received: usize, days: u32) -> [Vec<(usize, Done)>; 6] {
    let length = days as usize;
    // Somewhere in the term, up to its last day and the day after, which may still be in it.
    let at = |share: usize| received + (received * share) % (length + 2);
    let (first, second) = (at(7).min(at(11)), at(7).max(at(11)));
    [
        vec![],
        vec![(first, Done::Asked { answered: Some(first + received % 40) })],
        vec![(first, Done::Noticed { observed: None })],
        vec![(second, Done::Noticed { observed: Some(second + received % 15) })],
        vec![(second, Done::Extended { days: 1 + received % 60 })],
        vec![
            (first, Done::Asked { answered: None }),
            (second, Done::Noticed { observed: Some(second + 1 + received % 9) }),
            (second, Done::Asked { answered: Some(second + 5) }),
            (second + 3, Done::Extended { days: 30 }),
        ],
    ]
}

/// Compares every day, then every term; gives back on how many of the plain terms counting from
/// Monday to Friday without holidays would be wrong.
fn compare(name: &str, calendar: &LegalCalendar) -> usize {
    let oracle = Oracle::of(name);
    for index in 0..STARTS {
        let (day, holiday) = (date(index), oracle.holiday[index]);
        assert_eq!(calendar.is_holiday(day), holiday, "{name} {day}");
        assert_eq!(calendar.holiday(day).is_some(), holiday, "{name} {day}");
    }
    let mut wrong = 0;
    for received in 0..STARTS {
        for days in LENGTHS {
            for done in stories(received, days) {
                let due = term(received, days, &done).due(calendar).on;
                let expected = date(oracle.ends(received, days as usize, &done));
                assert_eq!(due, expected, "{name}: {days} days from {}, {done:?}", date(received));
                wrong += usize::from(done.is_empty() && due != plain_rule(date(received), days));
            }
        }
    }
    let terms = STARTS * LENGTHS.len();
    eprintln!("{name}: Monday to Friday without holidays is wrong for {wrong} of {terms} terms");
    wrong
}

fn plain_rule(received: NaiveDate, days: u32) -> NaiveDate {
    let end = received + Days::new(days.into());
    match end.weekday() {
        Weekday::Sat => end + Days::new(2),
        Weekday::Sun => end + Days::new(1),
        _ => end,
    }
}

#[test]
fn terms_of_36_years_end_where_the_oracle_says_by_the_national_calendar() {
    assert!(compare("IT", &LegalCalendar::national()) > 0);
}

#[test]
fn terms_of_36_years_end_where_the_oracle_says_in_rome() {
    let calendar = LegalCalendar::national().with_patron(6, 29, "Santi Pietro e Paolo");
    assert!(compare("IT-RM", &calendar) > 0);
}

#[test]
fn terms_of_36_years_end_where_the_oracle_says_in_milan() {
    let calendar = LegalCalendar::national().with_patron(12, 7, "Sant'Ambrogio");
    assert!(compare("IT-MI", &calendar) > 0);
}

#[test]
fn terms_of_36_years_end_where_the_oracle_says_in_reggio_emilia() {
    let calendar = LegalCalendar::national().with_patron(11, 24, "San Prospero");
    assert!(compare("IT-RE", &calendar) > 0);
}

#[test]
fn terms_of_36_years_end_where_the_oracle_says_in_the_province_of_bolzano() {
    let calendar = LegalCalendar::national().in_province_of_bolzano();
    assert!(compare("IT-BZ", &calendar) > 0);
}
