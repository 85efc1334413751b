//! What was found in files, on record.

use mattoni_core::record::{
    AccessRefusal, Facts, List, NoOrders, NoVerb, Owners, Personal, Projection, Record, Retention,
    Sight, Subject,
};
use mattoni_core::{Act, Aggregate, Digest, DomainEvent, EnteId, Id, named_id};
use serde::{Deserialize, Serialize};

use super::Verdict;

/// What was found in one file, each time it came in. Files are known by the digest of their bytes:
/// the same file on two practices is one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Inspection {
    /// The file.
    pub digest: Digest,
    /// Every look at it, in order.
    pub looks: Vec<Inspected>,
}

impl Inspection {
    /// What the latest look found.
    #[must_use]
    pub fn latest(&self) -> Option<&Inspected> {
        self.looks.last()
    }
}

/// One look at a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Inspected {
    /// When, and who handed it in.
    pub act: Act,
    /// The file.
    pub digest: Digest,
    /// Its size in bytes.
    pub bytes: u64,
    /// The media type it claimed to be.
    #[not_personal]
    pub claimed: String,
    /// The media type its bytes speak of, if of any.
    #[not_personal]
    pub sniffed: Option<String>,
    /// What was found.
    pub finding: ScanFinding,
}

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "scan")]
#[non_exhaustive]
pub enum ScanFinding {
    /// The ente has no scanner.
    NotScanned,
    /// A scanner looked.
    Scanned {
        /// Which, with its version and that of its signatures.
        #[not_personal]
        engine: String,
        /// What it found.
        #[serde(flatten)]
        verdict: Verdict,
    },
}

/// What happens to an inspection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(tag = "event")]
pub enum InspectionEvent {
    /// The file was looked at.
    #[serde(rename = "inspection.made")]
    Made(Inspected),
}

impl DomainEvent for InspectionEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::Made(_) => "inspection.made",
        }
    }
}

impl Aggregate for Inspection {
    const KIND: &'static str = "inspection";
    type Event = InspectionEvent;

    fn open(event: &InspectionEvent) -> Option<Self> {
        let InspectionEvent::Made(look) = event;
        Some(Self { digest: look.digest, looks: vec![look.clone()] })
    }

    fn apply(&mut self, event: &InspectionEvent) {
        let InspectionEvent::Made(look) = event;
        self.looks.push(look.clone());
    }
}

/// An inspection names a file without keeping it, and nobody: the record stays.
impl Record for Inspection {
    const TITLE: &'static str = "controllo di un file";
    type Verb = NoVerb;
    type Orders = NoOrders;
    type Row = ();
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[];

    fn verb_of(_: &InspectionEvent) -> Option<NoVerb> {
        None
    }

    fn act_of(event: &InspectionEvent) -> Option<&Act> {
        let InspectionEvent::Made(look) = event;
        Some(&look.act)
    }

    fn projection(&self) -> Projection {
        Projection::new()
    }

    fn row(&self) {}

    fn owners(&self) -> Owners {
        Owners::none()
    }

    fn orders(&self, _: &InspectionEvent) -> Vec<NoOrders> {
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
        let latest = self.latest();
        out.count("looks", self.looks.len());
        out.instant("last_look", latest.map(|look| look.act.at));
        out.code("claimed", latest.map(|look| look.claimed.as_str()));
        out.code("sniffed", latest.and_then(|look| look.sniffed.as_deref()));
        let infected = |look: &Inspected| {
            matches!(&look.finding, ScanFinding::Scanned { verdict: Verdict::Infected { .. }, .. })
        };
        out.flag("infected", latest.is_some_and(infected));
    }
}

/// The id of the inspection of the file with this digest.
#[must_use]
pub fn inspection_id(ente: &EnteId, digest: Digest) -> Id<Inspection> {
    named_id(ente, &["inspection", &digest.to_string()])
}
