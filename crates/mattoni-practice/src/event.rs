//! What can happen to a practice.

use mattoni_core::{Act, DomainEvent};
use serde::{Deserialize, Serialize};

use crate::verbs::*;
use crate::{Audience, Practice, Verb};

/// Writes the enum and what is the same for each of its variants, so that a new event cannot be
/// forgotten in one of the four places.
macro_rules! events {
    ($($variant:ident = $name:literal, $doc:literal;)*) => {
        /// Something that happened to a practice, as it is stored for good.
        ///
        /// In JSON the name stands in the field `event`. A change that old readers could not
        /// follow gets a new name (`practice.submitted.v2`); the old one stays readable.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "event")]
        #[non_exhaustive]
        pub enum Event {
            $(#[doc = $doc] #[serde(rename = $name)] $variant($variant),)*
        }

        $(impl From<$variant> for Event {
            fn from(event: $variant) -> Self {
                Self::$variant(event)
            }
        })*

        impl Event {
            /// The name of every event there is.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// When it happened, and who did it.
            #[must_use]
            pub fn act(&self) -> &Act {
                match self {
                    $(Self::$variant(event) => &event.act,)*
                }
            }

            pub(crate) fn apply_to(&self, practice: &mut Practice) {
                match self {
                    $(Self::$variant(event) => event.apply_to(practice),)*
                }
            }
        }

        impl DomainEvent for Event {
            fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }
        }
    };
}

events! {
    Opened = "practice.opened", "A draft was opened.";
    Saved = "practice.saved", "Answers were put into the draft.";
    Attached = "practice.attached", "A file was added.";
    Detached = "practice.detached", "A file was taken out of the draft.";
    PartyAdded = "practice.party-added", "Another person was named.";
    PartyRemoved = "practice.party-removed", "A person was taken off.";
    Submitted = "practice.submitted", "The draft was sent.";
    Registered = "practice.registered", "A number of the register was noted.";
    TakenInCharge = "practice.taken-in-charge", "An office or a person took it, or it was handed on.";
    IntegrationRequested = "practice.integration-requested", "Something missing was asked for.";
    IntegrationAnswered = "practice.integration-answered", "What was missing was given.";
    IntegrationCancelled = "practice.integration-cancelled", "The request was taken back.";
    IntegrationLapsed = "practice.integration-lapsed", "The request's last day passed.";
    Assessed = "practice.assessed", "The rules answered.";
    PaymentRequested = "practice.payment-requested", "A deferred payment was asked for.";
    PaymentRecorded = "practice.payment-recorded", "A payment went well or failed.";
    PaymentCancelled = "practice.payment-cancelled", "The request for payment was taken back.";
    TermExtended = "practice.term-extended", "The term was made longer.";
    NoticeGiven = "practice.notice-given", "The reasons against were told.";
    NoticeAnswered = "practice.notice-answered", "Observations were made.";
    Accepted = "practice.accepted", "The answer is yes.";
    Rejected = "practice.rejected", "The answer is no.";
    Withdrawn = "practice.withdrawn", "The applicant took it back.";
    Reopened = "practice.reopened", "It is examined again.";
    Revoked = "practice.revoked", "The acceptance was taken back.";
    ExpiryWarned = "practice.expiry-warned", "The owner of the draft was warned.";
    Expired = "practice.expired", "The draft expired.";
    Written = "practice.written", "A message or a private note was written.";
    MessageRead = "practice.message-read", "A message was read.";
    Related = "practice.related", "It was put under another practice.";
}

impl Event {
    /// The verb this comes of; `None` for the opening, which is no verb of a practice that is
    /// there. With it, whoever records an event can check that it is what was allowed.
    #[must_use]
    pub fn verb(&self) -> Option<Verb> {
        Some(match self {
            Self::Opened(_) => return None,
            Self::Saved(_) => Verb::Save,
            Self::Attached(_) => Verb::Attach,
            Self::Detached(_) => Verb::Detach,
            Self::PartyAdded(_) => Verb::AddParty,
            Self::PartyRemoved(_) => Verb::RemoveParty,
            Self::Submitted(_) => Verb::Submit,
            Self::Registered(_) => Verb::Register,
            Self::TakenInCharge(_) => Verb::TakeInCharge,
            Self::IntegrationRequested(_) => Verb::RequestIntegration,
            Self::IntegrationAnswered(_) => Verb::AnswerIntegration,
            Self::IntegrationCancelled(_) => Verb::CancelIntegration,
            Self::IntegrationLapsed(_) => Verb::LapseIntegration,
            Self::TermExtended(_) => Verb::ExtendTerm,
            Self::Assessed(_) => Verb::Assess,
            Self::PaymentRequested(_) => Verb::RequestPayment,
            Self::PaymentRecorded(_) => Verb::RecordPayment,
            Self::PaymentCancelled(_) => Verb::CancelPayment,
            Self::NoticeGiven(_) => Verb::GiveNotice,
            Self::NoticeAnswered(_) => Verb::AnswerNotice,
            Self::Accepted(_) => Verb::Accept,
            Self::Rejected(_) => Verb::Reject,
            Self::Withdrawn(_) => Verb::Withdraw,
            Self::Reopened(_) => Verb::Reopen,
            Self::Revoked(_) => Verb::Revoke,
            Self::ExpiryWarned(_) => Verb::WarnOfExpiry,
            Self::Expired(_) => Verb::Expire,
            Self::Written(written) => match written.audience {
                Audience::Everyone => Verb::Write,
                Audience::Office => Verb::Note,
            },
            Self::MessageRead(_) => Verb::MarkRead,
            Self::Related(_) => Verb::Relate,
        })
    }
}
