//! The rules against a table of cases, and against the published data.

use mattoni_rules_sdk::cases;
use mattoni_rules_sdk::prelude::*;
use nursery_model::NurseryModel;

#[test]
fn the_case_table_agrees() {
    assert_eq!(cases::check::<Scoring, NurseryModel>(include_str!("../cases.csv")), Ok(16));
}

#[test]
fn all_published_cases_agree() {
    let Some(folder) = std::env::var_os("MATTONI_REAL_DATA") else {
        eprintln!("MATTONI_REAL_DATA is not set: the published cases were not compared");
        return;
    };
    let path = std::path::Path::new(&folder).join("uci_nursery.data");
    let data = std::fs::read_to_string(path).expect("MATTONI_REAL_DATA holds uci_nursery.data");
    // The class column is what is expected; the other names are the inputs' own.
    let table = data.replacen("classification", "=class", 1);
    assert_eq!(cases::check::<Scoring, NurseryModel>(&table), Ok(12_960));
}
