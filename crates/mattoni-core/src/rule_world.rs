//! The kinds of questions that rules answer, by the names of the contract `mattoni:rules@1`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of question a rule answers: the worlds of the contract `mattoni:rules@1`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum RuleWorld {
    /// What is wrong with what was filled in.
    Validation,
    /// Whether they may have it.
    Eligibility,
    /// Points, tie keys, a class.
    #[default]
    Scoring,
    /// Who takes care of it.
    Routing,
    /// How much they get.
    Benefit,
    /// How much they owe.
    Tariff,
}

impl RuleWorld {
    /// Every world, in the order in which a practice meets them.
    pub const ALL: [Self; 6] = [
        Self::Validation,
        Self::Eligibility,
        Self::Scoring,
        Self::Routing,
        Self::Benefit,
        Self::Tariff,
    ];

    /// Name of the world in the contract, and in `service.toml`: `[rules.NAME]`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Validation => "validation",
            Self::Eligibility => "eligibility",
            Self::Scoring => "scoring",
            Self::Routing => "routing",
            Self::Benefit => "benefit",
            Self::Tariff => "tariff",
        }
    }

    /// What Italian offices call it.
    #[must_use]
    pub const fn italian(self) -> &'static str {
        match self {
            Self::Validation => "controlli del modulo",
            Self::Eligibility => "requisiti",
            Self::Scoring => "punteggio",
            Self::Routing => "assegnazione all'ufficio",
            Self::Benefit => "importo spettante",
            Self::Tariff => "importo dovuto",
        }
    }
}

impl fmt::Display for RuleWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
