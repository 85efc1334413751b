//! Which bricks a service uses, as far as its source tells.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Service;

/// Something of the house that a service needs besides practices, which every service has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Brick {
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
    /// The bricks it uses.
    #[must_use]
    pub fn bricks(&self) -> BTreeSet<Brick> {
        let source = self.source();
        [
            (Brick::Registry, source.procedure.registered),
            (Brick::Payment, source.procedure.fee.is_some()),
            (Brick::Rules, source.rules.is_some()),
            (Brick::Ranking, source.ranking.is_some()),
        ]
        .into_iter()
        .filter_map(|(brick, used)| used.then_some(brick))
        .collect()
    }
}
