//! The rule against its table of cases.

use mattoni_rules_sdk::cases;
use mattoni_rules_sdk::prelude::*;
use summer_camp_eligibility::SummerCampEligibility;

#[test]
fn the_case_table_agrees() {
    assert_eq!(
        cases::check::<Eligibility, SummerCampEligibility>(include_str!("../cases.csv")),
        Ok(6)
    );
}
