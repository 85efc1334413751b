//! What is kept can be read by its owner only, and what was erased leaves the files.

use std::path::Path;
use std::time::Duration;

use mattoni_core::Id;
use mattoni_store::{Batch, Erase, Journal, Keys, ObjectBlobs, Sqlite, Vault, sqlite};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::{ente, hung};
use crate::vault::{made, personal, ring, who};

#[cfg(unix)]
#[tokio::test]
async fn files_and_folders_that_the_store_makes_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let dir = TempDir::new().unwrap();
    let store = Sqlite::open(dir.path().join("town.db")).unwrap();
    store.commit(Batch::new(ente(), [hung(1, "a").change])).await.unwrap();
    store.back_up(dir.path().join("monday.db")).await.unwrap();
    for file in ["town.db", "town.db-wal", "town.db-shm", "monday.db"] {
        assert_eq!(mode(&dir.path().join(file)), 0o600, "{file}");
    }
    let attachments = dir.path().join("srv/attachments");
    ObjectBlobs::folder(&attachments).unwrap();
    assert_eq!((mode(&attachments), mode(&dir.path().join("srv"))), (0o700, 0o700));
}

/// Whether the bytes stand in the file or its log.
fn stands_in(path: &Path, what: &[u8]) -> bool {
    ["", "-wal"].iter().any(|end| {
        let mut file = path.as_os_str().to_owned();
        file.push(end);
        let bytes = std::fs::read(file).unwrap_or_default();
        bytes.windows(what.len()).any(|window| window == what)
    })
}

#[tokio::test]
async fn an_erased_key_leaves_file_and_log_once_no_reader_needs_them() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    let options = sqlite::Options::default().with_patience(Duration::from_millis(1));
    let store = Sqlite::open_with(&path, &options).unwrap();
    let store = Vault::open(store, personal(), ring(1)).await.unwrap();
    store.commit(Batch::new(ente(), [made(1, &who(7, "Maria"), "a reason").change])).await.unwrap();
    let keys = store.keys_of_person(&ente(), Id::from_u128(7)).await.unwrap();
    let wrapped = keys[0].wrapped.clone().unwrap();

    // Somebody reads, and does not end.
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM key").unwrap();
    let erasing = hung(900, "erasure").change.with_erases([Erase::Person(Id::from_u128(7))]);
    store.commit(Batch::new(ente(), [erasing])).await.unwrap();
    assert!(stands_in(&path, &wrapped), "the reader sees the store as it was");

    reader.execute_batch("COMMIT").unwrap();
    store.commit(Batch::new(ente(), [hung(901, "later").change])).await.unwrap();
    assert!(!stands_in(&path, &wrapped), "the next commit takes it away");
}
