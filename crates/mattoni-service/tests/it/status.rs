//! Opening and closing by itself.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use mattoni_core::calendar::rome_instant;
use mattoni_service::{Publication, Status, rome_time};
use proptest::prelude::*;

use crate::fixture::with;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn status(opens: &str, closes: &str, now: &str) -> Status {
    let service = with(|source| {
        source.opens = Some(opens.into());
        source.closes = Some(closes.into());
    });
    service.unwrap().status(at(now))
}

#[test]
fn a_service_opens_at_its_instant_and_is_closed_at_its_end() {
    let (opens, closes) = ("2026-04-01T09:00", "2026-05-15T12:00");
    let (first, last) = (at("2026-04-01T07:00:00Z"), at("2026-05-15T10:00:00Z"));
    assert_eq!(
        status(opens, closes, "2026-04-01T06:59:59.999Z"),
        Status::Scheduled { opens: Some(first) }
    );
    assert_eq!(status(opens, closes, "2026-04-01T07:00:00Z"), Status::Open { closes: Some(last) });
    assert_eq!(
        status(opens, closes, "2026-05-15T09:59:59.999Z"),
        Status::Open { closes: Some(last) }
    );
    assert_eq!(status(opens, closes, "2026-05-15T10:00:00Z"), Status::Closed);
}

#[test]
fn on_the_night_the_clocks_go_forward_an_hour_is_not_open() {
    // 29 March 2026: 02:00 becomes 03:00, so from 01:30 to 03:30 is one hour.
    let (opens, closes) = ("2026-03-29T01:30", "2026-03-29T03:30");
    assert!(matches!(status(opens, closes, "2026-03-29T00:29:59Z"), Status::Scheduled { .. }));
    assert!(matches!(status(opens, closes, "2026-03-29T00:30:00Z"), Status::Open { .. }));
    assert!(matches!(status(opens, closes, "2026-03-29T01:29:59Z"), Status::Open { .. }));
    assert_eq!(status(opens, closes, "2026-03-29T01:30:00Z"), Status::Closed);
}

#[test]
fn on_the_night_the_clocks_go_back_the_hour_that_comes_twice_has_to_be_named() {
    // 25 October 2026: 03:00 becomes 02:00, so from 01:30 to 03:30 is three hours.
    let (opens, closes) = ("2026-10-25T01:30", "2026-10-25T03:30");
    assert!(matches!(status(opens, closes, "2026-10-24T23:30:00Z"), Status::Open { .. }));
    assert!(matches!(status(opens, closes, "2026-10-25T02:29:59Z"), Status::Open { .. }));
    assert_eq!(status(opens, closes, "2026-10-25T02:30:00Z"), Status::Closed);

    assert_eq!(rome_time("2026-10-25T02:30").unwrap_err().code, "service.time.twice");
    assert_eq!(rome_time("2026-10-25T02:30+02:00").unwrap(), at("2026-10-25T00:30:00Z"));
    assert_eq!(rome_time("2026-10-25T02:30+01:00").unwrap(), at("2026-10-25T01:30:00Z"));
    assert_eq!(rome_time("2026-07-01T12:00+01:00").unwrap_err().code, "service.time.offset");
}

#[test]
fn a_suspension_shows_its_reason_and_a_draft_shows_nothing() {
    let reason = "manutenzione".to_owned();
    let service = with(|source| source.suspended = Some(reason.clone())).unwrap();
    assert_eq!(service.status(at("2026-04-10T10:00:00Z")), Status::Suspended { reason });
    let draft = with(|source| source.publication = Publication::Draft).unwrap();
    assert_eq!(draft.status(at("2026-04-10T10:00:00Z")), Status::Draft);
}

#[test]
fn a_version_holds_from_midnight_in_italy_to_midnight() {
    let service = with(|source| {
        (source.opens, source.closes) = (None, None);
        source.valid_from = Some("2026-06-01".parse().unwrap());
        source.valid_to = Some("2026-06-30".parse().unwrap());
    })
    .unwrap();
    let open = |text| matches!(service.status(at(text)), Status::Open { .. });
    assert!(!open("2026-05-31T21:59:59Z") && open("2026-05-31T22:00:00Z"));
    assert!(open("2026-06-30T21:59:59Z") && !open("2026-06-30T22:00:00Z"));
}

proptest! {
    #[test]
    fn a_time_that_is_read_is_the_one_italian_clocks_show(minutes in 0..60 * 24 * 365 * 20i64) {
        let start: NaiveDateTime = "2020-01-01T00:00:00".parse().unwrap();
        let local = start + TimeDelta::minutes(minutes);
        let text = local.format("%Y-%m-%dT%H:%M").to_string();
        match rome_time(&text) {
            Ok(instant) => prop_assert_eq!(instant, rome_instant(local)),
            Err(problem) => {
                let months = ["2020", "03", "10"];
                prop_assert!(["service.time.missing", "service.time.twice"].contains(&&*problem.code));
                prop_assert!(text.contains("T02") && months[1..].contains(&&text[5..7]));
            }
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,40}", tail in "[0-9:+-]{0,8}") {
        let _ = rome_time(&text);
        let _ = rome_time(&format!("2026-10-25T{tail}"));
    }
}
