use std::collections::BTreeMap;
use std::sync::LazyLock;

use mattoni_analytics::{AnalysisError, Smallest, compare};
use mattoni_core::Money;
use mattoni_core::value::Value;
use mattoni_rules::Ready;
use mattoni_rules::worlds::{Scoring, Tariff};
use polars::prelude::DataFrame;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::tables::{cells, plugin, texts};

/// This year's tariff, and one in which the lower threshold rises and the full price too.
static TARIFFS: LazyLock<(Ready<Tariff>, Ready<Tariff>)> = LazyLock::new(|| {
    let before = plugin::<Tariff>("school-meal-tariff");
    let money = |cents| Value::Money(Money::from_cents(cents));
    let changes = BTreeMap::from([
        ("full_price".to_owned(), money(600)),
        ("lower".to_owned(), money(1_000_000)),
    ]);
    let after = before.with_parameters(&changes).unwrap();
    (before, after)
});

fn tariffs() -> (&'static Ready<Tariff>, &'static Ready<Tariff>) {
    (&TARIFFS.0, &TARIFFS.1)
}

/// One family a pair of district and ISEE, 20 meals each.
fn families(of: &[(&str, &str)]) -> DataFrame {
    let rows: Vec<[&str; 5]> =
        of.iter().map(|(district, isee)| [*district, "20", "sì", *isee, "0"]).collect();
    let rows: Vec<&[&str]> = rows.iter().map(|row| row.as_slice()).collect();
    texts(&["district", "meals", "resident", "isee", "older_siblings"], &rows)
}

#[test]
fn who_gains_who_loses_and_what_it_costs() {
    let (before, after) = tariffs();
    // 10,000 is at the new lower threshold: 40 before, 20 after. 30,000 pays in full.
    let frame = families(&[("a", "5000"), ("a", "10000"), ("b", "30000"), ("b", "")]);
    let comparison = compare(&frame, before, after).unwrap();
    let effect = comparison.effect();
    assert_eq!((effect.gain, effect.lose, effect.same), (1, 2, 1));
    assert_eq!(effect.before, Decimal::new(28_000, 2));
    assert_eq!(effect.after, Decimal::new(28_000, 2));
    assert_eq!(effect.change(), Decimal::ZERO);
    let rows = comparison.rows().unwrap();
    assert_eq!(cells(&rows, "before"), ["20.00", "40.00", "110.00", "110.00"]);
    assert_eq!(cells(&rows, "after"), ["20.00", "20.00", "120.00", "120.00"]);
    assert_eq!(cells(&rows, "change"), ["0.00", "-20.00", "10.00", "10.00"]);
}

#[test]
fn a_table_without_lines_must_have_the_columns_too() {
    let before = plugin::<Scoring>("nursery-model");
    let comparison = compare(&texts(&["x"], &[]), &before, &before);
    assert!(matches!(comparison, Err(AnalysisError::Table(_))));
}

#[test]
fn both_rules_say_what_they_miss_once() {
    let (before, after) = tariffs();
    let frame = texts(&["meals"], &[&["20"]]);
    let Err(AnalysisError::Table(problems)) = compare(&frame, before, after) else {
        panic!("was compared")
    };
    let fields: Vec<_> = problems.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["resident", "older_siblings"]);
}

#[test]
fn groups_that_are_too_small_go_together() {
    let (before, after) = tariffs();
    let mut of = vec![("large", "30000"); 9];
    of.extend([("middle", "10000"); 6]);
    of.extend([("small", "30000"); 2]);
    of.extend([("alone", "5000")]);
    let comparison = compare(&families(&of), before, after).unwrap();
    let table = comparison.by(&["district"], Smallest::default()).unwrap();
    // 3 are too few: the smallest of the others goes with them.
    assert_eq!(cells(&table, "district"), ["large", "null"]);
    assert_eq!(cells(&table, "rows"), ["9", "9"]);
    assert_eq!(cells(&table, "lose"), ["null", "null"]);
    assert_eq!(cells(&table, "change"), ["90.00", "-100.00"]);
    let whole = comparison.by(&[], Smallest::at_least(3)).unwrap();
    assert_eq!(cells(&whole, "lose"), ["null"], "one family alone stays the same");
}

#[test]
fn an_unknown_column_to_group_by_is_refused() {
    let (before, after) = tariffs();
    let comparison = compare(&families(&[("a", "1")]), before, after).unwrap();
    let refused = comparison.by(&["district", "street"], Smallest::default()).unwrap_err();
    let AnalysisError::Table(problems) = refused else { panic!("{refused}") };
    assert_eq!(problems.iter().next().unwrap().field, "street");
}

fn counts(table: &DataFrame, name: &str) -> Vec<Option<u64>> {
    cells(table, name).iter().map(|cell| cell.parse().ok()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_published_is_small_or_the_difference_of_others(
        of in proptest::collection::vec((0_usize..7, 0_usize..3), 0..60),
        smallest in 3_u64..8,
    ) {
        const DISTRICTS: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];
        const ISEES: [&str; 3] = ["5000", "10000", "30000"];
        let of: Vec<_> = of.into_iter().map(|(d, i)| (DISTRICTS[d], ISEES[i])).collect();
        let (before, after) = tariffs();
        let comparison = compare(&families(&of), before, after).unwrap();
        let table = comparison.by(&["district"], Smallest::at_least(smallest)).unwrap();
        let whole = comparison.effect();
        let small = |count: u64| (1..smallest).contains(&count);

        let rows: u64 = counts(&table, "rows").into_iter().flatten().sum();
        prop_assert!(!small(rows) && !small(whole.rows() - rows) || rows == 0);
        prop_assert!(counts(&table, "rows").into_iter().flatten().all(|rows| !small(rows)));
        if table.height() == 0 {
            prop_assert!(whole.rows() < smallest);
            return Ok(());
        }
        prop_assert_eq!(rows, whole.rows());
        let hidden = counts(&table, "gain").iter().filter(|count| count.is_none()).count();
        for (name, all) in [("gain", whole.gain), ("lose", whole.lose), ("same", whole.same)] {
            let shown: Vec<_> = counts(&table, name).into_iter().flatten().collect();
            prop_assert!(shown.iter().all(|count| !small(*count)));
            // Who knows the whole knows the sum of what is hidden.
            let rest = all - shown.iter().sum::<u64>();
            prop_assert!(!small(rest) || hidden == table.height(), "{rest} {name} of {table}");
        }
    }
}
