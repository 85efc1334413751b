//! Places by preference: laws tried on thousands of small random calls.

use mattoni_ranking::{
    Applicant, Assignment, Call, Entrants, Market, Outcome, Preference, Prize, Ranked, Run,
};

use crate::checker::{Judge, choice, outcomes};
use crate::random::{Rng, Shape, call};

const SHAPE: Shape = Shape { people: 12, facilities: 4, drawn: true, pools: true };

#[test]
fn nobody_wants_a_place_that_went_to_someone_behind_them_and_no_quota_is_broken() {
    let mut placed = 0;
    for seed in 0..10_000 {
        let (call, people) = call(&mut Rng(seed), &SHAPE);
        let run = Run::draw_up(&call, &people).unwrap();
        let outcomes = outcomes(&run);
        let faults = Judge::new(&call, &people).faults(&outcomes);
        assert!(faults.is_empty(), "seed {seed}: {faults:#?}");
        placed += people.iter().filter(|a| choice(&outcomes, &a.code) != u32::MAX).count();
    }
    assert!(placed > 10_000, "the instances hardly tried anything: {placed} places given");
}

/// The same place for the application `code`, if it named the facility.
fn named(people: &[Applicant], code: &str, outcome: &Outcome) -> Option<Outcome> {
    let Outcome::Placed { facility, pool, .. } = outcome else { return None };
    let preferences = &people.iter().find(|a| a.code == code)?.preferences;
    let preference = preferences.iter().position(|p| p.facility == *facility)? as u32 + 1;
    Some(Outcome::Placed { facility: facility.clone(), pool: pool.clone(), preference })
}

/// A judge who never objects proves nothing.
#[test]
fn the_judge_objects_when_two_applicants_swap_or_a_place_is_left_empty() {
    let (mut swaps, mut objections) = (0, 0);
    for seed in 0..300 {
        let (call, people) = call(&mut Rng(seed), &SHAPE);
        let run = Run::draw_up(&call, &people).unwrap();
        let judge = Judge::new(&call, &people);
        let honest = outcomes(&run);
        for line in run.lines() {
            let mut robbed = honest.clone();
            if choice(&honest, line.code()) == u32::MAX {
                continue;
            }
            robbed.remove(line.code());
            assert!(!judge.faults(&robbed).is_empty(), "seed {seed}: {} was robbed", line.code());
        }
        for (above, below) in run.lines().iter().zip(run.lines().iter().skip(1)) {
            let (a, b) = (above.code(), below.code());
            let (Some(to_b), Some(to_a)) =
                (named(&people, b, &honest[a]), named(&people, a, &honest[b]))
            else {
                continue;
            };
            let mut swapped = honest.clone();
            swapped.insert(a.to_owned(), to_a);
            swapped.insert(b.to_owned(), to_b);
            swaps += usize::from(choice(&swapped, b) != choice(&honest, b));
            objections += usize::from(!judge.faults(&swapped).is_empty());
        }
    }
    assert!(swaps > 20 && objections * 10 > swaps * 8, "{objections} objections to {swaps} swaps");
}

#[test]
fn no_other_stable_outcome_is_better_for_anyone() {
    let shape = Shape { people: 4, facilities: 3, drawn: true, pools: true };
    let mut tried = 0;
    for seed in 0..400 {
        let (call, people) = call(&mut Rng(seed), &shape);
        let judge = Judge::new(&call, &people);
        let ours = outcomes(&Run::draw_up(&call, &people).unwrap());
        for other in judge.all_outcomes() {
            if !judge.faults(&other).is_empty() {
                continue;
            }
            tried += 1;
            for a in &people {
                let better = choice(&other, &a.code) < choice(&ours, &a.code);
                assert!(!better, "seed {seed}: {} does better in {other:?}", a.code);
            }
        }
    }
    assert!(tried > 400, "only {tried} stable outcomes were compared");
}

/// Which of the preferences in `truth` the applicant `who` gets when it hands in `told`.
fn gets(
    call: &Call,
    ranked: &Ranked<'_>,
    people: &mut [Applicant],
    who: usize,
    told: &[Preference],
) -> u32 {
    let Prize::Places(facilities) = &call.prize else { panic!("places") };
    let truth = std::mem::replace(&mut people[who].preferences, told.to_vec());
    let market = Market::check(facilities, &*people).unwrap();
    let got = Assignment::deferred(&market, ranked).choices(&market).nth(who).unwrap();
    people[who].preferences = truth;
    // A place they did not want is no better than none.
    let facility = got.map(|n| &told[n as usize - 1].facility);
    let wanted = people[who].preferences.iter().position(|p| Some(&p.facility) == facility);
    wanted.map_or(u32::MAX, |n| n as u32 + 1)
}

#[test]
fn nobody_gains_by_a_false_list() {
    let mut tried = 0;
    for seed in 0..10_000 {
        let mut rng = Rng(seed);
        let (call, people) = call(&mut rng, &SHAPE);
        // Where everyone stands does not depend on what they wish for.
        let entrants = Entrants::check(&call.criteria, &people).unwrap();
        let ranked = entrants.rank().unwrap();
        let mut people = people.clone();
        for liar in 0..people.len() {
            let truth = people[liar].preferences.clone();
            let mut told = truth.clone();
            rng.shuffle(&mut told);
            told.truncate(rng.below(truth.len() as u64 + 1) as usize);
            if told == truth {
                continue;
            }
            let honest = gets(&call, &ranked, &mut people, liar, &truth);
            let lied = gets(&call, &ranked, &mut people, liar, &told);
            assert!(lied >= honest, "seed {seed}: {} gains by lying", people[liar].code);
            tried += 1;
        }
    }
    assert!(tried > 50_000, "only {tried} false lists were tried");
}

/// Every list there is: of some facilities, in any order.
fn all_lists(facilities: &[String]) -> Vec<Vec<String>> {
    let mut lists = vec![Vec::new()];
    for (i, first) in facilities.iter().enumerate() {
        let mut rest = facilities.to_vec();
        rest.remove(i);
        lists.extend(all_lists(&rest).into_iter().map(|mut list| {
            list.insert(0, first.clone());
            list
        }));
    }
    lists
}

#[test]
fn of_all_lists_there_are_none_gets_more_than_the_true_one() {
    let shape = Shape { people: 7, facilities: 3, drawn: true, pools: true };
    let facilities: Vec<String> = (0..3).map(|f| format!("f{f}")).collect();
    let lists = all_lists(&facilities);
    assert_eq!(lists.len(), 16);
    for seed in 0..400 {
        let (call, people) = call(&mut Rng(seed), &shape);
        let entrants = Entrants::check(&call.criteria, &people).unwrap();
        let ranked = entrants.rank().unwrap();
        let mut people = people.clone();
        for liar in 0..people.len() {
            let truth = people[liar].preferences.clone();
            let honest = gets(&call, &ranked, &mut people, liar, &truth);
            for list in &lists {
                // What a facility thinks of them is not theirs to say.
                let told = |f: &String| {
                    let known = truth.iter().find(|p| p.facility == *f);
                    known.cloned().unwrap_or_else(|| Preference::new(f))
                };
                let told: Vec<Preference> = list.iter().map(told).collect();
                let lied = gets(&call, &ranked, &mut people, liar, &told);
                assert!(lied >= honest, "seed {seed}: {} gains by {list:?}", people[liar].code);
            }
        }
    }
}

#[test]
fn one_applicant_more_never_helps_another() {
    // Without the draw: a longer list of entrants is another draw.
    let shape = Shape { drawn: false, ..SHAPE };
    for seed in 0..5_000 {
        let (call, people) = call(&mut Rng(seed), &shape);
        let (one, rest) = people.split_first().unwrap();
        let before = outcomes(&Run::draw_up(&call, rest).unwrap());
        let after = outcomes(&Run::draw_up(&call, &people).unwrap());
        for a in rest {
            assert!(
                choice(&after, &a.code) >= choice(&before, &a.code),
                "seed {seed}: {} is helped by {}",
                a.code,
                one.code
            );
        }
    }
}

#[test]
fn the_order_of_the_input_changes_nothing_not_even_the_digest() {
    for seed in 0..500 {
        let mut rng = Rng(seed);
        let (call, mut people) = call(&mut rng, &SHAPE);
        let before = Run::draw_up(&call, &people).unwrap();
        rng.shuffle(&mut people);
        assert_eq!(before.digest(), Run::draw_up(&call, &people).unwrap().digest());
    }
}
