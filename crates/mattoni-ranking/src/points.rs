//! Points in hundredths: exact, comparable, never a float.

use std::fmt;
use std::str::FromStr;

use mattoni_core::record::{Erasable, Placeholder};
use mattoni_core::{Problem, Problems};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number of points (*punteggio*) in hundredths of a point.
///
/// Written as text with a decimal point (`"8.50"`); whole points may be written as a number. A
/// floating-point number is refused, so that neither NaN nor a rounded third can come in.
///
/// ```
/// use mattoni_ranking::Points;
///
/// let work: Points = "8.5".parse()?;
/// assert_eq!(work, Points::hundredths(850));
/// assert_eq!(work.to_string(), "8.50");
/// assert!("8,5".parse::<Points>().is_err());
/// # Ok::<(), mattoni_core::Problems>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(i64);

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);

    /// So many hundredths of a point.
    #[must_use]
    pub const fn hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// So many whole points; saturates far beyond any regulation.
    #[must_use]
    pub const fn whole(points: i64) -> Self {
        Self(points.saturating_mul(100))
    }

    /// The number of hundredths.
    #[must_use]
    pub const fn in_hundredths(self) -> i64 {
        self.0
    }

    /// The sum, or `None` when it does not fit.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// How many points `self` lies below `other`; zero when it does not.
    #[must_use]
    pub const fn short_of(self, other: Self) -> Self {
        if self.0 < other.0 { Self(other.0.saturating_sub(self.0)) } else { Self::ZERO }
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", magnitude / 100, magnitude % 100)
    }
}

impl FromStr for Points {
    type Err = Problems;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |code, rule: &str| {
            Err(Problem::new(code, "points", rule, "write whole points or 8.50").into())
        };
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, cents) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(cents) || digits.ends_with('.') {
            return refuse("ranking.points.form", "must be digits with at most one decimal point");
        }
        if cents.len() > 2 {
            return refuse("ranking.points.decimals", "must have at most two decimals");
        }
        let magnitude = format!("{whole}{cents:0<2}").parse::<i64>();
        match magnitude {
            Ok(value) => Ok(Self(if negative { -value } else { value })),
            Err(_) => refuse("ranking.points.overflow", "must fit 64 bits of hundredths"),
        }
    }
}

impl Erasable for Points {
    const PLACEHOLDER: Placeholder = Placeholder { shape: "points", json: r#""0.00""# };
}

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Points;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("points as whole number or text such as \"8.50\", not a float")
            }
            fn visit_i64<E: de::Error>(self, whole: i64) -> Result<Points, E> {
                whole.checked_mul(100).map(Points).ok_or_else(|| {
                    E::custom("points fit 64 bits of hundredths [ranking.points.overflow]")
                })
            }
            fn visit_u64<E: de::Error>(self, whole: u64) -> Result<Points, E> {
                self.visit_i64(i64::try_from(whole).unwrap_or(i64::MAX))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Points, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Text)
    }
}
