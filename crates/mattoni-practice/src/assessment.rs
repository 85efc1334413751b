//! What the rules answered about a practice, kept as facts.

use std::collections::BTreeMap;

use mattoni_core::record::Personal;
use mattoni_core::{Digest, Money, RuleWorld};
use serde::{Deserialize, Serialize};

/// The answer of a rule plugin for one practice, with all that is needed to compute it again.
///
/// Plain data: `mattoni-rules` makes it, the shell translates it, the practice keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Assessment {
    /// Digest of the evaluation (the whole batch) this answer is from. One practice holds each
    /// evaluation once.
    pub evaluation: Digest,
    /// The plugin that answered.
    pub plugin: PluginRef,
    /// Version of the contract host and plugin spoke, e.g. `mattoni:rules@1`.
    #[not_personal]
    pub contract: String,
    /// Digest of the parameters.
    pub parameters: Digest,
    /// Digest of this practice's inputs.
    #[personal]
    pub inputs: Digest,
    /// What a rule of another world than scoring answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<RuleAnswer>,
    /// Points with their reasons, in the plugin's order.
    #[serde(default)]
    #[personal]
    pub points: Vec<CriterionPoints>,
    /// Values that break ties, by name.
    #[serde(default)]
    #[personal]
    pub tie_keys: BTreeMap<String, i64>,
    /// Class the practice falls in, where the plugin classifies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[personal]
    pub class: Option<String>,
    /// Fuel the plugin used.
    pub fuel: u64,
}

/// What a rule answered about one practice, world by world. Points are in the [`Assessment`]
/// itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "world")]
#[non_exhaustive]
pub enum RuleAnswer {
    /// What is wrong with the answers.
    Validation {
        /// Every check, in the plugin's order.
        #[personal]
        checks: Vec<FieldCheck>,
    },
    /// Whether they may have it: every requirement has to be met.
    Eligibility {
        /// Every requirement, in the plugin's order.
        #[personal]
        requirements: Vec<RequirementMet>,
    },
    /// How much they get: the sum of the components.
    Benefit {
        /// Every component, in the plugin's order; one below zero takes away.
        #[personal]
        components: Vec<AmountPart>,
    },
    /// How much they owe: the charges less the reductions.
    Tariff {
        /// Every charge, in the plugin's order.
        #[personal]
        charges: Vec<AmountPart>,
        /// Every reduction, in the plugin's order, as positive amounts.
        #[personal]
        reductions: Vec<AmountPart>,
    },
    /// Who takes care of it.
    Routing {
        /// Code of the office.
        #[not_personal]
        office: String,
        /// Code of the reason for this office.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[not_personal]
        reason: Option<String>,
        /// Code of the priority.
        #[not_personal]
        priority: String,
        /// Days within which it is dealt with, counted as the plugin declares.
        days: u16,
    },
}

impl RuleAnswer {
    /// The world it is of.
    #[must_use]
    pub const fn world(&self) -> RuleWorld {
        match self {
            Self::Validation { .. } => RuleWorld::Validation,
            Self::Eligibility { .. } => RuleWorld::Eligibility,
            Self::Benefit { .. } => RuleWorld::Benefit,
            Self::Tariff { .. } => RuleWorld::Tariff,
            Self::Routing { .. } => RuleWorld::Routing,
        }
    }

    /// The amount granted or due, where it is about one: charges less reductions, never below
    /// zero.
    #[must_use]
    pub fn amount(&self) -> Option<Money> {
        let sum = |parts: &[AmountPart]| {
            parts.iter().fold(0_i64, |sum, part| sum.saturating_add(part.amount.cents()))
        };
        let cents = match self {
            Self::Benefit { components } => sum(components),
            Self::Tariff { charges, reductions } => {
                sum(charges).saturating_sub(sum(reductions)).max(0)
            }
            _ => return None,
        };
        Some(Money::from_cents(cents))
    }
}

/// What one check of a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldCheck {
    /// Code of the check.
    pub check: String,
    /// The field it is about.
    pub field: String,
    /// Code of the reason that says what is wrong; nothing when all is fine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Whether a requirement of a rule is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequirementMet {
    /// Code of the requirement.
    pub code: String,
    /// Whether it is met.
    pub met: bool,
    /// Code of the reason, when one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A part of an amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountPart {
    /// Code of the component, charge or reduction.
    pub code: String,
    /// The amount.
    pub amount: Money,
    /// Code of the reason, when one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A plugin by what it is called and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct PluginRef {
    /// Name.
    #[not_personal]
    pub name: String,
    /// Version.
    #[not_personal]
    pub version: String,
    /// Digest of the component.
    pub digest: Digest,
}

/// Points for one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct CriterionPoints {
    /// Code of the criterion.
    #[not_personal]
    pub criterion: String,
    /// Hundredths of a point; may be negative.
    pub hundredths: i64,
    /// Code of the reason.
    #[not_personal]
    pub reason: String,
}

impl Assessment {
    /// The world of the rule that answered.
    #[must_use]
    pub fn world(&self) -> RuleWorld {
        self.answer.as_ref().map_or(RuleWorld::Scoring, RuleAnswer::world)
    }

    /// What speaks against the practice: each field with a problem, each requirement that is not
    /// met.
    #[must_use]
    pub fn objections(&self) -> Vec<Objection> {
        match &self.answer {
            Some(RuleAnswer::Validation { checks }) => {
                let wrong = |check: &FieldCheck| {
                    let reason = check.problem.clone()?;
                    Some(Objection { about: check.field.clone(), reason: Some(reason) })
                };
                checks.iter().filter_map(wrong).collect()
            }
            Some(RuleAnswer::Eligibility { requirements }) => {
                let missing = requirements.iter().filter(|requirement| !requirement.met);
                let objection = |requirement: &RequirementMet| Objection {
                    about: requirement.code.clone(),
                    reason: requirement.reason.clone(),
                };
                missing.map(objection).collect()
            }
            _ => Vec::new(),
        }
    }

    /// All points together, in hundredths; stops at the ends of `i64`.
    #[must_use]
    pub fn total_hundredths(&self) -> i64 {
        self.points.iter().fold(0, |sum, points| sum.saturating_add(points.hundredths))
    }
}

/// Something that speaks against a practice, as a rule found it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// The field, or the code of the requirement.
    pub about: String,
    /// Code of the reason, when one was given.
    pub reason: Option<String>,
}
