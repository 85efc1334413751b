//! Exact numbers: scaled integers, never floats.

use std::ops::{Add, Mul, Sub};

/// A number with `SCALE` decimals, held as a whole number of its smallest unit.
///
/// Points are `Decimal<2>`: hundredths. Arithmetic saturates, as the host checks the answer
/// against the declared bounds.
///
/// ```
/// use mattoni_rules_sdk::Decimal;
///
/// let half = Decimal::<2>::scaled(50);
/// assert_eq!(Decimal::<2>::whole(3) + half, Decimal::scaled(350));
/// assert_eq!(half * 3, Decimal::scaled(150));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal<const SCALE: u8>(i64);

impl<const SCALE: u8> Decimal<SCALE> {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// `units` of the smallest unit: `Decimal::<2>::scaled(350)` is 3.50.
    #[must_use]
    pub const fn scaled(units: i64) -> Self {
        Self(units)
    }

    /// A whole number.
    #[must_use]
    pub const fn whole(number: i64) -> Self {
        Self(number.saturating_mul(10_i64.pow(SCALE as u32)))
    }

    /// The number in its smallest unit.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.0
    }
}

impl<const SCALE: u8> Add for Decimal<SCALE> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl<const SCALE: u8> Sub for Decimal<SCALE> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl<const SCALE: u8> Mul<i64> for Decimal<SCALE> {
    type Output = Self;

    fn mul(self, times: i64) -> Self {
        // WebAssembly has no 128-bit product to see an overflow by; two factors of 32 bits need
        // none.
        match (i32::try_from(self.0), i32::try_from(times)) {
            (Ok(units), Ok(times)) => Self(i64::from(units) * i64::from(times)),
            _ => Self(self.0.saturating_mul(times)),
        }
    }
}

/// An amount in euro, held in cents.
///
/// ```
/// use mattoni_rules_sdk::{Decimal, Money};
///
/// assert!(Money::from_euro(10_000) < Money::from_cents(1_000_001));
/// assert_eq!(Money::from_cents(333) * 3, Money::from_cents(999));
/// assert_eq!(Money::from_cents(405).percent(Decimal::whole(50)), Money::from_cents(203));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

impl Money {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// So many cents.
    #[must_use]
    pub const fn from_cents(cents: i64) -> Self {
        Self(cents)
    }

    /// So many whole euro.
    #[must_use]
    pub const fn from_euro(euro: i64) -> Self {
        Self(euro.saturating_mul(100))
    }

    /// The amount in cents.
    #[must_use]
    pub const fn cents(self) -> i64 {
        self.0
    }

    /// So much of a hundred of it, to the nearest cent; half a cent goes away from zero.
    #[must_use]
    pub fn percent(self, percent: Decimal<2>) -> Self {
        let product = i128::from(self.0) * i128::from(percent.units());
        let rounded = (product + 5_000 * product.signum()) / 10_000;
        Self(i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX }))
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Mul<i64> for Money {
    type Output = Self;

    fn mul(self, times: i64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}
