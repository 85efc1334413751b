//! The national model's sheet.

use expect_test::expect;
use mattoni_core::Problem;
use mattoni_service::{BUSINESS_EVENTS, Category, LIFE_EVENTS, Sheet, TOPICS};

use crate::fixture::source;

#[test]
fn a_complete_sheet_has_nothing_wanting() {
    assert_eq!(source().sheet.lint(), []);
}

#[test]
fn an_empty_sheet_lacks_every_item_in_the_models_order() {
    let fields: Vec<_> = Sheet::default().lint().into_iter().map(|p| p.field).collect();
    let order = [
        "category",
        "title",
        "short_description",
        "who",
        "how",
        "needed",
        "obtained",
        "times",
        "access",
        "conditions",
        "contacts",
        "topics",
    ];
    assert_eq!(fields, order.map(|item| format!("sheet.{item}")));
}

#[test]
fn a_short_description_is_short_in_letters_not_in_bytes() {
    let mut sheet = source().sheet;
    sheet.short_description = "è".repeat(160);
    assert_eq!(sheet.lint(), []);
    sheet.short_description.push('!');
    let found = sheet.lint();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, "service.sheet.too-long");
    assert!(found[0].rule.contains("has 161"));
}

#[test]
fn there_are_fifteen_categories_each_with_its_code() {
    assert_eq!(Category::ALL.len(), 15);
    for category in Category::ALL {
        assert_eq!(serde_json::to_value(category).unwrap(), category.code());
    }
}

#[test]
fn terms_of_no_vocabulary_are_named_and_stand_in_nobodys_way() {
    let mut sheet = source().sheet;
    sheet.topics = ["Istruzione", "istruzione ", "Famiglia"].map(Into::into).into();
    sheet.life_events = vec!["avere-un-figlio".into(), LIFE_EVENTS.terms[11].into()];
    sheet.business_events = vec!["bancarotta".into()];
    let found: Vec<_> = sheet.unknown_terms().iter().map(Problem::to_string).collect();
    expect![[r#"
        sheet.topics: “istruzione ” must be among the “argomenti”; write “Istruzione” [service.sheet.unknown-topic]
        sheet.topics: “Famiglia” must be among the “argomenti”; use one of the list in docs/service.md, or a descriptor of EuroVoc [service.sheet.unknown-topic]
        sheet.life_events: “avere-un-figlio” must be among the “eventi della vita”; use one of the list in docs/service.md [service.sheet.unknown-life-event]
        sheet.business_events: “bancarotta” must be among the “eventi della vita di un'impresa”; write “Bancarotta” [service.sheet.unknown-business-event]"#]].assert_eq(&found.join("\n"));
    assert_eq!(sheet.lint(), []);
}

#[test]
fn the_vocabularies_are_whole_and_say_nothing_twice() {
    for (vocabulary, terms) in [(TOPICS, 64), (LIFE_EVENTS, 19), (BUSINESS_EVENTS, 15)] {
        let different: std::collections::BTreeSet<_> = vocabulary.terms.iter().collect();
        assert_eq!(
            (vocabulary.terms.len(), different.len()),
            (terms, terms),
            "{}",
            vocabulary.name
        );
        assert!(vocabulary.terms.iter().all(|term| term.trim() == *term && !term.is_empty()));
    }
}
