//! What people give, checked.

use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use mattoni_core::value::{Notation, Value};
use mattoni_service::{ConditionSource, Form, Format, Service};
use proptest::prelude::*;
use serde_json::json;

use crate::fixture::{nursery, with};

fn good() -> serde_json::Map<String, serde_json::Value> {
    json!({
        "child_fiscal_code": "rssmra80a01h501u",
        "child_birth_date": "2024-02-29",
        "isee": "12500.50",
        "siblings": 2,
        "both_work": true,
        "first_choice": "girotondo",
    })
    .as_object()
    .unwrap()
    .clone()
}

fn check(given: serde_json::Value, expected: Expect) {
    let mut all = good();
    all.extend(given.as_object().unwrap().clone());
    expected.assert_eq(&nursery().form().check(&all).unwrap_err().to_string());
}

#[test]
fn a_sound_application_is_read() {
    let answers = nursery().form().check(&good()).unwrap();
    assert_eq!(answers["child_fiscal_code"], Value::Text("RSSMRA80A01H501U".into()));
    assert_eq!(answers.len(), 6);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    check(
        json!({
            "child_fiscal_code": "RSSMRA80A01H501X",
            "child_birth_date": "2025-02-29",
            "isee": "12.500,50",
            "siblings": 2.5,
            "both_work": null,
            "distance_km": "1.25",
            "first_choice": "farfalla",
            "pets": "cat",
        }),
        expect![[r#"
            pets: must be a field of the form; leave it out, or use one of: child_fiscal_code, child_birth_date, isee, siblings, both_work, distance_km, first_choice [form.unknown-field]
            child_fiscal_code: must be a fiscal code: ends in the check character of the fifteen before it; copy it from the health card (tessera sanitaria) [form.fiscal-code]
            child_birth_date: must be a date that exists, found “2025-02-29”; check day and month [value.no-such-date]
            isee: numbers use a decimal point and no other separator, found “12.500,50”; write e.g. 1234.56 [value.decimal-comma]
            siblings: must be a whole number, found “2.5”; write digits only, e.g. 3 [value.wrong-type]
            both_work: must be given; fill in “Lavorano entrambi i genitori” [form.missing]
            distance_km: must have at most 1 decimals; round the number [value.decimals]
            first_choice: must be one of: arcobaleno, girotondo; replace “farfalla” [value.not-an-option]"#]],
    );
}

#[test]
fn a_row_of_a_file_is_read_like_a_page() {
    let cells = [
        ("child_fiscal_code", "RSSMRA80A01H501U"),
        ("child_birth_date", "2024-02-29"),
        ("isee", "12500.50"),
        ("siblings", "2"),
        ("both_work", "sì"),
        ("distance_km", " "),
        ("first_choice", "girotondo"),
    ];
    let form = nursery();
    let form = form.form();
    assert_eq!(form.check_row(cells), form.check(&good()));
    let names: Vec<_> = form.columns().map(|field| field.name.as_str()).collect();
    assert_eq!(names, cells.map(|(name, _)| name));
}

#[test]
fn a_row_of_a_file_in_italian_is_read_where_the_file_says_so() {
    let cells = [
        ("child_fiscal_code", "RSSMRA80A01H501U"),
        ("child_birth_date", "29/02/2024"),
        ("isee", "12.500,50"),
        ("siblings", "2"),
        ("both_work", "VERO"),
        ("first_choice", "girotondo"),
    ];
    let form = nursery();
    let form = form.form();
    assert_eq!(form.check_row_in(cells, Notation::Italian), form.check(&good()));
    assert_eq!(form.check_row(cells).unwrap_err().iter().count(), 3);
}

#[test]
fn what_cannot_be_seen_is_no_answer() {
    for blank in ["", " ", "\u{200B}", "\u{FEFF}\u{A0}"] {
        check(
            json!({ "isee": blank, "child_fiscal_code": blank }),
            expect![[r#"
                child_fiscal_code: must be given; fill in “Codice fiscale del bambino” [form.missing]"#]],
        );
        let row = [("child_fiscal_code", blank)];
        let refused = nursery().form().check_row(row).unwrap_err();
        assert!(refused.iter().all(|problem| problem.code == "form.missing"));
        let draft = json!({ "child_fiscal_code": blank });
        assert!(nursery().form().check_draft(draft.as_object().unwrap()).unwrap().is_empty());
    }
}

/// D.M. 13813/1976, by hand: the digits in odd places of 00743110157 give 0+7+3+1+1+7 = 19, those in
/// even places, doubled and without nines, 0+8+2+0+1 = 11; 30 ends in zero.
#[test]
fn a_person_may_have_a_provisional_code_of_eleven_digits() {
    let service = with(|source| source.steps[0].fields[0].format = Some(Format::TaxCode)).unwrap();
    let code = |text: &str| {
        let mut given = good();
        given.insert("child_fiscal_code".into(), json!(text));
        service.form().check(&given).map(|answers| answers["child_fiscal_code"].to_string())
    };
    assert_eq!(code(" 00743110157 ").unwrap(), "00743110157");
    assert_eq!(code("rssmra80a01h501u").unwrap(), "RSSMRA80A01H501U");
    for wrong in ["00743110158", "0074311015", "RSSMRA80A01H501X"] {
        assert_eq!(code(wrong).unwrap_err().iter().next().unwrap().code, "form.tax-code");
    }
}

#[test]
fn nothing_is_missing_from_a_draft_and_what_is_there_must_be_right() {
    let nursery = nursery();
    let some = json!({ "siblings": 2, "isee": "" });
    let answers = nursery.form().check_draft(some.as_object().unwrap()).unwrap();
    assert_eq!(answers, BTreeMap::from([("siblings".to_owned(), Value::Integer(2))]));

    let wrong = json!({ "siblings": 200 });
    let refused = nursery.form().check_draft(wrong.as_object().unwrap()).unwrap_err();
    let codes: Vec<_> = refused.into_iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["value.too-large"]);
}

#[test]
fn two_applications_for_one_child_have_one_key() {
    let nursery = nursery();
    let upper = nursery.form().check(&good()).unwrap();
    let mut again = good();
    again.insert("child_fiscal_code".into(), json!(" RSSMRA80A01H501U"));
    again.remove("isee");
    // Sixteen characters are the limit, blanks not counted.
    let again = nursery.form().check(&again).unwrap();
    assert_eq!(nursery.duplicate_key(&upper), nursery.duplicate_key(&again));
    assert_eq!(nursery.duplicate_key(&BTreeMap::new()), None);
}

#[test]
fn requirements_that_are_not_met_are_told_in_the_citizens_words() {
    let nursery = nursery();
    let mut answers = nursery.form().check(&good()).unwrap();
    assert_eq!(nursery.unmet(&answers), []);
    answers.insert("both_work".into(), Value::Boolean(false));
    answers.remove("child_birth_date");
    let rules: Vec<_> = nursery.unmet(&answers).into_iter().map(|problem| problem.rule).collect();
    assert_eq!(rules, ["il bambino ha meno di 36 mesi", "lavorano entrambi i genitori"]);
}

fn anything() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(|b| json!(b)),
        any::<i64>().prop_map(|n| json!(n)),
        any::<f64>().prop_map(|n| json!(n)),
        ".{0,40}".prop_map(|text| json!(text)),
        "[0-9.,-]{0,30}".prop_map(|text| json!(text)),
        Just(json!([1, { "a": 2 }])),
    ]
}

proptest! {
    #[test]
    fn whatever_is_given_either_reads_or_names_a_field(
        given in prop::collection::btree_map(
            prop_oneof![
                prop::sample::select(vec![
                    "child_fiscal_code", "child_birth_date", "isee", "siblings", "both_work",
                    "distance_km", "first_choice",
                ]).prop_map(str::to_owned),
                "[a-z]{1,8}",
            ],
            anything(),
            0..8,
        )
    ) {
        let nursery = nursery();
        let given: serde_json::Map<_, _> = given.into_iter().collect();
        match nursery.form().check(&given) {
            Ok(answers) => {
                for (name, value) in &answers {
                    let field = nursery.form().field(name).unwrap();
                    prop_assert!(field.kind.check(value).is_ok());
                }
            }
            Err(problems) => prop_assert!(problems.iter().all(|problem| !problem.field.is_empty())),
        }
    }

    #[test]
    fn what_was_read_is_written_as_it_reads(siblings in 0..=20i64, both_work: bool, cents in 0..10_000_000i64) {
        let nursery = nursery();
        let isee = mattoni_core::Money::from_cents(cents);
        let mut given = good();
        given.insert("siblings".into(), json!(siblings));
        given.insert("both_work".into(), json!(both_work));
        given.insert("isee".into(), json!(isee.to_string()));
        let answers = nursery.form().check(&given).unwrap();
        let cells: Vec<_> =
            answers.iter().map(|(name, value)| (name.as_str(), value.to_string())).collect();
        let row = cells.iter().map(|(name, text)| (*name, text.as_str()));
        prop_assert_eq!(nursery.form().check_row(row).unwrap(), answers);
    }
}

/// The nursery, asking how far away only of those who do not both work.
fn conditional(equals: serde_json::Value) -> Result<Service, mattoni_core::Problems> {
    with(|source| {
        let field = &mut source.steps[1].fields[3];
        assert_eq!(field.name, "distance_km");
        field.optional = false;
        field.required_if = Some(ConditionSource { field: "both_work".into(), equals });
    })
}

#[test]
fn a_field_is_required_when_its_condition_is_met() {
    let service = conditional(json!(false)).unwrap();
    let mut given = good();
    assert!(service.form().check(&given).is_ok());
    given.insert("both_work".into(), json!(false));
    expect!["distance_km: must be given when “Lavorano entrambi i genitori” is no; fill in “Distanza in km” [form.missing]"].assert_eq(&service.form().check(&given).unwrap_err().to_string());
    let row: Vec<_> = [
        ("child_fiscal_code", "RSSMRA80A01H501U"),
        ("child_birth_date", "2024-02-29"),
        ("siblings", "2"),
        ("both_work", "no"),
        ("first_choice", "girotondo"),
    ]
    .into();
    let refused = service.form().check_row(row).unwrap_err();
    assert_eq!(refused.into_vec()[0].field, "distance_km");
    given.insert("distance_km".into(), json!("1.5"));
    assert!(service.form().check(&given).is_ok());
}

#[test]
fn a_draft_says_what_it_still_lacks() {
    let service = conditional(json!(false)).unwrap();
    let given = json!({ "both_work": false, "siblings": 1 });
    let answers = service.form().check_draft(given.as_object().unwrap()).unwrap();
    let missing: Vec<_> = service.form().missing(&answers).into_iter().map(|p| p.field).collect();
    assert_eq!(missing, ["child_fiscal_code", "child_birth_date", "distance_km", "first_choice"]);
}

#[test]
fn a_condition_stands_in_the_schema_for_pages_and_for_validators() {
    let schema = conditional(json!(false)).unwrap().form().json_schema("Iscrizione al nido");
    assert_eq!(
        schema["properties"]["distance_km"]["x-required-if"],
        json!({ "field": "both_work", "equals": false })
    );
    assert_eq!(
        schema["allOf"],
        json!([{
            "if": { "properties": { "both_work": { "const": false } }, "required": ["both_work"] },
            "then": {
                "properties": { "distance_km": { "not": { "$ref": "#/$defs/no-answer" } } },
                "required": ["distance_km"],
            },
        }])
    );
    assert!(!schema["required"].as_array().unwrap().contains(&json!("distance_km")));
}

#[test]
fn a_condition_is_written_out_and_read_back() {
    let source = conditional(json!(false)).unwrap().source().clone();
    let text = toml::to_string(&source).unwrap();
    assert_eq!(toml::from_str::<mattoni_service::ServiceSource>(&text).unwrap(), source);
    let json = serde_json::to_string(&source).unwrap();
    assert_eq!(serde_json::from_str::<mattoni_service::ServiceSource>(&json).unwrap(), source);
}

#[test]
fn a_condition_is_about_an_earlier_field_and_an_answer_it_can_have() {
    let steps = with(|_| ()).unwrap().source().steps.clone();
    let tried = |field: &str, equals: serde_json::Value, optional| {
        let mut steps = steps.clone();
        let last = steps[1].fields.last_mut().unwrap();
        last.required_if = Some(ConditionSource { field: field.into(), equals });
        last.optional = optional;
        Form::new(&steps).unwrap_err().to_string()
    };
    let all = [
        tried("targa", json!(true), false),
        tried("first_choice", json!("girotondo"), false),
        tried("isee", json!("1"), false),
        tried("both_work", json!("forse"), false),
        tried("both_work", json!(true), true),
    ];
    expect![[r#"
        steps.family.first_choice: must depend on a field that is asked before it, and “targa” is not; name a field that comes before [service.form.condition]
        steps.family.first_choice: must depend on a field that is asked before it, and “first_choice” is not; name a field that comes before [service.form.condition]
        steps.family.first_choice: must not depend on “isee”, a money; depend on a boolean, choice, integer or date [service.form.condition]
        steps.family.first_choice: must depend on an answer that “both_work” can have: must be yes or no, found “"forse"”; write an answer it can have [service.form.condition]
        steps.family.first_choice: must be optional or required under a condition, not both; leave “optional” out: without the condition it may be left empty [service.form.condition]"#]].assert_eq(&all.join("\n"));
}

proptest! {
    #[test]
    fn what_check_takes_lacks_nothing_and_what_lacks_nothing_check_takes(
        kept in prop::collection::vec(any::<bool>(), 6), work in any::<bool>(), far in any::<bool>()
    ) {
        let service = conditional(json!(false)).unwrap();
        let mut given = good();
        given.insert("both_work".into(), json!(work));
        let names: Vec<_> = given.keys().cloned().collect();
        for (name, kept) in names.iter().zip(kept) {
            if !kept {
                given.remove(name);
            }
        }
        if far {
            given.insert("distance_km".into(), json!("2"));
        }
        let answers = service.form().check_draft(&given).unwrap();
        let lacks = service.form().missing(&answers);
        match service.form().check(&given) {
            Ok(checked) => prop_assert!(lacks.is_empty() && checked == answers),
            Err(problems) => prop_assert_eq!(problems.into_vec(), lacks),
        }
    }
}
