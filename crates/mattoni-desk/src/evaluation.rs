//! The record of an evaluation: what the rules were asked, and by which plugin they answered.

use mattoni_core::{Act, Aggregate, Digest, DomainEvent, EnteId, Id};
use mattoni_rules::{Description, Evaluation};
use mattoni_store::{Effect, Facet};
use serde::{Deserialize, Serialize};

use crate::{Kept, named_id};

/// One evaluation of a service's practices by its rule plugin, kept for good: with it and the
/// plugin's bytes (in the store's blobs, by their digest) every answer can be computed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationRecord {
    /// When, and by whom it was asked for.
    pub act: Act,
    /// Code of the service.
    pub service: String,
    /// Plugin, parameters, digests of inputs and results, fuel.
    pub evaluation: Evaluation,
    /// What the plugin said of itself: labels, legal sources and the sentences behind the codes,
    /// so that an answer can be explained without it.
    pub description: Description,
}

/// What happens to an evaluation: it is made, and never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum EvaluationEvent {
    /// The rules answered.
    Evaluated(Box<EvaluationRecord>),
}

impl DomainEvent for EvaluationEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::Evaluated(_) => "rules.evaluated",
        }
    }
}

impl Aggregate for EvaluationRecord {
    const KIND: &'static str = "evaluation";
    type Event = EvaluationEvent;

    fn open(event: &EvaluationEvent) -> Option<Self> {
        match event {
            EvaluationEvent::Evaluated(record) => Some((**record).clone()),
        }
    }

    // Made once; a second event of the kind would be of another evaluation.
    fn apply(&mut self, _: &EvaluationEvent) {}
}

impl Kept for EvaluationRecord {
    fn facets(&self) -> Vec<Facet> {
        vec![Facet::plain(crate::practices::SERVICE, &self.service)]
    }

    fn effects(&self, _: &EvaluationEvent, _: &str) -> Vec<Effect> {
        Vec::new()
    }
}

/// The digest an evaluation is known by: of its record, without the instant, so that the same
/// question to the same plugin is the same evaluation.
#[must_use]
pub fn evaluation_digest(evaluation: &Evaluation) -> Digest {
    // A record is strings, numbers and digests: JSON always takes it.
    Digest::of(&serde_json::to_vec(evaluation).unwrap_or_default())
}

/// The id of the evaluation with this digest.
#[must_use]
pub fn evaluation_id(ente: &EnteId, digest: Digest) -> Id<EvaluationRecord> {
    named_id(ente, &["evaluation", &digest.to_string()])
}
