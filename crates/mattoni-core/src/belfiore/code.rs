//! The code itself: a letter and three digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Problem, Problems};

/// A Belfiore code (*codice catastale*, *codice Belfiore*): `H501` for Roma, `Z…` for a foreign
/// state. Its form is right; whether a place has it is another question
/// ([`history`](super::history)).
///
/// ```
/// use mattoni_core::belfiore::BelfioreCode;
///
/// let roma: BelfioreCode = "h501".parse()?;
/// assert_eq!(roma.to_string(), "H501");
/// assert!(!roma.is_abroad());
/// assert!("H5O1".parse::<BelfioreCode>().is_err());
/// # Ok::<(), mattoni_core::Problems>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BelfioreCode([u8; 4]);

impl BelfioreCode {
    /// No place has it.
    pub(crate) const NOWHERE: Self = Self(*b"Z000");

    /// The code as text, upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever stored, so the text is never the fallback.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether it stands for a foreign state.
    #[must_use]
    pub fn is_abroad(self) -> bool {
        self.0[0] == b'Z'
    }

    /// `None` unless an upper-case letter and three digits.
    pub(crate) fn from_bytes(code: [u8; 4]) -> Option<Self> {
        let fits = code[0].is_ascii_uppercase() && code[1..].iter().all(u8::is_ascii_digit);
        fits.then_some(Self(code))
    }
}

impl FromStr for BelfioreCode {
    type Err = Problems;

    /// Lower case and surrounding white space are accepted.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code = <[u8; 4]>::try_from(text.trim().as_bytes()).ok();
        code.and_then(|code| Self::from_bytes(code.map(|b| b.to_ascii_uppercase()))).ok_or_else(
            || {
                Problem::new(
                    "core.belfiore.form",
                    "birth_place",
                    "is a Belfiore code: a letter and three digits",
                    "look the comune up, e.g. H501 for Roma",
                )
                .into()
            },
        )
    }
}

impl TryFrom<String> for BelfioreCode {
    type Error = Problems;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<BelfioreCode> for String {
    fn from(code: BelfioreCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for BelfioreCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for BelfioreCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BelfioreCode({})", self.as_str())
    }
}
