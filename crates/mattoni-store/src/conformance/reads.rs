//! What reads promise.

use mattoni_core::Id;

use super::{at, change, code, committed, ente, stream, works};
use crate::{
    AfterFailure, Batch, Effect, EffectId, Facet, Head, NumberClaim, Recorded, Store, Version,
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

pub(super) async fn find_by_facet(store: &impl Store) {
    let halls = ["a", "b", "a", "a", "b"];
    committed(
        store,
        (1..)
            .zip(halls)
            .map(|(id, hall)| change(id, 0, 1).with_facets([Facet::plain("hall", hall)])),
    )
    .await;
    committed(store, [change(3, 1, 1).with_facets([Facet::plain("hall", "b")])]).await;

    let found = async |hall, after: Option<u128>, limit| {
        let after = after.map(Id::from_u128);
        let page = works(store.find(&ente(), "lamp", ("hall", hall), after, limit).await);
        page.iter().map(|s| (s.stream.id.as_u128(), s.version.get())).collect::<Vec<_>>()
    };
    assert_eq!(found("a", None, 9).await, [(1, 1), (4, 1)], "as the states are now");
    assert_eq!(found("b", None, 2).await, [(2, 1), (3, 2)]);
    assert_eq!(found("b", Some(3), 2).await, [(5, 1)]);
    assert_eq!(works(store.count(&ente(), "lamp", ("hall", "b")).await), 3);
    assert_eq!(works(store.count(&ente(), "lamp", ("hall", "c")).await), 0);
    assert_eq!(works(store.count(&ente(), "fan", ("hall", "b")).await), 0);
}

pub(super) async fn never_cross_entes(store: &impl Store) {
    let (here, there) = (code("c_a001"), code("c_b002"));
    let full = || {
        change(1, 0, 1)
            .with_facets([Facet::unique("socket", "1")])
            .with_effects([Effect::new("k", "bulb", "{}")])
            .with_claim(NumberClaim::new("n", 1))
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
