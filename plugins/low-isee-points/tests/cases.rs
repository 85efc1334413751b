//! The rule against its table of cases.

use low_isee_points::LowIseePoints;
use mattoni_rules_sdk::cases;
use mattoni_rules_sdk::prelude::*;

#[test]
fn the_case_table_agrees() {
    assert_eq!(cases::check::<Scoring, LowIseePoints>(include_str!("../cases.csv")), Ok(4));
}
