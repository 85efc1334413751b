//! A store that breaks or is overtaken at a commit of the test's choosing.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::{Digest, EnteId, Id, Person};
use mattoni_store::{
    AfterFailure, Batch, Blobs, CommitError, Committed, EffectId, Error, ErrorKind, Head, Journal,
    Key, Keys, Lists, Memory, Numbers, Outbox, Placed, Recorded, RecordedStream, Relisted,
    Rewrapped, Span, Spot, StoredBlob, StoredEffect, StoredKey, StoredState, Stream, Version,
};

/// What happens at the next commits.
#[derive(Default)]
pub(crate) enum Next {
    /// They go through.
    #[default]
    Well,
    /// So many go through, then the machine is dead until told otherwise.
    DiesAfter(usize),
    /// Somebody else commits this first.
    Overtaken(Batch),
}

/// [`Memory`], with accidents.
#[derive(Default)]
pub(crate) struct Faulty {
    inner: Memory,
    next: Mutex<Next>,
}

impl Faulty {
    pub(crate) fn set(&self, next: Next) {
        *self.next.lock().unwrap() = next;
    }

    /// What the accident makes of this commit: the batch that comes first, or a dead machine.
    fn accident(&self) -> Result<Option<Batch>, Error> {
        let mut next = self.next.lock().unwrap();
        match std::mem::take(&mut *next) {
            Next::Well => Ok(None),
            Next::DiesAfter(0) => {
                *next = Next::DiesAfter(0);
                Err(Error::new(ErrorKind::Io, "the disk is gone"))
            }
            Next::DiesAfter(left) => {
                *next = Next::DiesAfter(left - 1);
                Ok(None)
            }
            Next::Overtaken(batch) => Ok(Some(batch)),
        }
    }
}

#[async_trait]
impl Journal for Faulty {
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        if let Some(first) = self.accident().map_err(CommitError::Failed)? {
            self.inner.commit(first).await?;
        }
        self.inner.commit(batch).await
    }

    async fn load(&self, ente: &EnteId, stream: &Stream) -> Result<Option<StoredState>, Error> {
        self.inner.load(ente, stream).await
    }

    async fn history(
        &self,
        ente: &EnteId,
        stream: &Stream,
        after: Version,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error> {
        self.inner.history(ente, stream, after, limit).await
    }

    async fn scan(
        &self,
        ente: &EnteId,
        after_seq: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error> {
        self.inner.scan(ente, after_seq, limit).await
    }

    async fn streams(
        &self,
        ente: &EnteId,
        kind: &str,
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<StoredState>, Error> {
        self.inner.streams(ente, kind, after, limit).await
    }

    async fn find(
        &self,
        ente: &EnteId,
        kind: &str,
        facet: (&str, &str),
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<StoredState>, Error> {
        self.inner.find(ente, kind, facet, after, limit).await
    }

    async fn count(&self, ente: &EnteId, kind: &str, facet: (&str, &str)) -> Result<u64, Error> {
        self.inner.count(ente, kind, facet).await
    }

    async fn head(&self, ente: &EnteId) -> Result<Option<Head>, Error> {
        self.inner.head(ente).await
    }

    async fn kinds(&self, ente: &EnteId) -> Result<Vec<String>, Error> {
        self.inner.kinds(ente).await
    }

    async fn recorded_streams(
        &self,
        ente: &EnteId,
        kind: &str,
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<RecordedStream>, Error> {
        self.inner.recorded_streams(ente, kind, after, limit).await
    }

    async fn entes(&self) -> Result<Vec<EnteId>, Error> {
        self.inner.entes().await
    }
}

#[async_trait]
impl Lists for Faulty {
    async fn page(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<Placed>, Error> {
        self.inner.page(ente, kind, span, after, limit).await
    }

    async fn tally(
        &self,
        ente: &EnteId,
        kind: &str,
        list: &str,
        bucket: &str,
    ) -> Result<u64, Error> {
        self.inner.tally(ente, kind, list, bucket).await
    }

    async fn forms(&self, ente: &EnteId, kind: &str) -> Result<BTreeMap<u32, u64>, Error> {
        self.inner.forms(ente, kind).await
    }

    async fn relist(&self, ente: &EnteId, states: Vec<Relisted>) -> Result<u64, CommitError> {
        self.inner.relist(ente, states).await
    }
}

#[async_trait]
impl Numbers for Faulty {
    async fn last(&self, ente: &EnteId, sequence: &str) -> Result<u64, Error> {
        self.inner.last(ente, sequence).await
    }
}

#[async_trait]
impl Outbox for Faulty {
    async fn due(
        &self,
        ente: &EnteId,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        self.inner.due(ente, now, limit).await
    }

    async fn lease(
        &self,
        ente: &EnteId,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        self.inner.lease(ente, now, until, limit).await
    }

    async fn clear(
        &self,
        ente: &EnteId,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<u64, Error> {
        self.inner.clear(ente, before, limit).await
    }

    async fn delivered(&self, ente: &EnteId, ids: &[EffectId]) -> Result<u64, Error> {
        self.inner.delivered(ente, ids).await
    }

    async fn failed(
        &self,
        ente: &EnteId,
        id: EffectId,
        error: &str,
        then: AfterFailure,
    ) -> Result<bool, Error> {
        self.inner.failed(ente, id, error, then).await
    }

    async fn dead(
        &self,
        ente: &EnteId,
        after: Option<EffectId>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        self.inner.dead(ente, after, limit).await
    }

    async fn replay(&self, ente: &EnteId, id: EffectId, now: DateTime<Utc>) -> Result<bool, Error> {
        self.inner.replay(ente, id, now).await
    }
}

#[async_trait]
impl Blobs for Faulty {
    async fn put(&self, ente: &EnteId, bytes: Vec<u8>) -> Result<Digest, Error> {
        self.inner.put(ente, bytes).await
    }

    async fn get(&self, ente: &EnteId, digest: Digest) -> Result<Option<Vec<u8>>, Error> {
        self.inner.get(ente, digest).await
    }

    async fn blobs(
        &self,
        ente: &EnteId,
        after: Option<Digest>,
        limit: usize,
    ) -> Result<Vec<StoredBlob>, Error> {
        self.inner.blobs(ente, after, limit).await
    }

    async fn set_aside(
        &self,
        ente: &EnteId,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        self.inner.set_aside(ente, digest, now).await
    }

    async fn take_back(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        self.inner.take_back(ente, digest).await
    }

    async fn discard(
        &self,
        ente: &EnteId,
        digest: Digest,
        since: DateTime<Utc>,
    ) -> Result<bool, Error> {
        self.inner.discard(ente, digest, since).await
    }

    async fn forget(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        self.inner.forget(ente, digest).await
    }
}

#[async_trait]
impl Keys for Faulty {
    async fn keys(&self, ente: &EnteId, ids: &[Id<Key>]) -> Result<Vec<StoredKey>, Error> {
        self.inner.keys(ente, ids).await
    }

    async fn keys_of(&self, ente: &EnteId, streams: &[Stream]) -> Result<Vec<StoredKey>, Error> {
        self.inner.keys_of(ente, streams).await
    }

    async fn keys_of_person(
        &self,
        ente: &EnteId,
        person: Id<Person>,
    ) -> Result<Vec<StoredKey>, Error> {
        self.inner.keys_of_person(ente, person).await
    }

    async fn all_keys(
        &self,
        ente: &EnteId,
        after: Option<Id<Key>>,
        limit: usize,
    ) -> Result<Vec<StoredKey>, Error> {
        self.inner.all_keys(ente, after, limit).await
    }

    async fn put_keys(&self, ente: &EnteId, keys: &[StoredKey]) -> Result<u64, Error> {
        self.inner.put_keys(ente, keys).await
    }

    async fn rewrap(&self, ente: &EnteId, keys: &[Rewrapped]) -> Result<u64, Error> {
        self.inner.rewrap(ente, keys).await
    }
}
