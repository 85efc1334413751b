//! A store whose machine dies after some commits.

use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::{Digest, EnteId, Id};
use mattoni_store::{
    AfterFailure, Batch, Blobs, CommitError, Committed, EffectId, Error, ErrorKind, Head, Journal,
    Memory, Numbers, Outbox, Recorded, RecordedStream, StoredEffect, StoredState, Stream, Version,
};

/// [`Memory`] that takes so many commits more, and then none.
pub(crate) struct Dying {
    inner: Memory,
    lives: AtomicI64,
}

impl Dying {
    pub(crate) fn new() -> Self {
        Self { inner: Memory::new(), lives: AtomicI64::new(i64::MAX) }
    }

    /// From now on it takes `commits`; `None` for any number.
    pub(crate) fn lives_for(&self, commits: Option<i64>) {
        self.lives.store(commits.unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

#[async_trait]
impl Journal for Dying {
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        if self.lives.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(CommitError::Failed(Error::new(ErrorKind::Io, "the machine is dead")));
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
impl Numbers for Dying {
    async fn last(&self, ente: &EnteId, sequence: &str) -> Result<u64, Error> {
        self.inner.last(ente, sequence).await
    }
}

#[async_trait]
impl Outbox for Dying {
    async fn due(
        &self,
        ente: &EnteId,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        self.inner.due(ente, now, limit).await
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
impl Blobs for Dying {
    async fn put(&self, ente: &EnteId, bytes: Vec<u8>) -> Result<Digest, Error> {
        self.inner.put(ente, bytes).await
    }

    async fn get(&self, ente: &EnteId, digest: Digest) -> Result<Option<Vec<u8>>, Error> {
        self.inner.get(ente, digest).await
    }
}
