//! Attachments beside the database: what only files can do wrong.

use std::fs;
use std::process::Command;
use std::sync::Arc;

use mattoni_core::Digest;
use mattoni_store::{Blobs, ErrorKind, Memory, ObjectBlobs, WithBlobs};
use tempfile::TempDir;

use crate::manual;
use crate::support::{act, ente};

#[tokio::test]
async fn an_altered_file_is_not_handed_out_and_putting_it_again_heals_it() {
    let dir = TempDir::new().unwrap();
    let store = ObjectBlobs::folder(dir.path()).unwrap();
    let digest = store.put(&ente(), b"certificato".to_vec()).await.unwrap();
    let name = digest.to_string();
    let file = dir.path().join("c_f051/kept").join(&name[..2]).join(&name);
    assert_eq!(fs::read(&file).unwrap(), b"certificato", "an operator finds it by its digest");
    fs::write(&file, b"certificat0").unwrap();
    assert_eq!(store.get(&ente(), digest).await.unwrap_err().kind(), ErrorKind::Corrupt);
    store.put(&ente(), b"certificato".to_vec()).await.unwrap();
    assert_eq!(store.get(&ente(), digest).await.unwrap().unwrap(), b"certificato");
}

#[tokio::test]
async fn the_guide_s_commands_copy_every_file_and_find_an_altered_one() {
    let dir = TempDir::new().unwrap();
    let store = ObjectBlobs::folder(dir.path().join("attachments")).unwrap();
    for n in 0..20_u8 {
        store.put(&ente(), vec![n; 100]).await.unwrap();
    }
    let run = |heading| {
        let script = manual::commands(heading);
        let shell = Command::new("sh").args(["-e", "-c", &script]).current_dir(dir.path()).output();
        shell.unwrap().status.success()
    };
    assert!(run("Back up attachments") && run("Back up attachments"), "also on top of another");
    let copy = ObjectBlobs::folder(dir.path().join("backup")).unwrap();
    let listed = copy.blobs(&ente(), None, 99).await.unwrap();
    assert_eq!(listed.len(), 20);
    assert_eq!(listed, store.blobs(&ente(), None, 99).await.unwrap());
    assert!(run("Check attachments"));
    let name = listed[7].digest.to_string();
    fs::write(dir.path().join("attachments/c_f051/kept").join(&name[..2]).join(&name), "x")
        .unwrap();
    assert!(!run("Check attachments"));
}

#[tokio::test]
async fn files_of_somebody_else_are_left_alone() {
    let dir = TempDir::new().unwrap();
    let store = ObjectBlobs::folder(dir.path()).unwrap();
    let digest = store.put(&ente(), b"certificato".to_vec()).await.unwrap();
    let stranger = dir.path().join("c_f051/kept").join(&digest.to_string()[..2]).join("notes.txt");
    fs::write(&stranger, "mine").unwrap();
    fs::create_dir_all(dir.path().join("c_f051/aside/yesterday")).unwrap();
    let listed = store.blobs(&ente(), None, 9).await.unwrap();
    assert_eq!(listed.iter().map(|blob| blob.digest).collect::<Vec<_>>(), [digest]);
    assert!(store.set_aside(&ente(), digest, act(0).at).await.unwrap());
    assert!(store.discard(&ente(), digest, act(0).at).await.unwrap());
    assert_eq!(fs::read_to_string(&stranger).unwrap(), "mine");
}

#[tokio::test]
async fn blobs_that_are_in_the_database_already_are_still_read_and_collected() {
    let dir = TempDir::new().unwrap();
    let database = Memory::new();
    let old = database.put(&ente(), b"certificato".to_vec()).await.unwrap();
    let store = WithBlobs::new(database, ObjectBlobs::folder(dir.path()).unwrap());
    assert_eq!(store.get(&ente(), old).await.unwrap().unwrap(), b"certificato");
    let new = store.put(&ente(), b"carta".to_vec()).await.unwrap();
    assert_eq!(store.store().get(&ente(), new).await.unwrap(), None, "new ones are elsewhere");
    assert_eq!(store.elsewhere().blobs(&ente(), None, 9).await.unwrap().len(), 1);

    // Sent again, it is at both places; listed once, and in use as long as it is at one.
    assert_eq!(store.put(&ente(), b"certificato".to_vec()).await.unwrap(), old);
    let aside = async || {
        let listed = store.blobs(&ente(), None, 9).await.unwrap();
        listed.into_iter().map(|blob| (blob.digest, blob.aside_since)).collect::<Vec<_>>()
    };
    let [sooner, later] = [3, 5].map(|second| act(second).at);
    assert!(store.elsewhere().set_aside(&ente(), old, sooner).await.unwrap());
    let mut expected = vec![(old, None), (new, None)];
    expected.sort();
    assert_eq!(aside().await, expected);
    assert!(store.set_aside(&ente(), old, later).await.unwrap());
    assert!(aside().await.contains(&(old, Some(later))));
    assert_eq!(store.blobs(&ente(), None, 1).await.unwrap().len(), 1);
    assert!(store.discard(&ente(), old, later).await.unwrap());
    assert_eq!(store.get(&ente(), old).await.unwrap(), None, "from both");
    assert_eq!(aside().await, [(new, None)]);
}

#[tokio::test]
async fn a_folder_that_cannot_be_is_an_error() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    let error = ObjectBlobs::folder(dir.path().join("file/blobs")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("path="), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_put_while_others_set_it_aside_and_take_it_back_is_there_and_no_error() {
    let dir = TempDir::new().unwrap();
    let blobs = Arc::new(ObjectBlobs::folder(dir.path()).unwrap());
    let paper = b"certificato di residenza".to_vec();
    let digest = Digest::of(&paper);
    let putting = (0..2).map(|_| {
        let (blobs, paper) = (Arc::clone(&blobs), paper.clone());
        tokio::spawn(async move {
            for _ in 0..60 {
                blobs.put(&ente(), paper.clone()).await.unwrap();
            }
        })
    });
    let blobs_of_others = Arc::clone(&blobs);
    let others = tokio::spawn(async move {
        for second in 0..60 {
            blobs_of_others.set_aside(&ente(), digest, act(second).at).await.unwrap();
            blobs_of_others.take_back(&ente(), digest).await.unwrap();
        }
    });
    for task in putting.chain([others]).collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(blobs.get(&ente(), digest).await.unwrap(), Some(paper));
}
