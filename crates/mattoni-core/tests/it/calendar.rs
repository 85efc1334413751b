//! Holidays and terms of law.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Weekday};
use expect_test::expect;
use mattoni_core::calendar::{
    LegalCalendar, Suspension, SuspensionKind, Term, rome_date, rome_instant,
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
        prop_assert!(due.on >= plain);
        prop_assert!(calendar.holiday(due.on).is_none());
        prop_assert!(due.on.weekday() != Weekday::Sun);
        // Christmas to Saint Stephen's Sunday is the longest run of holidays: never a week.
        prop_assert!((due.on - plain).num_days() < 7);
    }
}
