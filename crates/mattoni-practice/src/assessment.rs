//! What the rules answered about a practice, kept as facts.

use std::collections::BTreeMap;

use mattoni_core::Digest;
use mattoni_core::record::Personal;
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
    /// All points together, in hundredths; stops at the ends of `i64`.
    #[must_use]
    pub fn total_hundredths(&self) -> i64 {
        self.points.iter().fold(0, |sum, points| sum.saturating_add(points.hundredths))
    }
}
