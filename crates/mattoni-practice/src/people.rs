//! Who stands in what relation to a practice.

use mattoni_core::record::Personal;
use mattoni_core::{Digest, Person};
use serde::{Deserialize, Serialize};

/// Who filled the practice in, when it isn't the applicant themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "by")]
#[non_exhaustive]
pub enum Filer {
    /// The applicant.
    Applicant,
    /// Someone with a mandate (*delegato*, *incaricato*).
    Delegate {
        /// Who.
        person: Person,
        /// On what ground.
        mandate: Mandate,
        /// Digest of the document that proves it, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proof: Option<Digest>,
    },
    /// An official at the counter (*sportello*), typing for the applicant.
    Counter {
        /// Account of the official.
        #[not_personal]
        account: String,
    },
}

impl Filer {
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

/// On what ground someone acts for the applicant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Mandate {
    /// *Delegato*: by a written delegation.
    Delegated,
    /// *Incaricato*: by profession, as an accountant or a patronage office.
    Entrusted,
    /// By law: a parent, a guardian (*tutore*).
    Guardian,
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
        Self::Official { office: office.into(), account: account.into() }
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
