//! Keys come and go with the commits that need them.

use mattoni_core::Id;

use super::{all, change, code, committed, conflict, ente, stream, works};
use crate::{Batch, Erase, KeyFor, Rewrapped, Store, StoredKey};

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
    // A store that seals has drawn one already.
    let there = works(store.keys(&here, &[crate::ENTE_KEY]).await);
    let twins = all((0..2).map(|_| store.put_keys(&here, std::slice::from_ref(&own)))).await;
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
