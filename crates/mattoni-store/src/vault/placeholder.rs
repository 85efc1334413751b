//! What stands in the place of an erased value.

use mattoni_core::record::PersonalData;

/// Placeholders of every shape that was ever stored. Values of a shape that no record names any
/// more go on reading by them.
const STORED: [(&str, &str); 7] = [
    ("answer", r#"{"type":"text","value":"[dati cancellati]"}"#),
    ("digest", r#""0000000000000000000000000000000000000000000000000000000000000000""#),
    ("line-applicant", r#"{"id":"$person","name":"[dati cancellati]"}"#),
    ("list", "[]"),
    ("map", "{}"),
    (
        "person",
        r#"{"id":"$person","fiscal_code":"XXXXXX00A01A000S","given_name":"[dati cancellati]","family_name":"[dati cancellati]","born_on":"1900-01-01"}"#,
    ),
    ("text", r#""[dati cancellati]""#),
];

/// The JSON for an erased value of this shape.
pub(super) fn placeholder(personal: &PersonalData, shape: &str) -> &'static str {
    let stored = || STORED.iter().find(|(stored, _)| *stored == shape).map(|(_, json)| *json);
    personal.placeholder(shape).or_else(stored).unwrap_or("null")
}

#[cfg(test)]
mod tests {
    use mattoni_core::record::Placeholder;

    use super::*;

    #[test]
    fn shapes_of_older_software_go_on_reading() {
        let none = PersonalData::new();
        assert_eq!(placeholder(&none, "recomputed"), "null");
        assert!(placeholder(&none, "line-applicant").contains(r#""id":"$person""#));
        assert_eq!(placeholder(&none, "text"), Placeholder::TEXT.json);
        assert_eq!(placeholder(&none, "person"), Placeholder::PERSON.json);
    }
}
