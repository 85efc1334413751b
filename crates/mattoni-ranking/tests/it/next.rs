//! Next in line, both ways.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeZone, Utc};
use expect_test::{Expect, expect};
use mattoni_core::{Act, Actor, Aggregate};
use mattoni_ranking::{
    Afterwards, Method, Move, Offer, OfferEvent, Outcome, Place, Run, next_in_line,
};

use crate::checker::{Judge, choice, outcomes};
use crate::random::{Rng, Shape, call};
use crate::run::town;

pub(crate) fn act() -> Act {
    Act::new(Utc.with_ymd_and_hms(2026, 6, 12, 8, 0, 0).unwrap(), Actor::System("test".to_owned()))
}

fn offer(run: &Run, code: &str, place: Place) -> Offer {
    let by = NaiveDate::from_ymd_opt(2026, 6, 20).unwrap();
    Offer::open(&Offer::make(&act(), run, code, place, by, None).unwrap()).unwrap()
}

pub(crate) fn held(run: &Run, code: &str) -> Offer {
    offer(run, code, Place::of(&run.line(code).unwrap().outcome).unwrap())
}

pub(crate) fn with(mut offer: Offer, event: OfferEvent) -> Offer {
    offer.apply(&event);
    offer
}

pub(crate) fn show(moves: &[Move]) -> String {
    let place = |p: &Place| format!("{}{}", p.facility, p.pool.as_ref().map_or("", |_| " (r)"));
    moves
        .iter()
        .map(|m| {
            let from = m.from.as_ref().map_or("nothing".to_owned(), place);
            format!("{}: {from} -> {}\n", m.code, place(&m.to))
        })
        .collect()
}

fn check(answers: impl Fn(&Run) -> Vec<Offer>, method: Method, expected: Expect) {
    let (call, people) = town();
    let run = Run::draw_up(&call, &people).unwrap();
    expected.assert_eq(&show(&next_in_line(&run, &answers(&run), method).unwrap()));
}

#[test]
fn without_answers_nobody_moves() {
    check(|_| Vec::new(), Method::FillFreed, expect![[""]]);
    check(|_| Vec::new(), Method::Reassign, expect![[""]]);
}

#[test]
fn a_refused_place_goes_to_the_first_who_waits_and_theirs_to_the_next() {
    let refused = |run: &Run| {
        let offer = held(run, "N-1");
        let event = offer.refuse(&act(), Afterwards::StopsWaiting).unwrap();
        vec![with(offer, event)]
    };
    check(
        refused,
        Method::FillFreed,
        expect![[r#"
        N-2: tulipano -> girasole
        N-6: nothing -> tulipano
    "#]],
    );
    check(
        refused,
        Method::Reassign,
        expect![[r#"
        N-2: tulipano -> girasole
        N-6: nothing -> tulipano
    "#]],
    );
}

#[test]
fn whoever_is_content_is_not_asked_again() {
    let answers = |run: &Run| {
        let (leaves, stays) = (held(run, "N-1"), held(run, "N-2"));
        let left = leaves.withdraw(&act()).unwrap();
        let accepted = stays.accept(&act(), Afterwards::StopsWaiting).unwrap();
        vec![with(leaves, left), with(stays, accepted)]
    };
    check(
        answers,
        Method::FillFreed,
        expect![[r#"
        N-6: nothing -> girasole
    "#]],
    );
    check(
        answers,
        Method::Reassign,
        expect![[r#"
        N-6: nothing -> girasole
    "#]],
    );
}

#[test]
fn offers_that_do_not_belong_are_named() {
    let (call, people) = town();
    let run = Run::draw_up(&call, &people).unwrap();
    let one = held(&run, "N-1");
    let codes = |offers: &[Offer]| -> Vec<String> {
        let refused = next_in_line(&run, offers, Method::FillFreed).unwrap_err();
        refused.iter().map(|p| p.code.to_string()).collect()
    };
    assert_eq!(codes(&[one.clone(), one.clone()]), ["ranking.next.duplicate"]);
    let other = Run::draw_up(&call, &people[..3]).unwrap();
    assert_eq!(codes(&[held(&other, "N-1")]), ["ranking.next.other-run"]);
    let one = held(&run, "N-1");
    let seated = with(one.clone(), one.reseat(&act(), Some("nessuno".to_owned())).unwrap());
    assert_eq!(codes(&[seated]), ["ranking.next.out-of-order"]);
    // N-6 is promised a place that is full.
    let promised = Place { facility: "girasole".to_owned(), pool: None, preference: 2 };
    assert!(
        codes(&[offer(&run, "N-6", promised)]).iter().all(|c| c == "ranking.next.out-of-order")
    );
}

/// Random answers to random runs: what comes out keeps every promise of the module.
#[test]
fn nobody_loses_a_place_nobody_is_passed_over_and_reassigning_is_best() {
    let shape = Shape { people: 12, facilities: 4, drawn: true, pools: true };
    let (mut moved, mut differ) = (0, 0);
    for seed in 0..3_000 {
        let mut rng = Rng(seed);
        let (call, mut people) = call(&mut rng, &shape);
        let run = Run::draw_up(&call, &people).unwrap();
        let before = outcomes(&run);
        let mut offers = Vec::new();
        for line in run.lines() {
            let Some(place) = Place::of(&line.outcome) else { continue };
            let offer = offer(&run, line.code(), place);
            let event = match rng.below(4) {
                0 => offer.withdraw(&act()).unwrap(),
                1 => offer.accept(&act(), Afterwards::StopsWaiting).unwrap(),
                2 => offer.accept(&act(), Afterwards::WaitsForBetter).unwrap(),
                _ => continue,
            };
            offers.push(with(offer, event));
        }
        // What the judge should see: those who left want nothing, the content want what they have.
        for a in &mut people {
            let Some(offer) = offers.iter().find(|o| o.code() == a.code) else { continue };
            if !offer.holds() {
                a.preferences.clear();
            } else if !offer.waits_for_better() {
                a.preferences.retain(|p| p.facility == offer.place().facility);
            }
        }
        let apply = |method| {
            let moves = next_in_line(&run, &offers, method).unwrap();
            let mut after = before.clone();
            for (code, outcome) in &mut after {
                if offers.iter().any(|o| o.code() == code && !o.holds()) {
                    *outcome = Outcome::Admitted;
                }
            }
            for m in &moves {
                let Place { facility, pool, preference } = m.to.clone();
                let old = choice(&before, &m.code);
                assert!(preference <= old, "seed {seed}: {} moves down", m.code);
                assert_eq!(m.is_reseating(), preference == old);
                after.insert(m.code.clone(), Outcome::Placed { facility, pool, preference });
            }
            (after, moves.len())
        };
        let renumbered = |outcomes: &BTreeMap<String, Outcome>| -> BTreeMap<String, Outcome> {
            let mut outcomes = outcomes.clone();
            for a in &people {
                if let Some(Outcome::Placed { facility, preference, .. }) =
                    outcomes.get_mut(&a.code)
                {
                    let at = a.preferences.iter().position(|p| p.facility == *facility).unwrap();
                    *preference = at as u32 + 1;
                }
            }
            outcomes
        };
        let (filled, few) = apply(Method::FillFreed);
        let (anew, many) = apply(Method::Reassign);
        let judge = Judge::new(&call, &people);
        for (name, after) in [("fill", &filled), ("anew", &anew)] {
            let faults = judge.faults(&renumbered(after));
            assert!(faults.is_empty(), "seed {seed}, {name}: {faults:#?}");
        }
        for a in &people {
            let (f, r) = (choice(&filled, &a.code), choice(&anew, &a.code));
            assert!(r <= f, "seed {seed}: {} does better by filling", a.code);
            assert!(f <= choice(&before, &a.code) || a.preferences.is_empty());
        }
        moved += few;
        differ += usize::from(few != many);
    }
    assert!(moved > 1_000, "only {moved} moves were tried");
    eprintln!("{moved} moves; the two methods differ in {differ} of 3,000 runs");
}
