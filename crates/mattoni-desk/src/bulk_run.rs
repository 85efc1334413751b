//! The record of a bulk run: what was ordered, how far it came, what became of each record.
//!
//! Every page of a run is committed with the run's own event, so that a run that was killed goes
//! on where it stopped, one that is finished does nothing, and two at a time do not do the same
//! work: whatever the verb, also one that could be done twice.

use mattoni_core::record::{
    AccessRefusal, AnyRecord, BulkRun, Facts, List, NoOrders, NoVerb, Owners, Personal, Projection,
    Record, Retention, Sight, Subject, Verb,
};
use mattoni_core::{Act, Aggregate, Digest, DomainEvent, Id, Problems};
use serde::{Deserialize, Serialize};

/// What a bulk run is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct BulkOrder {
    /// The run's own id: the same order under the same id is done once.
    pub run: Id<BulkRun>,
    /// With which kind of record.
    #[serde(default = "practice", skip_serializing_if = "is_practice")]
    #[not_personal]
    pub kind: String,
    /// The verb, by its stable name.
    #[not_personal]
    pub verb: String,
    /// With which records: a question about the kind, as JSON. What it asks for may be somebody's
    /// answer.
    #[personal(erased = "null")]
    pub selection: serde_json::Value,
}

impl BulkOrder {
    /// `verb` with every record that `selection` asks for.
    #[must_use]
    pub fn new<A: Record>(
        run: Id<BulkRun>,
        verb: A::Verb,
        selection: &impl mattoni_core::record::Question<A>,
    ) -> Self {
        // A question is texts, numbers and days, which JSON always takes.
        let selection = serde_json::to_value(selection).unwrap_or_default();
        Self { run, kind: A::KIND.to_owned(), verb: verb.name().to_owned(), selection }
    }
}

/// The kind of record that every bulk run was about before runs named it.
fn practice() -> String {
    "practice".to_owned()
}

fn is_practice(kind: &str) -> bool {
    kind == "practice"
}

/// A bulk run as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct BulkRecord {
    /// What was ordered.
    pub order: BulkOrder,
    /// When it was begun, and by whom.
    pub begun: Act,
    /// The last record it came to.
    pub through: Option<Id<AnyRecord>>,
    /// The sort key of the last record in the list that the run goes through; none in runs that
    /// go in order of id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[personal(erased = "null")]
    pub sort: Option<String>,
    /// Records decided.
    pub decided: u64,
    /// Records refused.
    pub refused: u64,
    /// When it came to the end.
    pub finished: Option<Act>,
}

/// What happens to a bulk run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
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
    /// A page of records was gone through, in the same transaction.
    #[serde(rename = "bulk.went-on")]
    WentOn {
        /// The last record of the page.
        through: Id<AnyRecord>,
        /// Its sort key in the list that the run goes through.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[personal(erased = "null")]
        sort: Option<String>,
        /// Records decided.
        decided: Vec<Id<AnyRecord>>,
        /// Records refused, each with every reason.
        #[not_personal]
        refused: Vec<(Id<AnyRecord>, Problems)>,
    },
    /// There are no more records.
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
            sort: None,
            decided: 0,
            refused: 0,
            finished: None,
        })
    }

    fn apply(&mut self, event: &BulkEvent) {
        match event {
            // Begun once; what is recorded a second time changes nothing.
            BulkEvent::Begun { .. } => {}
            BulkEvent::WentOn { through, sort, decided, refused } => {
                self.through = Some(*through);
                self.sort.clone_from(sort);
                self.decided += decided.len() as u64;
                self.refused += refused.len() as u64;
            }
            BulkEvent::Finished { act } => self.finished = Some(act.clone()),
        }
    }
}

impl Record for BulkRecord {
    const TITLE: &'static str = "operazione massiva";
    type Verb = NoVerb;
    type Orders = NoOrders;
    type Row = ();
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[];

    fn verb_of(_: &BulkEvent) -> Option<NoVerb> {
        None
    }

    fn act_of(event: &BulkEvent) -> Option<&Act> {
        match event {
            BulkEvent::Begun { act, .. } | BulkEvent::Finished { act } => Some(act),
            BulkEvent::WentOn { .. } => None,
        }
    }

    fn projection(&self) -> Projection {
        Projection::new()
    }

    fn row(&self) {}

    fn owners(&self) -> Owners {
        Owners::none()
    }

    fn orders(&self, _: &BulkEvent) -> Vec<NoOrders> {
        Vec::new()
    }

    fn sight(&self, who: &Subject) -> Sight {
        crate::sight_of_staff(who)
    }

    fn may(&self, _: &Subject, verb: NoVerb) -> Result<(), AccessRefusal> {
        match verb {}
    }

    fn blobs(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn retention(&self) -> Retention {
        Retention::Forever
    }

    fn facts(&self, out: &mut Facts) {
        out.code("kind", Some(&self.order.kind));
        out.code("verb", Some(&self.order.verb));
        out.instant("begun_at", Some(self.begun.at));
        out.instant("finished_at", self.finished.as_ref().map(|act| act.at));
        out.count("decided", usize::try_from(self.decided).unwrap_or(usize::MAX));
        out.count("refused", usize::try_from(self.refused).unwrap_or(usize::MAX));
    }
}
