//! What a service needs besides practices, as far as its source shows it.

use std::collections::BTreeSet;

use mattoni_core::RuleWorld;
use serde::{Deserialize, Serialize};

use crate::Service;

/// Something that a service needs besides practices. Which bricks it is put together from says
/// its [chain](crate::Chain).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Need {
    /// The register (*protocollo*).
    Registry,
    /// Payments.
    Payment,
    /// Rule plugins.
    Rules,
    /// Rankings.
    Ranking,
}

impl Service {
    /// What it needs.
    #[must_use]
    pub fn needs(&self) -> BTreeSet<Need> {
        let source = self.source();
        let tariff = source.rules.of(RuleWorld::Tariff).is_some();
        [
            (Need::Registry, source.procedure.registered),
            (Need::Payment, source.procedure.fee.is_some() || tariff),
            (Need::Rules, !source.rules.is_empty()),
            (Need::Ranking, source.ranking.is_some()),
        ]
        .into_iter()
        .filter_map(|(need, has)| has.then_some(need))
        .collect()
    }
}
