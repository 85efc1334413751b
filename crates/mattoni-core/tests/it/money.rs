//! Money: exact, in range, refused clearly.

use mattoni_core::Money;
use proptest::prelude::*;
use rust_decimal::Decimal;

#[test]
fn halves_round_away_from_zero() {
    let round = |text: &str| Money::round(text.parse::<Decimal>().unwrap()).unwrap().to_string();
    assert_eq!(round("2.005"), "2.01");
    assert_eq!(round("-2.005"), "-2.01");
    assert_eq!(round("2.0049999"), "2.00");
}

#[test]
fn fractions_of_a_cent_commas_and_exponents_are_refused() {
    for (text, code) in [
        ("0.005", "core.money.decimals"),
        ("1.0055", "core.money.decimals"),
        ("1.005", "core.money.thousands-point"),
        ("12.500", "core.money.thousands-point"),
        ("1,50", "core.money.comma"),
        ("1e3", "core.money.form"),
        ("", "core.money.form"),
        ("99999999999999999999999999", "core.money.range"),
    ] {
        let refused = text.parse::<Money>().unwrap_err();
        assert_eq!(refused.iter().next().unwrap().code, code, "{text}");
    }
}

proptest! {
    #[test]
    fn cents_and_text_round_trip(cents in -(1_i64 << 53)..=(1_i64 << 53)) {
        let money = Money::from_cents(cents);
        prop_assert_eq!(money.cents(), cents);
        prop_assert_eq!(money.to_string().parse::<Money>().unwrap(), money);
        let json = serde_json::to_string(&money).unwrap();
        prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
    }

    #[test]
    fn what_is_added_can_be_taken_away(a in -1_000_000_000_i64..1_000_000_000, b in -1_000_000_000_i64..1_000_000_000) {
        let (a, b) = (Money::from_cents(a), Money::from_cents(b));
        prop_assert_eq!(a.checked_add(b).unwrap().checked_sub(b).unwrap(), a);
    }
}
