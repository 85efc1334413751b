//! Values: what a cell or a form field may hold.

use expect_test::expect;
use mattoni_core::value::{Kind, Notation, Value};
use mattoni_core::{Money, is_any_media_type, media_type, text};
use proptest::prelude::*;

fn check(kind: &Kind, texts: &[&str]) -> String {
    texts
        .iter()
        .map(|text| match kind.parse(text) {
            Ok(value) => format!("{text:?} -> {value}\n"),
            Err(problem) => format!("{text:?} -> {problem}\n"),
        })
        .collect()
}

#[test]
fn numbers_are_read_strictly() {
    let euro = Kind::Money { min: Some(Money::ZERO), max: None };
    expect![[r#"
        "12500.5" -> 12500.50
        " 3 " -> 3.00
        "12.500,50" -> numbers use a decimal point and no other separator, found “12.500,50”; write e.g. 1234.56 [value.decimal-comma]
        "1e5" -> must be an amount in euro, found “1e5”; write e.g. 1234.56 [value.wrong-type]
        "-1" -> must be at least 0.00, found -1.00; check the value [value.too-small]
        "0.005" -> amounts have at most two decimals; round to the cent [core.money.decimals]
        "NaN" -> must be an amount in euro, found “NaN”; write e.g. 1234.56 [value.wrong-type]
    "#]]
    .assert_eq(&check(&euro, &["12500.5", " 3 ", "12.500,50", "1e5", "-1", "0.005", "NaN"]));
}

/// Whoever writes `12.500` may mean either.
#[test]
fn a_point_before_three_digits_is_refused_with_both_readings() {
    let euro = Kind::Money { min: None, max: None };
    expect![[r#"
        "12.500" -> must be read in one way only, found “12.500”: in Italian it is 12500, with a decimal point 12.5; write 12500 or 12.5 [value.thousands-point]
        "1.234.567" -> must have no point between thousands, found “1.234.567”; write 1234567 [value.thousands-point]
        "-3.000" -> must be read in one way only, found “-3.000”: in Italian it is -3000, with a decimal point -3; write -3000 or -3 [value.thousands-point]
        "999.990" -> must be read in one way only, found “999.990”: in Italian it is 999990, with a decimal point 999.99; write 999990 or 999.99 [value.thousands-point]
        "12.50" -> 12.50
        "1234.560" -> 1234.56
        "0.500" -> 0.50
        "1.2345" -> amounts have at most two decimals; round to the cent [core.money.decimals]
        "12.5000" -> 12.50
    "#]].assert_eq(&check(
        &euro,
        &[
            "12.500",
            "1.234.567",
            "-3.000",
            "999.990",
            "12.50",
            "1234.560",
            "0.500",
            "1.2345",
            "12.5000",
        ],
    ));
    let decimal = Kind::Decimal { scale: 3, min: None, max: None };
    expect![[r#"
        "1.125" -> must be read in one way only, found “1.125”: in Italian it is 1125, with a decimal point 1.1250; write 1125 or 1.1250 [value.thousands-point]
        "1.1250" -> 1.1250
        "1.120" -> must be read in one way only, found “1.120”: in Italian it is 1120, with a decimal point 1.12; write 1120 or 1.12 [value.thousands-point]
        "0.125" -> 0.125
        "1234.567" -> 1234.567
        "12345.678" -> 12345.678
    "#]].assert_eq(&check(
        &decimal,
        &["1.125", "1.1250", "1.120", "0.125", "1234.567", "12345.678"],
    ));
    expect![[r#"
        "12.500" -> must have no point between thousands, found “12.500”; write 12500 [value.thousands-point]
        "1.234.567" -> must have no point between thousands, found “1.234.567”; write 1234567 [value.thousands-point]
        "12.5" -> must be a whole number, found “12.5”; write digits only, e.g. 3 [value.wrong-type]
        "1.23" -> must be a whole number, found “1.23”; write digits only, e.g. 3 [value.wrong-type]
    "#]].assert_eq(&check(
        &Kind::Integer { min: None, max: None },
        &["12.500", "1.234.567", "12.5", "1.23"],
    ));
    for wrong in [serde_json::json!("12.500"), serde_json::json!("1.234.567")] {
        assert_eq!(euro.from_json(&wrong).unwrap_err().code, "value.thousands-point");
    }
    // In a file too.
    assert!(serde_json::from_str::<Money>(r#""12.500""#).is_err());
    assert_eq!(serde_json::from_str::<Money>(r#""12.50""#).unwrap(), Money::from_cents(1250));
}

#[test]
fn a_file_that_says_so_has_italian_numbers_and_dates() {
    let read = |kind: &Kind, texts: &[&str]| -> String {
        let each = texts.iter().map(|text| match kind.parse_in(text, Notation::Italian) {
            Ok(value) => format!("{text:?} -> {value}\n"),
            Err(problem) => format!("{text:?} -> {problem}\n"),
        });
        each.collect()
    };
    let euro = Kind::Money { min: None, max: None };
    expect![[r#"
        "1.234,56" -> 1234.56
        "1234,56" -> 1234.56
        "12.500" -> 12500.00
        "12500" -> 12500.00
        "-1.234,5" -> -1234.50
        "12.5" -> must be an amount in euro, found “12.5”; write e.g. 1.234,56 [value.wrong-type]
        "1.23,5" -> must be an amount in euro, found “1.23,5”; write e.g. 1.234,56 [value.wrong-type]
        "1,234.56" -> must be an amount in euro, found “1,234.56”; write e.g. 1.234,56 [value.wrong-type]
        "1.234," -> must be an amount in euro, found “1.234,”; write e.g. 1.234,56 [value.wrong-type]
        ",5" -> must be an amount in euro, found “,5”; write e.g. 1.234,56 [value.wrong-type]
        "1e3" -> must be an amount in euro, found “1e3”; write e.g. 1.234,56 [value.wrong-type]
        "banana" -> must be an amount in euro, found “banana”; write e.g. 1.234,56 [value.wrong-type]
    "#]].assert_eq(&read(
        &euro,
        &[
            "1.234,56", "1234,56", "12.500", "12500", "-1.234,5", "12.5", "1.23,5", "1,234.56",
            "1.234,", ",5", "1e3", "banana",
        ],
    ));
    let date = Kind::Date { min: None, max: None };
    expect![[r#"
        "31/03/2027" -> 2027-03-31
        "1/3/2027" -> 2027-03-01
        "2027-03-31" -> 2027-03-31
        "31/02/2027" -> must be a date that exists, found “31/02/2027”; check day and month [value.no-such-date]
        "03/31/2027" -> must be a date that exists, found “03/31/2027”; check day and month [value.no-such-date]
        "31/03/27" -> must be a date, found “31/03/27”; write day, month and year, e.g. 01/09/2026 [value.wrong-type]
        "31-03-2027" -> must be a date, found “31-03-2027”; write day, month and year, e.g. 01/09/2026 [value.wrong-type]
    "#]].assert_eq(&read(
        &date,
        &[
            "31/03/2027",
            "1/3/2027",
            "2027-03-31",
            "31/02/2027",
            "03/31/2027",
            "31/03/27",
            "31-03-2027",
        ],
    ));
    expect![[r#"
        "1.234" -> 1234
        "1234" -> 1234
        "1,0" -> must be a whole number, found “1,0”; write digits only, e.g. 3 [value.wrong-type]
        "1.23" -> must be a whole number, found “1.23”; write digits only, e.g. 3 [value.wrong-type]
    "#]]
    .assert_eq(&read(&Kind::Integer { min: None, max: None }, &["1.234", "1234", "1,0", "1.23"]));
    expect![[r#"
        "VERO" -> sì
        "falso" -> no
        "sì" -> sì
        "x" -> must be yes or no, found “x”; write sì or no [value.wrong-type]
    "#]]
    .assert_eq(&read(&Kind::Boolean, &["VERO", "falso", "sì", "x"]));
    assert!(Kind::Boolean.parse("VERO").is_err());
}

#[test]
fn what_cannot_be_seen_is_no_answer_and_no_part_of_one() {
    for blank in [
        "",
        " ",
        "\t\n",
        "\u{200B}",
        "\u{FEFF}\u{00A0}",
        "\u{2060}\u{3164}",
        "\u{00AD}",
        "\u{2800}",
    ] {
        assert!(text::is_blank(blank), "{blank:?}");
        assert!(Value::Text(blank.into()).is_blank(), "{blank:?}");
    }
    for written in ["0", ".", "\u{200B}x", "-"] {
        assert!(!text::is_blank(written), "{written:?}");
    }
    assert!(!Value::Boolean(false).is_blank() && !Value::Integer(0).is_blank());
    let number = Kind::Integer { min: None, max: None };
    assert_eq!(number.parse("\u{FEFF}3\u{200B}").unwrap(), Value::Integer(3));
    // One `ò`, whichever keyboard wrote it.
    let words = Kind::Text { max_chars: 7 };
    assert_eq!(words.parse("Nicolo\u{300}").unwrap(), Value::Text("Nicolò".into()));
}

#[test]
fn media_types_are_known_by_every_name_in_use() {
    for (claimed, name) in [
        ("image/jpg", "image/jpeg"),
        (" Image/PJPEG ", "image/jpeg"),
        ("application/x-pdf", "application/pdf"),
        ("text/plain; charset=utf-8", "text/plain"),
        ("application/pdf;name=\"a.pdf\"", "application/pdf"),
        ("application/x-pkcs7-mime", "application/pkcs7-mime"),
        ("application/vnd.ms-excel", "application/vnd.ms-excel"),
    ] {
        assert_eq!(media_type(claimed), name);
    }
    assert!(is_any_media_type("") && is_any_media_type("application/octet-stream; x=1"));
}

#[test]
fn dates_exist_or_are_refused() {
    let date = Kind::Date { min: None, max: None };
    expect![[r#"
        "2024-02-29" -> 2024-02-29
        "2026-02-29" -> must be a date that exists, found “2026-02-29”; check day and month [value.no-such-date]
        "29/02/2024" -> must be a date, found “29/02/2024”; write YYYY-MM-DD, e.g. 2026-09-01 [value.wrong-type]
        "2026-9-1" -> must be a date, found “2026-9-1”; write YYYY-MM-DD, e.g. 2026-09-01 [value.wrong-type]
    "#]]
    .assert_eq(&check(&date, &["2024-02-29", "2026-02-29", "29/02/2024", "2026-9-1"]));
}

#[test]
fn choices_booleans_and_texts_name_what_they_allow() {
    let work = Kind::Choice { options: vec!["full-time".into(), "none".into()] };
    expect![[r#"
        "none" -> none
        "both" -> must be one of: full-time, none; replace “both” [value.not-an-option]
    "#]]
    .assert_eq(&check(&work, &["none", "both"]));
    expect![[r#"
        "Sì" -> sì
        "no" -> no
        "1" -> must be yes or no, found “1”; write sì or no [value.wrong-type]
    "#]]
    .assert_eq(&check(&Kind::Boolean, &["Sì", "no", "1"]));
    expect![[r#"
        "città" -> città
        "cittàà" -> must have at most 5 characters, has 6; shorten the text [value.too-long]
    "#]]
    .assert_eq(&check(&Kind::Text { max_chars: 5 }, &["città", "cittàà"]));
}

#[test]
fn a_megabyte_of_rubbish_is_echoed_short() {
    let problem = Kind::Boolean.parse(&"x".repeat(1 << 20)).unwrap_err();
    assert!(problem.rule.len() < 100);
}

#[test]
fn json_numbers_with_decimals_are_refused_for_money() {
    let euro = Kind::Money { min: None, max: None };
    assert!(euro.from_json(&serde_json::json!(12.5)).is_err());
    assert_eq!(
        euro.from_json(&serde_json::json!("12.5")).unwrap(),
        Value::Money(Money::from_cents(1250))
    );
}

proptest! {
    #[test]
    fn no_text_makes_any_kind_panic(text in ".*") {
        for kind in [
            Kind::Boolean,
            Kind::Integer { min: Some(0), max: None },
            Kind::Decimal { scale: 3, min: None, max: None },
            Kind::Money { min: None, max: None },
            Kind::Date { min: None, max: None },
            Kind::Text { max_chars: 3 },
            Kind::Choice { options: vec!["a".into()] },
        ] {
            if let Ok(value) = kind.parse(&text) {
                prop_assert!(kind.check(&value).is_ok());
            }
        }
    }
}
