//! An erasure that is stopped between any two of its steps is finished by the next run of the clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::record::{ALL, ERASED};
use mattoni_core::{Act, Aggregate as _, Digest, EnteId, Id};
use mattoni_desk::Desk;
use mattoni_desk::privacy::{Erasure, ErasureStage, UNFINISHED};
use mattoni_practice::Practice;
use mattoni_practice::lists::NAME;
use mattoni_store::{
    Batch, Blobs, CommitError, Committed, Error, ErrorKind, Journal, Key, Keys, Layer, Lists,
    Memory, Reprojected, StoredKey,
};

use crate::practices::{anna, at, calendar, desk_on, ente, id, person};
use crate::privacy::{clean, rules_of_the_tests, vault, with_file, years_on};

/// [`Memory`], whose machine dies at the n-th write from now on.
#[derive(Clone, Default)]
struct Dying {
    inner: Arc<Memory>,
    /// Writes that still go through; the greatest number there is: all of them.
    left: Arc<AtomicUsize>,
}

impl Dying {
    fn lives() -> Self {
        let dying = Self::default();
        dying.left.store(usize::MAX, Ordering::SeqCst);
        dying
    }

    fn dies_after(&self, writes: usize) {
        self.left.store(writes, Ordering::SeqCst);
    }

    fn write(&self) -> Result<(), Error> {
        let left = self.left.load(Ordering::SeqCst);
        if left == 0 {
            return Err(Error::new(ErrorKind::Io, "the disk is gone"));
        }
        if left != usize::MAX {
            self.left.store(left - 1, Ordering::SeqCst);
        }
        Ok(())
    }
}

#[async_trait]
impl Layer for Dying {
    type Below = Memory;

    fn below(&self) -> &Memory {
        &self.inner
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        self.write()?;
        Journal::commit(&*self.inner, batch).await
    }

    async fn reproject(&self, ente: &EnteId, states: Vec<Reprojected>) -> Result<u64, CommitError> {
        self.write()?;
        Lists::reproject(&*self.inner, ente, states).await
    }

    async fn forget(&self, ente: &EnteId, digest: Digest) -> Result<bool, Error> {
        self.write()?;
        Blobs::forget(&*self.inner, ente, digest).await
    }

    async fn put_keys(&self, ente: &EnteId, keys: &[StoredKey]) -> Result<u64, Error> {
        self.write()?;
        Keys::put_keys(&*self.inner, ente, keys).await
    }

    async fn erase_key(&self, ente: &EnteId, id: Id<Key>, wrapped: &[u8]) -> Result<bool, Error> {
        self.write()?;
        Keys::erase_key(&*self.inner, ente, id, wrapped).await
    }
}

/// Two practices of one person that have ended, each with a file.
async fn town() -> (Dying, Desk) {
    let store = Dying::lives();
    let desk = desk_on(vault(store.clone()).await);
    with_file(&desk, 0, b"mine alone").await;
    with_file(&desk, 1, b"mine too").await;
    (store, desk)
}

/// What is left of the person: names on practices, files, and entries in lists by name.
async fn left(desk: &Desk) -> (usize, usize, u64) {
    let mut named = 0;
    for place in [0, 1] {
        let practice = desk.load::<Practice>(id(place)).await.unwrap().unwrap().state;
        named += usize::from(practice.applicant().family_name != ERASED);
    }
    let mut files = 0;
    for bytes in [&b"mine alone"[..], b"mine too"] {
        let there = desk.store().get(&ente(), Digest::of(bytes)).await.unwrap();
        files += usize::from(there.is_some());
    }
    let list = "service/nido";
    let listed = desk.store().tally(&ente(), Practice::KIND, NAME.name, list).await.unwrap();
    (named, files, listed)
}

async fn unfinished(desk: &Desk) -> u64 {
    desk.store().tally(&ente(), Erasure::KIND, UNFINISHED.name, ALL).await.unwrap()
}

/// Stops `erase` at each of its writes, and lets the clock run afterwards.
async fn stopped_anywhere(later: DateTime<Utc>, erase: impl AsyncFn(&Desk) -> bool) {
    let mut writes = 0;
    loop {
        let (store, desk) = town().await;
        let before = left(&desk).await;
        assert_eq!((before.0, before.1), (2, 2));
        assert!(before.2 > 0);
        store.dies_after(writes);
        let done = erase(&desk).await;
        store.dies_after(usize::MAX);
        let begun =
            !desk.store().streams(&ente(), Erasure::KIND, None, 9).await.unwrap().is_empty();
        desk.tick(&calendar(), later, &|_| ()).await.unwrap();
        if begun {
            assert_eq!(left(&desk).await, (0, 0, 0), "stopped after {writes} writes");
        } else {
            assert_eq!(left(&desk).await, before, "what was not begun changed nothing");
        }
        assert_eq!(unfinished(&desk).await, 0);
        for stored in desk.store().streams(&ente(), Erasure::KIND, None, 9).await.unwrap() {
            let erasure: Erasure = serde_json::from_slice(stored.json().unwrap()).unwrap();
            assert_eq!(erasure.stage, ErasureStage::Finished);
        }
        clean(&desk).await;
        let head = desk.store().head(&ente()).await.unwrap();
        desk.tick(&calendar(), later, &|_| ()).await.unwrap();
        assert_eq!(desk.store().head(&ente()).await.unwrap(), head, "it is finished once");
        if done {
            assert!(begun && writes >= 6, "{writes} writes are all there is to it");
            return;
        }
        writes += 1;
    }
}

#[tokio::test]
async fn the_erasure_of_a_person_that_is_stopped_anywhere_is_finished() {
    stopped_anywhere(at(10), async |desk| {
        desk.erase_person(person(0).id, "art. 17", &anna(9)).await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn retention_that_is_stopped_anywhere_is_finished() {
    let (schedule, act): (_, Act) = (rules_of_the_tests(), years_on(6));
    stopped_anywhere(act.at, async |desk| desk.retain(&schedule, &act, &|_| ()).await.is_ok())
        .await;
}
