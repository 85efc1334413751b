//! The record of a bulk run: what was ordered, how far it came, what became of each practice.
//!
//! Every page of a run is committed with the run's own event, so that a run that was killed goes
//! on where it stopped, one that is finished does nothing, and two at a time do not do the same
//! work: whatever the verb, also one that could be done twice.

use mattoni_core::{Act, Aggregate, DomainEvent, Id, Problems};
use mattoni_practice::bulk::Selection;
use mattoni_practice::{BulkRun, Practice, Verb};
use mattoni_store::{Effect, Facet};
use serde::{Deserialize, Serialize};

use crate::Kept;

/// What a bulk run is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkOrder {
    /// The run's own id: the same order under the same id is done once.
    pub run: Id<BulkRun>,
    /// The verb.
    pub verb: Verb,
    /// With which practices.
    pub selection: Selection,
}

impl BulkOrder {
    /// `verb` with all that `selection` picks.
    #[must_use]
    pub fn new(run: Id<BulkRun>, verb: Verb, selection: Selection) -> Self {
        Self { run, verb, selection }
    }
}

/// A bulk run as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkRecord {
    /// What was ordered.
    pub order: BulkOrder,
    /// When it was begun, and by whom.
    pub begun: Act,
    /// The last practice it came to; runs go in order of id.
    pub through: Option<Id<Practice>>,
    /// Practices decided.
    pub decided: u64,
    /// Practices refused.
    pub refused: u64,
    /// When it came to the end.
    pub finished: Option<Act>,
}

/// What happens to a bulk run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
#[non_exhaustive]
pub enum BulkEvent {
    /// It was ordered.
    #[serde(rename = "bulk.begun")]
    Begun {
        /// When, and by whom.
        act: Act,
        /// What.
        order: BulkOrder,
    },
    /// A page of practices was gone through, in the same transaction.
    #[serde(rename = "bulk.went-on")]
    WentOn {
        /// The last practice of the page.
        through: Id<Practice>,
        /// Practices decided.
        decided: Vec<Id<Practice>>,
        /// Practices refused, each with every reason.
        refused: Vec<(Id<Practice>, Problems)>,
    },
    /// There are no more practices.
    #[serde(rename = "bulk.finished")]
    Finished {
        /// When, and by whom.
        act: Act,
    },
}

impl DomainEvent for BulkEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::Begun { .. } => "bulk.begun",
            Self::WentOn { .. } => "bulk.went-on",
            Self::Finished { .. } => "bulk.finished",
        }
    }
}

impl Aggregate for BulkRecord {
    const KIND: &'static str = "bulk-run";
    type Event = BulkEvent;

    fn open(event: &BulkEvent) -> Option<Self> {
        let BulkEvent::Begun { act, order } = event else { return None };
        Some(Self {
            order: order.clone(),
            begun: act.clone(),
            through: None,
            decided: 0,
            refused: 0,
            finished: None,
        })
    }

    fn apply(&mut self, event: &BulkEvent) {
        match event {
            // Begun once; what is recorded a second time changes nothing.
            BulkEvent::Begun { .. } => {}
            BulkEvent::WentOn { through, decided, refused } => {
                self.through = Some(*through);
                self.decided += decided.len() as u64;
                self.refused += refused.len() as u64;
            }
            BulkEvent::Finished { act } => self.finished = Some(act.clone()),
        }
    }
}

impl Kept for BulkRecord {
    fn facets(&self) -> Vec<Facet> {
        Vec::new()
    }

    fn effects(&self, _: &BulkEvent, _: &str) -> Vec<Effect> {
        Vec::new()
    }
}
