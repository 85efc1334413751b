//! Who may have a service: requirements on several answers together.

use std::collections::BTreeMap;

use expect_test::expect;
use mattoni_core::value::Value;
use mattoni_core::{Money, Problems};
use mattoni_service::{RequirementSource, Service, ServiceSource};
use proptest::prelude::*;

use crate::fixture::with;

/// The nursery with these requirements instead of its own.
fn requiring(toml: &str) -> Result<Service, Problems> {
    #[derive(serde::Deserialize)]
    struct Requirements {
        requirements: Vec<RequirementSource>,
    }
    let Requirements { requirements } = toml::from_str(toml).unwrap();
    with(|source| source.requirements = requirements)
}

fn answers(work: bool, siblings: i64, isee: Option<i64>) -> BTreeMap<String, Value> {
    let mut answers = BTreeMap::from([
        ("both_work".to_owned(), Value::Boolean(work)),
        ("siblings".to_owned(), Value::Integer(siblings)),
    ]);
    answers
        .extend(isee.map(|euro| ("isee".to_owned(), Value::Money(Money::from_cents(euro * 100)))));
    answers
}

/// By the regulation: whoever works, or has two children at least, and not more than 20 000 euro
/// (30 000 from three children on) or no ISEE at all.
const REGULATION: &str = r#"
    [[requirements]]
    text = "i genitori lavorano, o i figli sono almeno due; l'ISEE rientra nella soglia"
    all = [
        { any = [{ field = "both_work", is = true }, { field = "siblings", min = 2 }] },
        { any = [
            { field = "isee", answered = false },
            { field = "isee", max = {
                cases = [{ when = { field = "siblings", min = 3 }, is = "30000" }],
                otherwise = "20000",
            } },
        ] },
    ]
"#;

#[test]
fn answers_are_weighed_together() {
    let service = requiring(REGULATION).unwrap();
    let fits = |work, siblings, isee| service.unmet(&answers(work, siblings, isee)).is_empty();
    assert!(fits(true, 0, None));
    assert!(fits(false, 2, Some(20_000)));
    assert!(fits(false, 3, Some(30_000)));
    assert!(!fits(false, 1, None));
    assert!(!fits(true, 2, Some(20_001)));
    assert!(!fits(true, 3, Some(30_001)));
    // What is not answered cannot be met.
    assert!(!service.unmet(&BTreeMap::new()).is_empty());
}

#[test]
fn what_is_only_told_refuses_nothing() {
    let service = requiring(
        r#"
        [[requirements]]
        text = "lavorano entrambi i genitori"
        enforce = false
        field = "both_work"
        is = true

        [[requirements]]
        text = "i figli non sono più di cinque"
        not = { field = "siblings", min = 6 }
        "#,
    )
    .unwrap();
    let told = answers(false, 2, None);
    assert_eq!(service.unmet(&told)[0].code, "form.requirement.told");
    assert_eq!(service.admits(&told), Ok(()));
    expect!["siblings: i figli non sono più di cinque; check the answer; without this the service cannot be had [form.requirement]"].assert_eq(&service.admits(&answers(false, 6, None)).unwrap_err().to_string());
}

#[test]
fn one_answer_is_compared_with_another() {
    let service = with(|source| {
        let mut income = source.steps[1].fields[0].clone();
        assert_eq!(income.name, "isee");
        income.name = "income".into();
        source.steps[1].fields.push(income);
        let compare = r#"
            text = "il reddito non supera l'ISEE"
            field = "income"
            max = { field = "isee" }
        "#;
        source.requirements = vec![toml::from_str(compare).unwrap()];
    })
    .unwrap();
    let tried = |income: i64, isee| {
        let mut given = answers(true, 0, isee);
        given.insert("income".into(), Value::Money(Money::from_cents(income)));
        service.unmet(&given).is_empty()
    };
    assert!(tried(1_000_000, Some(10_000)));
    assert!(!tried(1_000_001, Some(10_000)));
    assert!(!tried(1, None));
}

#[test]
fn requirements_are_written_out_and_read_back() {
    let source = requiring(REGULATION).unwrap().source().clone();
    let text = toml::to_string(&source).unwrap();
    assert_eq!(toml::from_str::<ServiceSource>(&text).unwrap(), source);
    let json = serde_json::to_string(&source).unwrap();
    assert_eq!(serde_json::from_str::<ServiceSource>(&json).unwrap(), source);
}

#[test]
fn a_requirement_says_one_thing_that_the_form_can_answer() {
    let refused = requiring(
        r#"
        requirements = [
            { text = " ", field = "isee", max = "1" },
            { text = "a" },
            { text = "b", field = "isee", all = [{ field = "isee", max = "1" }] },
            { text = "c", any = [{ field = "targa", is = true }] },
            { text = "d", field = "isee", max = { field = "siblings" } },
            { text = "e", field = "isee", max = { cases = [{ when = { field = "x" }, is = "1" }] } },
            { text = "f", field = "isee", max = { caso = 1 } },
            { text = "g", field = "first_choice", options = ["farfalla"] },
            { text = "h", field = "siblings", max = 1, maximum = 2 },
            { text = "i", not = { not = { not = { not = { field = "isee", max = "1" } } } } },
        ]
        "#,
    );
    expect![[r#"
        requirements[1]: must have a text; write what the citizen reads [service.requirement]
        requirements[2]: must be about a field, or have one of all, any and not; write field = … with what its answer must be, or a list of such tests [service.requirement]
        requirements[3]: must be about a field, or have one of all, any and not; write field = … with what its answer must be, or a list of such tests [service.requirement]
        requirements[4]: “targa” must be a field of the form; name one that is [service.requirement]
        requirements[5]: the requirement on isee: must be compared with a field of kind money, and “siblings” is of kind integer; write is = …, or min and max, or options [service.requirement]
        requirements[6]: the requirement on isee: “x” must be a field of the form; write is = …, or min and max, or options [service.requirement]
        requirements[7]: the requirement on isee: must be compared with a value, { field = … } or { cases = […], otherwise = … }; write is = …, or min and max, or options [service.requirement]
        requirements[8]: the requirement on first_choice: must be one of: arcobaleno, girotondo; name options of the field [service.requirement]
        requirements[9]: the requirement on siblings: a field of kind integer must be bounded in another way; write is = …, min and max of a number or date, options of a choice, or answered [service.requirement]
        requirements[10]: must have tests in tests at most 4 deep; say the same with fewer of them [service.requirement]"#]].assert_eq(&refused.unwrap_err().to_string());
}

proptest! {
    #[test]
    fn the_regulation_is_what_it_says(work: bool, siblings in 0..6i64, isee in prop::option::of(0..40_000i64)) {
        let service = requiring(REGULATION).unwrap();
        let threshold = if siblings >= 3 { 30_000 } else { 20_000 };
        let right = (work || siblings >= 2) && isee.is_none_or(|isee| isee <= threshold);
        prop_assert_eq!(service.admits(&answers(work, siblings, isee)).is_ok(), right);
    }
}
