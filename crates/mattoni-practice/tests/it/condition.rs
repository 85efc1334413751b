//! Conditions on answers: what is read, what matches, what is refused and where.

use std::collections::BTreeMap;

use mattoni_core::Money;
use mattoni_core::value::{Kind, Value};
use mattoni_practice::bulk::Selection;
use mattoni_practice::{BulkDecision, Condition};
use proptest::prelude::*;

fn kinds(key: &str) -> Option<Kind> {
    Some(match key {
        "isee" => Kind::Money { min: Some(Money::ZERO), max: None },
        "children" => Kind::Integer { min: Some(0), max: Some(12) },
        "share" => Kind::Decimal { scale: 2, min: None, max: None },
        "born" => Kind::Date { min: None, max: None },
        "resident" => Kind::Boolean,
        "work" => Kind::Choice { options: vec!["full-time".into(), "none".into()] },
        "street" => Kind::Text { max_chars: 40 },
        _ => return None,
    })
}

fn answers(text: &str) -> BTreeMap<String, Value> {
    let answer = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap();
        (key.to_owned(), kinds(key).unwrap().parse(value).unwrap())
    };
    text.split(';').filter(|pair| !pair.is_empty()).map(answer).collect()
}

fn matches(condition: &str, given: &str) -> bool {
    let read = Condition::parse(condition, &kinds).unwrap_or_else(|p| panic!("{condition}: {p}"));
    read.matches(&answers(given))
}

fn refused(condition: &str) -> Vec<String> {
    let problems = Condition::parse(condition, &kinds).unwrap_err();
    problems.iter().map(|problem| format!("{} {}", problem.code, problem.rule)).collect()
}

#[test]
fn every_kind_of_answer_is_compared() {
    for (condition, given, expected) in [
        ("isee <= 15000", "isee=15000.00", true),
        ("isee < 15000", "isee=15000.00", false),
        ("isee > 14999.99", "isee=15000", true),
        ("children >= 2", "children=2", true),
        ("children != 2", "children=3", true),
        ("share = 0.50", "share=0.5", true),
        ("born >= 2024-01-01", "born=2023-12-31", false),
        ("resident = sì", "resident=si", true),
        ("work = full-time", "work=none", false),
        ("work <> full-time", "work=none", true),
        ("street = 'via Roma, 1'", "street=via Roma, 1", true),
    ] {
        assert_eq!(matches(condition, given), expected, "{condition} {given}");
    }
}

#[test]
fn not_binds_most_and_or_least() {
    let given = "children=1;resident=sì;isee=30000";
    assert!(matches("resident = sì or children = 5 and isee < 1", given));
    assert!(!matches("(resident = sì or children = 5) and isee < 1", given));
    assert!(matches("not children = 5 and resident = sì", given));
    assert!(!matches("not (children = 1 and resident = sì)", given));
    assert!(matches("children = 1 e non (resident = no O isee < 1)", given), "in Italian too");
}

#[test]
fn a_missing_answer_never_matches_nor_does_its_contrary() {
    for condition in
        ["isee <= 15000", "not isee <= 15000", "not (isee > 1 and children > 1)", "isee != 3"]
    {
        assert!(!matches(condition, "children=2"), "{condition}");
    }
    assert!(matches("isee <= 15000 or children = 2", "children=2"), "what is known is enough");
    assert!(matches("not (isee > 1 and children > 5)", "children=2"));
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    for (condition, place) in [
        ("", "at character 1: must be the name of a field"),
        ("isee", "at character 5: must be one of = != < <= >= >"),
        ("isee => 3", "at character 6: must be one of = != < <= >= >"),
        ("isee <=", "at character 8: must be a value to compare with"),
        ("isee <= 3 children > 1", "at character 11: must end, or go on with and, or"),
        ("(isee <= 3", "at character 11: must have a ) for each ("),
        ("isee <= 3)", "at character 10: must end, or go on with and, or"),
        ("street = 'via Roma", "at character 10"),
        ("città = sì and and", "at character 16: must be the name of a field"),
    ] {
        let found = refused(condition);
        assert_eq!(found.len(), 1, "{condition}: {found:?}");
        assert!(found[0].starts_with("practice.condition.syntax "), "{condition}: {found:?}");
        assert!(found[0].contains(place), "{condition}: {found:?}");
    }
    let deep = format!("{}isee = 1{}", "(".repeat(40), ")".repeat(40));
    assert!(refused(&deep)[0].contains("so many parentheses"));
    assert!(refused(&"x".repeat(5000))[0].contains("bytes"));
}

#[test]
fn everything_that_does_not_fit_the_form_is_said_at_once() {
    let found = refused("isee <= 15.000,00 and age > 3 and work < none and born > 31/03/2027");
    let codes: Vec<_> = found.iter().map(|text| text.split(' ').next().unwrap()).collect();
    assert_eq!(
        codes,
        [
            "value.decimal-comma",
            "practice.condition.unknown",
            "practice.condition.order",
            "value.wrong-type"
        ]
    );
}

#[test]
fn an_order_of_yesterday_is_read_and_a_condition_is_part_of_todays() {
    let old = r#"{"service":"nido","states":["taken-in-charge"]}"#;
    let read: Selection = serde_json::from_str(old).unwrap();
    assert_eq!(read.condition, None);
    assert!(!serde_json::to_string(&Selection::all()).unwrap().contains("condition"));
    let condition = Condition::parse("isee <= 15000 and not children = 0", &kinds).unwrap();
    let order = BulkDecision::new(Selection::all().with_condition(condition), "entro la soglia");
    let json = serde_json::to_string(&order).unwrap();
    assert_eq!(serde_json::from_str::<BulkDecision>(&json).unwrap(), order);
    let stored: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        stored["selection"]["condition"]["all"][1]["not"]["answer"]["value"],
        serde_json::json!({ "type": "integer", "value": 0 })
    );
}

proptest! {
    /// Whatever is typed is read or refused, and nothing panics.
    #[test]
    fn nothing_that_is_typed_panics(text in "[a-z0-9 ()<>=!'\"àè.,-]{0,60}|.{0,40}") {
        let _ = Condition::parse(&text, &kinds);
    }

    /// A condition and its contrary never match together, and one of them does where the answer is
    /// given.
    #[test]
    fn a_condition_or_its_contrary(least in -3_i64..9, children in prop::option::of(0_i64..6)) {
        let given: BTreeMap<String, Value> =
            children.map(|n| ("children".to_owned(), Value::Integer(n))).into_iter().collect();
        let text = format!("children >= {least}");
        let is = Condition::parse(&text, &kinds).unwrap().matches(&given);
        let is_not = Condition::parse(&format!("not {text}"), &kinds).unwrap().matches(&given);
        prop_assert_eq!(is, children.is_some_and(|n| n >= least));
        prop_assert_eq!(is || is_not, children.is_some());
        prop_assert!(!(is && is_not));
    }
}
