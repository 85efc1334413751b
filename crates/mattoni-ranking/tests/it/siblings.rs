//! Brothers and sisters together: the promises of [`Together`], judged independently.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use mattoni_ranking::{
    Applicant, Call, Explainer, Facilities, Outcome, Points, Preference, Prize, Run, Score,
    Siblings, Standing, TieKey, Together, Waiting, italian,
};

use crate::checker::{Judge, choice, outcomes};
use crate::random::{Rng, Shape, call, criteria};

/// `code points family|- preference…`, one a line; `places` by facility.
pub(crate) fn town(places: &[(&str, i64)], ask: Together, text: &str) -> (Call, Vec<Applicant>) {
    let facilities: String = places
        .iter()
        .map(|(code, n)| format!("{{ code = \"{code}\", seats = [{{ places = {n} }}] }},"))
        .collect();
    let facilities: Facilities = toml::from_str(&format!("facility = [{facilities}]")).unwrap();
    let people = text
        .lines()
        .zip(0..)
        .map(|(line, i)| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let mut a = Applicant::new(words[0]);
            a.points = vec![Score::new("lavoro", words[1].parse::<Points>().unwrap(), "r")];
            a.tie_keys = vec![TieKey::new("isee", i)];
            a.siblings = (words[2] != "-").then(|| Siblings::new(words[2], ask));
            a.preferences = words[3..].iter().map(|f| Preference::new(*f)).collect();
            a
        })
        .collect();
    (Call { criteria: criteria("single", ""), prize: Prize::Places(facilities) }, people)
}

fn check(places: &[(&str, i64)], ask: Together, text: &str, expected: Expect) -> Run {
    let (call, people) = town(places, ask, text);
    let run = Run::draw_up(&call, &people).unwrap();
    run.verify().unwrap();
    let shown = |line: &mattoni_ranking::Line| match &line.outcome {
        Outcome::Placed { facility, .. } => format!("{} {facility}\n", line.code()),
        Outcome::Waiting { why } => format!("{} {why:?}\n", line.code()),
        other => format!("{} {other:?}\n", line.code()),
    };
    expected.assert_eq(&run.lines().iter().map(shown).collect::<String>());
    run
}

#[test]
fn a_family_goes_where_there_is_room_for_all() {
    check(
        &[("a", 2), ("b", 2)],
        Together::OrNotAtAll,
        "n1 9 - a\nn2 8 rosa a b\nn3 2 rosa a b\nn4 5 - a b",
        expect![[r#"
            n1 a
            n2 b
            n4 a
            n3 b
        "#]],
    );
}

#[test]
fn a_family_without_room_for_all_gets_nothing_or_is_parted_as_it_asks() {
    let text = "n1 9 - a\nn2 8 rosa a b\nn3 2 rosa a b\nn4 5 - a b";
    let places = &[("a", 2), ("b", 1)];
    let run = check(
        places,
        Together::OrNotAtAll,
        text,
        expect![[r#"
            n1 a
            n2 SiblingsNotTogether
            n4 a
            n3 SiblingsNotTogether
        "#]],
    );
    let explained = Explainer::new(&run).explain("n2").unwrap();
    expect![[r#"
        La domanda n2 è in lista d'attesa: nessuna delle sedi indicate ha posto per tutti i fratelli, che chiedono di stare insieme.
        Il punteggio è 8: Lavoro dei genitori 8 (r).
        È al posto 2 su 4 in graduatoria; la domanda che precede ha più punti.
        Preferenza 1, a: posto 2 su 4 nella lista della sede; non c'era posto per tutti i fratelli insieme.
        Preferenza 2, b: posto 1 su 3 nella lista della sede; non c'era posto per tutti i fratelli insieme."#]]
    .assert_eq(&italian::explanation(&explained, &italian::Words::default()).join("\n"));
    check(
        places,
        Together::Preferred,
        text,
        expect![[r#"
            n1 a
            n2 a
            n4 b
            n3 AllFull
        "#]],
    );
}

#[test]
fn who_is_behind_a_family_is_told_of_its_last_member() {
    let run = check(
        &[("a", 2)],
        Together::OrNotAtAll,
        "n1 9 rosa a\nn2 6 rosa a\nn3 5 - a",
        expect![[r#"
            n1 a
            n2 a
            n3 AllFull
        "#]],
    );
    let explained = Explainer::new(&run).explain("n3").unwrap();
    let text = italian::explanation(&explained, &italian::Words::default());
    assert!(text.last().unwrap().contains("chi ha 6 punti: ne mancavano 1"), "{text:?}");
}

#[test]
fn an_only_child_who_stands_before_the_last_sibling_goes_first() {
    check(
        &[("a", 2)],
        Together::OrNotAtAll,
        "n1 9 rosa a\nn2 4 rosa a\nn3 5 - a",
        expect![[r#"
            n1 SiblingsNotTogether
            n3 a
            n2 SiblingsNotTogether
        "#]],
    );
}

#[test]
fn siblings_who_do_not_ask_for_the_same_are_refused() {
    let (call, mut people) =
        town(&[("a", 2)], Together::Preferred, "n1 9 rosa a\nn2 4 rosa a\nn3 5 - a");
    people[1].siblings = Some(Siblings::new("rosa", Together::OrNotAtAll));
    people[2].siblings = Some(Siblings::new("via Roma 3", Together::Preferred));
    let refused = Run::draw_up(&call, &people).unwrap_err();
    let codes: Vec<String> = refused.iter().map(|p| p.code.to_string()).collect();
    assert_eq!(codes, ["ranking.code.form", "ranking.siblings.ask"]);
}

const SHAPE: Shape = Shape { people: 12, facilities: 4, drawn: true, pools: false };

/// Random calls where about half of the applicants have brothers and sisters.
pub(crate) fn families(seed: u64, shape: &Shape) -> (Call, Vec<Applicant>) {
    let mut rng = Rng(seed);
    let (call, mut people) = call(&mut rng, shape);
    for family in 0..3_usize {
        let ask = if rng.one_in(2) { Together::Preferred } else { Together::OrNotAtAll };
        let size = 2 + rng.below(2) as usize;
        let list = people[family * 3].preferences.clone();
        for a in &mut people[family * 3..family * 3 + size] {
            a.siblings = Some(Siblings::new(format!("f{family}"), ask));
            if !rng.one_in(4) {
                a.preferences = list.clone();
            }
        }
    }
    (call, people)
}

fn is_in(a: &Applicant) -> bool {
    !matches!(a.standing, Standing::Excluded { .. })
}

fn facility<'o>(outcomes: &'o BTreeMap<String, Outcome>, code: &str) -> Option<&'o str> {
    match outcomes.get(code)? {
        Outcome::Placed { facility, .. } => Some(facility),
        _ => None,
    }
}

/// What the promises leave to object to.
fn faults(judge: &Judge<'_>, people: &[Applicant], got: &BTreeMap<String, Outcome>) -> Vec<String> {
    let mut faults = Vec::new();
    if !judge.fits(got) {
        faults.push("a quota is broken".to_owned());
    }
    let family_of = |a: &Applicant| -> Vec<&Applicant> {
        let Some(family) = a.siblings.as_ref().map(|s| &s.family) else { return Vec::new() };
        people
            .iter()
            .filter(|b| is_in(b) && b.siblings.as_ref().is_some_and(|s| s.family == *family))
            .collect()
    };
    for a in people.iter().filter(|a| is_in(a)) {
        let family = family_of(a);
        let ask = a.siblings.as_ref().map(|s| s.ask);
        if family.len() > 1 {
            let parted = family.iter().any(|b| facility(got, &b.code) != facility(got, &a.code));
            if parted && ask == Some(Together::OrNotAtAll) {
                faults.push(format!("{} is parted from its siblings", a.code));
            }
            continue;
        }
        let held = choice(got, &a.code).saturating_sub(1) as usize;
        for preference in a.preferences.iter().take(held) {
            let at = preference.facility.as_str();
            let places = judge.regular_places(a, at);
            let there: Vec<&Applicant> = people
                .iter()
                .filter(|b| {
                    judge.group_of(b) == judge.group_of(a) && facility(got, &b.code) == Some(at)
                })
                .collect();
            if (there.len() as i64) < places {
                faults.push(format!("{} wants {at}, which is empty", a.code));
            }
            for b in there {
                // Where a family stands whose members are all here: with its last one.
                let strict = b.siblings.as_ref().is_some_and(|s| s.ask == Together::OrNotAtAll);
                let stands = family_of(b)
                    .into_iter()
                    .filter(|_| strict)
                    .chain([b])
                    .max_by(|x, y| judge.compare(x, y, at))
                    .unwrap();
                if judge.compare(a, stands, at).is_lt() {
                    faults.push(format!("{} goes before {} at {at}", a.code, b.code));
                }
            }
        }
    }
    faults
}

#[test]
fn what_is_promised_of_siblings_holds() {
    let (mut together, mut apart, mut nowhere) = (0, 0, 0);
    for seed in 0..4_000 {
        let (call, people) = families(seed, &SHAPE);
        let run = Run::draw_up(&call, &people).unwrap();
        let got = outcomes(&run);
        let faults = faults(&Judge::new(&call, &people), &people, &got);
        assert!(faults.is_empty(), "seed {seed}: {faults:#?}");
        for line in run.lines() {
            let not_together = Outcome::Waiting { why: Waiting::SiblingsNotTogether };
            nowhere += usize::from(line.outcome == not_together);
        }
        for family in 0..3_usize {
            let [a, b] = [&people[family * 3], &people[family * 3 + 1]];
            let (x, y) = (facility(&got, &a.code), facility(&got, &b.code));
            together += usize::from(x.is_some() && x == y);
            apart += usize::from(x.is_some() && y.is_some() && x != y);
        }
    }
    assert!(together > 1_000 && apart > 100 && nowhere > 1_000, "{together} {apart} {nowhere}");
}

#[test]
fn the_order_of_the_input_parts_no_family() {
    for seed in 0..500 {
        let (call, mut people) = families(seed, &SHAPE);
        let before = Run::draw_up(&call, &people).unwrap();
        Rng(seed).shuffle(&mut people);
        assert_eq!(before.digest(), Run::draw_up(&call, &people).unwrap().digest());
    }
}

/// A judge who never objects proves nothing.
#[test]
fn the_judge_of_siblings_objects_to_a_parted_family() {
    let mut objections = 0;
    for seed in 0..200 {
        let (call, people) = families(seed, &SHAPE);
        let mut got = outcomes(&Run::draw_up(&call, &people).unwrap());
        let judge = Judge::new(&call, &people);
        let Some(placed) = people.iter().find(|a| {
            let strict = a.siblings.as_ref().is_some_and(|s| s.ask == Together::OrNotAtAll);
            strict && facility(&got, &a.code).is_some()
        }) else {
            continue;
        };
        got.remove(&placed.code);
        let siblings = people.iter().filter(|b| is_in(b) && b.siblings == placed.siblings).count();
        if siblings > 1 {
            assert!(!faults(&judge, &people, &got).is_empty(), "seed {seed}");
            objections += 1;
        }
    }
    assert!(objections > 10, "{objections}");
}
