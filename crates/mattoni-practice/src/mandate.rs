//! Mandates: who acts for the applicant, on what ground, from when until when.
//!
//! A mandate ends on its last day, or when whoever gave it revokes it (Civil Code, art. 1722 and
//! 1723). It does not hold the right to withdraw the practice unless it says so.

use chrono::NaiveDate;
use mattoni_core::record::Personal;
use mattoni_core::{Act, Digest, Person};
use serde::{Deserialize, Serialize};

/// On what ground someone acts for the applicant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MandateKind {
    /// *Delegato*: by a written delegation (D.P.R. 445/2000, art. 38, c. 3-bis).
    Delegated,
    /// *Incaricato*: by profession, as an accountant or a patronage office.
    Entrusted,
    /// By law: a parent, a guardian (*tutore*).
    Guardian,
}

impl MandateKind {
    /// Whether it is shown by a paper: all but who represents the applicant by law.
    pub(crate) fn needs_paper(self) -> bool {
        self != Self::Guardian
    }
}

/// Whether a mandate holds the right to withdraw the practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case")]
pub enum WithdrawalRight {
    /// The delegate does everything else.
    #[default]
    NotGiven,
    /// The delegate withdraws it, too.
    Given,
}

impl WithdrawalRight {
    fn is_not_given(&self) -> bool {
        *self == Self::NotGiven
    }
}

/// What allows a person to act for the applicant (*delega*, *mandato*).
///
/// ```
/// use mattoni_core::Person;
/// use mattoni_practice::{Mandate, MandateBar, MandateKind};
///
/// # fn the(delegate: Person) -> Result<(), Box<dyn std::error::Error>> {
/// let mandate = Mandate::new(delegate, MandateKind::Delegated)
///     .from("2027-03-01".parse()?)
///     .until("2027-06-30".parse()?);
/// assert_eq!(mandate.holds_on(Some("2027-06-30".parse()?)), Ok(()));
/// let ended = MandateBar::Ended { until: "2027-06-30".parse()? };
/// assert_eq!(mandate.holds_on(Some("2027-07-01".parse()?)), Err(ended));
/// # Ok(())
/// # }
/// # let born_on = "1980-01-01".parse()?;
/// # the(Person { id: mattoni_core::Id::from_u128(1), fiscal_code: "RSSMRA80A01H501U".parse()?,
/// #     given_name: "Mario".into(), family_name: "Rossi".into(), born_on })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[non_exhaustive]
pub struct Mandate {
    /// Who acts.
    pub person: Person,
    /// On what ground.
    #[serde(rename = "mandate")]
    pub kind: MandateKind,
    /// SHA-256 of the document that proves it, where there is one.
    #[serde(rename = "proof", default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<Digest>,
    /// First day, included; from when it was given on where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day, included; until it is revoked where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// Whether they may withdraw the practice. Mandates of journals written before this was asked
    /// do not say so.
    #[serde(default, skip_serializing_if = "WithdrawalRight::is_not_given")]
    pub withdrawal: WithdrawalRight,
    /// When it was revoked, and by whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Act>,
}

/// Why a mandate does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MandateBar {
    /// Its first day is still to come.
    #[error("the mandate begins on {from}")]
    NotYet {
        /// The first day.
        from: NaiveDate,
    },
    /// Its last day has passed.
    #[error("the mandate ended on {until}")]
    Ended {
        /// The last day, included.
        until: NaiveDate,
    },
    /// It was revoked.
    #[error("the mandate was revoked")]
    Revoked,
    /// It has a first or a last day, and it is not known which day it is.
    #[error("the mandate holds on certain days alone")]
    DayUnknown,
}

impl Mandate {
    /// For `person`, on this ground: without a last day, and without the right to withdraw.
    #[must_use]
    pub fn new(person: Person, kind: MandateKind) -> Self {
        let withdrawal = WithdrawalRight::NotGiven;
        Self { person, kind, paper: None, from: None, until: None, withdrawal, revoked: None }
    }

    /// Proved by the document with this digest.
    #[must_use]
    pub fn with_paper(mut self, paper: Digest) -> Self {
        self.paper = Some(paper);
        self
    }

    /// From this day on.
    #[must_use]
    pub fn from(mut self, day: NaiveDate) -> Self {
        self.from = Some(day);
        self
    }

    /// Up to this day, included.
    #[must_use]
    pub fn until(mut self, day: NaiveDate) -> Self {
        self.until = Some(day);
        self
    }

    /// With the right to withdraw the practice.
    #[must_use]
    pub fn with_withdrawal(mut self) -> Self {
        self.withdrawal = WithdrawalRight::Given;
        self
    }

    /// Whether it holds on this day. Where the day is not known, a mandate with a first or last
    /// day does not.
    ///
    /// # Errors
    /// [`MandateBar`] says why it does not hold.
    pub fn holds_on(&self, day: Option<NaiveDate>) -> Result<(), MandateBar> {
        if self.revoked.is_some() {
            return Err(MandateBar::Revoked);
        }
        if self.from.is_none() && self.until.is_none() {
            return Ok(());
        }
        let Some(day) = day else { return Err(MandateBar::DayUnknown) };
        match (self.from, self.until) {
            (Some(from), _) if day < from => Err(MandateBar::NotYet { from }),
            (_, Some(until)) if day > until => Err(MandateBar::Ended { until }),
            _ => Ok(()),
        }
    }

    /// Whether it is over for good on this day: revoked, or past its last day.
    pub(crate) fn is_over(&self, day: NaiveDate) -> bool {
        self.revoked.is_some() || self.until.is_some_and(|until| day > until)
    }

    /// Whether it lets the delegate withdraw the practice. Who represents the applicant by law
    /// does all that they could.
    pub(crate) fn withdraws(&self) -> bool {
        self.withdrawal == WithdrawalRight::Given || self.kind == MandateKind::Guardian
    }
}
