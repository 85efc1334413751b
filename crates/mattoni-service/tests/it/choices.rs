//! Choices whose options have labels.

use std::collections::BTreeMap;

use expect_test::expect;
use mattoni_core::Problems;
use mattoni_core::value::Value;
use mattoni_service::{Service, ServiceSource, SiblingsSource};
use serde_json::json;

use crate::fixture::with;

/// The nursery, whose last field offers these.
fn offering(options: serde_json::Value) -> Result<Service, Problems> {
    with(|source| {
        let field = source.steps[1].fields.last_mut().unwrap();
        assert_eq!(field.name, "first_choice");
        field.kind.insert("options".into(), options);
    })
}

fn labelled() -> Service {
    offering(json!([{ "value": "arcobaleno", "label": "Nido Arcobaleno" }, "girotondo"])).unwrap()
}

#[test]
fn the_code_is_stored_and_the_label_is_read() {
    let service = labelled();
    let field = service.form().field("first_choice").unwrap();
    assert_eq!(field.option_label("arcobaleno"), "Nido Arcobaleno");
    assert_eq!(field.option_label("girotondo"), "girotondo");
    assert_eq!(field.option_label("farfalla"), "farfalla");

    let given = json!({ "first_choice": "arcobaleno", "siblings": 2 });
    let answers = service.form().check_draft(given.as_object().unwrap()).unwrap();
    assert_eq!(answers["first_choice"], Value::Choice("arcobaleno".into()));
    assert_eq!(
        service.form().shown(&answers),
        [(
            "La famiglia",
            vec![
                ("Fratelli e sorelle", "2".to_owned()),
                ("Nido preferito", "Nido Arcobaleno".to_owned())
            ]
        )]
    );
    assert_eq!(service.form().shown(&BTreeMap::new()), []);
}

#[test]
fn what_is_no_option_is_refused_with_codes_and_labels() {
    let given = json!({ "first_choice": "Nido Arcobaleno" });
    let refused = labelled().form().check_draft(given.as_object().unwrap()).unwrap_err();
    expect!["first_choice: must be one of: arcobaleno (Nido Arcobaleno), girotondo; replace “Nido Arcobaleno” [value.not-an-option]"].assert_eq(&refused.to_string());
}

#[test]
fn labels_stand_in_the_schema() {
    let schema = labelled().form().json_schema("Iscrizione al nido");
    assert_eq!(
        schema["properties"]["first_choice"]["oneOf"],
        json!([
            { "const": "arcobaleno", "title": "Nido Arcobaleno" },
            { "const": "girotondo", "title": "girotondo" },
        ])
    );
}

#[test]
fn options_are_written_out_and_read_back() {
    let all = json!([{ "value": "a", "label": "A" }, { "value": "b", "label": "B" }]);
    for source in [labelled().source().clone(), offering(all).unwrap().source().clone()] {
        let text = toml::to_string(&source).unwrap();
        assert_eq!(toml::from_str::<ServiceSource>(&text).unwrap(), source);
        let json = serde_json::to_string(&source).unwrap();
        assert_eq!(serde_json::from_str::<ServiceSource>(&json).unwrap(), source);
    }
}

#[test]
fn an_option_has_one_code_and_a_label() {
    let refused = |options| offering(options).unwrap_err().to_string();
    let all = [
        refused(json!([3])),
        refused(json!([{ "value": "a" }])),
        refused(json!([{ "value": "a", "label": "A", "title": "A" }])),
        refused(json!(["a", { "value": "a", "label": "A" }])),
        refused(json!([{ "value": "a", "label": " " }])),
        refused(json!([" a"])),
        refused(json!([])),
    ];
    expect![[r#"
        steps.family.first_choice: must have options that are texts, or tables of a value and a label; write e.g. ["a", { value = "b", label = "B" }] [service.form.bounds]
        steps.family.first_choice: must have options that are texts, or tables of a value and a label; write e.g. ["a", { value = "b", label = "B" }] [service.form.bounds]
        steps.family.first_choice: must have options that are texts, or tables of a value and a label; write e.g. ["a", { value = "b", label = "B" }] [service.form.bounds]
        steps.family.first_choice: must have bounds that an answer can fit; check the bounds [service.form.bounds]
        steps.family.first_choice: must have a label and a value without spaces around: “a”; write what the citizen reads, and a code [service.form.bounds]
        steps.family.first_choice: must have a label and a value without spaces around: “ a”; write what the citizen reads, and a code [service.form.bounds]
        steps.family.first_choice: must have bounds that an answer can fit; check the bounds [service.form.bounds]"#]].assert_eq(&all.join("\n"));
}

#[test]
fn what_brothers_and_sisters_ask_for_may_have_labels() {
    let asks = |options: serde_json::Value| {
        with(|source| {
            let mut field = source.steps[1].fields.last().unwrap().clone();
            field.name = "siblings_ask".into();
            field.kind.insert("options".into(), options);
            source.steps[1].fields.push(field);
            let ask = "siblings_ask".into();
            source.ranking.as_mut().unwrap().siblings =
                Some(SiblingsSource { ask, family: Vec::new() });
        })
    };
    assert!(asks(json!([{ "value": "alone", "label": "Ciascuno per sé" }, "preferred"])).is_ok());
    assert!(asks(json!([{ "value": "da-soli", "label": "alone" }])).is_err());
}
