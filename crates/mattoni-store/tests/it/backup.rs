//! Backups: taken while others write, verified, restored.

use std::fs;
use std::path::Path;
use std::process::Command;

use mattoni_core::Id;
use mattoni_postgres_cluster::{Binaries, Cluster};
use mattoni_store::{
    Batch, Blobs, ErrorKind, Journal, Postgres, Sqlite, Vault, copy_keys, load, restore_keys,
    verify, verify_states,
};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::manual;
use crate::server::Server;
use crate::support::{Lamp, ente, hung, lamps, town};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_one_verified_file_taken_while_others_write() {
    let dir = TempDir::new().unwrap();
    let store = town(&dir, 5).await;
    let digest = store.put(&ente(), b"paper".to_vec()).await.unwrap();
    let before = store.head(&ente()).await.unwrap().unwrap();
    let writing = async {
        for id in 10..60 {
            store.commit(Batch::new(ente(), [hung(id, "b").change])).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let safe = TempDir::new().unwrap();
    let path = safe.path().join("monday.db");
    let (backup, ()) = futures_util::future::join(store.back_up(&path), writing).await;
    let backup = backup.unwrap();
    let files: Vec<_> =
        fs::read_dir(safe.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(files, ["monday.db"]);
    assert_eq!(backup.bytes, fs::metadata(&path).unwrap().len());

    // To restore is to copy the file to its place.
    let place = dir.path().join("restored.db");
    fs::copy(&path, &place).unwrap();
    let restored = Sqlite::open(&place).unwrap();
    let head = restored.head(&ente()).await.unwrap().unwrap();
    assert_eq!(backup.heads, [(ente(), head)]);
    assert!(head.seq >= before.seq);
    assert_eq!(restored.get(&ente(), digest).await.unwrap().unwrap(), b"paper");
    let bricks = lamps();
    assert!(verify_states(&restored, &ente(), &bricks, |_| {}).await.unwrap().is_clean());
    restored.commit(Batch::new(ente(), [hung(99, "a").change])).await.unwrap();

    let again = store.back_up(&path).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Io, "nothing is overwritten");
    assert_eq!(fs::metadata(&path).unwrap().len(), backup.bytes);
}

#[tokio::test]
async fn a_store_of_small_pages_has_large_ones_once_it_was_restored() {
    let dir = TempDir::new().unwrap();
    let [old, copy] = ["old.db", "copy.db"].map(|name| dir.path().join(name));
    let page = |path| -> i64 {
        let pragma = |row: &rusqlite::Row<'_>| row.get(0);
        Connection::open(path).unwrap().query_row("PRAGMA page_size", [], pragma).unwrap()
    };
    let small = "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL;";
    Connection::open(&old).unwrap().execute_batch(small).unwrap();
    let store = Sqlite::open(&old).unwrap();
    store.commit(Batch::new(ente(), [hung(1, "a").change])).await.unwrap();
    assert_eq!(page(&old), 4096, "what is there stays as it was made");
    store.back_up(&copy).await.unwrap();
    let restored = Sqlite::open(&copy).unwrap();
    assert_eq!(restored.head(&ente()).await.unwrap(), store.head(&ente()).await.unwrap());
    assert_eq!(page(&copy), 16_384);
}

#[tokio::test]
async fn a_store_that_does_not_verify_makes_no_backup() {
    let dir = TempDir::new().unwrap();
    let store = town(&dir, 3).await;
    let raw = Connection::open(dir.path().join("town.db")).unwrap();
    raw.execute_batch("UPDATE journal SET at = 0 WHERE seq = 5").unwrap();
    let path = dir.path().join("backup.db");
    fs::write(dir.path().join("backup.db.part"), "left by an interrupted one").unwrap();
    let error = store.back_up(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.to_string().contains("row 5"), "{error}");
    assert!(!path.exists() && !dir.path().join("backup.db.part").exists());
}

/// Runs the commands that the guide has under a heading, in `folder`.
fn as_written(server: &Server, folder: &Path, heading: &str) {
    let programs = Binaries::find().unwrap();
    let path = std::env::var("PATH").unwrap();
    let output = Command::new("sh")
        .args(["-e", "-c", &manual::commands(heading)])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", programs.folder().display()))
        .env("PGHOST", server.cluster.socket())
        .env("PGPORT", server.cluster.port().to_string())
        .env("PGUSER", "admin")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn a_dump_of_postgres_is_restored_and_verifies() {
    let server = Server::start();
    let store = server.store().await;
    store.commit(Batch::new(ente(), (1..=9).map(|id| hung(id, "a").change))).await.unwrap();
    let dir = TempDir::new().unwrap();
    as_written(&server, dir.path(), "Back up PostgreSQL");
    as_written(&server, dir.path(), "Restore PostgreSQL");
    let restored = server.conninfo().replace("dbname=town", "dbname=again");
    let restored = Postgres::open(&restored).await.unwrap();
    assert!(verify(&restored, &ente(), |_| {}).await.unwrap().is_clean());
    assert_eq!(restored.head(&ente()).await.unwrap(), store.head(&ente()).await.unwrap());
    restored.commit(Batch::new(ente(), [hung(10, "a").change])).await.unwrap();
}

#[tokio::test]
async fn a_dump_of_postgres_opens_nothing_until_the_keys_are_back() {
    use crate::vault::{Request, made, personal, ring, who};
    let server = Server::start();
    let store = Vault::open(server.store().await, personal(), ring(1)).await.unwrap();
    let maria = who(7, "Maria-Grazia Quattrocchi");
    store.commit(Batch::new(ente(), [made(1, &maria, "her reason").change])).await.unwrap();
    let mut keys = Vec::new();
    copy_keys(&store, &mut keys).await.unwrap();
    let dir = TempDir::new().unwrap();
    as_written(&server, dir.path(), "Back up PostgreSQL");
    as_written(&server, dir.path(), "Restore PostgreSQL");
    let there = "SELECT count(*) FROM mattoni.key";
    assert_eq!(server.cluster.sql("again", there).unwrap(), "0");
    let restored = server.conninfo().replace("dbname=town", "dbname=again");
    let restored = Postgres::open(&restored).await.unwrap();
    let restored = Vault::open(restored, personal(), ring(1)).await.unwrap();
    let id = Id::<Request>::from_u128(1);
    let closed = load::<Request>(&restored, &ente(), id).await.unwrap_err();
    assert_eq!(closed.kind(), ErrorKind::Locked);
    assert!(verify(&restored, &ente(), |_| {}).await.unwrap().is_clean());
    restore_keys(&restored, &mut keys.as_slice()).await.unwrap();
    let read = load::<Request>(&restored, &ente(), id).await.unwrap().unwrap();
    assert_eq!(read.state.by, maria);
}

/// A base backup, the log archived, and back.
#[tokio::test]
async fn postgres_goes_back_to_a_point_in_time() {
    let archive = TempDir::new_in("/tmp").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    fs::set_permissions(archive.path(), mode).unwrap();
    let archived = archive.path().display();
    let options = mattoni_postgres_cluster::Options::default()
        .with_setting("archive_mode", "on")
        .with_setting("archive_command", &format!("cp %p {archived}/%f"));
    let server = Server::start_with(options);
    let store = server.store().await;
    store.commit(Batch::new(ente(), [hung(1, "a").change])).await.unwrap();
    as_written(&server, archive.path(), "Back to a point in time");
    store.commit(Batch::new(ente(), [hung(2, "a").change])).await.unwrap();
    let noon = server.cluster.sql("postgres", "SELECT clock_timestamp()").unwrap();
    store.commit(Batch::new(ente(), [hung(3, "a").change])).await.unwrap();
    server.admin("SELECT pg_switch_wal(); CHECKPOINT");
    // The last segment is archived when the server goes.
    drop(store);
    drop(server);

    let options = mattoni_postgres_cluster::Options::default()
        .with_setting("restore_command", &format!("cp {archived}/%f %p"))
        .with_setting("recovery_target_time", &noon)
        .with_setting("recovery_target_action", "promote")
        // Nobody is let in before it is all there.
        .with_setting("hot_standby", "off");
    let base = archive.path().join("base");
    let restored = Cluster::restore(&Binaries::find().unwrap(), &base, options).unwrap();
    let conninfo = restored.conninfo("town").replace("user=admin", "user=mattoni");
    let store = Postgres::open(&conninfo).await.unwrap();
    assert!(load::<Lamp>(&store, &ente(), Id::from_u128(2)).await.unwrap().is_some());
    assert!(load::<Lamp>(&store, &ente(), Id::from_u128(3)).await.unwrap().is_none());
    let report = verify(&store, &ente(), |_| {}).await.unwrap();
    assert_eq!((report.rows, report.is_clean()), (2, true));
}
