//! Blobs are sealed each under a key of its own, wherever they are kept, and gone with it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use expect_test::expect_file;
use mattoni_core::{Digest, EnteId};
use mattoni_store::{
    Batch, Blobs, ErrorKind, Journal, Keys, MasterKey, Memory, ObjectBlobs, Sqlite, Store, Vault,
    WithBlobs, collect, copy_keys, restore_keys,
};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::{act, ente, hung, lamps};
use crate::vault::{personal, ring};

const PAPER: &[u8] = b"certificato di residenza di Maria-Grazia Quattrocchi";

async fn vault<S: Store>(store: S) -> Vault<S> {
    Vault::open(store, personal(), ring(1)).await.unwrap()
}

async fn vault_at(path: &Path) -> Vault<Sqlite> {
    vault(Sqlite::open(path).unwrap()).await
}

async fn put(store: &impl Blobs, bytes: &[u8]) -> Digest {
    let digest = store.put(&ente(), bytes.to_vec()).await.unwrap();
    assert_eq!(digest, Digest::of(bytes), "behind the vault nothing shows");
    digest
}

async fn got(store: &impl Blobs, digest: Digest) -> Option<Vec<u8>> {
    store.get(&ente(), digest).await.unwrap()
}

async fn failure(store: &impl Blobs, ente: &EnteId, digest: Digest) -> ErrorKind {
    store.get(ente, digest).await.unwrap_err().kind()
}

/// Whether the bytes stand in any file of the folder or of those in it.
pub(crate) fn stands_in(folder: &Path, what: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|file| {
        let path = file.unwrap().path();
        if path.is_dir() {
            return stands_in(&path, what);
        }
        fs::read(path).unwrap().windows(what.len()).any(|window| window == what)
    })
}

/// Removes what nothing refers to, in two runs a while apart; the lamps refer to nothing.
async fn collected(store: &impl Store, second: i64) -> Vec<Digest> {
    let bricks = lamps();
    let mut gone = Vec::new();
    for at in [second, second + 10] {
        let grace = chrono::TimeDelta::seconds(10);
        let run = collect(store, &ente(), &bricks, act(at).at, grace, |_| {}).await;
        gone.extend(run.unwrap().discarded);
    }
    gone
}

#[tokio::test]
async fn neither_database_nor_folder_holds_a_byte_of_it() {
    let dir = TempDir::new().unwrap();
    let store = vault_at(&dir.path().join("town.db")).await;
    let digest = put(&store, PAPER).await;
    assert_eq!(got(&store, digest).await.unwrap(), PAPER);
    let listed = store.blobs(&ente(), None, 9).await.unwrap();
    assert_eq!((listed[0].digest, listed[0].bytes), (digest, PAPER.len() as u64));
    let kept = store.store().blobs(&ente(), None, 9).await.unwrap();
    assert!(kept.len() == 1 && kept[0].digest != digest, "it is kept by another digest");
    assert!(!stands_in(dir.path(), &PAPER[..12]));

    let (dir, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let database = Sqlite::open(dir.path().join("town.db")).unwrap();
    let elsewhere = ObjectBlobs::folder(files.path()).unwrap();
    let store = vault(WithBlobs::new(database, elsewhere)).await;
    let digest = put(&store, PAPER).await;
    assert_eq!(got(&store, digest).await.unwrap(), PAPER);
    assert!(store.set_aside(&ente(), digest, act(1).at).await.unwrap());
    assert_eq!(got(&store, digest).await.unwrap(), PAPER);
    assert!(stands_in(files.path(), b"mattoni.blob.v1\n"));
    for folder in [&dir, &files] {
        assert!(!stands_in(folder.path(), &PAPER[..12]));
    }
}

#[tokio::test]
async fn what_is_forgotten_or_collected_is_noise_in_an_older_backup() {
    for forgotten in [true, false] {
        let dir = TempDir::new().unwrap();
        let store = vault_at(&dir.path().join("town.db")).await;
        store.commit(Batch::new(ente(), [hung(1, "a").change])).await.unwrap();
        let digest = put(&store, PAPER).await;
        let backup = dir.path().join("monday.backup");
        store.store().back_up(&backup).await.unwrap();
        let (mut old_keys, mut new_keys) = (Vec::new(), Vec::new());
        copy_keys(&store, &mut old_keys).await.unwrap();

        let mut wrapped = store.keys_of_blobs(&ente(), &[digest]).await.unwrap();
        let wrapped = wrapped.remove(0).wrapped.unwrap();

        if forgotten {
            assert!(store.forget(&ente(), digest).await.unwrap());
        } else {
            assert_eq!(collected(&store, 100).await, [digest]);
        }
        assert!(!stands_in(dir.path(), &wrapped), "neither file, nor log, nor backup has the key");
        assert_eq!(got(&store, digest).await, None);
        assert_eq!(store.store().blobs(&ente(), None, 9).await.unwrap(), []);
        let copied = copy_keys(&store, &mut new_keys).await.unwrap();
        assert_eq!((copied.keys, copied.erased), (2, 1), "the ente's and the erased one");

        let restored = vault_at(&backup).await;
        assert_eq!(failure(&restored, &ente(), digest).await, ErrorKind::Locked, "no keys");
        let closed = restored.put(&ente(), b"more".to_vec()).await.unwrap_err();
        assert_eq!(closed.kind(), ErrorKind::Locked);
        restore_keys(&restored, &mut old_keys.as_slice()).await.unwrap();
        assert_eq!(got(&restored, digest).await.unwrap(), PAPER, "as it was then");
        restore_keys(&restored, &mut new_keys.as_slice()).await.unwrap();
        assert_eq!(got(&restored, digest).await, None);
        let back = restore_keys(&restored, &mut old_keys.as_slice()).await.unwrap();
        assert_eq!(back.changed, 0, "an older copy revives nothing");
        assert_eq!(got(&restored, digest).await, None);

        // The sealed bytes are garbage like any other; the same bytes may come again, under a new key.
        assert_eq!(collected(&restored, 200).await.len(), 1);
        put(&restored, PAPER).await;
        assert_eq!(got(&restored, digest).await.unwrap(), PAPER);
        let keys = restored.keys_of_blobs(&ente(), &[digest]).await.unwrap();
        assert_eq!(keys.iter().filter(|key| key.wrapped.is_none()).count(), 1);
        assert_eq!(keys.len(), 2);
    }
}

#[tokio::test]
async fn a_sealed_blob_opens_nowhere_but_in_its_own_place() {
    let of = |paper: &[u8]| format!("'blob {}'", Digest::of(paper));
    let (ours, theirs) = (of(PAPER), of(b"another"));
    let swaps = [
        // Its key says that it is sealed as what the other is.
        format!(
            "UPDATE key SET (stream, person) = (SELECT stream, person FROM key k WHERE k.kind = {theirs}), id = x'09090909090909090909090909090909'
             WHERE kind = {ours}"
        ),
        // The other's key says that it is this one's.
        format!("DELETE FROM key WHERE kind = {ours}; UPDATE key SET kind = {ours} WHERE kind = {theirs}"),
        // The other's wrapped key in the place of its own.
        format!(
            "UPDATE key SET wrapped = (SELECT wrapped FROM key k WHERE k.kind = {theirs}) WHERE kind = {ours}"
        ),
        // One byte of what is sealed, of the form's name and of the end.
        "UPDATE blob SET bytes = CAST(substr(bytes, 1, 39) || x'00' || substr(bytes, 41) AS BLOB)".to_owned(),
        "UPDATE blob SET bytes = CAST(x'00' || substr(bytes, 2) AS BLOB)".to_owned(),
        "UPDATE blob SET bytes = substr(bytes, 1, length(bytes) - 1)".to_owned(),
        // What is sealed, all of it, by the other's digest.
        "UPDATE blob SET bytes = (SELECT bytes FROM blob b WHERE b.digest != blob.digest)".to_owned(),
    ];
    for sql in swaps {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("town.db");
        {
            let store = vault_at(&path).await;
            put(&store, PAPER).await;
            put(&store, b"another").await;
        }
        rusqlite::Connection::open(&path).unwrap().execute_batch(&sql).unwrap();
        let kind = failure(&vault_at(&path).await, &ente(), Digest::of(PAPER)).await;
        assert_eq!(kind, ErrorKind::Corrupt, "{sql}");
    }
}

#[tokio::test]
async fn a_sealed_blob_does_not_open_for_another_ente() {
    let dir = TempDir::new().unwrap();
    let (path, other) = (dir.path().join("town.db"), "c_h501".parse().unwrap());
    {
        let store = vault_at(&path).await;
        put(&store, PAPER).await;
        store.put(&other, b"theirs".to_vec()).await.unwrap();
    }
    let moved = "INSERT INTO blob SELECT 'c_h501', digest, bytes FROM blob WHERE ente = 'c_f051';
         INSERT INTO key SELECT 'c_h501', id, kind, stream, person, wrapped FROM key
         WHERE ente = 'c_f051' AND kind != ''";
    rusqlite::Connection::open(&path).unwrap().execute_batch(moved).unwrap();
    let store = vault_at(&path).await;
    assert_eq!(failure(&store, &other, Digest::of(PAPER)).await, ErrorKind::Corrupt);
    assert_eq!(got(&store, Digest::of(PAPER)).await.unwrap(), PAPER);
}

#[tokio::test]
async fn a_blob_without_its_key_is_locked_and_never_taken_for_garbage() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    let mut keys = Vec::new();
    let digest = {
        let store = vault_at(&path).await;
        store.commit(Batch::new(ente(), [hung(1, "a").change])).await.unwrap();
        let digest = put(&store, PAPER).await;
        copy_keys(&store, &mut keys).await.unwrap();
        digest
    };
    // As after a copy of the keys that is older than the blob.
    let lost = "DELETE FROM key WHERE kind LIKE 'blob %'";
    rusqlite::Connection::open(&path).unwrap().execute_batch(lost).unwrap();
    let store = vault_at(&path).await;
    assert_eq!(failure(&store, &ente(), digest).await, ErrorKind::Locked);
    let closed = store.forget(&ente(), digest).await.unwrap_err();
    assert_eq!(closed.kind(), ErrorKind::Locked, "what is to be erased is still there");
    assert_eq!(collected(&store, 100).await, []);
    let back = restore_keys(&store, &mut keys.as_slice()).await.unwrap();
    assert_eq!(back.changed, 1);
    assert_eq!(got(&store, digest).await.unwrap(), PAPER);

    let bare = Vault::without_key(Sqlite::open(&path).unwrap());
    assert_eq!(failure(&bare, &ente(), digest).await, ErrorKind::Locked);
    assert_eq!(bare.blobs(&ente(), None, 9).await.unwrap().len(), 1, "and yet it is listed");
}

#[tokio::test]
async fn what_was_put_in_the_clear_is_read_listed_and_removed_as_before() {
    let store = Memory::new();
    store.commit(Batch::new(ente(), [hung(1, "a").change])).await.unwrap();
    let mut digests = Vec::new();
    for n in 0..9_u8 {
        digests.push(put(&store, &[n; 5]).await);
    }
    let store = vault(store).await;
    store.begin_sealing(&ente()).await.unwrap();
    assert_eq!(got(&store, digests[0]).await.unwrap(), [0; 5]);
    for n in 9..25_u8 {
        digests.push(put(&store, &[n; 5]).await);
    }
    // One of those that are in the clear, again: sealed now, and listed once.
    put(&store, &[3; 5]).await;
    let mut sorted = digests.clone();
    sorted.sort_unstable();
    for limit in [1, 2, 7, 99] {
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let page = store.blobs(&ente(), after, limit).await.unwrap();
            assert!(page.len() <= limit);
            let Some(last) = page.last() else { break };
            after = Some(last.digest);
            assert!(page.iter().all(|blob| blob.bytes == 5 && blob.aside_since.is_none()));
            seen.extend(page.into_iter().map(|blob| blob.digest));
        }
        assert_eq!(seen, sorted, "pages of {limit}");
    }
    assert!(store.forget(&ente(), digests[3]).await.unwrap());
    assert_eq!(got(&store, digests[3]).await, None, "also what of it was in the clear");
    assert!(store.forget(&ente(), digests[4]).await.unwrap());
    assert_eq!(collected(&store, 100).await.len(), 23);
    assert_eq!(store.store().blobs(&ente(), None, 99).await.unwrap(), []);
}

#[tokio::test]
async fn keys_of_blobs_are_put_under_another_master_key_with_the_others() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    let digest = put(&vault_at(&path).await, PAPER).await;
    let open = |ring| async { Vault::open(Sqlite::open(&path).unwrap(), personal(), ring).await };
    let both = ring(2).and_older(MasterKey::from_bytes([1; 32]));
    let store = open(both).await.unwrap();
    let kept = store.store().blobs(&ente(), None, 9).await.unwrap();
    assert_eq!(store.rotate(&ente()).await.unwrap(), 2, "the ente's and the blob's");
    assert_eq!(store.rotate(&ente()).await.unwrap(), 0);
    let store = open(ring(2)).await.unwrap();
    assert_eq!(got(&store, digest).await.unwrap(), PAPER);
    assert_eq!(store.store().blobs(&ente(), None, 9).await.unwrap(), kept, "the bytes stay");
}

#[tokio::test]
async fn the_sealed_form_of_a_blob_stays_what_it_is() {
    let keys = include_str!("../golden/keys.v2.jsonl");
    let store = vault(Memory::new()).await;
    let restored = restore_keys(&store, &mut keys.as_bytes()).await.unwrap();
    assert_eq!((restored.keys, restored.erased), (3, 1));
    let mut again = Vec::new();
    store.commit(Batch::new(ente(), [hung(1, "a").change])).await.unwrap();
    copy_keys(&store, &mut again).await.unwrap();
    assert_eq!(String::from_utf8(again).unwrap(), keys);
    // Sealed today under yesterday's key, every byte is the same.
    put(&store, PAPER).await;
    let kept = store.store().blobs(&ente(), None, 9).await.unwrap();
    let form = got(store.store(), kept[0].digest).await.unwrap();
    let mut text = String::new();
    for line in form.chunks(32) {
        let digits: String = line.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(text, "{digits}").unwrap();
    }
    expect_file!["../golden/sealed_blob.v1.hex"].assert_eq(&text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_may_put_the_same_bytes_at_once() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("town.db");
    let one = vault_at(&path).await;
    put(&one, b"another").await;
    let putting = (0..8).map(|_| {
        let path = path.clone();
        // Each with a handle of its own, like a process.
        tokio::spawn(async move { put(&vault_at(&path).await, PAPER).await })
    });
    for digest in futures_util::future::join_all(putting).await {
        assert_eq!(got(&one, digest.unwrap()).await.unwrap(), PAPER);
    }
    let listed = one.blobs(&ente(), None, 9).await.unwrap();
    assert_eq!(listed.len(), 2, "it is listed once");
    assert!(one.forget(&ente(), Digest::of(PAPER)).await.unwrap());
    assert_eq!(got(&one, Digest::of(PAPER)).await, None);
    assert_eq!(one.store().blobs(&ente(), None, 9).await.unwrap().len(), 1, "and gone at once");
}

#[tokio::test]
async fn the_largest_blob_is_still_one_once_it_is_sealed() {
    // A form as long as that of the largest; to seal that many bytes takes a debug build minutes.
    let mut form = b"mattoni.blob.v1\n".to_vec();
    form.resize(mattoni_store::MAX_BLOB + 48, 7);
    let (store, elsewhere) = (Memory::new(), ObjectBlobs::memory());
    let digest = put(&store, &form).await;
    assert!(got(&store, digest).await.unwrap() == form);
    put(&elsewhere, &form).await;
    assert!(got(&elsewhere, digest).await.unwrap() == form);
    form.push(7);
    assert_eq!(store.put(&ente(), form).await.unwrap_err().kind(), ErrorKind::TooLarge);
    let largest = vec![7; mattoni_store::MAX_BLOB + 1];
    let refused = vault(Memory::new()).await.put(&ente(), largest).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::TooLarge);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_altered_in_a_file_is_not_handed_out(
        bytes in prop::collection::vec(any::<u8>(), 0..80), at in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let files = TempDir::new().unwrap();
            let elsewhere = ObjectBlobs::folder(files.path()).unwrap();
            let store = vault(WithBlobs::new(Memory::new(), elsewhere)).await;
            let digest = put(&store, &bytes).await;
            prop_assert_eq!(&got(&store, digest).await.unwrap(), &bytes);
            let kept = store.store().blobs(&ente(), None, 9).await.unwrap()[0].digest.to_string();
            let file = files.path().join("c_f051/kept").join(&kept[..2]).join(&kept);
            let mut form = fs::read(&file).unwrap();
            let at = at.index(form.len());
            form[at] ^= 1_u8 << bit;
            fs::write(&file, form).unwrap();
            prop_assert_eq!(failure(&store, &ente(), digest).await, ErrorKind::Corrupt);
            // As without a vault, putting it again heals it.
            put(&store, &bytes).await;
            prop_assert_eq!(got(&store, digest).await.unwrap(), bytes);
            Ok(())
        })?;
    }
}
