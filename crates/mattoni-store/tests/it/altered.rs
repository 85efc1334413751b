//! What is altered in a sealed store stays with the record it belongs to: it is named, and all
//! else is read and proved.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use mattoni_core::Id;
use mattoni_core::record::{Owners, Projection};
use mattoni_store::{
    Batch, CommitError, Committed, Error, ErrorKind, Journal, Keys, Lists, Memory, Outbox,
    Reprojected, Sqlite, StateFinding, Store, Stream, Vault, Version, load, verify, verify_states,
};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::{act, ente};
use crate::vault::{Request, RequestEvent, bricks, made, personal, ring, who};

/// Five requests of five people, sealed, after `sql` was done to the file by hand.
async fn altered(dir: &TempDir, sql: &str) -> Vault<Sqlite> {
    let path = dir.path().join("town.db");
    let store = Vault::open(Sqlite::open(&path).unwrap(), personal(), ring(1)).await.unwrap();
    for id in 1..=5 {
        let request = made(id, &who(id + 10, "Maria"), "a reason").change;
        store.commit(Batch::new(ente(), [request])).await.unwrap();
    }
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    store
}

/// Request 1 has another sealed value in its state, 2 in its event, the key of 3 is not there, that
/// of 4 does not open, and what is sealed in the state of 5 says no key at all.
const EVERYTHING: &str = r#"
    UPDATE state SET body = CAST(substr(CAST(body AS TEXT), 1, 90) || 'AAAA'
        || substr(CAST(body AS TEXT), 95) AS BLOB) WHERE hex(id) LIKE '%1';
    UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), '"$sealed":"2:', '"$sealed":"2:x')
        AS BLOB) WHERE hex(id) LIKE '%2';
    DELETE FROM key WHERE hex(stream) LIKE '%3';
    UPDATE key SET wrapped = zeroblob(length(wrapped)) WHERE hex(stream) LIKE '%4';
    UPDATE state SET body = CAST('{"by":{"$sealed":""}}' AS BLOB) WHERE hex(id) LIKE '%5';
"#;

fn unreadable(findings: &[StateFinding]) -> Vec<u128> {
    let id = |finding: &StateFinding| match finding {
        StateFinding::Unreadable { stream, .. } => stream.id.as_u128(),
        other => panic!("{other}"),
    };
    findings.iter().map(id).collect()
}

#[tokio::test]
async fn whatever_does_not_open_is_a_finding_and_the_walk_goes_on() {
    let dir = TempDir::new().unwrap();
    let store = altered(&dir, EVERYTHING).await;
    let report = verify_states(&store, &ente(), &bricks(), |_| {}).await.unwrap();
    assert_eq!(unreadable(&report.findings), [1, 2, 3, 4, 5]);
    assert_eq!(report.states, 5);
    assert_eq!(verify(&store, &ente(), |_| {}).await.unwrap().findings.len(), 1, "the event");
}

#[tokio::test]
async fn one_key_that_is_gone_is_a_finding_and_the_other_four_records_are_proved() {
    let dir = TempDir::new().unwrap();
    let store = altered(&dir, "DELETE FROM key WHERE hex(stream) LIKE '%3'").await;
    let report = verify_states(&store, &ente(), &bricks(), |_| {}).await.unwrap();
    assert_eq!(unreadable(&report.findings), [3]);
    let StateFinding::Unreadable { error, .. } = &report.findings[0] else { unreachable!() };
    assert!(error.contains("its key is not here"), "{error}");
}

#[tokio::test]
async fn a_page_gives_what_opens_and_names_what_does_not() {
    let dir = TempDir::new().unwrap();
    let store = altered(&dir, EVERYTHING).await;
    let faulty = |id: u128| [1, 3, 4, 5].contains(&id);
    let states = store.streams(&ente(), "request", None, 9).await.unwrap();
    assert_eq!(states.len(), 5);
    for state in &states {
        assert_eq!(state.json().is_err(), faulty(state.stream.id.as_u128()), "{:?}", state.fault);
    }
    let read = load::<Request>(&store, &ente(), Id::from_u128(2)).await.unwrap().unwrap();
    assert_eq!(read.state.texts, ["a reason"]);
    let closed = load::<Request>(&store, &ente(), Id::from_u128(3)).await.unwrap_err();
    assert_eq!(closed.kind(), ErrorKind::Corrupt);

    // Effects likewise: those of requests 3 and 4 do not open.
    let due = store.due(&ente(), act(9).at, 9).await.unwrap();
    let closed: Vec<u128> =
        due.iter().filter(|e| e.fault.is_some()).map(|e| e.stream.id.as_u128()).collect();
    assert_eq!((due.len(), closed), (5, vec![3, 4]));
}

fn kind_of<T>(answer: Result<T, Error>) -> Option<ErrorKind> {
    answer.err().map(|error| error.kind())
}

#[tokio::test]
async fn without_any_key_it_is_no_finding_but_an_error() {
    let dir = TempDir::new().unwrap();
    let store = altered(&dir, "DELETE FROM key").await;
    let all: &dyn Store = &store;
    let verified = verify_states(all, &ente(), &bricks(), |_| {}).await;
    assert_eq!(kind_of(verified), Some(ErrorKind::Locked), "as a backup without its keys");
    let store = Vault::without_key(store.into_store());
    let verified = verify_states(&store, &ente(), &bricks(), |_| {}).await;
    assert_eq!(kind_of(verified), Some(ErrorKind::Locked), "no master key was given");
}

/// A store in which another process stores a key for the record just before the first commit.
struct Meanwhile {
    store: Arc<Memory>,
    then: Mutex<Option<Vec<Reprojected>>>,
}

#[async_trait]
impl mattoni_store::Layer for Meanwhile {
    type Below = Memory;

    fn below(&self) -> &Memory {
        &self.store
    }

    async fn commit(&self, batch: Batch) -> Result<Committed, CommitError> {
        let then = self.then.lock().unwrap().take();
        if let Some(anew) = then {
            let other = Vault::open(Arc::clone(&self.store), personal(), ring(1)).await?;
            Lists::reproject(&other, &ente(), anew).await?;
        }
        Journal::commit(&self.store, batch).await
    }
}

#[tokio::test]
async fn what_is_committed_while_another_process_stores_the_key_opens_afterwards() {
    let store = Arc::new(Memory::new());
    let request = made(1, &who(7, "Maria"), "a reason").change;
    store.commit(Batch::new(ente(), [request])).await.unwrap();
    let row = format!(r#"{{"by":{{"id":"{}","name":"Maria"}},"since":"today"}}"#, who(7, "").id);
    let anew = Reprojected {
        stream: Stream::of(Id::<Request>::from_u128(1)),
        version: Version::new(1),
        projection: Projection::new().version(1).row(row),
        owners: Owners::subject(who(7, "").id),
    };
    let then = Mutex::new(Some(vec![anew]));
    let below = Meanwhile { store: Arc::clone(&store), then };
    let vault = Vault::open(below, personal(), ring(1)).await.unwrap();
    vault.begin_sealing(&ente()).await.unwrap();
    let there = load::<Request>(&vault, &ente(), Id::from_u128(1)).await.unwrap().unwrap();
    let said = [RequestEvent::Said { text: "one more thing".into() }];
    let change = there.next(&act(1), &said).unwrap().change;
    let change = change.with_owners(Owners::subject(who(7, "").id));
    vault.commit(Batch::new(ente(), [change])).await.unwrap();

    let read = load::<Request>(&vault, &ente(), Id::from_u128(1)).await.unwrap().unwrap();
    assert_eq!(read.state.texts, ["a reason", "one more thing"]);
    let keys = vault.keys_of(&ente(), &[Stream::of(Id::<Request>::from_u128(1))]).await.unwrap();
    assert_eq!(keys.len(), 1, "one key for one person");
    assert!(verify_states(&vault, &ente(), &bricks(), |_| {}).await.unwrap().is_clean());
}
