//! Others put, forget and collect a sealed blob between any two steps of a put or a collection.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::{Digest, EnteId, Id};
use mattoni_store::{Blobs, Error, Key, Keys, Memory, Rewrapped, StoredBlob, StoredKey, Vault};

use crate::support::{act, ente};
use crate::vault::{personal, ring};

const PAPER: &[u8] = b"certificato di residenza";

type Deed = fn(Arc<Memory>) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// A store that several hold, and in which somebody does something right before one of the steps
/// of whoever uses it by this handle.
struct Meddled {
    store: Arc<Memory>,
    /// How many steps there are before that one; below zero once it was.
    left: AtomicI64,
    deed: Deed,
}

impl Meddled {
    async fn step(&self) -> &Memory {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 0 {
            (self.deed)(Arc::clone(&self.store)).await;
        }
        &self.store
    }
}

#[async_trait]
impl mattoni_store::Layer for Meddled {
    type Below = Memory;

    fn below(&self) -> &Memory {
        &self.store
    }

    async fn put(&self, ente: &EnteId, bytes: Vec<u8>) -> Result<Digest, Error> {
        Blobs::put(self.step().await, ente, bytes).await
    }

    async fn stored_blobs(
        &self,
        ente: &EnteId,
        digests: &[Digest],
    ) -> Result<Vec<StoredBlob>, Error> {
        Blobs::stored_blobs(self.step().await, ente, digests).await
    }

    async fn discard(
        &self,
        ente: &EnteId,
        digest: Digest,
        since: DateTime<Utc>,
    ) -> Result<bool, Error> {
        Blobs::discard(self.step().await, ente, digest, since).await
    }

    async fn forget(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        Blobs::forget(self.step().await, ente, digest).await
    }

    async fn keys(&self, ente: &EnteId, ids: &[Id<Key>]) -> Result<Vec<StoredKey>, Error> {
        Keys::keys(self.step().await, ente, ids).await
    }

    async fn keys_of_blobs(
        &self,
        ente: &EnteId,
        blobs: &[Digest],
    ) -> Result<Vec<StoredKey>, Error> {
        Keys::keys_of_blobs(self.step().await, ente, blobs).await
    }

    async fn put_keys(&self, ente: &EnteId, keys: &[StoredKey]) -> Result<u64, Error> {
        Keys::put_keys(self.step().await, ente, keys).await
    }

    async fn touch_key(&self, ente: &EnteId, key: &Rewrapped) -> Result<bool, Error> {
        Keys::touch_key(self.step().await, ente, key).await
    }

    async fn erase_key(&self, ente: &EnteId, id: Id<Key>, wrapped: &[u8]) -> Result<bool, Error> {
        Keys::erase_key(self.step().await, ente, id, wrapped).await
    }
}

async fn by_hand(store: &Arc<Memory>) -> Vault<Meddled> {
    meddled(store, i64::MAX, |_| Box::pin(async {})).await
}

async fn meddled(store: &Arc<Memory>, left: i64, deed: Deed) -> Vault<Meddled> {
    let store = Meddled { store: Arc::clone(store), left: AtomicI64::new(left), deed };
    Vault::open(store, personal(), ring(1)).await.unwrap()
}

fn put(store: Arc<Memory>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        by_hand(&store).await.put(&ente(), PAPER.to_vec()).await.unwrap();
    })
}

fn forget(store: Arc<Memory>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        by_hand(&store).await.forget(&ente(), Digest::of(PAPER)).await.unwrap();
    })
}

fn collect(store: Arc<Memory>) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        let (store, paper) = (by_hand(&store).await, Digest::of(PAPER));
        store.set_aside(&ente(), paper, act(1).at).await.unwrap();
        store.discard(&ente(), paper, act(1).at).await.unwrap();
    })
}

async fn is_there(store: &Arc<Memory>) -> bool {
    let found = by_hand(store).await.get(&ente(), Digest::of(PAPER)).await.unwrap();
    let listed = by_hand(store).await.blobs(&ente(), None, 9).await.unwrap();
    assert_eq!(listed.iter().any(|blob| blob.digest == Digest::of(PAPER)), found.is_some());
    found.is_some_and(|bytes| bytes == PAPER)
}

/// Does `what` once for each of its steps, on a store that `first` was done to, while `deed` comes
/// before that step; then has a look.
async fn before_each_step(
    first: &[Deed],
    deed: Deed,
    what: impl AsyncFn(&Vault<Meddled>),
    look: impl AsyncFn(&Arc<Memory>, i64),
) {
    for at in 0.. {
        let store = Arc::new(Memory::new());
        for first in first {
            first(Arc::clone(&store)).await;
        }
        let vault = meddled(&store, 0, deed).await;
        vault.store().left.store(at, Ordering::Relaxed);
        what(&vault).await;
        if vault.store().left.load(Ordering::Relaxed) >= 0 {
            assert!(at > 3, "there were steps to come between");
            return;
        }
        look(&store, at).await;
    }
}

async fn sealing(vault: &Vault<Meddled>) {
    vault.put(&ente(), PAPER.to_vec()).await.unwrap();
}

#[tokio::test]
async fn what_was_put_is_there_whoever_forgets_collects_or_puts_it_meanwhile() {
    for first in [&[][..], &[put as Deed], &[put, forget]] {
        for deed in [put as Deed, forget, collect] {
            before_each_step(first, deed, sealing, async |store, at| {
                assert!(is_there(store).await, "step {at}");
                // And goes for good, in however many places it came to be.
                forget(Arc::clone(store)).await;
                assert!(!is_there(store).await, "step {at}");
                let keys = store.keys_of_blobs(&ente(), &[Digest::of(PAPER)]).await.unwrap();
                assert!(keys.iter().all(|key| key.wrapped.is_none()), "step {at}");
                assert_eq!(store.blobs(&ente(), None, 9).await.unwrap(), [], "step {at}");
            })
            .await;
        }
    }
}

#[tokio::test]
async fn what_is_put_while_it_is_collected_stays() {
    let aside: Deed = |store| {
        Box::pin(async move {
            let (store, paper) = (by_hand(&store).await, Digest::of(PAPER));
            assert!(store.set_aside(&ente(), paper, act(1).at).await.unwrap());
        })
    };
    let discarding = async |vault: &Vault<Meddled>| {
        vault.discard(&ente(), Digest::of(PAPER), act(1).at).await.unwrap();
    };
    before_each_step(&[put, aside], put, discarding, async |store, at| {
        assert!(is_there(store).await, "step {at}");
    })
    .await;
}

#[tokio::test]
async fn whoever_dies_between_two_steps_of_a_put_leaves_nothing_that_is_in_the_way() {
    let store = Arc::new(Memory::new());
    let dying: Deed = |_| Box::pin(std::future::pending());
    for at in 1.. {
        let vault = meddled(&store, 0, dying).await;
        vault.store().left.store(at, Ordering::Relaxed);
        // The future is dropped at the step it does not come through.
        if futures_util::FutureExt::now_or_never(sealing(&vault)).is_some() {
            assert!(at > 3, "there were steps to die at");
            break;
        }
        is_there(&store).await;
        put_and_forgotten(&store).await;
    }
}

async fn put_and_forgotten(store: &Arc<Memory>) {
    put(Arc::clone(store)).await;
    assert!(is_there(store).await);
    forget(Arc::clone(store)).await;
    assert!(!is_there(store).await);
}
