//! What a plugin declares of its answers, world by world.

use mattoni_core::Money;
use serde::{Deserialize, Serialize};

/// What answers mean, world by world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "world", rename_all = "kebab-case")]
pub enum Declared {
    /// Points, tie keys and classes.
    Scoring(Scoring),
    /// Requirements.
    Eligibility(Eligibility),
    /// Components of an amount granted.
    Benefit(Benefit),
    /// Charges and reductions.
    Tariff(Tariff),
    /// Offices, priorities and the term.
    Routing(Routing),
    /// Checks.
    Validation(Validation),
}

/// What a rule that gives points declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Scoring {
    /// What points are given for.
    pub criteria: Vec<Criterion>,
    /// What breaks ties; the first decides before the second.
    pub ties: Vec<Tie>,
    /// The classes, precedence first; none when the rule knows no classes.
    pub classes: Vec<Class>,
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

/// What a rule that accepts or refuses declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Eligibility {
    /// What has to be met; accepted is who meets all.
    pub requirements: Vec<Requirement>,
}

/// What has to be met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Requirement {
    /// Stable code.
    pub code: String,
    /// Italian label.
    pub label: String,
    /// The article it follows from.
    pub source: String,
}

/// What a rule that grants declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Benefit {
    /// What the amount is made of.
    pub components: Vec<Component>,
    /// The least that is granted.
    pub min: Money,
    /// The most that is granted.
    pub max: Money,
}

/// A part of an amount granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Component {
    /// Stable code.
    pub code: String,
    /// Italian label.
    pub label: String,
    /// The least, below zero where it takes away.
    pub min: Money,
    /// The most.
    pub max: Money,
    /// The article it follows from.
    pub source: String,
}

/// What a rule that charges declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tariff {
    /// What is charged.
    pub charges: Vec<Item>,
    /// What is taken off.
    pub reductions: Vec<Item>,
}

/// A charge or a reduction: from nothing to `max`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Item {
    /// Stable code.
    pub code: String,
    /// Italian label.
    pub label: String,
    /// The most.
    pub max: Money,
    /// The article it follows from.
    pub source: String,
}

/// What a rule that routes declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Routing {
    /// The offices there are.
    pub offices: Vec<Office>,
    /// The priorities, most urgent first.
    pub priorities: Vec<Urgency>,
    /// The bounds of the term.
    pub term: Term,
}

/// An office a request may go to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Office {
    /// Stable code.
    pub code: String,
    /// Italian label.
    pub label: String,
}

/// A degree of urgency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Urgency {
    /// Stable code.
    pub code: String,
    /// Italian label.
    pub label: String,
}

/// Within how many days a request is dealt with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Term {
    /// Which days count.
    pub days: DayCount,
    /// The fewest days.
    pub min: u16,
    /// The most days.
    pub max: u16,
    /// The article it follows from.
    pub source: String,
}

/// Which days count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayCount {
    /// Every day.
    Calendar,
    /// Working days.
    Working,
}

/// What a rule that finds problems declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Validation {
    /// What is looked at.
    pub checks: Vec<Check>,
}

/// Something that is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Check {
    /// Stable code.
    pub code: String,
    /// Italian label.
    pub label: String,
    /// The input that a problem is shown at.
    pub field: String,
    /// The article it follows from.
    pub source: String,
}
