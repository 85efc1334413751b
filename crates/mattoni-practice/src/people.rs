//! Who stands in what relation to a practice.

use mattoni_core::record::Personal;
use mattoni_core::{Id, Person};
use serde::{Deserialize, Serialize};

use crate::Mandate;

/// Who filled the practice in, when it isn't the applicant themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "by")]
#[non_exhaustive]
pub enum Filer {
    /// The applicant.
    Applicant,
    /// Someone with a mandate (*delegato*, *incaricato*).
    Delegate(Mandate),
    /// An official at the counter (*sportello*), typing for the applicant.
    Counter {
        /// Account of the official.
        #[not_personal]
        account: String,
        /// Code of the counter's office, whose people all go on with the draft. Without one only
        /// the official does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[not_personal]
        office: Option<String>,
    },
}

impl Filer {
    /// An official who types, and whose colleagues in `office` go on with the draft.
    #[must_use]
    pub fn counter(account: impl Into<String>, office: impl Into<String>) -> Self {
        Self::Counter { account: account.into(), office: Some(office.into()) }
    }

    /// Stable name, as it is stored.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Delegate { .. } => "delegate",
            Self::Counter { .. } => "counter",
        }
    }
}

/// What another person is to the practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PartyRole {
    /// Applies together with the applicant, e.g. the other parent.
    CoApplicant,
    /// May look, no more.
    Reader,
}

/// Another person on the practice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Party {
    /// Who.
    pub person: Person,
    /// As what.
    pub role: PartyRole,
}

/// Who examines the practice: a person or an office as a whole. Both count as taken in charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[non_exhaustive]
pub enum Assignee {
    /// An office (*ufficio*), by its code.
    Office {
        /// Code of the office.
        #[not_personal]
        office: String,
    },
    /// A person of an office.
    Official {
        /// Code of the office.
        #[not_personal]
        office: String,
        /// Account of the person.
        #[not_personal]
        account: String,
        /// The natural person behind the account, where the ente names them: whoever has an
        /// interest in the practice does not get it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<Id<Person>>,
    },
}

impl Assignee {
    /// The office as a whole.
    #[must_use]
    pub fn office(office: impl Into<String>) -> Self {
        Self::Office { office: office.into() }
    }

    /// One person of the office.
    #[must_use]
    pub fn official(office: impl Into<String>, account: impl Into<String>) -> Self {
        Self::Official { office: office.into(), account: account.into(), person: None }
    }

    /// The same official, known to be this natural person. An office stays as it is.
    #[must_use]
    pub fn being(self, person: Id<Person>) -> Self {
        match self {
            Self::Official { office, account, .. } => {
                Self::Official { office, account, person: Some(person) }
            }
            office @ Self::Office { .. } => office,
        }
    }

    /// Code of the office, in either case.
    #[must_use]
    pub fn office_code(&self) -> &str {
        match self {
            Self::Office { office } | Self::Official { office, .. } => office,
        }
    }
}

/// The service a practice is for, in the version it was opened under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Personal)]
pub struct ServiceRef {
    /// Code of the service within the ente.
    #[not_personal]
    pub code: String,
    /// Version of the service.
    pub version: u32,
}

impl ServiceRef {
    /// Version `version` of the service `code`.
    #[must_use]
    pub fn new(code: impl Into<String>, version: u32) -> Self {
        Self { code: code.into(), version }
    }
}
