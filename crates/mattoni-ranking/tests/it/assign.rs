//! Places by preference: laws tried on thousands of small random calls.

use mattoni_ranking::{Applicant, Outcome, Run};

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

#[test]
fn nobody_gains_by_a_false_list() {
    for seed in 0..10_000 {
        let mut rng = Rng(seed);
        let (call, mut people) = call(&mut rng, &SHAPE);
        let honest = outcomes(&Run::draw_up(&call, &people).unwrap());
        let liar = rng.below(people.len() as u64) as usize;
        let truth = people[liar].preferences.clone();
        if truth.is_empty() {
            continue;
        }
        rng.shuffle(&mut people[liar].preferences);
        let keep = 1 + rng.below(truth.len() as u64) as usize;
        people[liar].preferences.truncate(keep);
        let code = people[liar].code.clone();
        let lied = outcomes(&Run::draw_up(&call, &people).unwrap());
        let got = match choice(&lied, &code) {
            u32::MAX => u32::MAX,
            n => {
                let facility = &people[liar].preferences[n as usize - 1].facility;
                truth.iter().position(|p| p.facility == *facility).unwrap() as u32 + 1
            }
        };
        assert!(got >= choice(&honest, &code), "seed {seed}: {code} gains by lying");
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
