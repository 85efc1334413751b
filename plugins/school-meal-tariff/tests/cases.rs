//! The rule against its table of cases.

use mattoni_rules_sdk::cases;
use mattoni_rules_sdk::prelude::*;
use school_meal_tariff::SchoolMealTariff;

#[test]
fn the_case_table_agrees() {
    assert_eq!(cases::check::<Tariff, SchoolMealTariff>(include_str!("../cases.csv")), Ok(8));
}
