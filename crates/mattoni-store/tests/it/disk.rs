//! A disk that is really full, and one that really cannot be written: the test's executable runs
//! again where it has mounts of its own. That takes Linux and the right to mount; where there is
//! neither, these tests say that they were left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use mattoni_core::{Digest, Id};
use mattoni_store::{CommitError, Conflict, ErrorKind, Journal, Sequences, Sqlite, load, verify};
use tempfile::TempDir;

use crate::crash::{assert_store_whole, numbered};
use crate::server::Server;
use crate::support::{Lamp, ente, town};

/// Names the folder that is mounted.
const FOLDER: &str = "MATTONI_STORE_TEST_MOUNT";

/// The folder, in the process that has it mounted.
fn mounted() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// Runs the test again where `mount`, of which `$0` is the folder, was done: as root, or as an
/// ordinary user who is root of a namespace for as long as it takes to mount.
fn run_where(mount: &str, folder: &Path, test: &str) {
    // No server runs as root, so whoever was none before is none again.
    let user = |flag: &str| {
        let id = Command::new("id").arg(flag).output().unwrap().stdout;
        String::from_utf8(id).unwrap().trim().to_owned()
    };
    let back =
        format!("exec unshare -U --map-user={} --map-group={} \"$@\"", user("-u"), user("-g"));
    let rights = [(&["-m"][..], "exec \"$@\""), (&["-Urm"][..], back.as_str())];
    let may = |(flags, _): &&(&[&str], &str)| {
        let script = "mount -t tmpfs none \"$0\"";
        let mut tried = Command::new("unshare");
        tried
            .args(*flags)
            .args(["sh", "-c", script])
            .arg(folder)
            .output()
            .is_ok_and(|output| output.status.success())
    };
    let Some((flags, run)) = rights.iter().find(may) else {
        eprintln!("nothing can be mounted here: this test was left out");
        return;
    };
    let output = Command::new("unshare")
        .args(*flags)
        .args(["sh", "-c", &format!("{mount} && {run}")])
        .arg(folder)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(FOLDER, folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "it did run: {said}");
}

/// A file that can be removed when space is needed.
fn ballast(folder: &Path, bytes: usize) -> PathBuf {
    let path = folder.join("ballast");
    std::fs::write(&path, vec![0; bytes]).unwrap();
    path
}

#[tokio::test]
async fn a_full_disk_is_said_to_be_full_and_once_there_is_room_the_store_goes_on() {
    const TEST: &str =
        "disk::a_full_disk_is_said_to_be_full_and_once_there_is_room_the_store_goes_on";
    let Some(folder) = mounted() else {
        let dir = TempDir::new().unwrap();
        return run_where("mount -t tmpfs -o size=16m none \"$0\"", dir.path(), TEST);
    };
    let ballast = ballast(&folder, 8 << 20);
    let store = Sqlite::open(folder.join("town.db")).unwrap();
    let (mut acknowledged, mut refused) = (BTreeMap::new(), 0);
    // What is refused is refused again for as long as there is no room.
    for n in 1.. {
        match store.commit(numbered(n.into(), n)).await {
            Ok(_) => acknowledged.insert(n.into(), n),
            Err(CommitError::Failed(error)) => {
                assert_eq!(error.kind(), ErrorKind::Full, "{error:?}");
                for again in 0..3 {
                    let lost = store.commit(numbered(n.into(), n)).await.unwrap_err();
                    assert!(
                        matches!(&lost, CommitError::Failed(e) if e.kind() == ErrorKind::Full),
                        "{again}: {lost:?}"
                    );
                    refused += 1;
                }
                break;
            }
            Err(other) => panic!("{other:?}"),
        };
    }
    assert!(acknowledged.len() > 10 && refused == 3);
    assert!(verify(&store, &ente(), |_| {}).await.unwrap().is_clean(), "it still reads");
    std::fs::remove_file(ballast).unwrap();
    let next = acknowledged.len() as u64 + 1;
    for n in next..next + 20 {
        store.commit(numbered(n.into(), n)).await.unwrap();
        acknowledged.insert(n.into(), n);
    }
    assert_store_whole(&store, &acknowledged).await;
}

#[tokio::test]
async fn a_server_whose_disk_is_full_loses_nothing_acknowledged_and_goes_on() {
    const TEST: &str = "disk::a_server_whose_disk_is_full_loses_nothing_acknowledged_and_goes_on";
    let Some(folder) = mounted() else {
        // Of the test's own: what is elsewhere, this program for one, is still there.
        let dir = TempDir::new_in("/tmp").unwrap();
        let mount = "mount -t tmpfs -o size=160m,mode=1777 none \"$0\"";
        return run_where(mount, dir.path(), TEST);
    };
    let ballast = ballast(&folder, 16 << 20);
    let options = mattoni_postgres_cluster::Options::default()
        .within(&folder)
        .with_setting("min_wal_size", "32MB")
        .with_setting("max_wal_size", "32MB");
    let mut server = Server::start_with(options);
    let store = server.store().await;
    let heavy = |number: u64| {
        let mut batch = numbered(number.into(), number);
        // Nothing that a database could make smaller.
        let noise = |n: u64| Digest::of(&(number << 32 | n).to_le_bytes()).to_string();
        let noise: String = (0..15_000).map(noise).collect();
        batch.changes[0].events[0].body =
            format!(r#"{{"event":"hung","hall":"{number}","noise":"{noise}"}}"#).into_bytes();
        batch
    };
    let mut acknowledged = BTreeMap::new();
    let told = loop {
        let number = acknowledged.len() as u64 + 1;
        match store.commit(heavy(number)).await {
            Ok(_) => acknowledged.insert(number.into(), number),
            Err(CommitError::Failed(error)) => break error.kind(),
            Err(other) => panic!("{other:?}"),
        };
        assert!(number < 200, "the disk is never full");
    };
    // Where it was the log that found no room the server went down, and nobody can know.
    let kinds = [ErrorKind::Full, ErrorKind::Unknown, ErrorKind::Unreachable];
    assert!(kinds.contains(&told), "{told:?}");
    std::fs::remove_file(ballast).unwrap();
    server.cluster.kill();
    server.cluster.restart().unwrap();
    let number = acknowledged.len() as u64 + 1;
    loop {
        match store.commit(heavy(number)).await {
            Ok(_) => break,
            // It was done, and could not be said.
            Err(CommitError::Conflict(Conflict::Version { .. })) if told != ErrorKind::Full => {
                break;
            }
            // It is still reading its log.
            Err(CommitError::Failed(e)) if e.kind() == ErrorKind::Unreachable => {
                tokio::task::yield_now().await;
            }
            other => panic!("{other:?}"),
        }
    }
    acknowledged.insert(number.into(), number);
    assert_store_whole(&store, &acknowledged).await;
    assert_eq!(store.last(&ente(), "lamps").await.unwrap(), number);
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_refused_and_left_as_it_is() {
    const TEST: &str = "disk::a_file_that_cannot_be_written_is_refused_and_left_as_it_is";
    let Some(folder) = mounted() else {
        let dir = TempDir::new().unwrap();
        drop(town(&dir, 2).await);
        let before = std::fs::read(dir.path().join("town.db")).unwrap();
        let mount = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"";
        run_where(mount, dir.path(), TEST);
        assert_eq!(std::fs::read(dir.path().join("town.db")).unwrap(), before);
        let store = Sqlite::open(dir.path().join("town.db")).unwrap();
        assert!(load::<Lamp>(&store, &ente(), Id::from_u128(2)).await.unwrap().is_some());
        return;
    };
    let error = Sqlite::open(folder.join("town.db")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ReadOnly, "{error:?}");
    assert!(error.to_string().contains("town.db"), "{error}");
    assert_eq!(Sqlite::open(folder.join("new.db")).unwrap_err().kind(), ErrorKind::Io);
}
