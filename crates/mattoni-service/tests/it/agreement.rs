//! The published JSON Schema and [`Form::check`] come to the same verdict.

use std::str::FromStr as _;

use boon::{Compiler, Draft, SchemaIndex, Schemas};
use chrono::NaiveDate;
use mattoni_core::FiscalCode;
use mattoni_core::text::{is_invisible, trimmed};
use mattoni_service::{Form, StepSource};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// A validator of JSON Schema that knows nothing of Mattoni.
struct Validator {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Validator {
    fn new(schema: Json) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.set_default_draft(Draft::V2020_12);
        compiler.enable_format_assertions();
        compiler.add_resource("https://example.org/form.json", schema).unwrap();
        let index = compiler.compile("https://example.org/form.json", &mut schemas).unwrap();
        Self { schemas, index }
    }

    fn takes(&self, instance: &Json) -> bool {
        self.schemas.validate(instance, self.index).is_ok()
    }
}

/// What docs/service.md says of the keywords beginning with `x-` that bound an answer.
fn within_bounds(schema: &Json, given: &Json) -> bool {
    let properties = schema["properties"].as_object().unwrap();
    properties.iter().all(|(name, property)| {
        let answer = if property["anyOf"].is_array() { &property["anyOf"][0] } else { property };
        let text = match &given[name] {
            Json::String(text) => trimmed(text).to_owned(),
            Json::Number(number) => number.as_f64().unwrap().to_string(),
            _ => return true,
        };
        if text.is_empty() {
            return true;
        }
        if answer["x-format"] == "fiscal-code" {
            return FiscalCode::from_str(&text).is_ok();
        }
        let bound = |key: &str| answer[key].as_str();
        if answer["format"] == "date" {
            let day = |text: &str| text.parse::<NaiveDate>().unwrap();
            return bound("x-min").is_none_or(|min| day(&text) >= day(min))
                && bound("x-max").is_none_or(|max| day(&text) <= day(max));
        }
        let number = |text: &str| text.parse::<rust_decimal::Decimal>().unwrap();
        bound("x-min").is_none_or(|min| number(&text) >= number(min))
            && bound("x-max").is_none_or(|max| number(&text) <= number(max))
    })
}

fn kind() -> impl Strategy<Value = Json> {
    let some = |values: Vec<Json>| prop::option::of(prop::sample::select(values));
    let bounded = move |kind: Json, min: Vec<Json>, max: Vec<Json>| {
        (Just(kind), some(min), some(max)).prop_map(|(mut kind, min, max)| {
            kind.as_object_mut().unwrap().extend(
                [("min", min), ("max", max)]
                    .into_iter()
                    .filter_map(|(key, bound)| Some((key.to_owned(), bound?))),
            );
            kind
        })
    };
    let amounts = || (vec![json!("-10.5"), json!("0")], vec![json!("12.5"), json!("20000")]);
    let decimal = (0..=5u32).prop_flat_map(move |scale| {
        let (min, max) = amounts();
        bounded(json!({ "kind": "decimal", "scale": scale }), min, max)
    });
    let (min, max) = amounts();
    prop_oneof![
        Just(json!({ "kind": "boolean" })),
        bounded(json!({ "kind": "integer" }), vec![json!(-5), json!(5)], vec![json!(5), json!(50)]),
        decimal,
        bounded(json!({ "kind": "money" }), min, max),
        bounded(
            json!({ "kind": "date" }),
            vec![json!("2027-01-01")],
            vec![json!("2027-01-31"), json!("2027-12-31")]
        ),
        (1..8u32).prop_map(|max| json!({ "kind": "text", "max_chars": max })),
        Just(json!({ "kind": "text", "max_chars": 16, "format": "fiscal-code" })),
        Just(json!({ "kind": "choice", "options": ["a", "b"] })),
        Just(json!({ "kind": "choice", "options": ["a", { "value": "b", "label": "B" }] })),
    ]
}

/// Forms in which some fields are required only when an earlier one has an answer.
fn form() -> impl Strategy<Value = Form> {
    let field = (kind(), any::<bool>(), prop::option::of(any::<prop::sample::Index>()));
    prop::collection::vec(field, 1..5).prop_map(|fields| {
        let mut all: Vec<Json> = Vec::new();
        for (mut field, optional, other) in fields {
            field["name"] = json!(format!("f{}", all.len()));
            field["label"] = json!("Domanda");
            let other = other.filter(|_| !all.is_empty()).map(|index| index.get(&all));
            let equals = other.and_then(|other| match other["kind"].as_str().unwrap() {
                "boolean" => Some(json!(true)),
                "integer" => Some(json!(5)),
                "date" => Some(json!("2027-01-31")),
                "choice" => Some(json!("a")),
                _ => None,
            });
            match other.zip(equals) {
                Some((other, equals)) => {
                    field["required_if"] = json!({ "field": other["name"], "equals": equals });
                }
                None => field["optional"] = json!(optional),
            }
            all.push(field);
        }
        let step = json!({ "name": "step", "title": "Passo", "fields": all });
        Form::new(&[serde_json::from_value::<StepSource>(step).unwrap()]).unwrap()
    })
}

/// What pages, people and programs send.
fn answer() -> impl Strategy<Value = Json> {
    let texts = [
        "",
        " ",
        "\u{200B}\u{FEFF}",
        "3",
        "5",
        "12.5",
        "12.50",
        " 12 ",
        "\t12",
        "1.234",
        "0.123",
        "1234.567",
        "12.3450",
        "1.234.567",
        "-5",
        "-",
        ".5",
        "5.",
        "007",
        "12,5",
        "1e3",
        "+5",
        "9999999999999.99",
        "99999999999999",
        "999999999999999",
        "9999999999999999",
        "2027-01-31",
        "2027-02-30",
        " 2027-01-31",
        "2027-1-1",
        "2028-02-29",
        "20270131",
        "a",
        "b",
        " a",
        "B",
        "c",
        "rosso",
        "rosso e nero",
        "perché",
        "  blu  ",
        "RSSMRA80A01H501U",
        "rssmra80a01h501u",
        " RSSMRA80A01H501U",
        "RSSMRA80A01H501X",
    ];
    prop_oneof![
        8 => prop::sample::select(texts.to_vec()).prop_map(|text| json!(text)),
        1 => "[0-9.,-]{0,8}".prop_map(|text| json!(text)),
        1 => "[a-zà-ù ]{0,10}".prop_map(|text| json!(text)),
        3 => prop::sample::select(vec![
            json!(null), json!(true), json!(false), json!(5), json!(3), json!(-1), json!(5.0),
            json!(2.5), json!(1e300), json!(-0.0), json!(9_007_199_254_740_991_i64),
            json!(9_007_199_254_740_993_i64), json!(i64::MIN), json!(u64::MAX),
            json!(9_999_999_999_999_i64), json!(10_000_000_000_000_i64),
            json!(999_999_999_999_999_i64), json!(1_000_000_000_000_000_i64), json!([]),
            json!({ "a": 1 }),
        ]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn the_schema_and_the_form_take_the_same_answers(
        form in form(),
        answers in prop::collection::vec(prop::option::weighted(0.9, answer()), 6),
        stranger in prop::bool::weighted(0.05),
    ) {
        let schema = form.json_schema("Modulo");
        let columns = form.columns().map(|field| field.name.clone());
        let mut given: serde_json::Map<String, Json> =
            columns.zip(answers).filter_map(|(name, answer)| Some((name, answer?))).collect();
        if stranger {
            given.insert("stranger".into(), json!(null));
        }
        let taken = form.check(&given);
        let given = Json::Object(given);
        let valid = Validator::new(schema.clone()).takes(&given) && within_bounds(&schema, &given);
        prop_assert_eq!(taken.is_ok(), valid, "{:?}\n{:#}\n{:#}", taken, given, schema);
    }
}

#[test]
fn what_shows_nothing_is_no_answer_to_the_schema_too() {
    let step = json!({ "name": "s", "title": "S", "fields": [
        { "name": "needed", "label": "A", "kind": "text", "max_chars": 9 },
        { "name": "other", "label": "B", "kind": "choice", "options": ["a"], "optional": true },
    ] });
    let form = Form::new(&[serde_json::from_value::<StepSource>(step).unwrap()]).unwrap();
    let validator = Validator::new(form.json_schema("Modulo"));
    let ranges = ['\0'..'\u{3200}', '\u{F900}'..'\u{10000}', '\u{1BC90}'..'\u{1BCB0}'];
    let astral = ['\u{1D160}'..'\u{1D180}', '\u{DFFF0}'..'\u{E0010}', '\u{E0FF0}'..'\u{E1010}'];
    let chars = ranges.into_iter().chain(astral).flatten();
    for c in chars {
        let hidden = is_invisible(c);
        let needed = validator.takes(&json!({ "needed": c }));
        assert_eq!(needed, !hidden, "needed: U+{:04X}", c as u32);
        let other = validator.takes(&json!({ "needed": "x", "other": c }));
        assert_eq!(other, hidden || c == 'a', "other: U+{:04X}", c as u32);
    }
}
