//! The messages that are sent about a practice.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mattoni_core::Id;
use mattoni_core::record::{Personal, Recipient, RecordRef, Tell};
use mattoni_core::value::Value;
use serde::{Deserialize, Serialize};

use crate::Practice;

/// A message, with what its template needs beyond the practice itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "template")]
#[non_exhaustive]
pub enum Template {
    /// A draft was opened for the applicant by someone else.
    OpenedOnBehalf,
    /// Somebody was given a mandate for the applicant.
    Delegated,
    /// A mandate was revoked.
    DelegationRevoked,
    /// The receipt, with the last day for an answer.
    Receipt {
        /// The last day.
        due: NaiveDate,
    },
    /// The number in the register.
    Numbered {
        /// The number.
        #[not_personal]
        number: String,
    },
    /// Someone examines it now (L. 241/1990, art. 7–8).
    TakenInCharge,
    /// Something is missing.
    IntegrationRequested {
        /// Last day to answer.
        answer_by: NaiveDate,
    },
    /// The missing things are there.
    IntegrationAnswered,
    /// The request was taken back or ran out; the last day for the answer is this.
    IntegrationClosed {
        /// The last day.
        due: NaiveDate,
    },
    /// Something is to be paid.
    PaymentRequested,
    /// A payment went well.
    PaymentSettled,
    /// Money came although nothing was owed: the office decides between refund and reopening.
    PaymentNotOwed,
    /// Money that was not owed is given back.
    PaymentRefunded,
    /// A payment failed and can be tried again.
    PaymentFailed,
    /// What was to be paid is no longer.
    PaymentCancelled,
    /// The term was made longer; the last day for the answer is this.
    TermExtended {
        /// The last day.
        due: NaiveDate,
    },
    /// The ente's calendar changed; the last day for the answer is this.
    TermRecounted {
        /// The last day.
        due: NaiveDate,
    },
    /// The reasons against, with the last day for observations.
    RejectionNotice {
        /// The last day.
        observations_by: NaiveDate,
    },
    /// A rule found that a requirement is not met: the office decides.
    RejectionProposed,
    /// Observations were made.
    Observations,
    /// Yes.
    Accepted,
    /// No.
    Rejected,
    /// The applicant took it back.
    Withdrawn,
    /// It is examined again.
    Reopened,
    /// The yes was taken back.
    Revoked,
    /// The draft will expire.
    DraftExpires {
        /// The day from which.
        on: NaiveDate,
    },
    /// The draft expired.
    DraftExpired,
    /// The last day for the answer comes near; sent by the clock, follows from no event.
    TermNears {
        /// The last day.
        due: NaiveDate,
    },
    /// The last day passed without an answer; sent by the clock, follows from no event.
    TermPassed {
        /// The last day.
        due: NaiveDate,
    },
    /// There is a new message.
    Message {
        /// Its number.
        number: u32,
    },
}

impl Template {
    /// Stable code, by which [`Tell`] names it.
    ///
    /// ```
    /// assert_eq!(mattoni_practice::Template::OpenedOnBehalf.code(), "practice.opened-on-behalf");
    /// ```
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OpenedOnBehalf => "practice.opened-on-behalf",
            Self::Delegated => "practice.delegated",
            Self::DelegationRevoked => "practice.delegation-revoked",
            Self::Receipt { .. } => "practice.receipt",
            Self::Numbered { .. } => "practice.numbered",
            Self::TakenInCharge => "practice.taken-in-charge",
            Self::IntegrationRequested { .. } => "practice.integration-requested",
            Self::IntegrationAnswered => "practice.integration-answered",
            Self::IntegrationClosed { .. } => "practice.integration-closed",
            Self::PaymentRequested => "practice.payment-requested",
            Self::PaymentSettled => "practice.payment-settled",
            Self::PaymentNotOwed => "practice.payment-not-owed",
            Self::PaymentRefunded => "practice.payment-refunded",
            Self::PaymentFailed => "practice.payment-failed",
            Self::PaymentCancelled => "practice.payment-cancelled",
            Self::TermExtended { .. } => "practice.term-extended",
            Self::TermRecounted { .. } => "practice.term-recounted",
            Self::RejectionNotice { .. } => "practice.rejection-notice",
            Self::RejectionProposed => "practice.rejection-proposed",
            Self::Observations => "practice.observations",
            Self::Accepted => "practice.accepted",
            Self::Rejected => "practice.rejected",
            Self::Withdrawn => "practice.withdrawn",
            Self::Reopened => "practice.reopened",
            Self::Revoked => "practice.revoked",
            Self::DraftExpires { .. } => "practice.draft-expires",
            Self::DraftExpired => "practice.draft-expired",
            Self::TermNears { .. } => "practice.term-nears",
            Self::TermPassed { .. } => "practice.term-passed",
            Self::Message { .. } => "practice.message",
        }
    }

    /// What the template needs beyond the practice, by the names it uses.
    #[must_use]
    pub fn details(&self) -> BTreeMap<String, Value> {
        let (name, value) = match self {
            Self::Receipt { due }
            | Self::IntegrationClosed { due }
            | Self::TermExtended { due }
            | Self::TermRecounted { due }
            | Self::TermNears { due }
            | Self::TermPassed { due } => ("due", Value::Date(*due)),
            Self::Numbered { number } => ("number", Value::Text(number.clone())),
            Self::IntegrationRequested { answer_by } => ("answer_by", Value::Date(*answer_by)),
            Self::RejectionNotice { observations_by } => {
                ("observations_by", Value::Date(*observations_by))
            }
            Self::DraftExpires { on } => ("on", Value::Date(*on)),
            Self::Message { number } => ("number", Value::Integer((*number).into())),
            Self::OpenedOnBehalf
            | Self::Delegated
            | Self::DelegationRevoked
            | Self::TakenInCharge
            | Self::IntegrationAnswered
            | Self::PaymentRequested
            | Self::PaymentSettled
            | Self::PaymentNotOwed
            | Self::PaymentRefunded
            | Self::PaymentFailed
            | Self::PaymentCancelled
            | Self::RejectionProposed
            | Self::Observations
            | Self::Accepted
            | Self::Rejected
            | Self::Withdrawn
            | Self::Reopened
            | Self::Revoked
            | Self::DraftExpired => return BTreeMap::new(),
        };
        BTreeMap::from([(name.to_owned(), value)])
    }

    /// The order to send it.
    #[must_use]
    pub fn tell(&self, practice: Id<Practice>, to: Recipient) -> Tell {
        let mut tell = Tell::new(RecordRef::of(practice), to, self.code());
        tell.details = self.details();
        tell
    }
}
