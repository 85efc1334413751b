//! The record of an evaluation: what the rules were asked, and by which plugin they answered.

use mattoni_core::record::{
    AccessRefusal, Facts, List, ListEntry, NoOrders, NoVerb, Owners, Personal, Projection, Record,
    Retention, Role, Sight, Subject, sort,
};
use mattoni_core::{Act, Aggregate, Digest, DomainEvent, EnteId, Id, named_id};
use mattoni_rules::{Description, Evaluation};
use serde::{Deserialize, Serialize};

/// One evaluation of a service's practices by its rule plugin, kept for good: with it and the
/// plugin's bytes (in the store's blobs, by their digest) every answer can be computed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct EvaluationRecord {
    /// When, and by whom it was asked for.
    pub act: Act,
    /// Code of the service.
    #[not_personal]
    pub service: String,
    /// Plugin, parameters, digests of inputs and results, fuel.
    #[not_personal]
    pub evaluation: Evaluation,
    /// What the plugin said of itself: labels, legal sources and the sentences behind the codes,
    /// so that an answer can be explained without it.
    #[not_personal]
    pub description: Description,
}

/// What happens to an evaluation: it is made, and never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
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

/// The list of evaluations by service, in order of time.
pub const EVALUATIONS: List = List::plain("service");

/// An evaluation holds digests of what was asked and answered, and nobody's answers.
impl Record for EvaluationRecord {
    const TITLE: &'static str = "valutazione";
    type Verb = NoVerb;
    type Orders = NoOrders;
    type Row = ();
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[EVALUATIONS];

    fn verb_of(_: &EvaluationEvent) -> Option<NoVerb> {
        None
    }

    fn act_of(event: &EvaluationEvent) -> Option<&Act> {
        let EvaluationEvent::Evaluated(record) = event;
        Some(&record.act)
    }

    fn projection(&self) -> Projection {
        let sort = sort::instant(self.act.at);
        Projection::new().entry(ListEntry::new(EVALUATIONS, &self.service, sort))
    }

    fn row(&self) {}

    fn owners(&self) -> Owners {
        Owners::none()
    }

    fn orders(&self, _: &EvaluationEvent) -> Vec<NoOrders> {
        Vec::new()
    }

    fn sight(&self, who: &Subject) -> Sight {
        let official = |role: &Role| {
            matches!(role, Role::Auditor | Role::System) || role.works_on(None, Some(&self.service))
        };
        if who.roles.iter().any(official) { Sight::Everything } else { Sight::Nothing }
    }

    fn may(&self, _: &Subject, verb: NoVerb) -> Result<(), AccessRefusal> {
        match verb {}
    }

    fn blobs(&self) -> Vec<Digest> {
        vec![self.evaluation.plugin]
    }

    fn retention(&self) -> Retention {
        Retention::Forever
    }

    fn facts(&self, out: &mut Facts) {
        out.instant("at", Some(self.act.at));
        out.code("service", Some(&self.service));
        out.code("plugin", Some(&self.evaluation.name));
        out.code("version", Some(&self.evaluation.version));
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
