//! The rule against its table of cases.

use home_bonus::HomeBonus;
use mattoni_rules_sdk::cases;
use mattoni_rules_sdk::prelude::*;

#[test]
fn the_case_table_agrees() {
    assert_eq!(cases::check::<Benefit, HomeBonus>(include_str!("../cases.csv")), Ok(9));
}
