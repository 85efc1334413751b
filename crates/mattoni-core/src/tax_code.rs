//! Codes in the tax register (*anagrafe tributaria*): people's, bodies', provisional ones.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{FiscalCode, Problem, Problems, VatNumber};

/// A fiscal code of any holder (D.P.R. 29 September 1973, n. 605, art. 2): sixteen characters of
/// a person, or eleven digits.
///
/// ```
/// use mattoni_core::TaxCode;
///
/// assert!(matches!("RSSMRA80A01H501U".parse()?, TaxCode::Person(_)));
/// assert!(matches!("00743110157".parse()?, TaxCode::Numeric(_)));
/// # Ok::<(), mattoni_core::Problems>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TaxCode {
    /// Of a natural person.
    Person(FiscalCode),
    /// Of a body; or of a natural person, while it is provisional. The number doesn't say which.
    Numeric(NumericCode),
}

impl TaxCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Person(code) => code.as_str(),
            Self::Numeric(code) => code.as_str(),
        }
    }
}

impl From<FiscalCode> for TaxCode {
    fn from(code: FiscalCode) -> Self {
        Self::Person(code)
    }
}

impl From<NumericCode> for TaxCode {
    fn from(code: NumericCode) -> Self {
        Self::Numeric(code)
    }
}

impl FromStr for TaxCode {
    type Err = Problems;

    /// Surrounding white space is accepted, and lower case in a person's code.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().len() {
            16 => text.parse().map(Self::Person),
            11 => text.parse().map(Self::Numeric),
            _ => Err(Problem::new(
                "core.tax-code.length",
                "tax_code",
                "has 16 characters for a person, 11 digits for a body or while provisional",
                "count the characters",
            )
            .into()),
        }
    }
}

/// A fiscal code of eleven digits, the last one a check digit.
///
/// Two kinds of holder have one (D.M. 23 December 1976, n. 13813): bodies, for good, whether or
/// not they have a VAT number (those without, public bodies among them, start with 8 or 9); and
/// natural persons whose sixteen characters the Agenzia has not given out yet (*codice fiscale
/// provvisorio*). Nothing in the number distinguishes the two, so whoever takes it in has to ask. It
/// holds nothing about a person: no date, sex or place can be read from it or held against it.
///
/// ```
/// use mattoni_core::NumericCode;
///
/// let code: NumericCode = "00743110157".parse()?;
/// assert!(code.vat_number().is_some());
/// assert!("00743110158".parse::<NumericCode>().is_err());
/// # Ok::<(), mattoni_core::Problems>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NumericCode([u8; 11]);

impl NumericCode {
    /// The eleven digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever stored, so the text is never the fallback.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The same digits as a VAT number, where they can be one. A body's two numbers are often
    /// equal; that they are is for the body to say.
    #[must_use]
    pub fn vat_number(&self) -> Option<VatNumber> {
        self.as_str().parse().ok()
    }
}

impl FromStr for NumericCode {
    type Err = Problems;

    /// Surrounding white space is accepted.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = eleven_digits(text.trim()).ok_or_else(|| {
            Problem::new(
                "core.numeric-code.form",
                "tax_code",
                "has 11 digits",
                "write it without the letters IT and without spaces",
            )
        })?;
        if !checks(&digits) {
            return Err(Problem::new(
                "core.numeric-code.check",
                "tax_code",
                "ends in the check digit of the ten before it",
                "look for a mistyped digit",
            )
            .into());
        }
        Ok(Self(digits))
    }
}

/// `text` as eleven ASCII digits, if that is what it is.
pub(crate) fn eleven_digits(text: &str) -> Option<[u8; 11]> {
    let digits = <[u8; 11]>::try_from(text.as_bytes()).ok()?;
    digits.iter().all(u8::is_ascii_digit).then_some(digits)
}

/// Luhn's formula, as D.M. 13813/1976 and D.P.R. 633/1972 have it.
pub(crate) fn checks(digits: &[u8; 11]) -> bool {
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(index, digit)| {
            let digit = u32::from(digit - b'0');
            if index % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
        })
        .sum();
    sum.is_multiple_of(10)
}

macro_rules! text_forms {
    ($code:ty) => {
        impl TryFrom<String> for $code {
            type Error = Problems;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$code> for String {
            fn from(code: $code) -> Self {
                code.as_str().to_owned()
            }
        }

        impl fmt::Display for $code {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
text_forms!(TaxCode);
text_forms!(NumericCode);
