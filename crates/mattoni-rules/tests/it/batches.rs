//! What a batch takes, and what it refuses.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use mattoni_core::Problems;
use mattoni_core::value::Value;
use mattoni_rules::{Batch, Column, Limits};

use crate::plugins::{choice, families, family, ready};

fn check(refused: Result<Batch, Problems>, expected: Expect) {
    let found = refused.unwrap_err();
    let lines: Vec<String> = found
        .iter()
        .map(|p| {
            format!("{} {} {}\n", p.field, p.line.map_or("-".to_owned(), |l| l.to_string()), p.code)
        })
        .collect();
    expected.assert_eq(&lines.concat());
}

#[test]
fn every_bad_value_of_every_row_is_told_with_column_and_row() {
    let plugin = ready("nursery-points", Limits::default());
    let mut batch = Batch::builder(plugin.description());
    let good = family(1, None);
    batch.push(|name| good.get(name));
    let mut bad = family(21, Some("-0.01"));
    bad.remove("child_birth_date");
    bad.insert("first_parent_work".to_owned(), choice("astronaut"));
    bad.insert("resident".to_owned(), Value::Integer(1));
    batch.push(|name| bad.get(name));
    check(
        batch.finish(),
        expect![[r#"
            child_birth_date 2 rules.value.missing
            resident 2 value.wrong-type
            first_parent_work 2 value.not-an-option
            siblings_under_14 2 value.too-large
            isee 2 value.too-small
        "#]],
    );
}

#[test]
fn every_bad_column_is_told_at_once() {
    let plugin = ready("nursery-points", Limits::default());
    let flags = || Column::booleans([true, false]);
    let columns: BTreeMap<String, Column> = [
        ("child_birth_date", Column::integers(vec![1, 2])),
        ("resident", flags().with_validity(vec![true, false])),
        ("first_parent_work", Column::choices(vec![0, 5])),
        ("single_parent", Column::booleans([true])),
        ("siblings_under_14", Column::integers(vec![0, -1])),
        ("sibling_enrolled", flags()),
        ("disability_child", flags()),
        ("disability_family", flags()),
        ("fiscal_code", Column::integers(vec![1, 2])),
    ]
    .into_iter()
    .map(|(name, column)| (name.to_owned(), column))
    .collect();
    check(
        Batch::from_columns(plugin.description(), columns),
        expect![[r#"
            child_birth_date - rules.column.kind
            resident 2 rules.value.missing
            first_parent_work 2 rules.column.bounds
            single_parent - rules.column.length
            siblings_under_14 2 rules.column.bounds
            social_services_report - rules.column.missing
            fiscal_code - rules.column.undeclared
        "#]],
    );
}

#[test]
fn digests_see_values_and_not_what_lies_under_a_missing_one() {
    let plugin = ready("nursery-model", Limits::default());
    let columns = |last: u16| {
        let names = plugin.description().inputs.iter().map(|input| input.name.clone());
        let columns = names.map(|name| (name, Column::choices(vec![0, last])));
        Batch::from_columns(plugin.description(), columns.collect()).unwrap()
    };
    assert_ne!(columns(0).digest(), columns(1).digest());
    assert_eq!(columns(0).row_digest(0), columns(1).row_digest(0));
    assert_ne!(columns(0).row_digest(1), columns(1).row_digest(1));
    let hidden = |under: i64| Column::money_cents(vec![under]).with_validity(vec![false]);
    assert_eq!(hidden(1), hidden(2));
}

#[test]
fn a_batch_of_another_plugin_is_refused() {
    let points = ready("nursery-points", Limits::default());
    let model = ready("nursery-model", Limits::default());
    let error = model.score(&families(&points, 1)).unwrap_err();
    assert_eq!(error.kind(), mattoni_rules::RuleErrorKind::ForeignBatch);
}
