//! A store whose blobs are elsewhere.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::{Digest, EnteId, Id, Person};

use crate::keys::{Key, Keys, Rewrapped, StoredKey};
use crate::vault::Pseudonyms;
use crate::{
    AfterFailure, Batch, Blobs, CommitError, Committed, EffectId, Error, Head, Journal, Lists,
    Numbers, Outbox, Placed, Recorded, RecordedStream, Relisted, Span, Spot, Store, StoredBlob,
    StoredEffect, StoredState, Stream, Version,
};

/// The journal, states, lists, numbers and outbox of `S` with the blobs of `B`: attachments beside the
/// database instead of in it. Whoever uses a [`Store`] sees no difference.
///
/// Blobs that `S` holds from before are still read, and stay where they are.
///
/// ```
/// use mattoni_store::{Memory, Store, WithBlobs};
///
/// let store = WithBlobs::new(Memory::new(), Memory::new());
/// let _any: &dyn Store = &store;
/// ```
#[derive(Debug)]
pub struct WithBlobs<S, B> {
    store: S,
    blobs: B,
}

impl<S: Store, B: Blobs> WithBlobs<S, B> {
    /// `store`, with its blobs in `blobs`.
    #[must_use]
    pub fn new(store: S, blobs: B) -> Self {
        Self { store, blobs }
    }

    /// The store without the blobs that are elsewhere.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Where the blobs are.
    #[must_use]
    pub fn elsewhere(&self) -> &B {
        &self.blobs
    }
}

#[async_trait]
impl<S: Store, B: Blobs> Journal for WithBlobs<S, B> {
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        self.store.commit(batch).await
    }

    async fn load(&self, ente: &EnteId, stream: &Stream) -> Result<Option<StoredState>, Error> {
        self.store.load(ente, stream).await
    }

    async fn history(
        &self,
        ente: &EnteId,
        stream: &Stream,
        after: Version,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error> {
        self.store.history(ente, stream, after, limit).await
    }

    async fn scan(
        &self,
        ente: &EnteId,
        after_seq: u64,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error> {
        self.store.scan(ente, after_seq, limit).await
    }

    async fn streams(
        &self,
        ente: &EnteId,
        kind: &str,
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<StoredState>, Error> {
        self.store.streams(ente, kind, after, limit).await
    }

    async fn find(
        &self,
        ente: &EnteId,
        kind: &str,
        facet: (&str, &str),
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<StoredState>, Error> {
        self.store.find(ente, kind, facet, after, limit).await
    }

    async fn count(&self, ente: &EnteId, kind: &str, facet: (&str, &str)) -> Result<u64, Error> {
        self.store.count(ente, kind, facet).await
    }

    async fn head(&self, ente: &EnteId) -> Result<Option<Head>, Error> {
        self.store.head(ente).await
    }

    async fn kinds(&self, ente: &EnteId) -> Result<Vec<String>, Error> {
        self.store.kinds(ente).await
    }

    async fn recorded_streams(
        &self,
        ente: &EnteId,
        kind: &str,
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<RecordedStream>, Error> {
        self.store.recorded_streams(ente, kind, after, limit).await
    }

    async fn entes(&self) -> Result<Vec<EnteId>, Error> {
        self.store.entes().await
    }
}

#[async_trait]
impl<S: Store, B: Blobs> Lists for WithBlobs<S, B> {
    async fn page(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<Placed>, Error> {
        self.store.page(ente, kind, span, after, limit).await
    }

    async fn tally(
        &self,
        ente: &EnteId,
        kind: &str,
        list: &str,
        bucket: &str,
    ) -> Result<u64, Error> {
        self.store.tally(ente, kind, list, bucket).await
    }

    async fn forms(&self, ente: &EnteId, kind: &str) -> Result<BTreeMap<u32, u64>, Error> {
        self.store.forms(ente, kind).await
    }

    async fn relist(&self, ente: &EnteId, states: Vec<Relisted>) -> Result<u64, CommitError> {
        self.store.relist(ente, states).await
    }
}

#[async_trait]
impl<S: Store, B: Blobs> Numbers for WithBlobs<S, B> {
    async fn last(&self, ente: &EnteId, sequence: &str) -> Result<u64, Error> {
        self.store.last(ente, sequence).await
    }
}

#[async_trait]
impl<S: Store, B: Blobs> Outbox for WithBlobs<S, B> {
    async fn due(
        &self,
        ente: &EnteId,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        self.store.due(ente, now, limit).await
    }

    async fn lease(
        &self,
        ente: &EnteId,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        self.store.lease(ente, now, until, limit).await
    }

    async fn clear(
        &self,
        ente: &EnteId,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<u64, Error> {
        self.store.clear(ente, before, limit).await
    }

    async fn delivered(&self, ente: &EnteId, ids: &[EffectId]) -> Result<u64, Error> {
        self.store.delivered(ente, ids).await
    }

    async fn failed(
        &self,
        ente: &EnteId,
        id: EffectId,
        error: &str,
        then: AfterFailure,
    ) -> Result<bool, Error> {
        self.store.failed(ente, id, error, then).await
    }

    async fn dead(
        &self,
        ente: &EnteId,
        after: Option<EffectId>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        self.store.dead(ente, after, limit).await
    }

    async fn replay(&self, ente: &EnteId, id: EffectId, now: DateTime<Utc>) -> Result<bool, Error> {
        self.store.replay(ente, id, now).await
    }
}

#[async_trait]
impl<S: Store, B: Blobs> Blobs for WithBlobs<S, B> {
    async fn put(&self, ente: &EnteId, bytes: Vec<u8>) -> Result<Digest, Error> {
        self.blobs.put(ente, bytes).await
    }

    async fn get(&self, ente: &EnteId, digest: Digest) -> Result<Option<Vec<u8>>, Error> {
        match self.blobs.get(ente, digest).await? {
            None => self.store.get(ente, digest).await,
            there => Ok(there),
        }
    }

    async fn blobs(
        &self,
        ente: &EnteId,
        after: Option<Digest>,
        limit: usize,
    ) -> Result<Vec<StoredBlob>, Error> {
        self.blobs.blobs(ente, after, limit).await
    }

    async fn set_aside(
        &self,
        ente: &EnteId,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        self.blobs.set_aside(ente, digest, now).await
    }

    async fn take_back(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        self.blobs.take_back(ente, digest).await
    }

    async fn discard(
        &self,
        ente: &EnteId,
        digest: Digest,
        since: DateTime<Utc>,
    ) -> Result<bool, Error> {
        self.blobs.discard(ente, digest, since).await
    }

    async fn forget(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        // What was in the database before its blobs went elsewhere is there too.
        let old = self.store.forget(ente, digest).await?;
        Ok(self.blobs.forget(ente, digest).await? || old)
    }
}

#[async_trait]
impl<S: Store, B: Blobs> Keys for WithBlobs<S, B> {
    async fn keys(&self, ente: &EnteId, ids: &[Id<Key>]) -> Result<Vec<StoredKey>, Error> {
        self.store.keys(ente, ids).await
    }

    async fn keys_of(&self, ente: &EnteId, streams: &[Stream]) -> Result<Vec<StoredKey>, Error> {
        self.store.keys_of(ente, streams).await
    }

    async fn keys_of_person(
        &self,
        ente: &EnteId,
        person: Id<Person>,
    ) -> Result<Vec<StoredKey>, Error> {
        self.store.keys_of_person(ente, person).await
    }

    async fn all_keys(
        &self,
        ente: &EnteId,
        after: Option<Id<Key>>,
        limit: usize,
    ) -> Result<Vec<StoredKey>, Error> {
        self.store.all_keys(ente, after, limit).await
    }

    async fn put_keys(&self, ente: &EnteId, keys: &[StoredKey]) -> Result<u64, Error> {
        self.store.put_keys(ente, keys).await
    }

    async fn rewrap(&self, ente: &EnteId, keys: &[Rewrapped]) -> Result<u64, Error> {
        self.store.rewrap(ente, keys).await
    }

    async fn pseudonyms(&self, ente: &EnteId) -> Result<Option<Pseudonyms>, Error> {
        self.store.pseudonyms(ente).await
    }
}
