//! Fiscal codes (*codice fiscale*) of natural persons.
//!
//! D.M. 23 December 1976, n. 13813: sixteen characters made from surname, name, date of birth,
//! sex and birthplace, the last one a check character. When two people would share a code, the
//! Agenzia delle Entrate replaces digits by letters (*omocodia*), from the right: all 128 forms
//! are valid codes, each of a different person.

mod compare;
mod make;

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{Problem, Problems};

pub use compare::Comparison;

/// Sex as the fiscal code records it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// Female: the day of birth in the code is increased by 40.
    Female,
    /// Male.
    Male,
}

/// The sixteen-character fiscal code of a natural person, form and check character verified.
///
/// Two codes that differ by *omocodia* belong to different people and are not equal. `Debug`
/// hides the code, so that it doesn't end in a log by accident; `Display` shows it.
///
/// ```
/// use chrono::NaiveDate;
/// use mattoni_core::{FiscalCode, Sex};
///
/// let code: FiscalCode = "BNCMRA99T61H501E".parse()?;
/// assert_eq!(code.sex(), Sex::Female);
/// assert_eq!(code.birth_place(), "H501");
/// let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
/// assert_eq!(code.birth_date(today), NaiveDate::from_ymd_opt(1999, 12, 21));
/// assert_eq!(format!("{code:?}"), "FiscalCode(hidden)");
/// # Ok::<(), mattoni_core::Problems>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FiscalCode(pub(crate) [u8; 16]);

/// Month letters, January first.
const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";
/// What stands for the digits 0 to 9 under omocodia.
const OMOCODIA: &[u8; 10] = b"LMNPQRSTUV";
/// The seven positions that hold digits, the rightmost first: the order of substitution.
const DIGIT_POSITIONS: [usize; 7] = [14, 13, 12, 10, 9, 7, 6];
/// Values of `0`–`9` (same as of `A`–`J`) and `A`–`Z` in odd places, counted from 1.
const ODD: [u8; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

impl FiscalCode {
    /// The sixteen characters, upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever stored, so the text is never the fallback.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Sex of the person.
    #[must_use]
    pub fn sex(&self) -> Sex {
        if self.number(9) > 40 { Sex::Female } else { Sex::Male }
    }

    /// Birthplace as a Belfiore code: letter and three digits, `Z…` for foreign states.
    #[must_use]
    pub fn birth_place(&self) -> String {
        let mut place = String::with_capacity(4);
        place.push(char::from(self.0[11]));
        for position in 12..15 {
            place.push(char::from(b'0' + self.digit(position)));
        }
        place
    }

    /// Date of birth, century rule stated: the latest date with these digits that is not after
    /// `latest`. For a child's application `latest` is today; for an adult, the date eighteen
    /// years ago. `None` when no century fits, as for 29 February 1900.
    #[must_use]
    pub fn birth_date(&self, latest: NaiveDate) -> Option<NaiveDate> {
        let two_digits = i32::from(self.number(6));
        let month = MONTHS.iter().position(|m| *m == self.0[8])? as u32 + 1;
        let day = u32::from(self.number(9)) % 40;
        let century = latest.year().div_euclid(100) * 100;
        [century, century - 100]
            .into_iter()
            .filter_map(|century| NaiveDate::from_ymd_opt(century + two_digits, month, day))
            .find(|date| *date <= latest)
    }

    /// Whether some digits are replaced by letters.
    #[must_use]
    pub fn is_omocodia(&self) -> bool {
        DIGIT_POSITIONS.iter().any(|position| !self.0[*position].is_ascii_digit())
    }

    /// The code with all digits written as digits: what the person's data alone would give.
    ///
    /// For looking up look-alikes only; the two codes belong to different people.
    #[must_use]
    pub fn without_omocodia(&self) -> Self {
        let mut plain = self.0;
        for position in DIGIT_POSITIONS {
            plain[position] = b'0' + self.digit(position);
        }
        plain[15] = check_character(&plain);
        Self(plain)
    }

    /// One of the 128 omocodia forms: bit 0 of `form` stands for the rightmost digit, bit 6 for
    /// the leftmost; higher bits are ignored.
    #[must_use]
    pub fn omocodia(&self, form: u8) -> Self {
        let mut code = self.0;
        for (bit, position) in DIGIT_POSITIONS.into_iter().enumerate() {
            let digit = self.digit(position);
            let replaced = form & (1 << bit) != 0;
            code[position] = if replaced { OMOCODIA[usize::from(digit)] } else { b'0' + digit };
        }
        code[15] = check_character(&code);
        Self(code)
    }

    pub(crate) fn digit(&self, position: usize) -> u8 {
        digit_at(&self.0, position).unwrap_or(0)
    }

    fn number(&self, position: usize) -> u8 {
        self.digit(position) * 10 + self.digit(position + 1)
    }
}

fn digit_at(code: &[u8; 16], position: usize) -> Option<u8> {
    match code[position] {
        digit @ b'0'..=b'9' => Some(digit - b'0'),
        letter => OMOCODIA.iter().position(|o| *o == letter).map(|digit| digit as u8),
    }
}

/// Sum of the values of digits and capital letters in odd and even places, counted from 1: the
/// tables of D.M. 13813/1976, which the control character of Italian bank accounts uses too.
pub(crate) fn control_value(text: &[u8]) -> u32 {
    text.iter()
        .enumerate()
        .map(|(index, character)| {
            let value = match character {
                b'0'..=b'9' => character - b'0',
                letter => letter - b'A',
            };
            // Places are counted from 1: index 0 is an odd place.
            u32::from(if index % 2 == 0 { ODD[usize::from(value)] } else { value })
        })
        .sum()
}

fn check_character(code: &[u8; 16]) -> u8 {
    b'A' + (control_value(&code[..15]) % 26) as u8
}

fn refused(code: &'static str, rule: impl Into<String>, remedy: &str) -> Problem {
    Problem::new(code, "fiscal_code", rule, remedy)
}

impl FromStr for FiscalCode {
    type Err = Problems;

    /// Lower case and surrounding white space are accepted.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        let Ok(mut code) = <[u8; 16]>::try_from(trimmed.as_bytes()) else {
            return Err(refused(
                "core.fiscal-code.length",
                format!("has 16 characters, found {}", trimmed.chars().count()),
                "copy it from the health card",
            )
            .into());
        };
        code.make_ascii_uppercase();
        let letters = [0, 1, 2, 3, 4, 5, 8, 11, 15];
        let shaped = letters.iter().all(|position| code[*position].is_ascii_uppercase())
            && DIGIT_POSITIONS.iter().all(|position| digit_at(&code, *position).is_some());
        if !shaped {
            return Err(refused(
                "core.fiscal-code.form",
                "is six letters, two digits, a letter, two digits, a letter, three digits, a letter",
                "copy it from the health card",
            )
            .into());
        }
        let mut found = Vec::new();
        let candidate = Self(code);
        if !candidate.date_can_exist() {
            found.push(refused(
                "core.fiscal-code.date",
                "holds a date of birth that exists (day + 40 for women)",
                "check characters 7 to 11",
            ));
        }
        if code[15] != check_character(&code) {
            found.push(refused(
                "core.fiscal-code.check",
                "ends in the check character of the fifteen before it",
                "look for a mistyped character",
            ));
        }
        Problems::check(found)?;
        Ok(candidate)
    }
}

impl FiscalCode {
    fn date_can_exist(&self) -> bool {
        let Some(month) = MONTHS.iter().position(|m| *m == self.0[8]) else { return false };
        let day = self.number(9);
        let day = if day > 40 { day - 40 } else { day };
        // 2000 and 1900 differ in February only, and the later of the two is the lenient one.
        let year = 2000 + i32::from(self.number(6));
        NaiveDate::from_ymd_opt(year, month as u32 + 1, u32::from(day)).is_some()
    }
}

impl TryFrom<String> for FiscalCode {
    type Error = Problems;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FiscalCode> for String {
    fn from(code: FiscalCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for FiscalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for FiscalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FiscalCode(hidden)")
    }
}
