//! The order: class, points, tie-breaks, draw.

use chrono::NaiveDate;
use expect_test::{Expect, expect};
use mattoni_core::Money;
use mattoni_ranking::{
    Applicant, Criteria, CriteriaSource, Entrants, Points, Score, Standing, TieKey,
};
use proptest::prelude::*;

const RULES: &str = r#"
version = 1
title = "Nido"
[[class]]
code = "ordinaria"
label = "Ordinaria"
after = ["disabilita"]
[[class]]
code = "disabilita"
label = "Disabilità"
after = []
[[criterion]]
code = "lavoro"
label = "Lavoro"
max = 16
[[criterion]]
code = "fratelli"
label = "Fratelli"
max = "4.50"
[[threshold]]
at_least = 2
[[tie_break]]
prefer = "higher"
criterion = "fratelli"
label = "più fratelli"
[[tie_break]]
prefer = "lower"
key = "isee"
kind = "money"
missing = "last"
label = "ISEE più basso"
[[tie_break]]
prefer = "higher"
key = "nascita"
kind = "date"
label = "bambino più piccolo"
[draw]
kind = "single"
seed = "4 27 61 80 90"
"#;

fn criteria() -> Criteria {
    Criteria::new(toml::from_str::<CriteriaSource>(RULES).unwrap()).unwrap()
}

/// `code class lavoro fratelli isee|- birth`, one a line.
fn people(text: &str) -> Vec<Applicant> {
    text.lines()
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let mut a = Applicant::new(words[0]);
            a.class = Some(words[1].to_owned());
            a.points = vec![
                Score::new("lavoro", words[2].parse().unwrap(), "r"),
                Score::new("fratelli", words[3].parse().unwrap(), "r"),
            ];
            if let Ok(isee) = words[4].parse::<Money>() {
                a.tie_keys.push(TieKey::new("isee", isee));
            }
            a.tie_keys.push(TieKey::new("nascita", words[5].parse::<NaiveDate>().unwrap()));
            a
        })
        .collect()
}

fn show(people: &[Applicant]) -> String {
    let criteria = criteria();
    let entrants = Entrants::check(&criteria, people).unwrap();
    let ranked = entrants.rank().unwrap();
    let mut text = String::new();
    for (i, a) in ranked.iter().enumerate() {
        let parted = ranked.parted(i).map_or(String::new(), |p| format!(" {p:?}"));
        text.push_str(&format!("{} {} {}{parted}\n", i + 1, a.code, ranked.total(i).unwrap()));
    }
    text
}

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&show(&people(text)));
}

#[test]
fn a_class_goes_before_any_number_of_points() {
    check(
        "a1 ordinaria 16 4 - 2024-01-01\nb2 disabilita 2 0 - 2024-01-01",
        expect![[r#"
        1 b2 2.00
        2 a1 20.00 Class
    "#]],
    );
}

#[test]
fn equal_points_go_to_more_siblings_then_lower_isee_then_the_younger_child() {
    check(
        "a1 ordinaria 8 2 9000.00 2024-01-01\n\
         b2 ordinaria 9 1 100.00 2024-01-01\n\
         c3 ordinaria 8 2 8999.99 2023-01-01\n\
         d4 ordinaria 8 2 8999.99 2023-01-02\n\
         e5 ordinaria 8 2 - 2025-01-01",
        expect![[r#"
            1 d4 10.00
            2 c3 10.00 TieBreak(2)
            3 a1 10.00 TieBreak(1)
            4 e5 10.00 TieBreak(1)
            5 b2 10.00 TieBreak(0)
        "#]],
    );
}

#[test]
fn what_nothing_parts_goes_to_the_draw() {
    check(
        "x1 ordinaria 8 2 1.00 2024-01-01\n\
         b2 ordinaria 8 2 1.00 2024-01-01\n\
         c3 ordinaria 8 2 1.00 2024-01-01",
        expect![[r#"
            1 b2 10.00
            2 x1 10.00 Draw
            3 c3 10.00 Draw
        "#]],
    );
}

#[test]
fn the_office_takes_in_below_the_threshold_and_out_above_it() {
    let mut all = people(
        "a1 ordinaria 1 0 - 2024-01-01\n\
         b2 ordinaria 1 0.5 - 2024-01-01\n\
         c3 ordinaria 9 0 - 2024-01-01\n\
         d4 ordinaria 2 0 - 2024-01-01",
    );
    all[1].standing = Standing::Included { reason: "servizi sociali".to_owned() };
    all[2].standing = Standing::Excluded { reason: "fuori termine".to_owned() };
    expect![[r#"
        1 d4 2.00
        2 b2 1.50 Points
    "#]]
    .assert_eq(&show(&all));
}

#[test]
fn a_correction_counts_and_the_declared_points_stay() {
    let mut all = people("a1 ordinaria 16 0 - 2024-01-01\nb2 ordinaria 8 0 - 2024-01-01");
    all[0].points[0].correction = Some(mattoni_ranking::Correction {
        value: Points::whole(4),
        reason: "un solo genitore lavora".to_owned(),
    });
    assert_eq!(all[0].points[0].points, Points::whole(16));
    expect![[r#"
        1 b2 8.00
        2 a1 4.00 Points
    "#]]
    .assert_eq(&show(&all));
}

#[test]
fn a_corrected_value_breaks_ties_and_the_declared_one_stays() {
    let mut all =
        people("a1 ordinaria 8 2 5000.00 2024-01-01\nb2 ordinaria 8 2 9000.00 2024-01-01");
    all[0].tie_keys[0].correction = Some(mattoni_ranking::Correction {
        value: Money::from_cents(1_200_000).into(),
        reason: "ISEE dell'INPS".to_owned(),
    });
    assert_eq!(all[0].tie_keys[0].declared, Money::from_cents(500_000).into());
    expect![[r#"
        1 b2 10.00
        2 a1 10.00 TieBreak(1)
    "#]]
    .assert_eq(&show(&all));
}

#[test]
fn without_a_seed_only_those_who_need_the_draw_are_refused() {
    let mut source: CriteriaSource = toml::from_str(RULES).unwrap();
    source.draw.seed = None;
    let criteria = Criteria::new(source).unwrap();
    let apart = people("a1 ordinaria 8 2 1.00 2024-01-01\nb2 ordinaria 9 2 1.00 2024-01-01");
    assert_eq!(Entrants::check(&criteria, &apart).unwrap().rank().unwrap().len(), 2);
    let tied = people("a1 ordinaria 8 2 1.00 2024-01-01\nb2 ordinaria 8 2 1.00 2024-01-01");
    let refused = Entrants::check(&criteria, &tied).unwrap().rank().map(|_| ()).unwrap_err();
    assert_eq!(refused.iter().next().unwrap().code, "ranking.draw.seed-missing");
}

fn rules_on_numbers() -> Criteria {
    let tie = |prefer: &str, key: &str| {
        format!(
            "[[tie_break]]\nprefer = \"{prefer}\"\nkey = \"{key}\"\nkind = \"number\"\nmissing = \"first\"\nlabel = \"\"\n"
        )
    };
    let text = format!(
        "version = 1\ntitle = \"\"\n{}{}[draw]\nkind = \"single\"\nseed = \"s\"",
        tie("lower", "a"),
        tie("higher", "b")
    );
    Criteria::new(toml::from_str::<CriteriaSource>(&text).unwrap()).unwrap()
}

proptest! {
    /// Small numbers pack into 64 bits, middling ones into 128, any numbers into neither: all
    /// three ways give the order of a plain comparison.
    #[test]
    fn the_order_is_that_of_a_plain_comparison(
        values in prop::collection::vec(
            prop_oneof![
                (prop::option::of(-3_i64..3), prop::option::of(-3_i64..3)),
                (prop::option::of(-1_i64 << 35..1 << 35), prop::option::of(-3_i64..3)),
                (
                    prop::option::of(i64::MIN + 1..i64::MAX),
                    prop::option::of(i64::MIN + 1..i64::MAX),
                ),
            ],
            0..40,
        ),
        width in 0..3_usize,
    ) {
        let narrow = |v: Option<i64>| match width {
            0 => v.map(|v| v % 4),
            1 => v.map(|v| v % (1 << 36)),
            _ => v,
        };
        let people: Vec<Applicant> = values
            .iter()
            .enumerate()
            .map(|(i, (a, b))| {
                let mut person = Applicant::new(format!("n{i}"));
                person.tie_keys.extend(narrow(*a).map(|v| TieKey::new("a", v)));
                person.tie_keys.extend(narrow(*b).map(|v| TieKey::new("b", v)));
                person
            })
            .collect();
        let criteria = rules_on_numbers();
        let entrants = Entrants::check(&criteria, &people).unwrap();
        let ranked = entrants.rank().unwrap();
        let key = |p: &Applicant| {
            let value = |key| p.tie_value(key).map(|v| v.to_string().parse::<i128>().unwrap());
            (value("a"), value("b").map(|v| -v))
        };
        prop_assert_eq!(ranked.len(), people.len());
        let keys: Vec<_> = ranked.iter().map(key).collect();
        prop_assert!(keys.is_sorted(), "{:?}", keys);
    }
}
