//! A natural person, as far as a practice needs to know them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{Id, TaxCode};

/// A natural person (*persona fisica*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// How the journal names them.
    pub id: Id<Person>,
    /// Fiscal code (*codice fiscale*): sixteen characters, or eleven digits while it is
    /// provisional.
    pub fiscal_code: TaxCode,
    /// Given name (*nome*).
    pub given_name: String,
    /// Family name (*cognome*).
    pub family_name: String,
    /// Date of birth. The fiscal code alone leaves the century open, a provisional one says nothing.
    pub born_on: NaiveDate,
}
