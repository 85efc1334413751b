//! Stores from before there were lists get their projections while they are used.

use mattoni_core::Id;
use mattoni_store::{
    Batch, Journal, List, ListEntry, Owners, Projection, Reprojected, Span, Sqlite, Store, load,
    verify, verify_states,
};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::server::Server;
use crate::support::{Lamp, ente, lamps, lit, town};

/// How the tables of the first schema are filled from today's.
const FIRST: [&str; 3] = [
    "INSERT INTO head (ente, seq, hash) SELECT ente, seq, hash FROM {now}head",
    "INSERT INTO journal (ente, seq, kind, id, version, name, at, by, body, hash)
     SELECT ente, seq, kind, id, version, name, at, by, body, hash FROM {now}journal",
    "INSERT INTO state (ente, kind, id, version, facets, body)
     SELECT ente, kind, id, version, '[]', body FROM {now}state",
];

const WATTS: List = List::plain("watts");

/// The store works, says that no state has its projection yet, and gets them while it is used.
async fn goes_on(store: &dyn Store) {
    assert!(verify(store, &ente(), |_| {}).await.unwrap().is_clean());
    assert_eq!(store.projection_versions(&ente(), "lamp").await.unwrap(), [(0, 3)].into());
    let projection = || Projection::new().version(1).entry(ListEntry::new(WATTS, "a", "60"));
    let lamp = load::<Lamp>(store, &ente(), Id::from_u128(2)).await.unwrap().unwrap();
    let change = lit(lamp, 80).change.with_projection(projection());
    store.commit(Batch::new(ente(), [change])).await.unwrap();
    let states = store.streams(&ente(), "lamp", None, 9).await.unwrap();
    let anew = states.into_iter().map(|state| Reprojected {
        stream: state.stream,
        version: state.version,
        projection: projection(),
        owners: Owners::none(),
    });
    assert_eq!(store.reproject(&ente(), anew.collect()).await.unwrap(), 3);
    assert_eq!(store.projection_versions(&ente(), "lamp").await.unwrap(), [(1, 3)].into());
    let page = store.page(&ente(), "lamp", &Span::new(WATTS, "a"), None, 9).await.unwrap();
    assert_eq!(page.len(), 3);
    assert_eq!(store.tally(&ente(), "lamp", "watts", "a").await.unwrap(), 3);
    assert!(verify(store, &ente(), |_| {}).await.unwrap().is_clean());
    let bricks = lamps();
    assert!(verify_states(store, &ente(), &bricks, |_| {}).await.unwrap().is_clean());
}

#[tokio::test]
async fn a_file_of_the_first_schema_is_brought_up_to_date() {
    let dir = TempDir::new().unwrap();
    drop(town(&dir, 3).await);
    let path = dir.path().join("old.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../../src/sqlite/schema/0001.sql")).unwrap();
    let now = dir.path().join("town.db");
    old.execute("ATTACH ?1 AS now", [now.to_str().unwrap()]).unwrap();
    for copy in FIRST {
        old.execute_batch(&copy.replace("{now}", "now.")).unwrap();
    }
    old.execute_batch("PRAGMA user_version = 1; PRAGMA application_id = 0x4d746e69").unwrap();
    drop(old);
    let refused = Sqlite::open_read_only(&path).unwrap_err();
    assert_eq!(refused.kind(), mattoni_store::ErrorKind::ReadOnly, "it must be written first");
    goes_on(&Sqlite::open(&path).unwrap()).await;
}

#[tokio::test]
async fn a_schema_of_the_first_version_is_brought_up_to_date_behind_the_wall() {
    let server = Server::start();
    let dir = TempDir::new().unwrap();
    let store = server.store().await;
    for row in town(&dir, 3).await.scan(&ente(), 0, 99).await.unwrap() {
        // The same history, committed again.
        let id = row.stream.id.as_u128();
        let change = match load::<Lamp>(&store, &ente(), Id::from_u128(id)).await.unwrap() {
            None => crate::support::hung(id, "a").change,
            Some(lamp) => lit(lamp, 60).change,
        };
        store.commit(Batch::new(ente(), [change])).await.unwrap();
    }
    server.by_hand("CREATE SCHEMA old AUTHORIZATION mattoni");
    let first = include_str!("../../src/postgres/schema/0001.sql");
    let copies = FIRST.map(|copy| copy.replace("{now}", "mattoni.") + ";");
    let made = server.cluster.sql(
        "town",
        &format!(
            "SET ROLE mattoni; SET search_path = old; {first}
             CREATE TABLE schema_version (
                 version bigint PRIMARY KEY, since timestamptz NOT NULL DEFAULT now());
             INSERT INTO schema_version (version) VALUES (1);
             SET mattoni.ente = 'c_f051'; {}",
            copies.concat()
        ),
    );
    made.unwrap();
    goes_on(&server.store_in("old").await).await;
    let forced = "SELECT bool_and(relforcerowsecurity) FROM pg_class
        WHERE relnamespace = 'old'::regnamespace AND relname IN ('state', 'list_entry', 'tally', 'unique_key', 'outbox')";
    assert_eq!(server.by_hand(forced), "t", "the wall is closed again");
}
