//! The regulation's rules: a table of cases, and what holds for every family.

use mattoni_rules_sdk::prelude::*;
use mattoni_rules_sdk::{cases, describe};
use nursery_points::{Answer, Application, NurseryPoints, Settings, Why, Work};

fn family() -> Application {
    Application {
        child_birth_date: Date::ymd(2025, 1, 10),
        resident: true,
        first_parent_work: Work::FullTime,
        second_parent_work: Some(Work::PartTime),
        single_parent: false,
        siblings_under_14: 1,
        sibling_enrolled: false,
        isee: Some(Money::from_euro(12_000)),
        disability_child: false,
        disability_family: false,
        social_services_report: false,
    }
}

fn score(row: Application) -> Answer {
    NurseryPoints::new(Settings::defaults()).score(&row)
}

#[test]
fn the_case_table_agrees() {
    assert_eq!(cases::check::<Scoring, NurseryPoints>(include_str!("../cases.csv")), Ok(23));
}

#[test]
fn a_reader_can_add_the_points_up() {
    let answer = score(family());
    assert_eq!(answer.residence, Score::because(Decimal::whole(20), Why::Resident));
    assert_eq!(answer.work, Score::because(Decimal::whole(17), Why::BothWork));
    assert_eq!(answer.siblings, Score::because(Decimal::scaled(150), Why::Siblings));
    assert_eq!(answer.isee, Score::because(Decimal::whole(6), Why::IseeSecondBand));
}

#[test]
fn a_lower_isee_never_gives_fewer_points() {
    let points = |euro| score(Application { isee: Some(Money::from_euro(euro)), ..family() }).isee;
    for euro in (0..40_000).step_by(250) {
        assert!(points(euro).hundredths() >= points(euro + 250).hundredths(), "at {euro}");
    }
}

#[test]
fn of_two_equal_families_the_younger_child_and_the_lower_isee_have_the_better_key() {
    let younger = Application { child_birth_date: Date::ymd(2025, 1, 11), ..family() };
    assert!(score(younger).younger_child.0 > score(family()).younger_child.0);
    let poorer = Application { isee: Some(Money::from_euro(11_999)), ..family() };
    assert!(score(poorer).lower_isee.0 < score(family()).lower_isee.0);
    let without = Application { isee: None, ..family() };
    assert!(score(without).lower_isee.0 > score(family()).lower_isee.0);
}

#[test]
fn every_parameter_names_the_article_that_sets_it() {
    for parameter in describe::<Scoring, NurseryPoints>().parameters {
        assert!(parameter.source.contains("art."), "{}", parameter.name);
    }
}
