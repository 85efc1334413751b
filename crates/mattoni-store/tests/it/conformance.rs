//! All backends hold the published promises, also when truly parallel.

use std::sync::Arc;

use mattoni_core::{Digest, Id};
use mattoni_store::{
    Batch, CommitError, Conflict, Memory, ObjectBlobs, SequenceClaim, Sqlite, Store, Vault,
    WithBlobs, conformance, load, verify,
};
use tempfile::TempDir;

use crate::server::Server;
use crate::support::{Lamp, ente, hung, lit};

#[tokio::test]
async fn memory_holds_every_promise() {
    conformance::run(async || Memory::new()).await;
}

#[tokio::test]
async fn sqlite_holds_every_promise() {
    let dir = TempDir::new().unwrap();
    let n = std::cell::Cell::new(0);
    conformance::run(async || {
        n.set(n.get() + 1);
        Sqlite::open(dir.path().join(format!("{}.db", n.get()))).unwrap()
    })
    .await;
}

#[tokio::test]
async fn postgres_holds_every_promise() {
    let server = Server::start();
    let n = std::cell::Cell::new(0);
    conformance::run(async || {
        n.set(n.get() + 1);
        server.store_in(&format!("promise_{}", n.get())).await
    })
    .await;
}

#[tokio::test]
async fn a_folder_of_blobs_holds_every_promise() {
    let dir = TempDir::new().unwrap();
    let n = std::cell::Cell::new(0);
    conformance::run_blobs(async || {
        n.set(n.get() + 1);
        ObjectBlobs::folder(dir.path().join(n.get().to_string())).unwrap()
    })
    .await;
}

#[tokio::test]
async fn an_object_store_in_memory_holds_every_promise() {
    conformance::run_blobs(async || ObjectBlobs::memory()).await;
}

#[tokio::test]
async fn a_store_with_its_blobs_elsewhere_holds_every_promise() {
    let dir = TempDir::new().unwrap();
    let n = std::cell::Cell::new(0);
    conformance::run(async || {
        n.set(n.get() + 1);
        let blobs = ObjectBlobs::folder(dir.path().join(n.get().to_string())).unwrap();
        WithBlobs::new(Memory::new(), blobs)
    })
    .await;
}

#[tokio::test]
async fn a_vault_holds_every_promise_of_what_it_stands_around() {
    conformance::run(async || {
        let personal = crate::vault::personal();
        Vault::open(Memory::new(), personal, crate::vault::ring(1)).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn a_vault_around_sqlite_holds_every_promise() {
    let dir = TempDir::new().unwrap();
    let n = std::cell::Cell::new(0);
    conformance::run(async || {
        n.set(n.get() + 1);
        let store = Sqlite::open(dir.path().join(format!("{}.db", n.get()))).unwrap();
        Vault::open(store, crate::vault::personal(), crate::vault::ring(1)).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn a_vault_around_postgres_holds_every_promise() {
    let server = Server::start();
    let n = std::cell::Cell::new(0);
    conformance::run(async || {
        n.set(n.get() + 1);
        let store = server.store_in(&format!("sealed_{}", n.get())).await;
        Vault::open(store, crate::vault::personal(), crate::vault::ring(1)).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn a_vault_around_a_store_with_its_blobs_elsewhere_holds_every_promise() {
    let dir = TempDir::new().unwrap();
    let n = std::cell::Cell::new(0);
    conformance::run(async || {
        n.set(n.get() + 1);
        let blobs = ObjectBlobs::folder(dir.path().join(n.get().to_string())).unwrap();
        let store = WithBlobs::new(Memory::new(), blobs);
        Vault::open(store, crate::vault::personal(), crate::vault::ring(1)).await.unwrap()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_tasks_on_memory_leave_neither_gap_nor_twin() {
    race(Arc::new(Memory::new())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_tasks_on_sqlite_leave_neither_gap_nor_twin() {
    let dir = TempDir::new().unwrap();
    race(Arc::new(Sqlite::open(dir.path().join("race.db")).unwrap())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parallel_tasks_on_postgres_leave_neither_gap_nor_twin() {
    let server = Server::start();
    race(Arc::new(server.store().await)).await;
}

/// 32 tasks light the same lamp ten times each, and each time claim a number.
async fn race(store: Arc<dyn Store>) {
    const TASKS: u64 = 32;
    const EACH: u64 = 10;
    store.commit(Batch::new(ente(), [hung(1, "a").change])).await.unwrap();
    let racers: Vec<_> = (0..TASKS)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for _ in 0..EACH {
                    light_and_count(&*store).await;
                }
            })
        })
        .collect();
    for racer in racers {
        racer.await.unwrap();
    }
    let lamp = load::<Lamp>(&*store, &ente(), Id::from_u128(1)).await.unwrap().unwrap();
    assert_eq!(u64::from(lamp.state.times), TASKS * EACH);
    assert_eq!(lamp.version.get(), TASKS * EACH + 1);
    assert_eq!(store.last(&ente(), "lights").await.unwrap(), TASKS * EACH);
    let report = verify(&*store, &ente(), |_| {}).await.unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!(report.rows, TASKS * EACH + 1);
    assert_ne!(report.head.unwrap().hash, Digest::ZERO);
}

async fn light_and_count(store: &dyn Store) {
    loop {
        let lamp = load::<Lamp>(store, &ente(), Id::from_u128(1)).await.unwrap().unwrap();
        let number = store.last(&ente(), "lights").await.unwrap() + 1;
        let change = lit(lamp, 40).change.with_claim(SequenceClaim::new("lights", number));
        match store.commit(Batch::new(ente(), [change])).await {
            Ok(_) => return,
            Err(CommitError::Conflict(Conflict::Version { .. } | Conflict::Number { .. })) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
}
