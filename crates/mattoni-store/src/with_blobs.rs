//! A store whose blobs are elsewhere.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::{Digest, EnteId};

use crate::blob::Found;
use crate::{Blobs, Error, Layer, Store, StoredBlob};

/// The journal, states, lists, numbers and outbox of `S` with the blobs of `B`: attachments beside the
/// database instead of in it. Whoever uses a [`Store`] sees no difference.
///
/// Blobs that `S` holds from before are still read, listed and collected, and stay where they are.
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
impl<S: Store, B: Blobs> Layer for WithBlobs<S, B> {
    type Below = S;

    fn below(&self) -> &S {
        &self.store
    }

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
        let mut found = Found::default();
        found.extend(self.blobs.blobs(ente, after, limit).await?);
        found.extend(self.store.blobs(ente, after, limit).await?);
        Ok(found.0.into_values().take(limit).collect())
    }

    async fn stored_blobs(
        &self,
        ente: &EnteId,
        digests: &[Digest],
    ) -> Result<Vec<StoredBlob>, Error> {
        let mut found = Found::default();
        found.extend(self.blobs.stored_blobs(ente, digests).await?);
        found.extend(self.store.stored_blobs(ente, digests).await?);
        Ok(found.0.into_values().collect())
    }

    async fn set_aside(
        &self,
        ente: &EnteId,
        digest: Digest,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let old = self.store.set_aside(ente, digest, now).await?;
        Ok(self.blobs.set_aside(ente, digest, now).await? || old)
    }

    async fn take_back(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        let old = self.store.take_back(ente, digest).await?;
        Ok(self.blobs.take_back(ente, digest).await? || old)
    }

    async fn discard(
        &self,
        ente: &EnteId,
        digest: Digest,
        since: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let old = self.store.discard(ente, digest, since).await?;
        Ok(self.blobs.discard(ente, digest, since).await? || old)
    }

    async fn forget(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        let old = self.store.forget(ente, digest).await?;
        Ok(self.blobs.forget(ente, digest).await? || old)
    }
}
