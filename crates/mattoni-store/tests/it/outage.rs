//! PostgreSQL going away in the middle of a commit: the wire cut, the server killed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mattoni_core::Id;
use mattoni_store::postgres::Options;
use mattoni_store::{
    Batch, CommitError, Conflict, Effect, ErrorKind, Journal, Outbox, Postgres, SequenceClaim,
    Sequences, Version, load, verify,
};

use crate::crash::{assert_store_whole, numbered};
use crate::proxy::{COMMIT, Cut, Proxy};
use crate::server::Server;
use crate::support::{Lamp, act, ente, hung};

fn kind(answer: Result<mattoni_store::Committed, CommitError>) -> ErrorKind {
    match answer {
        Err(CommitError::Failed(error)) => error.kind(),
        other => panic!("a failure was expected, not {other:?}"),
    }
}

#[tokio::test]
async fn a_wire_cut_in_mid_commit_says_unknown_and_a_retry_does_not_double() {
    let server = Server::start();
    let proxy = Proxy::before(&server);
    let conninfo = proxy.conninfo(&server);
    // The last words of what is sent, with or without a question before it.
    let payload = |number: u64| format!(r#"{{"lamp":{number}}}"#);
    let batch = |number: u64| {
        let id = u128::from(number);
        let change = hung(id, "a")
            .change
            .with_claim(SequenceClaim::new("lamps", number))
            .with_effects([Effect::new(format!("lamp/{id}"), "bulb", payload(number))]);
        Batch::new(ente(), [change])
    };
    let mut number = 0;
    // A store that was just opened asks before it writes, one that was the last to write does not.
    for (asks, cut) in [true, false]
        .into_iter()
        .flat_map(|asks| [Cut::Before as fn(String) -> Cut, Cut::After].map(|cut| (asks, cut)))
    {
        let store = Postgres::open(&conninfo).await.unwrap();
        if !asks {
            number += 1;
            store.commit(batch(number)).await.unwrap();
        }
        number += 1;
        let lost = cut(if asks { COMMIT.to_owned() } else { payload(number) });
        let arrives = matches!(lost, Cut::After(_));
        proxy.cut(lost);
        assert_eq!(kind(store.commit(batch(number)).await), ErrorKind::Unknown);
        match store.commit(batch(number)).await {
            // The server never received it: the retry commits.
            Ok(committed) => assert_eq!((arrives, committed.first_seq), (false, number)),
            // The server did it: the retry conflicts with the version it leads to.
            Err(CommitError::Conflict(Conflict::Version { actual, .. })) => {
                assert_eq!((arrives, actual), (true, Version::new(1)));
            }
            other => panic!("{other:?}"),
        }
        let lamp = load::<Lamp>(&store, &ente(), Id::from_u128(number.into())).await;
        assert!(lamp.unwrap().is_some());
        assert_eq!(store.last(&ente(), "lamps").await.unwrap(), number);
    }
    let store = server.store().await;
    assert_eq!(store.due(&ente(), act(0).at, 9).await.unwrap().len(), 6);
    let report = verify(&store, &ente(), |_| {}).await.unwrap();
    assert_eq!((report.rows, report.is_clean()), (6, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_in_mid_commit_loses_nothing_acknowledged() {
    const WRITERS: u128 = 8;
    const KILLS: usize = 4;
    let mut server = Server::start();
    let options = Options::default().with_connections(12);
    let store = Arc::new(Postgres::open_with(&server.conninfo(), &options).await.unwrap());
    let (done, rounds) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let writers: Vec<_> = (1..=WRITERS)
        .map(|writer| {
            let (store, done, rounds) =
                (Arc::clone(&store), Arc::clone(&done), Arc::clone(&rounds));
            tokio::spawn(async move {
                let mut acknowledged = BTreeMap::new();
                for n in 0_u128.. {
                    if rounds.load(Ordering::SeqCst) == KILLS {
                        break;
                    }
                    let id = (writer << 32) | n;
                    acknowledged.insert(id, stubborn(&store, id).await);
                    done.fetch_add(1, Ordering::SeqCst);
                }
                acknowledged
            })
        })
        .collect();
    for round in 1..=KILLS {
        while done.load(Ordering::SeqCst) < round * 60 {
            tokio::task::yield_now().await;
        }
        server.cluster.kill();
        server.cluster.restart().unwrap();
        rounds.store(round, Ordering::SeqCst);
    }
    let mut acknowledged = BTreeMap::new();
    for writer in writers {
        acknowledged.extend(writer.await.unwrap());
    }
    assert!(acknowledged.len() >= KILLS * 60);
    assert_store_whole(&*store, &acknowledged).await;
}

/// Hangs a lamp with the next number, whatever happens to the server meanwhile.
async fn stubborn(store: &Postgres, id: u128) -> u64 {
    loop {
        let Ok(last) = store.last(&ente(), "lamps").await else {
            tokio::task::yield_now().await;
            continue;
        };
        match store.commit(numbered(id, last + 1)).await {
            Ok(_) => return last + 1,
            // An earlier try of ours whose answer was lost.
            Err(CommitError::Conflict(Conflict::Version { .. })) => loop {
                if let Ok(lamp) = load::<Lamp>(store, &ente(), Id::from_u128(id)).await {
                    return lamp.unwrap().state.hall.parse().unwrap();
                }
                tokio::task::yield_now().await;
            },
            Err(CommitError::Conflict(Conflict::Number { .. })) => {}
            Err(CommitError::Failed(error)) => {
                let expected = [ErrorKind::Unknown, ErrorKind::Unreachable, ErrorKind::Busy];
                assert!(expected.contains(&error.kind()), "{error:?}");
                tokio::task::yield_now().await;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}
