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

    // Done out of turn, as by a receiver who asks for nothing: it is not given any more.
    assert_eq!(works(store.delivered(&ente(), &[id(1)]).await), 1);
    assert_eq!(due_keys(store, 0).await, ["a1"]);
    assert!(works(store.failed(&ente(), a1, "gone", AfterFailure::Dead).await));
    assert_eq!(due_keys(store, 0).await, ["a3"], "what is done is passed over");

    // One that is taken up again comes before those that came after it.
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
    works(store.delivered(&ente(), &[id]).await);
    let lost = conflict(store, [with_keys(change(2, 0, 1), &["k"])]).await;
    assert_eq!(lost, Conflict::Effect { key: "k".to_owned() }, "also once it is delivered");
}

pub(super) async fn waits_until_the_hour(store: &impl Store) {
    let later = Effect::new("k", "bulb", "{}").not_before(at(3600));
    committed(store, [change(1, 0, 1).with_effects([later])]).await;
    assert!(due_keys(store, 3599).await.is_empty());
    assert_eq!(due_keys(store, 3600).await, ["k"]);
}

pub(super) async fn is_leased_to_one_at_a_time(store: &impl Store) {
    committed(store, [with_keys(change(1, 0, 1), &["a1", "a2"])]).await;
    committed(store, [with_keys(change(2, 0, 1), &["b1"]), with_keys(change(3, 0, 1), &["c1"])])
        .await;
    let lease = async |now, until, limit| {
        let leased = works(store.lease(&ente(), at(now), at(until), limit).await);
        leased.into_iter().map(|effect| (effect.key, effect.id)).collect::<Vec<_>>()
    };
    let keys = |leased: &[(String, EffectId)]| {
        leased.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>()
    };
    let (one, other) = (lease(0, 300, 2).await, lease(0, 300, 9).await);
    assert_eq!(keys(&one), ["a1", "b1"], "longest due first");
    assert_eq!(keys(&other), ["c1"], "what one has, the other has not");
    assert!(lease(299, 600, 9).await.is_empty());
    assert!(due_keys(store, 299).await.is_empty(), "nor is it due");

    // The first delivers one and dies; the second fails.
    assert_eq!(works(store.delivered(&ente(), &[one[0].1]).await), 1);
    let again = AfterFailure::RetryAt(at(60));
    assert!(works(store.failed(&ente(), other[0].1, "no answer", again).await));
    assert_eq!(keys(&lease(60, 360, 9).await), ["a2", "c1"], "the stream goes on");
    assert_eq!(keys(&lease(300, 600, 9).await), ["b1"], "what the dead had is due again");

    // Many at once: each effect goes to one.
    let more = (10..40).map(|id| with_keys(change(id, 0, 1), &[&format!("k{id}")]));
    committed(store, more.collect::<Vec<_>>()).await;
    let mut all = super::all((0..6).map(|_| lease(100, 900, 10))).await.concat();
    all.sort();
    let whole = all.len();
    all.dedup_by(|a, b| a.1 == b.1);
    assert_eq!(all.len(), whole, "no effect goes to two");
    assert!(whole >= 30 || !lease(100, 900, 99).await.is_empty(), "and none to nobody");
}

/// Several who deliver at once, some of whom fail: of each stream what was committed first is done
/// first, and everything once.
pub(super) async fn keeps_the_order_whoever_delivers(store: &impl Store) {
    const STREAMS: u128 = 8;
    for round in 0..3 {
        let keyed = |id: u128| [format!("{id}/{round}/0"), format!("{id}/{round}/1")];
        let changes = (1..=STREAMS)
            .map(|id| with_keys(change(id, round, 1), &keyed(id).each_ref().map(String::as_str)));
        committed(store, changes.collect::<Vec<_>>()).await;
    }
    let done = std::cell::RefCell::new(Vec::new());
    let deliver = async |deliverer: usize| {
        // As often as it takes if nobody helps, each time a minute later.
        for turn in 0..200 {
            let (now, until) = (at(60 * turn), at(1_000_000));
            for effect in works(store.lease(&ente(), now, until, 1 + deliverer).await) {
                if (effect.id.seq + turn as u64 + deliverer as u64).is_multiple_of(5) {
                    let again = AfterFailure::RetryAt(at(60 * turn + 60));
                    works(store.failed(&ente(), effect.id, "no answer", again).await);
                } else {
                    done.borrow_mut().push((effect.stream.id, effect.key.clone()));
                    works(store.delivered(&ente(), &[effect.id]).await);
                }
            }
        }
    };
    super::all((0..4).map(deliver)).await;
    let done = done.into_inner();
    for id in 1..=STREAMS {
        let keys: Vec<_> =
            done.iter().filter(|(stream, _)| stream.as_u128() == id).map(|(_, key)| key).collect();
        let expected: Vec<_> =
            (0..3).flat_map(|round| (0..2).map(move |n| format!("{id}/{round}/{n}"))).collect();
        assert_eq!(keys, expected.iter().collect::<Vec<_>>(), "in order, each once");
    }
}

pub(super) async fn forgets_what_was_delivered_long_ago(store: &impl Store) {
    let changes = [("a", 0), ("b", 10), ("c", 20), ("d", 0)];
    committed(
        store,
        (1..).zip(changes).map(|(id, (key, due))| {
            change(id, 0, 1).with_effects([Effect::new(key, "bulb", "{}").not_before(at(due))])
        }),
    )
    .await;
    let ids: Vec<_> = due(store, 99).await;
    let of = |key: &str| ids.iter().find(|(k, _)| k == key).map(|(_, id)| *id);
    let done: Vec<_> = ["a", "b", "c"].into_iter().filter_map(of).collect();
    assert_eq!(works(store.delivered(&ente(), &done).await), 3);
    let clear = async |before, limit| works(store.clear(&ente(), at(before), limit).await);
    assert_eq!(clear(20, 1).await, 1, "no more than asked for");
    assert_eq!(clear(20, 9).await, 1);
    assert_eq!(clear(20, 9).await, 0, "what was due later stays, and what waits");
    assert_eq!(due_keys(store, 99).await, ["d"]);
    committed(store, [with_keys(change(9, 0, 1), &["a"])]).await;
    let lost = conflict(store, [with_keys(change(8, 0, 1), &["c"])]).await;
    assert_eq!(lost, Conflict::Effect { key: "c".to_owned() }, "of what is there");
}
