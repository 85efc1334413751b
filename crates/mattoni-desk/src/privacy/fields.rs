//! What of a practice is personal, and whose.

use crate::practices::NAME;
use mattoni_core::Aggregate;
use mattoni_practice::Practice;
use mattoni_store::{Field, Personal, Secrets, Whose};

/// What stands in the place of an erased text.
pub const ERASED: &str = "[dati cancellati]";

const ITSELF: Whose = Whose::Itself("/id");
const APPLICANT: Whose = Whose::State(&["/applicant/id"]);
/// Answers about the one it benefits go with that person, where there is one.
const BENEFICIARY: Whose = Whose::State(&["/beneficiary/id", "/applicant/id"]);

const fn person(path: &'static str) -> Field {
    Field::new(path, ITSELF, "person")
}

const fn text(path: &'static str) -> Field {
    Field::new(path, APPLICANT, "text")
}

const fn applicants(path: &'static str, shape: &'static str) -> Field {
    Field::new(path, APPLICANT, shape)
}

const fn beneficiarys(path: &'static str) -> Field {
    Field::new(path, BENEFICIARY, "answer")
}

const EVENTS: &[Field] = &[
    person("/opening/applicant"),
    person("/opening/beneficiary"),
    person("/opening/filer/person"),
    person("/party/person"),
    beneficiarys("/set/child_*"),
    beneficiarys("/set/beneficiary_*"),
    applicants("/set/*", "answer"),
    text("/attachment/name"),
    text("/papers/*/name"),
    text("/items/*/why"),
    text("/note"),
    text("/text"),
    text("/reason"),
    text("/reasons"),
    text("/decision/motivation"),
    text("/decision/on_observations"),
    text("/payment/note"),
    text("/payment/reason"),
    text("/payment/reference"),
    applicants("/confirmed", "digest"),
    applicants("/assessment/inputs", "digest"),
    applicants("/assessment/points", "list"),
    applicants("/assessment/tie_keys", "map"),
    text("/assessment/class"),
];

const STATE: &[Field] = &[
    person("/applicant"),
    person("/beneficiary"),
    person("/filer/person"),
    person("/parties/*/person"),
    beneficiarys("/answers/child_*"),
    beneficiarys("/answers/beneficiary_*"),
    applicants("/answers/*", "answer"),
    text("/attachments/*/name"),
    text("/integrations/*/items/*/why"),
    text("/integrations/*/end/note"),
    text("/integrations/*/end/reason"),
    applicants("/assessments/*/inputs", "digest"),
    applicants("/assessments/*/points", "list"),
    applicants("/assessments/*/tie_keys", "map"),
    text("/assessments/*/class"),
    text("/demand/reason"),
    text("/payments/*/note"),
    text("/payments/*/reason"),
    text("/payments/*/reference"),
    text("/notice/reasons"),
    text("/notice/observations/text"),
    text("/outcomes/*/decision/motivation"),
    text("/outcomes/*/decision/on_observations"),
    text("/messages/*/text"),
    // Worked out from answers; read without it, it is worked out again.
    applicants("/summed", "recomputed"),
];

/// The name, in what lists tell.
const LINES: &[Field] = &[Field::new("/a", ITSELF, "line-applicant")];

/// What a debt is for is written by the office and may name someone.
const EFFECTS: &[Field] = &[text("/reason")];

/// What of the desk's aggregates is personal, and what stands there once it is erased: a shell
/// that reads, lists and counts as before, with states, dates, service and numbers, and nobody in
/// it. People's ids stay: they are pseudonyms that only the ente can make.
#[must_use]
pub fn secrets() -> Secrets {
    let person = format!(
        r#"{{"id":"$person","fiscal_code":"XXXXXX00A01A000S","given_name":"{ERASED}","family_name":"{ERASED}","born_on":"1900-01-01"}}"#
    );
    Secrets::new()
        .with(
            Practice::KIND,
            Personal::new(EVENTS, STATE).in_effects(EFFECTS).in_lists(&[NAME]).in_lines(LINES),
        )
        .with_stand_in("person", person)
        .with_stand_in("line-applicant", format!(r#"{{"id":"$person","name":"{ERASED}"}}"#))
        .with_stand_in("answer", format!(r#"{{"type":"text","value":"{ERASED}"}}"#))
        .with_stand_in("text", format!(r#""{ERASED}""#))
        .with_stand_in("digest", format!(r#""{}""#, mattoni_core::Digest::ZERO))
        .with_stand_in("list", "[]")
        .with_stand_in("map", "{}")
}
