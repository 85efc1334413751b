//! The states of a practice, by name.

use std::fmt;

use mattoni_core::record::Personal;
use serde::{Deserialize, Serialize};

/// Where a practice stands.
///
/// Names, never numbers: numeric codes have confused every integrator of every platform that
/// had them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Personal,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum State {
    /// *Bozza*: the applicant is still writing.
    Draft,
    /// *Inviata*: received; the term runs from this day (L. 241/1990, art. 2, c. 6).
    Submitted,
    /// *Protocollata*: has its number in the register.
    Registered,
    /// *Presa in carico*: an office or a person is examining it.
    TakenInCharge,
    /// *In attesa di integrazione*: the ente asked for something that is missing.
    AwaitingIntegration,
    /// *Integrazione inviata*: the answer is there and has yet to be looked at.
    IntegrationAnswered,
    /// *In attesa di pagamento*: a deferred payment was asked for.
    AwaitingPayment,
    /// *Preavviso di rigetto*: the reasons against were given, observations are possible.
    NoticeGiven,
    /// *Accolta*.
    Accepted,
    /// *Respinta*.
    Rejected,
    /// *Ritirata*: by the applicant.
    Withdrawn,
    /// *Scaduta*: a draft nobody came back to.
    Expired,
    /// *Revocata*: an acceptance the ente took back.
    Revoked,
}

impl State {
    /// Every state, in the order of a practice's life.
    pub const ALL: [Self; 13] = [
        Self::Draft,
        Self::Submitted,
        Self::Registered,
        Self::TakenInCharge,
        Self::AwaitingIntegration,
        Self::IntegrationAnswered,
        Self::AwaitingPayment,
        Self::NoticeGiven,
        Self::Accepted,
        Self::Rejected,
        Self::Withdrawn,
        Self::Expired,
        Self::Revoked,
    ];

    /// Stable name, as it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Registered => "registered",
            Self::TakenInCharge => "taken-in-charge",
            Self::AwaitingIntegration => "awaiting-integration",
            Self::IntegrationAnswered => "integration-answered",
            Self::AwaitingPayment => "awaiting-payment",
            Self::NoticeGiven => "notice-given",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// What Italian offices call it.
    #[must_use]
    pub const fn italian(self) -> &'static str {
        match self {
            Self::Draft => "bozza",
            Self::Submitted => "inviata",
            Self::Registered => "protocollata",
            Self::TakenInCharge => "presa in carico",
            Self::AwaitingIntegration => "in attesa di integrazione",
            Self::IntegrationAnswered => "integrazione inviata",
            Self::AwaitingPayment => "in attesa di pagamento",
            Self::NoticeGiven => "preavviso di rigetto",
            Self::Accepted => "accolta",
            Self::Rejected => "respinta",
            Self::Withdrawn => "ritirata",
            Self::Expired => "scaduta",
            Self::Revoked => "revocata",
        }
    }

    /// What it means, for officials and citizens.
    #[must_use]
    pub const fn italian_meaning(self) -> &'static str {
        match self {
            Self::Draft => "chi fa domanda sta ancora scrivendo; l'ufficio non la vede",
            Self::Submitted => "ricevuta: da questo giorno corre il termine per rispondere",
            Self::Registered => "ha il suo numero di protocollo",
            Self::TakenInCharge => "una persona o un ufficio la sta esaminando",
            Self::AwaitingIntegration => "l'ente ha chiesto qualcosa che manca e aspetta",
            Self::IntegrationAnswered => "quello che mancava è arrivato e va guardato",
            Self::AwaitingPayment => "l'ente ha chiesto un pagamento e aspetta",
            Self::NoticeGiven => "dette le ragioni contrarie, si possono fare osservazioni",
            Self::Accepted => "risposta: sì",
            Self::Rejected => "risposta: no",
            Self::Withdrawn => "chi l'ha presentata l'ha ritirata",
            Self::Expired => "una bozza a cui nessuno è più tornato",
            Self::Revoked => "l'ente ha tolto quello che aveva dato",
        }
    }

    /// One English sentence on what it means.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Draft => "the applicant is still writing",
            Self::Submitted => "received; the term runs",
            Self::Registered => "has its number in the register",
            Self::TakenInCharge => "an office or a person is examining it",
            Self::AwaitingIntegration => "the ente asked for something that is missing",
            Self::IntegrationAnswered => "the missing things are there, to be looked at",
            Self::AwaitingPayment => "a deferred payment was asked for",
            Self::NoticeGiven => "the reasons against were given; observations are possible",
            Self::Accepted => "answered: yes",
            Self::Rejected => "answered: no",
            Self::Withdrawn => "taken back by the applicant",
            Self::Expired => "a draft nobody came back to",
            Self::Revoked => "an acceptance the ente took back",
        }
    }

    /// Whether the ente owes no answer any more (or not yet, for a draft it never does).
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Accepted | Self::Rejected | Self::Withdrawn | Self::Expired | Self::Revoked
        )
    }

    /// The state as a list of one, for the table.
    pub(crate) const fn alone(self) -> &'static [Self] {
        std::slice::from_ref(&Self::ALL[self as usize])
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
