//! Top trading cycles and immediate acceptance, each held to what it promises.

use std::collections::BTreeMap;

use mattoni_ranking::{
    Applicant, Assignment, Call, Chances, DrawKind, Entrants, Facilities, Market, Outcome,
    Preference, Prize, Standing,
};

use crate::checker::{Judge, choice};
use crate::random::{Rng, Shape, call};

const LARGE: Shape = Shape { people: 12, facilities: 4, drawn: true, pools: false };
const SMALL: Shape = Shape { people: 4, facilities: 3, drawn: true, pools: false };

type Mechanism = fn(&Market<'_>, &mattoni_ranking::Ranked<'_>) -> Assignment;

fn facilities(call: &Call) -> &Facilities {
    let Prize::Places(facilities) = &call.prize else { panic!("places") };
    facilities
}

fn choices(call: &Call, people: &[Applicant], mechanism: Mechanism) -> Vec<Option<u32>> {
    let entrants = Entrants::check(&call.criteria, people).unwrap();
    let market = Market::check(facilities(call), people).unwrap();
    let assignment = mechanism(&market, &entrants.rank().unwrap());
    assignment.choices(&market).collect()
}

/// Without reserves the choice says which place it is.
fn outcomes(people: &[Applicant], choices: &[Option<u32>]) -> BTreeMap<String, Outcome> {
    people
        .iter()
        .zip(choices)
        .filter_map(|(a, choice)| {
            let preference = (*choice)?;
            let facility = a.preferences[preference as usize - 1].facility.clone();
            Some((a.code.clone(), Outcome::Placed { facility, pool: None, preference }))
        })
        .collect()
}

fn is_in(a: &Applicant) -> bool {
    !matches!(a.standing, Standing::Excluded { .. })
}

#[test]
fn after_top_trading_no_group_can_do_better_by_trading() {
    let mut tried = 0;
    for seed in 0..600 {
        let (call, people) = call(&mut Rng(seed), &SMALL);
        let judge = Judge::new(&call, &people);
        let ours = outcomes(&people, &choices(&call, &people, Assignment::top_trading));
        assert!(judge.fits(&ours), "seed {seed}: a quota is broken");
        for other in judge.all_outcomes() {
            let only_those_in = people.iter().all(|a| is_in(a) || !other.contains_key(&a.code));
            if !judge.fits(&other) || !only_those_in {
                continue;
            }
            tried += 1;
            let worse = |a: &Applicant| choice(&other, &a.code) > choice(&ours, &a.code);
            let better = |a: &Applicant| choice(&other, &a.code) < choice(&ours, &a.code);
            let improves = people.iter().any(better) && !people.iter().any(worse);
            assert!(!improves, "seed {seed}: {other:?} is better than {ours:?}");
        }
    }
    assert!(tried > 5_000, "only {tried} assignments were compared");
}

#[test]
fn who_is_among_the_first_at_a_facility_gets_it_or_better_by_top_trading() {
    let mut tried = 0;
    for seed in 0..2_000 {
        let (call, people) = call(&mut Rng(seed), &LARGE);
        let judge = Judge::new(&call, &people);
        let ours = outcomes(&people, &choices(&call, &people, Assignment::top_trading));
        for a in people.iter().filter(|a| is_in(a)) {
            for (preference, n) in a.preferences.iter().zip(1..) {
                let facility = preference.facility.as_str();
                let before = people.iter().filter(|b| {
                    is_in(b)
                        && judge.group_of(b) == judge.group_of(a)
                        && b.preferences.iter().any(|p| p.facility == facility)
                        && judge.compare(b, a, facility).is_lt()
                });
                if (before.count() as i64) < judge.regular_places(a, facility) {
                    tried += 1;
                    assert!(choice(&ours, &a.code) <= n, "seed {seed}: {} at {facility}", a.code);
                }
            }
        }
    }
    assert!(tried > 2_000, "only {tried} sure places");
}

#[test]
fn with_one_order_for_all_facilities_top_trading_lets_them_choose_in_that_order() {
    let mut tried = 0;
    for seed in 0..500 {
        let (call, mut people) = call(&mut Rng(seed), &LARGE);
        if call.criteria.draw().kind != DrawKind::Single {
            continue;
        }
        people.iter_mut().flat_map(|a| &mut a.preferences).for_each(|p| p.priority = 0);
        let top_trading = choices(&call, &people, Assignment::top_trading);
        let deferred = choices(&call, &people, Assignment::deferred);
        assert_eq!(top_trading, deferred, "seed {seed}");
        tried += top_trading.iter().flatten().count();
    }
    assert!(tried > 500);
}

#[test]
fn two_who_trade_priorities_both_get_their_first_choice() {
    // Each stands first where the other wants to go.
    let criteria = crate::random::criteria("single", "");
    let facilities: Facilities = toml::from_str(
        "facility = [{ code = \"a\", seats = [{ places = 1 }] }, { code = \"b\", seats = [{ places = 1 }] }]",
    )
    .unwrap();
    let person = |code: &str, first: &str, second: &str| {
        let mut person = Applicant::new(code);
        person.preferences = vec![Preference::new(first).with_priority(1), Preference::new(second)];
        person
    };
    let third = {
        let mut third = Applicant::new("n3");
        third.points =
            vec![mattoni_ranking::Score::new("lavoro", mattoni_ranking::Points::whole(1), "r")];
        third.preferences =
            vec![Preference::new("a").with_priority(1), Preference::new("b").with_priority(1)];
        third
    };
    let people = [person("n1", "b", "a"), person("n2", "a", "b"), third];
    let call = Call { criteria, prize: Prize::Places(facilities) };
    assert_eq!(choices(&call, &people, Assignment::top_trading), [Some(1), Some(1), None]);
    assert_eq!(choices(&call, &people, Assignment::deferred), [Some(2), Some(2), None]);
    let entrants = Entrants::check(&call.criteria, &people).unwrap();
    let market = Market::check(self::facilities(&call), &people).unwrap();
    let ranked = entrants.rank().unwrap();
    let traded = Assignment::top_trading(&market, &ranked).measures(&market, &ranked);
    assert_eq!((traded.placed, &traded.by_choice[..], traded.passed_over), (2, &[2][..], 1));
    let deferred = Assignment::deferred(&market, &ranked).measures(&market, &ranked);
    assert_eq!((deferred.by_choice, deferred.passed_over), (vec![0, 2], 0));
}

/// Round by round, as one would do it on paper.
fn round_by_round(judge: &Judge<'_>, people: &[Applicant]) -> Vec<Option<u32>> {
    let mut got: Vec<Option<u32>> = vec![None; people.len()];
    for round in 1..=4_u32 {
        let given = got.clone();
        let wants = |i: usize| people[i].preferences.get(round as usize - 1);
        for (i, a) in people.iter().enumerate() {
            let Some(preference) = wants(i).filter(|_| is_in(a) && given[i].is_none()) else {
                continue;
            };
            let facility = preference.facility.as_str();
            let same_group = |j: usize| judge.group_of(&people[j]) == judge.group_of(a);
            let taken = (0..people.len()).filter(|&j| {
                let held = given[j].map(|n| &people[j].preferences[n as usize - 1].facility);
                same_group(j) && held.is_some_and(|held| held == facility)
            });
            let before = (0..people.len()).filter(|&j| {
                j != i
                    && same_group(j)
                    && is_in(&people[j])
                    && given[j].is_none()
                    && wants(j).is_some_and(|p| p.facility == facility)
                    && judge.compare(&people[j], a, facility).is_lt()
            });
            let places = judge.regular_places(a, facility);
            if ((taken.count() + before.count()) as i64) < places {
                got[i] = Some(round);
            }
        }
    }
    got
}

#[test]
fn immediate_acceptance_is_what_round_by_round_gives_on_paper() {
    let mut placed = 0;
    for seed in 0..3_000 {
        let (call, people) = call(&mut Rng(seed), &LARGE);
        let judge = Judge::new(&call, &people);
        let ours = choices(&call, &people, Assignment::immediate);
        assert_eq!(ours, round_by_round(&judge, &people), "seed {seed}");
        placed += ours.iter().flatten().count();
    }
    assert!(placed > 3_000);
}

#[test]
fn no_assignment_gives_more_first_choices_than_immediate_acceptance() {
    let firsts = |outcomes: &BTreeMap<String, Outcome>| {
        outcomes.keys().filter(|code| choice(outcomes, code) == 1).count()
    };
    for seed in 0..400 {
        let (call, people) = call(&mut Rng(seed), &SMALL);
        let judge = Judge::new(&call, &people);
        let ours = outcomes(&people, &choices(&call, &people, Assignment::immediate));
        assert!(judge.fits(&ours));
        for other in judge.all_outcomes() {
            let only_those_in = people.iter().all(|a| is_in(a) || !other.contains_key(&a.code));
            if judge.fits(&other) && only_those_in {
                assert!(firsts(&other) <= firsts(&ours), "seed {seed}: {other:?}");
            }
        }
    }
}

#[test]
fn nobody_is_passed_over_by_deferred_acceptance_and_some_are_by_its_alternatives() {
    let shape = Shape { pools: true, ..LARGE };
    let (mut by_trading, mut by_immediate) = (0, 0);
    for seed in 0..2_000 {
        let (call, people) = call(&mut Rng(seed), &shape);
        let entrants = Entrants::check(&call.criteria, &people).unwrap();
        let market = Market::check(facilities(&call), &people).unwrap();
        let ranked = entrants.rank().unwrap();
        let measures = |mechanism: Mechanism| {
            let assignment = mechanism(&market, &ranked);
            let measures = assignment.measures(&market, &ranked);
            let placed = assignment.choices(&market).flatten().count();
            assert_eq!(measures.placed as usize, placed);
            assert_eq!(measures.by_choice.iter().sum::<u32>(), measures.placed);
            measures
        };
        assert_eq!(measures(Assignment::deferred).passed_over, 0, "seed {seed}");
        by_trading += measures(Assignment::top_trading).passed_over;
        by_immediate += measures(Assignment::immediate).passed_over;
    }
    assert!(by_trading > 100 && by_immediate > 500, "{by_trading} {by_immediate}");
}

#[test]
fn chances_are_the_counts_of_as_many_runs() {
    for seed in 0..40 {
        let (call, people) = call(&mut Rng(seed), &Shape { pools: true, ..LARGE });
        let entrants = Entrants::check(&call.criteria, &people).unwrap();
        let market = Market::check(facilities(&call), &people).unwrap();
        let seeds = || (0..25).map(|n| format!("prova {n}"));
        let chances = Chances::over(&entrants, &market, seeds()).unwrap();
        assert_eq!(chances.draws(), 25);
        let mut counts: Vec<Vec<u32>> =
            people.iter().map(|a| vec![0; a.preferences.len()]).collect();
        for text in seeds() {
            let ranked = entrants.rank_with_seed(&text).unwrap();
            let assignment = Assignment::deferred(&market, &ranked);
            for (counts, choice) in counts.iter_mut().zip(assignment.choices(&market)) {
                choice.into_iter().for_each(|n| counts[n as usize - 1] += 1);
            }
        }
        for (a, counts) in people.iter().zip(&counts) {
            assert_eq!(chances.of(&a.code), Some(&counts[..]), "seed {seed}: {}", a.code);
            assert_eq!(chances.placed(&a.code), Some(counts.iter().sum()));
        }
        assert_eq!(chances.of("nobody"), None);
    }
}
