//! Next in line where brothers and sisters ask to be together, judged independently.

use std::collections::BTreeMap;

use expect_test::expect;
use mattoni_ranking::{
    Afterwards, Applicant, Call, Method, Move, Offer, Outcome, Place, Run, Together, next_in_line,
};

use crate::checker::Judge;
use crate::next::{act, held, show, with};
use crate::random::{Rng, Shape};
use crate::siblings::{families, town};

const METHODS: [Method; 2] = [Method::FillFreed, Method::Reassign];

fn check(
    places: &[(&str, i64)],
    ask: Together,
    text: &str,
    leave: &[&str],
    expected: expect_test::Expect,
) {
    let (call, people) = town(places, ask, text);
    let run = Run::draw_up(&call, &people).unwrap();
    let left = |code: &&str| {
        let offer = held(&run, code);
        let event = offer.withdraw(&act()).unwrap();
        with(offer, event)
    };
    let offers: Vec<Offer> = leave.iter().map(left).collect();
    let [fill, anew] = METHODS.map(|method| show(&next_in_line(&run, &offers, method).unwrap()));
    assert_eq!(fill, anew);
    expected.assert_eq(&fill);
}

#[test]
fn a_family_moves_only_when_there_is_room_for_all_of_it() {
    let places = &[("a", 2), ("b", 2)];
    let text = "n1 9 - a\nn2 8 - a\nn3 7 rosa a b\nn4 6 rosa a b\nn5 5 - a";
    // One place: the family stands before n5, but stays together at b.
    check(
        places,
        Together::OrNotAtAll,
        text,
        &["n1"],
        expect![[r#"
        n5: nothing -> a
    "#]],
    );
    check(
        places,
        Together::Preferred,
        text,
        &["n1"],
        expect![[r#"
        n5: nothing -> a
    "#]],
    );
    check(
        places,
        Together::OrNotAtAll,
        text,
        &["n1", "n2"],
        expect![[r#"
        n3: b -> a
        n4: b -> a
    "#]],
    );
}

#[test]
fn a_family_without_places_gets_them_together_or_one_by_one_as_it_asks() {
    let places = &[("a", 2)];
    let text = "n1 9 - a\nn2 8 - a\nn3 7 rosa a\nn4 6 rosa a\nn5 5 - a";
    check(
        places,
        Together::OrNotAtAll,
        text,
        &["n1"],
        expect![[r#"
        n5: nothing -> a
    "#]],
    );
    check(
        places,
        Together::Preferred,
        text,
        &["n1"],
        expect![[r#"
        n3: nothing -> a
    "#]],
    );
    check(
        places,
        Together::OrNotAtAll,
        text,
        &["n1", "n2"],
        expect![[r#"
        n3: nothing -> a
        n4: nothing -> a
    "#]],
    );
}

#[test]
fn an_only_child_who_stands_before_the_last_sibling_goes_first_here_too() {
    let text = "n1 9 - a\nn2 8 - a\nn3 7 rosa a\nn4 5 rosa a\nn5 6 - a";
    check(
        &[("a", 2)],
        Together::OrNotAtAll,
        text,
        &["n1", "n2"],
        expect![[r#"
        n5: nothing -> a
    "#]],
    );
}

#[test]
fn whoever_leaves_no_longer_binds_the_sibling_who_stays() {
    let text = "n1 9 - a\nn2 8 rosa a b\nn3 7 rosa a b\nn4 6 - b";
    check(
        &[("a", 1), ("b", 2)],
        Together::OrNotAtAll,
        text,
        &["n1", "n3"],
        expect![[r#"
        n2: b -> a
        n4: nothing -> b
    "#]],
    );
}

/// One random town of families after random answers.
struct Case {
    call: Call,
    people: Vec<Applicant>,
    run: Run,
    offers: Vec<Offer>,
    before: BTreeMap<String, Place>,
}

impl Case {
    fn new(seed: u64) -> Self {
        let shape = Shape { people: 14, facilities: 4, drawn: true, pools: seed.is_multiple_of(2) };
        let (call, people) = families(seed, &shape);
        let run = Run::draw_up(&call, &people).unwrap();
        let mut rng = Rng(seed ^ 0x5eed);
        let mut before = BTreeMap::new();
        let mut offers = Vec::new();
        for line in run.lines() {
            let Some(place) = Place::of(&line.outcome) else { continue };
            let offer = held(&run, line.code());
            let event = match rng.below(6) {
                0 | 1 => offer.withdraw(&act()).unwrap(),
                2 => offer.accept(&act(), Afterwards::StopsWaiting).unwrap(),
                3 => offer.accept(&act(), Afterwards::WaitsForBetter).unwrap(),
                4 => offer.refuse(&act(), Afterwards::WaitsForBetter).unwrap(),
                _ => {
                    before.insert(line.code().to_owned(), place);
                    continue;
                }
            };
            let offer = with(offer, event);
            if offer.holds() {
                before.insert(line.code().to_owned(), place);
            }
            offers.push(offer);
        }
        Self { call, people, run, offers, before }
    }

    fn is_ranked(&self, a: &Applicant) -> bool {
        self.run.line(&a.code).unwrap().position.is_some()
    }

    fn offer(&self, code: &str) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.code() == code)
    }

    /// How many of its preferences an application still waits for, from the best.
    fn waits_for(&self, a: &Applicant) -> usize {
        let placed = Place::of(&self.run.line(&a.code).unwrap().outcome);
        match (self.offer(&a.code), placed) {
            _ if !self.is_ranked(a) => 0,
            (Some(offer), _) if !offer.waits_for_better() => 0,
            (_, Some(place)) => place.preference as usize - 1,
            (_, None) => a.preferences.len(),
        }
    }

    /// Those of the family who hold a place or wait for one; empty for whoever is alone.
    fn family(&self, a: &Applicant) -> Vec<&Applicant> {
        let Some(own) = &a.siblings else { return Vec::new() };
        let is_active = |b: &&Applicant| {
            let same = b.siblings.as_ref().is_some_and(|s| s.family == own.family);
            same && (self.before.contains_key(&b.code) || self.waits_for(b) > 0)
        };
        let active: Vec<&Applicant> = self.people.iter().filter(is_active).collect();
        if active.len() > 1 { active } else { Vec::new() }
    }

    fn after(&self, moves: &[Move]) -> BTreeMap<String, Place> {
        let mut after = self.before.clone();
        for m in moves {
            assert_eq!(m.from.as_ref(), self.before.get(&m.code));
            after.insert(m.code.clone(), m.to.clone());
        }
        after
    }

    fn faults(&self, moves: &[Move]) -> Vec<String> {
        let after = self.after(moves);
        let judge = Judge::new(&self.call, &self.people);
        let mut faults = Vec::new();
        let outcome = |(code, place): (&String, &Place)| {
            let Place { facility, pool, preference } = place.clone();
            (code.clone(), Outcome::Placed { facility, pool, preference })
        };
        let outcomes: BTreeMap<String, Outcome> = after.iter().map(outcome).collect();
        if !judge.fits(&outcomes) {
            faults.push("a quota is broken".to_owned());
        }
        let at = |places: &BTreeMap<String, Place>, a: &Applicant| {
            places.get(&a.code).map(|place| place.facility.clone())
        };
        let find = |code: &str| self.people.iter().find(|a| a.code == code).unwrap();
        for m in moves {
            let a = find(&m.code);
            let waited = m.to.preference as usize <= self.waits_for(a);
            if !waited && !m.is_reseating() {
                faults.push(format!("{} did not wait for {}", m.code, m.to.facility));
            }
            let Some(from) = &m.from else { continue };
            if m.to.preference > from.preference {
                faults.push(format!("{} moves down", m.code));
            }
        }
        for a in &self.people {
            let family = self.family(a);
            let together = |places: &BTreeMap<String, Place>| {
                at(places, a).is_some() && family.iter().all(|b| at(places, b) == at(places, a))
            };
            if !family.is_empty() && together(&self.before) && !together(&after) {
                faults.push(format!("{} is parted from its siblings", a.code));
            }
            let strict = a.siblings.as_ref().is_some_and(|s| s.ask == Together::OrNotAtAll);
            let moved = at(&after, a) != at(&self.before, a);
            if strict && !family.is_empty() && moved && !together(&after) {
                faults.push(format!("{} goes where its siblings are not", a.code));
            }
        }
        self.passed_over(&judge, moves, &outcomes, &mut faults);
        faults
    }

    /// Who without linked siblings waits for a place that was given to somebody behind them, or
    /// that nobody has.
    fn passed_over(
        &self,
        judge: &Judge<'_>,
        moves: &[Move],
        after: &BTreeMap<String, Outcome>,
        faults: &mut Vec<String>,
    ) {
        let find = |code: &str| self.people.iter().find(|a| a.code == code).unwrap();
        for a in self.people.iter().filter(|a| self.family(a).is_empty()) {
            let wanted = match after.get(&a.code) {
                Some(Outcome::Placed { preference, .. }) => *preference as usize - 1,
                _ => usize::MAX,
            };
            for preference in a.preferences.iter().take(self.waits_for(a).min(wanted)) {
                let facility = preference.facility.as_str();
                for (pool, empty) in judge.pools_at(a, facility, after) {
                    if empty > 0 {
                        faults.push(format!("{} waits for {facility}, which is empty", a.code));
                    }
                    for m in moves
                        .iter()
                        .filter(|m| m.to.facility == facility && m.to.pool.as_deref() == pool)
                    {
                        let b = find(&m.code);
                        if judge.group_of(a) != judge.group_of(b) {
                            continue;
                        }
                        let strict =
                            b.siblings.as_ref().is_some_and(|s| s.ask == Together::OrNotAtAll);
                        let family = self.family(b).into_iter().filter(|_| strict).chain([b]);
                        let stands = family.max_by(|x, y| judge.compare(x, y, facility)).unwrap();
                        let untitled = |x| judge.is_untitled(x, facility, pool);
                        let order = untitled(a)
                            .cmp(&untitled(b))
                            .then_with(|| judge.compare(a, stands, facility));
                        if order.is_lt() {
                            faults.push(format!("{} goes before {} at {facility}", a.code, b.code));
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_promised_of_siblings_next_in_line_holds() {
    let (mut singles, mut together) = (0, 0);
    for seed in 0..4_000 {
        let case = Case::new(seed);
        for method in METHODS {
            let moves = next_in_line(&case.run, &case.offers, method).unwrap();
            let faults = case.faults(&moves);
            assert!(faults.is_empty(), "seed {seed}, {method:?}: {faults:#?}\n{}", show(&moves));
            let moved = |code: &str| moves.iter().any(|m| m.code == code && !m.is_reseating());
            for a in case.people.iter().filter(|a| moved(&a.code)) {
                let family = case.family(a);
                match family.iter().all(|b| moved(&b.code)) && !family.is_empty() {
                    true => together += 1,
                    false => singles += 1,
                }
            }
        }
    }
    eprintln!("{singles} moved alone, {together} with all their siblings");
    assert!(singles > 2_000 && together > 300, "{singles} {together}");
}

#[test]
fn the_order_of_applications_and_offers_moves_nobody_else() {
    for seed in 0..300 {
        let case = Case::new(seed);
        let (mut people, mut offers) = (case.people.clone(), case.offers.clone());
        Rng(seed).shuffle(&mut people);
        Rng(seed).shuffle(&mut offers);
        let again = Run::draw_up(&case.call, &people).unwrap();
        for method in METHODS {
            let moves = next_in_line(&case.run, &case.offers, method).unwrap();
            assert_eq!(moves, next_in_line(&again, &offers, method).unwrap(), "seed {seed}");
        }
    }
}

/// A judge who never objects proves nothing.
#[test]
fn the_judge_objects_to_a_move_that_leaves_siblings_behind_and_to_one_that_is_left_out() {
    let (mut parted, mut left_out) = (0, 0);
    for seed in 0..400 {
        let case = Case::new(seed);
        let moves = next_in_line(&case.run, &case.offers, Method::FillFreed).unwrap();
        for (number, skipped) in moves.iter().enumerate().filter(|(_, m)| !m.is_reseating()) {
            let mut without = moves.clone();
            without.remove(number);
            let a = case.people.iter().find(|a| a.code == skipped.code).unwrap();
            let faults = case.faults(&without);
            let family = case.family(a);
            let is_strict = a.siblings.as_ref().is_some_and(|s| s.ask == Together::OrNotAtAll);
            if family.is_empty() {
                assert!(!faults.is_empty(), "seed {seed}: {} is left out", a.code);
                left_out += 1;
            } else if is_strict && family.iter().any(|b| without.iter().any(|m| m.code == b.code)) {
                assert!(!faults.is_empty(), "seed {seed}: {} is left behind", a.code);
                parted += 1;
            }
        }
    }
    assert!(parted > 10 && left_out > 100, "{parted} {left_out}");
}
