//! Documents of a practice that get a number of the register (*numero di protocollo*).

use chrono::{DateTime, Utc};
use mattoni_core::record::Personal;
use serde::{Deserialize, Serialize};

/// What a number of the register stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "is")]
#[non_exhaustive]
pub enum Document {
    /// The practice itself, as submitted.
    Application,
    /// The ente's request for what is missing.
    IntegrationRequest {
        /// Number of the request, from 1.
        number: u32,
    },
    /// The applicant's answer to it.
    IntegrationAnswer {
        /// Number of the request, from 1.
        number: u32,
    },
    /// The act that made the term longer.
    Extension {
        /// Number of the extension within the practice, from 1.
        number: u32,
    },
    /// The notice before rejection.
    Notice {
        /// Number of the notice, from 1: more than one where the practice was re-opened.
        #[serde(default = "first", skip_serializing_if = "is_first")]
        number: u32,
    },
    /// The observations on it.
    Observations {
        /// Number of the notice they are on, from 1: more than one where the practice was re-opened.
        #[serde(default = "first", skip_serializing_if = "is_first")]
        number: u32,
    },
    /// The ente's answer, or its revocation.
    Outcome {
        /// Number of the outcome, from 1.
        number: u32,
    },
    /// The withdrawal.
    Withdrawal {
        /// Number of the withdrawal, from 1: more than one where the practice was re-opened.
        #[serde(default = "first", skip_serializing_if = "is_first")]
        number: u32,
    },
}

fn first() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_first(number: &u32) -> bool {
    *number == first()
}

/// A document with its number in the register (*numero di protocollo*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Registration {
    /// Which document.
    pub document: Document,
    /// The number as the register writes it, e.g. `2026/0000123`.
    #[not_personal]
    pub number: String,
    /// When it was noted here.
    pub at: DateTime<Utc>,
}

impl Document {
    /// Its code, as orders to the register name it: `application`, `integration-request/1`.
    ///
    /// ```
    /// use mattoni_practice::Document;
    ///
    /// let request = Document::IntegrationRequest { number: 1 };
    /// assert_eq!(request.code(), "integration-request/1");
    /// assert_eq!(Document::parse("integration-request/1"), Some(request));
    /// // The first of these has no number in its code.
    /// assert_eq!(Document::Notice { number: 1 }.code(), "notice");
    /// assert_eq!(Document::Notice { number: 2 }.code(), "notice/2");
    /// ```
    #[must_use]
    pub fn code(self) -> String {
        let again = |number: u32| (number != first()).then_some(number);
        let (name, number) = match self {
            Self::Application => ("application", None),
            Self::IntegrationRequest { number } => ("integration-request", Some(number)),
            Self::IntegrationAnswer { number } => ("integration-answer", Some(number)),
            Self::Extension { number } => ("extension", Some(number)),
            Self::Notice { number } => ("notice", again(number)),
            Self::Observations { number } => ("observations", again(number)),
            Self::Outcome { number } => ("outcome", Some(number)),
            Self::Withdrawal { number } => ("withdrawal", again(number)),
        };
        match number {
            None => name.to_owned(),
            Some(number) => format!("{name}/{number}"),
        }
    }

    /// The document with this [code](Self::code); `None` when there is none.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let (name, number) = match code.split_once('/') {
            None => (code, None),
            Some((name, number)) => (name, Some(number.parse().ok()?)),
        };
        let document = match (name, number) {
            ("application", None) => Self::Application,
            ("integration-request", Some(number)) => Self::IntegrationRequest { number },
            ("integration-answer", Some(number)) => Self::IntegrationAnswer { number },
            ("extension", Some(number)) => Self::Extension { number },
            ("notice", number) => Self::Notice { number: number.unwrap_or(1) },
            ("observations", number) => Self::Observations { number: number.unwrap_or(1) },
            ("outcome", Some(number)) => Self::Outcome { number },
            ("withdrawal", number) => Self::Withdrawal { number: number.unwrap_or(1) },
            _ => return None,
        };
        // One code a document: `+1` and `01` read as numbers, too.
        (document.code() == code).then_some(document)
    }
}
