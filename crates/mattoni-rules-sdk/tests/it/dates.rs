//! Our few lines of calendar against a whole library's.

use chrono::{Datelike as _, Months, NaiveDate};
use mattoni_rules_sdk::Date;
use proptest::prelude::*;

proptest! {
    #[test]
    fn days_and_dates_agree_with_chrono(days in -700_000_i32..700_000) {
        let theirs = NaiveDate::from_epoch_days(days).unwrap();
        let ours = Date::from_days(days);
        prop_assert_eq!(ours.to_ymd(), (theirs.year(), theirs.month(), theirs.day()));
        prop_assert_eq!(Date::ymd(theirs.year(), theirs.month(), theirs.day()), ours);
    }

    #[test]
    fn months_are_added_as_chrono_adds_them(days in -100_000_i32..100_000, months in 0_u32..500) {
        let theirs = NaiveDate::from_epoch_days(days).unwrap();
        let ours = Date::from_days(days);
        let later = theirs + Months::new(months);
        prop_assert_eq!(ours.plus_months(months as i32).days(), later.to_epoch_days());
        let earlier = theirs - Months::new(months);
        prop_assert_eq!(ours.plus_months(-(months as i32)).days(), earlier.to_epoch_days());
    }
}
