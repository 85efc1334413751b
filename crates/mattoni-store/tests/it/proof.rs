//! Checkpoints: what is published holds, and what contradicts it is found.

use chrono::DateTime;
use expect_test::expect;
use mattoni_core::{Id, Problems};
use mattoni_store::proof::{Contradiction, SignedCheckpoint, SigningKey, checkpoint, confirm};
use mattoni_store::{Batch, ErrorKind, Journal, Memory, Sqlite, verify};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::{act, ente, hung, town};

fn key() -> SigningKey {
    SigningKey::from_seed([7; 32])
}

async fn signed(store: &dyn Journal, last: Option<&SignedCheckpoint>) -> SignedCheckpoint {
    checkpoint(store, &ente(), last, &key(), act(9).at, |_| {}).await.unwrap().unwrap()
}

async fn lamps(count: u128) -> Memory {
    let store = Memory::new();
    store.commit(Batch::new(ente(), (1..=count).map(|id| hung(id, "a").change))).await.unwrap();
    store
}

fn codes(answer: Result<(), Problems>) -> Vec<String> {
    let problems = answer.err().into_iter().flatten();
    problems.map(|problem| problem.code.into_owned()).collect()
}

#[tokio::test]
async fn what_is_published_keeps_its_form() {
    let store = lamps(3).await;
    let first = signed(&store, None).await;
    expect![[r#"
        {
          "checkpoint": {
            "format": "mattoni.checkpoint.v1",
            "ente": "c_f051",
            "at": "2026-02-02T02:40:09.654321Z",
            "head": {
              "seq": 3,
              "hash": "9a66aa5a29f431ef26b38a2aea3cd978a3e707247fd8b0b7b7f820e4dca8b0e1"
            },
            "root": "903c4064bb414bc9ebe94599e8003580a89591692e51c07e55644e9827e3d5ad",
            "peaks": [
              "75dab9c0fb41136d9cd089c4cc134a3d5d7425a4486a13b0bc61d421e6657ae8",
              "369f57e9877b0615f16a5018cadfc4f0dbb3709a11240ca46b8a50a61bbc3262"
            ]
          },
          "key": "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c",
          "signature": "16653591343cfb0e4a4ee5549556b5f639f5e23b3a33b7f4207843ca22c1e129dcd61b32fab458bb797e55f5b063d7551f45c8d0d458c183183dc8047e60a508"
        }"#]].assert_eq(&serde_json::to_string_pretty(&first).unwrap());
}

#[tokio::test]
async fn a_checkpoint_goes_on_from_the_last_as_from_the_beginning() {
    let store = Memory::new();
    let nothing = checkpoint(&store, &ente(), None, &key(), act(0).at, |_| {}).await.unwrap();
    assert_eq!(nothing, None);
    let mut last = None;
    for id in 1..=11 {
        store.commit(Batch::new(ente(), [hung(id, "a").change])).await.unwrap();
        let onwards = signed(&store, last.as_ref()).await;
        assert_eq!(onwards, signed(&store, None).await);
        assert_eq!(signed(&store, Some(&onwards)).await, onwards, "nothing happened since");
        last = Some(onwards);
    }
}

#[tokio::test]
async fn whatever_is_altered_in_a_checkpoint_is_found() {
    let store = lamps(5).await;
    let good = signed(&store, None).await;
    assert_eq!(codes(good.verify(&key().public())), [""; 0]);
    let stranger = SigningKey::from_seed([8; 32]).public();
    assert_eq!(codes(good.verify(&stranger)), ["proof.key", "proof.signature"]);
    let text = serde_json::to_string(&good).unwrap();
    for (from, to, expected) in [
        ("c_f051", "c_a001", "proof.signature"),
        ("2026-02-02T", "2026-02-03T", "proof.signature"),
        (r#""seq":5"#, r#""seq":9"#, "proof.signature"),
        (".v1", ".v2", "proof.format"),
    ] {
        let forged: SignedCheckpoint = serde_json::from_str(&text.replace(from, to)).unwrap();
        assert_eq!(codes(forged.verify(&key().public())), [expected], "{from}");
    }
    let mut forged = good.clone();
    forged.checkpoint.peaks.pop();
    assert_eq!(codes(forged.verify(&key().public())), ["proof.root"]);
}

/// A town whose file was edited after a checkpoint.
async fn edited(sql: &str) -> (TempDir, Sqlite, SignedCheckpoint) {
    let dir = TempDir::new().unwrap();
    let store = town(&dir, 3).await;
    let good = signed(&store, None).await;
    Connection::open(dir.path().join("town.db")).unwrap().execute_batch(sql).unwrap();
    (dir, store, good)
}

#[tokio::test]
async fn a_tail_that_was_cut_off_with_the_head_set_back_is_found() {
    let (_dir, store, good) = edited(
        "DELETE FROM journal WHERE seq > 7;
         UPDATE head SET seq = 7, hash = (SELECT hash FROM journal WHERE seq = 7)",
    )
    .await;
    assert!(
        verify(&store, &ente(), |_| {}).await.unwrap().is_clean(),
        "the chain alone does not show it"
    );
    let journal = store.head(&ente()).await.unwrap();
    assert_eq!(confirm(&store, &good).await.unwrap(), Some(Contradiction::Cut { journal }));
    let next = checkpoint(&store, &ente(), Some(&good), &key(), act(0).at, |_| {}).await;
    assert_eq!(next.unwrap_err().kind(), ErrorKind::Corrupt, "nor is it signed over");
    // Written on over the cut: as long as before, and another.
    store.commit(Batch::new(ente(), (7..=9).map(|id| hung(id, "a").change))).await.unwrap();
    let found = confirm(&store, &good).await.unwrap().unwrap();
    assert!(matches!(found, Contradiction::Rewritten { seq: 9, hash: Some(_) }), "{found:?}");
}

#[tokio::test]
async fn a_journal_that_does_not_hold_is_not_signed() {
    for edit in [
        "UPDATE journal SET at = 0 WHERE seq = 5",
        "DELETE FROM journal WHERE seq = 5",
        "DELETE FROM journal WHERE seq = 9",
        "UPDATE head SET hash = zeroblob(32)",
    ] {
        let (_dir, store, _) = edited(edit).await;
        let next = checkpoint(&store, &ente(), None, &key(), act(0).at, |_| {}).await;
        assert_eq!(next.unwrap_err().kind(), ErrorKind::Corrupt, "{edit}");
    }
}

#[tokio::test]
async fn a_clock_going_backwards_changes_neither_order_nor_proof() {
    let store = lamps(1).await;
    let early = DateTime::UNIX_EPOCH;
    let event = crate::support::LampEvent::Hung { hall: "b".to_owned() };
    let mut past = act(0);
    past.at = early;
    let change =
        mattoni_store::Next::<crate::support::Lamp>::open(Id::from_u128(2), &past, &[event]);
    store.commit(Batch::new(ente(), [change.unwrap().change])).await.unwrap();
    let rows = store.scan(&ente(), 0, 9).await.unwrap();
    assert!(rows[1].at_micros < rows[0].at_micros, "as it was said");
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2], "as it happened");
    assert!(verify(&store, &ente(), |_| {}).await.unwrap().is_clean());
    let first = signed(&store, None).await;
    let again = checkpoint(&store, &ente(), Some(&first), &key(), early, |_| {}).await;
    again.unwrap().unwrap().verify(&key().public()).unwrap();
}
