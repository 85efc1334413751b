//! One line of a run: who, where, what, and why.

use mattoni_core::{Digest, Money};
use serde::{Deserialize, Serialize};

use crate::{Applicant, Duplicates, Parted, Points, TieValue};

/// One line of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Position in the order, from 1; none for those who are not in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// The application, as it was when the run was drawn up.
    pub applicant: Applicant,
    /// Total points.
    pub total: Points,
    /// The value for each tie-break, in written order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ties: Vec<Option<TieValue>>,
    /// What put it below the line above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parted: Option<Parted>,
    /// Its ticket in the draw, where the draw had a say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Digest>,
    /// Where it stands at each facility it named, in the order of its preferences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// What came out.
    pub outcome: Outcome,
}

impl Line {
    /// The application's public code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.applicant.code
    }

    /// The reserved pool the applicant belongs to and has a place of. A place of a reserve that
    /// was released to everyone is counted there, and says nothing of who got it.
    #[must_use]
    pub fn reserve(&self) -> Option<&str> {
        let Outcome::Placed { pool: Some(pool), preference, .. } = &self.outcome else {
            return None;
        };
        let chosen = self.applicant.preferences.get(preference.checked_sub(1)? as usize)?;
        let belongs = self.applicant.reserves.contains(pool) || chosen.pool.as_ref() == Some(pool);
        belongs.then_some(pool)
    }

    /// The outcome as it is told: with a reserve only where the applicant belongs to it.
    #[must_use]
    pub fn told_outcome(&self) -> Outcome {
        match &self.outcome {
            Outcome::Placed { facility, preference, .. } => Outcome::Placed {
                facility: facility.clone(),
                pool: self.reserve().map(str::to_owned),
                preference: *preference,
            },
            other => other.clone(),
        }
    }
}

/// Where an application stands at one facility it named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The facility's own priority for it.
    pub priority: u32,
    /// The position that counts there among equal priorities, from 1: that of the order, or in a
    /// multiple lottery the one the facility's own draw gave.
    pub standing: u32,
}

/// What came out for an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Outcome {
    /// A place at a facility.
    Placed {
        /// The facility.
        facility: String,
        /// The reserved pool; none for a regular place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pool: Option<String>,
        /// Which of its preferences this is, from 1.
        preference: u32,
    },
    /// Within the places, or admitted with everyone.
    Admitted,
    /// An amount.
    Granted {
        /// What it gets.
        amount: Money,
        /// What it asked for.
        asked: Money,
    },
    /// In the order, without a place or an amount so far.
    Waiting {
        /// Why.
        why: Waiting,
    },
    /// Not in the order: a minimum was missed.
    BelowThreshold {
        /// The first threshold missed, from 0, in written order.
        threshold: u16,
        /// What it had.
        had: Points,
    },
    /// Not in the order: taken out by the office.
    Excluded {
        /// Why.
        reason: String,
    },
    /// Not in the order: another application for the same subject is ranked.
    Duplicate {
        /// The code of that application.
        kept: String,
        /// Which one the criteria keep.
        rule: Duplicates,
    },
}

/// Why somebody in the order has nothing so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "because")]
pub enum Waiting {
    /// It named no facility.
    NoPreferences,
    /// At every facility it named, all places it may take went to others who stand before it.
    AllFull,
    /// No facility has room for all the brothers and sisters who ask to be together or not at
    /// all.
    SiblingsNotTogether,
    /// The places ended before its position.
    NoPlaceLeft,
    /// What was left of the budget was less than it asked for, or the budget was closed.
    BudgetEnded {
        /// What was left.
        left: Money,
    },
}
