//! ISTAT codes of municipalities.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Problem, Problems};

/// The code ISTAT gives a municipality: three digits of the province (or what stands for one),
/// three of the municipality in it. It changes when the municipality changes province; its
/// Belfiore code doesn't.
///
/// ```
/// use mattoni_core::IstatCode;
///
/// let roma: IstatCode = "058091".parse()?;
/// assert_eq!(roma.province(), "058");
/// assert!("58091".parse::<IstatCode>().is_err());
/// # Ok::<(), mattoni_core::Problems>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IstatCode([u8; 6]);

impl IstatCode {
    /// The six digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever stored, so the text is never the fallback.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The three digits of the province.
    #[must_use]
    pub fn province(&self) -> &str {
        &self.as_str()[..3]
    }
}

impl FromStr for IstatCode {
    type Err = Problems;

    /// Surrounding white space is accepted; missing leading zeros are not, since a spreadsheet
    /// that lost them may have lost more.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = <[u8; 6]>::try_from(text.trim().as_bytes()).ok();
        let fits = |code: &[u8; 6]| {
            code.iter().all(u8::is_ascii_digit) && code[..3] != *b"000" && code[3..] != *b"000"
        };
        digits.filter(fits).map(Self).ok_or_else(|| {
            Problem::new(
                "core.istat.form",
                "istat_code",
                "has six digits: three of the province, three of the municipality",
                "restore leading zeros, e.g. 001272 for Torino",
            )
            .into()
        })
    }
}

impl TryFrom<String> for IstatCode {
    type Error = Problems;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<IstatCode> for String {
    fn from(code: IstatCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for IstatCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
