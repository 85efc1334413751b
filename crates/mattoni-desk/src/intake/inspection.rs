//! What was found in files, on record.

use mattoni_core::{Act, Aggregate, Digest, DomainEvent, EnteId, Id};
use mattoni_store::{Effect, Facet};
use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::{Kept, named_id};

/// What was found in one file, each time it came in. Files are known by the digest of their bytes:
/// the same file on two practices is one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspected {
    /// When, and who handed it in.
    pub act: Act,
    /// The file.
    pub digest: Digest,
    /// Its size in bytes.
    pub bytes: u64,
    /// The media type it claimed to be.
    pub claimed: String,
    /// The media type its bytes speak of, if of any.
    pub sniffed: Option<String>,
    /// What was found.
    pub finding: Finding,
}

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "scan")]
#[non_exhaustive]
pub enum Finding {
    /// The ente has no scanner.
    NotScanned,
    /// A scanner looked.
    Scanned {
        /// Which, with its version and that of its signatures.
        engine: String,
        /// What it found.
        #[serde(flatten)]
        verdict: Verdict,
    },
}

/// What happens to an inspection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

impl Kept for Inspection {
    fn facets(&self) -> Vec<Facet> {
        Vec::new()
    }

    fn effects(&self, _: &InspectionEvent, _: &str) -> Vec<Effect> {
        Vec::new()
    }
}

/// The id of the inspection of the file with this digest.
#[must_use]
pub fn inspection_id(ente: &EnteId, digest: Digest) -> Id<Inspection> {
    named_id(ente, &["inspection", &digest.to_string()])
}
