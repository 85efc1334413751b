//! Bank account numbers.
//!
//! Written here rather than taken from a crate: the CIN, where most Italian typing errors show, is
//! checked by none, and what is left is a remainder and the lengths of the countries an ente pays
//! to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::fiscal_code::control_value;
use crate::{Problem, Problems};

/// An international bank account number (ISO 13616), check digits verified; for Italy and San
/// Marino the control character (*CIN*) too, for the other SEPA countries the length.
///
/// Accounts of every SEPA country are accepted, as an ente must (Reg. (EU) 260/2012, art. 9).
/// That the account exists and whose it is, only the bank can say. `Debug` hides the number;
/// `Display` shows it.
///
/// ```
/// use mattoni_core::Iban;
///
/// let iban: Iban = "IT60 X054 2811 1010 0000 0123 456".parse()?;
/// assert_eq!(iban.as_str(), "IT60X0542811101000000123456");
/// assert_eq!(iban.abi(), Some("05428"));
/// assert_eq!(iban.cab(), Some("11101"));
/// assert_eq!(format!("{iban:#}"), "IT60 X054 2811 1010 0000 0123 456");
/// # Ok::<(), mattoni_core::Problems>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Iban(String);

/// Lengths in the SEPA countries (EPC 409-09, list of October 2025).
const LENGTHS: [(&str, usize); 42] = [
    ("AD", 24),
    ("AL", 28),
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GI", 23),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("RS", 22),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("VA", 22),
];

impl Iban {
    /// The number without spaces, upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The two letters of the country (ISO 3166-1).
    #[must_use]
    pub fn country(&self) -> &str {
        &self.0[..2]
    }

    /// The five digits of the bank (*codice ABI*), in Italy and San Marino.
    #[must_use]
    pub fn abi(&self) -> Option<&str> {
        self.is_italian().then(|| &self.0[5..10])
    }

    /// The five digits of the branch (*codice CAB*), in Italy and San Marino.
    #[must_use]
    pub fn cab(&self) -> Option<&str> {
        self.is_italian().then(|| &self.0[10..15])
    }

    fn is_italian(&self) -> bool {
        has_cin(self.country())
    }
}

fn has_cin(country: &str) -> bool {
    matches!(country, "IT" | "SM")
}

fn refused(code: &'static str, rule: impl Into<String>, remedy: &str) -> Problem {
    Problem::new(code, "iban", rule, remedy)
}

impl FromStr for Iban {
    type Err = Problems;

    /// Spaces and lower case are accepted.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number: String =
            text.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
        let bytes = number.trim().as_bytes();
        let shaped = (15..=34).contains(&bytes.len())
            && bytes[..2].iter().all(u8::is_ascii_uppercase)
            && bytes[2..4].iter().all(u8::is_ascii_digit)
            && bytes.iter().all(u8::is_ascii_alphanumeric);
        if !shaped {
            return Err(refused(
                "core.iban.form",
                "is a country, two digits and 11 to 30 letters and digits",
                "copy it from a bank statement",
            )
            .into());
        }
        let number = number.trim();
        let mut found = Vec::new();
        let country = &number[..2];
        let length = LENGTHS.iter().find(|(c, _)| *c == country).map(|(_, length)| *length);
        if let Some(length) = length.filter(|length| *length != number.len()) {
            found.push(refused(
                "core.iban.length",
                format!("has {length} characters in {country}, found {}", number.len()),
                "look for a missing or doubled character",
            ));
        } else if has_cin(country) && !cin_fits(&number.as_bytes()[4..]) {
            found.push(refused(
                "core.iban.cin",
                "its fifth character is the control character of bank, branch and account",
                "look for a mistyped character",
            ));
        }
        if remainder(number.as_bytes()) != 1 {
            found.push(refused(
                "core.iban.check",
                "its third and fourth characters are the check digits of the rest",
                "look for a mistyped character",
            ));
        }
        Problems::check(found)?;
        Ok(Self(number.to_owned()))
    }
}

/// Remainder by 97 with country and check digits moved to the end (ISO 7064, MOD 97-10).
fn remainder(number: &[u8]) -> u32 {
    let moved = number[4..].iter().chain(&number[..4]);
    moved.fold(0, |sum, character| match character {
        digit @ b'0'..=b'9' => (sum * 10 + u32::from(digit - b'0')) % 97,
        letter => (sum * 100 + u32::from(letter - b'A') + 10) % 97,
    })
}

/// CIN, ABI, CAB and account: the first letter checks the rest with the tables of the fiscal
/// code.
fn cin_fits(bban: &[u8]) -> bool {
    let digits = bban[1..11].iter().all(u8::is_ascii_digit);
    digits && bban[0] == b'A' + (control_value(&bban[1..]) % 26) as u8
}

impl TryFrom<String> for Iban {
    type Error = Problems;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Iban> for String {
    fn from(iban: Iban) -> Self {
        iban.0
    }
}

impl fmt::Display for Iban {
    /// Without spaces; `{:#}` in groups of four, as on paper.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return f.pad(&self.0);
        }
        for (index, character) in self.0.chars().enumerate() {
            if index > 0 && index % 4 == 0 {
                f.write_str(" ")?;
            }
            write!(f, "{character}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Iban(hidden)")
    }
}
