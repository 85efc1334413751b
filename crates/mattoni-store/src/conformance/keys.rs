//! Keys come and go with the commits that need them.

use mattoni_core::{Digest, Id};

use super::{all, change, code, committed, conflict, ente, stream, works};
use crate::{Batch, Conflict, Erase, KeyFor, Rewrapped, Store, StoredKey};

fn key(id: u128, on: u128, person: u128) -> StoredKey {
    let of = KeyFor::Person { stream: stream(on), person: Id::from_u128(person) };
    StoredKey { id: Id::from_u128(id), of, wrapped: Some(vec![id as u8; 69]) }
}

fn erased(mut key: StoredKey) -> StoredKey {
    key.wrapped = None;
    key
}

/// Keys 11 and 12 of stream 1, of persons 7 and 8; key 21 of stream 2, of person 7.
async fn three(store: &impl Store) {
    let (mut one, mut two) = (change(1, 0, 1), change(2, 0, 1));
    one.keys = vec![key(11, 1, 7), key(12, 1, 8)];
    two.keys = vec![key(21, 2, 7)];
    committed(store, [one, two]).await;
}

/// Every key but the ente's own, which a store that seals has.
async fn of_people(store: &impl Store) -> Vec<StoredKey> {
    let mut all = works(store.all_keys(&ente(), None, 9).await);
    all.retain(|key| key.of != KeyFor::Ente);
    all
}

pub(super) async fn come_with_the_commit(store: &impl Store) {
    three(store).await;
    let all = of_people(store).await;
    assert_eq!(all, [key(11, 1, 7), key(12, 1, 8), key(21, 2, 7)], "all keys, by id");
    let page = works(store.all_keys(&ente(), Some(Id::from_u128(11)), 1).await);
    assert_eq!(page, [key(12, 1, 8)], "a page of keys");
    let of = works(store.keys_of(&ente(), &[stream(2), stream(1), stream(3)]).await);
    assert_eq!(of, all, "keys of streams, by id");
    let hers = works(store.keys_of_person(&ente(), Id::from_u128(7)).await);
    assert_eq!(hers, [key(11, 1, 7), key(21, 2, 7)], "keys of a person");
    let some = works(store.keys(&ente(), &[Id::from_u128(21), Id::from_u128(99)]).await);
    assert_eq!(some, [key(21, 2, 7)], "keys by id");
    assert!(works(store.all_keys(&code("c_h501"), None, 9).await).is_empty(), "another ente");

    let mut late = change(1, 0, 1);
    late.keys = vec![key(13, 1, 9)];
    late.erases = vec![Erase::Stream(stream(1))];
    conflict(store, [late]).await;
    assert_eq!(of_people(store).await, all, "a conflict leaves keys alone");
}

/// What a batch seals under a key of its own would never open again, were another key kept for it.
pub(super) async fn are_one_for_each_person_and_stream(store: &impl Store) {
    three(store).await;
    let all = of_people(store).await;
    let head = works(store.head(&ente()).await);
    let mut late = change(1, 1, 1);
    late.keys = vec![key(13, 1, 7)];
    let lost = conflict(store, [change(2, 1, 1), late.clone()]).await;
    assert_eq!(lost, Conflict::Key { stream: stream(1) });
    assert_eq!((of_people(store).await, works(store.head(&ente()).await)), (all, head));
    late.keys = vec![key(11, 1, 7), key(14, 1, 9)];
    committed(store, [late]).await;
    assert_eq!(of_people(store).await.len(), 4, "the key that is there is no other");
}

pub(super) async fn go_with_the_commit(store: &impl Store) {
    three(store).await;
    let erase = change(3, 0, 1).with_erases([Erase::Person(Id::from_u128(7))]);
    committed(store, [erase]).await;
    let left = of_people(store).await;
    let expected = [erased(key(11, 1, 7)), key(12, 1, 8), erased(key(21, 2, 7))];
    assert_eq!(left, expected, "a person's keys are erased in every stream");
    let mut erase = change(4, 0, 1).with_erases([Erase::Stream(stream(1))]);
    erase.keys = vec![key(41, 4, 8)];
    committed(store, [erase]).await;
    let left = of_people(store).await;
    let expected =
        [erased(key(11, 1, 7)), erased(key(12, 1, 8)), erased(key(21, 2, 7)), key(41, 4, 8)];
    assert_eq!(left, expected, "a stream's keys are erased, whoever's");
}

pub(super) async fn are_restored_and_never_revived(store: &impl Store) {
    three(store).await;
    let copy = [key(11, 1, 7), erased(key(12, 1, 8)), key(51, 5, 7), erased(key(52, 5, 8))];
    assert_eq!(works(store.put_keys(&ente(), &copy).await), 3, "one erased, two added");
    assert_eq!(works(store.put_keys(&ente(), &copy).await), 0, "a second time changes nothing");
    let back = [key(12, 1, 8), key(52, 5, 8), key(99, 1, 7)];
    assert_eq!(works(store.put_keys(&ente(), &back).await), 0, "what was erased stays erased");
    let held = of_people(store).await;
    let expected =
        [key(11, 1, 7), erased(key(12, 1, 8)), key(21, 2, 7), key(51, 5, 7), erased(key(52, 5, 8))];
    assert_eq!(held, expected, "keys after a restore");
    let here = ente();
    let own = StoredKey { id: crate::ENTE_KEY, of: KeyFor::Ente, wrapped: Some(vec![1]) };
    // A store that seals has made one already.
    let there = works(store.keys(&here, &[crate::ENTE_KEY]).await);
    let twins = all((0..8).map(|_| store.put_keys(&here, std::slice::from_ref(&own)))).await;
    let added = twins.into_iter().map(works).sum::<u64>();
    assert_eq!(added + there.len() as u64, 1, "an ente has one key of its own");
    let kept = there.first().unwrap_or(&own);
    let everything = change(9, 0, 1).with_erases([Erase::Person(Id::from_u128(0))]);
    works(store.commit(Batch::new(ente(), [everything])).await.map_err(|e| match e {
        crate::CommitError::Failed(error) => error,
        other => panic!("the batch is committed, not {other:?}"),
    }));
    let left = works(store.keys(&ente(), &[crate::ENTE_KEY]).await);
    assert_eq!(left.iter().collect::<Vec<_>>(), [kept], "and keeps it");
}

pub(super) async fn are_wrapped_anew(store: &impl Store) {
    three(store).await;
    let anew = |id: u128, from: u8| Rewrapped {
        id: Id::from_u128(id),
        from: vec![from; 69],
        to: vec![200; 69],
    };
    let done = store.rewrap(&ente(), &[anew(11, 11), anew(12, 77), anew(99, 99)]).await;
    assert_eq!(works(done), 1, "only keys that are still as they were read");
    let held = works(store.keys_of(&ente(), &[stream(1)]).await);
    assert_eq!(held[0].wrapped, Some(vec![200; 69]), "a key wrapped anew");
    assert_eq!(held[1], key(12, 1, 8), "a key that had changed meanwhile");
}

fn digest(byte: u8) -> Digest {
    Digest::from_bytes([byte; 32])
}

fn blob_key(id: u128, blob: u8, sealed: u8) -> StoredKey {
    let of = KeyFor::Blob { blob: digest(blob), sealed: digest(sealed) };
    StoredKey { id: Id::from_u128(id), of, wrapped: Some(vec![id as u8; 69]) }
}

pub(super) async fn of_blobs_are_found_by_either_digest(store: &impl Store) {
    three(store).await;
    // The second and the third belong to one blob. Ids and digests have different orders.
    let keys =
        [blob_key(64, 1, 201), blob_key(62, 2, 202), blob_key(63, 2, 203), blob_key(61, 255, 0)];
    let mut put = keys.to_vec();
    put.push(erased(blob_key(65, 3, 204)));
    assert_eq!(works(store.put_keys(&ente(), &put).await), 5);

    let of = works(store.keys_of_blobs(&ente(), &[digest(2), digest(3), digest(9)]).await);
    let expected = [keys[1].clone(), keys[2].clone(), erased(blob_key(65, 3, 204))];
    assert_eq!(of, expected, "every key of a blob, by id");
    let of = works(store.keys_of_sealed(&ente(), &[digest(0), digest(204), digest(2)]).await);
    assert_eq!(of, [keys[3].clone(), erased(blob_key(65, 3, 204))], "by the sealed digest");

    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = works(store.blob_keys(&ente(), after, 2).await);
        let Some(KeyFor::Blob { blob, .. }) = page.last().map(|key| key.of.clone()) else { break };
        after = Some(blob);
        seen.extend(page);
    }
    assert_eq!(seen, [&keys[0], &keys[1], &keys[3]].map(Clone::clone), "pages begin after a blob");
    let all = works(store.blob_keys(&ente(), None, 9).await);
    assert_eq!(all, keys, "those of blobs that are not erased, by digest and id");
    assert!(works(store.blob_keys(&code("c_h501"), None, 9).await).is_empty(), "another ente");

    // Half of a blob's digest is not taken for an id of a person or stream.
    let half = u128::from_be_bytes([201; 16]);
    let whose = Id::from_u128(half);
    assert!(works(store.keys_of_person(&ente(), whose).await).is_empty());
    let mut erase = change(9, 0, 1).with_erases([Erase::Person(whose)]);
    erase.erases.push(Erase::Stream(stream(half)));
    committed(store, [erase]).await;
    assert_eq!(works(store.blob_keys(&ente(), None, 9).await), keys, "no blob is a person's");
}

pub(super) async fn are_erased_as_they_were_read(store: &impl Store) {
    three(store).await;
    let (blob, moved) = (blob_key(61, 1, 201), vec![200; 69]);
    works(store.put_keys(&ente(), std::slice::from_ref(&blob)).await);
    let to = Rewrapped { id: blob.id, from: vec![61; 69], to: moved.clone() };
    assert!(works(store.touch_key(&ente(), &to).await));
    assert!(!works(store.touch_key(&ente(), &to).await), "it is wrapped otherwise now");
    assert!(!works(store.erase_key(&ente(), blob.id, &[61; 69]).await), "it was wrapped anew");
    assert!(!works(store.erase_key(&code("c_h501"), blob.id, &moved).await), "another ente");
    assert!(works(store.erase_key(&ente(), blob.id, &moved).await));
    assert!(!works(store.erase_key(&ente(), blob.id, &moved).await), "once");
    let left = works(store.keys(&ente(), &[blob.id]).await);
    assert_eq!(left, [erased(blob.clone())], "the row stays");
    assert_eq!(works(store.put_keys(&ente(), &[blob]).await), 0, "and is never revived");
    assert_eq!(works(store.keys_of(&ente(), &[stream(1)]).await).len(), 2, "others stay");
}
