//! What a practice holds besides its answers and files: requests, payments, notices, outcomes, messages.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use mattoni_core::record::{BulkRun, Personal};
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Digest, Id, Money};
use serde::{Deserialize, Serialize};

use crate::{AmountPart, Attachment, State};

/// When the practice came into a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct StateChange {
    /// The state it came into.
    pub to: State,
    /// When, and by whom.
    pub act: Act,
}

/// What the ente asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "item")]
#[non_exhaustive]
pub enum Asked {
    /// Another answer in the form.
    Field {
        /// Key of the field.
        #[not_personal]
        key: String,
        /// Why.
        #[personal]
        why: String,
    },
    /// A paper.
    Paper {
        /// Name of the paper; the answer uses the same.
        #[not_personal]
        name: String,
        /// Why.
        #[personal]
        why: String,
    },
}

/// A request for integration and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Integration {
    /// Number within the practice, from 1.
    pub number: u32,
    /// What is asked for, at least one thing.
    pub items: Vec<Asked>,
    /// When, and by whom.
    pub asked: Act,
    /// Last day to answer, included.
    pub answer_by: NaiveDate,
    /// What became of it.
    pub end: IntegrationEnd,
}

/// What became of a request for integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "end")]
#[non_exhaustive]
pub enum IntegrationEnd {
    /// Still waiting.
    Open,
    /// The answer came.
    Answered {
        /// When, and by whom.
        act: Act,
        /// What the applicant added in words.
        #[personal]
        note: String,
    },
    /// The ente took the request back.
    Cancelled {
        /// When, and by whom.
        act: Act,
        /// Why.
        #[personal]
        reason: String,
    },
    /// Its last day passed.
    Lapsed {
        /// When it was noted.
        act: Act,
    },
}

/// An applicant's answer to a request for integration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IntegrationAnswer {
    /// Answers to the fields asked for.
    #[serde(default)]
    pub set: BTreeMap<String, Value>,
    /// Papers asked for, by the name they were asked under.
    #[serde(default)]
    pub papers: BTreeMap<String, Attachment>,
    /// What the applicant adds in words.
    #[serde(default)]
    pub note: String,
}

/// How a payment went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "result")]
#[non_exhaustive]
pub enum Payment {
    /// Paid through the payment system.
    Paid {
        /// How much.
        amount: Money,
        /// Reference of the receipt.
        #[personal]
        reference: String,
    },
    /// Paid some other way, or not owed after all: an official vouches for it. The debt in the
    /// payment system is to be cancelled.
    SettledOtherwise {
        /// How.
        #[personal]
        note: String,
    },
    /// It failed and can be tried again.
    Failed {
        /// Why.
        #[personal]
        reason: String,
    },
}

impl Payment {
    /// Whether nothing is owed any more.
    #[must_use]
    pub const fn settles(&self) -> bool {
        matches!(self, Self::Paid { .. } | Self::SettledOtherwise { .. })
    }
}

/// Whether a payment was owed when it was recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Owed {
    /// It was.
    #[default]
    Yes,
    /// Nothing was owed, or no longer: the request was taken back, or it was paid twice.
    No,
    /// The practice had ended.
    Ended,
}

impl Owed {
    pub(crate) fn is_yes(&self) -> bool {
        *self == Self::Yes
    }
}

/// Money that came although nothing was owed. The receipt is a fact and stays on record; the office
/// decides what becomes of the money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Surplus {
    /// How much.
    pub amount: Money,
    /// Reference of the receipt.
    #[personal]
    pub reference: String,
    /// When it was recorded, and by whom.
    pub recorded: Act,
    /// Where the practice stood then.
    pub state: State,
    /// What became of it.
    pub end: SurplusEnd,
}

/// What became of money that was not owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "end")]
#[non_exhaustive]
pub enum SurplusEnd {
    /// Yet to be decided.
    Open,
    /// It is given back.
    Refunded {
        /// When, and by whom.
        act: Act,
        /// How, and by which act of the ente.
        #[personal]
        note: String,
    },
    /// The practice it came too late for is examined again.
    Reopened {
        /// When, and by whom.
        act: Act,
    },
}

/// A deferred payment the office asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Demand {
    /// How much.
    pub amount: Money,
    /// What for.
    #[personal]
    pub reason: String,
    /// When, and by whom.
    pub asked: Act,
    /// What the amount is made of, where a tariff rule worked it out; reductions are below zero.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[personal]
    pub parts: Vec<AmountPart>,
}

/// A notice before rejection (*preavviso di rigetto*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Notice {
    /// The reasons against.
    #[personal]
    pub reasons: String,
    /// When, and by whom.
    pub given: Act,
    /// Last day for observations, included.
    pub observations_by: NaiveDate,
    /// The observations, once made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observations: Option<Observations>,
}

/// An applicant's observations on a notice (*osservazioni*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Observations {
    /// Their text.
    #[personal]
    pub text: String,
    /// When, and by whom.
    pub made: Act,
}

/// What an official decides, to be turned into an outcome by `accept` or `reject`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[non_exhaustive]
pub struct Decision {
    /// The motivation (*motivazione*, L. 241/1990, art. 3).
    #[personal]
    pub motivation: String,
    /// Why the observations on the notice, if any were made, do not change the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[personal]
    pub on_observations: Option<String>,
    /// The bulk run it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Id<BulkRun>>,
}

impl Decision {
    /// A decision with its motivation.
    #[must_use]
    pub fn new(motivation: impl Into<String>) -> Self {
        Self { motivation: motivation.into(), on_observations: None, run: None }
    }

    /// Answering the applicant's observations.
    #[must_use]
    pub fn with_answer_to_observations(mut self, answer: impl Into<String>) -> Self {
        self.on_observations = Some(answer.into());
        self
    }

    /// As part of a bulk run, so that running it twice decides once.
    #[must_use]
    pub fn in_run(mut self, run: Id<BulkRun>) -> Self {
        self.run = Some(run);
        self
    }
}

/// On what ground an acceptance is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RevocationGround {
    /// *Revoca*: the public interest changed (L. 241/1990, art. 21-quinquies).
    PublicInterest,
    /// *Annullamento d'ufficio*: an authorisation or an economic advantage was given unlawfully
    /// (L. 241/1990, art. 21-nonies, c. 1). Not after the day [`annul_by`](crate::annul_by) says.
    Unlawful,
    /// *Annullamento d'ufficio* of what was obtained by false statements that are a crime, as a
    /// final judgment has found: at any time (art. 21-nonies, c. 2-bis).
    UnlawfulByCrime,
    /// *Annullamento d'ufficio* of an act that neither authorises nor gives an economic
    /// advantage: within a reasonable time, which the motivation answers for.
    UnlawfulOther,
    /// *Decadenza*: the beneficiary lost or never had the requirements.
    Forfeiture,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "answer")]
#[non_exhaustive]
pub enum Answer {
    /// Yes.
    Accepted,
    /// No.
    Rejected,
    /// The yes was taken back.
    Revoked {
        /// On what ground.
        ground: RevocationGround,
    },
}

impl Answer {
    /// Stable name, as it is stored.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Revoked { .. } => "revoked",
        }
    }

    /// What Italian offices call it.
    #[must_use]
    pub const fn italian(&self) -> &'static str {
        match self {
            Self::Accepted => "accolta",
            Self::Rejected => "respinta",
            Self::Revoked { .. } => "revocata",
        }
    }
}

/// An answer with its motivation. A re-opened practice has several; the last one counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct RecordedDecision {
    /// What was answered.
    pub answer: Answer,
    /// Why.
    pub decision: Decision,
    /// When, and by whom.
    pub act: Act,
    /// What was granted, where the practice was accepted and a rule had worked it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<GrantedAmount>,
}

/// The amount that goes with an acceptance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct GrantedAmount {
    /// The amount.
    #[personal]
    pub amount: Money,
    /// The evaluation that worked it out; its answer is among the practice's assessments.
    pub evaluation: Digest,
}

/// Who sees a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Applicant and office.
    Everyone,
    /// The office only (*nota privata*).
    Office,
}

/// A message or a private note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Message {
    /// Number within the practice, from 1.
    pub number: u32,
    /// Who sees it.
    pub audience: Audience,
    /// Its text.
    #[personal]
    pub text: String,
    /// When it was written, and by whom.
    pub written: Act,
    /// Who has read it, and when first.
    #[serde(default)]
    pub read: Vec<Act>,
}

impl Message {
    /// Whether `actor` has read it, or wrote it.
    #[must_use]
    pub fn known_to(&self, actor: &Actor) -> bool {
        self.written.by == *actor || self.read.iter().any(|act| act.by == *actor)
    }
}

/// How far one step of the form is filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepProgress {
    /// Name of the step.
    pub step: String,
    /// How many of its keys are answered, or have their files.
    pub answered: usize,
    /// How many keys it has, for answers and for files.
    pub keys: usize,
    /// Required keys without an answer, or without their files.
    pub missing: BTreeSet<String>,
}
