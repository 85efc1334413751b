//! One decision over many practices.

use mattoni_core::Id;
use mattoni_core::record::{BulkRun, Question, Spans, Subject};
use serde::{Deserialize, Serialize};

use crate::bulk::Selection;
use crate::{Decision, Practice, Query};

/// One decision over all practices of a selection: its motivation is part of the order, so that a
/// run stands for one decision.
///
/// ```
/// use mattoni_practice::BulkDecision;
/// use mattoni_practice::bulk::Selection;
///
/// let all = Selection::all().of_service("nido-2027");
/// let order = BulkDecision::new(all, "ISEE entro la soglia del bando");
/// let json = serde_json::to_value(&order)?;
/// assert_eq!(json["motivation"], "ISEE entro la soglia del bando");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkDecision {
    /// Which practices.
    #[serde(flatten)]
    query: Query,
    /// The motivation of each decision (L. 241/1990, art. 3).
    motivation: String,
}

impl BulkDecision {
    /// Decides on all that `selection` picks, for this reason.
    #[must_use]
    pub fn new(selection: Selection, motivation: impl Into<String>) -> Self {
        Self { query: Query::new(selection), motivation: motivation.into() }
    }

    /// The decision on each of them, as part of a run.
    #[must_use]
    pub fn decision(&self, run: Id<BulkRun>) -> Decision {
        Decision::new(&self.motivation).in_run(run)
    }
}

impl Question<Practice> for BulkDecision {
    fn spans(&self, who: &Subject) -> Spans {
        self.query.spans(who)
    }

    fn picks(&self, seen: &Practice, sort: &str) -> bool {
        Question::picks(&self.query, seen, sort)
    }
}
