//! What a plugin says about itself.

use mattoni_core::value::{Kind, Value};
use serde::{Deserialize, Serialize};

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
    /// What points are given for.
    pub criteria: Vec<Criterion>,
    /// What breaks ties; the first decides before the second.
    pub ties: Vec<Tie>,
    /// The classes, precedence first; none when the rule knows no classes.
    pub classes: Vec<Class>,
    /// The sentences that answers point to.
    pub reasons: Vec<Reason>,
}

impl Description {
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

/// What points are given for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Criterion {
    /// Stable code.
    pub code: String,
    /// Italian label.
    pub label: String,
    /// Fewest points, in hundredths.
    pub min: i32,
    /// Most points, in hundredths; 0 for a criterion that carries a reason only.
    pub max: i32,
    /// The article it follows from.
    pub source: String,
}

/// A key that breaks ties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tie {
    /// Name of the key.
    pub name: String,
    /// Italian label.
    pub label: String,
    /// Which comes first.
    pub order: Order,
}

/// Which of two tie keys comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The lower.
    LowerFirst,
    /// The higher.
    HigherFirst,
}

/// A class of rows that comes before another, whatever the points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Class {
    /// Stable code.
    pub code: String,
    /// Italian label.
    pub label: String,
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
