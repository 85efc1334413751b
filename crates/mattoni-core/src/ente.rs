//! The ente: the wall between one municipality's data and another's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::belfiore::BelfioreCode;
use crate::{Problem, Problems};

/// A public body by its code in the IPA (*Indice dei domicili digitali della Pubblica
/// Amministrazione*), e.g. `c_f051` for the comune of Matelica: `c_` and the Belfiore code in
/// lower case; newer bodies have alphanumeric codes such as `A6BF9LF1`.
///
/// Every key, row, query and plugin call is for one ente.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnteId(String);

impl EnteId {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The Belfiore code of a comune, from the form `c_f051`; `None` for other bodies.
    ///
    /// ```
    /// use mattoni_core::EnteId;
    ///
    /// let matelica: EnteId = "c_f051".parse()?;
    /// assert_eq!(matelica.belfiore().unwrap().as_str(), "F051");
    /// assert_eq!("A6BF9LF1".parse::<EnteId>()?.belfiore(), None);
    /// # Ok::<(), mattoni_core::Problems>(())
    /// ```
    #[must_use]
    pub fn belfiore(&self) -> Option<BelfioreCode> {
        let code = <[u8; 4]>::try_from(self.0.strip_prefix("c_")?.as_bytes()).ok()?;
        BelfioreCode::from_bytes(code.map(|byte| byte.to_ascii_uppercase()))
    }
}

impl FromStr for EnteId {
    type Err = Problems;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (2..=16).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Problem::new(
                "core.ente.form",
                "ente",
                "an IPA code has 2 to 16 letters, digits, underscores or hyphens",
                "look the code up on indicepa.gov.it, e.g. c_f051",
            )
            .into())
        }
    }
}

impl TryFrom<String> for EnteId {
    type Error = Problems;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<EnteId> for String {
    fn from(ente: EnteId) -> Self {
        ente.0
    }
}

impl fmt::Display for EnteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
