//! `mattoni rules run --out` and `compare`: whole tables, who gains and who loses.

use crate::command::Place;

const MEALS: &str = "{plugins}/school-meal-tariff.wasm";

/// Nine families in one district and three in another, at full price, and one below the lower
/// threshold.
fn families(place: &Place) {
    let mut text = "district,meals,resident,isee,older_siblings\n".to_owned();
    for (district, isee, families) in [("nord", 30_000, 9), ("sud", 30_000, 3), ("sud", 5_000, 1)] {
        for _ in 0..families {
            text += &format!("{district},20,sì,{isee},0\n");
        }
    }
    place.write("families.csv", text);
}

#[test]
fn a_table_is_answered_whole_and_can_be_asked_about_again() {
    let place = Place::new();
    families(&place);
    let out = place.run(&format!("rules run {MEALS} families.csv --out a.parquet")).well();
    assert_eq!(out, "righe con risposta: 13, in a.parquet\n");
    place.run(&format!("rules run {MEALS} families.csv --out a.csv")).well();
    let text = std::fs::read_to_string(place.path("a.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].ends_with("=due"), "{}", lines[0]);
    assert!(lines[1].starts_with("nord,20,sì,30000,0,110.00,"), "{}", lines[1]);
    assert!(lines[13].ends_with(",20.00"), "{}", lines[13]);
    // What was written can be read: the answers are columns the rule did not declare.
    let again = place.run(&format!("rules compare {MEALS} a.parquet --then full_price=6")).well();
    assert!(again.contains("13"), "{again}");
}

#[test]
fn a_change_says_who_loses_and_what_it_brings_without_small_counts() {
    let place = Place::new();
    families(&place);
    let said = place
        .run(&format!(
            "--json rules compare {MEALS} families.csv --then full_price=6 --by district"
        ))
        .json();
    assert_eq!(said["unit"], "euro");
    let all = &said["all"][0];
    assert_eq!((&all["rows"], &all["change"]), (&13.into(), &"120.00".into()));
    // One family alone stays the same: of so few nothing is told.
    assert!(all["lose"].is_null(), "{all}");
    // Four families are too few for a line, so there is one line for all.
    assert_eq!(said["by"].as_array().unwrap().len(), 1, "{said}");

    let said = place
        .run(&format!(
            "rules compare {MEALS} families.csv --then full_price=6 --by district --smallest 3"
        ))
        .well();
    assert!(said.contains("nord") && said.contains("sud") && said.contains('–'), "{said}");
}

#[test]
fn what_cannot_be_compared_is_refused_with_its_reason() {
    let place = Place::new();
    families(&place);
    let said = place.run("rules compare {plugins}/report-routing.wasm families.csv").refused();
    assert!(said.contains("qualcuno guadagna o perde"), "{said}");
    place.write("few.csv", "meals,isee\nmany,1\n");
    let said = place.run(&format!("rules compare {MEALS} few.csv")).refused();
    for named in ["meals", "resident", "older_siblings"] {
        assert!(said.contains(named), "{named}: {said}");
    }
    let said = place.run(&format!("rules compare {MEALS} families.csv --by street")).refused();
    assert!(said.contains("district"), "{said}");
}
