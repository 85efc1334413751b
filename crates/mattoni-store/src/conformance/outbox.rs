//! What the outbox promises.

use super::{at, change, committed, conflict, ente, works};
use crate::{AfterFailure, Change, Conflict, Effect, EffectId, Store};

fn with_keys(change: Change, keys: &[&str]) -> Change {
    change.with_effects(keys.iter().map(|key| Effect::new(*key, "bulb", format!("\"{key}\""))))
}

async fn due(store: &impl Store, seconds: i64) -> Vec<(String, EffectId)> {
    let due = works(store.due(&ente(), at(seconds), 99).await);
    due.into_iter().map(|effect| (effect.key, effect.id)).collect()
}

async fn due_keys(store: &impl Store, seconds: i64) -> Vec<String> {
    due(store, seconds).await.into_iter().map(|(key, _)| key).collect()
}

pub(super) async fn keeps_the_order_of_a_stream(store: &impl Store) {
    committed(store, [with_keys(change(1, 0, 2), &["a1", "a2"])]).await;
    committed(store, [with_keys(change(2, 0, 1), &["b1"]), with_keys(change(1, 2, 1), &["a3"])])
        .await;
    let first = works(store.due(&ente(), at(0), 1).await);
    assert_eq!(first.len(), 1, "a page is no longer than asked for");
    assert_eq!(first[0].id, EffectId { seq: 2, index: 0 }, "it names its event");
    assert_eq!(first[0].payload, b"\"a1\"");
    assert_eq!((first[0].attempts, first[0].last_error.as_deref()), (0, None));

    for expected in [vec!["a1", "b1"], vec!["a2"], vec!["a3"], vec![]] {
        let now = due(store, 0).await;
        assert_eq!(
            now.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(),
            expected,
            "of each stream the oldest"
        );
        let ids: Vec<_> = now.iter().map(|(_, id)| *id).collect();
        assert_eq!(works(store.delivered(&ente(), &ids).await), ids.len() as u64);
        assert_eq!(works(store.delivered(&ente(), &ids).await), 0, "delivered is for good");
    }
}

pub(super) async fn backs_off_and_buries_and_replays(store: &impl Store) {
    committed(store, [with_keys(change(1, 0, 1), &["a1", "a2"])]).await;
    committed(store, [with_keys(change(2, 0, 1), &["b1"])]).await;
    let a1 = due(store, 0).await[0].1;

    let again = AfterFailure::RetryAt(at(60));
    assert!(works(store.failed(&ente(), a1, "no answer", again).await));
    assert_eq!(due_keys(store, 59).await, ["b1"], "its stream waits, others go on");
    let retried = works(store.due(&ente(), at(60), 9).await);
    let retried = retried.iter().find(|effect| effect.id == a1).expect("it is due again");
    assert_eq!((retried.attempts, retried.last_error.as_deref()), (1, Some("no answer")));

    assert!(works(store.failed(&ente(), a1, "gone", AfterFailure::Dead).await));
    assert!(!works(store.failed(&ente(), a1, "gone", AfterFailure::Dead).await));
    assert_eq!(due_keys(store, 60).await, ["a2", "b1"], "the dead hold nobody up");
    let dead = works(store.dead(&ente(), None, 9).await);
    assert_eq!(dead.iter().map(|e| (e.id, e.attempts)).collect::<Vec<_>>(), [(a1, 2)]);
    assert_eq!(dead[0].last_error.as_deref(), Some("gone"));
    assert!(works(store.dead(&ente(), Some(a1), 9).await).is_empty());

    assert!(works(store.replay(&ente(), a1, at(100)).await));
    assert!(!works(store.replay(&ente(), a1, at(100)).await), "it is not dead any more");
    assert!(works(store.dead(&ente(), None, 9).await).is_empty());
    assert_eq!(due_keys(store, 100).await, ["b1", "a1"], "longest due first");
    let replayed = works(store.due(&ente(), at(100), 9).await);
    assert_eq!(replayed[1].attempts, 0);
}

pub(super) async fn takes_any_order_and_gives_the_oldest(store: &impl Store) {
    committed(store, [with_keys(change(1, 0, 1), &["a1", "a2", "a3"])]).await;
    let a1 = due(store, 0).await[0].1;
    let id = |index| EffectId { index, ..a1 };

    // An effect that was marked as delivered before its turn is not handed out again.
    assert_eq!(works(store.delivered(&ente(), &[id(1)]).await), 1);
    assert_eq!(due_keys(store, 0).await, ["a1"]);
    assert!(works(store.failed(&ente(), a1, "gone", AfterFailure::Dead).await));
    assert_eq!(due_keys(store, 0).await, ["a3"], "what is done is passed over");

    // A replayed effect comes before the later ones of its stream.
    assert!(works(store.replay(&ente(), a1, at(0)).await));
    assert_eq!(due_keys(store, 0).await, ["a1"]);
    assert_eq!(works(store.delivered(&ente(), &[a1, id(2)]).await), 2);
    assert!(due_keys(store, 0).await.is_empty());

    committed(store, [with_keys(change(2, 0, 1), &["b1", "b2"])]).await;
    let b1 = due(store, 0).await[0].1;
    let b2 = EffectId { index: 1, ..b1 };
    assert!(works(store.failed(&ente(), b2, "gone", AfterFailure::Dead).await));
    assert_eq!(works(store.delivered(&ente(), &[b1]).await), 1);
    assert!(works(store.replay(&ente(), b2, at(0)).await));
    assert_eq!(due_keys(store, 0).await, ["b2"], "nothing is left behind");
}

pub(super) async fn knows_every_key(store: &impl Store) {
    committed(store, [with_keys(change(1, 0, 1), &["k"])]).await;
    let lost = conflict(store, [with_keys(change(2, 0, 1), &["k"])]).await;
    assert_eq!(lost, Conflict::Effect { key: "k".to_owned() });
    let id = due(store, 0).await[0].1;
    assert!(works(store.failed(&ente(), id, "gone", AfterFailure::Dead).await));
    let lost = conflict(store, [with_keys(change(2, 0, 1), &["k"])]).await;
    assert_eq!(lost, Conflict::Effect { key: "k".to_owned() }, "also when it is dead");
    // A repeated commit is refused by its version, even after its effects were delivered.
    assert!(works(store.replay(&ente(), id, at(0)).await));
    assert_eq!(works(store.delivered(&ente(), &[id]).await), 1);
    let lost = conflict(store, [with_keys(change(1, 0, 1), &["k"])]).await;
    assert!(matches!(lost, Conflict::Version { .. }));
    assert!(due_keys(store, 9).await.is_empty());
}

pub(super) async fn waits_until_the_hour(store: &impl Store) {
    let later = Effect::new("k", "bulb", "{}").not_before(at(3600));
    committed(store, [change(1, 0, 1).with_effects([later])]).await;
    assert!(due_keys(store, 3599).await.is_empty());
    assert_eq!(due_keys(store, 3600).await, ["k"]);
}
