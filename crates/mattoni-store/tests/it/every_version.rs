//! Stores of every version that the schema has had, with data in them, opened by today's software.

use std::path::Path;

use mattoni_core::Digest;
use mattoni_store::{Sqlite, Store};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::migration::{Dialect, PAPER, POSTGRES, SQLITE, goes_on, version_1};
use crate::server::Server;
use crate::support::ente;

/// How a backend's schema came to be, a version each.
fn migrations(backend: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(backend).join("schema");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 5, "{files:?}");
    files.into_iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

/// What there is besides in tables that came with this version.
fn came_with(version: usize, dialect: &Dialect) -> Option<String> {
    let (bytes, id) = (dialect.bytes, (dialect.id)(mattoni_core::Id::from_u128(9)));
    match version {
        4 => {
            let digest = bytes(Digest::of(PAPER).as_bytes());
            Some(format!("INSERT INTO blob_aside VALUES ('c_f051', {digest}, 1770000000000000)"))
        }
        5 => {
            let wrapped = bytes(&[1; 69]);
            Some(format!("INSERT INTO key VALUES ('c_f051', {id}, 'lamp', {id}, {id}, {wrapped})"))
        }
        _ => None,
    }
}

async fn goes_on_from(version: usize, store: &impl Store) {
    let blobs = store.blobs(&ente(), None, 9).await.unwrap();
    assert_eq!(blobs.len(), 1, "version {version}");
    assert_eq!(blobs[0].aside_since.is_some(), version >= 4, "version {version}");
    let keys = store.all_keys(&ente(), None, 9).await.unwrap();
    assert_eq!(keys.len(), usize::from(version >= 5), "version {version}");
    assert!(keys.iter().all(|key| key.wrapped.as_deref() == Some(&[1; 69])));
    goes_on(store).await;
}

#[tokio::test]
async fn a_file_of_every_version_goes_on_with_all_its_data() {
    let migrations = migrations("sqlite");
    for version in 1..=migrations.len() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("town.db");
        let file = Connection::open(&path).unwrap();
        for (number, migration) in (1..=version).zip(&migrations) {
            file.execute_batch(migration).unwrap();
            if number == 1 {
                file.execute_batch(&version_1(&SQLITE).await.join(";")).unwrap();
            }
            file.execute_batch(&came_with(number, &SQLITE).unwrap_or_default()).unwrap();
        }
        file.pragma_update(None, "user_version", version as i64).unwrap();
        file.pragma_update(None, "application_id", 0x4d74_6e69).unwrap();
        drop(file);
        goes_on_from(version, &Sqlite::open(&path).unwrap()).await;
    }
}

#[tokio::test]
async fn a_schema_of_every_version_goes_on_with_all_its_data() {
    let server = Server::start();
    let migrations = migrations("postgres");
    for version in 1..=migrations.len() {
        let schema = format!("version_{version}");
        server.by_hand(&format!("CREATE SCHEMA {schema} AUTHORIZATION mattoni"));
        let run = |role: &str, sql: &str| {
            let sql = format!("SET ROLE {role}; SET search_path = {schema}; {sql}");
            server.cluster.sql("town", &sql).unwrap();
        };
        run(
            "mattoni",
            "CREATE TABLE schema_version (
                 version bigint PRIMARY KEY, since timestamptz NOT NULL DEFAULT now())",
        );
        for (number, migration) in (1..=version).zip(&migrations) {
            run("mattoni", migration);
            if number == 1 {
                run("admin", &version_1(&POSTGRES).await.join(";"));
            }
            run("admin", &came_with(number, &POSTGRES).unwrap_or_default());
            run("mattoni", &format!("INSERT INTO schema_version VALUES ({number})"));
        }
        goes_on_from(version, &server.store_in(&schema).await).await;
        let open = format!(
            "SELECT relname FROM pg_class WHERE relnamespace = '{schema}'::regnamespace
                 AND relkind IN ('r', 'p') AND relname <> 'schema_version'
                 AND NOT (relrowsecurity AND relforcerowsecurity)"
        );
        assert_eq!(server.by_hand(&open), "", "version {version}: the wall stands");
    }
}
