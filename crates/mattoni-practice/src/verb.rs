//! What can be done with a practice, by name.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something that can be done with a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verb {
    /// Put answers into the draft.
    Save,
    /// Add a file.
    Attach,
    /// Take a file out of the draft.
    Detach,
    /// Name another person on the practice.
    AddParty,
    /// Take a person off the practice.
    RemoveParty,
    /// Send the draft (*invio*).
    Submit,
    /// Note a number of the register (*protocollo*).
    Register,
    /// Take in charge, or hand on to someone else (*presa in carico*, *riassegnazione*).
    TakeInCharge,
    /// Ask for what is missing (*richiesta di integrazione*).
    RequestIntegration,
    /// Give what was asked for.
    AnswerIntegration,
    /// Take the request back.
    CancelIntegration,
    /// Go on without the answer, its day having passed.
    LapseIntegration,
    /// Note what the rules answered.
    Assess,
    /// Ask for a deferred payment.
    RequestPayment,
    /// Note how a payment went.
    RecordPayment,
    /// Take the request for payment back.
    CancelPayment,
    /// Make the term longer, where a law allows it (*proroga*).
    ExtendTerm,
    /// Tell the reasons against before rejecting (*preavviso di rigetto*).
    GiveNotice,
    /// Make observations on the notice (*osservazioni*).
    AnswerNotice,
    /// Answer yes.
    Accept,
    /// Answer no.
    Reject,
    /// Take the practice back (*ritiro*).
    Withdraw,
    /// Examine again (*riesame*).
    Reopen,
    /// Take an acceptance back (*revoca*, *annullamento*).
    Revoke,
    /// Warn that the draft will expire.
    WarnOfExpiry,
    /// Let the draft expire.
    Expire,
    /// Write a message that both sides see.
    Write,
    /// Write a private note of the office.
    Note,
    /// Mark a message as read.
    MarkRead,
    /// Put the practice under another.
    Relate,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 30] = [
        Self::Save,
        Self::Attach,
        Self::Detach,
        Self::AddParty,
        Self::RemoveParty,
        Self::Submit,
        Self::Register,
        Self::TakeInCharge,
        Self::RequestIntegration,
        Self::AnswerIntegration,
        Self::CancelIntegration,
        Self::LapseIntegration,
        Self::Assess,
        Self::RequestPayment,
        Self::RecordPayment,
        Self::CancelPayment,
        Self::ExtendTerm,
        Self::GiveNotice,
        Self::AnswerNotice,
        Self::Accept,
        Self::Reject,
        Self::Withdraw,
        Self::Reopen,
        Self::Revoke,
        Self::WarnOfExpiry,
        Self::Expire,
        Self::Write,
        Self::Note,
        Self::MarkRead,
        Self::Relate,
    ];

    /// Stable name: the middle of every refusal's code, as in `practice.submit.missing`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Save => "save",
            Self::Attach => "attach",
            Self::Detach => "detach",
            Self::AddParty => "add-party",
            Self::RemoveParty => "remove-party",
            Self::Submit => "submit",
            Self::Register => "register",
            Self::TakeInCharge => "take-in-charge",
            Self::RequestIntegration => "request-integration",
            Self::AnswerIntegration => "answer-integration",
            Self::CancelIntegration => "cancel-integration",
            Self::LapseIntegration => "lapse-integration",
            Self::Assess => "assess",
            Self::RequestPayment => "request-payment",
            Self::RecordPayment => "record-payment",
            Self::CancelPayment => "cancel-payment",
            Self::ExtendTerm => "extend-term",
            Self::GiveNotice => "give-notice",
            Self::AnswerNotice => "answer-notice",
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Withdraw => "withdraw",
            Self::Reopen => "reopen",
            Self::Revoke => "revoke",
            Self::WarnOfExpiry => "warn-of-expiry",
            Self::Expire => "expire",
            Self::Write => "write",
            Self::Note => "note",
            Self::MarkRead => "mark-read",
            Self::Relate => "relate",
        }
    }
}

impl Verb {
    /// What Italian offices call it.
    #[must_use]
    pub const fn italian(self) -> &'static str {
        match self {
            Self::Save => "compilazione",
            Self::Attach => "aggiunta di un allegato",
            Self::Detach => "rimozione di un allegato",
            Self::AddParty => "aggiunta di una persona",
            Self::RemoveParty => "rimozione di una persona",
            Self::Submit => "invio",
            Self::Register => "protocollazione",
            Self::TakeInCharge => "presa in carico",
            Self::RequestIntegration => "richiesta di integrazione",
            Self::AnswerIntegration => "risposta alla richiesta",
            Self::CancelIntegration => "annullamento della richiesta",
            Self::LapseIntegration => "decorso del tempo",
            Self::Assess => "valutazione delle regole",
            Self::RequestPayment => "richiesta di pagamento",
            Self::RecordPayment => "esito del pagamento",
            Self::CancelPayment => "annullamento del pagamento",
            Self::ExtendTerm => "proroga del termine",
            Self::GiveNotice => "preavviso di rigetto",
            Self::AnswerNotice => "osservazioni",
            Self::Accept => "accoglimento",
            Self::Reject => "rigetto",
            Self::Withdraw => "ritiro",
            Self::Reopen => "riapertura",
            Self::Revoke => "revoca o annullamento",
            Self::WarnOfExpiry => "avviso di scadenza",
            Self::Expire => "scadenza",
            Self::Write => "messaggio",
            Self::Note => "nota privata",
            Self::MarkRead => "presa visione",
            Self::Relate => "collegamento",
        }
    }

    /// Whether it is something the applicant's side does: the applicant, their delegate, who
    /// applies with them, or an official who types for them at the counter.
    #[must_use]
    pub const fn is_applicants(self) -> bool {
        matches!(
            self,
            Self::Save
                | Self::Attach
                | Self::Detach
                | Self::AddParty
                | Self::RemoveParty
                | Self::Submit
                | Self::AnswerIntegration
                | Self::AnswerNotice
                | Self::Withdraw
                | Self::Write
                | Self::MarkRead
                | Self::Relate
        )
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
