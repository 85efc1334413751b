//! VAT numbers (*partita IVA*).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::tax_code::{checks, eleven_digits};
use crate::{Problem, Problems};

/// An Italian VAT number (D.P.R. 26 October 1972, n. 633, art. 35): seven digits of the holder,
/// three of the office that gave it out, a check digit.
///
/// ```
/// use mattoni_core::VatNumber;
///
/// let number: VatNumber = "IT00743110157".parse()?;
/// assert_eq!(number.as_str(), "00743110157");
/// assert!("00743110158".parse::<VatNumber>().is_err());
/// # Ok::<(), mattoni_core::Problems>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VatNumber([u8; 11]);

impl VatNumber {
    /// The eleven digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever stored, so the text is never the fallback.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for VatNumber {
    type Err = Problems;

    /// Surrounding white space and the prefix `IT` are accepted.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        let digits = eleven_digits(trimmed.strip_prefix("IT").unwrap_or(trimmed));
        let refused =
            |code, rule: &str, remedy: &str| Problem::new(code, "vat_number", rule, remedy);
        let Some(digits) = digits else {
            return Err(refused("core.vat.form", "has 11 digits", "count the digits").into());
        };
        let mut found = Vec::new();
        if digits[..7].iter().all(|digit| *digit == b'0') {
            found.push(refused(
                "core.vat.holder",
                "its first seven digits are not all zero",
                "copy it from the certificate of attribution",
            ));
        }
        let office = digits[7..10].iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
        if !matches!(office, 1..=100 | 120 | 121 | 888 | 999) {
            found.push(refused(
                "core.vat.office",
                "digits 8 to 10 name an office: 001 to 100, 120, 121, 888 or 999",
                "a fiscal code of eleven digits need not be a VAT number",
            ));
        }
        if !checks(&digits) {
            found.push(refused(
                "core.vat.check",
                "ends in the check digit of the ten before it",
                "look for a mistyped digit",
            ));
        }
        Problems::check(found)?;
        Ok(Self(digits))
    }
}

impl TryFrom<String> for VatNumber {
    type Error = Problems;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<VatNumber> for String {
    fn from(number: VatNumber) -> Self {
        number.as_str().to_owned()
    }
}

impl fmt::Display for VatNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
