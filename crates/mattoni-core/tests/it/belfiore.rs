//! Birthplaces and when they were there.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mattoni_core::belfiore::{self, BelfioreCode, Place};
use mattoni_core::{EnteId, FiscalCode, Sex};
use proptest::prelude::*;

const TABLE: &str = include_str!("../../data/belfiore.csv");

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn code(text: &str) -> BelfioreCode {
    text.parse().unwrap()
}

fn born(on: &str, place: &str) -> Result<Place, String> {
    let code = FiscalCode::make("Rossi", "Mario", day(on), Sex::Male, place).unwrap();
    code.check_birth_place(day(on)).map_err(|problem| problem.code.into_owned())
}

#[test]
fn every_line_of_the_table_is_read_and_found_by_its_code() {
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    for line in TABLE.lines() {
        *lines.entry(&line[..4]).or_default() += 1;
    }
    assert!(lines.len() > 10_000);
    for (text, count) in lines {
        assert_eq!(belfiore::history(code(text)).len(), count, "{text}");
    }
}

#[test]
fn the_times_of_one_code_follow_each_other() {
    let mut together = Vec::new();
    for line in TABLE.lines() {
        let history = belfiore::history(code(&line[..4]));
        for pair in history.windows(2) {
            let (earlier, later) = (pair[0], pair[1]);
            assert!(earlier.created <= later.created, "{earlier:?}");
            if earlier.ended >= later.created {
                together.push(earlier.code.to_string());
            }
        }
    }
    together.dedup();
    // Filago and Marne shared a code for 67 years.
    assert_eq!(together, ["D588"]);
}

#[test]
fn a_town_merged_away_is_right_for_those_born_before() {
    assert_eq!(born("2013-12-31", "A726").unwrap().name, "Bazzano");
    assert_eq!(born("2014-01-01", "A726"), Err("core.belfiore.not-then".to_owned()));
    assert_eq!(born("2013-12-31", "M320"), Err("core.belfiore.not-then".to_owned()));
    assert_eq!(born("2014-01-01", "M320").unwrap().name, "Valsamoggia");
}

#[test]
fn a_code_nobody_ever_had_is_told_from_one_that_was_not_there_then() {
    assert_eq!(born("1980-01-01", "Z999"), Err("core.belfiore.unknown".to_owned()));
    assert_eq!(born("1980-01-01", "A000"), Err("core.belfiore.unknown".to_owned()));
}

#[test]
fn foreign_states_are_right_up_to_their_end() {
    let soviet_union = born("1980-01-01", "Z135").unwrap();
    assert_eq!((soviet_union.province, soviet_union.created), (None, None));
    assert!(soviet_union.code.is_abroad());
    assert_eq!(born("1999-01-01", "Z135"), Err("core.belfiore.not-then".to_owned()));
    assert_eq!(born("1980-01-01", "Z138").unwrap().name, "Ucraina");
}

#[test]
fn a_town_keeps_its_code_when_its_province_changes() {
    let at = |on: &str| belfiore::on(code("A368"), day(on)).unwrap().province;
    assert_eq!((at("1974-08-19"), at("1974-08-20")), (Some("CA"), Some("OR")));
}

#[test]
fn names_are_found_however_they_are_written() {
    let codes = |name: &str, province: Option<&str>| -> Vec<String> {
        let found = belfiore::named(name, province, day("2020-01-01"));
        found.iter().map(|place| place.code.to_string()).collect()
    };
    assert_eq!(codes("ROMA", None), ["H501"]);
    assert_eq!(codes("reggio nell’emilia", Some("re")), ["H223"]);
    assert_eq!(codes("Bozen", None), ["A952"]);
    assert_eq!(codes("Forli", None), codes("Forlì", None));
    assert_eq!(codes("Francia", None), ["Z110"]);
    assert_eq!(codes("Francia", Some("RM")), Vec::<String>::new());
    assert_eq!(codes("Atlantide", None), Vec::<String>::new());
    assert_eq!(codes("", None), Vec::<String>::new());
}

#[test]
fn towns_of_one_name_are_told_apart_by_province() {
    let on = day("2020-01-01");
    assert_eq!(belfiore::named("Samone", None, on).len(), 2);
    assert_eq!(belfiore::named("Samone", Some("TN"), on).len(), 1);
}

#[test]
fn an_ente_that_is_a_comune_knows_its_belfiore_code() {
    let belfiore = |text: &str| text.parse::<EnteId>().unwrap().belfiore();
    assert_eq!(belfiore("c_h501"), Some(code("H501")));
    for other in ["r_emiro", "c_h50", "h501", "c_50h1"] {
        assert_eq!(belfiore(other), None, "{other}");
    }
}

proptest! {
    #[test]
    fn what_is_found_by_code_is_found_by_name_too(line in 0_usize..15_000, days in 0_u64..60_000) {
        let on = day("1861-01-01") + chrono::Days::new(days);
        let line = TABLE.lines().nth(line).unwrap();
        let code = code(&line[..4]);
        if let Some(place) = belfiore::on(code, on) {
            prop_assert!(place.existed_on(on));
            let found = belfiore::named(place.name, place.province, on);
            prop_assert!(found.contains(&place), "{place:?}");
        }
    }

    #[test]
    fn any_text_is_read_or_refused_as_a_code(text in ".{0,6}") {
        if let Ok(code) = text.parse::<BelfioreCode>() {
            prop_assert_eq!(code.to_string().parse::<BelfioreCode>().unwrap(), code);
        }
    }
}
