//! PostgreSQL that does not answer, answers for itself alone, or takes no writes any more.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use mattoni_core::Id;
use mattoni_store::postgres::Options;
use mattoni_store::{CommitError, Committed, ErrorKind, Journal, Postgres, load, verify};

use crate::crash::numbered;
use crate::proxy::{COMMIT, Cut, Proxy};
use crate::server::Server;
use crate::support::{Lamp, ente};

/// The most that anything here may take before it counts as hanging.
const HANGS: Duration = Duration::from_secs(60);

async fn soon<T>(answer: impl Future<Output = T>) -> T {
    tokio::time::timeout(HANGS, answer).await.expect("it hangs")
}

/// A store that gives a silent server up after half a second.
async fn impatient(conninfo: &str) -> Postgres {
    let options = Options::default()
        .with_statement_timeout(Duration::from_millis(400))
        .with_patience(Duration::from_secs(10));
    Postgres::open_with(&format!("{conninfo} connect_timeout=1"), &options).await.unwrap()
}

fn kind(answer: Result<Committed, CommitError>) -> ErrorKind {
    match answer {
        Err(CommitError::Failed(error)) => error.kind(),
        other => panic!("a failure was expected, not {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_server_is_given_up_in_time_and_what_comes_after_works() {
    let server = Server::start();
    let proxy = Proxy::before(&server);
    let store = impatient(&proxy.conninfo(&server)).await;
    store.commit(numbered(1, 1)).await.unwrap();

    proxy.silence(true);
    let commits = (2..12).map(|number| store.commit(numbered(number.into(), number)));
    for answer in soon(join_all(commits)).await {
        let kind = kind(answer);
        let expected = [ErrorKind::Busy, ErrorKind::Unknown, ErrorKind::Unreachable];
        assert!(expected.contains(&kind), "{kind:?}");
    }
    let lamp = soon(load::<Lamp>(&store, &ente(), Id::from_u128(1))).await;
    assert_eq!(lamp.unwrap_err().kind(), ErrorKind::Unreachable);

    proxy.silence(false);
    assert_eq!(soon(store.commit(numbered(2, 2))).await.unwrap().first_seq, 2);
    let report = soon(verify(&store, &ente(), |_| {})).await.unwrap();
    assert_eq!((report.rows, report.is_clean()), (2, true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_after_a_commit_was_sent_is_unknown() {
    let server = Server::start();
    let proxy = Proxy::before(&server);
    let store = impatient(&proxy.conninfo(&server)).await;
    proxy.cut(Cut::Silence(COMMIT.to_owned()));
    assert_eq!(kind(soon(store.commit(numbered(1, 1))).await), ErrorKind::Unknown);
    // The server waited for the rest, and now undoes what it has.
    let again = async {
        loop {
            match store.commit(numbered(1, 1)).await {
                Err(CommitError::Failed(e)) if e.temporary() => {}
                done => return done,
            }
        }
    };
    assert_eq!(soon(again).await.unwrap().first_seq, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_lets_in_and_never_answers_does_not_keep_from_the_next() {
    let server = Server::start();
    let proxy = Proxy::before(&server);
    let frozen = TcpListener::bind("127.0.0.1:0").unwrap();
    let conninfo = proxy
        .conninfo(&server)
        .replace("host=127.0.0.1", "host=127.0.0.1,127.0.0.1")
        .replace("port=", &format!("port={},", frozen.local_addr().unwrap().port()));
    let store = soon(impatient(&conninfo)).await;
    assert_eq!(soon(store.commit(numbered(1, 1))).await.unwrap().first_seq, 1);
}

/// Commits until one waits for a standby that does not exist.
async fn waiting(
    server: &Server,
    store: &Arc<Postgres>,
) -> tokio::task::JoinHandle<Result<Committed, CommitError>> {
    server.admin("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    server.admin("SELECT pg_reload_conf()");
    for number in 1.. {
        let committing = Arc::clone(store);
        let commit =
            tokio::spawn(async move { committing.commit(numbered(number.into(), number)).await });
        while !commit.is_finished() {
            const WAITING: &str = "SELECT count(*) FROM pg_stat_activity
                WHERE wait_event = 'SyncRep' AND usename = 'mattoni'";
            if server.by_hand(WAITING).trim().ends_with('1') {
                return commit;
            }
        }
    }
    unreachable!("there are numbers enough")
}

fn wait_no_more(server: &Server) {
    server.admin("ALTER SYSTEM RESET synchronous_standby_names");
    server.admin("SELECT pg_reload_conf()");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wait_for_a_standby_that_somebody_ends_is_not_acknowledged() {
    let server = Server::start();
    let store = Arc::new(server.store().await);
    let commit = waiting(&server, &store).await;
    server.by_hand(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity
            WHERE wait_event = 'SyncRep' AND usename = 'mattoni'",
    );
    assert_eq!(kind(soon(commit).await.unwrap()), ErrorKind::Unknown);
    wait_no_more(&server);
    assert!(verify(&*store, &ente(), |_| {}).await.unwrap().is_clean());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_that_never_answers_makes_a_commit_unknown_in_time() {
    let server = Server::start();
    let store = Arc::new(impatient(&server.conninfo()).await);
    let commit = waiting(&server, &store).await;
    assert_eq!(kind(soon(commit).await.unwrap()), ErrorKind::Unknown);
    wait_no_more(&server);
    assert!(verify(&*store, &ente(), |_| {}).await.unwrap().is_clean());
}

#[tokio::test]
async fn a_connection_that_took_no_writes_is_not_used_again() {
    let server = Server::start();
    drop(server.store().await);
    // Sessions keep what was said when they began.
    server.admin("ALTER DATABASE town SET default_transaction_read_only = on");
    let store = server.store().await;
    assert_eq!(kind(store.commit(numbered(1, 1)).await), ErrorKind::ReadOnly);
    server.admin("ALTER DATABASE town RESET default_transaction_read_only");
    assert_eq!(store.commit(numbered(1, 1)).await.unwrap().first_seq, 1);
}
