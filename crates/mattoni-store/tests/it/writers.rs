//! Several processes write to one PostgreSQL store.

use mattoni_store::{
    Batch, CommitError, Conflict, Journal, List, ListEntry, Lists, Owners, Postgres, Projection,
    Reprojected, Version, verify,
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
