//! Fiscal codes: forms, omocodia, data read back.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use mattoni_core::{FiscalCode, Sex};
use proptest::prelude::*;

fn codes(text: &str) -> Vec<String> {
    let refused = text.parse::<FiscalCode>().unwrap_err();
    refused.into_iter().map(|problem| problem.code.into_owned()).collect()
}

#[test]
fn known_codes_are_accepted_in_any_case() {
    for code in ["RSSMRA80A01H501U", "BNCMRA99T61H501E", "RCCMNL83S18D969H", "cnTCHR83T41D969D "] {
        assert!(code.parse::<FiscalCode>().is_ok(), "{code}");
    }
}

#[test]
fn every_problem_is_named_at_once() {
    assert_eq!(codes("RSSMRA80A01H501"), ["core.fiscal-code.length"]);
    assert_eq!(codes("RSSMRA80A01H5011"), ["core.fiscal-code.form"]);
    assert_eq!(codes("RSSMRA80A01H501A"), ["core.fiscal-code.check"]);
    // 30 February, and a check character that is wrong as well.
    assert_eq!(codes("RSSMRA80B30H501A"), ["core.fiscal-code.date", "core.fiscal-code.check"]);
    assert_eq!(codes("ÈÈÈÈÈÈÈÈ"), ["core.fiscal-code.form"]);
}

#[test]
fn the_omocodia_chain_of_the_agency_is_reproduced() {
    let base: FiscalCode = "RSSMRA80A01H501U".parse().unwrap();
    let chain = [
        (0b000_0001, "RSSMRA80A01H50MM"),
        (0b000_0011, "RSSMRA80A01H5LMX"),
        (0b000_0111, "RSSMRA80A01HRLMS"),
        (0b000_1111, "RSSMRA80A0MHRLMK"),
        (0b001_1111, "RSSMRA80ALMHRLMV"),
        (0b011_1111, "RSSMRA8LALMHRLMG"),
        (0b111_1111, "RSSMRAULALMHRLMD"),
    ];
    for (form, expected) in chain {
        assert_eq!(base.omocodia(form).as_str(), expected);
    }
}

#[test]
fn all_128_forms_are_valid_told_apart_and_name_the_same_data() {
    let base: FiscalCode = "BNCMRA99T61H501E".parse().unwrap();
    let latest = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let forms: BTreeSet<FiscalCode> = (0..128).map(|form| base.omocodia(form)).collect();
    assert_eq!(forms.len(), 128);
    for form in &forms {
        assert_eq!(form.as_str().parse::<FiscalCode>().unwrap(), *form);
        assert_eq!(form.without_omocodia(), base);
        assert_eq!(form.is_omocodia(), *form != base);
        assert_eq!(form.birth_place(), "H501");
        assert_eq!(form.sex(), Sex::Female);
        assert_eq!(form.birth_date(latest), base.birth_date(latest));
    }
}

#[test]
fn the_century_is_the_latest_that_is_not_after_the_given_day() {
    let on = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
    let code = FiscalCode::make("Rossi", "Mario", on(1926, 1, 1), Sex::Male, "H501").unwrap();
    assert_eq!(code.birth_date(on(2026, 1, 1)), Some(on(2026, 1, 1)));
    assert_eq!(code.birth_date(on(2025, 12, 31)), Some(on(1926, 1, 1)));
}

#[test]
fn names_are_read_as_the_agency_reads_them() {
    let born = NaiveDate::from_ymd_opt(1990, 5, 20).unwrap();
    let make = |family: &str, given: &str| {
        FiscalCode::make(family, given, born, Sex::Male, "F205").unwrap().as_str()[..6].to_owned()
    };
    assert_eq!(make("Fo", "Al"), "FOXLAX");
    assert_eq!(make("D'Àngelo", "Gianfranco"), "DNGGFR");
    assert_eq!(make("Müller", "Jürgen"), "MLLJGN");
    assert_eq!(make("De La Cruz", "Ó"), "DLCOXX");
}

#[test]
fn data_that_cannot_make_a_code_are_refused_all_at_once() {
    let born = NaiveDate::from_ymd_opt(1990, 5, 20).unwrap();
    let refused = FiscalCode::make("Ωμέγα", "", born, Sex::Male, "roma").unwrap_err();
    let fields: Vec<_> = refused.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["family_name", "given_name", "birth_place"]);
}

#[test]
fn debug_does_not_show_the_code() {
    let code: FiscalCode = "RSSMRA80A01H501U".parse().unwrap();
    assert!(!format!("{code:?}").contains("RSS"));
}

proptest! {
    #[test]
    fn what_was_made_is_read_back(
        family in "[A-Za-zàèéìòù' ]{0,12}[A-Za-z]", given in "[A-Za-zàèéìòù' ]{0,12}[A-Za-z]",
        days in 0_u64..36_500, female in any::<bool>(), place in "[A-Z][0-9]{3}", form in 0_u8..128,
    ) {
        let epoch = NaiveDate::from_ymd_opt(1926, 1, 1).unwrap();
        let born = epoch + chrono::Days::new(days);
        let sex = if female { Sex::Female } else { Sex::Male };
        let code = FiscalCode::make(&family, &given, born, sex, &place).unwrap().omocodia(form);
        let read: FiscalCode = code.as_str().parse().unwrap();
        prop_assert_eq!(read, code);
        prop_assert_eq!(read.sex(), sex);
        prop_assert_eq!(read.birth_place(), place);
        let latest = epoch + chrono::Days::new(36_499);
        prop_assert_eq!(read.birth_date(latest), Some(born));
    }

    #[test]
    fn one_wrong_character_is_never_accepted_as_the_same_person(position in 0_usize..16, letter in b'A'..=b'Z') {
        let right = "RSSMRA80A01H501U";
        let mut wrong = right.as_bytes().to_vec();
        prop_assume!(wrong[position] != letter);
        wrong[position] = letter;
        let wrong = String::from_utf8(wrong).unwrap();
        if let Ok(code) = wrong.parse::<FiscalCode>() {
            prop_assert_ne!(code, right.parse().unwrap());
        }
    }

    #[test]
    fn any_text_is_answered_without_panic(text in ".*") {
        let _ = text.parse::<FiscalCode>();
    }
}
