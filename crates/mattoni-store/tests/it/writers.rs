//! Several processes write to one PostgreSQL store.

use mattoni_core::Id;
use mattoni_store::{
    Batch, CommitError, Conflict, Effect, Journal, KeyFor, Keys, List, ListEntry, Lists, Owners,
    Postgres, Projection, Reprojected, SequenceClaim, StoredKey, Version, verify,
};

use crate::crash::numbered;
use crate::server::Server;
use crate::support::{ente, hung};

async fn numbers(store: &Postgres, from: u64, count: u64) {
    for number in from..from + count {
        store.commit(numbered(number.into(), number)).await.unwrap();
    }
}

fn conflict(answer: Result<mattoni_store::Committed, CommitError>) -> Conflict {
    match answer {
        Err(CommitError::Conflict(conflict)) => conflict,
        other => panic!("a conflict was expected, not {other:?}"),
    }
}

#[tokio::test]
async fn whoever_was_not_the_last_to_write_learns_where_the_other_left_it() {
    let server = Server::start();
    let (one, other) = (server.store().await, server.store().await);
    // Alone, in turns, and alone again.
    numbers(&one, 1, 5).await;
    numbers(&other, 6, 5).await;
    for number in (11..90).step_by(2) {
        numbers(&one, number, 1).await;
        numbers(&other, number + 1, 1).await;
    }
    numbers(&one, 91, 60).await;
    let report = verify(&one, &ente(), |_| {}).await.unwrap();
    assert_eq!((report.rows, report.is_clean()), (150, true));
}

#[tokio::test]
async fn what_is_in_the_way_is_named_also_when_the_store_did_not_ask_first() {
    let server = Server::start();
    let (store, other) = (server.store().await, server.store().await);
    numbers(&store, 1, 2).await;
    let stream = numbered(1, 1).changes[0].stream.clone();
    let key = |id: u128| {
        let stream = hung(1000, "a").change.stream;
        let of = KeyFor::Person { stream, person: Id::from_u128(7) };
        StoredKey { id: Id::from_u128(id), of, wrapped: Some(vec![1; 69]) }
    };
    store.put_keys(&ente(), &[key(70)]).await.unwrap();
    for stale in [false, true] {
        let mut last = u64::from(stale) * 5 + 2;
        // Each follows on a commit after which the store does not ask: rightly so, or, if `stale`,
        // because it does not know that another process has written since.
        let mut again = async |batch: Batch| {
            numbers(&store, last + 1, 1).await;
            last += 1;
            if stale {
                let opened = hung(u128::from(last) << 32, "b").change;
                other.commit(Batch::new(ente(), [opened])).await.unwrap();
            }
            conflict(store.commit(batch).await)
        };
        let open = || hung(1000, "a").change;
        let moved = again(Batch::new(ente(), [hung(1, "a").change])).await;
        let (expected, actual) = (Version::NONE, Version::new(1));
        assert_eq!(moved, Conflict::Version { stream: stream.clone(), expected, actual });
        let holds = Projection::new().version(1).unique("number", "1");
        let held = again(Batch::new(ente(), [open().with_projection(holds)])).await;
        assert!(
            matches!(held, Conflict::UniqueKey { holder, .. } if holder == stream.id),
            "{held:?}"
        );
        let sent = open().with_effects([Effect::new("lamp/1", "bulb", "{}")]);
        let sent = again(Batch::new(ente(), [sent])).await;
        assert_eq!(sent, Conflict::Effect { key: "lamp/1".to_owned() });
        let taken = open().with_claim(SequenceClaim::new("lamps", 1));
        let taken = again(Batch::new(ente(), [taken])).await;
        assert!(matches!(taken, Conflict::Number { claimed: 1, .. }), "{taken:?}");
        let mut sealed = open();
        sealed.keys.push(key(71));
        let sealed = again(Batch::new(ente(), [sealed])).await;
        assert_eq!(sealed, Conflict::Key { stream: open().stream });
    }
    let mut sealed = hung(1000, "a").change;
    sealed.keys.push(key(70));
    store.commit(Batch::new(ente(), [sealed])).await.unwrap();
    assert!(verify(&store, &ente(), |_| {}).await.unwrap().is_clean());
}

#[tokio::test]
async fn a_database_set_back_under_a_running_process_is_written_on_from_where_it_stands() {
    let server = Server::start();
    let store = server.store().await;
    numbers(&store, 1, 3).await;
    server.by_hand(
        "DELETE FROM journal WHERE seq = 3; DELETE FROM outbox WHERE seq = 3;
         DELETE FROM state WHERE id = '00000000-0000-0000-0000-000000000003';
         DELETE FROM unique_key WHERE id = '00000000-0000-0000-0000-000000000003';
         UPDATE number SET last = 2; DELETE FROM list_entry WHERE id = '00000000-0000-0000-0000-000000000003';
         UPDATE tally SET n = n - 1 WHERE n > 1; DELETE FROM tally WHERE bucket = '3';
         UPDATE head SET seq = 2, hash = (SELECT hash FROM journal WHERE seq = 2)",
    );
    let taken = conflict(store.commit(numbered(4, 4)).await);
    assert!(matches!(taken, Conflict::Number { claimed: 4, last: 2, .. }), "{taken:?}");
    assert_eq!(store.commit(numbered(4, 3)).await.unwrap().first_seq, 3);
    assert!(verify(&store, &ente(), |_| {}).await.unwrap().is_clean());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_and_reprojections_of_several_processes_never_wait_in_a_circle() {
    const EACH: u128 = 150;
    let server = Server::start();
    const STATE: List = List::plain("state");
    let listed = |id: u128, bucket: &str| {
        Projection::new().version(1).entry(ListEntry::new(STATE, bucket, format!("{id:09}")))
    };
    let mut writers = Vec::new();
    for writer in 1..=3_u128 {
        let store = server.store().await;
        writers.push(tokio::spawn(async move {
            for n in 1..=EACH {
                let id = (writer << 32) | n;
                let change = hung(id, "a").change.with_projection(listed(id, "open"));
                let stream = change.stream.clone();
                store.commit(Batch::new(ente(), [change])).await.unwrap();
                if n % 5 == 0 {
                    let (projection, owners) = (listed(id, "shut"), Owners::none());
                    let version = Version::new(1);
                    let moved = Reprojected { stream, version, projection, owners };
                    assert_eq!(store.reproject(&ente(), vec![moved]).await.unwrap(), 1);
                }
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let store = server.store().await;
    let tally = async |bucket| store.tally(&ente(), "lamp", "state", bucket).await.unwrap();
    assert_eq!((tally("open").await, tally("shut").await), (360, 90));
    let report = verify(&store, &ente(), |_| {}).await.unwrap();
    assert_eq!((report.rows, report.is_clean()), (450, true));
}
