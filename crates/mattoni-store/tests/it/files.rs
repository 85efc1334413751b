//! Files that are not ours, not of our time, not to be written, or shared.

use std::fs;
use std::path::Path;
use std::time::Duration;

use mattoni_core::Id;
use mattoni_store::sqlite::Options;
use mattoni_store::{
    Batch, Blobs, CommitError, Error, ErrorKind, Journal, Outbox, Sqlite, load, verify,
};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::{Lamp, ente, hung, town};

fn kinds(path: &Path) -> [Option<ErrorKind>; 2] {
    let kind = |opened: Result<Sqlite, Error>| opened.err().map(|e| e.kind());
    [kind(Sqlite::open(path)), kind(Sqlite::open_read_only(path))]
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("letter.txt");
    let letter = "Egregio sindaco, ".repeat(1000);
    fs::write(&path, &letter).unwrap();
    assert_eq!(kinds(&path), [Some(ErrorKind::NotAStore); 2]);
    assert_eq!(fs::read_to_string(&path).unwrap(), letter);
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE journal (x)").unwrap();
    let before = fs::read(&path).unwrap();
    assert_eq!(kinds(&path), [Some(ErrorKind::NotAStore); 2]);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_refused_and_says_so() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    drop(town(&dir, 1).await);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(kinds(&path), [Some(ErrorKind::NewerSchema); 2]);
    let error = Sqlite::open(&path).unwrap_err().to_string();
    assert!(error.contains("schema=99, newest_known="), "{error}");
}

#[test]
fn what_is_not_there_cannot_be_read_but_can_be_made() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("a town's file.db");
    assert_eq!(Sqlite::open_read_only(&path).unwrap_err().kind(), ErrorKind::Io);
    fs::write(&path, "").unwrap();
    assert_eq!(Sqlite::open_read_only(&path).unwrap_err().kind(), ErrorKind::NotAStore);
    drop(Sqlite::open(&path).unwrap());
    drop(Sqlite::open_read_only(&path).unwrap());
    assert_eq!(kinds(&dir.path().join("no/such/folder.db")), [Some(ErrorKind::Io); 2]);
}

#[tokio::test]
async fn a_store_open_for_reading_reads_a_living_file_and_writes_nothing() {
    let dir = TempDir::new().unwrap();
    let writer = town(&dir, 2).await;
    let reader = Sqlite::open_read_only(dir.path().join("town.db")).unwrap();
    writer.commit(Batch::new(ente(), [hung(9, "b").change])).await.unwrap();
    let lamp = load::<Lamp>(&reader, &ente(), Id::from_u128(9)).await.unwrap();
    assert_eq!(lamp.unwrap().state.hall, "b");
    assert!(verify(&reader, &ente(), |_| {}).await.unwrap().is_clean());

    let refused = reader.commit(Batch::new(ente(), [hung(3, "b").change])).await.unwrap_err();
    assert!(matches!(refused, CommitError::Failed(e) if e.kind() == ErrorKind::ReadOnly));
    let refused = reader.put(&ente(), vec![1]).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ReadOnly);
    let refused = reader.delivered(&ente(), &[]).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ReadOnly);
}

#[tokio::test]
async fn a_closed_store_is_one_file_and_opens_again_as_it_was() {
    let dir = TempDir::new().unwrap();
    let head = town(&dir, 2).await.head(&ente()).await.unwrap();
    let files: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(files, ["town.db"], "the log is tidied away");
    let again = Sqlite::open(dir.path().join("town.db")).unwrap();
    assert_eq!(again.head(&ente()).await.unwrap(), head);
}

#[tokio::test]
async fn a_file_held_by_another_for_too_long_is_a_temporary_error() {
    let dir = TempDir::new().unwrap();
    drop(town(&dir, 1).await);
    let path = dir.path().join("town.db");
    let options = Options::default().with_patience(Duration::from_millis(1));
    let store = Sqlite::open_with(&path, &options).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let commit = || store.commit(Batch::new(ente(), [hung(5, "a").change]));
    match commit().await {
        Err(CommitError::Failed(e)) => assert!(e.temporary(), "{e:?}"),
        other => panic!("{other:?}"),
    }
    other.execute_batch("ROLLBACK").unwrap();
    commit().await.unwrap();
}

#[tokio::test]
async fn an_altered_blob_is_not_handed_out() {
    let dir = TempDir::new().unwrap();
    let store = town(&dir, 1).await;
    let digest = store.put(&ente(), b"birth certificate".to_vec()).await.unwrap();
    let raw = Connection::open(dir.path().join("town.db")).unwrap();
    raw.execute_batch("UPDATE blob SET bytes = x'00'").unwrap();
    let error = store.get(&ente(), digest).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
}

#[tokio::test]
async fn a_journal_ahead_of_its_head_is_an_error_not_a_fork() {
    let dir = TempDir::new().unwrap();
    let store = town(&dir, 1).await;
    let raw = Connection::open(dir.path().join("town.db")).unwrap();
    raw.execute_batch("DELETE FROM head").unwrap();
    match store.commit(Batch::new(ente(), [hung(5, "a").change])).await {
        Err(CommitError::Failed(e)) => assert_eq!(e.kind(), ErrorKind::Corrupt),
        other => panic!("{other:?}"),
    }
}
