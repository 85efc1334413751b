//! Keys that are erased against the erasures on record: whoever destroys keys by hand erases
//! people without anybody having decided it.

use std::collections::BTreeSet;

use mattoni_core::record::{AnyRecord, PART_OF};
use mattoni_core::{Aggregate, Id, Person};
use mattoni_store::{KeyFor, Loaded, Stream};

use crate::privacy::{Erased, Erasure, ErasureStage};
use crate::{Desk, DeskError, read_any};

/// Keys, and records, read at a time.
const PAGE: usize = 500;
/// How many records a report names.
const NAMED: usize = 10_000;

/// What a look at all keys found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct KeysReport {
    /// How many keys there are, erased ones too.
    pub keys: u64,
    /// How many of them are erased.
    pub erased: u64,
    /// Records of which keys are erased although no erasure on record says so: of a person, of
    /// the record, or of one that it goes with. The first 10,000.
    pub unexplained: Vec<Stream>,
    /// How many more there are.
    pub more: u64,
}

impl KeysReport {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.unexplained.is_empty()
    }
}

/// Who and what was erased, as the records of it say.
#[derive(Default)]
struct OnRecord {
    people: BTreeSet<Id<Person>>,
    records: BTreeSet<Id<AnyRecord>>,
    /// Records of which only the files were removed.
    files: BTreeSet<Id<AnyRecord>>,
}

impl Desk {
    /// Holds every erased key against the erasures on record.
    pub(crate) async fn verify_keys(&self) -> Result<KeysReport, DeskError> {
        let on_record = self.erasures().await?;
        let mut report = KeysReport::default();
        let mut suspects: BTreeSet<Stream> = BTreeSet::new();
        let mut after = None;
        loop {
            let page = self.store().all_keys(self.ente(), after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            report.keys += page.len() as u64;
            for key in page.into_iter().filter(|key| key.wrapped.is_none()) {
                report.erased += 1;
                // Files are removed by rules and by collection, which need no record of it.
                let KeyFor::Person { stream, person } = key.of else { continue };
                let record = Id::from_u128(stream.id.as_u128());
                if !on_record.people.contains(&person) && !on_record.records.contains(&record) {
                    suspects.insert(stream);
                }
            }
        }
        for stream in suspects {
            if self.goes_with_one_of(&stream, &on_record).await? {
                continue;
            }
            if report.unexplained.len() < NAMED {
                report.unexplained.push(stream);
            } else {
                report.more += 1;
            }
        }
        Ok(report)
    }

    /// The records that were erased, or whose files were removed, as erasures say.
    pub(crate) async fn erased_records(&self) -> Result<BTreeSet<Id<AnyRecord>>, DeskError> {
        let on_record = self.erasures().await?;
        Ok(on_record.records.union(&on_record.files).copied().collect())
    }

    async fn erasures(&self) -> Result<OnRecord, DeskError> {
        let mut found = OnRecord::default();
        // One that cannot be read is among the findings on states.
        let read = |stored| Loaded::<Erasure>::read(&stored);
        self.each_page(Erasure::KIND, PAGE, read, async |page| {
            let done = |erasure: &Loaded<Erasure>| erasure.state.stage != ErasureStage::Begun;
            for erasure in page.into_iter().filter(done) {
                match erasure.state.what {
                    Erased::Person { person } => _ = found.people.insert(person),
                    Erased::Record { record } => _ = found.records.insert(record.id),
                    Erased::Practice { practice } => _ = found.records.insert(practice),
                    Erased::Files { record } => _ = found.files.insert(record.id),
                    Erased::Attachments { practice } => _ = found.files.insert(practice),
                }
            }
            Ok::<_, DeskError>(())
        })
        .await?;
        Ok(found)
    }

    /// Whether the record goes with one that was erased, and so was erased with it.
    async fn goes_with_one_of(
        &self,
        stream: &Stream,
        erased: &OnRecord,
    ) -> Result<bool, DeskError> {
        let Some(kind) = self.bricks().kind(&stream.kind) else { return Ok(false) };
        let Some(stored) = self.store().load(self.ente(), stream).await? else { return Ok(false) };
        let Ok(state) = read_any(kind, &stored) else { return Ok(false) };
        let entries = state.projection()?.entries;
        let mut wholes = entries.iter().filter(|entry| entry.list == PART_OF.name);
        Ok(wholes.any(|entry| {
            let id = entry.bucket.rsplit_once('/').and_then(|(_, id)| id.parse().ok());
            id.is_some_and(|id: Id<AnyRecord>| erased.records.contains(&id))
        }))
    }
}
