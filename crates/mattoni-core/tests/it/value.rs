//! Values: what a cell or a form field may hold.

use expect_test::expect;
use mattoni_core::Money;
use mattoni_core::value::{Kind, Value};
use proptest::prelude::*;

fn check(kind: &Kind, texts: &[&str]) -> String {
    texts
        .iter()
        .map(|text| match kind.parse(text) {
            Ok(value) => format!("{text:?} -> {value}\n"),
            Err(problem) => format!("{text:?} -> {problem}\n"),
        })
        .collect()
}

#[test]
fn numbers_are_read_strictly() {
    let euro = Kind::Money { min: Some(Money::ZERO), max: None };
    expect![[r#"
        "12500.5" -> 12500.50
        " 3 " -> 3.00
        "12.500,50" -> numbers use a decimal point and no other separator, found “12.500,50”; write e.g. 1234.56 [value.decimal-comma]
        "1e5" -> must be an amount in euro, found “1e5”; write e.g. 1234.56 [value.wrong-type]
        "-1" -> must be at least 0.00, found -1.00; check the value [value.too-small]
        "0.005" -> amounts have at most two decimals; round to the cent [core.money.decimals]
        "NaN" -> must be an amount in euro, found “NaN”; write e.g. 1234.56 [value.wrong-type]
    "#]]
    .assert_eq(&check(&euro, &["12500.5", " 3 ", "12.500,50", "1e5", "-1", "0.005", "NaN"]));
}

#[test]
fn dates_exist_or_are_refused() {
    let date = Kind::Date { min: None, max: None };
    expect![[r#"
        "2024-02-29" -> 2024-02-29
        "2026-02-29" -> must be a date that exists, found “2026-02-29”; check day and month [value.no-such-date]
        "29/02/2024" -> must be a date, found “29/02/2024”; write YYYY-MM-DD, e.g. 2026-09-01 [value.wrong-type]
        "2026-9-1" -> must be a date, found “2026-9-1”; write YYYY-MM-DD, e.g. 2026-09-01 [value.wrong-type]
    "#]]
    .assert_eq(&check(&date, &["2024-02-29", "2026-02-29", "29/02/2024", "2026-9-1"]));
}

#[test]
fn choices_booleans_and_texts_name_what_they_allow() {
    let work = Kind::Choice { options: vec!["full-time".into(), "none".into()] };
    expect![[r#"
        "none" -> none
        "both" -> must be one of: full-time, none; replace “both” [value.not-an-option]
    "#]]
    .assert_eq(&check(&work, &["none", "both"]));
    expect![[r#"
        "Sì" -> sì
        "no" -> no
        "1" -> must be yes or no, found “1”; write sì or no [value.wrong-type]
    "#]]
    .assert_eq(&check(&Kind::Boolean, &["Sì", "no", "1"]));
    expect![[r#"
        "città" -> città
        "cittàà" -> must have at most 5 characters, has 6; shorten the text [value.too-long]
    "#]]
    .assert_eq(&check(&Kind::Text { max_chars: 5 }, &["città", "cittàà"]));
}

#[test]
fn a_megabyte_of_rubbish_is_echoed_short() {
    let problem = Kind::Boolean.parse(&"x".repeat(1 << 20)).unwrap_err();
    assert!(problem.rule.len() < 100);
}

#[test]
fn json_numbers_with_decimals_are_refused_for_money() {
    let euro = Kind::Money { min: None, max: None };
    assert!(euro.from_json(&serde_json::json!(12.5)).is_err());
    assert_eq!(
        euro.from_json(&serde_json::json!("12.5")).unwrap(),
        Value::Money(Money::from_cents(1250))
    );
}

proptest! {
    #[test]
    fn no_text_makes_any_kind_panic(text in ".*") {
        for kind in [
            Kind::Boolean,
            Kind::Integer { min: Some(0), max: None },
            Kind::Decimal { scale: 3, min: None, max: None },
            Kind::Money { min: None, max: None },
            Kind::Date { min: None, max: None },
            Kind::Text { max_chars: 3 },
            Kind::Choice { options: vec!["a".into()] },
        ] {
            if let Ok(value) = kind.parse(&text) {
                prop_assert!(kind.check(&value).is_ok());
            }
        }
    }
}
