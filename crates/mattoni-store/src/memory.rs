//! A store in memory: the same promises, but for durability. For tests and simulations.

mod keys;
mod ledger;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::record::Span;
use mattoni_core::{Digest, EnteId, Id};

use crate::blob;
use crate::check::check_reprojected;
use crate::memory::ledger::Ledger;
use crate::{
    AfterFailure, Batch, Blobs, CommitError, Committed, EffectId, Error, ErrorKind, Head,
    IndexAudit, Journal, ListRow, Lists, Outbox, Placed, Recorded, RecordedStream, Reprojected,
    Sequences, Spot, StoredBlob, StoredEffect, StoredState, Stream, Version,
};

/// A store that lives as long as the value.
///
/// ```
/// use mattoni_store::{Memory, Store};
///
/// let store = Memory::new();
/// let _any: &dyn Store = &store;
/// ```
#[derive(Default)]
pub struct Memory {
    ledgers: Mutex<BTreeMap<EnteId, Ledger>>,
}

impl Memory {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> Result<MutexGuard<'_, BTreeMap<EnteId, Ledger>>, Error> {
        self.ledgers
            .lock()
            .map_err(|_| Error::new(ErrorKind::Unavailable, "failed: a commit panicked"))
    }

    fn read<T: Default>(&self, ente: &EnteId, read: impl FnOnce(&Ledger) -> T) -> Result<T, Error> {
        Ok(self.lock()?.get(ente).map(read).unwrap_or_default())
    }

    fn write<T: Default>(
        &self,
        ente: &EnteId,
        write: impl FnOnce(&mut Ledger) -> T,
    ) -> Result<T, Error> {
        Ok(self.lock()?.get_mut(ente).map(write).unwrap_or_default())
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

#[async_trait]
impl Journal for Memory {
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        batch.check()?;
        Ok(self.lock()?.entry(batch.ente.clone()).or_default().commit(batch)?)
    }

    async fn load(&self, ente: &EnteId, stream: &Stream) -> Result<Option<StoredState>, Error> {
        self.read(ente, |ledger| ledger.state(stream))
    }

    async fn history(
        &self,
        ente: &EnteId,
        stream: &Stream,
        after: Version,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error> {
        self.read(ente, |ledger| {
            ledger.rows_of(stream).filter(|row| row.version > after).take(limit).cloned().collect()
        })
    }

    async fn scan(
        &self,
        ente: &EnteId,
        after_seq: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error> {
        let after = usize::try_from(after_seq).unwrap_or(usize::MAX);
        self.read(ente, |ledger| ledger.journal().iter().skip(after).take(limit).cloned().collect())
    }

    async fn streams(
        &self,
        ente: &EnteId,
        kind: &str,
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<StoredState>, Error> {
        self.read(ente, |ledger| ledger.states_after(kind, after).take(limit).collect())
    }

    async fn load_many(
        &self,
        ente: &EnteId,
        streams: &[Stream],
    ) -> Result<Vec<StoredState>, Error> {
        self.read(ente, |ledger| streams.iter().filter_map(|s| ledger.state(s)).collect())
    }

    async fn holder(
        &self,
        ente: &EnteId,
        kind: &str,
        name: &str,
        value: &str,
    ) -> Result<Option<StoredState>, Error> {
        self.read(ente, |ledger| ledger.holder(kind, name, value))
    }

    async fn head(&self, ente: &EnteId) -> Result<Option<Head>, Error> {
        self.read(ente, Ledger::head)
    }

    async fn kinds(&self, ente: &EnteId) -> Result<Vec<String>, Error> {
        self.read(ente, Ledger::kinds)
    }

    async fn recorded_streams(
        &self,
        ente: &EnteId,
        kind: &str,
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<RecordedStream>, Error> {
        self.read(ente, |ledger| ledger.recorded_after(kind, after).take(limit).collect())
    }

    async fn entes(&self) -> Result<Vec<EnteId>, Error> {
        let ledgers = self.lock()?;
        let used = ledgers.iter().filter(|(_, ledger)| ledger.head().is_some());
        Ok(used.map(|(ente, _)| ente.clone()).collect())
    }
}

#[async_trait]
impl Lists for Memory {
    async fn page(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<Placed>, Error> {
        self.read(ente, |ledger| ledger.page(kind, span, after, limit))
    }

    async fn rows(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<ListRow>, Error> {
        self.read(ente, |ledger| ledger.rows(kind, span, after, limit))
    }

    async fn tally(
        &self,
        ente: &EnteId,
        kind: &str,
        list: &str,
        bucket: &str,
    ) -> Result<u64, Error> {
        self.read(ente, |ledger| ledger.tally(kind, list, bucket))
    }

    async fn projection_versions(
        &self,
        ente: &EnteId,
        kind: &str,
    ) -> Result<BTreeMap<u32, u64>, Error> {
        self.read(ente, |ledger| ledger.projection_versions(kind))
    }

    async fn reproject(&self, ente: &EnteId, states: Vec<Reprojected>) -> Result<u64, CommitError> {
        check_reprojected(&states)?;
        let mut ledgers = self.lock()?;
        let Some(ledger) = ledgers.get_mut(ente) else { return Ok(0) };
        Ok(ledger.reproject(states)?)
    }

    async fn audit_index(&self, ente: &EnteId, kind: &str) -> Result<IndexAudit, Error> {
        self.read(ente, |ledger| ledger.audit_index(kind))
    }

    /// What is in memory nobody edits by hand: keys, entries and counts are those of the states.
    async fn mend_index(&self, _: &EnteId, _: &str) -> Result<(), Error> {
        Ok(())
    }
}

#[async_trait]
impl Sequences for Memory {
    async fn last(&self, ente: &EnteId, sequence: &str) -> Result<u64, Error> {
        self.read(ente, |ledger| ledger.last(sequence))
    }
}

#[async_trait]
impl Outbox for Memory {
    async fn due(
        &self,
        ente: &EnteId,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        self.read(ente, |ledger| ledger.due(now, limit))
    }

    async fn delivered(&self, ente: &EnteId, ids: &[EffectId]) -> Result<u64, Error> {
        self.write(ente, |ledger| ids.iter().filter(|id| ledger.deliver(**id)).count() as u64)
    }

    async fn failed(
        &self,
        ente: &EnteId,
        id: EffectId,
        error: &str,
        then: AfterFailure,
    ) -> Result<bool, Error> {
        self.write(ente, |ledger| ledger.fail(id, error, then))
    }

    async fn dead(
        &self,
        ente: &EnteId,
        after: Option<EffectId>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        self.read(ente, |ledger| ledger.dead_after(after).take(limit).collect())
    }

    async fn replay(&self, ente: &EnteId, id: EffectId, now: DateTime<Utc>) -> Result<bool, Error> {
        self.write(ente, |ledger| ledger.replay(id, now))
    }
}

#[async_trait]
impl Blobs for Memory {
    async fn put(&self, ente: &EnteId, bytes: Vec<u8>) -> Result<Digest, Error> {
        blob::fits(&bytes)?;
        Ok(self.lock()?.entry(ente.clone()).or_default().keep(bytes))
    }

    async fn get(&self, ente: &EnteId, digest: Digest) -> Result<Option<Vec<u8>>, Error> {
        self.read(ente, |ledger| ledger.blob(&digest))
    }

    async fn blobs(
        &self,
        ente: &EnteId,
        after: Option<Digest>,
        limit: usize,
    ) -> Result<Vec<StoredBlob>, Error> {
        self.read(ente, |ledger| ledger.blobs_after(after).take(limit).collect())
    }

    async fn stored_blobs(
        &self,
        ente: &EnteId,
        digests: &[Digest],
    ) -> Result<Vec<StoredBlob>, Error> {
        self.read(ente, |ledger| ledger.stored_blobs(digests))
    }

    async fn set_aside(
        &self,
        ente: &EnteId,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        self.write(ente, |ledger| ledger.set_aside(digest, now))
    }

    async fn take_back(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        self.write(ente, |ledger| ledger.take_back(digest))
    }

    async fn discard(
        &self,
        ente: &EnteId,
        digest: Digest,
        since: DateTime<Utc>,
    ) -> Result<bool, Error> {
        self.write(ente, |ledger| ledger.discard(digest, since))
    }

    async fn forget(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        self.write(ente, |ledger| ledger.forget(&digest))
    }
}
