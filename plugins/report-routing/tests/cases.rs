//! The rule against its table of cases.

use mattoni_rules_sdk::cases;
use mattoni_rules_sdk::prelude::*;
use report_routing::ReportRouting;

#[test]
fn the_case_table_agrees() {
    assert_eq!(cases::check::<Routing, ReportRouting>(include_str!("../cases.csv")), Ok(8));
}
