//! Holidays and terms of law.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Weekday};
use expect_test::expect;
use mattoni_core::calendar::{
    LegalCalendar, PatronDay, Period, Suspension, SuspensionKind, Term, rome_date, rome_instant,
};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn easter_monday_falls_where_the_church_puts_it() {
    let mondays = [
        "2024-04-01",
        "2025-04-21",
        "2026-04-06",
        "2027-03-29",
        "2028-04-17",
        "2029-04-02",
        "2030-04-22",
        "2031-04-14",
        "2032-03-29",
        "2033-04-18",
        "2034-04-10",
        "2035-03-26",
    ];
    for monday in mondays {
        let holiday = LegalCalendar::national().holiday(day(monday));
        assert_eq!(holiday.unwrap().name, "Lunedì dell'Angelo", "{monday}");
    }
}

#[test]
fn holidays_hold_only_between_the_dates_of_their_laws() {
    let national = LegalCalendar::national();
    // 4 October 2023 was a Wednesday, 2 June 2000 a Friday, 17 March 2011 a Thursday.
    assert!(national.holiday(day("2023-10-04")).is_none());
    assert!(national.holiday(day("2027-10-04")).is_some());
    assert!(national.holiday(day("2000-06-02")).is_none());
    assert!(national.holiday(day("2001-06-02")).is_some());
    assert!(national.holiday(day("2011-03-17")).is_some());
    assert!(national.holiday(day("2010-03-17")).is_none());
}

#[test]
fn pentecost_monday_is_a_holiday_in_bolzano_only() {
    assert!(
        LegalCalendar::national().in_province_of_bolzano().holiday(day("2026-05-25")).is_some()
    );
    assert!(LegalCalendar::national().holiday(day("2026-05-25")).is_none());
}

/// Against the calendars of these years: Easter is on 28 March 2027 and 16 April 2028.
#[test]
fn a_patron_saint_may_move_from_year_to_year() {
    use PatronDay::{AfterEaster, NthWeekday, WeekdayFrom};
    let cases = [
        (AfterEaster { after_easter: 1 }, "2027-03-29", "2028-04-17"),
        // Friday of Sorrows, nine days before.
        (AfterEaster { after_easter: -9 }, "2027-03-19", "2028-04-07"),
        // The Tuesday after Pentecost.
        (AfterEaster { after_easter: 51 }, "2027-05-18", "2028-06-06"),
        (
            NthWeekday { month: 5, weekday: Weekday::Sun, nth: 2, plus: 0 },
            "2027-05-09",
            "2028-05-14",
        ),
        // The last Monday of September.
        (
            NthWeekday { month: 9, weekday: Weekday::Mon, nth: -1, plus: 0 },
            "2027-09-27",
            "2028-09-25",
        ),
        // The Monday after the first Sunday of October.
        (
            NthWeekday { month: 10, weekday: Weekday::Sun, nth: 1, plus: 1 },
            "2027-10-04",
            "2028-10-02",
        ),
        // The first Sunday from 16 August on.
        (
            WeekdayFrom { weekday: Weekday::Sun, from_month: 8, from_day: 16 },
            "2027-08-22",
            "2028-08-20",
        ),
    ];
    for (on, first, second) in cases {
        let calendar = LegalCalendar::national().with_patron_on(on, "Patrono");
        assert!(calendar.check().is_ok());
        for date in [first, second] {
            let holiday = calendar.holiday(day(date)).unwrap();
            // A named holiday of the State comes first on the same day.
            let named = ["Patrono", "Lunedì dell'Angelo", "San Francesco d'Assisi"];
            assert!(named.contains(&holiday.name.as_str()), "{date} {}", holiday.name);
        }
        let kept = (0..365)
            .filter(|n| on.in_year(2027) == Some(day("2027-01-01") + chrono::Days::new(*n)));
        assert_eq!(kept.count(), 1);
        let written = serde_json::to_string(&calendar).unwrap();
        assert_eq!(serde_json::from_str::<LegalCalendar>(&written).unwrap(), calendar, "{written}");
    }
}

#[test]
fn a_day_that_a_law_makes_a_holiday_once_is_one_and_says_which_law() {
    let written =
        r#"{"holidays":[{"on":"2028-03-16","name":"Centenario","source":"D.L. 5/2028"}]}"#;
    let calendar: LegalCalendar = serde_json::from_str(written).unwrap();
    calendar.check().unwrap();
    let holiday = calendar.holiday(day("2028-03-16")).unwrap();
    assert_eq!((&*holiday.name, &*holiday.source), ("Centenario", "D.L. 5/2028"));
    let unnamed = LegalCalendar::national().with_holiday(day("2028-03-16"), " ", "");
    let problems = unnamed.check().unwrap_err().into_vec();
    assert_eq!(problems[0].code, "core.calendar.holiday");
    let many = (0..101).fold(LegalCalendar::national(), |calendar, _| {
        calendar.with_holiday(day("2028-03-16"), "Centenario", "D.L. 5/2028")
    });
    assert_eq!(many.check().unwrap_err().into_vec()[0].code, "core.calendar.holidays");
}

#[test]
fn a_calendar_is_read_as_it_was_written_before_saints_moved() {
    let old =
        r#"{"patron":{"month":11,"day":24,"name":"San Prospero"},"province_of_bolzano":false}"#;
    let calendar: LegalCalendar = serde_json::from_str(old).unwrap();
    assert_eq!(calendar, LegalCalendar::national().with_patron(11, 24, "San Prospero"));
    assert_eq!(serde_json::to_string(&calendar).unwrap(), old);
}

#[test]
fn a_patron_saint_that_never_comes_is_refused() {
    let read = |patron: &str| {
        serde_json::from_str::<LegalCalendar>(&format!(r#"{{"patron":{patron}}}"#))
            .map_err(|error| error.to_string())
            .and_then(|calendar| calendar.check().map_err(|problems| problems.to_string()))
    };
    assert!(
        read(r#"{"name":"San Tal dei Tali","month":2,"day":30}"#)
            .unwrap_err()
            .contains("patron-day")
    );
    assert!(read(r#"{"name":" ","month":2,"day":3}"#).unwrap_err().contains("patron-name"));
    assert!(
        read(r#"{"name":"X","month":5,"weekday":"sunday","nth":6}"#)
            .unwrap_err()
            .contains("patron-day")
    );
    assert!(
        read(r#"{"name":"X","month":5,"day":2,"after_easter":1}"#)
            .unwrap_err()
            .contains("must say in one way")
    );
    assert!(read(r#"{"name":"X","month":5,"weekday":"domenica","nth":1}"#).is_err());
    assert!(read(r#"{"name":"X","month":2,"day":29}"#).is_ok());
}

/// C.c. art. 2963, c. 4 and 5; c.p.c. art. 155, c. 2.
#[test]
fn a_year_is_a_year_and_a_month_a_month() {
    let after =
        |from: &str, period: &str| period.parse::<Period>().unwrap().after(day(from)).to_string();
    assert_eq!(after("2027-03-05", "P1Y"), "2028-03-05");
    assert_eq!(after("2027-03-05", "P365D"), "2028-03-04");
    assert_eq!(after("2028-02-29", "P1Y"), "2029-02-28");
    assert_eq!(after("2028-02-29", "P4Y"), "2032-02-29");
    assert_eq!(after("2027-01-31", "P1M"), "2027-02-28");
    assert_eq!(after("2027-12-31", "P2M"), "2028-02-29");
    assert_eq!(after("2027-03-31", "P18M"), "2028-09-30");
    for wrong in ["", "P", "1Y", "P1", "P-1Y", "P1Y6M", "P1.5Y", "un anno"] {
        assert!(wrong.parse::<Period>().is_err(), "{wrong}");
    }
    let written = [Period::Days(365), Period::Months(6), Period::Years(1)];
    let text = serde_json::to_string(&written).unwrap();
    assert_eq!(text, r#"[365,"P6M","P1Y"]"#);
    assert_eq!(serde_json::from_str::<[Period; 3]>(&text).unwrap(), written);
    assert!(!Period::Days(365).is_a_year_at_least() && Period::Months(12).is_a_year_at_least());
}

fn explain(term: &Term, calendar: &LegalCalendar) -> String {
    let due = term.due(calendar);
    let steps: Vec<String> = due.steps.iter().map(ToString::to_string).collect();
    format!("{}\n{}\n", steps.join("\n"), due.on)
}

#[test]
fn the_chain_of_reasons_is_printed_in_italian() {
    let mut term = Term::new(day("2026-09-04"), 30);
    term.suspensions = vec![
        Suspension {
            kind: SuspensionKind::Integration,
            from: day("2026-09-14"),
            answered_on: Some(day("2026-11-03")),
        },
        Suspension {
            kind: SuspensionKind::Integration,
            from: day("2026-10-20"),
            answered_on: Some(day("2026-10-21")),
        },
        Suspension {
            kind: SuspensionKind::RejectionNotice,
            from: day("2026-11-02"),
            answered_on: Some(day("2026-11-06")),
        },
    ];
    let calendar = LegalCalendar::national().with_patron(11, 17, "San Giovanni");
    expect![[r#"
        30 giorni dal ricevimento del 04/09/2026, giorno iniziale escluso: 04/10/2026 (L. 241/1990, art. 2; c.c. art. 2963)
        sospeso per integrazione dal 14/09/2026 per 30 giorni: 03/11/2026 (L. 241/1990, art. 2, c. 7)
        la richiesta di integrazione del 20/10/2026 non sospende di nuovo (L. 241/1990, art. 2, c. 7)
        sospeso per preavviso di rigetto dal 02/11/2026 per 14 giorni: 17/11/2026 (L. 241/1990, art. 10-bis)
        il 17/11/2026 è festivo (San Giovanni): si passa al 18/11/2026 (c.c. art. 2963)
        2026-11-18
    "#]]
    .assert_eq(&explain(&term, &calendar));
}

#[test]
fn instants_become_italian_dates_on_both_sides_of_midnight_and_of_summer_time() {
    let at = |text: &str| text.parse().unwrap();
    assert_eq!(rome_date(at("2026-06-30T22:00:00Z")), day("2026-07-01"));
    assert_eq!(rome_date(at("2026-12-31T22:59:59Z")), day("2026-12-31"));
    assert_eq!(rome_date(at("2026-12-31T23:00:00Z")), day("2027-01-01"));
}

#[test]
fn local_times_are_resolved_on_both_nights_the_clock_changes() {
    let instant = |text: &str| rome_instant(text.parse::<NaiveDateTime>().unwrap()).to_rfc3339();
    // 29 March 2026: 02:30 does not exist. 25 October 2026: 02:30 comes twice.
    assert_eq!(instant("2026-03-29T02:30:00"), "2026-03-29T01:00:00+00:00");
    assert_eq!(instant("2026-10-25T02:30:00"), "2026-10-25T00:30:00+00:00");
    assert_eq!(instant("2026-07-01T00:00:00"), "2026-06-30T22:00:00+00:00");
}

proptest! {
    #[test]
    fn a_term_never_ends_on_a_holiday_and_never_before_its_days_are_over(
        start in 0_u64..13_000, days in 0_u32..180, asked in 0_u64..180, answered in proptest::option::of(0_u64..90),
    ) {
        let asked = asked % (u64::from(days) + 1);
        let received = day("2000-01-01") + chrono::Days::new(start);
        let from = received + chrono::Days::new(asked);
        let mut term = Term::new(received, days);
        term.suspensions.push(Suspension {
            kind: SuspensionKind::Integration, from,
            answered_on: answered.map(|d| from + chrono::Days::new(d)),
        });
        let calendar = LegalCalendar::national().with_patron(7, 11, "San Benedetto");
        let due = term.due(&calendar);
        let stood_still = answered.unwrap_or(30).min(30);
        let plain = received + chrono::Days::new(u64::from(days) + stood_still);
        // Of 2020 the oracle speaks.
        prop_assume!(plain < day("2020-02-16") || received > day("2020-05-15"));
        prop_assert!(due.on >= plain);
        prop_assert!(calendar.holiday(due.on).is_none());
        prop_assert!(due.on.weekday() != Weekday::Sun);
        // Christmas to Saint Stephen's Sunday is the longest run of holidays: never a week.
        prop_assert!((due.on - plain).num_days() < 7);
    }
}
