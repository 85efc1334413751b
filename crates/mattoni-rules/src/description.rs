//! What a plugin says about itself.

use mattoni_core::value::{Kind, Value};
use serde::{Deserialize, Serialize};

use crate::declared::Criterion;

pub use crate::declared::Declared;

/// Who a plugin is, what it needs, and what its answers mean. Checked when the plugin is loaded:
/// names are unique and well formed, bounds make sense, defaults are within them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Description {
    /// Stable name.
    pub name: String,
    /// Version of the rule, as its author counts.
    pub version: String,
    /// Version of the contract it speaks.
    pub contract: String,
    /// The columns it needs, in its order.
    pub inputs: Vec<Input>,
    /// What the ente sets.
    pub parameters: Vec<Parameter>,
    /// The sentences that answers point to.
    pub reasons: Vec<Reason>,
    /// The world it answers in, and what its answers mean there.
    #[serde(flatten)]
    pub answers: Declared,
}

impl Description {
    /// A criterion of a scoring rule by its code.
    #[must_use]
    pub fn criterion(&self, code: &str) -> Option<&Criterion> {
        let Declared::Scoring(scoring) = &self.answers else { return None };
        scoring.criteria.iter().find(|criterion| criterion.code == code)
    }

    /// The sentence of a reason, for the citizen.
    #[must_use]
    pub fn reason_text(&self, code: &str) -> Option<&str> {
        self.reasons.iter().find(|reason| reason.code == code).map(|reason| reason.text.as_str())
    }
}

/// A column the plugin needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Input {
    /// Name of the column.
    pub name: String,
    /// Italian label for forms and tables.
    pub label: String,
    /// Kind and bounds of its values.
    pub kind: Kind,
    /// Labels of the options, where the kind is a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub option_labels: Vec<String>,
    /// Whether every row must have a value.
    pub required: bool,
    /// Where the value comes from.
    pub source: String,
}

/// What the ente sets without touching the plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Parameter {
    /// Name.
    pub name: String,
    /// Italian label.
    pub label: String,
    /// Kind and bounds.
    pub kind: Kind,
    /// Labels of the options, where the kind is a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub option_labels: Vec<String>,
    /// What it is unless it is set.
    pub default: Value,
    /// The article that sets it.
    pub source: String,
}

/// A sentence that answers point to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reason {
    /// Stable code.
    pub code: String,
    /// Italian sentence.
    pub text: String,
}
