//! What reads promise.

use mattoni_core::Id;

use super::{at, change, code, committed, ente, holding, stream, works};
use crate::{
    AfterFailure, Batch, Effect, EffectId, Head, Recorded, SequenceClaim, Store, Stream, Version,
};

pub(super) async fn are_paged(store: &impl Store) {
    committed(store, (1..=7).map(|id| change(id, 0, id as u64))).await;

    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = works(store.streams(&ente(), "lamp", after, 3).await);
        assert!(page.len() <= 3, "a page is no longer than asked for");
        let Some(last) = page.last() else { break };
        after = Some(last.stream.id);
        seen.extend(page.iter().map(|state| state.stream.id.as_u128()));
    }
    assert_eq!(seen, (1..=7).collect::<Vec<_>>(), "every stream once, by id");

    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = works(store.scan(&ente(), after, 5).await);
        let Some(last) = page.last() else { break };
        after = last.seq;
        seen.extend(page.iter().map(|row| row.seq));
    }
    assert_eq!(seen, (1..=28).collect::<Vec<_>>(), "every row once, by place");

    let rows = works(store.history(&ente(), &stream(7), Version::new(2), 3).await);
    assert_eq!(rows.iter().map(|row| row.version.get()).collect::<Vec<_>>(), [3, 4, 5]);
    let recorded = works(store.recorded_streams(&ente(), "lamp", Some(Id::from_u128(5)), 9).await);
    let recorded: Vec<_> =
        recorded.iter().map(|r| (r.stream.id.as_u128(), r.rows, r.last.get())).collect();
    assert_eq!(recorded, [(6, 6, 6), (7, 7, 7)]);
    assert!(works(store.streams(&ente(), "lamp", None, 0).await).is_empty());
    assert!(works(store.streams(&ente(), "fan", None, 9).await).is_empty());
}

pub(super) async fn follow_the_chain(store: &impl Store) {
    let follow = async |start, limit| works(store.follow(&ente(), start, limit).await);
    assert_eq!(follow(Head::START, 9).await, Head::START, "nothing follows in an empty journal");
    let head = committed(store, (1..=3).map(|id| change(id, 0, 3))).await.head;
    let rows = works(store.scan(&ente(), 0, 9).await);
    let end = |row: &Recorded| Head { seq: row.seq, hash: row.hash };
    assert_eq!(follow(Head::START, 99).await, head, "a sound chain holds to its end");
    assert_eq!(follow(Head::START, 4).await, end(&rows[3]), "no further than asked for");
    assert_eq!(follow(end(&rows[3]), 2).await, end(&rows[5]), "from any row");
    assert_eq!(follow(Head::START, 0).await, Head::START);
    assert_eq!(follow(head, 9).await, head);
    let elsewhere = Head { seq: 3, hash: rows[3].hash };
    assert_eq!(follow(elsewhere, 9).await, elsewhere, "no row follows what is not before it");
}

pub(super) async fn load_many_in_order(store: &impl Store) {
    let mut fan = change(2, 0, 1);
    fan.stream.kind = "fan".into();
    let kind = |kind: &'static str, id| Stream::new(kind, Id::from_u128(id));
    committed(store, [change(1, 0, 1), change(2, 0, 2), change(3, 0, 1), fan]).await;
    let asked = [stream(3), kind("fan", 2), stream(9), stream(2), kind("fan", 1), stream(3)];
    let many = works(store.load_many(&ente(), &asked).await);
    let mut single = Vec::new();
    for stream in &asked {
        single.extend(works(store.load(&ente(), stream).await));
    }
    assert_eq!(many, single, "as asked, without those that are not there");
    assert_eq!(many.len(), 4);
    assert_eq!(works(store.load_many(&ente(), &[]).await), []);
    assert_eq!(works(store.load_many(&code("c_b002"), &asked).await), []);
}

pub(super) async fn never_cross_entes(store: &impl Store) {
    let (here, there) = (code("c_a001"), code("c_b002"));
    let full = || {
        holding(change(1, 0, 1), "1")
            .with_effects([Effect::new("k", "bulb", "{}")])
            .with_claim(SequenceClaim::new("n", 1))
    };
    let id = EffectId { seq: 1, index: 0 };
    for ente in [&here, &there] {
        assert_eq!(works(store.head(ente).await), None);
        store.commit(Batch::new(ente.clone(), [full()])).await.expect("keys are the ente's own");
    }
    let heads = (works(store.head(&here).await), works(store.head(&there).await));
    assert_ne!(heads.0, heads.1, "the ente is in the hash: rows cannot be carried over");

    store
        .commit(Batch::new(here.clone(), [change(1, 1, 4)]))
        .await
        .expect("the batch is committed");
    assert_eq!(works(store.scan(&there, 0, 99).await).len(), 1);
    let state = works(store.load(&there, &stream(1)).await).expect("the state is there");
    assert_eq!(state.version, Version::new(1));
    assert_eq!(works(store.last(&there, "n").await), 1);

    assert_eq!(works(store.delivered(&here, &[id]).await), 1);
    assert_eq!(works(store.due(&there, at(9), 9).await).len(), 1, "the other's still waits");
    let buried = works(store.failed(&there, id, "gone", AfterFailure::Dead).await);
    assert!(buried, "and can be buried there");
    assert!(works(store.dead(&here, None, 9).await).is_empty());

    let digest = works(store.put(&here, b"paper".to_vec()).await);
    assert_eq!(works(store.get(&there, digest).await), None);
    assert_eq!(works(store.entes().await), [here, there]);
}
