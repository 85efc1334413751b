//! The national model's sheet.

use mattoni_service::{Category, Sheet};

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
