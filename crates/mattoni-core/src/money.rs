//! Euro, to the cent, never a float.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::number::{self, NumberFault};
use crate::{Problem, Problems};

/// An amount in euro with at most two decimals.
///
/// Its magnitude is at most 90,071,992,547,409.91 euro (2⁵³ cents), so that cents fit every
/// system an ente exchanges data with.
///
/// ```
/// use mattoni_core::Money;
///
/// let fee: Money = "16.00".parse()?;
/// assert_eq!(fee, Money::from_cents(1600));
/// assert_eq!(fee.checked_add(Money::from_cents(5)).unwrap().to_string(), "16.05");
/// assert!("16,00".parse::<Money>().is_err());
/// # Ok::<(), mattoni_core::Problems>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Decimal")]
pub struct Money(Decimal);

/// An amount as a file or a stored row has it: with two decimals, or as somebody wrote it.
#[derive(Deserialize)]
struct Written(Decimal);

impl TryFrom<Written> for Money {
    type Error = Problems;

    /// Three decimals are refused even when the last is a zero: who writes `12.500` may mean
    /// twelve thousand five hundred.
    fn try_from(Written(euro): Written) -> Result<Self, Self::Error> {
        if euro.scale() == 3 { euro.to_string().parse() } else { Self::try_from(euro) }
    }
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self(Decimal::ZERO);
    const MAX_CENTS: i64 = 1 << 53;
    /// A cent is the hundredth part of a euro.
    pub(crate) const DECIMALS: u32 = 2;

    /// So many cents of a euro.
    #[must_use]
    pub fn from_cents(cents: i64) -> Self {
        Self(Decimal::new(cents.clamp(-Self::MAX_CENTS, Self::MAX_CENTS), 2))
    }

    /// The amount in cents. Lossless, because an amount never has more than two decimals.
    #[must_use]
    pub fn cents(self) -> i64 {
        let scaled = self.0 * Decimal::ONE_HUNDRED;
        i64::try_from(scaled.trunc().mantissa() / 10_i128.pow(scaled.trunc().scale())).unwrap_or(0)
    }

    /// The amount in euro.
    #[must_use]
    pub fn euro(self) -> Decimal {
        self.0
    }

    /// `amount` rounded to the cent, halves away from zero (Reg. (CE) 1103/97, art. 5, rounds
    /// half up; for negative amounts the mirror keeps `round(-x) == -round(x)`).
    ///
    /// # Errors
    /// `core.money.range` beyond 2⁵³ cents.
    pub fn round(amount: Decimal) -> Result<Self, Problems> {
        Self::in_range(amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
    }

    /// The sum, or `None` beyond the range.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::in_range(self.0.checked_add(other.0)?).ok()
    }

    /// The difference, or `None` beyond the range.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Self::in_range(self.0.checked_sub(other.0)?).ok()
    }

    fn in_range(euro: Decimal) -> Result<Self, Problems> {
        if euro.abs() <= Decimal::new(Self::MAX_CENTS, 2) {
            let mut euro = euro;
            euro.rescale(2);
            Ok(Self(euro))
        } else {
            Err(Problem::new(
                "core.money.range",
                "amount",
                "amounts are at most 90071992547409.91 euro",
                "check the number of digits",
            )
            .into())
        }
    }
}

impl TryFrom<Decimal> for Money {
    type Error = Problems;

    fn try_from(euro: Decimal) -> Result<Self, Self::Error> {
        if euro.normalize().scale() > Self::DECIMALS {
            return Err(Problem::new(
                "core.money.decimals",
                "amount",
                "amounts have at most two decimals",
                "round to the cent",
            )
            .into());
        }
        Self::in_range(euro)
    }
}

impl From<Money> for Decimal {
    fn from(money: Money) -> Self {
        money.0
    }
}

impl FromStr for Money {
    type Err = Problems;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = |code: &'static str, rule: &str, remedy: &str| {
            Err(Problem::new(code, "amount", rule, remedy).into())
        };
        match number::plain(text, Self::DECIMALS) {
            Ok(euro) => Self::try_from(euro),
            Err(NumberFault::Comma) => refused(
                "core.money.comma",
                "amounts use a decimal point and no thousands separator",
                "write 1234.56",
            ),
            Err(NumberFault::ThousandsPoint { thousands, decimal }) => {
                let found = format!("“{text}”");
                let (rule, remedy) = NumberFault::of_point(&found, &thousands, decimal.as_deref());
                refused("core.money.thousands-point", &rule, &remedy)
            }
            Err(NumberFault::Form) => refused(
                "core.money.form",
                "an amount is digits with at most one decimal point",
                "write 1234.56",
            ),
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.0)
    }
}
