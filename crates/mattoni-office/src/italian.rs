//! Numbers as officials and citizens read them.

use mattoni_core::Money;

/// An amount in euro, with a comma and points between thousands.
///
/// ```
/// use mattoni_core::Money;
/// use mattoni_office::italian::euro;
///
/// assert_eq!(euro(Money::from_cents(123_456_789)), "1.234.567,89");
/// assert_eq!(euro(Money::from_cents(-4_500)), "-45,00");
/// ```
#[must_use]
pub fn euro(amount: Money) -> String {
    let cents = amount.cents().unsigned_abs();
    let sign = if amount.cents() < 0 { "-" } else { "" };
    format!("{sign}{},{:02}", grouped(cents / 100), cents % 100)
}

/// A whole number with points between thousands.
///
/// ```
/// assert_eq!(mattoni_office::italian::grouped(1_234_567), "1.234.567");
/// ```
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}
