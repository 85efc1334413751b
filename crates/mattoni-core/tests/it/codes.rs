//! Codes of bodies, bank accounts and places.

use mattoni_core::{Iban, IstatCode, NumericCode, TaxCode, VatNumber};
use proptest::prelude::*;

fn problems<T: std::str::FromStr<Err = mattoni_core::Problems> + std::fmt::Debug>(
    text: &str,
) -> Vec<String> {
    text.parse::<T>().unwrap_err().into_iter().map(|problem| problem.code.into_owned()).collect()
}

/// Ten digits and their check digit.
fn with_check(ten: &str) -> String {
    let found: Vec<String> = (0..10)
        .map(|check| format!("{ten}{check}"))
        .filter(|code| code.parse::<NumericCode>().is_ok())
        .collect();
    assert_eq!(found.len(), 1, "{ten} has one check digit");
    found[0].clone()
}

#[test]
fn known_vat_numbers_are_accepted() {
    for number in ["00743110157", "02190640223", "IT02190640223", " 02438750586 "] {
        assert!(number.parse::<VatNumber>().is_ok(), "{number}");
    }
}

#[test]
fn everything_wrong_with_a_vat_number_is_told_at_once() {
    assert_eq!(problems::<VatNumber>("0074311015"), ["core.vat.form"]);
    assert_eq!(problems::<VatNumber>("0074311015O"), ["core.vat.form"]);
    assert_eq!(problems::<VatNumber>("00743110158"), ["core.vat.check"]);
    assert_eq!(
        problems::<VatNumber>("00000005001"),
        ["core.vat.holder", "core.vat.office", "core.vat.check"]
    );
}

#[test]
fn offices_are_those_that_gave_out_vat_numbers() {
    let accepted: Vec<u32> = (0..1000)
        .filter(|office| with_check(&format!("1234567{office:03}")).parse::<VatNumber>().is_ok())
        .collect();
    let expected: Vec<u32> = (1..=100).chain([120, 121, 888, 999]).collect();
    assert_eq!(accepted, expected);
}

#[test]
fn a_numeric_code_need_not_be_a_vat_number() {
    let code: NumericCode = with_check("8001493582").parse().unwrap();
    assert_eq!(code.vat_number(), None);
    assert_eq!(problems::<NumericCode>("80014935820123"), ["core.numeric-code.form"]);
    assert_eq!(problems::<NumericCode>("00743110158"), ["core.numeric-code.check"]);
}

#[test]
fn a_tax_code_is_a_persons_or_numeric() {
    assert!(matches!("rssmra80a01h501u".parse(), Ok(TaxCode::Person(_))));
    assert!(matches!("00743110157".parse(), Ok(TaxCode::Numeric(_))));
    assert_eq!(problems::<TaxCode>("1234"), ["core.tax-code.length"]);
    assert_eq!(problems::<TaxCode>("RSSMRA80A01H501A"), ["core.fiscal-code.check"]);
    let read: TaxCode = serde_json::from_str("\"00743110157\"").unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), "\"00743110157\"");
}

#[test]
fn accounts_of_every_sepa_country_are_accepted() {
    let known = [
        "IT60X0542811101000000123456",
        "SM86U0322509800000000270100",
        "DE89 3704 0044 0532 0130 00",
        "LT121000011101001000",
        "fr1420041010050500013m02606",
        "MT84MALT011000012345MTLCAST001S",
        "NO9386011117947",
    ];
    for iban in known {
        assert!(iban.parse::<Iban>().is_ok(), "{iban}: {:?}", iban.parse::<Iban>());
    }
    let german: Iban = known[2].parse().unwrap();
    assert_eq!((german.country(), german.abi(), german.cab()), ("DE", None, None));
}

#[test]
fn everything_wrong_with_an_account_is_told_at_once() {
    assert_eq!(problems::<Iban>("IT60"), ["core.iban.form"]);
    assert_eq!(problems::<Iban>("IT60X05428111010000001234é6"), ["core.iban.form"]);
    assert_eq!(
        problems::<Iban>("IT60X054281110100000012345"),
        ["core.iban.length", "core.iban.check"]
    );
    assert_eq!(
        problems::<Iban>("IT60Y0542811101000000123456"),
        ["core.iban.cin", "core.iban.check"]
    );
    assert_eq!(problems::<Iban>("DE89370400440532013001"), ["core.iban.check"]);
    // Check digits put right for a wrong control character: only the second check sees it.
    let right = (0..97).map(|check| format!("IT{check:02}Y0542811101000000123456"));
    let cin_only = right.filter(|iban| problems::<Iban>(iban) == ["core.iban.cin"]).count();
    assert_eq!(cin_only, 1);
}

#[test]
fn an_account_is_hidden_from_logs() {
    let iban: Iban = "IT60X0542811101000000123456".parse().unwrap();
    assert_eq!(format!("{iban:?}"), "Iban(hidden)");
}

#[test]
fn istat_codes_keep_their_zeros() {
    let torino: IstatCode = "001272".parse().unwrap();
    assert_eq!((torino.as_str(), torino.province()), ("001272", "001"));
    for wrong in ["1272", "000272", "001000", "00127A", "0012722"] {
        assert_eq!(problems::<IstatCode>(wrong), ["core.istat.form"], "{wrong}");
    }
}

proptest! {
    #[test]
    fn one_wrong_digit_of_a_numeric_code_is_always_seen(ten in "[0-9]{10}", at in 0_usize..11, by in 1_u8..10) {
        let right = with_check(&ten);
        let mut wrong = right.into_bytes();
        wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
        prop_assert!(String::from_utf8(wrong).unwrap().parse::<NumericCode>().is_err());
    }

    #[test]
    fn one_wrong_character_of_an_account_is_always_seen(at in 0_usize..27, with in "[0-9A-Z]") {
        let right = "IT60X0542811101000000123456";
        let mut wrong = right.to_owned();
        wrong.replace_range(at..=at, &with);
        prop_assume!(wrong != right);
        prop_assert!(wrong.parse::<Iban>().is_err());
    }

    #[test]
    fn any_text_is_answered_without_panic(text in ".*", ascii in "[A-Z]{2}[0-9]{2}[A-Z0-9]{0,32}") {
        for text in [&text, &ascii] {
            let _ = (text.parse::<Iban>(), text.parse::<TaxCode>(), text.parse::<VatNumber>());
            let _ = (text.parse::<NumericCode>(), text.parse::<IstatCode>());
        }
    }
}
