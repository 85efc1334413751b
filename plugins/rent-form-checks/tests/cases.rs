//! The rule against its table of cases.

use mattoni_rules_sdk::cases;
use mattoni_rules_sdk::prelude::*;
use rent_form_checks::RentFormChecks;

#[test]
fn the_case_table_agrees() {
    assert_eq!(cases::check::<Validation, RentFormChecks>(include_str!("../cases.csv")), Ok(6));
}
