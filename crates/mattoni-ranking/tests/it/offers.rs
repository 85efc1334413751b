//! Offers and answers, day by day.

use chrono::{NaiveDate, TimeZone, Utc};
use mattoni_core::{Act, Actor, Aggregate, DomainEvent, Refusal, fold};
use mattoni_ranking::{Afterwards, Offer, OfferEvent, OfferStatus, Place, Run};

use crate::run::town;

fn act(day: u32, hour: u32) -> Act {
    let at = Utc.with_ymd_and_hms(2026, 6, day, hour, 0, 0).unwrap();
    Act::new(at, Actor::System("test".to_owned()))
}

fn last_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 20).unwrap()
}

fn run() -> Run {
    let (call, people) = town();
    Run::draw_up(&call, &people).unwrap()
}

/// The offer of the second preference of N-2, open until the 20th.
fn open() -> (OfferEvent, Offer) {
    let run = run();
    let place = Place { facility: "tulipano".to_owned(), pool: None, preference: 2 };
    let event = Offer::make(&act(10, 8), &run, "N-2", place, last_day(), None).unwrap();
    let offer = Offer::open(&event).unwrap();
    (event, offer)
}

fn after(offer: &Offer, event: OfferEvent) -> Offer {
    let mut offer = offer.clone();
    offer.apply(&event);
    offer
}

fn code<T: std::fmt::Debug, R: Refusal>(refused: Result<T, R>) -> String {
    refused.unwrap_err().problems().iter().next().unwrap().code.to_string()
}

#[test]
fn an_answer_is_good_until_midnight_in_rome_of_the_last_day() {
    let (_, offer) = open();
    // 23:00 in Rome on the 20th; 21:00 UTC in summer time.
    assert!(offer.accept(&act(20, 21), Afterwards::StopsWaiting).is_ok());
    // 00:00 in Rome on the 21st.
    let late = offer.accept(&act(20, 22), Afterwards::StopsWaiting);
    assert_eq!(code(late), "ranking.offer.too-late");
    assert_eq!(
        code(offer.refuse(&act(20, 22), Afterwards::StopsWaiting)),
        "ranking.offer.too-late"
    );
    assert_eq!(code(offer.lapse(&act(20, 21))), "ranking.offer.not-due");
    assert!(offer.lapse(&act(20, 22)).is_ok());
}

#[test]
fn an_offer_is_answered_once() {
    let (_, offer) = open();
    let accepted = after(&offer, offer.accept(&act(11, 8), Afterwards::StopsWaiting).unwrap());
    assert_eq!(accepted.status(), OfferStatus::Accepted { then: Afterwards::StopsWaiting });
    assert_eq!(
        code(accepted.accept(&act(11, 9), Afterwards::StopsWaiting)),
        "ranking.offer.not-open"
    );
    assert_eq!(
        code(accepted.refuse(&act(11, 9), Afterwards::StopsWaiting)),
        "ranking.offer.not-open"
    );
    assert_eq!(code(accepted.lapse(&act(25, 9))), "ranking.offer.not-open");
}

#[test]
fn a_better_place_is_offered_only_to_who_waits_and_only_if_better() {
    let (_, offer) = open();
    let run = run();
    let better = Place { facility: "girasole".to_owned(), pool: None, preference: 1 };
    let same = Place { facility: "tulipano".to_owned(), pool: None, preference: 2 };
    let waits = after(&offer, offer.accept(&act(11, 8), Afterwards::WaitsForBetter).unwrap());
    assert_eq!(
        code(waits.improve(&act(12, 8), &run, same, last_day())),
        "ranking.offer.not-better"
    );
    assert_eq!(
        code(waits.improve(&act(21, 8), &run, better.clone(), last_day())),
        "ranking.offer.past-term"
    );
    let improved =
        after(&waits, waits.improve(&act(12, 8), &run, better.clone(), last_day()).unwrap());
    assert_eq!((improved.place(), improved.status()), (&better, OfferStatus::Open));
    let stops = after(&offer, offer.accept(&act(11, 8), Afterwards::StopsWaiting).unwrap());
    assert_eq!(
        code(stops.improve(&act(12, 8), &run, better, last_day())),
        "ranking.offer.not-waiting"
    );
    let elsewhere = Place { facility: "rosa".to_owned(), pool: None, preference: 1 };
    let refused = waits.improve(&act(12, 8), &run, elsewhere.clone(), last_day());
    assert_eq!(code(refused), "ranking.offer.not-chosen");
    let (call, people) = town();
    let other = Run::draw_up(&call, &people[..3]).unwrap();
    let refused = waits.improve(&act(12, 8), &other, elsewhere, last_day());
    assert_eq!(code(refused), "ranking.offer.other-run");
}

#[test]
fn whoever_left_cannot_leave_again_and_has_nothing_to_lose() {
    let (_, offer) = open();
    let gone = after(&offer, offer.withdraw(&act(11, 8)).unwrap());
    assert_eq!(code(gone.withdraw(&act(12, 8))), "ranking.offer.not-held");
    assert_eq!(code(gone.revoke(&act(12, 8), "falso")), "ranking.offer.not-held");
    assert_eq!(code(gone.reseat(&act(12, 8), None)), "ranking.offer.not-held");
    assert_eq!(code(offer.revoke(&act(12, 8), " ")), "ranking.offer.no-reason");
}

#[test]
fn a_place_is_offered_to_those_in_the_order_who_named_it_and_in_time() {
    let run = run();
    let place = |facility: &str, preference| Place {
        facility: facility.to_owned(),
        pool: None,
        preference,
    };
    let make =
        |code: &str, place, day| Offer::make(&act(day, 8), &run, code, place, last_day(), None);
    assert_eq!(code(make("N-99", place("girasole", 1), 10)), "ranking.offer.not-ranked");
    assert_eq!(code(make("N-5", place("girasole", 1), 10)), "ranking.offer.not-ranked");
    assert_eq!(code(make("N-2", place("girasole", 2), 10)), "ranking.offer.not-chosen");
    assert_eq!(code(make("N-2", place("girasole", 0), 10)), "ranking.offer.not-chosen");
    assert_eq!(code(make("N-2", place("girasole", 1), 21)), "ranking.offer.past-term");
}

#[test]
fn the_state_is_the_fold_of_the_history_and_the_history_is_kept_as_written() {
    let (first, offer) = open();
    let reseated = offer.reseat(&act(10, 9), Some("residenti".to_owned())).unwrap();
    let seated = after(&offer, reseated.clone());
    assert_eq!(seated.status(), OfferStatus::Open);
    let refused = seated.refuse(&act(11, 8), Afterwards::WaitsForBetter).unwrap();
    let history = [first, reseated, refused];
    let text = serde_json::to_string_pretty(&history).unwrap();
    expect_test::expect_file!["../golden/offer-events.v1.json"].assert_eq(&text);
    let read: Vec<OfferEvent> = serde_json::from_str(&text).unwrap();
    assert_eq!(read, history);
    let folded: Offer = fold(&history).unwrap();
    assert!(!folded.holds() && folded.waits_for_better());
    let names: Vec<&str> = history.iter().map(DomainEvent::name).collect();
    let expected = ["ranking.offer.offered", "ranking.offer.reseated", "ranking.offer.refused"];
    assert_eq!(names, expected);
}
