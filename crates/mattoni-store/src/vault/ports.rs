//! The ports, with a vault in front of them.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::{Digest, EnteId, Id, Person};

use crate::keys::{Key, Keys, Rewrapped, StoredKey};
use crate::vault::token::{Document, Part};
use crate::vault::{Pseudonyms, Vault};
use crate::{
    AfterFailure, Batch, Blobs, CommitError, Committed, EffectId, Error, Head, Journal, Numbers,
    Outbox, Recorded, RecordedStream, Store, StoredBlob, StoredEffect, StoredState, Stream,
    Version,
};

impl<S: Store> Vault<S> {
    pub(super) async fn states(
        &self,
        ente: &EnteId,
        mut states: Vec<StoredState>,
    ) -> Result<Vec<StoredState>, Error> {
        let documents = states.iter_mut().map(|StoredState { stream, version, body }| {
            (Document { ente, stream, version: *version, part: Part::State }, body)
        });
        self.opened(ente, documents).await?;
        Ok(states)
    }

    async fn effects(
        &self,
        ente: &EnteId,
        mut effects: Vec<StoredEffect>,
    ) -> Result<Vec<StoredEffect>, Error> {
        let documents = effects.iter_mut().map(|StoredEffect { key, stream, payload, .. }| {
            (Document { ente, stream, version: Version::NONE, part: Part::Effect(key) }, payload)
        });
        self.opened(ente, documents).await?;
        Ok(effects)
    }
}

/// [`history`](Journal::history) gives rows opened; [`scan`](Journal::scan), which the chain is
/// verified by, gives them as they are stored.
#[async_trait]
impl<S: Store> Journal for Vault<S> {
    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        match &self.ring {
            None => self.store.commit(batch).await,
            Some(ring) => {
                batch.check()?;
                let sealed = self.sealed(ring, batch).await?;
                self.store.commit(sealed).await
            }
        }
    }

    async fn load(&self, ente: &EnteId, stream: &Stream) -> Result<Option<StoredState>, Error> {
        let state = self.store.load(ente, stream).await?;
        Ok(self.states(ente, state.into_iter().collect()).await?.pop())
    }

    async fn history(
        &self,
        ente: &EnteId,
        stream: &Stream,
        after: Version,
        limit: usize,
    ) -> Result<Vec<Recorded>, Error> {
        let mut rows = self.store.history(ente, stream, after, limit).await?;
        let documents = rows.iter_mut().map(|Recorded { stream, version, body, .. }| {
            (Document { ente, stream, version: *version, part: Part::Event }, body)
        });
        self.opened(ente, documents).await?;
        Ok(rows)
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
        self.states(ente, self.store.streams(ente, kind, after, limit).await?).await
    }

    async fn find(
        &self,
        ente: &EnteId,
        kind: &str,
        facet: (&str, &str),
        after: Option<Id<Stream>>,
        limit: usize,
    ) -> Result<Vec<StoredState>, Error> {
        let keyed = self.keyed(ente, kind, facet).await?;
        let facet = (facet.0, keyed.as_deref().unwrap_or(facet.1));
        self.states(ente, self.store.find(ente, kind, facet, after, limit).await?).await
    }

    async fn count(&self, ente: &EnteId, kind: &str, facet: (&str, &str)) -> Result<u64, Error> {
        let keyed = self.keyed(ente, kind, facet).await?;
        self.store.count(ente, kind, (facet.0, keyed.as_deref().unwrap_or(facet.1))).await
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
impl<S: Store> Numbers for Vault<S> {
    async fn last(&self, ente: &EnteId, sequence: &str) -> Result<u64, Error> {
        self.store.last(ente, sequence).await
    }
}

#[async_trait]
impl<S: Store> Outbox for Vault<S> {
    async fn due(
        &self,
        ente: &EnteId,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        self.effects(ente, self.store.due(ente, now, limit).await?).await
    }

    async fn lease(
        &self,
        ente: &EnteId,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<StoredEffect>, Error> {
        self.effects(ente, self.store.lease(ente, now, until, limit).await?).await
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
        self.effects(ente, self.store.dead(ente, after, limit).await?).await
    }

    async fn replay(&self, ente: &EnteId, id: EffectId, now: DateTime<Utc>) -> Result<bool, Error> {
        self.store.replay(ente, id, now).await
    }
}

#[async_trait]
impl<S: Store> Blobs for Vault<S> {
    async fn put(&self, ente: &EnteId, bytes: Vec<u8>) -> Result<Digest, Error> {
        self.store.put(ente, bytes).await
    }

    async fn get(&self, ente: &EnteId, digest: Digest) -> Result<Option<Vec<u8>>, Error> {
        self.store.get(ente, digest).await
    }

    async fn blobs(
        &self,
        ente: &EnteId,
        after: Option<Digest>,
        limit: usize,
    ) -> Result<Vec<StoredBlob>, Error> {
        self.store.blobs(ente, after, limit).await
    }

    async fn set_aside(
        &self,
        ente: &EnteId,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        self.store.set_aside(ente, digest, now).await
    }

    async fn take_back(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        self.store.take_back(ente, digest).await
    }

    async fn discard(
        &self,
        ente: &EnteId,
        digest: Digest,
        since: DateTime<Utc>,
    ) -> Result<bool, Error> {
        self.store.discard(ente, digest, since).await
    }

    async fn forget(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        self.store.forget(ente, digest).await
    }
}

#[async_trait]
impl<S: Store> Keys for Vault<S> {
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
        match self.ring {
            None => Ok(None),
            Some(_) => Ok(Some(Pseudonyms::of_ente(&self.ente_key(ente).await?))),
        }
    }
}
