//! Unique keys, list entries and counts that were edited by hand are found, and are made anew.

use mattoni_core::record::{List, ListEntry, Owners, Projection, Span};
use mattoni_store::{
    Batch, IndexAudit, Journal, Reprojected, Sqlite, StateFinding, Store, verify_states,
};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::server::Server;
use crate::support::{ente, hung, lamps};

const HALL: List = List::plain("hall");
const ALL: List = List::plain("all");

fn projection(id: u128) -> Projection {
    let hall = if id.is_multiple_of(2) { "even" } else { "odd" };
    Projection::new()
        .version(1)
        .unique("socket", format!("no. \"{id}\""))
        .entry(ListEntry::new(HALL, hall, format!("{id}")).with_row())
        .entry(ListEntry::new(ALL, "all", ""))
        .row(format!(r#"{{"lamp":{id}}}"#))
}

/// Six lamps, of which two are in no list and hold no key.
async fn hang(store: &impl Store) {
    for id in 1..=6 {
        let mut change = hung(id, "a").change;
        change.projection = if id < 5 { projection(id) } else { Projection::default() };
        store.commit(Batch::new(ente(), [change])).await.unwrap();
    }
}

async fn found(store: &impl Store) -> Option<(u64, u64, u64, Vec<u128>)> {
    let report = verify_states(store, &ente(), &lamps(), |_| {}).await.unwrap();
    match &report.findings[..] {
        [] => {
            assert_eq!((report.keys, report.entries), (4, 8));
            None
        }
        [StateFinding::Index { kind, lacking, stray, miscounted, streams }] => {
            assert_eq!(kind, "lamp");
            let streams = streams.iter().map(|stream| stream.id.as_u128()).collect();
            Some((*lacking, *stray, *miscounted, streams))
        }
        other => panic!("{other:?}"),
    }
}

/// As a desk makes the lists anew: every state's projection, then what no state has.
async fn make_anew(store: &impl Store) {
    let states = store.streams(&ente(), "lamp", None, 99).await.unwrap();
    let anew = states.into_iter().map(|state| {
        let id = state.stream.id.as_u128();
        let projection = if id < 5 { projection(id) } else { Projection::default() };
        let (stream, version) = (state.stream, state.version);
        Reprojected { stream, version, projection, owners: Owners::none() }
    });
    store.reproject(&ente(), anew.collect()).await.unwrap();
    store.mend_index(&ente(), "lamp").await.unwrap();
}

/// What is done to the tables, and what is found then: lacking, stray, miscounted, which streams.
type Attack = (&'static str, u64, u64, u64, &'static [u128]);

const ATTACKS: [Attack; 9] = [
    ("DELETE FROM list_entry", 8, 0, 3, &[1, 2, 3, 4]),
    ("DELETE FROM list_entry WHERE list = 'hall' AND bucket = 'odd'", 2, 0, 1, &[1, 3]),
    ("UPDATE list_entry SET row_json = '{\"lamp\":9}' WHERE sort = '2'", 1, 0, 0, &[2]),
    ("UPDATE list_entry SET sort = '0' WHERE sort = '2'", 1, 1, 0, &[2]),
    ("DELETE FROM unique_key WHERE value = 'no. \"3\"'", 1, 0, 0, &[3]),
    ("UPDATE unique_key SET value = 'another' WHERE value = 'no. \"3\"'", 1, 1, 0, &[3]),
    ("DELETE FROM tally", 0, 0, 5, &[]),
    ("UPDATE tally SET n = 7 WHERE list = 'all'", 0, 0, 1, &[]),
    (
        "INSERT INTO list_entry (ente, kind, list, bucket, sort, id, row_json)
         SELECT ente, kind, list, 'forged', sort, id, row_json FROM list_entry WHERE list = 'hall'",
        0,
        4,
        1,
        &[],
    ),
];

async fn is_found_and_made_anew(store: &impl Store, by_hand: impl Fn(&str)) {
    hang(store).await;
    let sound = store.audit_index(&ente(), "lamp").await.unwrap();
    assert_eq!(found(store).await, None);
    for (sql, lacking, stray, miscounted, streams) in ATTACKS {
        by_hand(sql);
        let expected = (lacking, stray, miscounted, streams.to_vec());
        assert_eq!(found(store).await, Some(expected), "{sql}");
        make_anew(store).await;
        assert_eq!(found(store).await, None, "{sql}");
        assert_eq!(store.audit_index(&ente(), "lamp").await.unwrap(), sound);
        let odd = Span::new(HALL, "odd");
        let rows = store.rows(&ente(), "lamp", &odd, None, 9).await.unwrap();
        let rows: Vec<_> = rows.iter().map(|row| &*row.row).collect();
        assert_eq!(rows, [r#"{"lamp":1}"#, r#"{"lamp":3}"#], "{sql}");
        assert_eq!(store.tally(&ente(), "lamp", "all", "all").await.unwrap(), 4, "{sql}");
        let versions = store.projection_versions(&ente(), "lamp").await.unwrap();
        assert_eq!(versions, [(0, 2), (1, 4)].into(), "{sql}");
        let holder = store.holder(&ente(), "lamp", "socket", "no. \"3\"").await.unwrap();
        assert_eq!(holder.unwrap().stream.id.as_u128(), 3, "{sql}");
    }
    assert_ne!(sound, IndexAudit::default());
}

#[tokio::test]
async fn whatever_is_done_to_lists_and_keys_is_found_and_made_anew_on_sqlite() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    let store = Sqlite::open(&path).unwrap();
    is_found_and_made_anew(&store, |sql| {
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    })
    .await;
}

#[tokio::test]
async fn whatever_is_done_to_lists_and_keys_is_found_and_made_anew_on_postgres() {
    let server = Server::start();
    let store = server.store().await;
    is_found_and_made_anew(&store, |sql| drop(server.by_hand(sql))).await;
}

#[tokio::test]
async fn an_ente_without_its_head_is_still_an_ente_whose_journal_is_looked_at() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    let store = Sqlite::open(&path).unwrap();
    hang(&store).await;
    Connection::open(&path).unwrap().execute_batch("DELETE FROM head").unwrap();
    assert_eq!(store.entes().await.unwrap(), [ente()]);
    let report = mattoni_store::verify(&store, &ente(), |_| {}).await.unwrap();
    assert!(!report.is_clean(), "there are rows and no head");
}

#[tokio::test]
async fn an_ente_without_its_head_is_still_one_on_postgres() {
    let server = Server::start();
    let store = server.store().await;
    hang(&store).await;
    server.by_hand("DELETE FROM head");
    assert_eq!(store.entes().await.unwrap(), [ente()]);
    let report = mattoni_store::verify(&store, &ente(), |_| {}).await.unwrap();
    assert!(!report.is_clean(), "there are rows and no head");
}
